/*
 * guest_screen: see guest_screen.h.
 */
#include "console/guest_screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"

/* Thirty pictures a second are enough for the eye, and one for a slow line. */
#define FAST_MS 33
#define SLOW_MS 1000
/* What a cell of other colours and another character takes on a terminal. */
#define BYTES_A_CELL 20
#define MODE_TEXT 64

struct guest_screen {
	struct event_base *base;
	const struct glyph_table *table;
	guest_screen_change_fn *on_change;
	void *arg;
	struct vnc *vnc;		/* NULL before the first open */
	struct glyph_reader *reader;	/* NULL without a table */
	struct draw *draw;
	enum draw_depth depth;
	enum draw_mode mode;
	bool draw_always, hidden;
	double zoom;
	int budget;

	struct cells cells;
	bool is_text;			/* the cells show text now */
	struct glyph_grid grid;		/* that they show */
	bool reader_behind;		/* it has not seen all changes */
	int width, height;		/* of the picture */
	struct draw_view view;		/* while drawing */
	int center_x, center_y;		/* of a zoomed view, in pixels */
	bool panned;			/* the window stays where it was put */
	int top, left;			/* of the window, in the text's cells; may be negative */
	int cursor_y, cursor_x;		/* in our cells; y < 0: none */

	int64_t looked_ms;
	int interval_ms;
	struct event *timer;		/* the next look */
	struct event *refit;		/* a grid may be found then */
	int64_t rate_since;
	int pictures, rate;
	char mode_text[MODE_TEXT];
};

/* ---- text ---- */

static void put(struct cell *c, uint32_t code, struct style style)
{
	*c = (struct cell){ { code == ' ' ? 0 : code, 0, 0 }, style, 1 };
}

static int brightness(uint32_t rgb)
{
	return (int)((rgb >> 16 & 255) * 3 + (rgb >> 8 & 255) * 6 + (rgb & 255));
}

static struct style style_of(const struct guest_screen *g, const struct glyph_cell *c)
{
	struct style s = { draw_colour(g->draw, c->fg), draw_colour(g->draw, c->bg), 0 };

	if (c->kind == GLYPH_BLANK || c->kind == GLYPH_CURSOR)
		s.fg = s.bg;
	/* Without colours, dark on bright is reverse. */
	if (g->depth == DRAW_MONO && c->kind == GLYPH_TEXT && brightness(c->bg) > brightness(c->fg))
		s.attr |= ATTR_REVERSE;
	return s;
}

static void draw_one(struct guest_screen *g, const struct picture *p, int row, int col,
		     int y, int x)
{
	const struct glyph_grid *grid = glyph_reader_grid(g->reader);
	struct draw_view v = { { grid->x + col * grid->cell_w, grid->y + row * grid->cell_h,
				 grid->cell_w, grid->cell_h }, 1, 1 };

	draw_cells(g->draw, p, &v, v.source, &g->cells, y, x);
}

/* One cell that is read, at its place in the window. */
static void show_text_cell(struct guest_screen *g, const struct picture *p, int row, int col)
{
	const struct glyph_cell *c = glyph_reader_cell(g->reader, row, col);
	int y = row - g->top, x = col - g->left;
	struct cell *to = cells_at(&g->cells, y, x);

	if (!to)
		return;
	if (c->kind == GLYPH_UNKNOWN)
		draw_one(g, p, row, col, y, x);
	else
		put(to, cells_code_width(c->code) == 1 ? c->code : '?', style_of(g, c));
}

static void find_cursor(struct guest_screen *g, int *row, int *col)
{
	const struct glyph_grid *grid = glyph_reader_grid(g->reader);

	*row = *col = -1;
	for (int r = 0; r < grid->rows; r++)
		for (int c = 0; c < grid->cols; c++)
			if (glyph_reader_cell(g->reader, r, c)->cursor) {
				*row = r;
				*col = c;
			}
}

static int follow(int at, int start, int window, int whole)
{
	if (whole <= window)
		return (whole - window) / 2;
	if (at >= 0 && at < start)
		start = at;
	if (at >= start + window)
		start = at - window + 1;
	if (start > whole - window)
		start = whole - window;
	return start < 0 ? 0 : start;
}

