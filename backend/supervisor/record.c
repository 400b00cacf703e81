/*
 * record: see record.h.
 */
#include "backend/supervisor/record.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"

static struct json_object *console_entry(const struct plan_console *c)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "name", c->name);
	json_set_str(o, "socket", c->client);
	json_set_str(o, "pty", c->pty);
	json_set_str(o, "log", c->log);
	return o;
}

static void add_consoles(struct json_object *json, const struct plan *p)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < p->n_consoles; i++)
		json_push(list, console_entry(&p->consoles[i]));
	json_set(json, "consoles", list);
}

static struct json_object *deep_copy(struct json_object *o)
{
	struct json_object *copy = NULL;

	json_object_deep_copy(o, &copy, NULL);
	return copy;
}

static void copy_from_plan(struct json_object *json, const struct plan *p)
{
	struct json_object *graphics = json_get(p->json, "graphics");
	AUTO_FREE char *machine = plan_machine(p);

	if (graphics)
		json_set(json, "graphics", deep_copy(graphics));
	json_set_int(json, "memory", json_int(p->json, "memory", 0));
	json_set_int(json, "vcpus", json_int(p->json, "vcpus", 1));
	json_set_bool(json, "kvm", p->kvm);
	json_set_str(json, "machine", machine);
	json_set_bool(json, "transient", json_flag(p->json, "transient", false));
	json_set_str(json, "definition", json_str(p->json, "definition"));
}

struct record *record_new(const struct plan *p, int id)
{
	struct record *r = mem_zalloc(sizeof(*r));

	r->running = p->running_record;
	r->stopped = p->stopped_record;
	r->json = json_object_new_object();
	json_set_int(r->json, "version", 1);
	json_set_str(r->json, "uuid", p->uuid);
	json_set_str(r->json, "name", p->name);
	json_set_int(r->json, "id", id);
	json_set_int(r->json, "started", time(NULL));
	json_set_str(r->json, "boot_id", process_boot_id());
	json_set_int(r->json, "restarts", 0);
	copy_from_plan(r->json, p);
	add_consoles(r->json, p);
	record_set_state(r, "paused", "starting up", "starting");
	record_set_process(r, "supervisor", getpid());
	return r;
}

struct record *record_adopt(const struct plan *p, struct error **err)
{
	struct json_object *json = json_read_file(p->running_record, RECORD_MAX, err);
	struct record *r;

	if (!json)
		return NULL;
	if (!json_object_is_type(json, json_type_object)) {
		error_set(err, "'%s' is not a run record", p->running_record);
		json_object_put(json);
		return NULL;
	}
	r = mem_zalloc(sizeof(*r));
	r->running = p->running_record;
	r->stopped = p->stopped_record;
	r->json = json;
	record_set_process(r, "supervisor", getpid());
	return r;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	json_object_put(r->json);
	free(r);
}

void record_set_state(struct record *r, const char *state, const char *reason, const char *why)
{
	const char *old = json_str(r->json, "state");

	if (!old || strcmp(old, state))
		json_set_int(r->json, "since", time(NULL));
	json_set_str(r->json, "state", state);
	json_set_str(r->json, "reason", reason);
	json_set_str(r->json, "why", why);
	json_object_object_del(r->json, "why_before");
}

void record_set_problem(struct record *r, const char *why)
{
	const char *before = json_str(r->json, "why_before");

	if (why && !before) {
		json_set_str(r->json, "why_before", json_str(r->json, "why"));
		json_set_str(r->json, "why", why);
	} else if (!why && before) {
		json_set_str(r->json, "why", before);
		json_object_object_del(r->json, "why_before");
	}
}

void record_set_process(struct record *r, const char *who, pid_t pid)
{
	struct json_object *o = json_object_new_object();

	json_set_int(o, "pid", pid);
	json_set_int(o, "start_time", (int64_t)process_start_time(pid));
	json_set(r->json, who, o);
}

void record_set_pending(struct record *r, const char *what)
{
	if (what)
		json_set_str(r->json, "pending", what);
	else
		json_object_object_del(r->json, "pending");
}

const char *record_pending(const struct record *r)
{
	return json_str(r->json, "pending");
}

void record_add_history(struct record *r, const char *what)
{
	struct json_object *list = json_get(r->json, "history"), *o;
	const char *before;
	size_t last;

	if (!json_object_is_type(list, json_type_array)) {
		list = json_object_new_array();
		json_set(r->json, "history", list);
	}
	last = json_length(list);
	before = last ? json_str(json_object_array_get_idx(list, last - 1), "what") : NULL;
	if (before && !strcmp(before, what))
		return;
	o = json_object_new_object();
	json_set_int(o, "time", time(NULL));
	json_set_str(o, "what", what);
	json_push(list, o);
	while (json_length(list) > RECORD_HISTORY)
		json_object_array_del_idx(list, 0, 1);
}

void record_add_restart(struct record *r)
{
	json_set_int(r->json, "restarts", json_int(r->json, "restarts", 0) + 1);
}

struct json_object *record_console(const struct record *r, const char *name)
{
	struct json_object *list = json_get(r->json, "consoles");

	for (size_t i = 0; i < json_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		const char *n = json_str(o, "name");

		if (n && !strcmp(n, name))
			return o;
	}
	return NULL;
}

bool record_save(struct record *r, struct error **err)
{
	const char *text = json_text(r->json);
	bool ok = file_replace_unsynced(r->running, text, strlen(text), 0600, err);

	if (r->on_saved)
		r->on_saved(r, r->arg);
	return ok;
}

bool record_finish(struct record *r, struct error **err)
{
	const char *text;
	bool ok;

	record_set_pending(r, NULL);
	json_object_object_del(r->json, "supervisor");
	text = json_text(r->json);
	ok = file_replace(r->stopped, text, strlen(text), 0600, err);
	/* Without the final record the running one has to stay: a reader finds
	 * its QEMU gone, which is less than the truth but no lie. */
	if (ok)
		unlink(r->running);
	if (r->on_saved)
		r->on_saved(r, r->arg);
	return ok;
}

bool record_lives(struct json_object *record, const char *who, pid_t *pid)
{
	struct json_object *o = json_get(record, who);
	int64_t number = json_int(o, "pid", 0), start = json_int(o, "start_time", 0);
	const char *boot = json_str(record, "boot_id");

	if (pid)
		*pid = (pid_t)number;
	if (number <= 0 || number > INT32_MAX || start <= 0)
		return false;
	if (!boot || strcmp(boot, process_boot_id()))
		return false;
	return process_start_time((pid_t)number) == (unsigned long long)start;
}
