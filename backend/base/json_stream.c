/*
 * json_stream: see json_stream.h.  A libevent bufferevent cut into lines.
 */
#include "backend/base/json_stream.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "backend/base/mem.h"
#include "backend/base/socket.h"

struct json_stream {
	struct bufferevent *bev;
	const struct json_stream_handlers *handlers;
	void *arg;
	bool busy;		/* inside a callback: freeing is put off */
	bool dead;
};

static void destroy(struct json_stream *s)
{
	bufferevent_free(s->bev);
	free(s);
}

static void end(struct json_stream *s, const char *why)
{
	bufferevent_disable(s->bev, EV_READ | EV_WRITE);
	s->handlers->on_end(s, why, s->arg);
}

static bool take_line(struct json_stream *s, const char *line, size_t len)
{
	struct error *err = NULL;
	struct json_object *o;

	if (strspn(line, " \t\r") == len)
		return true;
	o = json_parse(line, len, &err);
	if (!o || !json_object_is_type(o, json_type_object)) {
		end(s, err ? error_message(err) : "message is not a JSON object");
		error_free(err);
		json_object_put(o);
		return false;
	}
	s->handlers->on_object(s, o, s->arg);
	json_object_put(o);
	return !s->dead;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct json_stream *s = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t len;
	char *line;

	s->busy = true;
	while (!s->dead && (line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF))) {
		bool more = take_line(s, line, len);

		free(line);
		if (!more)
			goto out;
	}
	if (!s->dead && evbuffer_get_length(in) > JSON_STREAM_MAX)
		end(s, "message is too long");
out:
	s->busy = false;
	if (s->dead)
		destroy(s);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct json_stream *s = arg;
	int errnum = EVUTIL_SOCKET_ERROR();

	(void)bev;
	s->busy = true;
	if (what & BEV_EVENT_EOF)
		end(s, "connection closed");
	else if (what & BEV_EVENT_ERROR)
		end(s, strerror(errnum));
	s->busy = false;
	if (s->dead)
		destroy(s);
}

struct json_stream *json_stream_new(struct event_base *base, int fd,
				    const struct json_stream_handlers *handlers,
				    void *arg)
{
	struct json_stream *s = mem_zalloc(sizeof(*s));

	s->handlers = handlers;
	s->arg = arg;
	s->bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!s->bev)
		abort();
	bufferevent_setcb(s->bev, on_read, NULL, on_event, s);
	bufferevent_enable(s->bev, EV_READ | EV_WRITE);
	return s;
}

void json_stream_free(struct json_stream *s)
{
	if (!s)
		return;
	s->dead = true;
	bufferevent_disable(s->bev, EV_READ | EV_WRITE);
	if (!s->busy)
		destroy(s);
}

void json_stream_send(struct json_stream *s, struct json_object *o)
{
	struct evbuffer *out = bufferevent_get_output(s->bev);
	const char *text = json_text(o);

	if (s->dead)
		return;
	evbuffer_add(out, text, strlen(text));
	evbuffer_add(out, "\n", 1);
}

bool json_stream_send_fd(struct json_stream *s, struct json_object *o, int fd)
{
	AUTO_FREE char *line = mem_printf("%s\n", json_text(o));
	size_t len = strlen(line);
	ssize_t n;

	if (s->dead || json_stream_pending(s) > 0)
		return false;
	n = socket_send_fd(bufferevent_getfd(s->bev), line, len, fd);
	if (n <= 0)
		return false;
	evbuffer_add(bufferevent_get_output(s->bev), line + n, len - (size_t)n);
	return true;
}

size_t json_stream_pending(const struct json_stream *s)
{
	return evbuffer_get_length(bufferevent_get_output(s->bev));
}

int json_stream_fd(const struct json_stream *s)
{
	return bufferevent_getfd(s->bev);
}
