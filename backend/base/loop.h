/*
 * loop: the one libevent base of a process, and waiting on it.
 *
 * Everything that waits, waits here; callbacks run on one thread.  A command
 * line verb starts an operation and runs loop_until(&done).
 */
#ifndef BACKEND_BASE_LOOP_H
#define BACKEND_BASE_LOOP_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

/* A base with lazy allocation failure handling and SIGPIPE ignored; free it
 * with event_base_free(). */
struct event_base *loop_new(void);

/* Dispatch until *done, the deadline (timeout_ms from now, -1 for none) or no
 * events are left; returns *done. */
bool loop_until(struct event_base *base, const bool *done, int timeout_ms);

/* Call fn(arg) once, ms milliseconds from now.  The caller keeps the timer and
 * releases it with loop_cancel(), whether it has fired or not. */
struct event *loop_after(struct event_base *base, int ms, void (*fn)(void *arg), void *arg);
void loop_cancel(struct event **timer);		/* *timer may be NULL; becomes NULL */

/* Call fn(arg) once at the next turn of the loop; cannot be taken back. */
void loop_defer(struct event_base *base, void (*fn)(void *arg), void *arg);

/* Milliseconds of the monotonic clock. */
int64_t loop_now_ms(void);

#endif