/* Where the window is; true when it moved. */
static bool place_window(struct guest_screen *g)
{
	const struct glyph_grid *grid = glyph_reader_grid(g->reader);
	int top = g->top, left = g->left, row, col;

	find_cursor(g, &row, &col);
	g->top = follow(g->panned ? -1 : row, top, g->cells.rows, grid->rows);
	g->left = follow(g->panned ? -1 : col, left, g->cells.cols, grid->cols);
	g->cursor_y = row < 0 ? -1 : row - g->top;
	g->cursor_x = col - g->left;
	if (!cells_at(&g->cells, g->cursor_y, g->cursor_x))
		g->cursor_y = -1;
	return top != g->top || left != g->left;
}

static void clear_cells(struct guest_screen *g)
{
	cells_clear(&g->cells, cells_area(&g->cells), (struct style){ 0 });
}

/* Returns how many cells were painted. */
static int show_text(struct guest_screen *g, const struct picture *p, bool all)
{
	const struct glyph_grid *grid = glyph_reader_grid(g->reader);
	int painted = 0;

	if (place_window(g))
		all = true;
	if (all)
		clear_cells(g);
	for (int row = 0; row < grid->rows; row++) {
		if (!all && !glyph_reader_row_changed(g->reader, row))
			continue;
		painted += grid->cols;
		for (int col = 0; col < grid->cols; col++)
			show_text_cell(g, p, row, col);
	}
	return painted;
}

/* ---- drawing ---- */

static void make_view(struct guest_screen *g)
{
	g->view = g->zoom > 0
		? draw_zoom(g->draw, g->width, g->height, g->cells.rows ? g->cells.cols : 0,
			    g->cells.rows, g->zoom, g->center_x, g->center_y)
		: draw_fit(g->width, g->height, g->cells.cols, g->cells.rows);
}

static int offset(int whole, int part)
{
	return whole > part ? (whole - part) / 2 : 0;
}

static int show_drawing(struct guest_screen *g, const struct picture *p, struct rect damage,
			bool all)
{
	struct area a;

	g->cursor_y = -1;
	if (all) {
		make_view(g);
		clear_cells(g);
		damage = picture_bounds(p);
	}
	a = draw_damage(&g->view, damage);
	draw_cells(g->draw, p, &g->view, damage, &g->cells,
		   offset(g->cells.rows, g->view.rows), offset(g->cells.cols, g->view.cols));
	return a.rows * a.cols;
}

/* ---- looking ---- */

static void on_refit(void *arg);

static void count_picture(struct guest_screen *g, int64_t now)
{
	if (now - g->rate_since >= 1000) {
		g->rate = now - g->rate_since < 2000 ? g->pictures : 0;
		g->pictures = 0;
		g->rate_since = now;
	}
	g->pictures++;
}

/* So many cells may change so often on this budget. */
static void set_interval(struct guest_screen *g, int painted)
{
	int64_t ms = g->budget > 0 ? (int64_t)painted * BYTES_A_CELL * 1000 / g->budget : 0;

	g->interval_ms = ms < FAST_MS ? FAST_MS : ms > SLOW_MS ? SLOW_MS : (int)ms;
}

static void arm_refit(struct guest_screen *g, int64_t now)
{
	int wait = g->reader && !g->draw_always ? glyph_reader_wait_ms(g->reader, now) : -1;

	loop_cancel(&g->refit);
	if (wait >= 0)
		g->refit = loop_after(g->base, wait + 1, on_refit, g);
}

static bool read_text(struct guest_screen *g, const struct picture *p, struct rect damage,
		      int64_t now)
{
	if (!g->reader || g->draw_always) {
		g->reader_behind = true;
		return false;
	}
	if (g->reader_behind)
		damage = picture_bounds(p);
	g->reader_behind = false;
	return glyph_read(g->reader, p, damage, now);
}

static bool other_grid(struct guest_screen *g)
{
	struct glyph_grid old = g->grid;

	g->grid = *glyph_reader_grid(g->reader);
	return memcmp(&old, &g->grid, sizeof(old)) != 0;
}

/* The picture as cells; the vnc is locked. */
static void show(struct guest_screen *g, const struct picture *p, struct rect damage, bool all)
{
	int64_t now = loop_now_ms();
	bool text = read_text(g, p, damage, now);
	int painted;

	all |= text != g->is_text || p->width != g->width || p->height != g->height ||
		(text && other_grid(g));
	g->is_text = text;
	g->width = p->width;
	g->height = p->height;
	painted = text ? show_text(g, p, all) : show_drawing(g, p, damage, all);
	set_interval(g, painted);
	arm_refit(g, now);
}

static void look(struct guest_screen *g)
{
	struct rect damage;
	const struct picture *p = vnc_lock(g->vnc, &damage);

	if (!p)
		return;
	g->looked_ms = loop_now_ms();
	count_picture(g, g->looked_ms);
	show(g, p, damage, false);
	vnc_unlock(g->vnc);
}

