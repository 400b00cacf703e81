/*
 * policy: see policy.h.  Event names and their members are QMP's
 * (qapi/run-state.json); states and reasons are what virsh prints.
 */
#include "backend/supervisor/policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const verb_names[] = {
#define X(id, word) word,
	POLICY_VERBS(X)
#undef X
};

const char *policy_verb_name(enum policy_verb v)
{
	return verb_names[v];
}

bool policy_verb_parse(const char *word, enum policy_verb fallback, enum policy_verb *v)
{
	if (!word) {
		*v = fallback;
		return true;
	}
	for (int i = 0; i < POLICY_VERB_COUNT; i++)
		if (!strcmp(word, verb_names[i])) {
			*v = (enum policy_verb)i;
			return true;
		}
	return false;
}

bool policy_verb_dumps(enum policy_verb v)
{
	return v == POLICY_COREDUMP_DESTROY || v == POLICY_COREDUMP_RESTART;
}

bool policy_verb_restarts(enum policy_verb v)
{
	return v == POLICY_RESTART || v == POLICY_RENAME_RESTART || v == POLICY_COREDUMP_RESTART;
}

void policy_init(struct policy *p, enum policy_verb on_poweroff, enum policy_verb on_reboot,
		 enum policy_verb on_crash)
{
	memset(p, 0, sizeof(*p));
	p->on_poweroff = on_poweroff;
	p->on_reboot = on_reboot;
	p->on_crash = on_crash;
	p->state = "paused";
	p->reason = "starting up";
	p->stop_reason = "starting up";
	p->run_reason = "booted";
}

bool policy_intercepts_reboot(const struct policy *p)
{
	return p->on_reboot != POLICY_RESTART && p->on_reboot != POLICY_RENAME_RESTART;
}

__attribute__((format(printf, 4, 5)))
static struct policy_step change(struct policy *p, const char *state, const char *reason,
				 const char *fmt, ...)
{
	struct policy_step step = { .state = state, .reason = reason };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(step.why, sizeof(step.why), fmt, ap);
	va_end(ap);
	p->state = state;
	p->reason = reason;
	return step;
}

static struct policy_step nothing(void)
{
	return (struct policy_step){ .act = POLICY_NOTHING };
}

/* The guest has come to an end; decide once what follows. */
static struct policy_step end(struct policy *p, enum policy_ending ending, enum policy_verb verb,
			      const char *end_reason, int64_t now_ms, struct policy_step step)
{
	p->ending = ending;
	p->end_reason = end_reason;
	snprintf(p->why, sizeof(p->why), "%s", step.why);
	p->shutdown_asked = p->reboot_asked = p->held = false;
	step.act = POLICY_APPLY;
	step.verb = verb;
	step.happened = p->why;
	if (verb == POLICY_PRESERVE && ending != POLICY_CRASH) {
		step.state = p->state = "paused";
		step.reason = p->reason = "shutting down";
	}
	if (policy_verb_restarts(verb))
		step.delay_ms = backoff_restart(&p->backoff, now_ms);
	return step;
}

static struct policy_step powered_off(struct policy *p, int64_t now_ms)
{
	bool asked = p->shutdown_asked, reboot = p->reboot_asked;
	struct policy_step step = change(p, "in shutdown", "user", "%s",
					 reboot ? "rebooted by the guest, on request" :
					 asked ? "shut down by the guest, on request" :
					 "shut down by the guest");

	if (reboot) {
		step = end(p, POLICY_REBOOT, POLICY_RESTART, "shutdown", now_ms, step);
		step.delay_ms = 0;
		return step;
	}
	/* Whoever asked for a shutdown did not ask for a restart loop: the
	 * policy still says what "off" means, as in libvirt. */
	return end(p, POLICY_POWEROFF, p->on_poweroff, "shutdown", now_ms, step);
}

static struct policy_step rebooted(struct policy *p, int64_t now_ms)
{
	bool dog = p->watchdog;
	struct policy_step step = change(p, "in shutdown", "user", "%s",
					 dog ? "reset by the watchdog" : "rebooted by the guest");

	return end(p, POLICY_REBOOT, p->on_reboot, "shutdown", now_ms, step);
}

static struct policy_step crashed(struct policy *p, int64_t now_ms)
{
	struct policy_step step = change(p, "crashed", "panicked", "the guest panicked");

	return end(p, POLICY_CRASH, p->on_crash, "crashed", now_ms, step);
}

/* QEMU itself is about to end: what comes next is its exit. */
static struct policy_step qemu_ends(struct policy *p, const char *why)
{
	p->ending = POLICY_QEMU_ENDS;
	p->end_reason = "destroyed";
	snprintf(p->why, sizeof(p->why), "%s", why);
	return nothing();
}

