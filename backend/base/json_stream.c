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
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/socket.h"

#define FDS_MAX 4
#define READ_CHUNK 16384

struct json_stream {
	struct bufferevent *bev;	/* writes only: reading takes descriptors along */
	struct event *readable;
	struct evbuffer *in;
	const struct json_stream_handlers *handlers;
	void *arg;
	int fds[FDS_MAX];		/* received, oldest first */
	size_t n_fds;
	bool busy;		/* inside a callback: freeing is put off */
	bool dead;
};

static void destroy(struct json_stream *s)
{
	for (size_t i = 0; i < s->n_fds; i++)
		close(s->fds[i]);
	event_free(s->readable);
	evbuffer_free(s->in);
	bufferevent_free(s->bev);
	free(s);
}

static void end(struct json_stream *s, const char *why)
{
	event_del(s->readable);
	bufferevent_disable(s->bev, EV_WRITE);
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

static void keep_fds(struct json_stream *s, struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (s->n_fds < FDS_MAX)
				s->fds[s->n_fds++] = fd;
			else
				close(fd);
		}
	}
}

/* Like recv(), appending to the input. */
static ssize_t receive(struct json_stream *s)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;
	char chunk[READ_CHUNK];
	struct iovec iov = { .iov_base = chunk, .iov_len = sizeof(chunk) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space, .msg_controllen = sizeof(control.space),
	};
	ssize_t n = recvmsg(bufferevent_getfd(s->bev), &msg, MSG_CMSG_CLOEXEC);

	if (n < 0)
		return n;
	keep_fds(s, &msg);
	if (n > 0)
		evbuffer_add(s->in, chunk, (size_t)n);
	return n;
}

static void take_lines(struct json_stream *s)
{
	size_t len;
	char *line;

	while (!s->dead && (line = evbuffer_readln(s->in, &len, EVBUFFER_EOL_LF))) {
		bool more = take_line(s, line, len);

		free(line);
		if (!more)
			return;
	}
	if (!s->dead && evbuffer_get_length(s->in) > JSON_STREAM_MAX)
		end(s, "message is too long");
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct json_stream *s = arg;
	ssize_t n = receive(s);

	(void)fd;
	(void)what;
	s->busy = true;
	if (n > 0)
		take_lines(s);
	else if (n == 0)
		end(s, "connection closed");
	else if (errno != EAGAIN && errno != EINTR)
		end(s, strerror(errno));
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
	bufferevent_setcb(s->bev, NULL, NULL, on_event, s);
	bufferevent_enable(s->bev, EV_WRITE);
	bufferevent_disable(s->bev, EV_READ);
	s->in = evbuffer_new();
	s->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, s);
	event_add(s->readable, NULL);
	return s;
}

void json_stream_free(struct json_stream *s)
{
	if (!s)
		return;
	s->dead = true;
	event_del(s->readable);
	bufferevent_disable(s->bev, EV_WRITE);
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

int json_stream_take_fd(struct json_stream *s)
{
	int fd;

	if (s->n_fds == 0)
		return -1;
	fd = s->fds[0];
	memmove(s->fds, s->fds + 1, --s->n_fds * sizeof(int));
	return fd;
}

size_t json_stream_pending(const struct json_stream *s)
{
	return evbuffer_get_length(bufferevent_get_output(s->bev));
}

int json_stream_fd(const struct json_stream *s)
{
	return bufferevent_getfd(s->bev);
}
