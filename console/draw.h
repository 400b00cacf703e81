/*
 * draw: a picture as characters, for screens that cannot be read.
 *
 * Each cell is cut into a few parts (two halves, four quadrants, six sextants,
 * eight braille dots) and drawn with the two colours, and the character, that
 * come nearest.  Only the cells that the damage touches are drawn.
 */
#ifndef CONSOLE_DRAW_H
#define CONSOLE_DRAW_H

#include "console/picture.h"
#include "tui/cells.h"

/* id, name, parts across, parts down */
#define DRAW_MODES(X) \
	X(HALF, "half", 1, 2) X(QUADRANT, "quadrant", 2, 2) X(SEXTANT, "sextant", 2, 3) \
	X(BRAILLE, "braille", 2, 4) X(ASCII, "ascii", 1, 1)

enum draw_mode {
#define X(id, name, across, down) DRAW_##id,
	DRAW_MODES(X)
#undef X
	DRAW_MODE_COUNT
};

/* How many colours the terminal has. */
enum draw_depth { DRAW_MONO, DRAW_8, DRAW_16, DRAW_256, DRAW_RGB };

/* Which part of the picture is drawn on how many cells. */
struct draw_view {
	struct rect source;
	int cols, rows;
};

struct draw;

struct draw *draw_new(enum draw_mode mode, enum draw_depth depth);
void draw_free(struct draw *d);			/* NULL is fine */
const char *draw_mode_name(enum draw_mode m);
enum draw_mode draw_mode_of(const struct draw *d);
/* False for a name that is none. */
bool draw_mode_parse(const char *name, enum draw_mode *m);

/* The whole picture in at most cols x rows, in its proportions, given that a
 * cell is twice as high as wide. */
struct draw_view draw_fit(int width, int height, int cols, int rows);

/*
 * A part of it: zoom 1.0 is one pixel of the picture for each part of a cell,
 * smaller shows more.  (x, y) is the pixel wished at the middle; the view is
 * kept on the picture.
 */
struct draw_view draw_zoom(const struct draw *d, int width, int height, int cols, int rows,
			   double zoom, int x, int y);

/* The cells of the view that show something of damage. */
struct area draw_damage(const struct draw_view *v, struct rect damage);

/* Draw those cells, with the view's first cell at (y, x) of out. */
void draw_cells(struct draw *d, const struct picture *p, const struct draw_view *v,
		struct rect damage, struct cells *out, int y, int x);

/* The terminal's colour that comes nearest to 0xRRGGBB. */
colour draw_colour(const struct draw *d, uint32_t rgb);

#endif
