/*
 * screen_view: see screen_view.h.
 *
 * Three ways to take keys, as in console_view.c: PLACE_TYPING, where all but the
 * escape key go to the guest; PLACE_SCREEN, the one key after it; PLACE_SCROLL,
 * moving the window on a screen that is larger.
 */
#include "views/screen_view.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "console/guest_screen.h"
#include "console/screenshot.h"
#include "views/screen_keys.h"
#include "views/ui.h"

/* A terminal over a line of 2 Mbit/s. */
#define BUDGET (256 << 10)
#define STALLED_MS 2000

struct screen_view {
	struct view view;
	char uuid[37];
	char *name;			/* the guest's */
	struct guest_screen *screen;
	struct screen_paste paste;
	enum place place;
	char *ended;			/* why; NULL while there is a session, or one is sought */
	struct answer *pending;		/* asked where the screen is, not answered */
	bool draw_always;
	enum draw_mode mode;
	int zoom;			/* 0: fit, else 1:1, 2:1 ... */
	int rows, cols;			/* as last painted */
};

/* Outlives a view that is closed before the answer comes. */
struct answer {
	struct screen_view *view;
};

static struct domain *screen_domain(const struct view *view)
{
	return connection_lookup(view->ui->connection,
				 ((const struct screen_view *)view)->uuid, NULL);
}

/* ---- the session ---- */

static void set_ended(struct screen_view *v, const char *why)
{
	free(v->ended);
	v->ended = mem_strdup(why);
	ui_dirty(v->view.ui);
}

static void on_change(struct guest_screen *g, void *arg)
{
	struct screen_view *v = arg;

	if (guest_screen_bells(g))
		screen_bell(v->view.ui->screen);
	if (guest_screen_state(g) == VNC_ENDED)
		set_ended(v, guest_screen_message(g));
	ui_dirty(v->view.ui);
}

static char *first_vnc(struct json_object *result)
{
	struct json_object *uris = json_get(result, "uris");

	for (size_t i = 0; uris && i < json_object_array_length(uris); i++) {
		char *where = vnc_where(json_object_get_string(json_object_array_get_idx(uris, i)));

		if (where)
			return where;
	}
	return NULL;
}

static void on_where(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct answer *a = arg;
	struct screen_view *v = a->view;
	AUTO_FREE char *where = NULL;
	struct error *failed = NULL;

	(void)c;
	free(a);
	if (!v)
		return;
	v->pending = NULL;
	if (err) {
		set_ended(v, error_message(err));
		return;
	}
	where = first_vnc(result);
	if (!where) {
		set_ended(v, "the guest has no VNC screen: add <graphics type='vnc'/>");
		return;
	}
	if (!guest_screen_open(v->screen, where, NULL, &failed)) {
		set_ended(v, error_message(failed));
		error_free(failed);
	}
	ui_dirty(v->view.ui);
}

static void attach(struct screen_view *v, struct domain *d)
{
	if (v->pending)
		return;
	set_ended(v, NULL);
	v->pending = mem_zalloc(sizeof(*v->pending));
	v->pending->view = v;
	connection_call(v->view.ui->connection, d, "domdisplay", NULL, on_where, v->pending);
}

/* ---- painting ---- */

static void status_text(struct screen_view *v, struct buf *out)
{
	struct guest_screen *g = v->screen;

	buf_printf(out, "%s · screen · ", v->name);
	if (v->ended) {
		buf_add_str(out, v->ended);
		return;
	}
	if (v->pending || guest_screen_state(g) != VNC_CONNECTED) {
		buf_add_str(out, "connecting");
		return;
	}
	buf_add_str(out, guest_screen_mode(g));
	if (guest_screen_rate(g) > 1)
		buf_printf(out, " %d/s", guest_screen_rate(g));
	if (guest_screen_stalled_ms(g) > STALLED_MS)
		buf_add_str(out, " · the server does not answer");
	if (screen_paste_busy(&v->paste))
		buf_add_str(out, " · pasting");
}

