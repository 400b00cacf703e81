/*
 * glyph: see glyph.h.
 */
#include "console/glyph.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "console/glyph_fit.h"

/* Text below a cursor is a slow search; a screen has one cursor. */
#define COVERED_MAX 4

struct glyph_reader {
	const struct glyph_table *table;
	struct picture seen;		/* what the cells were read from */
	struct glyph_grid grid;
	struct glyph_cell *cells;	/* NULL: not text */
	bool *row_changed;
	int inked, unknown;
	struct glyph_covered covered;
	bool dirty;			/* changed since the grid was looked for */
	int64_t fitted_ms;
	bool fitted;			/* fitted_ms is set */
	uint32_t *codes;		/* of each bitmap, in this screen's font */
	uint16_t *votes;
	const char *font;
	int reread;			/* cells read since the font was chosen */
};

struct glyph_reader *glyph_reader_new(const struct glyph_table *t)
{
	struct glyph_reader *r = mem_zalloc(sizeof(*r));
	size_t n = glyph_table_size(t) + 1;

	r->table = t;
	r->codes = mem_zalloc(n * sizeof(*r->codes));
	r->votes = mem_zalloc(n * sizeof(*r->votes));
	glyph_table_choose(t, r->votes, r->codes);
	r->covered.codes = r->codes;
	return r;
}

static void drop_cells(struct glyph_reader *r)
{
	free(r->cells);
	free(r->row_changed);
	r->cells = NULL;
	r->row_changed = NULL;
	r->grid = (struct glyph_grid){ 0 };
	r->font = NULL;
}

void glyph_reader_free(struct glyph_reader *r)
{
	if (!r)
		return;
	drop_cells(r);
	picture_done(&r->seen);
	free(r->codes);
	free(r->votes);
	free(r);
}

static struct glyph_cell *cell_at(const struct glyph_reader *r, int row, int col)
{
	return &r->cells[row * r->grid.cols + col];
}

/* Take a cell out of the counts (by -1) or into them (by 1). */
static void count(struct glyph_reader *r, const struct glyph_cell *c, int by)
{
	if (c->kind == GLYPH_TEXT || c->kind == GLYPH_UNKNOWN)
		r->inked += by;
	if (c->kind == GLYPH_UNKNOWN)
		r->unknown += by;
}

static void read_cell(struct glyph_reader *r, const struct picture *p, int row, int col)
{
	struct glyph_cell *c = cell_at(r, row, col);

	count(r, c, -1);
	glyph_cell_read(c, r->table, p, &r->grid, row, col, &r->covered);
	if (c->bitmap >= 0)
		c->code = r->codes[c->bitmap];
	count(r, c, 1);
	r->reread++;
}

/* The columns from..to (exclusive) that overlap the pixels x..x+w. */
static void columns(const struct glyph_grid *g, struct rect damage, int *from, int *to)
{
	int first = damage.x - g->x, end = damage.x + damage.w - g->x;

	*from = first < 0 ? 0 : first / g->cell_w;
	*to = end <= 0 ? 0 : (end + g->cell_w - 1) / g->cell_w;
	if (*to > g->cols)
		*to = g->cols;
}

/* Whether pixels of the cell row differ from what was read; keeps the new. */
static bool row_differs(struct glyph_reader *r, const struct picture *p, struct rect band)
{
	size_t size = (size_t)band.w * sizeof(uint32_t);
	bool differs = false;

	for (int y = band.y; y < band.y + band.h; y++) {
		uint32_t *old = r->seen.pixels + (size_t)y * (size_t)p->width + band.x;
		const uint32_t *new = picture_row(p, y) + band.x;

		if (memcmp(old, new, size) != 0) {
			memcpy(old, new, size);
			differs = true;
		}
	}
	return differs;
}

static void read_damage(struct glyph_reader *r, const struct picture *p, struct rect damage)
{
	const struct glyph_grid *g = &r->grid;
	int from, to;

	columns(g, damage, &from, &to);
	r->covered.left = COVERED_MAX;
	for (int row = 0; row < g->rows; row++) {
		struct rect line = { 0, g->y + row * g->cell_h, p->width, g->cell_h };

		line = rect_intersect(line, damage);
		if (rect_empty(line) || !row_differs(r, p, line))
			continue;
		r->row_changed[row] = true;
		for (int col = from; col < to; col++)
			read_cell(r, p, row, col);
	}
}

/* Choose the screen's font by what is on it, and name the cells anew. */
static void choose_font(struct glyph_reader *r)
{
	size_t n = (size_t)r->grid.cols * (size_t)r->grid.rows;

	memset(r->votes, 0, glyph_table_size(r->table) * sizeof(*r->votes));
	for (size_t i = 0; i < n; i++)
		if (r->cells[i].bitmap >= 0 && r->votes[r->cells[i].bitmap] < UINT16_MAX)
			r->votes[r->cells[i].bitmap]++;
	r->font = glyph_table_choose(r->table, r->votes, r->codes);
	for (size_t i = 0; i < n; i++)
		if (r->cells[i].bitmap >= 0)
			r->cells[i].code = r->codes[r->cells[i].bitmap];
	r->reread = 0;
}

