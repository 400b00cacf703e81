/*
 * policy and backoff: every way a guest can end, what it is called, what is
 * done about it, and that it is done once.
 */
#include <string.h>

#include "backend/supervisor/policy.h"
#include "tests/unit/tap.h"

static struct policy_step event(struct policy *p, const char *name, const char *data, int64_t now)
{
	struct json_object *o = data ? json_tokener_parse(data) : NULL;
	struct policy_step step = policy_event(p, name, o, now);

	json_object_put(o);
	return step;
}

#define GUEST_OFF "{\"guest\": true, \"reason\": \"guest-shutdown\"}"
#define GUEST_RESET "{\"guest\": true, \"reason\": \"guest-reset\"}"
#define PANIC "{\"action\": \"pause\"}"

static struct policy running(enum policy_verb off, enum policy_verb reboot, enum policy_verb crash)
{
	struct policy p;

	policy_init(&p, off, reboot, crash);
	event(&p, "RESUME", NULL, 0);
	return p;
}

static void test_verbs(void)
{
	enum policy_verb v;

	ok(policy_verb_parse("coredump-restart", POLICY_DESTROY, &v) && v == POLICY_COREDUMP_RESTART,
	   "a verb by its word");
	ok(policy_verb_parse(NULL, POLICY_PRESERVE, &v) && v == POLICY_PRESERVE, "none: the fallback");
	ok(!policy_verb_parse("explode", POLICY_DESTROY, &v), "an unknown word");
	ok(policy_verb_restarts(POLICY_RENAME_RESTART) && !policy_verb_restarts(POLICY_DESTROY),
	   "rename-restart restarts");
}

static void test_start(void)
{
	struct policy p;
	struct policy_step step;

	policy_init(&p, POLICY_DESTROY, POLICY_RESTART, POLICY_DESTROY);
	step = event(&p, "RESUME", NULL, 0);
	is_str(step.state, "running", "runs");
	is_str(step.reason, "booted", "booted the first time");
	step = event(&p, "STOP", NULL, 0);
	is_str(step.reason, "user", "stopped by a user");
	step = event(&p, "RESUME", NULL, 0);
	is_str(step.reason, "unpaused", "unpaused the second time");
	event(&p, "BLOCK_IO_ERROR", "{\"action\": \"stop\", \"nospace\": true}", 0);
	step = event(&p, "STOP", NULL, 0);
	is_str(step.reason, "ioerror", "stopped by a full disk");
	event(&p, "RESUME", NULL, 0);
	event(&p, "BLOCK_IO_ERROR", "{\"action\": \"report\"}", 0);
	step = event(&p, "STOP", NULL, 0);
	is_str(step.reason, "user", "an error that is only reported stops nothing");
}

/* Each verb for each ending: applied, once. */
static void test_matrix(void)
{
	static const struct { const char *event, *data, *why; } endings[] = {
		{ "SHUTDOWN", GUEST_OFF, "shut down by the guest" },
		{ "SHUTDOWN", GUEST_RESET, "rebooted by the guest" },
		{ "GUEST_PANICKED", PANIC, "the guest panicked" },
	};

	for (int v = 0; v < POLICY_VERB_COUNT; v++)
		for (int e = 0; e < 3; e++) {
			enum policy_verb verb = (enum policy_verb)v, other = POLICY_DESTROY;
			struct policy p = running(e == 0 ? verb : other, e == 1 ? verb : other,
						  e == 2 ? verb : other);
			struct policy_step step = event(&p, endings[e].event, endings[e].data, 5);

			ok(step.act == POLICY_APPLY && step.verb == verb, "%s: %s is applied",
			   endings[e].why, policy_verb_name(verb));
			is_str(step.why, endings[e].why, "and named");
			step = event(&p, endings[e].event, endings[e].data, 6);
			ok(step.act == POLICY_NOTHING && !step.state, "once");
			step = event(&p, "STOP", NULL, 6);
			ok(step.act == POLICY_NOTHING && !step.state, "the stop behind it says nothing new");
		}
}

static void test_states(void)
{
	struct policy p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_PRESERVE);
	struct policy_step step = event(&p, "GUEST_PANICKED", PANIC, 0);

	is_str(step.state, "crashed", "a crash that is preserved");
	is_str(step.reason, "panicked", "and its reason");
	event(&p, "RESUME", NULL, 0);
	step = event(&p, "GUEST_PANICKED", PANIC, 1);
	ok(step.act == POLICY_APPLY, "resumed, it can panic again");
	p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_RESTART);
	event(&p, "GUEST_PANICKED", PANIC, 0);
	is_str(event(&p, "RESUME", NULL, 0).state, "running", "resumed before its restart was due");
	p = running(POLICY_PRESERVE, POLICY_RESTART, POLICY_DESTROY);
	step = event(&p, "SHUTDOWN", GUEST_OFF, 0);
	is_str(step.state, "paused", "a guest that is off, preserved");
	is_str(step.reason, "shutting down", "and its reason");
	p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_DESTROY);
	step = event(&p, "SUSPEND", NULL, 0);
	is_str(step.state, "pmsuspended", "suspended by the guest");
	step = event(&p, "WAKEUP", NULL, 0);
	is_str(step.state, "running", "woken up");
}

