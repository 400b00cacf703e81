/*
 * model: the guests in memory, made from what lies on disk.
 *
 * A guest is there when it has a definition, or a running record that is
 * borne out by a living process.  Its files are looked at by their inode and
 * time of change first, and read only when those are new.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/connection/internal.h"
#include "backend/store/internal.h"
#include "backend/store/summary.h"

static const char *const state_names[] = {
#define X(id, name) name,
	DOMAIN_STATES(X)
#undef X
};

const char *domain_state_name(enum domain_state s)
{
	return s < DOMAIN_STATE_COUNT ? state_names[s] : "no state";
}

static enum domain_state state_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
		if (!strcmp(state_names[i], name))
			return (enum domain_state)i;
	return DOMAIN_NOSTATE;
}

static void guest_done(struct guest *g)
{
	free(g->pub.name);
	free(g->pub.title);
	free(g->pub.reason);
	free(g->pub.why);
	free(g->pub.machine);
	free(g->content);
	free(g->run_definition);
}

static void guest_free(struct guest *g)
{
	vigil_end(g);
	control_let_go(g);
	guest_done(g);
	free(g);
}

static struct seen seen_of(const struct stat *st)
{
	return (struct seen){ (uint64_t)st->st_ino,
		st->st_ctim.tv_sec * (int64_t)1000000000 + st->st_ctim.tv_nsec };
}

static struct seen see(int dir, const char *path)
{
	struct stat st;

	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return (struct seen){ 0, 0 };
	return seen_of(&st);
}

static bool same(const struct seen *a, const struct seen *b)
{
	return a->inode == b->inode && a->changed_ns == b->changed_ns;
}

static void set_end(struct guest *g, enum domain_state state, char *reason, char *why)
{
	g->pub.state = state;
	g->pub.reason = reason;
	g->pub.why = why;
}

/* --- one guest from its files ------------------------------------------- */

static void take_summary(struct guest *g, struct summary *s)
{
	struct domain *d = &g->pub;

	d->persistent = true;
	d->name = s->name ? MEM_STEAL(s->name) : NULL;
	d->title = MEM_STEAL(s->title);
	d->machine = MEM_STEAL(s->machine);
	d->max_memory = s->max_memory;
	d->memory = s->memory;
	d->max_vcpus = s->max_vcpus;
	d->vcpus = s->vcpus;
	d->kvm = s->kvm;
	g->content = MEM_STEAL(s->content);
	if (s->broken)
		set_end(g, DOMAIN_NOSTATE, mem_strdup("unknown"), MEM_STEAL(s->broken));
}

static void replace(char **to, const char *value)
{
	free(*to);
	*to = mem_strdup(value);
}

static void take_running(struct guest *g, const struct record *r)
{
	struct domain *d = &g->pub;

	free(d->reason);
	free(d->why);
	set_end(g, state_named(r->state), mem_strdup(r->reason), mem_strdup(r->why));
	d->id = r->id;
	d->since = r->since;
	d->started = r->started;
	d->pid = r->qemu.pid;
	d->supervisor_pid = g->life == RECORD_ALIVE ? r->supervisor.pid : 0;
	d->kvm = r->kvm;
	if (r->machine)
		replace(&d->machine, r->machine);
	if (r->memory)
		d->memory = r->memory;
	if (d->max_memory < d->memory)
		d->max_memory = d->memory;
	if (r->vcpus)
		d->vcpus = r->vcpus;
	if (d->max_vcpus < d->vcpus)
		d->max_vcpus = d->vcpus;
	/* It runs under the name that it was started with. */
	if (r->name)
		replace(&d->name, r->name);
	g->run_definition = mem_strdup(r->definition);
	d->changed = g->content && r->definition && strcmp(g->content, r->definition);
}