static struct policy_step on_shutdown(struct policy *p, struct json_object *data, int64_t now_ms)
{
	const char *reason = json_str(data, "reason");

	if (p->ending != POLICY_RUNS || p->destroy_asked)
		return nothing();
	if (!reason || !strcmp(reason, "guest-shutdown"))
		return powered_off(p, now_ms);
	if (!strcmp(reason, "guest-reset") || !strcmp(reason, "subsystem-reset"))
		return rebooted(p, now_ms);
	if (!strcmp(reason, "guest-panic"))
		return crashed(p, now_ms);
	if (!strcmp(reason, "host-signal"))
		return qemu_ends(p, "QEMU was ended by a signal");
	if (!strcmp(reason, "host-qmp-quit"))
		return qemu_ends(p, "QEMU was told to quit through its monitor");
	if (!strcmp(reason, "host-ui"))
		return qemu_ends(p, "closed from its display");
	return qemu_ends(p, "QEMU shut down on an error of the host");
}

/* QEMU has reset the guest and lets it run on. */
static struct policy_step on_reset(struct policy *p, struct json_object *data, int64_t now_ms)
{
	bool guest = json_flag(data, "guest", false);
	struct policy_step step = nothing();
	int delay;

	if (!guest)
		p->echo_until_ms = now_ms + POLICY_ECHO_MS;
	if (p->ending != POLICY_RUNS || p->destroy_asked || p->held)
		return step;
	if (!guest) {
		step.happened = "reset";
		return step;
	}
	if (now_ms < p->echo_until_ms) {
		p->echo_until_ms = 0;
		return step;
	}
	p->echo_until_ms = now_ms + POLICY_ECHO_MS;
	step.happened = p->watchdog ? "reset by the watchdog" : "rebooted by the guest";
	p->watchdog = p->reboot_asked = false;
	delay = backoff_restart(&p->backoff, now_ms);
	if (delay == 0)
		return step;
	p->held = true;
	step = change(p, "paused", "starting up",
		      "the guest rebooted %u times in a row: held for %d s",
		      p->backoff.in_a_row, delay / 1000);
	step.act = POLICY_HOLD;
	step.delay_ms = delay;
	snprintf(p->why, sizeof(p->why), "%s", step.why);
	step.happened = p->why;
	return step;
}

static struct policy_step on_panic(struct policy *p, int64_t now_ms)
{
	if (p->ending != POLICY_RUNS || p->destroy_asked)
		return nothing();
	return crashed(p, now_ms);
}

static struct policy_step on_stop(struct policy *p)
{
	const char *reason = p->stop_reason ? p->stop_reason : "user";

	if (p->ending != POLICY_RUNS || p->held)
		return nothing();
	p->stop_reason = NULL;
	if (!strcmp(reason, "ioerror"))
		return change(p, "paused", reason, "an input/output error stopped the guest");
	if (!strcmp(reason, "watchdog"))
		return change(p, "paused", reason, "the watchdog stopped the guest");
	return change(p, "paused", reason, "paused");
}

static struct policy_step on_resume(struct policy *p)
{
	const char *reason = p->run_reason ? p->run_reason : "unpaused";
	struct policy_step step;

	/* A panicked guest can be told to go on; one that is off cannot. */
	if (p->ending == POLICY_CRASH)
		p->ending = POLICY_RUNS;
	if (p->ending != POLICY_RUNS)
		return nothing();
	p->run_reason = p->stop_reason = NULL;
	p->held = false;
	step = change(p, "running", reason, "%s", strcmp(reason, "booted") ? "resumed" : "started");
	step.happened = strcmp(reason, "booted") ? "resumed" : "started";
	return step;
}

static struct policy_step on_watchdog(struct policy *p, struct json_object *data)
{
	const char *action = json_str(data, "action");
	struct policy_step step = nothing();

	step.happened = "the watchdog bit";
	if (!action)
		return step;
	if (!strcmp(action, "pause"))
		p->stop_reason = "watchdog";
	else if (!strcmp(action, "reset"))
		p->watchdog = true;
	else if (!strcmp(action, "poweroff") && p->ending == POLICY_RUNS)
		qemu_ends(p, "powered off by the watchdog");
	return step;
}

static struct policy_step on_io_error(struct policy *p, struct json_object *data)
{
	const char *action = json_str(data, "action");
	struct policy_step step = nothing();