static void test_requests(void)
{
	struct policy p = running(POLICY_DESTROY, POLICY_DESTROY, POLICY_DESTROY);
	struct policy_step step;

	p.shutdown_asked = true;
	step = event(&p, "SHUTDOWN", GUEST_OFF, 0);
	is_str(step.why, "shut down by the guest, on request", "a shutdown honoured");
	p = running(POLICY_DESTROY, POLICY_DESTROY, POLICY_DESTROY);
	p.reboot_asked = true;
	step = event(&p, "SHUTDOWN", GUEST_OFF, 0);
	ok(step.act == POLICY_APPLY && step.verb == POLICY_RESTART, "a reboot asked for restarts");
	policy_restarted(&p);
	step = event(&p, "RESUME", NULL, 0);
	is_str(step.reason, "booted", "and is booted");
	step = event(&p, "SHUTDOWN", GUEST_OFF, 0);
	ok(step.verb == POLICY_DESTROY, "but only once");
	p = running(POLICY_RESTART, POLICY_RESTART, POLICY_RESTART);
	p.destroy_asked = true;
	ok(event(&p, "SHUTDOWN", GUEST_OFF, 0).act == POLICY_NOTHING, "nothing restarts what is destroyed");
	ok(event(&p, "GUEST_PANICKED", PANIC, 0).act == POLICY_NOTHING, "not even a panic");
}

static void test_reset_loop(void)
{
	struct policy p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_DESTROY);
	struct policy_step step;
	int64_t now = 100000;

	for (int i = 0; i < BACKOFF_FREE; i++, now += 50) {
		step = event(&p, "RESET", GUEST_RESET, now);
		ok(step.act == POLICY_NOTHING && step.happened, "reset %d is free", i + 1);
		step = event(&p, "RESET", GUEST_RESET, now + 20);
		ok(step.act == POLICY_NOTHING && !step.happened, "its echo from the firmware is none");
	}
	step = event(&p, "RESET", GUEST_RESET, now);
	ok(step.act == POLICY_HOLD && step.delay_ms == 1000, "the next one is held for a second");
	is_str(step.state, "paused", "the guest is paused");
	ok(event(&p, "RESET", GUEST_RESET, now + 1).act == POLICY_NOTHING, "held once");
	ok(!event(&p, "STOP", NULL, now + 2).state, "its stop is ours");
	policy_hold_over(&p, now + 1000);
	step = event(&p, "RESUME", NULL, now + 1000);
	is_str(step.state, "running", "then it goes on");
	step = event(&p, "RESET", GUEST_RESET, now + 1020);
	ok(step.act == POLICY_NOTHING, "the echo that was held too");
	step = event(&p, "RESET", GUEST_RESET, now + 1050);
	ok(step.act == POLICY_HOLD && step.delay_ms == 2000, "and is held for longer");
	policy_hold_over(&p, now + 3050);
	event(&p, "RESUME", NULL, now + 3050);
	step = event(&p, "RESET", GUEST_RESET, now + 3050 + BACKOFF_CALM_MS);
	ok(step.act == POLICY_NOTHING, "a guest that ran for a while starts afresh");
	ok(event(&p, "RESET", "{\"guest\": false, \"reason\": \"host-qmp-system-reset\"}",
		 now + 20000).act == POLICY_NOTHING, "resets of ours do not count");
}

static void test_backoff(void)
{
	struct backoff b = { 0, 0 };
	int64_t now = 1;
	int delay = 0;

	for (int i = 0; i < 30; i++) {
		delay = backoff_restart(&b, now);
		now += delay + 10;
	}
	is_int(delay, BACKOFF_LONGEST_MS, "the delay stops growing");
	is_int(backoff_restart(&b, now + BACKOFF_CALM_MS), 0, "calm ends it");
}

static void test_restart_loop(void)
{
	struct policy p = running(POLICY_RESTART, POLICY_RESTART, POLICY_RESTART);
	struct policy_step step = { .delay_ms = 0 };

	for (int i = 0; i < BACKOFF_FREE; i++) {
		step = event(&p, "GUEST_PANICKED", PANIC, 1000 + i);
		is_int(step.delay_ms, 0, "a restart at once");
		policy_restarted(&p);
		event(&p, "RESUME", NULL, 1000 + i);
	}
	step = event(&p, "SHUTDOWN", GUEST_OFF, 1010);
	is_int(step.delay_ms, BACKOFF_FIRST_MS, "then later, whatever the ending");
}

