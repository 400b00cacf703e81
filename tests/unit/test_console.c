/*
 * The console's parts: ring, bell, log, and the viewers' protocol over real
 * sockets, byte for byte.
 */
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/frame.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/supervisor/bell.h"
#include "backend/supervisor/console_log.h"
#include "backend/supervisor/ring.h"
#include "backend/supervisor/viewers.h"
#include "tests/unit/tap.h"

/* --- ring ---------------------------------------------------------------------- */

static char *ring_text(const struct ring *r, uint64_t at)
{
	struct iovec part[2];
	struct buf b = BUF_INIT;
	int n = ring_peek(r, at, SIZE_MAX, part);

	for (int i = 0; i < n; i++)
		buf_add(&b, part[i].iov_base, part[i].iov_len);
	return buf_steal(&b);
}

static void ring_is(const struct ring *r, uint64_t at, const char *want, const char *name)
{
	AUTO_FREE char *got = ring_text(r, at);

	is_str(got, want, name);
}

static void test_ring(void)
{
	struct ring r;
	struct iovec part[2];

	ring_init(&r, 8);
	ring_is(&r, 0, "", "an empty ring");
	ring_add(&r, "abc", 3);
	ring_is(&r, 0, "abc", "some bytes");
	ring_is(&r, 2, "c", "from a position");
	ring_add(&r, "defgh", 5);
	is_int(ring_start(&r), 0, "exactly full, nothing is lost");
	ring_add(&r, "ij", 2);
	is_int(ring_start(&r), 2, "the oldest give way");
	ring_is(&r, 2, "cdefghij", "across the seam");
	ring_add(&r, "0123456789ABCDEFGHIJ", 20);
	is_int(r.end, 30, "positions count all");
	ring_is(&r, 22, "CDEFGHIJ", "more than it holds");
	is_int(ring_space(&r, 100, part), 2, "room is the whole ring, in two pieces");
	is_int(part[0].iov_len + part[1].iov_len, 8, "of its size");
	ring_done(&r);
}

static void test_replay_start(void)
{
	struct ring r;

	ring_init(&r, 16);
	ring_add(&r, "ab\ncd", 5);
	is_int(ring_replay_start(&r), 0, "whole history is replayed whole");
	ring_add(&r, "\033[31mxxx\nlast\n", 14);
	ring_is(&r, ring_replay_start(&r), "last\n", "a cut one from a line's start");
	ring_add(&r, "0123456789abcdefghij", 20);
	is_int(ring_replay_start(&r), ring_start(&r), "without lines, from where it is");
	ring_done(&r);
}

/* --- bell ---------------------------------------------------------------------- */

static bool rings(const char *text)
{
	enum bell_state s = BELL_TEXT;
	bool one = bell_rings(&s, text, strlen(text)), bytewise = false;

	s = BELL_TEXT;
	for (const char *p = text; *p; p++)
		bytewise |= bell_rings(&s, p, 1);
	ok(one == bytewise, "the same in pieces");
	return one;
}

static void test_bell(void)
{
	ok(rings("ding\a"), "BEL rings");
	ok(!rings("\033]0;title\a"), "the end of a title does not");
	ok(rings("\033]0;title\a\a"), "one behind it does");
	ok(rings("\033]0;title\033\\\a"), "one behind a title that ends in ST does");
	ok(!rings("\033P+q\a"), "the end of a device control string does not");
	ok(rings("\033[1m\a"), "one behind another sequence does");
	ok(!rings("quiet"), "silence");
}

/* --- log ----------------------------------------------------------------------- */

static char *content(const char *path)
{
	struct buf b = BUF_INIT;

	file_read(path, 1 << 20, &b, NULL);
	return buf_steal(&b);
}

static void file_is(const char *path, const char *want, const char *name)
{
	AUTO_FREE char *got = content(path);

	is_str(got, want, name);
}

