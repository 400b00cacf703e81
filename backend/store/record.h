/*
 * record: the run record of a guest (docs/HACKING.md), read and checked.
 *
 * A record is input like any other: every field may be missing or absurd.  One
 * in running/ is believed after a look at the processes that it names.
 */
#ifndef BACKEND_STORE_RECORD_H
#define BACKEND_STORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "backend/base/error.h"
#include "backend/base/json.h"
#include "backend/store/index.h"

#define RECORD_MAX (1u << 20)

struct record_process {
	int pid;			/* 0: none */
	unsigned long long start_time;
};

struct record {
	char *name;			/* may be NULL */
	char *state;			/* libvirt's word; "no state" when absent */
	char *reason;			/* "unknown" when absent */
	char *why;			/* never NULL */
	char *boot_id;			/* "" when absent */
	char *machine;			/* may be NULL */
	char *definition;		/* the version it was started from; may be NULL */
	int id;				/* -1 when absent */
	time_t since, started;		/* 0 unknown */
	struct record_process qemu, supervisor;
	uint64_t memory;		/* bytes; 0 unknown */
	unsigned vcpus;			/* 0 unknown */
	int restarts;
	bool kvm, transient;
};

enum record_life {
	RECORD_ALIVE,			/* its supervisor lives: what it says is true */
	RECORD_ORPHAN,			/* QEMU lives without a supervisor */
	RECORD_GONE,			/* neither lives */
};

void record_done(struct record *r);
void record_take(struct record *r, struct json_object *o);

/* NULL o on failure. */
struct json_object *record_read_json(const char *path, struct error **err);

/* False when there is no such file; one that cannot be read is a record
 * without state whose why says so.  By way of the index when x is given.  *st
 * is what the file was before it was read. */
bool record_read(struct record *r, const char *path, const char *key, struct index *x,
		 struct stat *st);

enum record_life record_look(const struct record *r);

#endif
