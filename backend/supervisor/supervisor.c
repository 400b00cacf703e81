/*
 * supervisor: see supervisor.h.  What QEMU says goes through the policy into
 * the record and on to the clients; and the guest's end.
 */
#include "backend/supervisor/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"

/* A dead QEMU's socket ends with it; unless a child of QEMU's has it. */
#define LINGER_MS 1000
#define RECONNECT_MS 500

void supervisor_init(struct supervisor *s, struct event_base *base)
{
	memset(s, 0, sizeof(*s));
	s->base = base;
	s->lock = -1;
	s->qemu = (struct qemu)QEMU_INIT;
}

void supervisor_done(struct supervisor *s)
{
	loop_cancel(&s->reconnect);
	loop_cancel(&s->activity);
	loop_cancel(&s->start_deadline);
	lifecycle_done(s);
	monitor_free(s->monitor);
	for (size_t i = 0; i < s->n_consoles; i++)
		console_free(s->consoles[i], "the supervisor ends");
	free(s->consoles);
	clients_free(s->clients);
	runtime_free(s->runtime);
	qemu_done(&s->qemu);
	qemu_log_free(s->log);
	record_free(s->record);
	plan_free(s->plan);
	error_free(s->failure);
	mem_auto_close(&s->lock);
}

bool supervisor_lock(struct supervisor *s, bool *busy, struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/lock", s->plan->guest_dir);

	s->lock = file_lock(path, false, busy, err);
	return s->lock >= 0;
}

void supervisor_mark_lock(struct supervisor *s, const char *what)
{
	AUTO_FREE char *text = mem_printf("%s %d\n", what, (int)getpid());

	if (pwrite(s->lock, text, strlen(text), 0) < 0 ||
	    ftruncate(s->lock, (off_t)strlen(text)) < 0)
		qemu_log_note(s->log, "virtty: write lock: %s", strerror(errno));
}

bool supervisor_open_log(struct supervisor *s, struct error **err)
{
	s->log = qemu_log_open(s->base, s->plan->log, err);
	return s->log != NULL;
}

/* --- the record -------------------------------------------------------------- */

void supervisor_save(struct supervisor *s)
{
	struct error *err = NULL;

	if (s->log)
		qemu_log_look(s->log);
	if (record_save(s->record, &err))
		return;
	qemu_log_note(s->log, "virtty: %s", error_message(err));
	error_free(err);
}

void supervisor_note(struct supervisor *s, const char *what)
{
	qemu_log_note(s->log, "virtty: %s", what);
	record_add_history(s->record, what);
	supervisor_save(s);
}

static struct json_object *state_event(struct record *r)
{
	struct json_object *o = json_object_new_object(), *t = json_object_new_object();
	struct timeval now;

	gettimeofday(&now, NULL);
	json_set_int(t, "seconds", now.tv_sec);
	json_set_int(t, "microseconds", now.tv_usec);
	json_set_str(o, "event", "VIRTTY_STATE");
	json_set(o, "data", json_object_get(r->json));
	json_set(o, "timestamp", t);
	return o;
}

static void on_saved(struct record *r, void *arg)
{
	struct supervisor *s = arg;
	AUTO_JSON struct json_object *event = NULL;

	if (!s->clients)
		return;
	event = state_event(r);
	clients_event(s->clients, event);
}

/* --- consoles and sockets ---------------------------------------------------- */

static void on_console_activity(struct console *c, void *arg)
{
	activity_happened(arg, c);
}

static void on_console_break(struct console *c, void *arg)
{
	struct supervisor *s = arg;
	struct json_object *o;

	if (!s->monitor || !console_spec(c)->chardev)
		return;
	o = json_object_new_object();
	json_set_str(o, "id", console_spec(c)->chardev);
	monitor_tell(s->monitor, "chardev-send-break", o);
}

static void on_console_trouble(struct console *c, const char *what, void *arg)
{
	struct supervisor *s = arg;

	qemu_log_note(s->log, "virtty: log of console '%s': %s", console_spec(c)->name, what);
}

static const struct console_handlers console_handlers = {
	on_console_activity, on_console_break, on_console_trouble,
};

bool supervisor_open_consoles(struct supervisor *s, bool adopted, struct error **err)
{
	for (size_t i = 0; i < s->plan->n_consoles; i++) {
		struct console *c = console_new(s->base, &s->plan->consoles[i], adopted,
						 &console_handlers, s, err);

		if (!c)
			return false;
		*MEM_PUSH(s->consoles, s->n_consoles) = c;
	}
	return true;
}

static bool publish(void *arg, struct error **err)
{
	struct supervisor *s = arg;
	AUTO_FREE char *path = mem_printf("%s/supervisor.sock", s->plan->runtime_dir);
	bool ok = clients_listen(s->clients, path, err);

	for (size_t i = 0; ok && i < s->n_consoles; i++)
		ok = console_publish(s->consoles[i], err);
	return ok;
}

