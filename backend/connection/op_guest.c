/*
 * op_guest: the operations that the guest's supervisor carries out.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"

#define ANSWER_MS 30000
#define DESTROY_MS 60000

struct asked {
	const char *execute;
	struct json_object *args;	/* consumed by the request */
	int timeout_ms;
	control_done_fn *done;
};

static void asked_free(void *data)
{
	struct asked *a = data;

	json_object_put(a->args);
	free(a);
}

/* Ask now, or as soon as the guest has a supervisor again. */
static void ask_now(struct call *call)
{
	struct asked *a = call->data;
	struct guest *g = call_guest(call);

	if (!g)
		call_fail_text(call, "the domain is gone");
	else if (adopt_pending(call->c, g))
		call_park(call, ask_now);
	else if (!guest_runs(g))
		call_fail_text(call, "domain '%s' is not running", g->pub.name);
	else
		control_request(call->c, g, a->execute, MEM_STEAL(a->args), a->timeout_ms,
				a->done, call);
}

static void ask(struct call *call, const char *execute, struct json_object *args,
		int timeout_ms, control_done_fn *done)
{
	struct asked *a = mem_alloc(sizeof(*a));

	*a = (struct asked){ execute, args, timeout_ms, done };
	call->data = a;
	call->free_data = asked_free;
	ask_now(call);
}

static void move_error(struct call *call, struct error *err)
{
	error_set(&call->err, "%s", error_message(err));
	if (error_hint_text(err))
		error_hint(&call->err, "%s", error_hint_text(err));
}

/* The record on disk is newer than what we were told by inotify so far. */
static void on_answer(struct connection *c, struct json_object *answer, struct error *err,
		      void *arg)
{
	struct call *call = arg;

	(void)answer;
	if (err)
		move_error(call, err);
	else
		model_refresh(c, call->uuid);
	call_end(call);
}

static void simple(struct call *call, const char *execute)
{
	ask(call, execute, NULL, ANSWER_MS, on_answer);
}

static void with_mode(struct call *call, const char *execute)
{
	struct json_object *args = json_object_new_object();
	const char *mode = json_str(call->args, "mode");

	json_set_str(args, "mode", mode ? mode : "acpi");
	ask(call, execute, args, ANSWER_MS, on_answer);
}

void op_shutdown(struct call *call)
{
	with_mode(call, "shutdown");
}

void op_reboot(struct call *call)
{
	with_mode(call, "reboot");
}

void op_reset(struct call *call)
{
	simple(call, "reset");
}

void op_suspend(struct call *call)
{
	simple(call, "suspend");
}

void op_resume(struct call *call)
{
	simple(call, "resume");
}

void op_inject_nmi(struct call *call)
{
	simple(call, "inject-nmi");
}

void op_send_key(struct call *call)
{
	struct json_object *codes = json_get(call->args, "codes");

	if (!json_object_is_type(codes, json_type_array) || !json_object_array_length(codes))
		call_fail_text(call, "send-key: no key codes are given");
	else
		ask(call, "send-key", json_object_get(call->args), ANSWER_MS, on_answer);
}

/* --- qmp ------------------------------------------------------------------ */

static void on_qmp(struct connection *c, struct json_object *answer, struct error *err, void *arg)
{
	struct call *call = arg;

	(void)c;
	if (err) {
		move_error(call, err);
	} else {
		call->result = json_object_new_object();
		json_set(call->result, "return", json_object_get(answer));
	}
	call_end(call);
}

void op_qmp(struct call *call)
{
	int64_t timeout = json_int(call->args, "timeout_ms", ANSWER_MS);

	if (timeout < 1 || timeout > 3600000)
		timeout = ANSWER_MS;
	if (!json_str(call->args, "execute"))
		call_fail_text(call, "qmp: no command is given");
	else
		/* The supervisor's own deadline comes first and says more. */
		ask(call, "qmp", json_object_get(call->args), (int)timeout + 5000, on_qmp);
}

/* --- destroy -------------------------------------------------------------- */

static void on_late(void *arg)
{
	struct call *call = arg;

	call_end(call);
}

static void destroyed(struct call *call)
{
	if (guest_runs(call_guest(call)))
		call_park(call, destroyed);
	else
		call_end(call);
}

/* QEMU is gone; views shall see that too when the answer comes. */
static void on_destroyed(struct connection *c, struct json_object *answer, struct error *err,
			 void *arg)
{
	struct call *call = arg;
	struct guest *g;

	(void)answer;
	model_refresh(c, call->uuid);
	g = call_guest(call);
	if (err && guest_runs(g)) {
		move_error(call, err);
		call_end(call);
		return;
	}
	call->timer = loop_after(c->base, 5000, on_late, call);
	destroyed(call);
}

void op_destroy(struct call *call)
{
	struct json_object *args = json_object_new_object();

	json_set_bool(args, "graceful", json_flag(call->args, "graceful", false));
	ask(call, "destroy", args, DESTROY_MS, on_destroyed);
}

/* --- wait ----------------------------------------------------------------- */

static bool wanted(const struct call *call, const struct guest *g)
{
	struct json_object *states = json_get(call->args, "states");
	const char *state = g ? domain_state_name(g->pub.state) : "shut off";

	for (size_t i = 0; i < json_object_array_length(states); i++) {
		const char *s = json_object_get_string(json_object_array_get_idx(states, i));

		if (s && !strcmp(s, state))
			return true;
	}
	return false;
}

static void wait_more(struct call *call)
{
	struct guest *g = call_guest(call);
	struct json_object *result;

	if (!wanted(call, g) || (g && adopt_pending(call->c, g))) {
		call_park(call, wait_more);
		return;
	}
	result = json_object_new_object();
	json_set_str(result, "state", g ? domain_state_name(g->pub.state) : "shut off");
	json_set_str(result, "reason", g ? g->pub.reason : "unknown");
	json_set_str(result, "why", g ? g->pub.why : "");
	call_return(call, result);
}

static void on_wait_over(void *arg)
{
	struct call *call = arg;
	struct guest *g = call_guest(call);

	call_fail_text(call, "the time is over and the domain is %s",
		       g ? domain_state_name(g->pub.state) : "gone");
}

void op_wait(struct call *call)
{
	int64_t timeout = json_int(call->args, "timeout_ms", -1);

	if (!json_object_is_type(json_get(call->args, "states"), json_type_array)) {
		call_fail_text(call, "wait: no states are given");
		return;
	}
	if (timeout >= 0 && timeout < INT32_MAX)
		call->timer = loop_after(call->c->base, (int)timeout, on_wait_over, call);
	wait_more(call);
}