static void paint_hints(struct screen_view *v, struct cells *c, int y, int x)
{
	struct ui *ui = v->view.ui;
	struct style style = ui_style(ui, THEME_CONSOLE_STATUS);
	struct style key_style = theme_on(&ui->theme, THEME_KEY, style);
	enum place place = v->place == PLACE_SCROLL ? PLACE_SCROLL : PLACE_SCREEN;
	struct key_hint hints[KEY_HINTS_MAX];
	char key[KEY_NAME_MAX];
	int n;

	if (v->ended && v->place == PLACE_TYPING) {
		cells_text(c, y, x, c->cols - x, key_style, "any key leaves");
		return;
	}
	if (v->place == PLACE_TYPING && keymap_key(&ui->keys, PLACE_TYPING, ACTION_escape, 0, key))
		x += cells_printf(c, y, x, c->cols - x, style, "%s then: ",
				  !strcmp(key, "C-]") ? "^]" : key);
	n = actions_hints(&ui->keys, place, NULL, c->cols - x, hints);
	for (int i = 0; i < n && x < c->cols; i++) {
		x += cells_text(c, y, x, c->cols - x, key_style, hints[i].key) + 1;
		x += cells_text(c, y, x, c->cols - x, style, hints[i].label) + 2;
	}
}

static void paint_status(struct screen_view *v, struct cells *c, int y)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct style style = ui_style(v->view.ui, v->ended ? THEME_CONSOLE_READONLY
							   : THEME_CONSOLE_STATUS);
	int x;

	status_text(v, &text);
	cells_clear(c, (struct area){ y, 0, 1, c->cols }, style);
	x = cells_text(c, y, 0, c->cols, style, buf_text(&text));
	if (c->cols - x > 20)
		paint_hints(v, c, y, x + 3);
}

static void screen_paint(struct view *view, struct cells *c, struct area a)
{
	struct screen_view *v = (struct screen_view *)view;
	const struct cells *from = guest_screen_cells(v->screen);
	int y, x;

	v->rows = a.rows;
	v->cols = a.cols;
	guest_screen_hide(v->screen, false);
	guest_screen_size(v->screen, a.rows, a.cols);
	for (y = 0; y < a.rows && y < from->rows; y++)
		for (x = 0; x < a.cols && x < from->cols; x++)
			*cells_at(c, a.y + y, a.x + x) = *cells_at(from, y, x);
	if (!v->ended && guest_screen_cursor(v->screen, &y, &x))
		screen_cursor(view->ui->screen, a.y + y, a.x + x);
	paint_status(v, c, c->rows - 1);
}

/* ---- keys ---- */

static enum place screen_place(const struct view *view)
{
	return ((const struct screen_view *)view)->place;
}

static void press(struct screen_view *v, const struct keystroke *keys, int n)
{
	guest_screen_press(v->screen, keys, n);
}

static void type(struct screen_view *v, const struct key *k)
{
	struct area body = v->view.ui->body;
	struct keystroke stroke;

	if (k->code == K_MOUSE)
		screen_keys_mouse(v->screen, k, k->mouse.y - body.y, k->mouse.x - body.x);
	else if (k->code == K_PASTE && !screen_paste_add(&v->paste, k->text, k->len))
		ui_tell(v->view.ui, "more than %d bytes cannot be typed at once", SCREEN_PASTE_MAX);
	else if (k->code != K_PASTE && screen_keys_of(k, &stroke))
		press(v, &stroke, 1);
}

static void command_key(struct screen_view *v, const struct key *k, int action)
{
	struct ui *ui = v->view.ui;

	v->place = PLACE_TYPING;
	if (action != KEYMAP_NONE)
		actions[action].run(ui);
	else if (k->code != K_ESCAPE)
		ui_tell(ui, "^] and that key do nothing; ^] ? tells what does");
	ui_dirty(ui);
}

