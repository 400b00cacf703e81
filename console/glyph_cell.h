/*
 * glyph_cell: what one character cell of a screen shows.
 *
 * A cell of text has two colours.  Its bitmap is looked up as it is and
 * inverted; in grids 9 pixels wide the last column must be empty or repeat the
 * one before it.  Where half blocks can be seen either way, the darker colour is
 * taken for the background.  A solid band of a few lines low in the cell is the cursor.
 */
#ifndef CONSOLE_GLYPH_CELL_H
#define CONSOLE_GLYPH_CELL_H

#include "console/glyph_table.h"
#include "console/picture.h"

enum glyph_kind {
	GLYPH_BLANK,			/* one colour, in bg */
	GLYPH_TEXT,			/* bitmap is in the table */
	GLYPH_CURSOR,			/* a space with the cursor on it */
	GLYPH_UNKNOWN			/* inked with something else */
};

struct glyph_cell {
	enum glyph_kind kind;
	bool cursor;			/* the text is under a cursor */
	int bitmap;			/* -1 unless GLYPH_TEXT */
	uint32_t code;			/* ' ' when there is no character */
	uint32_t fg, bg;		/* 0xRRGGBB */
};

/* A grid of cells on a picture; all of it lies inside. */
struct glyph_grid {
	int cell_w, cell_h;		/* 8 or 9; 8, 14, 16 or 19 */
	int x, y;			/* of the first cell */
	int cols, rows;			/* 0: there is none */
};

/* Looking for text below a cursor takes long: so many times at most. */
struct glyph_covered {
	const uint32_t *codes;		/* as in glyph_table_choose() */
	int left;
};

/* Everything but the code; covered may be NULL. */
void glyph_cell_read(struct glyph_cell *c, const struct glyph_table *t, const struct picture *p,
		     const struct glyph_grid *g, int row, int col, struct glyph_covered *covered);

#endif
