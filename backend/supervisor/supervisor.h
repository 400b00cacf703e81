/*
 * supervisor: one running guest and everything around it.
 *
 * The parts know nothing of each other; here they are put together:
 *
 *   start.c      plan -> QEMU, up to the answer "started"
 *   adopt.c      a QEMU whose supervisor is gone -> the same
 *   supervisor.c events of QEMU -> policy -> record and lifecycle; the end
 *   lifecycle.c  carrying out what the policy or a client wants: restart, dump,
 *                hold, force off
 *   dump.c       a core dump of the guest's memory
 *   activity.c   consoles -> record, now and then
 *   requests.c   what clients may ask
 */
#ifndef BACKEND_SUPERVISOR_SUPERVISOR_H
#define BACKEND_SUPERVISOR_SUPERVISOR_H

#include <event2/event.h>
#include <stdbool.h>
#include <sys/types.h>

#include "backend/base/error.h"
#include "backend/supervisor/clients.h"
#include "backend/supervisor/console.h"
#include "backend/supervisor/helpers.h"
#include "backend/supervisor/launch.h"
#include "backend/supervisor/monitor.h"
#include "backend/supervisor/plan.h"
#include "backend/supervisor/policy.h"
#include "backend/supervisor/qemu.h"
#include "backend/supervisor/qemu_log.h"
#include "backend/supervisor/record.h"
#include "backend/supervisor/runtime.h"

/* What lifecycle.c is in the middle of. */
struct lifecycle {
	bool resetting;			/* system_reset is sent, cont follows RESET */
	bool quitting;
	bool quit_heard;		/* QEMU has acknowledged quit */
	bool restart;			/* after the dump, or the delay */
	int delay_ms;			/* of the restart after the dump */
	char *dump_path;		/* NULL: no dump is being written */
	struct event *timer;		/* hold, or delayed restart */
	struct event *intercept;	/* when reboots are intercepted again */
	struct event *ladder;		/* quit, then TERM, then KILL */
	struct request *destroys;	/* to be answered at the end */
	struct event *graceful;		/* how long SIGTERM alone is given */
};

struct supervisor {
	struct event_base *base;
	struct plan *plan;
	struct record *record;		/* NULL until the guest is ours */
	struct qemu_log *log;
	int lock;
	struct qemu qemu;
	struct monitor *monitor;	/* NULL while disconnected */
	bool monitor_ended;
	struct event *reconnect;
	struct policy policy;
	struct lifecycle life;
	struct console **consoles;
	size_t n_consoles;
	struct event *activity;		/* a record of the consoles is due */
	bool bell_due;
	int64_t activity_ms;		/* when one was written last */
	struct clients *clients;
	struct runtime *runtime;
	/* Until the answer is given: */
	struct event *start_deadline;
	int open_commands;		/* of the start, not yet answered */
	struct error *failure;
	void (*on_answer)(struct supervisor *s, struct error *err);
	bool lock_busy;			/* why supervisor_adopt() failed */
	bool answered, booted, finished;
};

void supervisor_init(struct supervisor *s, struct event_base *base);
void supervisor_done(struct supervisor *s);

/* Both end in on_answer, exactly once, with err NULL when QEMU is ours; false
 * means that it was never touched, and on_answer is not called. */
bool supervisor_start(struct supervisor *s, struct plan *plan, struct error **err);
/* gone is set, and true returned, when there was no QEMU any more: then the
 * final record has been written and is in s->record. */
bool supervisor_adopt(struct supervisor *s, const char *guest_dir, bool *gone,
		      struct error **err);

/* Of use to the parts: */
bool supervisor_lock(struct supervisor *s, bool *busy, struct error **err);
/* What its holder is at, and who it is, for who finds it held. */
void supervisor_mark_lock(struct supervisor *s, const char *what);
bool supervisor_open_log(struct supervisor *s, struct error **err);
bool supervisor_open_consoles(struct supervisor *s, bool adopted, struct error **err);
bool supervisor_publish(struct supervisor *s, struct error **err);
/* Take all sockets and links of the guest away. */
void supervisor_withdraw(struct supervisor *s);
bool supervisor_connect(struct supervisor *s, const char *path, struct error **err);
void supervisor_save(struct supervisor *s);
void supervisor_note(struct supervisor *s, const char *what);
/* Take a step of the policy: record it and do what it says. */
void supervisor_step(struct supervisor *s, const struct policy_step *step);
void supervisor_answer(struct supervisor *s);
/* The start cannot go on: QEMU is ended, then on_answer is told why. */
void supervisor_fail(struct supervisor *s, struct error *err);
/* To be called when QEMU's process or its monitor has ended. */
void supervisor_check_end(struct supervisor *s);
/* Write the end into the record; nothing of the guest's is left after it. */
void supervisor_finish(struct supervisor *s, const struct policy_step *step);
/* What query-vnc and the like say about ports, into the record. */
void supervisor_record_vnc(struct supervisor *s, struct json_object *servers);

void lifecycle_apply(struct supervisor *s, const struct policy_step *step);
void lifecycle_hold(struct supervisor *s, int delay_ms);
/* Stop holding, whatever for: somebody else has decided. */
void lifecycle_let_go(struct supervisor *s);
/* An event of QEMU that lifecycle may be waiting for. */
void lifecycle_event(struct supervisor *s, const char *name, struct json_object *data);
/* A hard reset of a guest that runs or is paused; needs the monitor. */
void lifecycle_reset(struct supervisor *s, monitor_done_fn *done, void *arg);
/* Out of the state after its end: reset, and let it go on. */
void lifecycle_restart(struct supervisor *s);
/* The second half of it. */
void lifecycle_go_on(struct supervisor *s);
void lifecycle_quit(struct supervisor *s);
/* TERM and no more; false when QEMU is being ended already. */
void lifecycle_terminate(struct supervisor *s);
/* Write one, then call lifecycle_dumped(), in any case. */
void dump_start(struct supervisor *s);
void dump_event(struct supervisor *s, struct json_object *data);
void lifecycle_dumped(struct supervisor *s, const char *problem);
void lifecycle_done(struct supervisor *s);

void activity_happened(struct supervisor *s, struct console *c);
void activity_write(struct supervisor *s);

void requests_handle(struct supervisor *s, struct request *r);
/* problem NULL: QEMU is gone. */
void requests_answer_destroys(struct supervisor *s, const char *problem);

#endif
