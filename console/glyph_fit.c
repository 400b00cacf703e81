/*
 * glyph_fit: see glyph_fit.h.  Most of the work is to give up early: a wrong
 * grid shows within a few dozen cells, and bands of one colour are passed over.
 */
#include "console/glyph_fit.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"

/* Enough to be sure, and enough misses to see that it is wrong. */
#define SURE 24
#define HOPELESS 40
/* Fewer characters than this are chance, but for a text mode's own size. */
#define FEW 4

struct fit {
	const struct glyph_table *table;
	const struct picture *picture;
	bool *flat;			/* line y is of one colour */
	struct glyph_grid best;
	long best_score;
	bool text_mode;			/* the size is one of a VGA text mode */
};

static const struct {
	int w, h;
} sizes[] = { { 9, 16 }, { 8, 16 }, { 8, 19 }, { 9, 14 }, { 8, 14 }, { 9, 8 }, { 8, 8 } };

bool glyph_score_is_text(struct glyph_score s)
{
	return s.text * 10 >= s.inked * 9;
}

static bool line_is_flat(const uint32_t *line, int width)
{
	return !memcmp(line, line + 1, (size_t)(width - 1) * sizeof(*line));
}

static void find_flat_lines(struct fit *f)
{
	const struct picture *p = f->picture;

	f->flat = mem_zalloc((size_t)p->height * sizeof(*f->flat));
	for (int y = 0; y < p->height; y++)
		f->flat[y] = line_is_flat(picture_row(p, y), p->width);
}

/* All cells of the row are blank, or at least all alike. */
static bool row_is_flat(const struct fit *f, const struct glyph_grid *g, int row)
{
	int from = g->y + row * g->cell_h;

	for (int y = from; y < from + g->cell_h; y++)
		if (!f->flat[y])
			return false;
	return true;
}

static bool hopeless(struct glyph_score s)
{
	int misses = s.inked - s.text;

	return misses > HOPELESS && s.text < misses * 3;
}

static struct glyph_score score(const struct fit *f, const struct glyph_grid *g)
{
	struct glyph_score s = { 0, 0 };

	for (int row = 0; row < g->rows && !hopeless(s); row++) {
		if (row_is_flat(f, g, row))
			continue;
		for (int col = 0; col < g->cols; col++) {
			struct glyph_cell c;

			glyph_cell_read(&c, f->table, f->picture, g, row, col, NULL);
			s.inked += c.kind == GLYPH_TEXT || c.kind == GLYPH_UNKNOWN;
			s.text += c.kind == GLYPH_TEXT;
		}
	}
	return s;
}

static bool set_grid(const struct fit *f, int w, int h, int x, int y, struct glyph_grid *g)
{
	*g = (struct glyph_grid){ w, h, x, y, (f->picture->width - x) / w,
				  (f->picture->height - y) / h };
	return g->cols > 0 && g->rows > 0 && glyph_table_has_height(f->table, h);
}

/* True: certain, look no further. */
static bool try_grid(struct fit *f, int w, int h, int x, int y)
{
	struct glyph_grid g;
	struct glyph_score s;
	long points;

	if (!set_grid(f, w, h, x, y, &g))
		return false;
	s = score(f, &g);
	if (!glyph_score_is_text(s) || (s.text < FEW && !(f->text_mode && s.text)))
		return false;
	points = (long)s.text * h * (s.text * 100 / s.inked);
	if (points > f->best_score) {
		f->best_score = points;
		f->best = g;
	}
	return s.text >= SURE && s.text * 100 >= s.inked * 97;
}

/* Where a terminal of 80x25 or of the whole width would begin if centred. */
static bool try_likely(struct fit *f, int w, int h)
{
	const struct picture *p = f->picture;
	int x = p->width > 640 ? (p->width - 640) / 2 % w : 0;
	int y = p->height > 25 * h ? (p->height - 25 * h) / 2 % h : 0;

	return try_grid(f, w, h, 0, 0) ||
		(w == 8 && (try_grid(f, w, h, x, y) ||
			    try_grid(f, w, h, p->width % w / 2, p->height % h / 2)));
}

static bool try_offsets(struct fit *f, int w, int h)
{
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			if (try_grid(f, w, h, x, y))
				return true;
	return false;
}

static bool try_all(struct fit *f)
{
	int width = f->picture->width;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if ((sizes[i].w == 8 || width % 9 == 0) &&
		    try_likely(f, sizes[i].w, sizes[i].h))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (sizes[i].w == 8 && glyph_table_has_height(f->table, sizes[i].h) &&
		    try_offsets(f, sizes[i].w, sizes[i].h))
			return true;
	return f->best_score > 0;
}

static bool all_flat(const struct fit *f)
{
	const struct picture *p = f->picture;

	for (int y = 0; y < p->height; y++)
		if (!f->flat[y] || *picture_row(p, y) != *p->pixels)
			return false;
	return true;
}

/* Lines of 9-pixel cells are a text mode; so are 25 rows of 80. */
static bool is_text_mode(const struct picture *p)
{
	return p->width == 720 && (p->height == 400 || p->height == 350);
}

bool glyph_fit(const struct glyph_table *t, const struct picture *p, struct glyph_grid *out)
{
	struct fit f = { .table = t, .picture = p };
	bool found;

	if (p->width < 64 || p->height < 64)
		return false;
	f.text_mode = is_text_mode(p);
	find_flat_lines(&f);
	if (all_flat(&f))
		found = f.text_mode && set_grid(&f, 9, p->height / 25, 0, 0, &f.best);
	else
		found = try_all(&f);
	free(f.flat);
	*out = found ? f.best : (struct glyph_grid){ 0 };
	return found;
}
