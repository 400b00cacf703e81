/*
 * acts: what the actions do; one function a row of views/actions.def.
 */
#include <signal.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "views/actions.h"
#include "views/bulk.h"
#include "views/console_view.h"
#include "views/details_view.h"
#include "views/edit.h"
#include "views/list_view.h"
#include "views/palette.h"
#include "views/screen_view.h"
#include "views/text_view.h"
#include "views/ui.h"

void act_start(struct ui *ui) { bulk_act(ui, BULK_START); }
void act_shutdown(struct ui *ui) { bulk_act(ui, BULK_SHUTDOWN); }
void act_reboot(struct ui *ui) { bulk_act(ui, BULK_REBOOT); }
void act_pause(struct ui *ui) { bulk_act(ui, BULK_PAUSE); }
void act_reset(struct ui *ui) { bulk_act(ui, BULK_RESET); }
void act_destroy(struct ui *ui) { bulk_act(ui, BULK_DESTROY); }
void act_autostart(struct ui *ui) { bulk_act(ui, BULK_AUTOSTART); }
void act_nmi(struct ui *ui) { bulk_act(ui, BULK_NMI); }

/* ---- views ---- */

void act_open(struct ui *ui)
{
	if (ui->top->class->open)
		ui->top->class->open(ui->top);
}

void act_edit(struct ui *ui)
{
	edit_domain(ui, ui_domain(ui));
}

void act_console(struct ui *ui)
{
	struct error *err = NULL;
	struct view *v = console_view_new(ui, ui_domain(ui), NULL, &err);

	if (v)
		ui_push(ui, v);
	else
		ui_fail(ui, err);
}

static char *log_text(struct json_object *result)
{
	struct json_object *lines = json_get(result, "lines");
	struct buf text = BUF_INIT;
	size_t n = lines && json_object_is_type(lines, json_type_array) ? json_object_array_length(lines) : 0;

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s\n", json_object_get_string(json_object_array_get_idx(lines, i)));
	if (n == 0)
		buf_add_str(&text, "(nothing was written yet)\n");
	return buf_steal(&text);
}

static char *xml_text(struct json_object *result)
{
	const char *xml = json_str(result, "xml");

	return mem_strdup(xml ? xml : "");
}

void act_log(struct ui *ui)
{
	ui_push(ui, text_view_of(ui, ui_domain(ui), "log", "log", log_text, true));
}

void act_xml(struct ui *ui)
{
	ui_push(ui, text_view_of(ui, ui_domain(ui), "XML", "xml", xml_text, false));
}

void act_help(struct ui *ui)
{
	enum place place = ui->top->class->place(ui->top);
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_FREE char *title = NULL;

	if (ui->top->class->whole && place != PLACE_SCROLL)
		place = ui->top->class->menu;
	title = mem_printf("Keys: %s%s", place_name(place),
			   place == PLACE_CONSOLE || place == PLACE_SCREEN ? " (after ^]; all other keys go to the guest)" : "");
	actions_help(&ui->keys, place, &text);
	ui_push(ui, text_view_new(ui, title, buf_text(&text), 15));
}

void act_back(struct ui *ui)
{
	if (ui->top->class->back)
		ui->top->class->back(ui->top);
	else if (ui->top->below)
		ui_pop(ui);
}

void act_detach(struct ui *ui)
{
	ui_pop(ui);
}

void act_quit(struct ui *ui)
{
	ui->done = true;
	event_base_loopbreak(ui->base);
}

/* ---- moving and searching ---- */

static void move(struct ui *ui, enum list_move how)
{
	if (ui->top->class->move)
		ui->top->class->move(ui->top, how);
}

void act_up(struct ui *ui) { move(ui, LIST_UP); }
void act_down(struct ui *ui) { move(ui, LIST_DOWN); }
void act_page_up(struct ui *ui) { move(ui, LIST_PAGE_UP); }
void act_page_down(struct ui *ui) { move(ui, LIST_PAGE_DOWN); }
void act_more(struct ui *ui) { move(ui, LIST_PAGE_DOWN); }
void act_first(struct ui *ui) { move(ui, LIST_FIRST); }
void act_last(struct ui *ui) { move(ui, LIST_LAST); }

static void shift(struct ui *ui, int columns)
{
	if (ui->top->class->shift)
		ui->top->class->shift(ui->top, columns);
}

void act_left(struct ui *ui) { shift(ui, -8); }
void act_right(struct ui *ui) { shift(ui, 8); }

void act_details_up(struct ui *ui) { list_view_scroll_details(ui, -3); }
void act_details_down(struct ui *ui) { list_view_scroll_details(ui, 3); }

static void on_search(struct ui *ui, const char *text)
{
	if (text && ui->top->class->search)
		ui->top->class->search(ui->top, text, false);
}

void act_search(struct ui *ui)
{
	ui_prompt(ui, "/", "", NULL, on_search);
}

static void search_again(struct ui *ui, bool backwards)
{
	if (ui->top->class->search)
		ui->top->class->search(ui->top, NULL, backwards);
}

void act_search_next(struct ui *ui) { search_again(ui, false); }
void act_search_back(struct ui *ui) { search_again(ui, true); }

void act_filter(struct ui *ui) { list_view_filter(ui); }
void act_sort(struct ui *ui) { list_view_sort(ui); }
void act_mark(struct ui *ui) { list_view_mark(ui); }
void act_mark_all(struct ui *ui) { list_view_mark_all(ui); }
void act_unmark(struct ui *ui) { list_view_unmark(ui); }

/* ---- the console ---- */

void act_escape(struct ui *ui)
{
	if (ui->top->class->escape)
		ui->top->class->escape(ui->top);
}

void act_scroll(struct ui *ui) { console_view_scroll(ui); }
void act_console_search(struct ui *ui) { act_search(ui); }
void act_take(struct ui *ui) { console_view_take(ui); }
void act_break(struct ui *ui) { console_view_break(ui); }
void act_next_console(struct ui *ui) { console_view_next(ui); }
void act_size(struct ui *ui) { console_view_size(ui); }
void act_send_escape(struct ui *ui) { console_view_send_escape(ui); }

/* ---- the screen ---- */

void act_screen(struct ui *ui)
{
	ui_push(ui, screen_view_new(ui, ui_domain(ui)));
}

void act_screen_move(struct ui *ui) { screen_view_move(ui); }
void act_screen_mode(struct ui *ui) { screen_view_mode(ui); }
void act_screen_zoom(struct ui *ui) { screen_view_zoom(ui); }
void act_screen_keys(struct ui *ui) { screen_view_keys(ui); }
void act_screen_cad(struct ui *ui) { screen_view_ctrl_alt_del(ui); }
void act_screen_copy(struct ui *ui) { screen_view_copy(ui); }
void act_screen_save(struct ui *ui) { screen_view_save(ui); }
void act_screen_escape(struct ui *ui) { screen_view_send_escape(ui); }

/* ---- the program ---- */

void act_palette(struct ui *ui)
{
	ui_push(ui, palette_new(ui));
}

void act_redraw(struct ui *ui)
{
	screen_redraw(ui->screen);
	ui_dirty(ui);
}

void act_suspend_ui(struct ui *ui)
{
	screen_suspend(ui->screen);
	kill(0, SIGTSTP);		/* the whole job, as a shell expects */
	screen_resume(ui->screen);
	ui_dirty(ui);
}
