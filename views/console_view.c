/*
 * console_view: see console_view.h.
 *
 * Three ways to take keys, told apart by the place: PLACE_TYPING, where all but
 * the escape key go to the guest; PLACE_CONSOLE, the one key after it;
 * PLACE_SCROLL, moving through the history.
 */
#include "views/console_view.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/json.h"
#include "backend/base/mem.h"
#include "console/serial.h"
#include "views/guest.h"
#include "views/header.h"
#include "views/ui.h"

#define FLOOD_MS 33			/* repaint at most this often */

struct console_view {
	struct view view;
	char uuid[37];
	char *name;			/* the guest's */
	char *console;			/* "serial0"; NULL until opened */
	struct console_link *link;	/* NULL: ended */
	struct grid *grid;
	enum place place;
	bool writer;
	int others;
	char *by;			/* who types when we don't */
	char *ended;			/* why; NULL while attached */
	bool live;			/* the replay is over */
	int back;			/* lines scrolled up */
	int rows;			/* of the grid's area, as last painted */
	char *search;
};

static struct domain *console_domain(const struct view *view)
{
	return connection_lookup(view->ui->connection,
				 ((const struct console_view *)view)->uuid, NULL);
}

/* ---- the link ---- */

static void set_string(char **s, const char *value)
{
	free(*s);
	*s = mem_strdup(value);
}

static void on_data(struct console_link *l, const char *data, size_t len, void *arg)
{
	struct console_view *v = arg;

	(void)l;
	serial_feed(v->grid, data, len);
	if (v->live)
		ui_dirty_within(v->view.ui, FLOOD_MS);
}

static void set_mode(struct console_view *v, const char *mode)
{
	v->writer = mode && !strcmp(mode, "write");
	serial_answers(v->grid, v->live && v->writer);
}

static void on_mode(struct console_view *v, struct json_object *notice)
{
	const char *by = json_str(notice, "by");

	set_mode(v, json_str(notice, "mode"));
	set_string(&v->by, by);
	if (v->writer)
		ui_tell(v->view.ui, "you are the one who types now");
	else
		ui_tell(v->view.ui, "%s took over; you can only read", by ? by : "another");
}

static int count_others(struct json_object *clients)
{
	return clients && json_object_is_type(clients, json_type_array) ?
	       (int)json_object_array_length(clients) - 1 : 0;
}

static void find_writer(struct console_view *v, struct json_object *clients)
{
	for (size_t i = 0; i < json_object_array_length(clients); i++) {
		struct json_object *o = json_object_array_get_idx(clients, i);
		const char *mode = json_str(o, "mode");

		if (mode && !strcmp(mode, "write") && !v->writer)
			set_string(&v->by, json_str(o, "client"));
	}
}

static void on_notice(struct console_link *l, struct json_object *notice, void *arg)
{
	struct console_view *v = arg;
	struct json_object *opened = json_get(notice, "opened"), *clients = json_get(notice, "clients");

	(void)l;
	if (opened) {
		set_string(&v->console, json_str(opened, "console"));
		set_mode(v, json_str(opened, "mode"));
		if (json_int(opened, "replay", 0) == 0)
			v->live = true;
	} else if (json_flag(notice, "live", false)) {
		v->live = true;
		serial_answers(v->grid, v->writer);
	} else if (json_str(notice, "mode")) {
		on_mode(v, notice);
	} else if (clients) {
		v->others = count_others(clients);
		find_writer(v, clients);
	} else if (json_get(notice, "dropped")) {
		ui_tell(v->view.ui, "the guest was faster: %lld bytes were left out",
			(long long)json_int(notice, "dropped", 0));
	}
	ui_dirty(v->view.ui);
}

static void on_end(struct console_link *l, const char *why, void *arg)
{
	struct console_view *v = arg;

	(void)l;
	console_link_close(v->link);
	v->link = NULL;
	v->live = true;
	set_string(&v->ended, why ? why : "the console is closed");
	ui_dirty(v->view.ui);
}

static const struct console_handlers link_handlers = { on_data, on_notice, on_end };

