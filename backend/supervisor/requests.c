/*
 * requests: what a client may ask of the supervisor (docs/HACKING.md, "Talking
 * to a supervisor"); one function per request, in a table by name.
 */
#include <signal.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/supervisor/agent.h"
#include "backend/supervisor/supervisor.h"

/* QEMU not heard of for so long is asked whether it is well. */
#define QUIET_MS 1000
#define PING_MS 3000
#define GRACE_MS 15000
#define TIMEOUT_MAX_MS (24 * 3600 * 1000)

static void forward(struct json_object *reply, const char *problem, void *arg)
{
	request_forward(arg, reply, problem);
}

/* A QMP command that is the request's whole answer. */
static void pass(struct supervisor *s, struct request *r, const char *command,
		 struct json_object *arguments, int timeout_ms)
{
	if (!s->monitor) {
		json_object_put(arguments);
		request_error(r, "QEMU's monitor is not connected");
		return;
	}
	monitor_command(s->monitor, command, arguments, r->fd, timeout_ms, forward, r);
}

static void do_status(struct supervisor *s, struct request *r)
{
	request_return(r, json_object_get(s->record->json));
	if (s->monitor && loop_now_ms() - monitor_heard(s->monitor) > QUIET_MS)
		monitor_command(s->monitor, "query-status", NULL, -1, PING_MS, NULL, NULL);
}

static void do_qmp(struct supervisor *s, struct request *r)
{
	const char *command = json_str(r->arguments, "execute");
	int64_t timeout = json_int(r->arguments, "timeout_ms", MONITOR_TIMEOUT_MS);

	if (!command) {
		request_error(r, "qmp needs \"execute\"");
		return;
	}
	if (timeout <= 0 || timeout > TIMEOUT_MAX_MS)
		timeout = TIMEOUT_MAX_MS;
	pass(s, r, command, json_object_get(json_get(r->arguments, "arguments")), (int)timeout);
}

static void not_shut_down(void *arg)
{
	struct supervisor *s = arg;

	s->policy.shutdown_asked = false;
}

/* False for acpi; otherwise the request has been answered or handed on. */
static bool by_agent(struct supervisor *s, struct request *r, const char *agent_mode)
{
	const char *mode = json_str(r->arguments, "mode");
	struct json_object *o;

	if (!mode || !strcmp(mode, "acpi"))
		return false;
	if (strcmp(mode, "agent")) {
		request_error(r, "unknown mode '%s': it is acpi or agent", mode);
		return true;
	}
	o = json_object_new_object();
	json_set_str(o, "mode", agent_mode);
	agent_call(s->base, s->plan->agent, r, "guest-shutdown", o, AGENT_NO_REPLY,
		   not_shut_down, s);
	return true;
}

static bool can_powerdown(struct supervisor *s, struct request *r)
{
	if (s->policy.ending == POLICY_RUNS)
		return true;
	request_error(r, "the guest does not run: %s", s->policy.why);
	return false;
}

static void do_shutdown(struct supervisor *s, struct request *r)
{
	if (!can_powerdown(s, r))
		return;
	s->policy.shutdown_asked = true;
	s->policy.reboot_asked = false;
	json_object_object_del(s->record->json, "reboot_asked");
	record_add_history(s->record, "shutdown requested");
	supervisor_save(s);
	if (!by_agent(s, r, "powerdown"))
		pass(s, r, "system_powerdown", NULL, MONITOR_TIMEOUT_MS);
}

/* ACPI knows only "power off"; what follows it is then our reset. */
static void do_reboot(struct supervisor *s, struct request *r)
{
	if (!can_powerdown(s, r))
		return;
	record_add_history(s->record, "reboot requested");
	if (by_agent(s, r, "reboot")) {
		supervisor_save(s);
		return;
	}
	s->policy.reboot_asked = true;
	json_set_bool(s->record->json, "reboot_asked", true);
	supervisor_save(s);
	pass(s, r, "system_powerdown", NULL, MONITOR_TIMEOUT_MS);
}

static void do_reset(struct supervisor *s, struct request *r)
{
	if (!s->monitor) {
		request_error(r, "QEMU's monitor is not connected");
	} else if (s->policy.ending != POLICY_RUNS) {
		lifecycle_restart(s);
		request_return(r, NULL);
	} else {
		lifecycle_reset(s, forward, r);
	}
}

