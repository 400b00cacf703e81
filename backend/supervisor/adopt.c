/*
 * adopt: taking over a QEMU whose supervisor is gone.
 *
 * The run record says which process it was and what was being done about it;
 * QEMU itself says what has become of the guest meanwhile, because it was
 * started so that it stops rather than vanishes when the guest ends.  So the
 * policy is applied now, if it has not been.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/base/socket.h"
#include "backend/supervisor/supervisor.h"

#define STATUS_MS 3000

static bool take_lock(struct supervisor *s, struct error **err)
{
	bool busy = false;

	if (supervisor_lock(s, &busy, err)) {
		supervisor_mark_lock(s, "running");
		return true;
	}
	s->lock_busy = busy;
	if (busy)
		error_set(err, "domain '%s' already has a supervisor", s->plan->name);
	return false;
}

/* --- QEMU is gone as well -------------------------------------------------------- */

/* What the dead supervisor had already found out counts. */
static struct policy_step final_step(struct supervisor *s)
{
	const char *state = json_str(s->record->json, "state");
	const char *why = json_str(s->record->json, "why");
	const char *boot = json_str(s->record->json, "boot_id");
	struct policy_step step = { .state = "shut off", .reason = "crashed" };

	if (state && !strcmp(state, "in shutdown"))
		step.reason = "shutdown";
	else if (!boot || strcmp(boot, process_boot_id()))
		why = "the host was rebooted";
	else if (!state || strcmp(state, "crashed"))
		why = "QEMU vanished while nobody watched";
	snprintf(step.why, sizeof(step.why), "%s", why ? why : "");
	return step;
}

static void bury(struct supervisor *s)
{
	struct policy_step step = final_step(s);

	s->qemu.exited = s->answered = true;
	supervisor_finish(s, &step);
}

/* --- QEMU lives ------------------------------------------------------------------ */

static void on_exit_of_qemu(struct qemu *q, void *arg)
{
	(void)q;
	supervisor_check_end(arg);
}

/* The listening socket carries its owner's pid: the one QEMU that the record
 * names, or the one that it did not come to name. */
static bool find_process(struct supervisor *s, pid_t *pid)
{
	AUTO_CLOSE int fd = -1;
	pid_t peer = 0;

	if (record_lives(s->record->json, "qemu", pid))
		return true;
	if (*pid > 0)
		return false;
	fd = socket_connect(s->plan->monitor, NULL);
	if (fd < 0 || !socket_peer(fd, &peer, NULL) || peer <= 0 ||
	    process_start_time(peer) == 0)
		return false;
	*pid = peer;
	return true;
}

static bool reach_monitor(struct supervisor *s, struct error **err)
{
	pid_t peer = 0;

	if (!supervisor_connect(s, s->plan->monitor, err))
		return false;
	if (socket_peer(monitor_fd(s->monitor), &peer, NULL) && peer != s->qemu.pid) {
		error_set(err, "'%s' is not the monitor of process %d", s->plan->monitor,
			  (int)s->qemu.pid);
		return false;
	}
	return true;
}

static bool is_pending_restart(struct supervisor *s)
{
	const char *pending = record_pending(s->record);
	enum policy_verb v;

	return pending && policy_verb_parse(pending, POLICY_DESTROY, &v) &&
		policy_verb_restarts(v);
}

/* Begun by the predecessor: that very thing is carried on with. */
static void resume_pending(struct supervisor *s, struct policy_step *step)
{
	enum policy_verb v;

	if (record_pending(s->record) && step->act == POLICY_APPLY &&
	    policy_verb_parse(record_pending(s->record), step->verb, &v))
		step->verb = v;
}

static bool was_held(struct supervisor *s, const char *status)
{
	const char *reason = json_str(s->record->json, "reason");

	return !strcmp(status, "paused") && reason && !strcmp(reason, "starting up");
}

