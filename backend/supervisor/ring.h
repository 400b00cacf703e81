/*
 * ring: the last bytes of a console, and where in its whole life they stand.
 *
 * Positions count all bytes that ever came, so a reader keeps one number and
 * finds out exactly what it has missed.  The bytes [ring_start, end) are here.
 */
#ifndef BACKEND_SUPERVISOR_RING_H
#define BACKEND_SUPERVISOR_RING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct ring {
	char *data;
	size_t size;
	uint64_t end;
};

void ring_init(struct ring *r, size_t size);
void ring_done(struct ring *r);

uint64_t ring_start(const struct ring *r);

/* Where the next bytes may be put, at most max: one or two pieces for readv();
 * then ring_commit() what has come.  The oldest bytes give way. */
int ring_space(struct ring *r, size_t max, struct iovec out[2]);
void ring_commit(struct ring *r, size_t n);
void ring_add(struct ring *r, const void *data, size_t len);

/* The bytes from position at (not before ring_start) on, at most max, in one or
 * two pieces; 0 pieces when there are none. */
int ring_peek(const struct ring *r, uint64_t at, size_t max, struct iovec out[2]);

/* Where a replay best begins: at ring_start, or behind the first line feed
 * shortly after it once older bytes were overwritten, so that no escape
 * sequence is entered in its middle. */
uint64_t ring_replay_start(const struct ring *r);

#endif
