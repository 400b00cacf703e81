/*
 * loop: see loop.h.
 */
#include "backend/base/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "backend/base/mem.h"

struct after {
	void (*fn)(void *arg);
	void *arg;
};

static void *event_alloc(size_t size)
{
	return mem_alloc(size);
}

static void *event_realloc(void *old, size_t size)
{
	return mem_realloc(old, size);
}

struct event_base *loop_new(void)
{
	static bool set;
	struct event_base *base;

	if (!set) {
		event_set_mem_functions(event_alloc, event_realloc, free);
		signal(SIGPIPE, SIG_IGN);
		set = true;
	}
	base = event_base_new();
	if (!base)
		abort();
	return base;
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	bool *late = arg;

	(void)fd;
	(void)what;
	*late = true;
}

bool loop_until(struct event_base *base, const bool *done, int timeout_ms)
{
	bool late = false;
	struct event *timer = NULL;

	if (timeout_ms >= 0) {
		struct timeval tv = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };

		timer = evtimer_new(base, on_deadline, &late);
		evtimer_add(timer, &tv);
	}
	while (!*done && !late)
		if (event_base_loop(base, EVLOOP_ONCE) != 0)
			break;
	if (timer)
		event_free(timer);
	return *done;
}

static void on_after(evutil_socket_t fd, short what, void *arg)
{
	struct after a = *(struct after *)arg;	/* fn may cancel the timer */

	(void)fd;
	(void)what;
	a.fn(a.arg);
}

struct event *loop_after(struct event_base *base, int ms, void (*fn)(void *arg), void *arg)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	struct after *a = mem_alloc(sizeof(*a));
	struct event *timer;

	*a = (struct after){ fn, arg };
	timer = evtimer_new(base, on_after, a);
	evtimer_add(timer, &tv);
	return timer;
}

void loop_cancel(struct event **timer)
{
	if (!*timer)
		return;
	free(event_get_callback_arg(*timer));
	event_free(*timer);
	*timer = NULL;
}

static void on_deferred(evutil_socket_t fd, short what, void *arg)
{
	struct after a = *(struct after *)arg;

	(void)fd;
	(void)what;
	free(arg);
	a.fn(a.arg);
}

void loop_defer(struct event_base *base, void (*fn)(void *arg), void *arg)
{
	struct timeval now = { 0, 0 };
	struct after *a = mem_alloc(sizeof(*a));

	*a = (struct after){ fn, arg };
	if (event_base_once(base, -1, EV_TIMEOUT, on_deferred, a, &now) < 0)
		abort();
}

int64_t loop_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * (int64_t)1000 + t.tv_nsec / 1000000;
}
