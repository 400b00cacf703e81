/*
 * notify: changes on disk, told by inotify.
 *
 * What one read of the queue brings is gathered first, so that a file written
 * five times is looked at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/connection/internal.h"
#include "backend/store/internal.h"

#define MASK (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR)

struct notify {
	int fd;
	struct event *event;
};

struct dirty {
	char (*uuids)[STORE_UUID];
	size_t n;
	bool overflow;
};

/* UUID, UUID.xml and UUID.json name a guest; anything else is not ours. */
static void take_name(struct dirty *d, const char *name)
{
	char uuid[STORE_UUID];

	if (!store_file_uuid(name, "", uuid) && !store_file_uuid(name, ".xml", uuid) &&
	    !store_file_uuid(name, ".json", uuid))
		return;
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->uuids[i], uuid))
			return;
	memcpy(MEM_PUSH(d->uuids, d->n), uuid, sizeof(uuid));
}

static void take_events(struct dirty *d, const char *data, size_t len)
{
	const char *end = data + len;

	while (data < end) {
		const struct inotify_event *e = (const struct inotify_event *)(const void *)data;

		if (e->mask & IN_Q_OVERFLOW)
			d->overflow = true;
		else if (e->len)
			take_name(d, e->name);
		data += sizeof(*e) + e->len;
	}
}

static void on_inotify(evutil_socket_t fd, short what, void *arg)
{
	char data[65536] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct dirty d = { .n = 0 };
	struct connection *c = arg;
	bool closed = false;
	ssize_t n;

	(void)what;
	while ((n = read(fd, data, sizeof(data))) > 0)
		take_events(&d, data, (size_t)n);
	c->closed = &closed;
	if (d.overflow)
		model_reload(c);
	for (size_t i = 0; i < d.n && !closed; i++)
		model_refresh(c, d.uuids[i]);
	if (!closed)
		c->closed = NULL;
	free(d.uuids);
}

static bool watch(struct notify *n, const char *base, const char *name, struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/%s", base, name);

	if (inotify_add_watch(n->fd, path, MASK) >= 0)
		return true;
	error_set_errno(err, errno, "watch directory '%s'", path);
	if (errno == ENOSPC)
		error_hint(err, "raise the limit: sysctl fs.inotify.max_user_watches");
	return false;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	model_reload(arg);
}

/* A user's inotify instances are few (128 by default), and other programs may
 * have them all: then look once a second. */
static void look_by_the_clock(struct connection *c)
{
	static const struct timeval second = { 1, 0 };

	c->notify->event = event_new(c->base, -1, EV_PERSIST, on_timer, c);
	event_add(c->notify->event, &second);
}

bool notify_start(struct connection *c, struct error **err)
{
	struct notify *n = mem_zalloc(sizeof(*n));

	c->notify = n;
	n->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (n->fd < 0 && errno == EMFILE) {
		look_by_the_clock(c);
		return true;
	}
	if (n->fd < 0) {
		error_set_errno(err, errno, "watch the definitions");
		return false;
	}
	if (!watch(n, c->paths.data, "domains", err) ||
	    !watch(n, c->paths.data, "domains/autostart", err) ||
	    !watch(n, c->paths.state, "running", err) ||
	    !watch(n, c->paths.state, "stopped", err))
		return false;
	n->event = event_new(c->base, n->fd, EV_READ | EV_PERSIST, on_inotify, c);
	event_add(n->event, NULL);
	return true;
}

void notify_stop(struct connection *c)
{
	if (!c->notify)
		return;
	if (c->notify->event)
		event_free(c->notify->event);
	if (c->notify->fd >= 0)
		close(c->notify->fd);
	free(c->notify);
	c->notify = NULL;
}