static bool screen_key(struct view *view, const struct key *k)
{
	struct screen_view *v = (struct screen_view *)view;
	int a = keymap_find(&view->ui->keys, (int)v->place, k);

	if (v->place == PLACE_SCROLL)
		return k->code == K_MOUSE;
	if (v->place == PLACE_SCREEN && k->code != K_MOUSE)
		command_key(v, k, a);
	else if (v->place == PLACE_TYPING && a == ACTION_escape)
		view->class->escape(view);
	else if (v->ended && k->code != K_MOUSE)
		ui_pop(view->ui);
	else
		type(v, k);
	return true;
}

static void screen_escape(struct view *view)
{
	((struct screen_view *)view)->place = PLACE_SCREEN;
	ui_dirty(view->ui);
}

static void screen_back(struct view *view)
{
	((struct screen_view *)view)->place = PLACE_TYPING;
	ui_dirty(view->ui);
}

static void screen_move(struct view *view, enum list_move move)
{
	struct screen_view *v = (struct screen_view *)view;
	int page = v->rows > 1 ? v->rows - 1 : 1, far = 100000;

	switch (move) {
	case LIST_UP: guest_screen_pan(v->screen, -1, 0); break;
	case LIST_DOWN: guest_screen_pan(v->screen, 1, 0); break;
	case LIST_PAGE_UP: guest_screen_pan(v->screen, -page, 0); break;
	case LIST_PAGE_DOWN: guest_screen_pan(v->screen, page, 0); break;
	case LIST_FIRST: guest_screen_pan(v->screen, -far, -far); break;
	case LIST_LAST: guest_screen_pan(v->screen, far, far); break;
	}
	ui_dirty(view->ui);
}

static void screen_shift(struct view *view, int columns)
{
	guest_screen_pan(((struct screen_view *)view)->screen, 0, columns);
	ui_dirty(view->ui);
}

static void screen_changed(struct view *view, enum connection_event what, struct domain *d)
{
	struct screen_view *v = (struct screen_view *)view;

	if (what != CONNECTION_DOMAIN_CHANGED || strcmp(d->uuid, v->uuid) != 0)
		return;
	if (v->ended && domain_is_active(d))
		attach(v, d);			/* it was started again */
	ui_dirty(view->ui);
}

static void screen_cover(struct view *view)
{
	guest_screen_hide(((struct screen_view *)view)->screen, true);
}

static void screen_free(struct view *view)
{
	struct screen_view *v = (struct screen_view *)view;

	if (v->pending)
		v->pending->view = NULL;
	screen_paste_stop(&v->paste);
	guest_screen_free(v->screen);
	free(v->name);
	free(v->ended);
	free(v);
}

static const struct view_class class = {
	.paint = screen_paint, .place = screen_place, .key = screen_key, .domain = screen_domain,
	.move = screen_move, .shift = screen_shift, .changed = screen_changed,
	.cover = screen_cover, .escape = screen_escape, .back = screen_back, .free = screen_free,
	.whole = true, .menu = PLACE_SCREEN,
};

/* ---- the terminal's abilities ---- */

static enum draw_depth depth_of(const struct screen *s)
{
	switch (screen_depth(s)) {
	case DEPTH_RGB: return DRAW_RGB;
	case DEPTH_256: return DRAW_256;
	case DEPTH_8: return DRAW_8;
	default: return DRAW_MONO;
	}
}

static enum draw_mode mode_for(enum draw_depth depth)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return DRAW_ASCII;
	return depth == DRAW_MONO ? DRAW_BRAILLE : DRAW_QUADRANT;
}

struct view *screen_view_new(struct ui *ui, struct domain *d)
{
	struct screen_view *v = mem_zalloc(sizeof(*v));
	enum draw_depth depth = depth_of(ui->screen);
	struct error *err = NULL;
	const struct glyph_table *table = glyph_table_shared(&err);

	v->view.class = &class;
	v->view.ui = ui;
	v->name = mem_strdup(d->name);
	v->place = PLACE_TYPING;
	v->mode = mode_for(depth);
	memcpy(v->uuid, d->uuid, sizeof(v->uuid));
	if (!table)
		ui_fail(ui, err);
	v->screen = guest_screen_new(ui->base, table, on_change, v);
	guest_screen_depth(v->screen, depth);
	guest_screen_draw(v->screen, false, v->mode);
	guest_screen_budget(v->screen, BUDGET);
	v->paste = (struct screen_paste){ .base = ui->base, .screen = v->screen };
	attach(v, d);
	return &v->view;
}

