/*
 * guest_screen: a guest's graphical screen as cells.
 *
 * Puts vnc, glyph and draw together: what can be read becomes characters in
 * their colours, the rest is drawn.  Cells of a text screen that are not
 * recognised (a logo, a mouse pointer) are drawn one by one.  The cells have
 * the size the owner gives; a larger text screen is seen through them as
 * through a window, which follows the guest's cursor unless it is moved.
 */
#ifndef CONSOLE_GUEST_SCREEN_H
#define CONSOLE_GUEST_SCREEN_H

#include <event2/event.h>
#include <stdbool.h>

#include "backend/base/error.h"
#include "console/draw.h"
#include "console/glyph.h"
#include "console/keystroke.h"
#include "console/vnc.h"
#include "tui/cells.h"

struct guest_screen;

/* The cells, the cursor, the state or the message changed. */
typedef void guest_screen_change_fn(struct guest_screen *g, void *arg);

/* The table may be NULL: then nothing is read, all is drawn. */
struct guest_screen *guest_screen_new(struct event_base *base, const struct glyph_table *table,
				      guest_screen_change_fn *on_change, void *arg);
void guest_screen_free(struct guest_screen *g);		/* NULL is fine */

/* Where as in vnc_open(); ends what was there before.  Without a picture the
 * cells are blank. */
bool guest_screen_open(struct guest_screen *g, const char *where, const char *password,
		       struct error **err);
/* VNC_ENDED also before the first open. */
enum vnc_state guest_screen_state(const struct guest_screen *g);
const char *guest_screen_message(const struct guest_screen *g);

/* How large the cells shall be, and what the terminal can show. */
void guest_screen_size(struct guest_screen *g, int rows, int cols);
void guest_screen_depth(struct guest_screen *g, enum draw_depth depth);
/* While hidden nothing is asked of the server. */
void guest_screen_hide(struct guest_screen *g, bool hidden);
/* At most this many bytes a second to the terminal, as far as the rate of
 * pictures can do that; 0: as fast as the eye sees. */
void guest_screen_budget(struct guest_screen *g, int bytes_a_second);

/* Draw even what could be read; with this many parts to a cell. */
void guest_screen_draw(struct guest_screen *g, bool always, enum draw_mode mode);
/* 0: the whole screen fits; 1.0: a pixel of it for each part of a cell. */
void guest_screen_zoom(struct guest_screen *g, double zoom);
/* Move the window on the screen, by cells. */
void guest_screen_pan(struct guest_screen *g, int rows, int cols);

const struct cells *guest_screen_cells(const struct guest_screen *g);
/* False: no cursor is seen. */
bool guest_screen_cursor(const struct guest_screen *g, int *y, int *x);
bool guest_screen_is_text(const struct guest_screen *g);
/* "text 80x25", "1024x768 quadrant", "no picture"; and how many pictures came
 * within the last second. Borrowed until the next call. */
const char *guest_screen_mode(struct guest_screen *g);
int guest_screen_rate(struct guest_screen *g);
unsigned guest_screen_bells(struct guest_screen *g);
int guest_screen_stalled_ms(const struct guest_screen *g);

/* The text, when it is text; else NULL. The caller frees. */
char *guest_screen_text(const struct guest_screen *g);
/* A copy of the picture; false without one. */
bool guest_screen_picture(struct guest_screen *g, struct picture *out);

/* Keys as keystroke_parse() gives them. */
void guest_screen_press(struct guest_screen *g, const struct keystroke *keys, int n);
/* The pointer at a cell of ours; buttons as in vnc.h. False outside of what is
 * shown. */
bool guest_screen_point(struct guest_screen *g, int y, int x, unsigned buttons);

#endif
