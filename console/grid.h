/*
 * grid: what a guest shows, as cells.
 *
 * One interface for all producers: the serial terminal here (serial.h), and
 * whatever turns a graphical screen into text.  A producer embeds a struct grid as
 * its first member and fills in the class.
 *
 * Something arriving from the guest is cheap; grid_update() does the work of
 * bringing the cells up to date, so call it once per repaint, not per read.
 */
#ifndef CONSOLE_GRID_H
#define CONSOLE_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "console/history.h"
#include "tui/cells.h"
#include "tui/keys.h"

struct grid;

struct grid_class {
	/* Bring cells and cursor up to date; whether anything changed. */
	bool (*update)(struct grid *g);
	/* A key for the guest; it answers through on_send. */
	void (*key)(struct grid *g, const struct key *k);
	/* This much room is there to show it. */
	void (*room)(struct grid *g, int rows, int cols);
	void (*free)(struct grid *g);
};

struct grid_handlers {
	/* Bytes for the guest. */
	void (*on_send)(struct grid *g, const char *bytes, size_t len, void *arg);
	void (*on_bell)(struct grid *g, void *arg);
};

struct grid {
	const struct grid_class *class;
	const struct grid_handlers *handlers;
	void *arg;
	struct cells cells;
	int cursor_y, cursor_x;		/* y is -1 when it is hidden */
	struct history history;		/* what scrolled out above */
};

void grid_free(struct grid *g);		/* NULL is fine */
bool grid_update(struct grid *g);
void grid_key(struct grid *g, const struct key *k);
void grid_room(struct grid *g, int rows, int cols);

/*
 * Rows of the grid count from 0 downwards; those of the history above it are
 * negative, -1 the newest.
 *
 * The first row that is shown in so many: a grid larger than its room is shown
 * around the cursor.
 */
int grid_top(const struct grid *g, int rows);

/* Copy what fits into the area, with row `top` first.  *y and *x are where the
 * cursor then is; y -1 when out of sight. */
void grid_paint(const struct grid *g, struct cells *out, struct area a, int top, int *y, int *x);

/* The nearest row above or below `row` that contains text (any case). */
bool grid_find(const struct grid *g, const char *text, int row, bool up, int *found);

/* A row as text; the caller frees; "" outside. */
char *grid_row_text(const struct grid *g, int row);

#endif
