/*
 * monitor: see monitor.h.
 */
#include "backend/supervisor/monitor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/json_stream.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"

struct command {
	struct command *next;
	struct monitor *monitor;
	int64_t id;
	struct json_object *message;	/* until it is sent */
	int fd;				/* to go along, our duplicate, or -1 */
	int timeout_ms;
	struct event *deadline;
	monitor_done_fn *done;
	void *arg;
};

struct monitor {
	struct event_base *base;
	struct json_stream *stream;
	const struct monitor_handlers *handlers;
	void *arg;
	struct command *commands;	/* open ones, oldest first */
	int64_t last_id;
	int64_t heard_ms;
	bool negotiated, answers, ended;
};

static void command_free(struct command *c)
{
	loop_cancel(&c->deadline);
	json_object_put(c->message);
	mem_auto_close(&c->fd);
	free(c);
}

static struct command *detach(struct monitor *m, int64_t id)
{
	for (struct command **at = &m->commands; *at; at = &(*at)->next)
		if ((*at)->id == id) {
			struct command *c = *at;

			*at = c->next;
			return c;
		}
	return NULL;
}

static void finish(struct command *c, struct json_object *reply, const char *problem)
{
	if (c->done)
		c->done(reply, problem, c->arg);
	command_free(c);
}

static void set_answers(struct monitor *m, bool answers)
{
	if (m->answers == answers)
		return;
	m->answers = answers;
	m->handlers->on_answering(m, answers, m->arg);
}

static void on_deadline(void *arg)
{
	struct command *c = arg;
	AUTO_FREE char *problem = mem_printf("QEMU has not answered for %g s",
					     c->timeout_ms / 1000.0);

	detach(c->monitor, c->id);
	set_answers(c->monitor, false);
	finish(c, NULL, problem);
}

static void send_command(struct monitor *m, struct command *c)
{
	bool sent = true;

	if (c->timeout_ms >= 0)
		c->deadline = loop_after(m->base, c->timeout_ms, on_deadline, c);
	if (c->fd >= 0)
		sent = json_stream_send_fd(m->stream, c->message, c->fd);
	else
		json_stream_send(m->stream, c->message);
	json_object_put(c->message);
	c->message = NULL;
	mem_auto_close(&c->fd);
	c->fd = -1;
	if (!sent) {
		detach(m, c->id);
		finish(c, NULL, "QEMU is busy: the descriptor could not be passed");
	}
}

static struct command *command_new(struct monitor *m, const char *command,
				   struct json_object *arguments, int timeout_ms)
{
	struct command *c = mem_zalloc(sizeof(*c)), **end = &m->commands;

	c->monitor = m;
	c->id = ++m->last_id;
	c->fd = -1;
	c->timeout_ms = timeout_ms;
	c->message = json_object_new_object();
	json_set_str(c->message, "execute", command);
	if (arguments)
		json_set(c->message, "arguments", arguments);
	json_set_int(c->message, "id", c->id);
	while (*end)
		end = &(*end)->next;
	*end = c;
	return c;
}

static void refuse(void *arg)
{
	finish(arg, NULL, "QEMU's monitor is not connected");
}

void monitor_command(struct monitor *m, const char *command, struct json_object *arguments,
		     int fd, int timeout_ms, monitor_done_fn *done, void *arg)
{
	struct command *c = command_new(m, command, arguments, timeout_ms);

	c->done = done;
	c->arg = arg;
	if (m->ended) {
		detach(m, c->id);
		loop_defer(m->base, refuse, c);
		return;
	}
	if (fd >= 0)
		c->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (m->negotiated)
		send_command(m, c);
}

void monitor_tell(struct monitor *m, const char *command, struct json_object *arguments)
{
	monitor_command(m, command, arguments, -1, MONITOR_TIMEOUT_MS, NULL, NULL);
}

static void negotiated(struct json_object *reply, const char *problem, void *arg)
{
	struct monitor *m = arg;

	(void)reply;
	if (!problem && !m->ended)
		m->handlers->on_ready(m, m->arg);
}

/* QEMU takes commands one by one from the socket, so everything that has
 * waited is sent right behind the negotiation. */
static void on_greeting(struct monitor *m)
{
	struct command *c, *next;
	struct command *hello = command_new(m, "qmp_capabilities", NULL, MONITOR_TIMEOUT_MS);

	if (m->negotiated)
		return;
	hello->done = negotiated;
	hello->arg = m;
	m->negotiated = true;
	send_command(m, hello);
	for (c = m->commands; c; c = next) {
		next = c->next;
		if (c != hello && c->message)
			send_command(m, c);
	}
}

static void on_reply(struct monitor *m, struct json_object *o)
{
	struct command *c = detach(m, json_int(o, "id", 0));
	const char *problem = NULL;

	if (!c)
		return;		/* later than its deadline, or nobody's */
	if (!json_object_object_get_ex(o, "return", NULL)) {
		problem = json_str(json_get(o, "error"), "desc");
		if (!problem)
			problem = "QEMU's answer makes no sense";
	}
	finish(c, o, problem);
}

static void on_object(struct json_stream *s, struct json_object *o, void *arg)
{
	struct monitor *m = arg;
	const char *event = json_str(o, "event");

	(void)s;
	m->heard_ms = loop_now_ms();
	set_answers(m, true);
	if (json_get(o, "QMP"))
		on_greeting(m);
	else if (event)
		m->handlers->on_event(m, event, o, m->arg);
	else
		on_reply(m, o);
}

static void abandon(struct monitor *m, const char *why)
{
	while (m->commands) {
		struct command *c = m->commands;

		m->commands = c->next;
		finish(c, NULL, why);
	}
}

static void on_end(struct json_stream *s, const char *why, void *arg)
{
	struct monitor *m = arg;

	(void)s;
	m->ended = true;
	abandon(m, "the connection to QEMU's monitor is gone");
	m->handlers->on_end(m, why, m->arg);
}

bool monitor_ended(const struct monitor *m)
{
	return m->ended;
}

static const struct json_stream_handlers stream_handlers = { on_object, on_end };

struct monitor *monitor_new(struct event_base *base, int fd,
			    const struct monitor_handlers *handlers, void *arg)
{
	struct monitor *m = mem_zalloc(sizeof(*m));

	m->base = base;
	m->handlers = handlers;
	m->arg = arg;
	m->answers = true;
	m->heard_ms = loop_now_ms();
	m->stream = json_stream_new(base, fd, &stream_handlers, m);
	return m;
}

void monitor_free(struct monitor *m)
{
	if (!m)
		return;
	m->ended = true;
	json_stream_free(m->stream);
	abandon(m, "the connection to QEMU's monitor was given up");
	free(m);
}

int monitor_fd(const struct monitor *m)
{
	return json_stream_fd(m->stream);
}

bool monitor_negotiated(const struct monitor *m)
{
	return m->negotiated;
}

bool monitor_answers(const struct monitor *m)
{
	return m->answers && !m->ended;
}

int64_t monitor_heard(const struct monitor *m)
{
	return m->heard_ms;
}