static void test_log(void)
{
	AUTO_FREE char *dir = mem_strdup(tap_directory());
	AUTO_FREE char *path = mem_printf("%s/log", dir);
	AUTO_FREE char *older = mem_printf("%s/log.1", dir);
	AUTO_FREE char *text = NULL;
	struct console_log *l = console_log_open(path, false, false, 10, NULL);
	struct ring r;

	ok(console_log_add(l, "12345678", 8), "written");
	ok(console_log_add(l, "9abc", 4), "beyond its size");
	ok(console_log_add(l, "new", 3), "and on");
	file_is(older, "123456789abc", "rotated, nothing lost");
	file_is(path, "new", "a new one is begun");
	console_log_free(l);
	l = console_log_open(path, true, false, 100, NULL);
	console_log_add(l, "+", 1);
	console_log_free(l);
	file_is(path, "new+", "appended to");
	ring_init(&r, 3);
	console_log_replay(path, &r);
	ring_is(&r, ring_start(&r), "ew+", "its end is replayed");
	ring_done(&r);
	l = console_log_open(path, false, true, 1000, NULL);
	console_log_add(l, "one\ntw", 6);
	console_log_add(l, "o\n", 2);
	console_log_free(l);
	text = content(path);
	ok(text[4] == '-' && text[10] == 'T' && strstr(text, "Z one\n"), "lines have their time");
	ok(strstr(text, "Z two\n") != NULL, "also those that come in pieces");
	ok(console_log_open("/nowhere/log", false, false, 10, NULL) == NULL, "no directory, no log");
	if (access("/dev/full", W_OK) == 0) {
		l = console_log_open("/dev/full", true, false, 10, NULL);
		ok(!console_log_add(l, "x", 1), "a full disk is told of");
		ok(console_log_add(l, "x", 1), "once");
		console_log_free(l);
	}
	file_remove_tree(dir, NULL);
}

/* --- viewers ------------------------------------------------------------------- */

struct stage {
	struct event_base *base;
	struct ring ring;
	struct viewers *viewers;
	struct buf typed;
	int breaks;
};

struct peer {
	int fd;
	struct evbuffer *in;
	struct buf data;		/* console bytes so far */
	struct buf notices;		/* JSON frames, one a line */
	bool ended;
};

static void on_input(const void *data, size_t len, void *arg)
{
	struct stage *s = arg;

	buf_add(&s->typed, data, len);
}

static void on_break(void *arg)
{
	struct stage *s = arg;

	s->breaks++;
}

static const struct viewers_handlers handlers = { on_input, on_break };

static void stage_set(struct stage *s, size_t ring)
{
	*s = (struct stage){ .base = loop_new() };
	ring_init(&s->ring, ring);
	s->viewers = viewers_new(s->base, "serial0", &s->ring, &handlers, s);
}

static void stage_clear(struct stage *s)
{
	viewers_free(s->viewers, "the test is over");
	ring_done(&s->ring);
	buf_done(&s->typed);
	event_base_free(s->base);
}

static void say(struct stage *s, const char *text)
{
	ring_add(&s->ring, text, strlen(text));
	viewers_feed(s->viewers);
}

static void turn(struct stage *s)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(s->base, EVLOOP_NONBLOCK);
}

static void peer_send(struct peer *p, const char *json, const char *data)
{
	struct evbuffer *out = evbuffer_new();

	if (json) {
		struct json_object *o = json_tokener_parse(json);

		frame_add_json(out, o);
		json_object_put(o);
	}
	if (data)
		frame_add_data(out, data, strlen(data));
	evbuffer_write(out, p->fd);
	evbuffer_free(out);
}

static void peer_open(struct stage *s, struct peer *p, const char *json)
{
	int pair[2];

	*p = (struct peer){ .in = evbuffer_new() };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		abort();
	p->fd = pair[0];
	viewers_add(s->viewers, pair[1]);
	peer_send(p, json, NULL);
	turn(s);
}

static void peer_close(struct peer *p)
{
	close(p->fd);
	evbuffer_free(p->in);
	buf_done(&p->data);
	buf_done(&p->notices);
}

