/*
 * runtime: keeps the guest's runtime directory filled.
 *
 * The directory may vanish while the guest runs (logind removes it at logout,
 * a cleaner empties it): that is noticed, and everything is published anew, as
 * soon as the directory can be made again.  It is noticed by dnotify
 * (fcntl(2), F_NOTIFY), because a user has only 128 inotify instances, and a
 * host can have more guests than that.
 */
#ifndef BACKEND_SUPERVISOR_RUNTIME_H
#define BACKEND_SUPERVISOR_RUNTIME_H

#include <event2/event.h>
#include <stdbool.h>

#include "backend/base/error.h"

struct runtime;

struct runtime_handlers {
	/* Must leave alone what is there and make what is not. */
	bool (*publish)(void *arg, struct error **err);
	/* Published anew (NULL), or in vain. */
	void (*on_change)(const char *problem, void *arg);
};

struct runtime *runtime_new(struct event_base *base, const char *dir,
			    const struct runtime_handlers *handlers, void *arg);
void runtime_free(struct runtime *r);

/* Make the directory, publish, and watch. False: not now, but it will be tried
 * again by itself. */
bool runtime_publish(struct runtime *r, struct error **err);

#endif
