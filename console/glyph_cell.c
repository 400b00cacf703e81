/*
 * glyph_cell: see glyph_cell.h.  This is where reading spends its time.
 */
#include "console/glyph_cell.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define WIDTH 8

/* Bit i: whether pixel i of the eight has the colour. */
#ifdef __SSE2__
static inline unsigned equal_mask(const uint32_t *p, uint32_t colour)
{
	__m128i want = _mm_set1_epi32((int)colour);
	__m128i a = _mm_loadu_si128((const __m128i *)p);
	__m128i b = _mm_loadu_si128((const __m128i *)(p + 4));

	return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(a, want))) |
		(unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(b, want))) << 4;
}
#else
static inline unsigned equal_mask(const uint32_t *p, uint32_t colour)
{
	unsigned mask = 0;

	for (int i = 0; i < WIDTH; i++)
		mask |= (unsigned)(p[i] == colour) << i;
	return mask;
}
#endif

enum shape { ONE_COLOUR, TWO_COLOURS, MORE_COLOURS };

struct pixels {
	const uint32_t *at;
	int stride, height;
	bool ninth;
	uint32_t first, other;		/* colours */
	struct glyph_bits bits;		/* set where it is not the first colour */
};

static enum shape extract(struct pixels *x)
{
	const uint32_t *line = x->at;
	bool two = false;

	memset(&x->bits, 0, sizeof(x->bits));
	x->first = x->other = line[0];
	for (int y = 0; y < x->height; y++, line += x->stride) {
		unsigned differ = equal_mask(line, x->first) ^ 0xff;

		if (differ) {
			if (!two)
				x->other = line[__builtin_ctz(differ)];
			two = true;
			if ((equal_mask(line, x->other) | (differ ^ 0xff)) != 0xff)
				return MORE_COLOURS;
		}
		x->bits.row[y] = (unsigned char)differ;
		if (x->ninth && line[WIDTH] != x->first) {
			if (!two)
				x->other = line[WIDTH];
			two = true;
			if (line[WIDTH] != x->other)
				return MORE_COLOURS;
		}
	}
	return two ? TWO_COLOURS : ONE_COLOUR;
}

static void invert(struct glyph_bits *out, const struct glyph_bits *in, int height)
{
	memset(out, 0, sizeof(*out));
	for (int y = 0; y < height; y++)
		out->row[y] = in->row[y] ^ 0xff;
}

/* The ninth column is background, or goes on as the eighth (line drawing). */
static bool ninth_fits(const struct pixels *x, uint32_t bg)
{
	const uint32_t *line = x->at;
	bool empty = true, repeats = true;

	for (int y = 0; y < x->height; y++, line += x->stride) {
		empty &= line[WIDTH] == bg;
		repeats &= line[WIDTH] == line[WIDTH - 1];
	}
	return empty || repeats;
}

static bool is_block_element(uint32_t code)
{
	return code >= 0x2580 && code < 0x25a0;
}

/* One way to see the cell: ink on bg. -1: the table has no such bitmap. */
static int find_as(const struct glyph_table *t, const struct pixels *x,
		   const struct glyph_bits *bits, uint32_t bg)
{
	int bitmap = glyph_table_find(t, bits, x->height);

	return bitmap >= 0 && (!x->ninth || ninth_fits(x, bg)) ? bitmap : -1;
}

static int brightness(uint32_t rgb)
{
	return (int)((rgb >> 16 & 255) * 3 + (rgb >> 8 & 255) * 6 + (rgb & 255));
}

/* Which way is meant, when both are possible. */
static bool prefers_reversed(const struct glyph_table *t, const struct pixels *x, int straight,
			     int reversed)
{
	if (straight < 0 || reversed < 0)
		return straight < 0;
	if (is_block_element(glyph_table_code(t, reversed)))
		return brightness(x->other) < brightness(x->first) &&
			is_block_element(glyph_table_code(t, straight));
	return is_block_element(glyph_table_code(t, straight));
}

static bool read_text(struct glyph_cell *c, const struct glyph_table *t, const struct pixels *x,
		      const struct glyph_bits *inverse)
{
	int straight = find_as(t, x, &x->bits, x->first), reversed = -1;

	if (straight < 0 || is_block_element(glyph_table_code(t, straight)))
		reversed = find_as(t, x, inverse, x->other);
	if (straight < 0 && reversed < 0)
		return false;
	c->kind = GLYPH_TEXT;
	if (prefers_reversed(t, x, straight, reversed)) {
		c->bitmap = reversed;
		c->fg = x->first;
		c->bg = x->other;
	} else {
		c->bitmap = straight;
		c->fg = x->other;
		c->bg = x->first;
	}
	return true;
}

/* The solid band in the lower half, at most a quarter of the cell: [from, to). */
static bool find_band(const struct glyph_bits *b, int height, int *from, int *to)
{
	*to = height;
	while (*to > height / 2 && b->row[*to - 1] != 0xff)
		--*to;
	*from = *to;
	while (*from > 0 && b->row[*from - 1] == 0xff)
		--*from;
	return *to - *from >= 1 && *to - *from <= height / 4 && *from >= height / 2;
}

static bool read_cursor(struct glyph_cell *c, const struct glyph_table *t, int height,
			const struct glyph_bits *b, struct glyph_covered *covered)
{
	struct glyph_bits rest = *b;
	unsigned char ink = 0;
	int from, to;

	if (!find_band(b, height, &from, &to))
		return false;
	memset(rest.row + from, 0, (size_t)(to - from));
	for (int y = 0; y < height; y++)
		ink |= rest.row[y];
	/* One line alone is an underscore, which is text. */
	if (!ink && to - from >= 2) {
		c->kind = GLYPH_CURSOR;
		c->cursor = true;
		return true;
	}
	if (!covered || covered->left <= 0 || !ink)
		return false;
	covered->left--;
	c->bitmap = glyph_table_find_covered(t, b, height, from, to, covered->codes);
	if (c->bitmap < 0)
		return false;
	c->kind = GLYPH_TEXT;
	c->cursor = true;
	return true;
}

void glyph_cell_read(struct glyph_cell *c, const struct glyph_table *t, const struct picture *p,
		     const struct glyph_grid *g, int row, int col, struct glyph_covered *covered)
{
	struct pixels x = {
		.at = picture_row(p, g->y + row * g->cell_h) + g->x + col * g->cell_w,
		.stride = p->width, .height = g->cell_h, .ninth = g->cell_w > WIDTH,
	};
	enum shape shape = extract(&x);
	struct glyph_bits inverse;

	*c = (struct glyph_cell){ GLYPH_BLANK, false, -1, ' ', x.other, x.first };
	if (shape == ONE_COLOUR)
		return;
	c->kind = GLYPH_UNKNOWN;
	if (shape == MORE_COLOURS)
		return;
	invert(&inverse, &x.bits, x.height);
	/* The cursor first: some fonts have a low block that looks like it. */
	if (read_cursor(c, t, x.height, &x.bits, NULL) || read_text(c, t, &x, &inverse))
		return;
	if (!covered || read_cursor(c, t, x.height, &x.bits, covered))
		return;
	c->fg = x.first;
	c->bg = x.other;
	read_cursor(c, t, x.height, &inverse, covered);
}
