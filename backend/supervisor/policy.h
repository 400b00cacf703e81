/*
 * policy: what a guest did, what that is called, and what follows from it.
 *
 * A pure state machine: QMP events, the end of QEMU and what we were asked for
 * go in; out comes a step: the guest's new state with its reason (libvirt's
 * words, and a sentence), and what to do.  It neither talks to QEMU nor reads a
 * clock, so the whole matrix of endings is tested without either.
 *
 * Each ending is decided once.  After a SHUTDOWN or a panic the guest counts as
 * over, and whatever QEMU still says about it changes nothing until the guest
 * runs again (policy_restarted) or QEMU is gone (policy_exit).
 */
#ifndef BACKEND_SUPERVISOR_POLICY_H
#define BACKEND_SUPERVISOR_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/base/json.h"
#include "backend/supervisor/backoff.h"

/* libvirt's lifecycle actions.  A guest is restarted under its own name, so
 * rename-restart is restart. */
#define POLICY_VERBS(X) \
	X(DESTROY, "destroy") X(RESTART, "restart") X(PRESERVE, "preserve") \
	X(RENAME_RESTART, "rename-restart") X(COREDUMP_DESTROY, "coredump-destroy") \
	X(COREDUMP_RESTART, "coredump-restart")

enum policy_verb {
#define X(id, word) POLICY_##id,
	POLICY_VERBS(X)
#undef X
	POLICY_VERB_COUNT
};

const char *policy_verb_name(enum policy_verb v);
/* word NULL: fallback. False for an unknown word. */
bool policy_verb_parse(const char *word, enum policy_verb fallback, enum policy_verb *v);
bool policy_verb_dumps(enum policy_verb v);
bool policy_verb_restarts(enum policy_verb v);

/* SeaBIOS answers a reset with one of its own, to get at clean memory: one that
 * follows another so soon is no reboot of its own. */
#define POLICY_ECHO_MS 1000

/* How the guest ended, once it has. */
enum policy_ending {
	POLICY_RUNS, POLICY_POWEROFF, POLICY_REBOOT, POLICY_CRASH, POLICY_QEMU_ENDS,
};

enum policy_act {
	POLICY_NOTHING,		/* only the state, or not even that */
	POLICY_APPLY,		/* carry out step.verb: dump, restart, destroy or leave */
	POLICY_HOLD,		/* stop the guest, let it go on after step.delay_ms */
};

struct policy_step {
	enum policy_act act;
	enum policy_verb verb;
	int delay_ms;		/* before a restart, or of the hold */
	const char *state;	/* NULL: unchanged */
	const char *reason;
	const char *happened;	/* for the history; NULL: nothing worth telling */
	char why[256];
};

struct policy {
	enum policy_verb on_poweroff, on_reboot, on_crash;
	struct backoff backoff;
	int64_t echo_until_ms;		/* see POLICY_ECHO_MS */
	enum policy_ending ending;
	/* Asked of us and not yet happened. */
	bool shutdown_asked, reboot_asked, destroy_asked;
	bool held;			/* stopped by our own back-off */
	bool watchdog;			/* the watchdog bit since the guest last began */
	const char *stop_reason;	/* what the next STOP will be for; NULL: a user */
	const char *run_reason;		/* what the next RESUME will be; NULL: unpaused */
	const char *state, *reason;	/* present state */
	char why[256];			/* of the ending */
	const char *end_reason;		/* reason of the final record, once there is an ending */
};

void policy_init(struct policy *p, enum policy_verb on_poweroff, enum policy_verb on_reboot,
		 enum policy_verb on_crash);

/* QEMU resets itself on a guest's reboot unless something else is wanted; then
 * it has to be told (set-action reboot=shutdown), so that even without a
 * supervisor the guest does not go on. */
bool policy_intercepts_reboot(const struct policy *p);

/* A QMP event. */
struct policy_step policy_event(struct policy *p, const char *event,
				struct json_object *data, int64_t now_ms);

/* What query-status says of a QEMU we have just adopted, whose events we
 * missed.  recorded is the state of the run record. */
struct policy_step policy_adopt(struct policy *p, const char *status, const char *recorded,
				int64_t now_ms);

/* A hold was stopped for, and is over. */
void policy_hold_over(struct policy *p, int64_t now_ms);

/* The restart of a step was carried out: reset, and about to run. */
void policy_restarted(struct policy *p);

/* How QEMU's process ended; known is false when it was not our child. */
struct policy_exit {
	bool known;
	bool by_signal;
	int code;		/* exit status or signal number */
	bool started;		/* it had answered on its monitor */
	int term_signal;	/* what QEMU's own log names as the signal it ended on, or 0 */
};
struct policy_step policy_exit(struct policy *p, const struct policy_exit *e);

#endif