/* Everything anew: another size, mode or window. */
static void look_again(struct guest_screen *g)
{
	const struct picture *p = g->vnc ? vnc_lock_again(g->vnc) : NULL;

	if (!p) {
		clear_cells(g);
		return;
	}
	show(g, p, (struct rect){ 0, 0, 0, 0 }, true);
	vnc_unlock(g->vnc);
}

static void on_refit(void *arg)
{
	struct guest_screen *g = arg;
	const struct picture *p = vnc_lock_again(g->vnc);

	loop_cancel(&g->refit);
	if (!p)
		return;
	show(g, p, (struct rect){ 0, 0, 0, 0 }, false);
	vnc_unlock(g->vnc);
	if (g->is_text)
		g->on_change(g, g->arg);
}

static void on_timer(void *arg)
{
	struct guest_screen *g = arg;

	loop_cancel(&g->timer);
	if (g->hidden)
		return;
	look(g);
	g->on_change(g, g->arg);
}

static void on_vnc(struct vnc *v, void *arg)
{
	struct guest_screen *g = arg;
	int64_t left = g->looked_ms + g->interval_ms - loop_now_ms();

	/* An end is told at once, a picture in its turn. */
	if (vnc_state(v) == VNC_ENDED) {
		loop_cancel(&g->timer);
		look(g);
		g->on_change(g, g->arg);
		return;
	}
	if (!g->timer && !g->hidden)
		g->timer = loop_after(g->base, left > 0 ? (int)left : 0, on_timer, g);
}

/* ---- life ---- */

struct guest_screen *guest_screen_new(struct event_base *base, const struct glyph_table *table,
				      guest_screen_change_fn *on_change, void *arg)
{
	struct guest_screen *g = mem_zalloc(sizeof(*g));

	g->base = base;
	g->table = table;
	g->on_change = on_change;
	g->arg = arg;
	g->depth = DRAW_256;
	g->mode = DRAW_QUADRANT;
	g->interval_ms = FAST_MS;
	g->cursor_y = -1;
	g->draw = draw_new(g->mode, g->depth);
	cells_init(&g->cells, 24, 80);
	return g;
}

static void forget(struct guest_screen *g)
{
	loop_cancel(&g->timer);
	loop_cancel(&g->refit);
	vnc_close(g->vnc);
	g->vnc = NULL;
	glyph_reader_free(g->reader);
	g->reader = NULL;
	g->is_text = g->panned = false;
	g->width = g->height = 0;
	g->cursor_y = -1;
}

void guest_screen_free(struct guest_screen *g)
{
	if (!g)
		return;
	forget(g);
	draw_free(g->draw);
	cells_done(&g->cells);
	free(g);
}

bool guest_screen_open(struct guest_screen *g, const char *where, const char *password,
		       struct error **err)
{
	forget(g);
	clear_cells(g);
	g->looked_ms = 0;
	if (g->table)
		g->reader = glyph_reader_new(g->table);
	g->vnc = vnc_open(g->base, where, password, on_vnc, g, err);
	return g->vnc != NULL;
}

enum vnc_state guest_screen_state(const struct guest_screen *g)
{
	return g->vnc ? vnc_state(g->vnc) : VNC_ENDED;
}

const char *guest_screen_message(const struct guest_screen *g)
{
	return g->vnc ? vnc_message(g->vnc) : "";
}

/* ---- wishes ---- */

void guest_screen_size(struct guest_screen *g, int rows, int cols)
{
	if (rows == g->cells.rows && cols == g->cells.cols)
		return;
	cells_resize(&g->cells, rows, cols);
	look_again(g);
}

static void remake(struct guest_screen *g)
{
	draw_free(g->draw);
	g->draw = draw_new(g->mode, g->depth);
	look_again(g);
}

void guest_screen_depth(struct guest_screen *g, enum draw_depth depth)
{
	g->depth = depth;
	remake(g);
}

void guest_screen_draw(struct guest_screen *g, bool always, enum draw_mode mode)
{
	g->draw_always = always;
	g->mode = mode;
	remake(g);
}

void guest_screen_hide(struct guest_screen *g, bool hidden)
{
	g->hidden = hidden;
	if (!hidden && g->vnc)
		on_vnc(g->vnc, g);
}

void guest_screen_budget(struct guest_screen *g, int bytes_a_second)
{
	g->budget = bytes_a_second;
}

