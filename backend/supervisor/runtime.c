/*
 * runtime: see runtime.h.
 */
#include "backend/supervisor/runtime.h"

#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"

/* A mount over an empty directory is not seen by inotify, so a failure is also
 * followed by another try, later and later. */
#define SETTLE_MS 200
#define RETRY_FIRST_MS 1000
#define RETRY_LONGEST_MS 60000

struct runtime {
	struct event_base *base;
	struct watches *watches;
	char *dir;
	const struct runtime_handlers *handlers;
	void *arg;
	bool gone;		/* and not back yet */
	int watch;
	struct event *retry;
	int retry_ms;
};

static void on_change(uint32_t mask, const char *name, void *arg);

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

static void on_change(uint32_t mask, const char *name, void *arg)
{
	struct runtime *r = arg;

	(void)mask;
	(void)name;
	/* Whoever removes the tree is in the middle of it: let it finish. */
	loop_cancel(&r->retry);
	r->retry = loop_after(r->base, SETTLE_MS, on_due, r);
}

/* The directory, or what is there of the way to it. */
static void watch_nearest(struct runtime *r)
{
	const uint32_t mask = IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_MOVED_FROM |
		IN_UNMOUNT | IN_ONLYDIR;
	AUTO_FREE char *path = mem_strdup(r->dir);
	bool whole = true;

	watches_remove(r->watches, r->watch);
	for (;;) {
		char *slash = strrchr(path, '/');

		r->watch = watches_add(r->watches, path, whole ? mask : mask | IN_CREATE | IN_ATTRIB,
				       on_change, r);
		if (r->watch >= 0 || !slash || slash == path)
			return;
		*slash = '\0';
		whole = false;
	}
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

struct runtime *runtime_new(struct event_base *base, struct watches *w, const char *dir,
			    const struct runtime_handlers *handlers, void *arg)
{
	struct runtime *r = mem_zalloc(sizeof(*r));

	r->base = base;
	r->watches = w;
	r->dir = mem_strdup(dir);
	r->handlers = handlers;
	r->arg = arg;
	r->watch = -1;
	r->retry_ms = RETRY_FIRST_MS;
	return r;
}

void runtime_free(struct runtime *r)
{
	if (!r)
		return;
	watches_remove(r->watches, r->watch);
	loop_cancel(&r->retry);
	free(r->dir);
	free(r);
}
