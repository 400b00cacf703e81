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
 * Copy the part of the grid that fits into the area; back is how many lines
 * one has scrolled up into the history.  A grid larger than the area is shown
 * around its cursor.  *y and *x are where the cursor then is; y -1 when out of
 * sight.
 */
void grid_paint(const struct grid *g, struct cells *out, struct area a, int back, int *y, int *x);

/* Which back value shows a line that contains text (any case), searching from
 * the line above `back` upwards, or downwards; -1 when there is none. */
int grid_find(const struct grid *g, const char *text, int back, bool up);

/* A row of the grid or, above it, of the history, as text; row -1 is the
 * newest line of the history.  The caller frees; "" outside. */
char *grid_row_text(const struct grid *g, int row);

#endif