void guest_screen_zoom(struct guest_screen *g, double zoom)
{
	if (g->zoom <= 0 && zoom > 0) {
		g->center_x = g->width / 2;
		g->center_y = g->height / 2;
	}
	g->zoom = zoom;
	look_again(g);
}

void guest_screen_pan(struct guest_screen *g, int rows, int cols)
{
	if (g->is_text) {
		g->panned = true;
		g->top += rows;
		g->left += cols;
	} else if (g->view.cols > 0 && g->view.rows > 0) {
		const struct rect *s = &g->view.source;

		g->center_x = s->x + s->w / 2 + cols * s->w / g->view.cols;
		g->center_y = s->y + s->h / 2 + rows * s->h / g->view.rows;
	}
	look_again(g);
}

/* ---- what there is ---- */

const struct cells *guest_screen_cells(const struct guest_screen *g)
{
	return &g->cells;
}

bool guest_screen_cursor(const struct guest_screen *g, int *y, int *x)
{
	*y = g->cursor_y;
	*x = g->cursor_x;
	return g->cursor_y >= 0;
}

bool guest_screen_is_text(const struct guest_screen *g)
{
	return g->is_text;
}

const char *guest_screen_mode(struct guest_screen *g)
{
	const struct glyph_grid *grid = g->is_text ? glyph_reader_grid(g->reader) : NULL;

	if (!g->width)
		return "no picture";
	if (grid)
		snprintf(g->mode_text, MODE_TEXT, "text %dx%d", grid->cols, grid->rows);
	else if (g->zoom > 0)
		snprintf(g->mode_text, MODE_TEXT, "%dx%d %s %.0f%%", g->width, g->height,
			 draw_mode_name(g->mode), g->zoom * 100);
	else
		snprintf(g->mode_text, MODE_TEXT, "%dx%d %s", g->width, g->height,
			 draw_mode_name(g->mode));
	return g->mode_text;
}

int guest_screen_rate(struct guest_screen *g)
{
	return loop_now_ms() - g->rate_since < 2000 ? g->rate : 0;
}

unsigned guest_screen_bells(struct guest_screen *g)
{
	return g->vnc ? vnc_bells(g->vnc) : 0;
}

int guest_screen_stalled_ms(const struct guest_screen *g)
{
	return g->vnc ? vnc_stalled_ms(g->vnc) : 0;
}

char *guest_screen_text(const struct guest_screen *g)
{
	return g->is_text ? glyph_reader_text(g->reader) : NULL;
}

bool guest_screen_picture(struct guest_screen *g, struct picture *out)
{
	const struct picture *p = g->vnc ? vnc_lock_again(g->vnc) : NULL;

	if (!p)
		return false;
	picture_resize(out, p->width, p->height);
	picture_copy_rect(out, p, picture_bounds(p));
	vnc_unlock(g->vnc);
	return true;
}

/* ---- keys and pointer ---- */

static void send_key(uint32_t keysym, unsigned scancode, bool down, void *arg)
{
	vnc_key(arg, keysym, scancode, down);
}

void guest_screen_press(struct guest_screen *g, const struct keystroke *keys, int n)
{
	if (!g->vnc)
		return;
	/* Who types wants to see where. */
	g->panned = false;
	keystroke_press(keys, n, send_key, g->vnc);
}

static bool point_on_text(const struct guest_screen *g, int y, int x, int *px, int *py)
{
	const struct glyph_grid *grid = glyph_reader_grid(g->reader);
	int row = y + g->top, col = x + g->left;

	*px = grid->x + col * grid->cell_w + grid->cell_w / 2;
	*py = grid->y + row * grid->cell_h + grid->cell_h / 2;
	return row >= 0 && row < grid->rows && col >= 0 && col < grid->cols;
}

static bool point_on_drawing(const struct guest_screen *g, int y, int x, int *px, int *py)
{
	const struct draw_view *v = &g->view;

	y -= offset(g->cells.rows, v->rows);
	x -= offset(g->cells.cols, v->cols);
	if (y < 0 || x < 0 || y >= v->rows || x >= v->cols)
		return false;
	*px = v->source.x + (2 * x + 1) * v->source.w / (2 * v->cols);
	*py = v->source.y + (2 * y + 1) * v->source.h / (2 * v->rows);
	return true;
}

bool guest_screen_point(struct guest_screen *g, int y, int x, unsigned buttons)
{
	int px, py;

	if (!g->vnc || !g->width)
		return false;
	if (!(g->is_text ? point_on_text : point_on_drawing)(g, y, x, &px, &py))
		return false;
	vnc_pointer(g->vnc, px, py, buttons);
	return true;
}