static bool attach(struct console_view *v, struct domain *d, struct error **err)
{
	v->live = false;
	v->link = connection_console(v->view.ui->connection, d, v->console, CONSOLE_ELSE_READ,
				     &link_handlers, v, err);
	if (!v->link)
		return false;
	set_string(&v->ended, NULL);
	return true;
}

/* ---- the grid ---- */

static void on_send(struct grid *g, const char *bytes, size_t len, void *arg)
{
	struct console_view *v = arg;

	(void)g;
	if (v->link)
		console_link_send(v->link, bytes, len);
}

static void on_bell(struct grid *g, void *arg)
{
	struct console_view *v = arg;

	(void)g;
	screen_bell(v->view.ui->screen);
}

static const struct grid_handlers grid_handlers = { on_send, on_bell };

/* ---- painting ---- */

static void status_text(const struct console_view *v, struct buf *out)
{
	buf_printf(out, "%s · %s · ", v->name, v->console ? v->console : "console");
	if (v->ended)
		buf_printf(out, "%s", v->ended);
	else if (!v->live)
		buf_add_str(out, "attaching");
	else if (v->writer)
		buf_add_str(out, "writer");
	else
		buf_printf(out, "read only, %s types", v->by ? v->by : "another");
	if (v->others > 0 && v->writer && !v->ended)
		buf_printf(out, ", %d other%s watching", v->others, v->others == 1 ? "" : "s");
	if (v->back > 0)
		buf_printf(out, " · %d lines back", v->back);
}

static void paint_hints(struct console_view *v, struct cells *c, int y, int x)
{
	struct ui *ui = v->view.ui;
	struct style style = ui_style(ui, THEME_CONSOLE_STATUS);
	enum place place = v->place == PLACE_SCROLL ? PLACE_SCROLL : PLACE_CONSOLE;
	struct key_hint hints[KEY_HINTS_MAX];
	char key[KEY_NAME_MAX];
	int n, width = c->cols - x - 14;

	if (v->ended && v->place == PLACE_TYPING) {
		cells_text(c, y, x, c->cols - x, theme_on(&ui->theme, THEME_KEY, style), "any key leaves");
		return;
	}
	if (v->place == PLACE_TYPING && keymap_key(&ui->keys, PLACE_TYPING, ACTION_escape, 0, key))
		x += cells_printf(c, y, x, c->cols - x, style, "%s then: ", !strcmp(key, "C-]") ? "^]" : key);
	n = actions_hints(&ui->keys, place, NULL, width, hints);
	for (int i = 0; i < n && x < c->cols; i++) {
		x += cells_text(c, y, x, c->cols - x, theme_on(&ui->theme, THEME_KEY, style), hints[i].key) + 1;
		x += cells_text(c, y, x, c->cols - x, style, hints[i].label) + 2;
	}
}

static void paint_status(struct console_view *v, struct cells *c, int y)
{
	AUTO_BUF struct buf text = BUF_INIT;
	bool dull = !v->writer || v->ended;
	struct style style = ui_style(v->view.ui, dull ? THEME_CONSOLE_READONLY : THEME_CONSOLE_STATUS);
	int x;

	status_text(v, &text);
	cells_clear(c, (struct area){ y, 0, 1, c->cols }, style);
	x = cells_text(c, y, 0, c->cols, style, buf_text(&text));
	if (c->cols - x > 20)
		paint_hints(v, c, y, x + 3);
}

/* Up to the oldest line of the history. */
static void limit_back(struct console_view *v)
{
	int max = (int)v->grid->history.n + grid_top(v->grid, v->rows);

	v->back = v->back > max ? max : v->back < 0 ? 0 : v->back;
}

static void console_paint(struct view *view, struct cells *c, struct area a)
{
	struct console_view *v = (struct console_view *)view;
	int y, x;

	v->rows = a.rows;
	grid_update(v->grid);
	limit_back(v);
	grid_paint(v->grid, c, a, grid_top(v->grid, v->rows) - v->back, &y, &x);
	screen_cursor(view->ui->screen, v->ended ? -1 : y, x);
	paint_status(v, c, c->rows - 1);
}