static void on_runtime_change(const char *problem, void *arg)
{
	struct supervisor *s = arg;

	if (problem)
		qemu_log_note(s->log, "virtty: runtime directory: %s", problem);
	else
		qemu_log_note(s->log, "virtty: the runtime directory is back");
}

static const struct runtime_handlers runtime_handlers = { publish, on_runtime_change };

static void on_request(struct request *r, void *arg)
{
	requests_handle(arg, r);
}

bool supervisor_publish(struct supervisor *s, struct error **err)
{
	s->record->on_saved = on_saved;
	s->record->arg = s;
	s->clients = clients_new(s->base, s->plan->uuid, s->plan->name, on_request, s);
	s->runtime = runtime_new(s->base, s->plan->runtime_dir, &runtime_handlers, s);
	return runtime_publish(s->runtime, err);
}

void supervisor_withdraw(struct supervisor *s)
{
	runtime_free(s->runtime);
	s->runtime = NULL;
	if (s->clients)
		clients_withdraw(s->clients);
	for (size_t i = 0; i < s->n_consoles; i++) {
		console_withdraw(s->consoles[i]);
		unlink(console_spec(s->consoles[i])->qemu);
	}
	unlink(s->plan->monitor);
	if (s->plan->rescue)
		unlink(s->plan->rescue);
	rmdir(s->plan->runtime_dir);
}

/* --- the monitor ------------------------------------------------------------- */

void supervisor_step(struct supervisor *s, const struct policy_step *step)
{
	if (!s->record)
		return;
	if (step->happened) {
		record_add_history(s->record, step->happened);
		qemu_log_note(s->log, "virtty: %s", step->happened);
	}
	if (step->state)
		record_set_state(s->record, step->state, step->reason, step->why);
	if (step->act == POLICY_APPLY) {
		lifecycle_apply(s, step);
		return;
	}
	if (step->state || step->happened)
		supervisor_save(s);
	if (step->act == POLICY_HOLD)
		lifecycle_hold(s, step->delay_ms);
}

static void on_balloon(struct supervisor *s, struct json_object *data)
{
	int64_t actual = json_int(data, "actual", -1);

	if (actual < 0)
		return;
	json_set_int(s->record->json, "memory", actual);
	supervisor_save(s);
}

static void on_event(struct monitor *m, const char *name, struct json_object *event, void *arg)
{
	struct supervisor *s = arg;
	struct json_object *data = json_get(event, "data");
	struct policy_step step;

	(void)m;
	/* A pending restart ends where the guest runs again. */
	if (!strcmp(name, "RESUME"))
		record_set_pending(s->record, NULL);
	step = policy_event(&s->policy, name, data, loop_now_ms());
	lifecycle_event(s, name, data);
	supervisor_step(s, &step);
	if (!strcmp(name, "BALLOON_CHANGE"))
		on_balloon(s, data);
	if (s->clients)
		clients_event(s->clients, event);
}

static void on_answering(struct monitor *m, bool answers, void *arg)
{
	struct supervisor *s = arg;

	(void)m;
	if (!s->record || s->finished)
		return;
	record_set_problem(s->record, answers ? NULL : "QEMU does not answer");
	supervisor_note(s, answers ? "QEMU answers again" : "QEMU does not answer");
}

static void on_ready(struct monitor *m, void *arg)
{
	(void)m;
	(void)arg;
}

static void on_reconnect(void *arg)
{
	struct supervisor *s = arg;
	struct error *err = NULL;

	loop_cancel(&s->reconnect);
	if (s->qemu.exited || s->monitor)
		return;
	if (supervisor_connect(s, s->plan->monitor, NULL) ||
	    supervisor_connect(s, s->plan->rescue, &err)) {
		supervisor_note(s, "connected to QEMU's monitor again");
		return;
	}
	record_set_problem(s->record, "QEMU has closed its monitor");
	supervisor_note(s, error_message(err));
	error_free(err);
}

static void drop_monitor(void *arg)
{
	struct supervisor *s = arg;

	monitor_free(s->monitor);
	s->monitor = NULL;
}

static void on_end(struct monitor *m, const char *why, void *arg)
{
	struct supervisor *s = arg;

	(void)m;
	s->monitor_ended = true;
	if (s->answered && !s->qemu.exited && strcmp(why, "connection closed") != 0)
		qemu_log_note(s->log, "virtty: QEMU's monitor: %s", why);
	drop_monitor(s);
	if (s->finished)
		return;
	if (!s->qemu.exited && !s->reconnect)
		s->reconnect = loop_after(s->base, RECONNECT_MS, on_reconnect, s);
	supervisor_check_end(s);
}

static const struct monitor_handlers monitor_handlers = {
	on_ready, on_event, on_answering, on_end,
};

