/*
 * vnc: a guest's screen, keyboard and pointer through a VNC server.
 *
 * libvncclient blocks, so it lives in one private thread that nothing else
 * waits for.  The thread keeps its own framebuffer and, after each update from
 * the server, copies what changed to a second one under a mutex and wakes the
 * loop.  The owner borrows that one between vnc_lock() and vnc_unlock().  The
 * next update is asked for only when the last was looked at, so a server can't
 * send faster than the owner wants, and a hidden screen costs nothing.
 *
 * A server may stall, lie about sizes, send rubbish or die: the worst that
 * comes of it is state VNC_ENDED with a message.  Sizes are bounded
 * (PICTURE_MAX_PIXELS), text from the server is sanitized, and vnc_close()
 * returns at once whatever the thread is waiting for.
 */
#ifndef CONSOLE_VNC_H
#define CONSOLE_VNC_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/base/error.h"
#include "console/picture.h"

struct vnc;

enum vnc_state {
	VNC_CONNECTING,
	VNC_CONNECTED,			/* the first picture may be yet to come */
	VNC_ENDED			/* vnc_message() says why */
};

/* From the loop: the state or the picture is new, or the bell rang. */
typedef void vnc_change_fn(struct vnc *v, void *arg);

/*
 * where is the path of a unix socket (anything with a '/' in it), HOST:PORT, or
 * HOST:DISPLAY (below 100).  password may be NULL.  False only for a `where`
 * that is none of these: what fails later shows in the state.
 */
struct vnc *vnc_open(struct event_base *base, const char *where, const char *password,
		     vnc_change_fn *on_change, void *arg, struct error **err);
/* The same over a connected socket, which becomes the thread's. */
struct vnc *vnc_open_fd(struct event_base *base, int fd, const char *password,
			vnc_change_fn *on_change, void *arg);
/* `where` for a URI as domdisplay gives it, "vnc+unix:///path" or
 * "vnc://127.0.0.1:0" (display or port); NULL for another kind. The caller
 * frees. */
char *vnc_where(const char *uri);
/* NULL is fine.  Not between lock and unlock. */
void vnc_close(struct vnc *v);

enum vnc_state vnc_state(const struct vnc *v);
/* Why it ended, ready to show; "" before. Borrowed. */
const char *vnc_message(const struct vnc *v);
/* The desktop's name, sanitized and cut to size; "" before. Borrowed. */
const char *vnc_name(const struct vnc *v);
/* Milliseconds that the server has kept us waiting in the middle of a message: a
 * second or more means that it stalls. */
int vnc_stalled_ms(const struct vnc *v);
/* Rings since the last call. */
unsigned vnc_bells(struct vnc *v);

/*
 * The picture, and in *damage what changed since the last vnc_lock() (all of it
 * when the size did).  NULL, and no lock, when nothing is new.  The thread
 * can't publish meanwhile: be brief.
 */
const struct picture *vnc_lock(struct vnc *v, struct rect *damage);
/* The same, new or not: for drawing again. NULL only without a picture. */
const struct picture *vnc_lock_again(struct vnc *v);
void vnc_unlock(struct vnc *v);

/* A key by X keysym, and by its PC scan code where the server takes that
 * (QEMU's extension; 0: there is none). */
void vnc_key(struct vnc *v, uint32_t keysym, unsigned scancode, bool down);

#define VNC_BUTTON_LEFT 1u
#define VNC_BUTTON_MIDDLE 2u
#define VNC_BUTTON_RIGHT 4u
#define VNC_WHEEL_UP 8u
#define VNC_WHEEL_DOWN 16u
/* In pixels of the picture; outside is moved to the edge. */
void vnc_pointer(struct vnc *v, int x, int y, unsigned buttons);

#endif