/* ---- keys ---- */

static enum place console_place(const struct view *view)
{
	return ((const struct console_view *)view)->place;
}

static void type(struct console_view *v, const struct key *k)
{
	struct key moved = *k;

	if (k->code == K_MOUSE) {
		moved.mouse.y -= v->view.ui->body.y;
		if (moved.mouse.y >= v->rows)
			return;
	}
	if (!v->writer && k->code != K_MOUSE) {
		ui_tell(v->view.ui, "%s types; ^] t takes over", v->by ? v->by : "another");
		return;
	}
	grid_key(v->grid, &moved);
}

static bool wheel(struct console_view *v, const struct key *k)
{
	if (k->code != K_MOUSE || (k->mouse.button != MOUSE_WHEEL_UP && k->mouse.button != MOUSE_WHEEL_DOWN))
		return false;
	if (v->place == PLACE_TYPING && (k->mouse.button == MOUSE_WHEEL_DOWN || serial_wants_mouse(v->grid)))
		return false;
	v->place = PLACE_SCROLL;
	v->back += k->mouse.button == MOUSE_WHEEL_UP ? 3 : -3;
	if (v->back <= 0) {
		v->back = 0;
		v->place = PLACE_TYPING;
	}
	ui_dirty(v->view.ui);
	return true;
}

/* The key after the escape key; whatever it is, it is one.  Its action may
 * close the view. */
static void escaped(struct console_view *v, const struct key *k)
{
	struct ui *ui = v->view.ui;
	int a = keymap_find(&ui->keys, PLACE_CONSOLE, k);

	v->place = PLACE_TYPING;
	ui_dirty(ui);
	if (a != KEYMAP_NONE)
		actions[a].run(ui);
	else if (k->code != K_ESCAPE && k->code != K_MOUSE)
		ui_tell(ui, "^] and that key do nothing; ^] ? tells what does");
}

static void console_escape(struct view *view)
{
	((struct console_view *)view)->place = PLACE_CONSOLE;
	ui_dirty(view->ui);
}

static bool console_key(struct view *view, const struct key *k)
{
	struct console_view *v = (struct console_view *)view;

	if (wheel(v, k))
		return true;
	if (v->place == PLACE_SCROLL)
		return k->code == K_MOUSE;
	ui_dirty_within(view->ui, FLOOD_MS);
	if (v->place == PLACE_CONSOLE)
		escaped(v, k);
	else if (keymap_find(&view->ui->keys, PLACE_TYPING, k) == ACTION_escape)
		console_escape(view);
	else if (v->ended && k->code != K_MOUSE)
		ui_pop(view->ui);
	else
		type(v, k);
	return true;
}

static void console_move(struct view *view, enum list_move move)
{
	struct console_view *v = (struct console_view *)view;
	int page = v->rows > 1 ? v->rows - 1 : 1;

	switch (move) {
	case LIST_UP: v->back++; break;
	case LIST_DOWN: v->back--; break;
	case LIST_PAGE_UP: v->back += page; break;
	case LIST_PAGE_DOWN: v->back -= page; break;
	case LIST_FIRST: v->back = INT_MAX; break;
	case LIST_LAST: v->back = 0; break;
	}
	limit_back(v);
	ui_dirty(view->ui);
}

static void console_find(struct view *view, const char *text, bool backwards)
{
	struct console_view *v = (struct console_view *)view;
	int top, row;

	if (text)
		set_string(&v->search, *text ? text : NULL);
	if (!v->search)
		return;
	v->place = PLACE_SCROLL;
	top = grid_top(v->grid, v->rows);
	if (!grid_find(v->grid, v->search, top - v->back, !backwards, &row))
		ui_tell(view->ui, "'%s' is not there", v->search);
	else
		v->back = top - row;
	limit_back(v);
	ui_dirty(view->ui);
}

static void console_back(struct view *view)
{
	struct console_view *v = (struct console_view *)view;

	v->place = PLACE_TYPING;
	v->back = 0;
	ui_dirty(view->ui);
}

