/*
 * serial: see serial.h.
 */
#include "console/serial.h"

#include <stdio.h>
#include <string.h>
#include <vterm.h>

#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "backend/base/utf8.h"
#include "console/colons.h"

struct serial {
	struct grid grid;
	VTerm *vterm;
	VTermScreen *screen;
	struct colons colons;
	bool *dirty;			/* rows that differ from grid.cells */
	bool changed, answers, typing;
	bool cursor_shown;
	VTermPos cursor;
	int mouse;			/* VTERM_PROP_MOUSE_*: what the guest asked for */
	struct cell *line;		/* room for one row */
};

static const struct grid_class class;

/* ---- from libvterm's cells to ours ---- */

static colour to_colour(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return COLOUR_DEFAULT;
	if (VTERM_COLOR_IS_INDEXED(c))
		return COLOUR_INDEX(c->indexed.idx);
	return COLOUR_RGB(c->rgb.red, c->rgb.green, c->rgb.blue);
}

static void to_cell(const VTermScreenCell *from, struct cell *to)
{
	*to = (struct cell){
		.style = { to_colour(&from->fg), to_colour(&from->bg), 0 },
		.width = from->width == 2 ? 2 : 1,
	};
	to->style.attr = (from->attrs.bold ? ATTR_BOLD : 0u) | (from->attrs.italic ? ATTR_ITALIC : 0u) |
			 (from->attrs.underline ? ATTR_UNDERLINE : 0u) |
			 (from->attrs.blink ? ATTR_BLINK : 0u) | (from->attrs.reverse ? ATTR_REVERSE : 0u);
	if (from->chars[0] == (uint32_t)-1) {	/* right of a wide one */
		to->width = 0;
		return;
	}
	for (int i = 0; i < CELL_CODES && from->chars[i]; i++)
		to->code[i] = from->chars[i];
}

static void from_cell(const struct cell *from, VTermScreenCell *to)
{
	*to = (VTermScreenCell){ .width = from->width == 2 ? 2 : 1 };
	for (int i = 0; i < CELL_CODES; i++)
		to->chars[i] = from->code[i];
	if (from->width == 0)
		to->chars[0] = (uint32_t)-1;
	to->attrs.bold = !!(from->style.attr & ATTR_BOLD);
	to->attrs.italic = !!(from->style.attr & ATTR_ITALIC);
	to->attrs.underline = !!(from->style.attr & ATTR_UNDERLINE);
	to->attrs.blink = !!(from->style.attr & ATTR_BLINK);
	to->attrs.reverse = !!(from->style.attr & ATTR_REVERSE);
}

static void from_colour(colour c, VTermColor *to, const VTermColor *unset)
{
	if (COLOUR_IS_INDEX(c))
		vterm_color_indexed(to, (uint8_t)c);
	else if (COLOUR_IS_RGB(c))
		vterm_color_rgb(to, (uint8_t)(c >> 16), (uint8_t)(c >> 8), (uint8_t)c);
	else
		*to = *unset;
}

/* ---- what libvterm tells ---- */

static int on_damage(VTermRect rect, void *arg)
{
	struct serial *s = arg;

	for (int y = rect.start_row; y < rect.end_row && y < s->grid.cells.rows; y++)
		s->dirty[y] = true;
	s->changed = true;
	return 1;
}

static int on_cursor(VTermPos pos, VTermPos old, int visible, void *arg)
{
	struct serial *s = arg;

	(void)old;
	(void)visible;
	s->cursor = pos;
	s->changed = true;
	return 1;
}

static int on_property(VTermProp prop, VTermValue *value, void *arg)
{
	struct serial *s = arg;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		s->cursor_shown = value->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		s->mouse = value->number;
	s->changed = true;
	return 1;
}

static int on_bell(void *arg)
{
	struct serial *s = arg;

	if (s->answers && s->grid.handlers->on_bell)
		s->grid.handlers->on_bell(&s->grid, s->grid.arg);
	return 1;
}

static int on_push(int cols, const VTermScreenCell *cells, void *arg)
{
	struct serial *s = arg;
	int n = cols < s->grid.cells.cols ? cols : s->grid.cells.cols;

	for (int x = 0; x < n; x++)
		to_cell(&cells[x], &s->line[x]);
	history_push(&s->grid.history, s->line, n);
	return 1;
}

static int on_pop(int cols, VTermScreenCell *cells, void *arg)
{
	struct serial *s = arg;
	VTermColor fg, bg;
	AUTO_FREE struct cell *line = mem_alloc((size_t)cols * sizeof(*line));

	if (!history_pop(&s->grid.history, line, cols))
		return 0;
	vterm_state_get_default_colors(vterm_obtain_state(s->vterm), &fg, &bg);
	for (int x = 0; x < cols; x++) {
		from_cell(&line[x], &cells[x]);
		from_colour(line[x].style.fg, &cells[x].fg, &fg);
		from_colour(line[x].style.bg, &cells[x].bg, &bg);
	}
	return 1;
}