static void peer_take(struct peer *p)
{
	const char *payload;
	size_t len;
	char type;

	while (frame_peek(p->in, &type, &payload, &len) == FRAME_READY) {
		struct buf *to = type == FRAME_DATA ? &p->data : &p->notices;

		buf_add(to, payload, len);
		if (type == FRAME_JSON)
			buf_add_char(to, '\n');
		frame_drop(p->in, len);
	}
}

static void peer_read(struct stage *s, struct peer *p)
{
	for (;;) {
		int n;

		turn(s);
		n = evbuffer_read(p->in, p->fd, -1);
		p->ended |= n == 0;
		peer_take(p);
		if (n <= 0)
			return;
	}
}

static bool noticed(const struct peer *p, const char *what)
{
	return strstr(buf_text(&p->notices), what) != NULL;
}

static void test_replay(void)
{
	struct stage s;
	struct peer a, b;

	stage_set(&s, 1024);
	say(&s, "before ");
	peer_open(&s, &a, "{\"open\": {\"mode\": \"write\", \"client\": \"a\"}}");
	say(&s, "after");
	peer_read(&s, &a);
	is_str(buf_text(&a.data), "before after", "replay and live, each once");
	ok(noticed(&a, "{\"opened\":{\"mode\":\"write\",\"replay\":7,\"console\":\"serial0\"}}\n"), "opened");
	ok(noticed(&a, "{\"live\":true}"), "live");
	peer_open(&s, &b, "{\"open\": {\"mode\": \"read\", \"replay\": false, \"client\": \"b\"}}");
	say(&s, "!");
	peer_read(&s, &b);
	is_str(buf_text(&b.data), "!", "without replay");
	peer_read(&s, &a);
	ok(noticed(&a, "{\"clients\":[{\"client\":\"a\",\"mode\":\"write\"},{\"client\":\"b\",\"mode\":\"read\"}]}"),
	   "everybody is told of the other");
	peer_close(&a);
	peer_close(&b);
	turn(&s);
	is_int(viewers_count(s.viewers), 0, "all have left");
	stage_clear(&s);
}

static void test_writers(void)
{
	struct stage s;
	struct peer a, b, c, d;

	stage_set(&s, 1024);
	peer_open(&s, &a, "{\"open\": {\"mode\": \"write\", \"client\": \"a\"}}");
	peer_send(&a, NULL, "from a;");
	peer_open(&s, &b, "{\"open\": {\"mode\": \"write\", \"client\": \"b\"}}");
	peer_read(&s, &b);
	ok(noticed(&b, "{\"refused\":\"the console is in use by a\"}") && b.ended, "one writer only");
	peer_open(&s, &c, "{\"open\": {\"mode\": \"write\", \"else_read\": true, \"client\": \"c\"}}");
	peer_send(&c, NULL, "from c;");
	peer_read(&s, &c);
	ok(noticed(&c, "\"mode\":\"read\""), "or as a reader");
	is_str(buf_text(&s.typed), "from a;", "whose typing is nothing");
	peer_open(&s, &d, "{\"open\": {\"mode\": \"write\", \"force\": true, \"client\": \"d\"}}");
	peer_send(&d, "{\"break\": true}", "from d;");
	peer_send(&a, "{\"break\": true}", "too late;");
	peer_read(&s, &a);
	peer_read(&s, &d);
	ok(noticed(&a, "{\"mode\":\"read\",\"by\":\"d\"}"), "taken over, and told by whom");
	is_str(buf_text(&s.typed), "from a;from d;", "and typing goes with it");
	is_int(s.breaks, 1, "so does the break");
	peer_send(&a, "{\"take\": true}", "again a;");
	peer_read(&s, &a);
	is_str(buf_text(&s.typed), "from a;from d;again a;", "taken back");
	peer_close(&a);
	peer_read(&s, &c);
	ok(noticed(&c, "{\"mode\":\"write\"}"), "who waited to write gets its turn");
	peer_close(&b);
	peer_close(&c);
	peer_close(&d);
	stage_clear(&s);
}

