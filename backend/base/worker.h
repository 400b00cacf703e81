/*
 * worker: work that blocks (the disk, a program's answer), off the loop.
 *
 * A worker has a few threads, made when first needed.  run(arg) is called on
 * one of them and touches nothing that the loop's thread may touch meanwhile;
 * then done(arg) is called from the loop.  worker_free() waits for what runs;
 * what had not begun never runs, and for neither is done called, so give
 * drop (may be NULL) to release arg in that case.
 */
#ifndef BACKEND_BASE_WORKER_H
#define BACKEND_BASE_WORKER_H

#include <event2/event.h>
#include <stddef.h>

struct worker;

struct worker *worker_new(struct event_base *base, size_t max_threads);
void worker_free(struct worker *w);
void worker_run(struct worker *w, void (*run)(void *arg), void (*done)(void *arg),
		void (*drop)(void *arg), void *arg);

#endif
