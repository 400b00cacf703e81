/*
 * Any bytes from a VNC server: the session ends, with a message, and what it
 * showed was within bounds. An input that begins with an even byte comes after
 * a sound handshake.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "console/vnc.h"
#include "tests/fuzz/fuzz.h"

/* Version, no authentication, 64x48 in 32 bits, and a name. */
static const char handshake[] =
	"RFB 003.008\n" "\1\1" "\0\0\0\0"
	"\0\100\0\60\40\30\0\1\0\377\0\377\0\377\20\10\0\0\0\0\0\0\0\1" "x";

static bool ended;

static void on_change(struct vnc *v, void *arg)
{
	struct rect d;
	const struct picture *p = vnc_lock(v, &d);

	(void)arg;
	if (p) {
		must(picture_size_ok(p->width, p->height));
		must(d.x >= 0 && d.y >= 0 && d.x + d.w <= p->width && d.y + d.h <= p->height);
		vnc_unlock(v);
	}
	ended = vnc_state(v) == VNC_ENDED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event_base *base;
	struct vnc *v;
	int pair[2];

	if (!base)
		base = loop_new();
	/* What a socket takes at once: nobody else is here to write it. */
	if (size < 1 || size > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return 0;
	if (data[0] % 2 == 0)
		must(send(pair[0], handshake, sizeof(handshake) - 1, 0) ==
		     (ssize_t)sizeof(handshake) - 1);
	must(send(pair[0], data + 1, size - 1, 0) == (ssize_t)size - 1);
	shutdown(pair[0], SHUT_WR);
	ended = false;
	v = vnc_open_fd(base, pair[1], "secret", on_change, NULL);
	loop_until(base, &ended, -1);
	must(*vnc_message(v));
	vnc_close(v);
	close(pair[0]);
	return 0;
}
