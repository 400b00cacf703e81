/*
 * test_worker: work off the loop, answered on it.
 */
#include "tests/unit/tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "backend/base/loop.h"
#include "backend/base/worker.h"

static pthread_t loop_thread;
static atomic_int at_once, most_at_once, ran, dropped;
static int answered;
static bool on_loop = true, off_loop = true, all_done;

static void run(void *arg)
{
	int now = atomic_fetch_add(&at_once, 1) + 1, most = atomic_load(&most_at_once);
	struct timespec pause = { 0, 1000000 };

	(void)arg;
	while (now > most && !atomic_compare_exchange_weak(&most_at_once, &most, now))
		;
	nanosleep(&pause, NULL);
	off_loop &= !pthread_equal(pthread_self(), loop_thread);
	atomic_fetch_add(&ran, 1);
	atomic_fetch_sub(&at_once, 1);
}

static void done(void *arg)
{
	on_loop &= pthread_equal(pthread_self(), loop_thread);
	if (++answered == *(int *)arg)
		all_done = true;
}

static void drop(void *arg)
{
	(void)arg;
	atomic_fetch_add(&dropped, 1);
}

static void never(void *arg)
{
	*(int *)arg = -1;
}

int main(void)
{
	struct event_base *base = loop_new();
	struct worker *w = worker_new(base, 3);
	int wanted = 50, told = 0;

	loop_thread = pthread_self();
	ok(event_base_loop(base, EVLOOP_NONBLOCK) == 1, "an idle worker keeps no loop from ending");
	for (int i = 0; i < wanted; i++)
		worker_run(w, run, done, NULL, &wanted);
	ok(loop_until(base, &all_done, 20000), "all is done");
	is_int(ran, 50, "each once");
	ok(on_loop && off_loop, "run on threads, answered on the loop's");
	ok(most_at_once >= 2 && most_at_once <= 3, "as many at once as there are threads: %d", (int)most_at_once);
	for (int i = 0; i < 20; i++)
		worker_run(w, run, never, drop, &told);
	worker_free(w);
	is_int(dropped, 20, "freed, what was not answered is dropped");
	is_int(told, 0, "and never answered");
	is_int(at_once, 0, "nothing runs any more");
	event_base_free(base);
	return tap_done();
}
