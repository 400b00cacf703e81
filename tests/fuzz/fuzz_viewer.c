/*
 * A client of a console that says anything: it is heard or dropped, what it
 * types is no more than what it sent, and another one beside it still gets
 * every byte of the guest's.
 */
#include <event2/buffer.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/base/frame.h"
#include "backend/base/loop.h"
#include "backend/supervisor/viewers.h"
#include "tests/fuzz/fuzz.h"

static struct event_base *base;
static size_t typed;

static void on_input(const void *data, size_t len, void *arg)
{
	(void)data;
	(void)arg;
	typed += len;
}

static void on_break(void *arg)
{
	(void)arg;
}

static const struct viewers_handlers handlers = { on_input, on_break };

static void turn(void)
{
	for (int i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static int add(struct viewers *v)
{
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	viewers_add(v, pair[1]);
	return pair[0];
}

static void open_reader(int fd)
{
	static const char open[] = "{\"open\":{\"mode\":\"read\",\"client\":\"witness\"}}";
	unsigned char head[4] = { 'J', 0, 0, sizeof(open) - 1 };

	must(write(fd, head, 4) == 4 && write(fd, open, sizeof(open) - 1) > 0);
}

static size_t console_bytes(int fd)
{
	struct evbuffer *in = evbuffer_new();
	const char *payload;
	size_t len, sum = 0;
	char type;

	while (evbuffer_read(in, fd, -1) > 0)
		while (frame_peek(in, &type, &payload, &len) == FRAME_READY) {
			sum += type == FRAME_DATA ? len : 0;
			frame_drop(in, len);
		}
	must(evbuffer_get_length(in) == 0);
	evbuffer_free(in);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct viewers *v;
	struct ring ring;
	int evil, witness;

	if (!base)
		base = loop_new();
	ring_init(&ring, 4096);
	v = viewers_new(base, "fuzz", &ring, &handlers, NULL);
	typed = 0;
	witness = add(v);
	open_reader(witness);
	turn();
	evil = add(v);
	ring_add(&ring, "output", 6);
	viewers_feed(v);
	(void)!write(evil, data, size);
	turn();
	ring_add(&ring, "more", 4);
	viewers_feed(v);
	turn();
	must(typed <= size);
	must(console_bytes(witness) == 10);
	close(evil);
	turn();
	must(viewers_count(v) == 1);
	viewers_free(v, "over");
	close(witness);
	turn();
	ring_done(&ring);
	return 0;
}
