/*
 * runtime: see runtime.h.
 */
#include "backend/supervisor/runtime.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"

/* A mount over an empty directory is not seen, so a failure is also
 * followed by another try, later and later. */
#define SETTLE_MS 200
#define RETRY_FIRST_MS 1000
#define RETRY_LONGEST_MS 60000

struct runtime {
	struct event_base *base;
	char *dir;
	const struct runtime_handlers *handlers;
	void *arg;
	bool gone;		/* and not back yet */
	int watched;		/* the directory that is looked at, -1 */
	struct event *changed;	/* SIGIO: in which, it does not say */
	struct event *retry;
	int retry_ms;
};

static void on_due(void *arg)
{
	struct runtime *r = arg;
	struct error *err = NULL;
	bool was_gone = r->gone;

	r->gone = !runtime_publish(r, &err);
	if (r->gone != was_gone)
		r->handlers->on_change(r->gone ? error_message(err) : NULL, r->arg);
	error_free(err);
}

static void on_change(evutil_socket_t sig, short what, void *arg)
{
	struct runtime *r = arg;

	(void)sig;
	(void)what;
	/* Whoever removes the tree is in the middle of it: let it finish. */
	loop_cancel(&r->retry);
	r->retry = loop_after(r->base, SETTLE_MS, on_due, r);
}

static void unwatch(struct runtime *r)
{
	if (r->watched >= 0)
		close(r->watched);
	r->watched = -1;
}

/* The directory, or what is there of the way to it. */
static void watch_nearest(struct runtime *r)
{
	long mask = DN_DELETE | DN_MULTISHOT;
	char *path = mem_strdup(r->dir), *slash;

	unwatch(r);
	while ((r->watched = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 &&
	       (slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		mask = DN_DELETE | DN_CREATE | DN_RENAME | DN_ATTRIB | DN_MULTISHOT;
	}
	free(path);
	if (r->watched >= 0)
		fcntl(r->watched, F_NOTIFY, mask);
}

bool runtime_publish(struct runtime *r, struct error **err)
{
	bool ok = file_make_dirs(r->dir, true, err) && r->handlers->publish(r->arg, err);

	watch_nearest(r);
	loop_cancel(&r->retry);
	if (ok) {
		r->retry_ms = RETRY_FIRST_MS;
		return true;
	}
	r->retry = loop_after(r->base, r->retry_ms, on_due, r);
	r->retry_ms = r->retry_ms * 2 > RETRY_LONGEST_MS ? RETRY_LONGEST_MS : r->retry_ms * 2;
	return false;
}

struct runtime *runtime_new(struct event_base *base, const char *dir,
			    const struct runtime_handlers *handlers, void *arg)
{
	struct runtime *r = mem_zalloc(sizeof(*r));

	r->base = base;
	r->dir = mem_strdup(dir);
	r->handlers = handlers;
	r->arg = arg;
	r->watched = -1;
	r->changed = evsignal_new(base, SIGIO, on_change, r);
	evsignal_add(r->changed, NULL);
	r->retry_ms = RETRY_FIRST_MS;
	return r;
}

void runtime_free(struct runtime *r)
{
	if (!r)
		return;
	/* In this order: a SIGIO that nobody handles ends the process. */
	unwatch(r);
	event_free(r->changed);
	loop_cancel(&r->retry);
	free(r->dir);
	free(r);
}
