/*
 * test_stream: json_stream and frame, the two ways bytes become messages.
 */
#include "tests/unit/tap.h"

#include <event2/buffer.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "backend/base/frame.h"
#include "backend/base/json_stream.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"

struct peer {
	struct json_stream *stream;
	int objects;
	bool ended, got_three, free_on_object;
	char *why;
	char *last;
};

static void on_object(struct json_stream *s, struct json_object *o, void *arg)
{
	struct peer *p = arg;

	p->objects++;
	p->got_three = p->objects >= 3;
	free(p->last);
	p->last = mem_strdup(json_text(o));
	if (p->free_on_object) {
		json_stream_free(s);
		p->stream = NULL;
		p->ended = true;
	}
}

static void on_end(struct json_stream *s, const char *why, void *arg)
{
	struct peer *p = arg;

	json_stream_free(s);
	p->stream = NULL;
	p->why = mem_strdup(why);
	p->ended = true;
}

static const struct json_stream_handlers handlers = { on_object, on_end };

static void start(struct event_base *base, struct peer *p, int *other)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
		abort();
	*p = (struct peer){ .objects = 0 };
	p->stream = json_stream_new(base, pair[0], &handlers, p);
	*other = pair[1];
}

static void finish(struct peer *p, int other)
{
	json_stream_free(p->stream);
	free(p->why);
	free(p->last);
	close(other);
}

static bool say(int fd, const char *text)
{
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static void test_stream(struct event_base *base)
{
	struct peer p;
	int other;
	char text[64] = "";
	AUTO_JSON struct json_object *o = json_object_new_object();

	start(base, &p, &other);
	ok(say(other, "{\"a\":1}\r\n\n{\"b\":") && say(other, "2}\n{\"c\":3}\n"), "three messages in two writes");
	ok(loop_until(base, &p.got_three, 5000), "all arrive, blank lines and pieces aside");
	is_str(p.last, "{\"c\":3}", "in order");
	json_set_str(o, "x", "y");
	json_stream_send(p.stream, o);
	for (int i = 0; i < 10 && json_stream_pending(p.stream); i++)
		event_base_loop(base, EVLOOP_ONCE);
	ok(read(other, text, sizeof(text) - 1) > 0, "an answer goes out");
	is_str(text, "{\"x\":\"y\"}\n", "as a line");
	close(other);
	ok(loop_until(base, &p.ended, 5000), "the end is told");
	is_str(p.why, "connection closed", "and why");
	finish(&p, -1);
}

static void test_stream_refuses(struct event_base *base)
{
	static const char *const bad[] = { "[1]\n", "null\n", "{\"a\":}\n", "{} {}\n", "\"\xff\"\n" };
	struct peer p;
	int other;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		start(base, &p, &other);
		say(other, bad[i]);
		ok(loop_until(base, &p.ended, 5000) && p.objects == 0, "refused: %.*s",
		   (int)strlen(bad[i]) - 1, bad[i]);
		finish(&p, other);
	}
	start(base, &p, &other);
	p.free_on_object = true;
	say(other, "{}\n{}\n");
	ok(loop_until(base, &p.ended, 5000) && p.objects == 1, "a stream may be freed from its callback");
	finish(&p, other);
}

static void flood(evutil_socket_t fd, short what, void *arg)
{
	static char junk[65536];

	(void)what;
	(void)arg;
	memset(junk, 'x', sizeof(junk));
	while (write(fd, junk, sizeof(junk)) > 0)
		;
}

static void test_stream_bound(struct event_base *base)
{
	struct peer p;
	struct event *writer;
	int other;

	start(base, &p, &other);
	writer = event_new(base, other, EV_WRITE | EV_PERSIST, flood, NULL);
	event_add(writer, NULL);
	ok(loop_until(base, &p.ended, 20000), "an endless line ends the stream");
	is_str(p.why, "message is too long", "and says so");
	event_free(writer);
	finish(&p, other);
}

static void test_frame(void)
{
	struct evbuffer *b = evbuffer_new();
	AUTO_JSON struct json_object *o = json_object_new_object();
	AUTO_FREE char *big = mem_zalloc(FRAME_MAX + 10);
	const char *payload;
	char type;
	size_t len;

	json_set_bool(o, "live", true);
	frame_add_json(b, o);
	frame_add_data(b, big, FRAME_MAX + 10);
	ok(frame_peek(b, &type, &payload, &len) == FRAME_READY && type == FRAME_JSON &&
	   len == 13 && !memcmp(payload, "{\"live\":true}", 13), "control frame");
	frame_drop(b, len);
	ok(frame_peek(b, &type, &payload, &len) == FRAME_READY && type == FRAME_DATA &&
	   len == FRAME_MAX, "long data is cut in frames");
	frame_drop(b, len);
	ok(frame_peek(b, &type, &payload, &len) == FRAME_READY && len == 10, "with the rest behind");
	frame_drop(b, len);
	ok(evbuffer_get_length(b) == 0, "and nothing else");
	evbuffer_add(b, "D\0\0\5abc", 7);
	ok(frame_peek(b, &type, &payload, &len) == FRAME_PARTIAL, "half a frame waits");
	evbuffer_drain(b, 7);
	evbuffer_add(b, "D\xff\xff\xff", 4);
	ok(frame_peek(b, &type, &payload, &len) == FRAME_BROKEN, "a huge frame is refused");
	evbuffer_drain(b, 4);
	evbuffer_add(b, "Z\0\0\0", 4);
	ok(frame_peek(b, &type, &payload, &len) == FRAME_BROKEN, "an unknown type is refused");
	evbuffer_free(b);
}

/* Descriptors that come with messages: kept in order, bounded, and closed when
 * nobody takes them. */
static void test_descriptors(struct event_base *base)
{
	AUTO_JSON struct json_object *o = json_object_new_object();
	struct json_stream *sender;
	struct peer p, unused = { .objects = 0 };
	int other, fds[2], passed, before, after;

	start(base, &p, &other);
	sender = json_stream_new(base, other, &handlers, &unused);
	if (pipe(fds) < 0)
		abort();
	is_int(json_stream_take_fd(p.stream), -1, "no descriptor");
	for (int i = 0; i < 9; i++)
		ok(json_stream_send_fd(sender, o, fds[1]), "a message with a descriptor");
	close(fds[1]);
	while (p.objects < 9)
		event_base_loop(base, EVLOOP_ONCE);
	passed = json_stream_take_fd(p.stream);
	ok(passed >= 0 && write(passed, "x", 1) == 1, "it is the pipe's");
	ok(fcntl(passed, F_GETFD) & FD_CLOEXEC, "not for children");
	close(passed);
	json_stream_free(p.stream);
	json_stream_free(sender);
	free(p.last);
	/* With the last writer gone, the pipe is at its end. */
	before = (int)read(fds[0], &after, 1);
	after = (int)read(fds[0], &after, 1);
	is_int(before, 1, "what was written");
	is_int(after, 0, "all the others were closed");
	close(fds[0]);
}

int main(void)
{
	struct event_base *base = loop_new();

	test_stream(base);
	test_stream_refuses(base);
	test_stream_bound(base);
	test_descriptors(base);
	test_frame();
	event_base_free(base);
	return tap_done();
}
