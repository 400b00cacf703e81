/*
 * Any bytes from a monitor or a client: objects, then an end that says why.
 */
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/base/json_stream.h"
#include "tests/fuzz/fuzz.h"

static int ended;

static void on_object(struct json_stream *s, struct json_object *o, void *arg)
{
	(void)arg;
	must(!ended && json_object_is_type(o, json_type_object));
	json_stream_send(s, o);
}

static void on_end(struct json_stream *s, const char *why, void *arg)
{
	(void)s;
	(void)arg;
	must(why && *why);
	ended++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct json_stream_handlers handlers = { on_object, on_end };
	static struct event_base *base;
	struct json_stream *s;
	int fds[2];

	if (!base)
		base = event_base_new();
	if (size > 32768)
		size = 32768;
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	ended = 0;
	s = json_stream_new(base, fds[0], &handlers, NULL);
	must(write(fds[1], data, size) == (ssize_t)size);
	shutdown(fds[1], SHUT_WR);
	for (int i = 0; i < 100 && !ended; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	must(ended == 1);
	json_stream_free(s);
	close(fds[1]);
	return 0;
}