	if (action && !strcmp(action, "stop"))
		p->stop_reason = "ioerror";
	step.happened = json_flag(data, "nospace", false) ?
		"a disk image could not grow: no space left on the host" :
		"input/output error of a disk";
	return step;
}

struct policy_step policy_event(struct policy *p, const char *event, struct json_object *data,
				int64_t now_ms)
{
	struct policy_step step = nothing();

	if (!strcmp(event, "SHUTDOWN"))
		return on_shutdown(p, data, now_ms);
	if (!strcmp(event, "RESET"))
		return on_reset(p, data, now_ms);
	if (!strcmp(event, "GUEST_PANICKED"))
		return on_panic(p, now_ms);
	if (!strcmp(event, "STOP"))
		return on_stop(p);
	if (!strcmp(event, "RESUME"))
		return on_resume(p);
	if (!strcmp(event, "WATCHDOG"))
		return on_watchdog(p, data);
	if (!strcmp(event, "BLOCK_IO_ERROR"))
		return on_io_error(p, data);
	if (!strcmp(event, "SUSPEND") && p->ending == POLICY_RUNS)
		return change(p, "pmsuspended", "unknown", "suspended by the guest");
	if (!strcmp(event, "WAKEUP") && p->ending == POLICY_RUNS)
		return change(p, "running", "wakeup", "woken up");
	if (!strcmp(event, "GUEST_CRASHLOADED"))
		step.happened = "the guest crashed and saves its own dump";
	return step;
}

struct policy_step policy_adopt(struct policy *p, const char *status, const char *recorded,
				int64_t now_ms)
{
	p->run_reason = p->stop_reason = NULL;
	if (!strcmp(status, "shutdown")) {
		struct policy_step step = powered_off(p, now_ms);

		/* QEMU keeps no trace of which of the two it was. */
		if (p->ending == POLICY_POWEROFF && policy_intercepts_reboot(p) &&
		    !(recorded && !strcmp(recorded, "in shutdown")))
			snprintf(step.why, sizeof(step.why),
				 "shut down by the guest (or rebooted: nobody watched)");
		snprintf(p->why, sizeof(p->why), "%s", step.why);
		return step;
	}
	if (!strcmp(status, "guest-panicked"))
		return crashed(p, now_ms);
	if (!strcmp(status, "io-error"))
		return change(p, "paused", "ioerror", "an input/output error stopped the guest");
	if (!strcmp(status, "watchdog"))
		return change(p, "paused", "watchdog", "the watchdog stopped the guest");
	if (!strcmp(status, "suspended"))
		return change(p, "pmsuspended", "unknown", "suspended by the guest");
	if (!strcmp(status, "internal-error"))
		return change(p, "paused", "unknown", "QEMU stopped the guest: internal error");
	if (!strcmp(status, "prelaunch"))
		return change(p, "paused", "starting up", "not started yet");
	if (strcmp(status, "running"))
		return change(p, "paused", "user", "paused");
	return change(p, "running", "unpaused", "running");
}

void policy_hold_over(struct policy *p, int64_t now_ms)
{
	p->held = false;
	p->echo_until_ms = now_ms + POLICY_ECHO_MS;
	p->run_reason = "booted";
}

void policy_restarted(struct policy *p)
{
	p->ending = POLICY_RUNS;
	p->end_reason = NULL;
	p->held = p->watchdog = p->shutdown_asked = p->reboot_asked = false;
	p->stop_reason = NULL;
	p->run_reason = "booted";
}

static struct policy_step exit_by_signal(struct policy *p, int sig, const char *verb)
{
	return change(p, "shut off", "crashed", "QEMU was %s by signal %d (%s)", verb, sig,
		      strsignal(sig));
}

/* Nothing had announced the end. */
static struct policy_step unannounced(struct policy *p, const struct policy_exit *e)
{
	const char *reason = e->started ? "crashed" : "failed";

	if (!e->known)
		return change(p, "shut off", reason, "QEMU vanished");
	if (e->by_signal)
		return exit_by_signal(p, e->code, "killed");
	return change(p, "shut off", reason, "QEMU exited with status %d", e->code);
}

struct policy_step policy_exit(struct policy *p, const struct policy_exit *e)
{
	if (p->destroy_asked)
		return change(p, "shut off", "destroyed", "forced off");
	if (p->ending == POLICY_RUNS)
		return unannounced(p, e);
	if (p->ending == POLICY_QEMU_ENDS && e->term_signal)
		return change(p, "shut off", "destroyed", "QEMU was ended by signal %d (%s)",
			      e->term_signal, strsignal(e->term_signal));
	return change(p, "shut off", p->end_reason, "%s", p->why);
}