static void test_watchdog(void)
{
	struct policy p = running(POLICY_DESTROY, POLICY_DESTROY, POLICY_DESTROY);
	struct policy_step step;
	struct policy_exit gone = { .known = true, .started = true };

	event(&p, "WATCHDOG", "{\"action\": \"pause\"}", 0);
	step = event(&p, "STOP", NULL, 0);
	is_str(step.reason, "watchdog", "paused by the watchdog");
	p = running(POLICY_DESTROY, POLICY_DESTROY, POLICY_DESTROY);
	event(&p, "WATCHDOG", "{\"action\": \"reset\"}", 0);
	step = event(&p, "SHUTDOWN", GUEST_RESET, 0);
	is_str(step.why, "reset by the watchdog", "reset by the watchdog");
	p = running(POLICY_DESTROY, POLICY_DESTROY, POLICY_DESTROY);
	event(&p, "WATCHDOG", "{\"action\": \"poweroff\"}", 0);
	step = policy_exit(&p, &gone);
	is_str(step.why, "powered off by the watchdog", "powered off by the watchdog");
}

static void exit_is(struct policy *p, struct policy_exit e, const char *reason, const char *why)
{
	struct policy_step step = policy_exit(p, &e);

	is_str(step.state, "shut off", "off");
	is_str(step.reason, reason, reason);
	is_str(step.why, why, why);
}

static void test_exits(void)
{
	struct policy_exit killed = { .known = true, .by_signal = true, .code = 9, .started = true };
	struct policy_exit status = { .known = true, .code = 33, .started = true };
	struct policy_exit unknown = { .started = true };
	struct policy_exit early = { .known = true, .code = 1 };
	struct policy_exit term = { .known = true, .started = true, .term_signal = 15 };
	struct policy p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_DESTROY), q;

	q = p;
	exit_is(&q, killed, "crashed", "QEMU was killed by signal 9 (Killed)");
	killed.code = 11;
	q = p;
	exit_is(&q, killed, "crashed", "QEMU was killed by signal 11 (Segmentation fault)");
	q = p;
	exit_is(&q, status, "crashed", "QEMU exited with status 33");
	q = p;
	exit_is(&q, unknown, "crashed", "QEMU vanished");
	q = p;
	exit_is(&q, early, "failed", "QEMU exited with status 1");
	q = p;
	event(&q, "SHUTDOWN", "{\"guest\": false, \"reason\": \"host-signal\"}", 0);
	exit_is(&q, term, "destroyed", "QEMU was ended by signal 15 (Terminated)");
	q = p;
	event(&q, "SHUTDOWN", "{\"guest\": false, \"reason\": \"host-qmp-quit\"}", 0);
	exit_is(&q, status, "destroyed", "QEMU was told to quit through its monitor");
	q = p;
	event(&q, "SHUTDOWN", GUEST_OFF, 0);
	exit_is(&q, killed, "shutdown", "shut down by the guest");
	q = p;
	event(&q, "GUEST_PANICKED", PANIC, 0);
	exit_is(&q, status, "crashed", "the guest panicked");
	q = p;
	q.destroy_asked = true;
	event(&q, "SHUTDOWN", "{\"guest\": false, \"reason\": \"host-qmp-quit\"}", 0);
	exit_is(&q, status, "destroyed", "forced off");
}

static void test_adopt(void)
{
	static const struct { const char *status, *state, *reason; } plain[] = {
		{ "running", "running", "unpaused" }, { "paused", "paused", "user" },
		{ "io-error", "paused", "ioerror" }, { "watchdog", "paused", "watchdog" },
		{ "suspended", "pmsuspended", "unknown" }, { "prelaunch", "paused", "starting up" },
	};
	struct policy p;
	struct policy_step step;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_DESTROY);
		step = policy_adopt(&p, plain[i].status, "running", 0);
		ok(step.act == POLICY_NOTHING, "%s needs nothing done", plain[i].status);
		is_str(step.state, plain[i].state, "its state");
		is_str(step.reason, plain[i].reason, "its reason");
	}
	p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_DESTROY);
	step = policy_adopt(&p, "shutdown", "running", 0);
	ok(step.act == POLICY_APPLY && step.verb == POLICY_DESTROY, "off: on_poweroff");
	is_str(step.why, "shut down by the guest", "and why");
	ok(policy_adopt(&p, "shutdown", "running", 0).state != NULL, "asked again");
	p = running(POLICY_DESTROY, POLICY_DESTROY, POLICY_DESTROY);
	step = policy_adopt(&p, "shutdown", "running", 0);
	ok(strstr(step.why, "nobody watched") != NULL, "what cannot be known is said so");
	p = running(POLICY_DESTROY, POLICY_DESTROY, POLICY_COREDUMP_DESTROY);
	step = policy_adopt(&p, "guest-panicked", "running", 0);
	ok(step.act == POLICY_APPLY && step.verb == POLICY_COREDUMP_DESTROY, "panicked: on_crash");
	p = running(POLICY_DESTROY, POLICY_RESTART, POLICY_DESTROY);
	p.reboot_asked = true;
	step = policy_adopt(&p, "shutdown", "running", 0);
	ok(step.verb == POLICY_RESTART, "a reboot asked of the predecessor");
}

int main(void)
{
	test_verbs();
	test_start();
	test_matrix();
	test_states();
	test_requests();
	test_reset_loop();
	test_backoff();
	test_restart_loop();
	test_watchdog();
	test_exits();
	test_adopt();
	return tap_done();
}
