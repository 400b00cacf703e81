/*
 * glyph_table: see glyph_table.h.  An open-addressed hash of bitmaps, each with
 * a chain of the (font, character) pairs that draw it.
 */
#include "console/glyph_table.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"

struct bitmap {
	struct glyph_bits bits;
	int height;
	uint32_t best;			/* character */
	int meanings;			/* index of the first, -1 at the end */
};

struct meaning {
	uint32_t code;
	int font;
	int next;
};

struct glyph_table {
	struct bitmap *bitmaps;
	size_t n_bitmaps;
	struct meaning *meanings;
	size_t n_meanings;
	char **fonts;			/* names */
	size_t n_fonts;
	int *slots;			/* bitmap + 1; a power of two of them */
	size_t mask;
	bool heights[FONT_MAX_HEIGHT + 1];
};

/* Lower is better. */
static int rank(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f)
		return 0;
	if (c >= 0x2500 && c < 0x25a0)
		return 1;
	if (c >= 0xa0 && c < 0x180)
		return 2;
	if (c >= 0x370 && c < 0x530)
		return 3;
	if (c >= 0x2190 && c < 0x2200)
		return 4;
	if (c >= 0x25a0 && c < 0x2600)
		return 5;
	return c < 0x2300 ? 6 : 7;
}

static bool better(uint32_t a, uint32_t b)
{
	int ra = rank(a), rb = rank(b);

	return ra != rb ? ra < rb : a < b;
}

static uint64_t hash(const struct glyph_bits *bits, int height)
{
	uint64_t x = 0x9e3779b97f4a7c15u ^ (uint64_t)height;

	for (int i = 0; i * 8 < height; i++) {
		x = (x ^ bits->word[i]) * 0xff51afd7ed558ccdu;
		x ^= x >> 32;
	}
	return x;
}

/* The slot where the bitmap is, or would be. */
static size_t slot_of(const struct glyph_table *t, const struct glyph_bits *bits, int height)
{
	size_t at = hash(bits, height) & t->mask;

	for (; t->slots[at]; at = (at + 1) & t->mask) {
		const struct bitmap *b = &t->bitmaps[t->slots[at] - 1];

		if (b->height == height && !memcmp(&b->bits, bits, (size_t)(height + 7) & ~7u))
			break;
	}
	return at;
}

int glyph_table_find(const struct glyph_table *t, const struct glyph_bits *bits, int height)
{
	return t->slots[slot_of(t, bits, height)] - 1;
}

static void add_meaning(struct glyph_table *t, struct bitmap *b, uint32_t code, int font)
{
	struct meaning *m;

	for (int i = b->meanings; i >= 0; i = t->meanings[i].next) {
		m = &t->meanings[i];
		if (m->font != font)
			continue;
		/* One character a font: its best. */
		if (better(code, m->code))
			m->code = code;
		return;
	}
	m = MEM_PUSH(t->meanings, t->n_meanings);
	*m = (struct meaning){ code, font, b->meanings };
	b->meanings = (int)t->n_meanings - 1;
}

static void add_glyph(struct glyph_table *t, const struct font_glyph *g, int height, int font)
{
	struct glyph_bits bits;
	size_t at;
	struct bitmap *b;

	memcpy(bits.row, g->rows, sizeof(bits.row));
	at = slot_of(t, &bits, height);
	if (!t->slots[at]) {
		b = MEM_PUSH(t->bitmaps, t->n_bitmaps);
		*b = (struct bitmap){ bits, height, g->code, -1 };
		t->slots[at] = (int)t->n_bitmaps;
	}
	b = &t->bitmaps[t->slots[at] - 1];
	if (better(g->code, b->best))
		b->best = g->code;
	add_meaning(t, b, g->code, font);
}

/* The heights of the grids that glyph_fit tries. */
static bool wanted(int height)
{
	return height == 8 || height == 14 || height == 16 || height == 19;
}

struct glyph_table *glyph_table_new(const struct fonts *f)
{
	struct glyph_table *t = mem_zalloc(sizeof(*t));
	size_t n = 0, size = 64;

