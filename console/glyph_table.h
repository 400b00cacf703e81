/*
 * glyph_table: from the bitmap of a cell to the character it shows.
 *
 * Built once from all fonts and then only read, so one table serves every
 * screen and thread.  The same bitmap often stands for several characters
 * (Latin A, Greek Alpha, Cyrillic A) and in several fonts.  ASCII is preferred,
 * then box drawing; and a screen uses one font: a choice, made by votes, says
 * for each bitmap which character it is there.
 */
#ifndef CONSOLE_GLYPH_TABLE_H
#define CONSOLE_GLYPH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "console/fonts.h"

/* One line a byte, least significant bit leftmost, zero beyond the height. */
struct glyph_bits {
	union {
		unsigned char row[FONT_MAX_HEIGHT];
		uint64_t word[FONT_MAX_HEIGHT / 8];
	};
};

struct glyph_table;

/* Of the fonts whose height is among the grids that are tried. */
struct glyph_table *glyph_table_new(const struct fonts *f);
void glyph_table_free(struct glyph_table *t);

/* The table of fonts_load(), made at the first call (which takes some 50 ms) and
 * kept for the life of the process.  NULL with *err when there are no fonts. */
const struct glyph_table *glyph_table_shared(struct error **err);

/* The number of the bitmap, from 0; -1 when no font has it. */
int glyph_table_find(const struct glyph_table *t, const struct glyph_bits *bits, int height);
size_t glyph_table_size(const struct glyph_table *t);
/* The best character over all fonts. */
uint32_t glyph_table_code(const struct glyph_table *t, int bitmap);
/* Whether a font's file name ends so: ".psf.gz" are Linux's. */
bool glyph_table_has_font(const struct glyph_table *t, const char *suffix);
bool glyph_table_has_height(const struct glyph_table *t, int height);

/*
 * The font that explains most of a screen: votes[b] is how many cells showed
 * bitmap b.  codes (as large as the table) is filled with the character of each
 * bitmap when that font is used, the best of any font for those it lacks.
 * Returns the font's name, NULL when nothing was voted for.
 */
const char *glyph_table_choose(const struct glyph_table *t, const uint16_t *votes, uint32_t *codes);

/* The bitmap that equals bits everywhere but in lines [from, to), which a cursor
 * covers; the one with the best of codes, -1 when there is none.  Slow. */
int glyph_table_find_covered(const struct glyph_table *t, const struct glyph_bits *bits,
			     int height, int from, int to, const uint32_t *codes);

#endif