static void go_on_from(struct supervisor *s, const char *status)
{
	const char *recorded = json_str(s->record->json, "state");
	struct policy_step step;

	s->policy.reboot_asked = json_flag(s->record->json, "reboot_asked", false);
	if (!strcmp(status, "prelaunch") && is_pending_restart(s)) {
		lifecycle_go_on(s);
		return;
	}
	if (was_held(s, status)) {
		policy_hold_over(&s->policy, loop_now_ms());
		monitor_tell(s->monitor, "cont", NULL);
		return;
	}
	step = policy_adopt(&s->policy, status, recorded, loop_now_ms());
	resume_pending(s, &step);
	if (step.act != POLICY_APPLY) {
		record_set_pending(s->record, NULL);
		/* As it was left: then it also has the reason it had. */
		if (recorded && step.state && !strcmp(recorded, step.state))
			step.state = NULL;
	}
	supervisor_step(s, &step);
}

static void settled(struct supervisor *s)
{
	s->booted = true;
	plan_trim(s->plan);
	supervisor_answer(s);
}

static void on_status(struct json_object *reply, const char *problem, void *arg)
{
	struct supervisor *s = arg;
	const char *status = json_str(json_get(reply, "return"), "status");

	if (s->finished || s->qemu.exited || !s->monitor)
		return;
	if (problem)
		supervisor_note(s, problem);
	else if (status)
		go_on_from(s, status);
	settled(s);
}

static void ask(struct supervisor *s)
{
	if (policy_intercepts_reboot(&s->policy)) {
		struct json_object *o = json_object_new_object();

		json_set_str(o, "reboot", "shutdown");
		monitor_tell(s->monitor, "set-action", o);
	}
	monitor_command(s->monitor, "query-status", NULL, -1, STATUS_MS, on_status, s);
}

/* Somebody may sit in the monitor: there is the rescue door. */
static void on_silent(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->start_deadline);
	if (s->qemu.exited)
		return;
	if (s->monitor && !monitor_negotiated(s->monitor) && s->plan->rescue) {
		struct monitor *silent = s->monitor;

		s->monitor = NULL;
		monitor_free(silent);
		if (supervisor_connect(s, s->plan->rescue, NULL)) {
			supervisor_note(s, "QEMU's monitor does not greet: using the rescue monitor");
			ask(s);
			s->start_deadline = loop_after(s->base, STATUS_MS, on_silent, s);
			return;
		}
	}
	record_set_problem(s->record, "QEMU does not answer");
	supervisor_note(s, "QEMU does not answer");
	settled(s);
}

static bool take_over(struct supervisor *s, pid_t pid, struct error **err)
{
	if (!qemu_watch(&s->qemu, s->base, pid, false, on_exit_of_qemu, s, err))
		return false;
	record_set_process(s->record, "qemu", pid);
	record_add_history(s->record, "taken over by a new supervisor");
	qemu_log_note(s->log, "virtty: taken over by a new supervisor");
	qemu_log_mark(s->log);
	if (!reach_monitor(s, err) || !supervisor_open_consoles(s, true, err))
		return false;
	/* Without a runtime directory it is still supervised; it is tried again. */
	supervisor_publish(s, NULL);
	supervisor_save(s);
	ask(s);
	s->start_deadline = loop_after(s->base, STATUS_MS, on_silent, s);
	return true;
}

bool supervisor_adopt(struct supervisor *s, const char *guest_dir, bool *gone,
		      struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/plan.json", guest_dir);
	pid_t pid = 0;

	*gone = false;
	s->plan = plan_read(path, err);
	if (!s->plan || !take_lock(s, err))
		return false;
	s->record = record_adopt(s->plan, err);
	if (!s->record || !supervisor_open_log(s, err))
		return false;
	policy_init(&s->policy, s->plan->on_poweroff, s->plan->on_reboot, s->plan->on_crash);
	s->policy.run_reason = s->policy.stop_reason = NULL;
	if (!find_process(s, &pid)) {
		bury(s);
		*gone = true;
		return true;
	}
	return take_over(s, pid, err);
}