/* Nobody lives; the end is not written yet (adopt.c sees to that). */
static void take_lost(struct guest *g, const struct record *r)
{
	bool rebooted = strcmp(r->boot_id, process_boot_id()) != 0;

	if (r->name && !g->pub.name)
		g->pub.name = mem_strdup(r->name);
	if (g->pub.why)
		return;
	set_end(g, DOMAIN_SHUTOFF, mem_strdup("crashed"),
		mem_strdup(rebooted ? "the host was restarted while it ran" :
			   "QEMU is gone and nobody saw it end"));
	g->pub.since = r->since;
}

/* False when the record is no longer there. */
static bool fill_running(struct connection *c, struct guest *g)
{
	AUTO_FREE char *path = paths_running_record(&c->paths, g->pub.uuid);
	struct record r;
	struct stat st;

	if (!record_read(&r, path, NULL, NULL, &st))
		return false;
	g->running = seen_of(&st);
	g->life = record_look(&r);
	if (g->life != RECORD_ALIVE && access(path, F_OK) < 0) {
		g->running = (struct seen){ 0, 0 };
		record_done(&r);
		return false;	/* it ended in an orderly way while we looked */
	}
	g->recorded = true;
	if (g->life == RECORD_GONE)
		take_lost(g, &r);
	else
		take_running(g, &r);
	record_done(&r);
	return true;
}

static void fill_stopped(struct connection *c, struct guest *g)
{
	AUTO_FREE char *path = paths_stopped_record(&c->paths, g->pub.uuid);
	char key[48];
	struct record r;
	struct stat st;

	snprintf(key, sizeof(key), "stopped/%s", g->pub.uuid);
	if (!record_read(&r, path, key, c->index, &st))
		return;
	g->stopped = seen_of(&st);
	if (g->pub.why) {	/* a broken definition, which is worse */
		record_done(&r);
		return;
	}
	/* What was written last of a run that is over is where it ended. */
	set_end(g, strcmp(r.state, "crashed") ? DOMAIN_SHUTOFF : DOMAIN_CRASHED,
		MEM_STEAL(r.reason), MEM_STEAL(r.why));
	g->pub.since = r.since;
	record_done(&r);
}

enum facts { DEFINED = 1, AUTOSTART = 2, RUNNING = 4, STOPPED = 8 };

static void fill_definition(struct connection *c, struct guest *g)
{
	struct summary s;
	struct stat st;
	char file[48];

	snprintf(file, sizeof(file), "%s.xml", g->pub.uuid);
	if (!summary_read(&s, c->domains_dir, file, "domains", c->index, &st))
		return;
	g->definition = seen_of(&st);
	take_summary(g, &s);
	summary_done(&s);
}

/* False when there is no such guest. */
static bool fill(struct connection *c, const char *uuid, unsigned facts, struct guest *g)
{
	*g = (struct guest){ .pub.id = -1 };
	memcpy(g->pub.uuid, uuid, sizeof(g->pub.uuid));
	if (facts & DEFINED)
		fill_definition(c, g);
	g->pub.autostart = g->pub.persistent && (facts & AUTOSTART);
	if ((facts & RUNNING) && !fill_running(c, g))
		facts |= STOPPED;
	if ((facts & STOPPED) && !g->recorded && g->pub.persistent)
		fill_stopped(c, g);
	if (!g->pub.why)
		set_end(g, DOMAIN_SHUTOFF, mem_strdup("unknown"), mem_strdup("not started yet"));
	if (!g->pub.name)
		g->pub.name = mem_strdup(uuid);
	return g->pub.persistent || g->recorded;
}

