/*
 * worker: see worker.h.
 */
#include "backend/base/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "backend/base/mem.h"

struct job {
	struct job *next;
	void (*run)(void *arg);
	void (*done)(void *arg);
	void (*drop)(void *arg);
	void *arg;
};

struct queue {
	struct job *first, **last;
};

struct worker {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t *threads;
	size_t n_threads, max_threads, n_idle, n_waiting;
	struct queue waiting, finished;
	size_t open;		/* jobs whose done() was not called yet */
	bool ending;
	int notify;
	struct event *notified;
};

static void push(struct queue *q, struct job *j)
{
	j->next = NULL;
	*q->last = j;
	q->last = &j->next;
}

static struct job *pop(struct queue *q)
{
	struct job *j = q->first;

	if (j) {
		q->first = j->next;
		if (!q->first)
			q->last = &q->first;
	}
	return j;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	const uint64_t one = 1;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		struct job *j = pop(&w->waiting);
		ssize_t written;

		if (!j) {
			w->n_idle++;
			pthread_cond_wait(&w->wake, &w->lock);
			w->n_idle--;
			continue;
		}
		w->n_waiting--;
		pthread_mutex_unlock(&w->lock);
		j->run(j->arg);
		pthread_mutex_lock(&w->lock);
		push(&w->finished, j);
		written = write(w->notify, &one, sizeof(one));
		(void)written;	/* full means that the loop is woken already */
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void on_notified(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct job *j;
	uint64_t n;

	(void)what;
	if (read(fd, &n, sizeof(n)) < 0)
		return;
	pthread_mutex_lock(&w->lock);
	j = w->finished.first;
	w->finished = (struct queue){ NULL, &w->finished.first };
	pthread_mutex_unlock(&w->lock);
	while (j) {
		struct job *next = j->next;

		/* An idle worker does not keep a loop from ending. */
		if (--w->open == 0)
			event_del(w->notified);
		j->done(j->arg);
		free(j);
		j = next;
	}
}

struct worker *worker_new(struct event_base *base, size_t max_threads)
{
	struct worker *w = mem_zalloc(sizeof(*w));

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->max_threads = max_threads;
	w->waiting.last = &w->waiting.first;
	w->finished.last = &w->finished.first;
	w->notify = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->notify < 0)
		abort();
	w->notified = event_new(base, w->notify, EV_READ | EV_PERSIST, on_notified, w);
	return w;
}

/* Signals belong to the loop's thread. */
static bool add_thread(struct worker *w)
{
	sigset_t all, old;
	pthread_t t;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = pthread_create(&t, NULL, work, w) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ok)
		*MEM_PUSH(w->threads, w->n_threads) = t;
	return ok;
}

void worker_run(struct worker *w, void (*run)(void *arg), void (*done)(void *arg),
		void (*drop)(void *arg), void *arg)
{
	struct job *j = mem_alloc(sizeof(*j));
	bool crowded;

	*j = (struct job){ NULL, run, done, drop, arg };
	pthread_mutex_lock(&w->lock);
	push(&w->waiting, j);
	crowded = ++w->n_waiting > w->n_idle && w->n_threads < w->max_threads;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	if (w->open++ == 0)
		event_add(w->notified, NULL);
	/* Without any thread nobody would ever do it. */
	if (crowded && !add_thread(w) && w->n_threads == 0)
		abort();
}

static void drop_all(struct queue *q)
{
	struct job *j;

	while ((j = pop(q))) {
		if (j->drop)
			j->drop(j->arg);
		free(j);
	}
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->n_threads; i++)
		pthread_join(w->threads[i], NULL);
	drop_all(&w->waiting);
	drop_all(&w->finished);
	event_free(w->notified);
	close(w->notify);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w->threads);
	free(w);
}
