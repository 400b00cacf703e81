/*
 * start: from a launch plan to a guest that runs, and the one answer about it.
 *
 * Everything that can fail without QEMU is done first.  Monitor and consoles
 * are connected before QEMU is spawned (the sockets listen already), so no
 * byte of its output is missed and no time is lost looking for it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/supervisor/supervisor.h"

/* From exec to QEMU's greeting: it may have to clear a lot of memory. */
#define GREETING_MS 30000
#define GREETING_MS_PER_GIB 1000
#define ENDING_MS 5000

/* The pid of a holder that is about to let the lock go: it has written so. */
static pid_t holder_that_ends(const char *path)
{
	AUTO_BUF struct buf text = BUF_INIT;
	int pid = 0;

	if (!file_read(path, 64, &text, NULL) || sscanf(buf_text(&text), "ending %d", &pid) != 1)
		return 0;
	return pid;
}

/* The run that ends is known to be over before its supervisor is; whoever
 * starts the guest in between has a moment to wait. */
static bool wait_for_ending(struct supervisor *s, pid_t holder, bool *busy, struct error **err)
{
	AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, holder, 0);
	struct pollfd p = { fd, POLLIN, 0 };

	if (fd >= 0)
		poll(&p, 1, ENDING_MS);
	return supervisor_lock(s, busy, err);
}

static bool take_lock(struct supervisor *s, struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/lock", s->plan->guest_dir);
	bool busy = false;
	pid_t holder;

	if (!supervisor_lock(s, &busy, err) &&
	    !(busy && (holder = holder_that_ends(path)) > 0 &&
	      wait_for_ending(s, holder, &busy, err))) {
		if (busy)
			error_set(err, "domain is already running");
		return false;
	}
	supervisor_mark_lock(s, "running");
	return true;
}

static bool check_not_running(struct supervisor *s, struct error **err)
{
	AUTO_JSON struct json_object *old = json_read_file(s->plan->running_record, RECORD_MAX, NULL);

	if (!record_lives(old, "qemu", NULL))
		return true;
	error_set(err, "domain is already running");
	error_hint(err, "its supervisor is gone; the next virtty command takes it over");
	return false;
}

static bool store_plan(struct supervisor *s, struct error **err)
{
	AUTO_JSON struct json_object *o = plan_to_store(s->plan);
	AUTO_FREE char *path = mem_printf("%s/plan.json", s->plan->guest_dir);
	const char *text = json_text(o);

	return file_replace_unsynced(path, text, strlen(text), 0600, err);
}

/* What `dumpxml` shows of the running guest; ours to write, as the lock is. */
static bool store_live_xml(struct supervisor *s, struct error **err)
{
	const char *text = json_str(s->plan->json, "live_xml");
	AUTO_FREE char *path = mem_printf("%s/live.xml", s->plan->guest_dir);

	return !text || file_replace_unsynced(path, text, strlen(text), 0600, err);
}

static bool prepare(struct supervisor *s, struct launch *l, struct error **err)
{
	int id;

	if (!supervisor_open_log(s, err) || !launch_prepare(l, err) ||
	    !store_plan(s, err) || !store_live_xml(s, err) || !launch_open(l, err))
		return false;
	id = (int)json_int(s->plan->json, "id", 0);
	if (id <= 0 && (id = launch_id(s->plan->running_record, err)) < 0)
		return false;
	s->record = record_new(s->plan, id);
	return supervisor_connect(s, s->plan->monitor, err) &&
		supervisor_open_consoles(s, false, err) &&
		supervisor_publish(s, err) &&
		helpers_start(json_get(s->plan->json, "helpers"), s->plan->guest_dir,
			      qemu_log_fd(s->log), s->record->json, err) &&
		record_save(s->record, err);
}

static void on_exit_of_qemu(struct qemu *q, void *arg)
{
	(void)q;
	supervisor_check_end(arg);
}

static bool spawn(struct supervisor *s, struct launch *l, struct error **err)
{
	pid_t pid;

	qemu_log_note(s->log, "virtty: starting '%s'", s->plan->name);
	qemu_log_mark(s->log);
	if (!launch_spawn(l, qemu_log_fd(s->log), &pid, err))
		return false;
	record_set_process(s->record, "qemu", pid);
	supervisor_save(s);
	return qemu_watch(&s->qemu, s->base, pid, true, on_exit_of_qemu, s, err);
}

