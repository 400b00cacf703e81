/*
 * agent: see agent.h.
 */
#include "backend/supervisor/agent.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/json_stream.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"

#define SYNC_MS 5000
/* A command without an answer is taken as obeyed after that. */
#define QUIET_MS 1000

struct agent {
	struct event_base *base;
	struct json_stream *stream;
	struct request *request;
	struct json_object *command;
	struct event *deadline;
	int64_t sync;
	int timeout_ms;
	bool synced;
	void (*refused)(void *arg);
	void *arg;
};

static void refuse(struct agent *a, const char *why)
{
	request_error(a->request, "%s", why);
	if (a->refused)
		a->refused(a->arg);
}

static void release(struct agent *a)
{
	loop_cancel(&a->deadline);
	json_stream_free(a->stream);
	json_object_put(a->command);
	free(a);
}

static void on_late(void *arg)
{
	struct agent *a = arg;

	if (a->synced && a->timeout_ms == AGENT_NO_REPLY)
		request_return(a->request, NULL);
	else
		refuse(a, "the guest agent does not answer");
	release(a);
}

static void set_deadline(struct agent *a, int ms)
{
	loop_cancel(&a->deadline);
	a->deadline = loop_after(a->base, ms, on_late, a);
}

static void send_command(struct agent *a)
{
	a->synced = true;
	json_stream_send(a->stream, a->command);
	set_deadline(a, a->timeout_ms == AGENT_NO_REPLY ? QUIET_MS : a->timeout_ms);
}

static void on_object(struct json_stream *s, struct json_object *o, void *arg)
{
	struct agent *a = arg;

	(void)s;
	/* Answers to whoever asked before us may come first. */
	if (!a->synced) {
		if (json_int(o, "return", -1) == a->sync)
			send_command(a);
		return;
	}
	request_forward(a->request, o, json_get(o, "error") ? "the guest agent refused" : NULL);
	if (json_get(o, "error") && a->refused)
		a->refused(a->arg);
	release(a);
}

static void on_end(struct json_stream *s, const char *why, void *arg)
{
	struct agent *a = arg;
	AUTO_FREE char *problem = mem_printf("the guest agent's channel: %s", why);

	(void)s;
	if (a->synced && a->timeout_ms == AGENT_NO_REPLY)
		request_return(a->request, NULL);
	else
		refuse(a, problem);
	release(a);
}

static const struct json_stream_handlers handlers = { on_object, on_end };

static struct json_object *message(const char *command, struct json_object *arguments)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "execute", command);
	if (arguments)
		json_set(o, "arguments", arguments);
	return o;
}

static void synchronise(struct agent *a)
{
	struct json_object *id = json_object_new_object();
	AUTO_JSON struct json_object *sync = NULL;

	a->sync = loop_now_ms() & 0x7fffffff;
	json_set_int(id, "id", a->sync);
	sync = message("guest-sync", id);
	json_stream_send(a->stream, sync);
	set_deadline(a, SYNC_MS);
}

/* Connected to the channel; -1 when the request has been told why not. */
static int connect_channel(const char *path, struct request *r)
{
	struct error *err = NULL;
	int fd;

	if (!path) {
		request_error(r, "the guest has no guest agent channel (org.qemu.guest_agent.0)");
		return -1;
	}
	fd = socket_connect(path, &err);
	if (fd < 0)
		request_error(r, "the guest agent's channel: %s", error_message(err));
	error_free(err);
	return fd;
}

void agent_call(struct event_base *base, const char *path, struct request *r,
		const char *command, struct json_object *arguments, int timeout_ms,
		void (*refused)(void *arg), void *arg)
{
	AUTO_JSON struct json_object *o = message(command, arguments);
	int fd = connect_channel(path, r);
	struct agent *a;

	if (fd < 0) {
		if (refused)
			refused(arg);
		return;
	}
	a = mem_zalloc(sizeof(*a));
	a->base = base;
	a->request = r;
	a->timeout_ms = timeout_ms;
	a->refused = refused;
	a->arg = arg;
	a->command = json_object_get(o);
	a->stream = json_stream_new(base, fd, &handlers, a);
	synchronise(a);
}