/* --- the arrays ----------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct domain *x = *(struct domain *const *)a, *y = *(struct domain *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->uuid, y->uuid);
}

static int by_uuid(const void *a, const void *b)
{
	return strcmp((*(struct guest *const *)a)->pub.uuid,
		      (*(struct guest *const *)b)->pub.uuid);
}

struct guest *model_find(const struct connection *c, const char *uuid)
{
	size_t low = 0, high = c->n_domains;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(uuid, c->by_uuid[middle]->pub.uuid);

		if (order == 0)
			return c->by_uuid[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void sort(struct connection *c)
{
	qsort(c->domains, c->n_domains, sizeof(*c->domains), by_name);
	qsort(c->by_uuid, c->n_domains, sizeof(*c->by_uuid), by_uuid);
}

static struct guest *add(struct connection *c, const struct guest *from)
{
	struct guest *g = mem_dup(from, sizeof(*from));
	size_t n = c->n_domains;

	*MEM_PUSH(c->domains, c->n_domains) = &g->pub;
	*MEM_PUSH(c->by_uuid, n) = g;
	return g;
}

/* Where n sorted elements have room for one more, keep them sorted. */
static void sink(void **array, size_t n, int (*order)(const void *, const void *))
{
	for (size_t i = n; i > 0 && order(&array[i], &array[i - 1]) < 0; i--) {
		void *p = array[i];

		array[i] = array[i - 1];
		array[i - 1] = p;
	}
}

static struct guest *insert(struct connection *c, const struct guest *from)
{
	struct guest *g = add(c, from);

	sink((void **)c->domains, c->n_domains - 1, by_name);
	sink((void **)c->by_uuid, c->n_domains - 1, by_uuid);
	return g;
}

static void take_out(void **array, size_t n, const void *p)
{
	size_t i = 0;

	while (i < n && array[i] != p)
		i++;
	memmove(&array[i], &array[i + 1], (n - i - 1) * sizeof(*array));
}

static void remove_guest(struct connection *c, struct guest *g)
{
	take_out((void **)c->domains, c->n_domains, g);
	take_out((void **)c->by_uuid, c->n_domains, g);
	c->n_domains--;
}

void model_emit(struct connection *c, enum connection_event what, struct guest *g,
		struct json_object *detail)
{
	if (c->watch)
		c->watch(c, what, &g->pub, detail, c->watch_arg);
}

/* --- looking at one guest again ------------------------------------------- */

static unsigned facts_of(struct connection *c, const char *uuid, struct guest *now)
{
	AUTO_FREE char *running = paths_running_record(&c->paths, uuid);
	AUTO_FREE char *stopped = paths_stopped_record(&c->paths, uuid);
	AUTO_FREE char *mark = mem_printf("autostart/%s", uuid);
	AUTO_FREE char *file = mem_printf("%s.xml", uuid);
	unsigned facts = 0;

	now->definition = see(c->domains_dir, file);
	now->running = see(AT_FDCWD, running);
	now->stopped = see(AT_FDCWD, stopped);
	facts |= now->definition.inode ? DEFINED : 0;
	facts |= now->running.inode ? RUNNING : 0;
	facts |= now->stopped.inode ? STOPPED : 0;
	facts |= faccessat(c->domains_dir, mark, F_OK, 0) == 0 ? AUTOSTART : 0;
	return facts;
}

/* Nothing on disk and no process changed since it was read. */
static bool unchanged(const struct guest *g, const struct guest *now, unsigned facts)
{
	bool stale = guest_runs(g) &&
		process_start_time(g->pub.supervisor_pid ? g->pub.supervisor_pid : g->pub.pid) == 0;

	return !stale && same(&g->definition, &now->definition) &&
		same(&g->running, &now->running) &&
		(g->recorded || !g->pub.persistent || same(&g->stopped, &now->stopped)) &&
		g->pub.autostart == (g->pub.persistent && (facts & AUTOSTART));
}

/* The guest stays where it is, for views hold pointers to it. */
static void update(struct connection *c, struct guest *g, struct guest *now)
{
	bool renamed = strcmp(g->pub.name, now->pub.name) != 0;

	now->pub.view = g->pub.view;
	now->adopting = g->adopting;
	now->not_adopted = g->not_adopted;
	now->control = g->control;
	now->vigil = g->vigil;
	guest_done(g);
	*g = *now;
	if (renamed)
		qsort(c->domains, c->n_domains, sizeof(*c->domains), by_name);
	model_emit(c, CONNECTION_DOMAIN_CHANGED, g, NULL);
}

