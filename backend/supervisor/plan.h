/*
 * plan: the launch plan (docs/HACKING.md), checked once and then read by name.
 *
 * Strings are borrowed from the plan's JSON and live as long as the plan does.
 */
#ifndef BACKEND_SUPERVISOR_PLAN_H
#define BACKEND_SUPERVISOR_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"
#include "backend/base/json.h"
#include "backend/supervisor/policy.h"

#define PLAN_MAX (8u << 20)

struct plan_console {
	const char *name, *qemu, *client;
	const char *pty, *log;		/* NULL: none */
	char *chardev;			/* QEMU's id of it, NULL if not found; owned */
	bool append, timestamps;
	size_t ring;			/* bytes kept for replay */
	uint64_t log_max;		/* bytes until the log is rotated */
};

struct plan {
	struct json_object *json;
	const char *uuid, *name, *emulator;
	const char *monitor, *rescue;	/* rescue may be NULL */
	const char *runtime_dir, *guest_dir, *log;
	const char *running_record, *stopped_record;
	const char *coredump_dir;	/* NULL: beside the log */
	const char *agent;		/* socket of the guest agent's channel, or NULL */
	enum policy_verb on_poweroff, on_reboot, on_crash;
	bool kvm, paused;
	struct plan_console *consoles;
	size_t n_consoles;
};

/* Takes the JSON over, also on failure. */
struct plan *plan_new(struct json_object *json, struct error **err);
struct plan *plan_read(const char *path, struct error **err);
void plan_free(struct plan *p);

/* The plan as it may be stored: without its secrets. The caller puts it. */
struct json_object *plan_to_store(const struct plan *p);

/* Once QEMU runs nobody looks at the bulky parts again. */
void plan_trim(struct plan *p);

/* "pc-q35-7.2" from the arguments; the caller frees; NULL when not there. */
char *plan_machine(const struct plan *p);

#endif
