/*
 * ui: see ui.h.
 */
#include "views/ui.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "views/bulk.h"
#include "views/dialog.h"
#include "views/header.h"

struct style ui_style(const struct ui *ui, enum theme_element e)
{
	return theme_style(&ui->theme, e);
}

/* ---- when to paint ---- */

static void paint_now(void *arg)
{
	struct ui *ui = arg;

	loop_cancel(&ui->paint_timer);
	ui->paint_due = false;
	ui_paint(ui);
}

void ui_dirty(struct ui *ui)
{
	if (ui->paint_due)
		return;
	loop_cancel(&ui->paint_timer);
	ui->paint_due = true;
	ui->paint_timer = loop_after(ui->base, 0, paint_now, ui);
}

void ui_dirty_within(struct ui *ui, int ms)
{
	int64_t wait = ui->painted_at + ms - loop_now_ms();

	if (ui->paint_timer)
		return;
	if (wait <= 0)
		ui_dirty(ui);
	else
		ui->paint_timer = loop_after(ui->base, (int)wait, paint_now, ui);
}

/* ---- the stack ---- */

void ui_push(struct ui *ui, struct view *v)
{
	v->ui = ui;
	v->below = ui->top;
	if (ui->top && ui->top->class->cover)
		ui->top->class->cover(ui->top);
	ui->top = v;
	ui_dirty(ui);
}

void ui_pop(struct ui *ui)
{
	struct view *v = ui->top;

	ui->top = v->below;
	v->class->free(v);
	ui_dirty(ui);
}

struct domain *ui_domain(const struct ui *ui)
{
	return ui->top && ui->top->class->domain ? ui->top->class->domain(ui->top) : NULL;
}

/* ---- messages and questions ---- */

void ui_tell(struct ui *ui, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	messages_add(&ui->messages, false, text, NULL);
	ui_dirty(ui);
}

void ui_fail_copy(struct ui *ui, const struct error *err)
{
	messages_add(&ui->messages, true, error_message(err), error_hint_text(err));
	ui_dirty(ui);
}

void ui_fail(struct ui *ui, struct error *err)
{
	ui_fail_copy(ui, err);
	error_free(err);
}

void ui_prompt(struct ui *ui, const char *label, const char *text,
	       void (*on_change)(struct ui *ui, const char *text),
	       void (*on_done)(struct ui *ui, const char *text))
{
	struct prompt *p = mem_zalloc(sizeof(*p));

	p->label = label;
	p->on_change = on_change;
	p->on_done = on_done;
	input_set(&p->input, text);
	ui->prompt = p;
	ui_dirty(ui);
}

static void prompt_finish(struct ui *ui, bool given)
{
	struct prompt *p = ui->prompt;

	ui->prompt = NULL;
	p->on_done(ui, given ? input_text(&p->input) : NULL);
	input_done(&p->input);
	free(p);
}

void ui_prompt_cancel(struct ui *ui)
{
	if (ui->prompt)
		prompt_finish(ui, false);
}

static void prompt_key(struct ui *ui, const struct key *k)
{
	ui_dirty(ui);
	switch (input_key(&ui->prompt->input, k)) {
	case INPUT_DONE: prompt_finish(ui, true); break;
	case INPUT_CANCEL: prompt_finish(ui, false); break;
	case INPUT_CHANGED:
		if (ui->prompt->on_change)
			ui->prompt->on_change(ui, input_text(&ui->prompt->input));
		break;
	case INPUT_MOVED: case INPUT_IGNORED: break;
	}
}

/* ---- keys ---- */

static bool inside(struct area a, int y, int x)
{
	return y >= a.y && y < a.y + a.rows && x >= a.x && x < a.x + a.cols;
}

static void mouse(struct ui *ui, const struct key *k)
{
	struct view *v = ui->top;

	if (v->class->mouse && inside(ui->body, k->mouse.y, k->mouse.x))
		v->class->mouse(v, k, k->mouse.y - ui->body.y, k->mouse.x - ui->body.x);
}

static void bound_key(struct ui *ui, const struct key *k)
{
	enum place place = ui->top->class->place(ui->top);
	int a = keymap_find(&ui->keys, (int)place, k);
	char name[KEY_NAME_MAX];

	if (a == KEYMAP_NONE) {
		if (k->code != K_NONE && k->code != K_PASTE && k->code != K_ESCAPE)
			ui_tell(ui, "%s does nothing here", keys_name(k->code, k->mods, name));
		return;
	}
	if (!action_applies((enum action)a, ui_domain(ui)) && !bulk_applies(ui, (enum action)a)) {
		struct domain *d = ui_domain(ui);

		if (d)
			ui_tell(ui, "%s: '%s' is %s", actions[a].name, d->name, domain_state_name(d->state));
		else
			ui_tell(ui, "%s: no guest is selected", actions[a].name);
		return;
	}
	actions[a].run(ui);
}

void ui_key(struct ui *ui, const struct key *k)
{
	bool told = k->code != K_MOUSE && messages_read(&ui->messages);

	if (told)
		ui_dirty(ui);
	if (ui->dialog) {
		if (k->code != K_MOUSE)
			dialog_key(ui, k);
		return;
	}
	if (ui->prompt) {
		if (k->code != K_MOUSE)
			prompt_key(ui, k);
		return;
	}
	if (ui->top->class->key && ui->top->class->key(ui->top, k))
		return;
	if (k->code == K_ESCAPE && messages_dismiss(&ui->messages))
		ui_dirty(ui);
	else if (k->code == K_MOUSE)
		mouse(ui, k);
	else
		bound_key(ui, k);
}

/* ---- painting ---- */

static void paint_prompt(struct ui *ui, struct cells *c, int y)
{
	struct prompt *p = ui->prompt;
	int x = cells_text(c, y, 0, c->cols, ui_style(ui, THEME_PROMPT), p->label);
	int cursor = input_paint(&p->input, c, y, x, c->cols - x, ui_style(ui, THEME_INPUT));

	screen_cursor(ui->screen, y, cursor);
}

static void paint_frame(struct ui *ui, struct cells *c)
{
	struct view *v = ui->top;
	bool whole = v->class->whole;
	int head = whole ? 0 : 1;
	int told = messages_rows(&ui->messages, c->cols, c->rows / 2);

	screen_cursor(ui->screen, -1, -1);
	ui->body = (struct area){ head, 0, c->rows - head - 1 - told, c->cols };
	v->class->paint(v, c, ui->body);
	messages_paint(&ui->messages, c,
		       (struct area){ ui->body.y + ui->body.rows, 0, told, c->cols }, &ui->theme);
	if (!whole)
		header_paint(ui, c);
	if (!whole && !v->class->owns_bottom)
		header_paint_keys(ui, c, c->rows - 1, v->class->place(v), ui_domain(ui));
	if (ui->prompt)
		paint_prompt(ui, c, c->rows - 1);
	if (ui->dialog) {
		screen_cursor(ui->screen, -1, -1);
		dialog_paint(ui, c, (struct area){ head, 0, c->rows - head - 1, c->cols });
	}
}

void ui_paint(struct ui *ui)
{
	if (ui->done)
		return;
	paint_frame(ui, screen_cells(ui->screen));
	screen_show(ui->screen);
	ui->painted_at = loop_now_ms();
}