	for (size_t i = 0; i < f->n; i++)
		if (wanted(f->items[i]->height))
			n += f->items[i]->n_glyphs;
	while (size < 2 * n)
		size *= 2;
	t->slots = mem_zalloc(size * sizeof(*t->slots));
	t->mask = size - 1;
	for (size_t i = 0; i < f->n; i++) {
		const struct font *font = f->items[i];

		*MEM_PUSH(t->fonts, t->n_fonts) = mem_strdup(font->name);
		if (!wanted(font->height))
			continue;
		t->heights[font->height] = true;
		for (size_t g = 0; g < font->n_glyphs; g++)
			add_glyph(t, &font->glyphs[g], font->height, (int)i);
	}
	return t;
}

void glyph_table_free(struct glyph_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_fonts; i++)
		free(t->fonts[i]);
	free(t->fonts);
	free(t->bitmaps);
	free(t->meanings);
	free(t->slots);
	free(t);
}

size_t glyph_table_size(const struct glyph_table *t)
{
	return t->n_bitmaps;
}

uint32_t glyph_table_code(const struct glyph_table *t, int bitmap)
{
	return t->bitmaps[bitmap].best;
}

bool glyph_table_has_font(const struct glyph_table *t, const char *suffix)
{
	size_t n = strlen(suffix);

	for (size_t i = 0; i < t->n_fonts; i++) {
		size_t len = strlen(t->fonts[i]);

		if (len >= n && !strcmp(t->fonts[i] + len - n, suffix))
			return true;
	}
	return false;
}

bool glyph_table_has_height(const struct glyph_table *t, int height)
{
	return height >= 0 && height <= FONT_MAX_HEIGHT && t->heights[height];
}

static int most_voted(const struct glyph_table *t, const uint16_t *votes)
{
	AUTO_FREE unsigned *sum = mem_zalloc((t->n_fonts + 1) * sizeof(*sum));
	int best = -1;

	for (size_t b = 0; b < t->n_bitmaps; b++) {
		if (!votes[b])
			continue;
		for (int i = t->bitmaps[b].meanings; i >= 0; i = t->meanings[i].next)
			sum[t->meanings[i].font] += votes[b];
	}
	for (size_t i = 0; i < t->n_fonts; i++)
		if (sum[i] && (best < 0 || sum[i] > sum[best]))
			best = (int)i;
	return best;
}

const char *glyph_table_choose(const struct glyph_table *t, const uint16_t *votes, uint32_t *codes)
{
	int font = most_voted(t, votes);

	for (size_t b = 0; b < t->n_bitmaps; b++) {
		codes[b] = t->bitmaps[b].best;
		for (int i = t->bitmaps[b].meanings; i >= 0; i = t->meanings[i].next)
			if (t->meanings[i].font == font)
				codes[b] = t->meanings[i].code;
	}
	return font < 0 ? NULL : t->fonts[font];
}

static bool equal_but_for(const struct glyph_bits *a, const struct glyph_bits *b, int height,
			  int from, int to)
{
	return !memcmp(a->row, b->row, (size_t)from) &&
		!memcmp(a->row + to, b->row + to, (size_t)(height - to));
}

int glyph_table_find_covered(const struct glyph_table *t, const struct glyph_bits *bits,
			     int height, int from, int to, const uint32_t *codes)
{
	int found = -1;

	for (size_t i = 0; i < t->n_bitmaps; i++) {
		const struct bitmap *b = &t->bitmaps[i];

		if (b->height == height && equal_but_for(&b->bits, bits, height, from, to) &&
		    (found < 0 || better(codes[i], codes[found])))
			found = (int)i;
	}
	return found;
}

const struct glyph_table *glyph_table_shared(struct error **err)
{
	static struct glyph_table *shared;
	struct fonts f;

	if (!shared && fonts_load(&f, err)) {
		shared = glyph_table_new(&f);
		fonts_done(&f);
	}
	return shared;
}