static void do_suspend(struct supervisor *s, struct request *r)
{
	if (!s->policy.held) {
		pass(s, r, "stop", NULL, MONITOR_TIMEOUT_MS);
		return;
	}
	/* Stopped already, for another reason. */
	lifecycle_let_go(s);
	s->policy.held = false;
	record_set_state(s->record, "paused", "user", "paused");
	supervisor_save(s);
	request_return(r, NULL);
}

static void do_resume(struct supervisor *s, struct request *r)
{
	if (s->policy.ending != POLICY_RUNS && s->policy.ending != POLICY_CRASH) {
		request_error(r, "%s: it can only be reset or destroyed", s->policy.why);
		return;
	}
	if (s->policy.state && !strcmp(s->policy.state, "pmsuspended"))
		pass(s, r, "system_wakeup", NULL, MONITOR_TIMEOUT_MS);
	else
		pass(s, r, "cont", NULL, MONITOR_TIMEOUT_MS);
}

static void do_inject_nmi(struct supervisor *s, struct request *r)
{
	pass(s, r, "inject-nmi", NULL, MONITOR_TIMEOUT_MS);
}

static void do_send_key(struct supervisor *s, struct request *r)
{
	struct json_object *codes = json_get(r->arguments, "codes"), *keys, *o;
	int64_t hold = json_int(r->arguments, "holdtime", 0);

	if (json_length(codes) == 0) {
		request_error(r, "send-key needs \"codes\"");
		return;
	}
	keys = json_object_new_array();
	for (size_t i = 0; i < json_length(codes); i++) {
		struct json_object *key = json_object_new_object();

		json_set_str(key, "type", "qcode");
		json_set(key, "data", json_object_get(json_object_array_get_idx(codes, i)));
		json_push(keys, key);
	}
	o = json_object_new_object();
	json_set(o, "keys", keys);
	if (hold > 0)
		json_set_int(o, "hold-time", hold);
	pass(s, r, "send-key", o, MONITOR_TIMEOUT_MS);
}

static void out_of_grace(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->life.graceful);
	s->policy.destroy_asked = false;
	requests_answer_destroys(s, "QEMU did not end; destroy it without --graceful");
}

static void do_destroy(struct supervisor *s, struct request *r)
{
	r->next = s->life.destroys;
	s->life.destroys = r;
	if (s->policy.ending == POLICY_RUNS)
		s->policy.destroy_asked = true;
	record_add_history(s->record, "destroy requested");
	supervisor_save(s);
	if (!json_flag(r->arguments, "graceful", false)) {
		lifecycle_quit(s);
		return;
	}
	lifecycle_let_go(s);
	lifecycle_terminate(s);
	if (!s->life.graceful)
		s->life.graceful = loop_after(s->base, GRACE_MS, out_of_grace, s);
}

void requests_answer_destroys(struct supervisor *s, const char *problem)
{
	while (s->life.destroys) {
		struct request *r = s->life.destroys;

		s->life.destroys = r->next;
		if (problem)
			request_error(r, "%s", problem);
		else
			request_return(r, NULL);
	}
}

static void do_subscribe(struct supervisor *s, struct request *r)
{
	(void)s;
	request_subscribe(r);
}

static void do_agent(struct supervisor *s, struct request *r)
{
	const char *command = json_str(r->arguments, "execute");
	int64_t timeout = json_int(r->arguments, "timeout_ms", MONITOR_TIMEOUT_MS);

	if (!command) {
		request_error(r, "agent needs \"execute\"");
		return;
	}
	if (timeout <= 0 || timeout > TIMEOUT_MAX_MS)
		timeout = TIMEOUT_MAX_MS;
	agent_call(s->base, s->plan->agent, r, command,
		   json_object_get(json_get(r->arguments, "arguments")), (int)timeout,
		   NULL, NULL);
}

static const struct {
	const char *name;
	void (*fn)(struct supervisor *s, struct request *r);
} table[] = {
	{ "status", do_status },	{ "qmp", do_qmp },
	{ "shutdown", do_shutdown },	{ "reboot", do_reboot },
	{ "reset", do_reset },		{ "suspend", do_suspend },
	{ "resume", do_resume },	{ "inject-nmi", do_inject_nmi },
	{ "send-key", do_send_key },	{ "destroy", do_destroy },
	{ "subscribe", do_subscribe },	{ "agent", do_agent },
};

void requests_handle(struct supervisor *s, struct request *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].name, r->execute)) {
			table[i].fn(s, r);
			return;
		}
	request_error(r, "unknown request '%s'", r->execute);
}
