/*
 * backoff: slowing down a guest that restarts itself over and over.
 *
 * A guest that has run for BACKOFF_CALM_MS since the last restart starts afresh.
 * Else the restarts are counted: the first BACKOFF_FREE of them are at once,
 * the next waits one second, and each further one twice as long as the one
 * before, up to BACKOFF_LONGEST_MS.
 */
#ifndef BACKEND_SUPERVISOR_BACKOFF_H
#define BACKEND_SUPERVISOR_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FREE 3
#define BACKOFF_CALM_MS 10000
#define BACKOFF_FIRST_MS 1000
#define BACKOFF_LONGEST_MS 60000

struct backoff {
	unsigned in_a_row;
	int64_t last_ms;	/* when the guest last began to run */
};

/* A restart is due at now_ms: how long to wait before the guest runs again. */
int backoff_restart(struct backoff *b, int64_t now_ms);

#endif