static void on_late(void *arg)
{
	struct error *err = NULL;

	error_set(&err, "QEMU did not get ready in time");
	supervisor_fail(arg, err);
}

static void set_deadline(struct supervisor *s)
{
	int64_t gib = json_int(s->plan->json, "memory", 0) >> 30;

	s->start_deadline = loop_after(s->base, GREETING_MS + (int)(gib % 4096) * GREETING_MS_PER_GIB,
				       on_late, s);
}

static void ready(struct supervisor *s)
{
	s->booted = true;
	if (s->plan->paused) {
		s->policy.stop_reason = NULL;
		record_set_state(s->record, "paused", "user", "started paused");
		record_add_history(s->record, "started paused");
		supervisor_save(s);
	}
	plan_trim(s->plan);
	supervisor_answer(s);
}

static void command_done(struct supervisor *s, const char *problem)
{
	s->open_commands--;
	/* With its monitor QEMU itself has ended: that tells more. */
	if (problem && s->monitor && !monitor_ended(s->monitor)) {
		struct error *err = NULL;

		error_set(&err, "QEMU: %s", problem);
		supervisor_fail(s, err);
	} else if (!problem && s->open_commands == 0 && !s->failure) {
		ready(s);
	}
}

static void on_done(struct json_object *reply, const char *problem, void *arg)
{
	(void)reply;
	command_done(arg, problem);
}

static void on_vnc(struct json_object *reply, const char *problem, void *arg)
{
	if (!problem)
		supervisor_record_vnc(arg, json_get(reply, "return"));
	command_done(arg, NULL);
}

static void command(struct supervisor *s, const char *name, struct json_object *arguments,
		    monitor_done_fn *done)
{
	s->open_commands++;
	monitor_command(s->monitor, name, arguments, -1, MONITOR_TIMEOUT_MS, done, s);
}

static void send_secrets(struct supervisor *s)
{
	struct json_object *list = json_get(s->plan->json, "secrets");

	for (size_t i = 0; i < json_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		const char *name = json_str(o, "execute");

		if (name)
			command(s, name, json_object_get(json_get(o, "arguments")), on_done);
	}
}

static bool has_vnc_port(const struct plan *p)
{
	struct json_object *list = json_get(p->json, "graphics");

	for (size_t i = 0; i < json_length(list); i++) {
		struct json_object *g = json_object_array_get_idx(list, i);
		const char *type = json_str(g, "type");

		if (type && !strcmp(type, "vnc") && !json_get(g, "socket"))
			return true;
	}
	return false;
}

static void send_commands(struct supervisor *s)
{
	if (policy_intercepts_reboot(&s->policy)) {
		struct json_object *o = json_object_new_object();

		json_set_str(o, "reboot", "shutdown");
		command(s, "set-action", o, on_done);
	}
	send_secrets(s);
	if (has_vnc_port(s->plan))
		command(s, "query-vnc-servers", NULL, on_vnc);
	command(s, s->plan->paused ? "query-status" : "cont", NULL, on_done);
}

/* Nothing runs yet; leave no trace of the attempt but the log. */
static void undo(struct supervisor *s)
{
	if (!s->record)
		return;
	helpers_end(s->record->json);
	supervisor_withdraw(s);
	unlink(s->plan->running_record);
}

bool supervisor_start(struct supervisor *s, struct plan *plan, struct error **err)
{
	struct launch launch;
	bool ok;

	s->plan = plan;
	policy_init(&s->policy, plan->on_poweroff, plan->on_reboot, plan->on_crash);
	if (!file_make_dirs(plan->guest_dir, true, err) || !take_lock(s, err) ||
	    !check_not_running(s, err))
		return false;
	launch_init(&launch, plan);
	ok = prepare(s, &launch, err) && spawn(s, &launch, err);
	launch_done(&launch);
	if (!ok) {
		if (*err)
			qemu_log_note(s->log, "virtty: %s", error_message(*err));
		qemu_signal(&s->qemu, 9);
		undo(s);
		return false;
	}
	set_deadline(s);
	send_commands(s);
	return true;
}
