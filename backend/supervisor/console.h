/*
 * console: one serial line or virtio console of a guest.
 *
 * Connected to QEMU's chardev, it takes in whatever the guest says, always and
 * at once, into the ring; from there it goes to the log, the viewers
 * (viewers.h) and the pty (pty.h).  No one of these can hold the guest up.
 * What is typed goes the other way; when the guest does not take it, the
 * typist is made to wait.
 */
#ifndef BACKEND_SUPERVISOR_CONSOLE_H
#define BACKEND_SUPERVISOR_CONSOLE_H

#include <event2/event.h>
#include <stdbool.h>
#include <time.h>

#include "backend/base/error.h"
#include "backend/supervisor/plan.h"

struct console;

struct console_handlers {
	/* Something was said; console_last() and console_bell() have changed. */
	void (*on_activity)(struct console *c, void *arg);
	void (*on_break)(struct console *c, void *arg);
	/* Worth a line in the log. */
	void (*on_trouble)(struct console *c, const char *what, void *arg);
};

/* The spec is borrowed.  Connects to QEMU's socket, which must listen. adopted:
 * go on with the log and the replay of a supervisor that is gone. */
struct console *console_new(struct event_base *base, const struct plan_console *spec, bool adopted,
			    const struct console_handlers *handlers, void *arg,
			    struct error **err);
/* Viewers are told why. */
void console_free(struct console *c, const char *why);

/* (Re-)make what is missing of the client socket and the link to the pty; the
 * directory is there. */
bool console_publish(struct console *c, struct error **err);
/* Take client socket and link away. */
void console_withdraw(struct console *c);

/* QEMU is gone: take in what is left to read. */
void console_drain(struct console *c);

const struct plan_console *console_spec(const struct console *c);
time_t console_last(const struct console *c);	/* of output; 0: never */
time_t console_bell(const struct console *c);	/* of BEL; 0: never */

#endif