static void console_changed(struct view *view, enum connection_event what, struct domain *d)
{
	struct console_view *v = (struct console_view *)view;

	if (what != CONNECTION_DOMAIN_CHANGED || strcmp(d->uuid, v->uuid) != 0)
		return;
	if (v->ended && domain_is_active(d))
		attach(v, d, NULL);		/* it was started again */
	ui_dirty(view->ui);
}

static void console_free(struct view *view)
{
	struct console_view *v = (struct console_view *)view;

	if (v->link)
		console_link_close(v->link);
	grid_free(v->grid);
	free(v->name);
	free(v->console);
	free(v->by);
	free(v->ended);
	free(v->search);
	free(v);
}

static const struct view_class class = {
	.paint = console_paint, .place = console_place, .key = console_key, .domain = console_domain,
	.move = console_move, .search = console_find, .changed = console_changed,
	.escape = console_escape, .back = console_back, .free = console_free, .whole = true,
	.menu = PLACE_CONSOLE,
};

struct view *console_view_new(struct ui *ui, struct domain *d, const char *name, struct error **err)
{
	struct console_view *v = mem_zalloc(sizeof(*v));

	v->view.class = &class;
	v->view.ui = ui;
	v->name = mem_strdup(d->name);
	v->console = mem_strdup(name);
	v->place = PLACE_TYPING;
	memcpy(v->uuid, d->uuid, sizeof(v->uuid));
	v->grid = serial_new(SERIAL_HISTORY, &grid_handlers, v);
	grid_room(v->grid, screen_cells(ui->screen)->rows - 1, screen_cells(ui->screen)->cols);
	if (!attach(v, d, err)) {
		console_free(&v->view);
		return NULL;
	}
	return &v->view;
}

const char *console_view_uuid(const struct view *v)
{
	return v->class == &class ? ((const struct console_view *)v)->uuid : NULL;
}

/* ---- actions ---- */

static struct console_view *top(struct ui *ui)
{
	return (struct console_view *)ui->top;
}

void console_view_take(struct ui *ui)
{
	if (top(ui)->link)
		console_link_take(top(ui)->link);
}

void console_view_break(struct ui *ui)
{
	struct console_view *v = top(ui);

	if (!v->link || !v->writer)
		return;
	console_link_break(v->link);
	ui_tell(ui, "break sent");
}

void console_view_scroll(struct ui *ui)
{
	top(ui)->place = PLACE_SCROLL;
	ui_dirty(ui);
}

void console_view_size(struct ui *ui)
{
	struct console_view *v = top(ui);
	AUTO_FREE char *text = mem_printf("stty rows %d cols %d\r", v->grid->cells.rows, v->grid->cells.cols);

	if (v->link && v->writer)
		console_link_send(v->link, text, strlen(text));
}

void console_view_send_escape(struct ui *ui)
{
	struct key k = { .code = ']', .mods = MOD_CTRL };

	type(top(ui), &k);
}

/* The name after ours in the guest's list, round and round. */
static const char *next_name(const struct console_view *v, struct domain *d)
{
	struct json_object *all = json_get(guest_of(d)->info, "consoles");
	size_t n = all && json_object_is_type(all, json_type_array) ? json_object_array_length(all) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_str(json_object_array_get_idx(all, i), "name");

		if (name && v->console && !strcmp(name, v->console))
			return json_str(json_object_array_get_idx(all, (i + 1) % n), "name");
	}
	return NULL;
}

void console_view_next(struct ui *ui)
{
	struct console_view *v = top(ui);
	struct domain *d = console_domain(&v->view);
	const char *name = d ? next_name(v, d) : NULL;
	struct error *err = NULL;
	struct view *next;

	if (!name || !strcmp(name, v->console)) {
		ui_tell(ui, "'%s' has no other console", v->name);
		return;
	}
	next = console_view_new(ui, d, name, &err);
	if (!next) {
		ui_fail(ui, err);
		return;
	}
	ui_pop(ui);
	ui_push(ui, next);
}