/* ---- actions ---- */

static struct screen_view *top(struct ui *ui)
{
	return (struct screen_view *)ui->top;
}

void screen_view_move(struct ui *ui)
{
	top(ui)->place = PLACE_SCROLL;
	ui_dirty(ui);
}

/* Read, then drawn in each way in turn. */
void screen_view_mode(struct ui *ui)
{
	struct screen_view *v = top(ui);

	if (!v->draw_always) {
		v->draw_always = true;
		v->mode = 0;
	} else if (++v->mode == DRAW_MODE_COUNT) {
		v->draw_always = false;
		v->mode = mode_for(depth_of(ui->screen));
	}
	guest_screen_draw(v->screen, v->draw_always, v->mode);
	ui_tell(ui, v->draw_always ? "drawn: %s" : "read where it is text, else drawn: %s",
		draw_mode_name(v->mode));
}

void screen_view_zoom(struct ui *ui)
{
	static const double zooms[] = { 0, 0.5, 1, 2, 4 };
	struct screen_view *v = top(ui);

	v->zoom = (v->zoom + 1) % (int)ARRAY_SIZE(zooms);
	guest_screen_zoom(v->screen, zooms[v->zoom]);
	ui_dirty(ui);
}

static void press_named(struct ui *ui, const char *names)
{
	AUTO_FREE char *copy = mem_strdup(names);
	char *rest = copy, *name;

	while ((name = strsep(&rest, " "))) {
		struct keystroke keys[KEYSTROKE_CHORD_MAX];
		int n = keystroke_parse(name, keys);

		if (n)
			press(top(ui), keys, n);
		else if (*name)
			ui_tell(ui, "there is no key '%s'", name);
	}
}

static void on_keys(struct ui *ui, const char *text)
{
	if (text && ui->top->class == &class)
		press_named(ui, text);
}

void screen_view_keys(struct ui *ui)
{
	ui_prompt(ui, "keys to press (Ctrl+Alt+F2, Alt+SysRq+s, Print, Down Enter): ", "", NULL,
		  on_keys);
}

void screen_view_ctrl_alt_del(struct ui *ui)
{
	press_named(ui, "Ctrl+Alt+Delete");
}

void screen_view_send_escape(struct ui *ui)
{
	press_named(ui, "Ctrl+]");
}

void screen_view_copy(struct ui *ui)
{
	AUTO_FREE char *text = guest_screen_text(top(ui)->screen);

	if (!text)
		ui_tell(ui, "there is no text on the screen that could be read");
	else if (screen_copy(ui->screen, text, strlen(text)))
		ui_tell(ui, "the screen's text is in the clipboard");
	else
		ui_tell(ui, "this terminal gives no way to its clipboard");
}

static void save(struct ui *ui, const char *path)
{
	AUTO_BUF struct buf png = BUF_INIT;
	struct picture p = { 0 };
	struct error *err = NULL;

	guest_screen_picture(top(ui)->screen, &p);
	if (screenshot_png(&p, &png, &err) && file_replace(path, png.data, png.len, 0644, &err))
		ui_tell(ui, "written: %s", path);
	else
		ui_fail(ui, err);
	picture_done(&p);
}

static void on_save(struct ui *ui, const char *text)
{
	if (text && *text && ui->top->class == &class)
		save(ui, text);
}

/* The name may hold anything; a file's may not. */
void screen_view_save(struct ui *ui)
{
	AUTO_FREE char *path = mem_printf("%s.png", top(ui)->name);

	for (char *c = path; *c; c++)
		if (*c == '/' || (unsigned char)*c < ' ')
			*c = '_';
	ui_prompt(ui, "save a picture as: ", path, NULL, on_save);
}
