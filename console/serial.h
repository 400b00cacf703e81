/*
 * serial: bytes of a serial line -> a grid, as a terminal would show them.
 *
 * The emulation is libvterm's.  The guest is never told a size, so it is given
 * at least 80x24, more when the pane has more, and never less again: text that
 * was cut is lost.
 */
#ifndef CONSOLE_SERIAL_H
#define CONSOLE_SERIAL_H

#include "console/grid.h"

#define SERIAL_ROWS 24
#define SERIAL_COLS 80
#define SERIAL_HISTORY 10000

/* Free with grid_free(). */
struct grid *serial_new(size_t history, const struct grid_handlers *handlers, void *arg);

void serial_feed(struct grid *g, const char *bytes, size_t len);

/* Whether the terminal answers when it is asked (where is the cursor, what
 * are you).  Off while the past is replayed and for those who only read:
 * otherwise answers are typed into the guest's shell. */
void serial_answers(struct grid *g, bool on);

/* Whether the guest has asked for the mouse. */
bool serial_wants_mouse(const struct grid *g);

#endif
