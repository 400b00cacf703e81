/*
 * glyph_fit: find the character grid of a screen.
 *
 * Cells of 9x16, 8x16, 8x19, 9x14, 8x14, 9x8 and 8x8 pixels are tried; those 8
 * wide also at every offset, for terminals that sit in the middle of a larger
 * screen.  The grid that explains most ink wins, if it explains nine tenths.
 */
#ifndef CONSOLE_GLYPH_FIT_H
#define CONSOLE_GLYPH_FIT_H

#include "console/glyph_cell.h"

/* What is recognised of what is inked; cells that a cursor shows count as
 * neither. */
struct glyph_score {
	int inked, text;
};

/* Nine tenths of what is inked. */
bool glyph_score_is_text(struct glyph_score s);

/* False: this is no text, or an empty screen of a size that tells nothing. */
bool glyph_fit(const struct glyph_table *t, const struct picture *p, struct glyph_grid *out);

#endif
