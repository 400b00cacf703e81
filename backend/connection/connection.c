/*
 * connection: see connection.h.  Opening, closing, looking up.
 */
#include "backend/connection/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/base/units.h"
#include "backend/connection/internal.h"

static bool open_directories(struct connection *c, struct error **err)
{
	AUTO_FREE char *domains = NULL;

	if (!paths_create(&c->paths, err))
		return false;
	domains = paths_domains_dir(&c->paths);
	c->domains_dir = open(domains, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->domains_dir < 0)
		error_set_errno(err, errno, "open '%s'", domains);
	return c->domains_dir >= 0;
}

struct connection *connection_open(struct event_base *base, const char *uri, struct error **err)
{
	struct connection *c = mem_zalloc(sizeof(*c));

	c->base = base;
	c->domains_dir = -1;
	process_boot_id();	/* read once, before there are threads */
	if (!uri_resolve(c, uri, err)) {
		connection_close(c);
		return NULL;
	}
	c->store = store_new(&c->paths);
	c->index_path = mem_printf("%s/index", c->paths.cache);
	c->index = index_load(c->index_path);
	/* Watch first: what changes while we read is then told as well. */
	if (!open_directories(c, err) || !notify_start(c, err) || !model_load(c, err)) {
		error_prepend(err, "open %s", c->uri);
		connection_close(c);
		return NULL;
	}
	index_save(c->index, c->index_path);
	c->loaded = true;
	return c;
}

void connection_close(struct connection *c)
{
	if (!c)
		return;
	if (c->closed)
		*c->closed = true;
	worker_free(c->worker);
	console_link_free_all(c);
	notify_stop(c);
	spawn_free_all(c);
	if (c->loaded)
		index_save(c->index, c->index_path);
	control_free_all(c);
	model_free(c);
	call_free_all(c);
	index_free(c->index);
	store_free(c->store);
	if (c->domains_dir >= 0)
		close(c->domains_dir);
	paths_done(&c->paths);
	free(c->index_path);
	free(c->uri);
	free(c);
}

const char *connection_uri(const struct connection *c)
{
	return c->uri;
}

struct event_base *connection_base(const struct connection *c)
{
	return c->base;
}

const struct paths *connection_paths(const struct connection *c)
{
	return &c->paths;
}

void connection_watch(struct connection *c, connection_watch_fn *fn, void *arg, bool with_qmp)
{
	c->watch = fn;
	c->watch_arg = arg;
	c->with_qmp = with_qmp;
	for (size_t i = 0; i < c->n_domains; i++) {
		vigil_keep(c, c->by_uuid[i]);
		if (with_qmp && guest_supervised(c->by_uuid[i]))
			control_subscribe(c, c->by_uuid[i]);
	}
}

struct domain *const *connection_domains(const struct connection *c, size_t *n)
{
	*n = c->n_domains;
	return c->domains;
}

struct domain *connection_lookup(const struct connection *c, const char *name, struct error **err)
{
	int64_t id;

	if (units_i64(name, &id))
		for (size_t i = 0; i < c->n_domains; i++)
			if (c->domains[i]->id >= 0 && c->domains[i]->id == id)
				return c->domains[i];
	for (size_t i = 0; i < c->n_domains; i++)
		if (!strcasecmp(c->domains[i]->uuid, name))
			return c->domains[i];
	for (size_t i = 0; i < c->n_domains; i++)
		if (!strcmp(c->domains[i]->name, name))
			return c->domains[i];
	error_set(err, "failed to get domain '%s'", name);
	error_hint(err, "'virtty list --all' shows the domains of %s", c->uri);
	return NULL;
}

static bool unsettled(const struct connection *c)
{
	for (size_t i = 0; i < c->n_domains; i++)
		if (adopt_pending(c, c->by_uuid[i]))
			return true;
	return false;
}

static void nothing(void *arg)
{
	(void)arg;
}

/* A timer wakes the loop now and then, for a lock that another client lets go
 * of makes no event here. */
bool connection_settle(struct connection *c, int timeout_ms)
{
	int64_t deadline = loop_now_ms() + timeout_ms;

	while (unsettled(c)) {
		int64_t left = deadline - loop_now_ms();
		struct event *timer;

		if (left <= 0)
			return false;
		timer = loop_after(c->base, left < 50 ? (int)left : 50, nothing, NULL);
		event_base_loop(c->base, EVLOOP_ONCE);
		loop_cancel(&timer);
	}
	return true;
}
