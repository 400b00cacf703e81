/*
 * screen: the terminal.  The only part of the program that knows ncurses.
 *
 * screen_open() takes the terminal over; screen_close() gives it back as it
 * was, and so does every other way out: a crash, running out of memory.  Draw
 * into screen_cells() and call screen_show(): what differs from the last time
 * is written, and when nothing differs nothing is.
 *
 * Keys, signals and new sizes come from the loop through the handlers.  There
 * is one screen at a time.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/base/error.h"
#include "tui/cells.h"
#include "tui/keys.h"

struct screen;

struct screen_handlers {
	void (*on_key)(const struct key *k, void *arg);
	/* The cells have their new size and are blank. */
	void (*on_resize)(void *arg);
	/* SIGTERM, SIGHUP or SIGINT came, or the terminal is gone (0). */
	void (*on_end)(int signal, void *arg);
};

/* What the terminal can show; names a column of the theme files. */
enum screen_depth { DEPTH_MONO, DEPTH_8, DEPTH_256, DEPTH_RGB, DEPTH_COUNT };

/* Standard input and output must be a terminal that can place its cursor. */
struct screen *screen_open(struct event_base *base, const struct screen_handlers *handlers,
			   void *arg, struct error **err);
void screen_close(struct screen *s);		/* NULL is fine */

struct cells *screen_cells(struct screen *s);
enum screen_depth screen_depth(const struct screen *s);

/* Where the cursor shows; y < 0 hides it. */
void screen_cursor(struct screen *s, int y, int x);
void screen_show(struct screen *s);
/* Whatever was there is unknown: the next screen_show() writes everything. */
void screen_redraw(struct screen *s);
void screen_bell(struct screen *s);
/* Hand text to the terminal's clipboard (OSC 52); false when there is no way. */
bool screen_copy(struct screen *s, const char *text, size_t len);

/* Lend the terminal to another program ($EDITOR), and take it back. */
void screen_suspend(struct screen *s);
void screen_resume(struct screen *s);

#endif