static void settle(struct connection *c, struct guest *g)
{
	adopt_consider(c, g);
	vigil_keep(c, g);
	if (c->with_qmp && guest_supervised(g))
		control_subscribe(c, g);
}

void model_refresh(struct connection *c, const char *uuid)
{
	struct guest *g = model_find(c, uuid), now, filled;
	unsigned facts = facts_of(c, uuid, &now);

	if (g && unchanged(g, &now, facts))
		return;
	if (!fill(c, uuid, facts, &filled)) {
		guest_done(&filled);
		if (!g)
			return;
		remove_guest(c, g);
		call_wake(c, uuid);
		model_emit(c, CONNECTION_DOMAIN_GONE, g, NULL);
		guest_free(g);
		return;
	}
	if (g) {
		update(c, g, &filled);
	} else {
		g = insert(c, &filled);
		model_emit(c, CONNECTION_DOMAIN_NEW, g, NULL);
	}
	settle(c, g);
	call_wake(c, uuid);
}

/* --- all of them ---------------------------------------------------------- */

struct found {
	char uuid[37];
	unsigned char facts;
};

struct finds {
	struct found *list;
	size_t n;
};

static bool scan(struct finds *f, const char *dir, const char *name, const char *suffix,
		 unsigned fact, struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/%s", dir, name);
	DIR *d = opendir(path);
	struct dirent *e;
	char uuid[STORE_UUID];

	if (!d && errno != ENOENT) {
		error_set_errno(err, errno, "read directory '%s'", path);
		return false;
	}
	while (d && (e = readdir(d))) {
		struct found *found;

		if (!store_file_uuid(e->d_name, suffix, uuid))
			continue;
		found = MEM_PUSH(f->list, f->n);
		memcpy(found->uuid, uuid, sizeof(uuid));
		found->facts = (unsigned char)fact;
	}
	if (d)
		closedir(d);
	return true;
}

static int by_found(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->uuid, ((const struct found *)b)->uuid);
}

/* One entry a guest, with all its facts. */
static bool scan_all(struct connection *c, struct finds *f, struct error **err)
{
	size_t to = 0;

	if (!scan(f, c->paths.data, "domains", ".xml", DEFINED, err) ||
	    !scan(f, c->paths.data, "domains/autostart", "", AUTOSTART, err) ||
	    !scan(f, c->paths.state, "running", ".json", RUNNING, err) ||
	    !scan(f, c->paths.state, "stopped", ".json", STOPPED, err))
		return false;
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), by_found);
	for (size_t i = 0; i < f->n; i++) {
		if (to && !strcmp(f->list[to - 1].uuid, f->list[i].uuid))
			f->list[to - 1].facts |= f->list[i].facts;
		else
			f->list[to++] = f->list[i];
	}
	f->n = to;
	return true;
}

bool model_load(struct connection *c, struct error **err)
{
	struct finds f = { NULL, 0 };
	bool ok = scan_all(c, &f, err);

	for (size_t i = 0; ok && i < f.n; i++) {
		struct guest g;

		if (fill(c, f.list[i].uuid, f.list[i].facts, &g))
			add(c, &g);
		else
			guest_done(&g);
	}
	free(f.list);
	if (c->n_domains)
		sort(c);
	for (size_t i = 0; ok && i < c->n_domains; i++)
		adopt_consider(c, c->by_uuid[i]);
	return ok;
}

/* After events were lost: everybody that was there or is there now. */
void model_reload(struct connection *c)
{
	struct finds f = { NULL, 0 };

	for (size_t i = 0; i < c->n_domains; i++)
		memcpy(MEM_PUSH(f.list, f.n)->uuid, c->by_uuid[i]->pub.uuid, 37);
	if (scan_all(c, &f, NULL))
		for (size_t i = 0; i < f.n; i++)
			model_refresh(c, f.list[i].uuid);
	free(f.list);
}

void model_free(struct connection *c)
{
	for (size_t i = 0; i < c->n_domains; i++)
		guest_free(c->by_uuid[i]);
	free(c->domains);
	free(c->by_uuid);
}
