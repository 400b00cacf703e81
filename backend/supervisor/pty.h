/*
 * pty: a console as a terminal device, for screen, minicom and their like.
 *
 * The device is there, raw, for as long as the console is, and linked to at a
 * known path.  Only while somebody has it open does it get output (from then
 * on, without what came before), as fast as that somebody reads; what does not
 * fit is lost to it and delays nobody.  Whether somebody is there is asked when
 * there is something to say, so an unused pty costs no wake-ups, and no inotify
 * instance either (a user has 128 of those in all).
 */
#ifndef BACKEND_SUPERVISOR_PTY_H
#define BACKEND_SUPERVISOR_PTY_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/base/error.h"
#include "backend/supervisor/ring.h"

struct pty;

typedef void pty_input_fn(const void *data, size_t len, void *arg);

struct pty *pty_new(struct event_base *base, const struct ring *ring, pty_input_fn *on_input,
		    void *arg, struct error **err);
void pty_free(struct pty *p);

/* Make link a symbolic link to the device, atomically. */
bool pty_publish(struct pty *p, const char *link, struct error **err);

void pty_feed(struct pty *p);			/* the ring has grown */
void pty_accept_input(struct pty *p, bool accept);
bool pty_is_open(const struct pty *p);
const char *pty_device(const struct pty *p);	/* "/dev/pts/5" */

#endif