/* Read all cells of a new grid. */
static void read_everything(struct glyph_reader *r, const struct picture *p)
{
	size_t n = (size_t)r->grid.cols * (size_t)r->grid.rows;

	r->cells = mem_zalloc(n * sizeof(*r->cells));
	r->row_changed = mem_zalloc((size_t)r->grid.rows * sizeof(*r->row_changed));
	memset(r->row_changed, 1, (size_t)r->grid.rows * sizeof(*r->row_changed));
	r->inked = r->unknown = 0;
	r->covered.left = COVERED_MAX;
	picture_copy_rect(&r->seen, p, picture_bounds(p));
	for (int row = 0; row < r->grid.rows; row++)
		for (int col = 0; col < r->grid.cols; col++)
			read_cell(r, p, row, col);
	choose_font(r);
}

static bool is_text(const struct glyph_reader *r)
{
	struct glyph_score s = { r->inked, r->inked - r->unknown };

	return r->cells && glyph_score_is_text(s);
}

static bool same_grid(const struct glyph_grid *a, const struct glyph_grid *b)
{
	return a->cell_w == b->cell_w && a->cell_h == b->cell_h && a->x == b->x && a->y == b->y;
}

/* Look for the grid again, unless that was done a moment ago. */
static void refit(struct glyph_reader *r, const struct picture *p, int64_t now_ms)
{
	struct glyph_grid g;

	if (!r->dirty || (r->fitted && now_ms - r->fitted_ms < GLYPH_REFIT_MS))
		return;
	r->fitted = true;
	r->fitted_ms = now_ms;
	r->dirty = false;
	if (!glyph_fit(r->table, p, &g)) {
		drop_cells(r);
		return;
	}
	if (r->cells && same_grid(&g, &r->grid) && r->font)
		return;
	drop_cells(r);
	r->grid = g;
	read_everything(r, p);
}

static void start_over(struct glyph_reader *r, const struct picture *p)
{
	drop_cells(r);
	r->fitted = false;
	r->dirty = true;
	picture_resize(&r->seen, p->width, p->height);
}

bool glyph_read(struct glyph_reader *r, const struct picture *p, struct rect damage,
		int64_t now_ms)
{
	if (p->width != r->seen.width || p->height != r->seen.height)
		start_over(r, p);
	if (!p->pixels)
		return false;
	damage = rect_intersect(damage, picture_bounds(p));
	if (!rect_empty(damage))
		r->dirty = true;
	if (r->cells) {
		memset(r->row_changed, 0, (size_t)r->grid.rows * sizeof(*r->row_changed));
		read_damage(r, p, damage);
		/* Another font was loaded, or another program draws. */
		if (r->reread > r->grid.cols * r->grid.rows / 2)
			choose_font(r);
	}
	if (!is_text(r) || !r->font)
		refit(r, p, now_ms);
	return is_text(r);
}

int glyph_reader_wait_ms(const struct glyph_reader *r, int64_t now_ms)
{
	int64_t left = r->fitted_ms + GLYPH_REFIT_MS - now_ms;

	if (!r->dirty || is_text(r))
		return -1;
	return left < 0 ? 0 : (int)left;
}

const struct glyph_grid *glyph_reader_grid(const struct glyph_reader *r)
{
	return &r->grid;
}

const struct glyph_cell *glyph_reader_cell(const struct glyph_reader *r, int row, int col)
{
	return cell_at(r, row, col);
}

bool glyph_reader_row_changed(const struct glyph_reader *r, int row)
{
	return r->row_changed[row];
}

const char *glyph_reader_font(const struct glyph_reader *r)
{
	return r->font;
}

void glyph_reader_count(const struct glyph_reader *r, int *inked, int *unknown)
{
	*inked = r->inked;
	*unknown = r->unknown;
}

static void add_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(out, (char)c);
	} else if (c < 0x800) {
		buf_add_char(out, (char)(0xc0 | c >> 6));
		buf_add_char(out, (char)(0x80 | (c & 63)));
	} else {
		buf_add_char(out, (char)(0xe0 | c >> 12));
		buf_add_char(out, (char)(0x80 | (c >> 6 & 63)));
		buf_add_char(out, (char)(0x80 | (c & 63)));
	}
}

char *glyph_reader_text(const struct glyph_reader *r)
{
	struct buf out = BUF_INIT;

	for (int row = 0; row < r->grid.rows; row++) {
		int end = r->grid.cols;

		while (end > 0 && cell_at(r, row, end - 1)->code == ' ' &&
		       cell_at(r, row, end - 1)->kind != GLYPH_UNKNOWN)
			end--;
		for (int col = 0; col < end; col++) {
			const struct glyph_cell *c = cell_at(r, row, col);

			add_utf8(&out, c->kind == GLYPH_UNKNOWN ? 0xfffd :
				 c->code == 0xa0 ? ' ' : c->code);
		}
		buf_add_char(&out, '\n');
	}
	return buf_steal(&out);
}