bool supervisor_connect(struct supervisor *s, const char *path, struct error **err)
{
	int fd;

	if (!path) {
		error_set(err, "no second monitor");
		return false;
	}
	fd = socket_connect(path, err);
	if (fd < 0)
		return false;
	s->monitor_ended = false;
	s->monitor = monitor_new(s->base, fd, &monitor_handlers, s);
	return true;
}

static void record_port(struct json_object *graphics, struct json_object *server)
{
	const char *service = json_str(server, "service");

	if (!json_get(graphics, "socket") && service && atoi(service) > 0)
		json_set_int(graphics, "port", atoi(service));
}

void supervisor_record_vnc(struct supervisor *s, struct json_object *servers)
{
	struct json_object *list = json_get(s->record->json, "graphics");
	size_t at = 0;

	for (size_t i = 0; i < json_length(list); i++) {
		struct json_object *g = json_object_array_get_idx(list, i), *bound;
		const char *type = json_str(g, "type");

		if (!type || strcmp(type, "vnc"))
			continue;
		if (at >= json_length(servers))
			return;
		bound = json_get(json_object_array_get_idx(servers, at++), "server");
		if (json_length(bound) > 0)
			record_port(g, json_object_array_get_idx(bound, 0));
	}
}

/* --- the answer to who started us ---------------------------------------------- */

void supervisor_answer(struct supervisor *s)
{
	loop_cancel(&s->start_deadline);
	if (s->answered)
		return;
	s->answered = true;
	s->on_answer(s, s->failure);
}

void supervisor_fail(struct supervisor *s, struct error *err)
{
	if (s->answered || s->failure) {
		error_free(err);
		return;
	}
	s->failure = err;
	loop_cancel(&s->start_deadline);
	lifecycle_quit(s);
	/* Nothing of the guest has run: there are no disks to wait for. */
	qemu_signal(&s->qemu, SIGKILL);
}

/* --- the end -------------------------------------------------------------------- */

static void check_again(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->reconnect);
	if (s->monitor)
		drop_monitor(s);
	s->monitor_ended = true;
	supervisor_check_end(s);
}

static struct policy_step ending(struct supervisor *s)
{
	struct policy_exit *e = &s->qemu.exit;
	struct policy_step step;

	e->started = s->booted;
	e->term_signal = qemu_log_term_signal(s->log);
	step = policy_exit(&s->policy, e);
	if (s->failure) {
		step.reason = "failed";
		snprintf(step.why, sizeof(step.why), "%s", error_message(s->failure));
	}
	return step;
}

/* QEMU's own last words, when it ended before it was ready. */
static void explain_failure(struct supervisor *s)
{
	AUTO_FREE char *said = qemu_log_said(s->log);

	if (s->answered || s->failure)
		return;
	if (said)
		error_set(&s->failure, "QEMU: %s", said);
	else if (s->qemu.exit.known && s->qemu.exit.by_signal)
		error_set(&s->failure, "QEMU was killed by signal %d (%s) before it was ready",
			  s->qemu.exit.code, strsignal(s->qemu.exit.code));
	else
		error_set(&s->failure, "QEMU ended before it was ready");
	error_hint(&s->failure, "its log is %s", qemu_log_path(s->log));
}

/* Both have to be over: the process, and what it still had to say. */
void supervisor_check_end(struct supervisor *s)
{
	struct policy_step step;

	if (s->finished || !s->qemu.exited)
		return;
	if (!s->monitor_ended) {
		loop_cancel(&s->reconnect);
		s->reconnect = loop_after(s->base, LINGER_MS, check_again, s);
		return;
	}
	explain_failure(s);
	step = ending(s);
	supervisor_finish(s, &step);
}

void supervisor_finish(struct supervisor *s, const struct policy_step *step)
{
	struct error *err = NULL;

	s->finished = true;
	lifecycle_done(s);
	loop_cancel(&s->activity);
	loop_cancel(&s->reconnect);
	for (size_t i = 0; i < s->n_consoles; i++)
		console_drain(s->consoles[i]);
	activity_write(s);
	record_set_state(s->record, step->state, step->reason, step->why);
	record_add_history(s->record, step->why);
	qemu_log_note(s->log, "virtty: %s: %s (%s)", step->state, step->why, step->reason);
	helpers_end(s->record->json);
	supervisor_withdraw(s);
	/* Whoever finds the lock held and reads this waits for us (start.c). */
	supervisor_mark_lock(s, "ending");
	if (!record_finish(s->record, &err)) {
		qemu_log_note(s->log, "virtty: %s", error_message(err));
		error_free(err);
	}
	mem_auto_close(&s->lock);
	s->lock = -1;
	requests_answer_destroys(s, NULL);
	supervisor_answer(s);
	for (size_t i = 0; i < s->n_consoles; i++)
		console_free(s->consoles[i], step->why);
	s->n_consoles = 0;
	event_base_loopbreak(s->base);
}
