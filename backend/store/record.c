/*
 * record: see record.h.
 */
#include "backend/store/record.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/process.h"

void record_done(struct record *r)
{
	free(r->name);
	free(r->state);
	free(r->reason);
	free(r->why);
	free(r->boot_id);
	free(r->machine);
	free(r->definition);
	*r = (struct record){ .id = -1 };
}

static int int_in(struct json_object *o, const char *key, int min, int fallback)
{
	int64_t v = json_int(o, key, fallback);

	return v < min || v > INT_MAX ? fallback : (int)v;
}

static char *str_or(struct json_object *o, const char *key, const char *fallback)
{
	const char *s = json_str(o, key);

	return mem_strdup(s ? s : fallback);
}

static struct record_process process_of(struct json_object *o)
{
	return (struct record_process){ int_in(o, "pid", 0, 0),
		(unsigned long long)json_int(o, "start_time", 0) };
}

static time_t time_of(struct json_object *o, const char *key)
{
	int64_t t = json_int(o, key, 0);

	return t > 0 ? (time_t)t : 0;
}

void record_take(struct record *r, struct json_object *o)
{
	int64_t memory = json_int(o, "memory", 0);

	*r = (struct record){
		.name = mem_strdup(json_str(o, "name")),
		.state = str_or(o, "state", "no state"),
		.reason = str_or(o, "reason", "unknown"),
		.why = str_or(o, "why", ""),
		.boot_id = str_or(o, "boot_id", ""),
		.machine = mem_strdup(json_str(o, "machine")),
		.definition = mem_strdup(json_str(o, "definition")),
		.id = int_in(o, "id", -1, -1),
		.since = time_of(o, "since"), .started = time_of(o, "started"),
		.qemu = process_of(json_get(o, "qemu")),
		.supervisor = process_of(json_get(o, "supervisor")),
		.memory = memory > 0 ? (uint64_t)memory : 0,
		.vcpus = (unsigned)int_in(o, "vcpus", 0, 0),
		.restarts = int_in(o, "restarts", 0, 0),
		.kvm = json_flag(o, "kvm", false),
		.transient = json_flag(o, "transient", false),
	};
}

struct json_object *record_read_json(const char *path, struct error **err)
{
	struct json_object *o = json_read_file(path, RECORD_MAX, err);

	if (o && !json_object_is_type(o, json_type_object)) {
		error_set(err, "'%s': not a JSON object", path);
		json_object_put(o);
		return NULL;
	}
	return o;
}

/* What the index keeps: enough for a guest that does not run. */
enum field { F_NAME, F_STATE, F_REASON, F_WHY, F_SINCE, F_COUNT };

static bool from_index(struct record *r, struct index *x, const char *key, const struct stat *st)
{
	const char *f[F_COUNT];

	if (!index_get(x, key, st, f, F_COUNT))
		return false;
	*r = (struct record){
		.name = *f[F_NAME] ? mem_strdup(f[F_NAME]) : NULL,
		.state = mem_strdup(f[F_STATE]), .reason = mem_strdup(f[F_REASON]),
		.why = mem_strdup(f[F_WHY]), .boot_id = mem_strdup(""), .id = -1,
		.since = (time_t)strtoll(f[F_SINCE], NULL, 10),
	};
	return true;
}

static void to_index(const struct record *r, struct index *x, const char *key,
		     const struct stat *st)
{
	char since[24];
	const char *f[F_COUNT] = {
		[F_NAME] = r->name ? r->name : "", [F_STATE] = r->state,
		[F_REASON] = r->reason, [F_WHY] = r->why, [F_SINCE] = since,
	};

	snprintf(since, sizeof(since), "%" PRId64, (int64_t)r->since);
	index_put(x, key, st, f, F_COUNT);
}

bool record_read(struct record *r, const char *path, const char *key, struct index *x,
		 struct stat *st)
{
	AUTO_JSON struct json_object *o = NULL;
	struct error *err = NULL;

	*r = (struct record){ .id = -1 };
	if (lstat(path, st) < 0)
		return false;
	if (x && from_index(r, x, key, st))
		return true;
	o = record_read_json(path, &err);
	if (!o && access(path, F_OK) < 0) {
		error_free(err);
		return false;	/* moved to stopped/ meanwhile */
	}
	record_take(r, o);
	if (!o) {
		free(r->why);
		r->why = mem_printf("its record cannot be read: %s", error_message(err));
		error_free(err);
	} else if (x) {
		to_index(r, x, key, st);
	}
	return true;
}

static bool lives(const struct record_process *p)
{
	return p->pid > 0 && p->start_time > 0 && process_start_time(p->pid) == p->start_time;
}

enum record_life record_look(const struct record *r)
{
	if (strcmp(r->boot_id, process_boot_id()))
		return RECORD_GONE;
	if (lives(&r->supervisor))
		return RECORD_ALIVE;
	return lives(&r->qemu) ? RECORD_ORPHAN : RECORD_GONE;
}