static const VTermScreenCallbacks callbacks = {
	.damage = on_damage, .movecursor = on_cursor, .settermprop = on_property,
	.bell = on_bell, .sb_pushline = on_push, .sb_popline = on_pop,
};

static void on_output(const char *bytes, size_t len, void *arg)
{
	struct serial *s = arg;

	if (s->typing || s->answers)
		s->grid.handlers->on_send(&s->grid, bytes, len, s->grid.arg);
}

/* ---- life ---- */

struct grid *serial_new(size_t history, const struct grid_handlers *handlers, void *arg)
{
	struct serial *s = mem_zalloc(sizeof(*s));

	s->grid.class = &class;
	s->grid.handlers = handlers;
	s->grid.arg = arg;
	s->cursor_shown = true;
	history_init(&s->grid.history, history);
	cells_init(&s->grid.cells, SERIAL_ROWS, SERIAL_COLS);
	s->dirty = mem_zalloc(SERIAL_ROWS * sizeof(*s->dirty));
	s->line = mem_alloc(SERIAL_COLS * sizeof(*s->line));
	s->vterm = vterm_new(SERIAL_ROWS, SERIAL_COLS);
	vterm_set_utf8(s->vterm, 1);
	vterm_output_set_callback(s->vterm, on_output, s);
	s->screen = vterm_obtain_screen(s->vterm);
	vterm_screen_enable_altscreen(s->screen, 1);
	vterm_screen_set_callbacks(s->screen, &callbacks, s);
	vterm_screen_set_damage_merge(s->screen, VTERM_DAMAGE_SCROLL);
	vterm_screen_reset(s->screen, 1);
	/* libvterm 0.1.4 never ends a repetition (REP) of nothing. */
	vterm_input_write(s->vterm, " \r\033[K", 5);
	return &s->grid;
}

static void serial_free(struct grid *g)
{
	struct serial *s = (struct serial *)g;

	vterm_free(s->vterm);
	history_done(&g->history);
	cells_done(&g->cells);
	free(s->dirty);
	free(s->line);
	free(s);
}

static void feed(const char *bytes, size_t len, void *arg)
{
	struct serial *s = arg;

	vterm_input_write(s->vterm, bytes, len);
}

void serial_feed(struct grid *g, const char *bytes, size_t len)
{
	struct serial *s = (struct serial *)g;

	colons_feed(&s->colons, bytes, len, feed, s);
	s->changed = true;
}

void serial_answers(struct grid *g, bool on)
{
	((struct serial *)g)->answers = on;
}

bool serial_wants_mouse(const struct grid *g)
{
	return ((const struct serial *)g)->mouse != VTERM_PROP_MOUSE_NONE;
}

static void read_row(struct serial *s, int y)
{
	struct cell *row = &s->grid.cells.cell[y * s->grid.cells.cols];

	for (int x = 0; x < s->grid.cells.cols; x++) {
		VTermScreenCell cell = { 0 };

		vterm_screen_get_cell(s->screen, (VTermPos){ y, x }, &cell);
		to_cell(&cell, &row[x]);
		if (cell.width == 2 && x + 1 < s->grid.cells.cols) {
			row[x + 1] = (struct cell){ .style = row[x].style, .width = 0 };
			x++;
		}
	}
}

static bool serial_update(struct grid *g)
{
	struct serial *s = (struct serial *)g;

	if (!s->changed)
		return false;
	s->changed = false;
	vterm_screen_flush_damage(s->screen);
	for (int y = 0; y < g->cells.rows; y++)
		if (s->dirty[y])
			read_row(s, y);
	memset(s->dirty, 0, (size_t)g->cells.rows * sizeof(*s->dirty));
	s->changed = false;
	g->cursor_y = s->cursor_shown ? s->cursor.row : -1;
	g->cursor_x = s->cursor.col;
	return true;
}

static void serial_room(struct grid *g, int rows, int cols)
{
	struct serial *s = (struct serial *)g;

	if (rows < g->cells.rows)
		rows = g->cells.rows;
	if (cols < g->cells.cols)
		cols = g->cells.cols;
	if (rows == g->cells.rows && cols == g->cells.cols)
		return;
	cells_resize(&g->cells, rows, cols);
	s->dirty = mem_reallocarray(s->dirty, (size_t)rows, sizeof(*s->dirty));
	s->line = mem_reallocarray(s->line, (size_t)cols, sizeof(*s->line));
	vterm_set_size(s->vterm, rows, cols);
	for (int y = 0; y < rows; y++)
		s->dirty[y] = true;
	s->changed = true;
}

/* ---- keys ---- */

static void send(struct serial *s, const char *bytes, size_t len)
{
	s->grid.handlers->on_send(&s->grid, bytes, len, s->grid.arg);
}

