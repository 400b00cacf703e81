/*
 * viewers: everybody who looks at one console through its socket
 * (backend/base/frame.h has the protocol).
 *
 * The console's ring is the only buffer: each viewer has a position in it and
 * is fed as fast as it reads.  Whoever falls behind the ring is told how much
 * it missed and goes on with what is there; nobody is ever waited for.  Replay
 * and live bytes come off the same position, so none is lost or doubled where
 * they meet.
 *
 * One viewer writes, any number read.
 */
#ifndef BACKEND_SUPERVISOR_VIEWERS_H
#define BACKEND_SUPERVISOR_VIEWERS_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/supervisor/ring.h"

#define VIEWERS_MAX 64
/* Bytes handed to one viewer's connection beyond what it has read. */
#define VIEWERS_AHEAD (512u << 10)

struct viewers;

struct viewers_handlers {
	/* Typed by the writer. */
	void (*on_input)(const void *data, size_t len, void *arg);
	void (*on_break)(void *arg);
};

/* ring and name are borrowed and outlive the viewers. */
struct viewers *viewers_new(struct event_base *base, const char *name, const struct ring *ring,
			    const struct viewers_handlers *handlers, void *arg);
/* Tells everybody {"ended": why}, without waiting. */
void viewers_free(struct viewers *v, const char *why);

/* A connection has come in (its fd is taken over). */
void viewers_add(struct viewers *v, int fd);
/* The ring has grown. */
void viewers_feed(struct viewers *v);
/* Whether input is taken from the writer now: off while the guest is slow. */
void viewers_accept_input(struct viewers *v, bool accept);
size_t viewers_count(const struct viewers *v);

#endif
