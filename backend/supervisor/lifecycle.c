/*
 * lifecycle: what becomes of a guest, carried out step by step: restart, dump,
 * hold, force off.  What is to be done is decided elsewhere (policy.h, or a
 * client); it is written to the record before it is begun, so that a successor
 * goes on where we stopped.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/supervisor/supervisor.h"

/* How long QEMU gets to begin quitting, to finish it (it flushes disks), and to
 * heed a SIGTERM. */
#define QUIT_MS 3000
#define FLUSH_MS 20000
#define TERM_MS 3000

static void set_action_reboot(struct supervisor *s, const char *what)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "reboot", what);
	monitor_tell(s->monitor, "set-action", o);
}

static void on_reset_sent(struct json_object *reply, const char *problem, void *arg)
{
	struct supervisor *s = arg;
	AUTO_FREE char *what = NULL;

	(void)reply;
	if (!problem)
		return;
	s->life.resetting = false;
	what = mem_printf("restart failed: %s", problem);
	supervisor_note(s, what);
}

/* Where a reboot is to end the guest, a reset of ours and the firmware's echo
 * of it must not: for that long QEMU is switched to really resetting. */
static void intercept_again(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->life.intercept);
	if (s->monitor)
		set_action_reboot(s, "shutdown");
}

static void system_reset(struct supervisor *s, monitor_done_fn *done, void *arg)
{
	if (policy_intercepts_reboot(&s->policy)) {
		set_action_reboot(s, "reset");
		loop_cancel(&s->life.intercept);
		s->life.intercept = loop_after(s->base, POLICY_ECHO_MS, intercept_again, s);
	}
	monitor_command(s->monitor, "system_reset", NULL, -1, MONITOR_TIMEOUT_MS, done, arg);
}

/* The echo has come. */
static void guest_reset(struct supervisor *s)
{
	if (s->life.intercept)
		intercept_again(s);
}

void lifecycle_reset(struct supervisor *s, monitor_done_fn *done, void *arg)
{
	system_reset(s, done, arg);
}

/* A guest that is off or has crashed stays stopped after the reset; it is let
 * go on once QEMU reports that the reset is done. */
void lifecycle_restart(struct supervisor *s)
{
	if (!s->monitor || s->life.resetting || s->life.quitting)
		return;
	s->life.restart = false;
	s->life.resetting = true;
	record_set_pending(s->record, "restart");
	supervisor_save(s);
	system_reset(s, on_reset_sent, s);
}

static void restart_now(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->life.timer);
	lifecycle_restart(s);
}

static void restart_after(struct supervisor *s, int delay_ms)
{
	AUTO_FREE char *what = NULL;

	if (delay_ms == 0) {
		lifecycle_restart(s);
		return;
	}
	what = mem_printf("restarts too often: held for %d s", delay_ms / 1000);
	record_set_pending(s->record, "restart");
	supervisor_note(s, what);
	loop_cancel(&s->life.timer);
	s->life.timer = loop_after(s->base, delay_ms, restart_now, s);
}

static void reset_done(struct supervisor *s)
{
	s->life.resetting = false;
	lifecycle_go_on(s);
}

void lifecycle_go_on(struct supervisor *s)
{
	policy_restarted(&s->policy);
	record_add_restart(s->record);
	json_object_object_del(s->record->json, "reboot_asked");
	monitor_tell(s->monitor, "cont", NULL);
}

void lifecycle_event(struct supervisor *s, const char *name, struct json_object *data)
{
	if (!strcmp(name, "RESET") && json_flag(data, "guest", false))
		guest_reset(s);
	else if (!strcmp(name, "RESET") && s->life.resetting)
		reset_done(s);
	else if (!strcmp(name, "RESUME"))
		lifecycle_let_go(s);
	else if (!strcmp(name, "DUMP_COMPLETED") && s->life.dump_path)
		dump_event(s, data);
}

/* The end of the guest is decided and recorded; now make it so. */
static void conclude(struct supervisor *s)
{
	if (s->life.quitting)
		return;
	if (s->life.restart) {
		restart_after(s, s->life.delay_ms);
		return;
	}
	lifecycle_quit(s);
}

void lifecycle_dumped(struct supervisor *s, const char *problem)
{
	AUTO_FREE char *what = problem ? mem_printf("core dump failed: %s", problem) :
		mem_printf("core dump written: %s", s->life.dump_path);

	free(MEM_STEAL(s->life.dump_path));
	/* A successor must not dump again. */
	record_set_pending(s->record, s->life.restart ? "restart" : "destroy");
	supervisor_note(s, what);
	conclude(s);
}

void lifecycle_apply(struct supervisor *s, const struct policy_step *step)
{
	if (s->life.quitting)
		return;
	if (step->verb == POLICY_PRESERVE) {
		record_set_pending(s->record, NULL);
		supervisor_save(s);
		return;
	}
	record_set_pending(s->record, policy_verb_name(step->verb));
	supervisor_save(s);
	s->life.restart = policy_verb_restarts(step->verb);
	s->life.delay_ms = step->delay_ms;
	if (policy_verb_dumps(step->verb))
		dump_start(s);
	else
		conclude(s);
}

static void hold_over(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->life.timer);
	policy_hold_over(&s->policy, loop_now_ms());
	if (s->monitor)
		monitor_tell(s->monitor, "cont", NULL);
}

void lifecycle_hold(struct supervisor *s, int delay_ms)
{
	loop_cancel(&s->life.timer);
	s->life.timer = loop_after(s->base, delay_ms, hold_over, s);
	if (s->monitor)
		monitor_tell(s->monitor, "stop", NULL);
}

void lifecycle_let_go(struct supervisor *s)
{
	loop_cancel(&s->life.timer);
}

static void kill_now(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->life.ladder);
	qemu_log_note(s->log, "virtty: QEMU does not end: SIGKILL");
	qemu_signal(&s->qemu, SIGKILL);
}

static void terminate_now(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->life.ladder);
	qemu_signal(&s->qemu, SIGTERM);
	s->life.ladder = loop_after(s->base, TERM_MS, kill_now, s);
}

static void on_quit_answer(struct json_object *reply, const char *problem, void *arg)
{
	struct supervisor *s = arg;

	(void)reply;
	if (s->qemu.exited || !s->life.quitting)
		return;
	loop_cancel(&s->life.ladder);
	if (problem)
		terminate_now(s);
	else
		s->life.ladder = loop_after(s->base, FLUSH_MS, terminate_now, s);
}

void lifecycle_quit(struct supervisor *s)
{
	if (s->life.quitting)
		return;
	s->life.quitting = true;
	lifecycle_let_go(s);
	/* One that let a deadline pass already is not asked again for long. */
	if (s->monitor && monitor_answers(s->monitor))
		monitor_command(s->monitor, "quit", NULL, -1, QUIT_MS, on_quit_answer, s);
	else
		terminate_now(s);
}

void lifecycle_terminate(struct supervisor *s)
{
	if (!s->life.quitting)
		qemu_signal(&s->qemu, SIGTERM);
}

void lifecycle_done(struct supervisor *s)
{
	loop_cancel(&s->life.timer);
	loop_cancel(&s->life.ladder);
	loop_cancel(&s->life.graceful);
	loop_cancel(&s->life.intercept);
	free(MEM_STEAL(s->life.dump_path));
}
