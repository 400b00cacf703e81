/*
 * cells: a rectangle of character cells, what every screen is drawn into.
 *
 * Drawing touches memory only; tui/screen.c brings the differences to the
 * terminal.  All text goes through sanitize(), so nothing drawn here can reach
 * the terminal as anything but visible characters.  Coordinates outside the
 * rectangle are clipped, never an error.
 *
 * A cell holds a character and up to two combining ones.  A wide character
 * takes two cells; the right one has width 0 and is not looked at.
 */
#ifndef TUI_CELLS_H
#define TUI_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#define CELL_CODES 3

/* A colour: the terminal's own, one of 256, or 24 bits. */
typedef uint32_t colour;
#define COLOUR_DEFAULT 0u
#define COLOUR_INDEX(n) (0x01000000u | (uint32_t)(n))
#define COLOUR_RGB(r, g, b) \
	(0x02000000u | (uint32_t)(r) << 16 | (uint32_t)(g) << 8 | (uint32_t)(b))
#define COLOUR_IS_INDEX(c) ((c) >> 24 == 1)
#define COLOUR_IS_RGB(c) ((c) >> 24 == 2)

enum attribute {
	ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_ITALIC = 4, ATTR_UNDERLINE = 8,
	ATTR_BLINK = 16, ATTR_REVERSE = 32
};

struct style {
	colour fg, bg;
	unsigned attr;			/* of enum attribute */
};

struct cell {
	uint32_t code[CELL_CODES];	/* 0: nothing more; code[0] 0: blank */
	struct style style;
	unsigned width;			/* 1, 2, or 0: right half of a wide one */
};

struct cells {
	int rows, cols;
	struct cell *cell;		/* rows * cols */
};

/* A part of a cells; may lie outside of it. */
struct area {
	int y, x, rows, cols;
};

void cells_init(struct cells *c, int rows, int cols);
void cells_done(struct cells *c);
/* What fits is kept; the rest is blank. */
void cells_resize(struct cells *c, int rows, int cols);

/* NULL outside. */
struct cell *cells_at(const struct cells *c, int y, int x);
struct area cells_area(const struct cells *c);

void cells_clear(struct cells *c, struct area area, struct style style);
/* Other colours for what is there already. */
void cells_restyle(struct cells *c, struct area area, struct style style);
void cells_put(struct cells *c, int y, int x, uint32_t code, struct style style);
/* The same character n times, to the right or downwards. */
void cells_across(struct cells *c, int y, int x, int n, uint32_t code, struct style style);
void cells_down(struct cells *c, int y, int x, int n, uint32_t code, struct style style);

/* Draw UTF-8 text in at most width columns, ending in "…" where it was cut.
 * Returns the columns used. */
int cells_text(struct cells *c, int y, int x, int width, struct style style, const char *text);
/* The same, set flush right in width; always uses all of it. */
void cells_text_right(struct cells *c, int y, int x, int width, struct style style,
		      const char *text);
int cells_printf(struct cells *c, int y, int x, int width, struct style style,
		 const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Columns that the text takes when drawn. */
int cells_text_width(const char *text);
/* Columns of one character: 0, 1 or 2. */
int cells_code_width(uint32_t code);

/* The nearest ASCII for what the program itself draws with; '?' for others. */
char cells_ascii(uint32_t code);

#endif
