/*
 * record: the guest's run record, the file by which everybody knows its state
 * (docs/HACKING.md, "The run record").
 *
 * Changes are made in memory and published by record_save(), one atomic
 * replacement of state/running/UUID.json each.  record_finish() writes
 * state/stopped/UUID.json, to the disk, and only then takes the running one
 * away, so that a guest is always in at least one of the two directories.
 */
#ifndef BACKEND_SUPERVISOR_RECORD_H
#define BACKEND_SUPERVISOR_RECORD_H

#include <stdbool.h>
#include <sys/types.h>

#include "backend/base/error.h"
#include "backend/base/json.h"
#include "backend/supervisor/plan.h"

#define RECORD_HISTORY 32
#define RECORD_MAX (4u << 20)

struct record {
	struct json_object *json;
	const char *running, *stopped;	/* the plan's */
	void (*on_saved)(struct record *r, void *arg);	/* may be NULL */
	void *arg;
};

/* A fresh one for a guest about to start, without a pid of QEMU. */
struct record *record_new(const struct plan *p, int id);
/* The one that a dead supervisor left behind. */
struct record *record_adopt(const struct plan *p, struct error **err);
void record_free(struct record *r);

void record_set_state(struct record *r, const char *state, const char *reason, const char *why);
/* why: NULL takes it back to what it was when the state was set. */
void record_set_problem(struct record *r, const char *why);
void record_set_process(struct record *r, const char *who, pid_t pid);
/* What is being done about the guest's end, so that a successor goes on with
 * it instead of doing it again; NULL: nothing. */
void record_set_pending(struct record *r, const char *what);
const char *record_pending(const struct record *r);
/* Twice the same in a row is once. */
void record_add_history(struct record *r, const char *what);
void record_add_restart(struct record *r);
/* The entry of a console, NULL when it has none. */
struct json_object *record_console(const struct record *r, const char *name);

bool record_save(struct record *r, struct error **err);
bool record_finish(struct record *r, struct error **err);

/* Whether the pid in who ("qemu", "supervisor") is that very process still. */
bool record_lives(struct json_object *record, const char *who, pid_t *pid);

#endif
