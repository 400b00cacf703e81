/*
 * glyph: read the text off a guest's screen.
 *
 * A reader follows one screen.  It finds the grid (glyph_fit), then reads only
 * the cells whose pixels changed.  A screen of which less than nine tenths of
 * what is inked is recognised is not text; the grid is then looked for again,
 * at most once a second, because that takes milliseconds.
 */
#ifndef CONSOLE_GLYPH_H
#define CONSOLE_GLYPH_H

#include "console/glyph_cell.h"

#define GLYPH_REFIT_MS 1000

struct glyph_reader;

/* The table must outlive the reader. */
struct glyph_reader *glyph_reader_new(const struct glyph_table *t);
void glyph_reader_free(struct glyph_reader *r);		/* NULL is fine */

/*
 * Look at the picture, of which nothing outside damage has changed since the
 * last call.  now_ms is a monotonic clock.  True: the screen is text.
 */
bool glyph_read(struct glyph_reader *r, const struct picture *p, struct rect damage,
		int64_t now_ms);

/* Not text, and changed since the last look for a grid: milliseconds until a
 * glyph_read() with empty damage would look again; -1: nothing to wait for. */
int glyph_reader_wait_ms(const struct glyph_reader *r, int64_t now_ms);

/* While the screen is text; borrowed until the next glyph_read(). */
const struct glyph_grid *glyph_reader_grid(const struct glyph_reader *r);
const struct glyph_cell *glyph_reader_cell(const struct glyph_reader *r, int row, int col);
/* Whether the last glyph_read() changed cells of the row. */
bool glyph_reader_row_changed(const struct glyph_reader *r, int row);
/* The font that most of it is in; NULL when there is no text yet. */
const char *glyph_reader_font(const struct glyph_reader *r);
/* Cells with ink in them, and those of them that are not recognised. */
void glyph_reader_count(const struct glyph_reader *r, int *inked, int *unknown);

/* The text as lines of UTF-8, without trailing blanks; the caller frees. */
char *glyph_reader_text(const struct glyph_reader *r);

#endif