/* A viewer that reads nothing costs bounded memory, and learns exactly what it
 * has missed. */
static void test_slow(void)
{
	struct stage s;
	struct peer slow, fast;
	char line[1001];
	long long dropped = 0, total = 0;
	const char *p;

	stage_set(&s, 64 << 10);
	memset(line, 'x', 1000);
	line[1000] = '\0';
	peer_open(&s, &slow, "{\"open\": {\"mode\": \"read\", \"client\": \"slow\"}}");
	peer_open(&s, &fast, "{\"open\": {\"mode\": \"read\", \"client\": \"fast\"}}");
	for (int i = 0; i < 4000; i++) {
		say(&s, line);
		total += 1000;
		peer_read(&s, &fast);
	}
	is_int(fast.data.len, total, "who reads gets all of it");
	ok(!noticed(&fast, "dropped"), "and nothing was dropped for it");
	peer_read(&s, &slow);
	for (p = buf_text(&slow.notices); (p = strstr(p, "{\"dropped\":")); p++)
		dropped += atoll(p + 11);
	ok(dropped > 0, "who does not read misses something");
	is_int((long long)slow.data.len + dropped, total, "and is told exactly how much");
	peer_close(&slow);
	peer_close(&fast);
	stage_clear(&s);
}

/* Attach and detach at every point of a stream: what each has seen is one
 * piece of it, from its replay on, without a gap. */
static void test_cycles(void)
{
	AUTO_BUF struct buf all = BUF_INIT;
	struct stage s;
	char text[16];
	int bad = 0;

	stage_set(&s, 4096);
	for (int i = 0; i < 1000; i++) {
		struct peer p;

		snprintf(text, sizeof(text), "%08d\n", i);
		say(&s, text);
		buf_add_str(&all, text);
		peer_open(&s, &p, "{\"open\": {\"mode\": \"read\", \"client\": \"p\"}}");
		snprintf(text, sizeof(text), "+%07d\n", i);
		say(&s, text);
		buf_add_str(&all, text);
		peer_read(&s, &p);
		bad += p.data.len < 18 || p.data.len > all.len ||
			strcmp(all.data + all.len - p.data.len, buf_text(&p.data)) != 0;
		peer_close(&p);
		turn(&s);
	}
	is_int(bad, 0, "1000 times attached, nothing lost or doubled");
	stage_clear(&s);
}

static void test_hostile(void)
{
	static const char *const nonsense[] = {
		"D\377\377\377", "Zxxx", "J\0\0\2[]", "J\0\0\1{", "\0\0\0\0",
	};
	struct stage s;

	stage_set(&s, 1024);
	for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++) {
		struct peer p;

		peer_open(&s, &p, "{\"open\": {\"client\": \"evil\"}}");
		if (write(p.fd, nonsense[i], 4 + (i == 2 ? 2 : i == 3)) < 0)
			abort();
		peer_read(&s, &p);
		ok(p.ended && noticed(&p, "refused"), "nonsense %zu ends that viewer", i);
		peer_close(&p);
	}
	turn(&s);
	is_int(viewers_count(s.viewers), 0, "and it is gone");
	stage_clear(&s);
}

static void test_pace(void)
{
	struct stage s;
	struct peer p;

	stage_set(&s, 1024);
	peer_open(&s, &p, "{\"open\": {\"client\": \"p\"}}");
	viewers_accept_input(s.viewers, false);
	peer_send(&p, NULL, "typed");
	turn(&s);
	is_int(s.typed.len, 0, "a guest that is slow is not overrun");
	viewers_accept_input(s.viewers, true);
	turn(&s);
	is_str(buf_text(&s.typed), "typed", "and gets it later");
	peer_close(&p);
	stage_clear(&s);
}

int main(void)
{
	test_ring();
	test_replay_start();
	test_bell();
	test_log();
	test_replay();
	test_writers();
	test_slow();
	test_cycles();
	test_hostile();
	test_pace();
	return tap_done();
}