/* libvterm would send Ctrl-J and its like as "CSI u", which no shell knows. */
static void send_character(struct serial *s, const struct key *k)
{
	char bytes[5] = { 0x1b };
	size_t n;

	if (k->mods & MOD_CTRL) {
		bytes[1] = (char)(k->code & 0x1f);
		n = 1;
	} else {
		n = utf8_encode(k->code, bytes + 1);
	}
	if (k->mods & MOD_ALT)
		send(s, bytes, n + 1);
	else
		send(s, bytes + 1, n);
}

static VTermKey vterm_key(uint32_t code)
{
	switch (code) {
	case K_ENTER: return VTERM_KEY_ENTER;
	case K_TAB: return VTERM_KEY_TAB;
	case K_BACKSPACE: return VTERM_KEY_BACKSPACE;
	case K_ESCAPE: return VTERM_KEY_ESCAPE;
	case K_UP: return VTERM_KEY_UP;
	case K_DOWN: return VTERM_KEY_DOWN;
	case K_LEFT: return VTERM_KEY_LEFT;
	case K_RIGHT: return VTERM_KEY_RIGHT;
	case K_HOME: return VTERM_KEY_HOME;
	case K_END: return VTERM_KEY_END;
	case K_PGUP: return VTERM_KEY_PAGEUP;
	case K_PGDN: return VTERM_KEY_PAGEDOWN;
	case K_INSERT: return VTERM_KEY_INS;
	case K_DELETE: return VTERM_KEY_DEL;
	}
	if (code >= K_F1 && code <= K_F12)
		return (VTermKey)VTERM_KEY_FUNCTION(code - K_F1 + 1);
	return VTERM_KEY_NONE;
}

/* Those past F12, which libvterm does not have. */
static void send_high_function(struct serial *s, const struct key *k)
{
	static const int numbers[] = { 25, 26, 28, 29, 31, 32, 33, 34 };
	char bytes[8];
	int n;

	if (k->code < K_F13 || k->code > K_F20)
		return;
	n = snprintf(bytes, sizeof(bytes), "\033[%d~", numbers[k->code - K_F13]);
	send(s, bytes, (size_t)n);
}

static void send_function(struct serial *s, const struct key *k)
{
	VTermKey key = vterm_key(k->code);
	unsigned mods = k->mods;

	if (key == VTERM_KEY_NONE) {
		send_high_function(s, k);
		return;
	}
	if (key == VTERM_KEY_ENTER || key == VTERM_KEY_BACKSPACE || key == VTERM_KEY_ESCAPE)
		mods &= MOD_ALT;
	if (key == VTERM_KEY_TAB)
		mods &= MOD_ALT | MOD_SHIFT;
	vterm_keyboard_key(s->vterm, key,
			   (VTermModifier)((mods & MOD_SHIFT ? VTERM_MOD_SHIFT : 0) |
					   (mods & MOD_ALT ? VTERM_MOD_ALT : 0) |
					   (mods & MOD_CTRL ? VTERM_MOD_CTRL : 0)));
}

/* Line ends as Enter sends them; control characters would be commands. */
static void send_paste(struct serial *s, const struct key *k)
{
	AUTO_BUF struct buf clean = BUF_INIT;

	for (size_t i = 0; i < k->len; i++) {
		char c = k->text[i];

		if (c == '\n' && i > 0 && k->text[i - 1] == '\r')
			continue;
		if (c == '\n' || c == '\r')
			buf_add_char(&clean, '\r');
		else if (c == '\t' || ((unsigned char)c >= 0x20 && c != 0x7f))
			buf_add_char(&clean, c);
	}
	vterm_keyboard_start_paste(s->vterm);
	if (clean.len)
		send(s, clean.data, clean.len);
	vterm_keyboard_end_paste(s->vterm);
}

static void send_mouse(struct serial *s, const struct key *k)
{
	VTermModifier mods = (VTermModifier)0;
	int button = k->mouse.button == MOUSE_WHEEL_UP ? 4 : k->mouse.button == MOUSE_WHEEL_DOWN ? 5 :
		     (int)k->mouse.button;

	if (s->mouse == VTERM_PROP_MOUSE_NONE)
		return;
	vterm_mouse_move(s->vterm, k->mouse.y, k->mouse.x, mods);
	if (k->mouse.drag)
		return;
	if (k->mouse.button == MOUSE_RELEASE)
		for (int b = 1; b <= 3; b++)
			vterm_mouse_button(s->vterm, b, false, mods);
	else
		vterm_mouse_button(s->vterm, button, true, mods);
}

static void serial_key(struct grid *g, const struct key *k)
{
	struct serial *s = (struct serial *)g;

	s->typing = true;
	if (k->code == K_PASTE)
		send_paste(s, k);
	else if (k->code == K_MOUSE)
		send_mouse(s, k);
	else if (k->code < K_NONE)
		send_character(s, k);
	else
		send_function(s, k);
	s->typing = false;
}

static const struct grid_class class = {
	.update = serial_update, .key = serial_key, .room = serial_room, .free = serial_free,
};
