/*
 * console: see console.h.
 */
#include "backend/supervisor/console.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"
#include "backend/supervisor/bell.h"
#include "backend/supervisor/console_log.h"
#include "backend/supervisor/pty.h"
#include "backend/supervisor/ring.h"
#include "backend/supervisor/viewers.h"

#define READ_CHUNK 65536
/* Typed bytes that may wait for the guest before the typist has to. */
#define INPUT_MAX 65536

struct console {
	struct event_base *base;
	const struct plan_console *spec;
	const struct console_handlers *handlers;
	void *arg;
	struct ring ring;
	struct console_log *log;
	struct viewers *viewers;
	struct pty *pty;
	int qemu;			/* connected to the chardev, -1 once it ended */
	struct event *readable, *writable;
	struct evbuffer *input;		/* on its way to the guest */
	int listener;
	struct event *acceptable;
	enum bell_state bell_state;
	time_t last, bell;
};

static void output(struct console *c, const struct iovec *part, int parts)
{
	for (int i = 0; i < parts; i++) {
		if (bell_rings(&c->bell_state, part[i].iov_base, part[i].iov_len))
			c->bell = time(NULL);
		if (!console_log_add(c->log, part[i].iov_base, part[i].iov_len))
			c->handlers->on_trouble(c, strerror(errno), c->arg);
	}
	c->last = time(NULL);
	viewers_feed(c->viewers);
	if (c->pty)
		pty_feed(c->pty);
	c->handlers->on_activity(c, c->arg);
}

/* Returns what read() says. */
static ssize_t take_in(struct console *c)
{
	struct iovec part[2];
	int parts = ring_space(&c->ring, READ_CHUNK, part);
	ssize_t n = readv(c->qemu, part, parts);

	if (n <= 0)
		return n;
	ring_commit(&c->ring, (size_t)n);
	parts = ring_peek(&c->ring, c->ring.end - (size_t)n, (size_t)n, part);
	output(c, part, parts);
	return n;
}

static void hang_up(struct console *c)
{
	if (c->qemu < 0)
		return;
	event_free(c->readable);
	event_free(c->writable);
	c->readable = c->writable = NULL;
	close(c->qemu);
	c->qemu = -1;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct console *c = arg;
	ssize_t n = take_in(c);

	(void)fd;
	(void)what;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		hang_up(c);
}

static void accept_input(struct console *c, bool accept)
{
	viewers_accept_input(c->viewers, accept);
	if (c->pty)
		pty_accept_input(c->pty, accept);
}

static void send_input(struct console *c)
{
	if (c->qemu < 0) {
		evbuffer_drain(c->input, evbuffer_get_length(c->input));
		return;
	}
	while (evbuffer_get_length(c->input) > 0)
		if (evbuffer_write(c->input, c->qemu) <= 0)
			break;
	if (evbuffer_get_length(c->input) > 0)
		event_add(c->writable, NULL);
	accept_input(c, evbuffer_get_length(c->input) < INPUT_MAX);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_input(arg);
}

static void on_input(const void *data, size_t len, void *arg)
{
	struct console *c = arg;
	bool waiting = evbuffer_get_length(c->input) > 0;

	evbuffer_add(c->input, data, len);
	if (!waiting)
		send_input(c);
	else if (evbuffer_get_length(c->input) >= INPUT_MAX)
		accept_input(c, false);
}

static void on_break(void *arg)
{
	struct console *c = arg;

	c->handlers->on_break(c, c->arg);
}

static const struct viewers_handlers viewers_handlers = { on_input, on_break };

static void on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct console *c = arg;
	int client = socket_accept(fd);

	(void)what;
	if (client >= 0)
		viewers_add(c->viewers, client);
}

static bool open_log(struct console *c, bool adopted, struct error **err)
{
	const struct plan_console *s = c->spec;

	if (!s->log)
		return true;
	if (adopted && !s->timestamps)
		console_log_replay(s->log, &c->ring);
	c->log = console_log_open(s->log, s->append || adopted, s->timestamps, s->log_max, err);
	return c->log != NULL;
}

static bool connect_qemu(struct console *c, struct error **err)
{
	c->qemu = socket_connect(c->spec->qemu, err);
	if (c->qemu < 0)
		return false;
	c->readable = event_new(c->base, c->qemu, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(c->base, c->qemu, EV_WRITE, on_writable, c);
	event_add(c->readable, NULL);
	return true;
}

struct console *console_new(struct event_base *base, const struct plan_console *spec, bool adopted,
			    const struct console_handlers *handlers, void *arg,
			    struct error **err)
{
	struct console *c = mem_zalloc(sizeof(*c));

	c->base = base;
	c->spec = spec;
	c->handlers = handlers;
	c->arg = arg;
	c->qemu = c->listener = -1;
	c->input = evbuffer_new();
	ring_init(&c->ring, spec->ring);
	c->viewers = viewers_new(base, spec->name, &c->ring, &viewers_handlers, c);
	if (open_log(c, adopted, err) && connect_qemu(c, err) &&
	    (!spec->pty || (c->pty = pty_new(base, &c->ring, on_input, c, err))))
		return c;
	error_prepend(err, "console '%s'", spec->name);
	console_free(c, "no console");
	return NULL;
}

static void stop_listening(struct console *c)
{
	if (c->listener < 0)
		return;
	event_free(c->acceptable);
	close(c->listener);
	c->listener = -1;
}

void console_free(struct console *c, const char *why)
{
	if (!c)
		return;
	stop_listening(c);
	hang_up(c);
	viewers_free(c->viewers, why);
	pty_free(c->pty);
	console_log_free(c->log);
	ring_done(&c->ring);
	evbuffer_free(c->input);
	free(c);
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool console_publish(struct console *c, struct error **err)
{
	if (c->listener < 0 || !is_there(c->spec->client)) {
		stop_listening(c);
		c->listener = socket_listen(c->spec->client, err);
		if (c->listener < 0)
			return false;
		c->acceptable = event_new(c->base, c->listener, EV_READ | EV_PERSIST,
					  on_acceptable, c);
		event_add(c->acceptable, NULL);
	}
	return !c->pty || pty_publish(c->pty, c->spec->pty, err);
}

void console_withdraw(struct console *c)
{
	if (c->listener >= 0)
		unlink(c->spec->client);
	stop_listening(c);
	if (c->pty)
		unlink(c->spec->pty);
}

void console_drain(struct console *c)
{
	while (c->qemu >= 0 && take_in(c) > 0)
		;
}

const struct plan_console *console_spec(const struct console *c)
{
	return c->spec;
}

time_t console_last(const struct console *c)
{
	return c->last;
}

time_t console_bell(const struct console *c)
{
	return c->bell;
}
