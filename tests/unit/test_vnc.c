/* A VNC session with a sound server, and with servers that lie, stall and die. */
#include <errno.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "console/vnc.h"
#include "tests/unit/tap.h"
#include "tests/unit/vnc_server.h"

static struct event_base *base;
static bool changed;

static void on_change(struct vnc *v, void *arg)
{
	(void)v;
	(void)arg;
	changed = true;
}

/* Run the loop until the session is in the state, or 5 s are over. */
static bool wait_state(struct vnc *v, enum vnc_state state)
{
	int64_t end = loop_now_ms() + 5000;

	while (vnc_state(v) != state && loop_now_ms() < end) {
		changed = false;
		loop_until(base, &changed, 1000);
	}
	return vnc_state(v) == state;
}

/* Run it until the pixel has the colour; the damage is added up. */
static bool wait_pixel(struct vnc *v, int x, int y, uint32_t colour, struct rect *damage)
{
	int64_t end = loop_now_ms() + 5000;
	uint32_t got = ~colour;

	*damage = (struct rect){ 0 };
	while (got != colour && loop_now_ms() < end && vnc_state(v) != VNC_ENDED) {
		struct rect d;
		const struct picture *p = vnc_lock(v, &d);

		if (p) {
			if (x < p->width && y < p->height)
				got = picture_row(p, y)[x];
			vnc_unlock(v);
			*damage = rect_union(*damage, d);
			continue;
		}
		changed = false;
		loop_until(base, &changed, 100);
	}
	return got == colour;
}

static bool wait_bell(struct vnc *v)
{
	int64_t end = loop_now_ms() + 5000;
	unsigned rings = 0;

	while (!(rings = vnc_bells(v)) && loop_now_ms() < end) {
		changed = false;
		loop_until(base, &changed, 100);
	}
	return rings == 1;
}

static unsigned char seen_input[64];
static size_t seen_len;

static void sound_script(int fd)
{
	char request[10];

	server_hello(fd, 64, 48, "a \033]2;evil\007name");
	server_update(fd, 2);
	server_fill(fd, 0, 0, 64, 48, 0xff112233);
	server_rect(fd, 0, 0, 0, 0, -258);		/* QEMU's keys are welcome */
	server_receive(fd, request, 10);
	server_update(fd, 1);
	server_fill(fd, 10, 20, 3, 4, 0x445566);
	server_receive(fd, request, 10);
	server_update(fd, 1);
	server_rect(fd, 11, 22, 3, 4, 1);		/* a copy over a part of itself */
	server_send(fd, "\0\12\0\24", 4);
	server_receive(fd, request, 10);
	server_update(fd, 1);
	server_rect(fd, 0, 0, 100, 80, -223);		/* a new size */
	server_receive(fd, request, 10);		/* for all of it */
	server_update(fd, 1);
	server_fill(fd, 0, 0, 100, 80, request[1] == 0 ? 0x00ff00 : 0xff0000);
	server_receive(fd, request, 10);
	server_send(fd, "\3\0\0\0\0\0\0\5hello", 13);	/* a clipboard, passed over */
	server_send(fd, "\1\0\0\0\0\1abcdef", 12);	/* a palette, likewise */
	server_send(fd, "\2", 1);			/* bell */
	seen_len = 12 + 6 + 8;
	if (!server_receive(fd, seen_input, seen_len))
		seen_len = 0;
}

static void test_sound(void)
{
	struct server server;
	int fd = server_start(&server, sound_script);
	struct vnc *v = vnc_open_fd(base, fd, NULL, on_change, NULL);
	struct rect d;

	ok(wait_state(v, VNC_CONNECTED), "a session begins");
	is_str(vnc_name(v), "a \\e]2;evil\\x07name", "the desktop's name is made harmless");
	ok(wait_pixel(v, 63, 47, 0x112233, &d), "a picture comes, without the fourth byte");
	ok(d.x == 0 && d.y == 0 && d.w == 64 && d.h == 48, "all of it is new");
	ok(wait_pixel(v, 12, 23, 0x445566, &d), "then a part");
	ok(d.x == 10 && d.y == 20 && d.w == 3 && d.h == 4, "and only that is damage");
	ok(wait_pixel(v, 13, 25, 0x445566, &d), "a copy over a part of itself");
	ok(wait_pixel(v, 99, 79, 0x00ff00, &d), "a new size is followed, and asked for whole");
	ok(d.w == 100 && d.h == 80, "all of it is damage");
	ok(wait_bell(v), "the bell rings");
	vnc_key(v, 0x61, 0x1e, true);
	vnc_pointer(v, 500, 7, VNC_BUTTON_LEFT);
	vnc_key(v, 0xff0d, 0, false);
	ok(wait_state(v, VNC_ENDED), "the server closes");
	server_join(&server);
	ok(seen_len && !memcmp(seen_input, "\377\0\0\1\0\0\0\x61\0\0\0\x1e", 12),
	   "a key goes out with its scan code");
	ok(!memcmp(seen_input + 12, "\5\1\0\x63\0\7", 6), "the pointer stays on the screen");
	ok(!memcmp(seen_input + 18, "\4\0\0\0\0\0\xff\x0d", 8), "a key without one as keysym");
	vnc_close(v);
}

static void password_script(int fd)
{
	char theirs[16];

	server_send(fd, "RFB 003.008\n\1\2", 14);
	server_receive(fd, theirs, 13);
	server_send(fd, "0123456789abcdef", 16);
	server_receive(fd, theirs, 16);
	server_send(fd, "\0\0\0\1\0\0\0\4nope", 12);
}

/* --- servers that are not sound; each must end the session with a message --- */

static void hello_cut(int fd)
{
	server_send(fd, "RFB 003.0", 9);
}

static void not_vnc(int fd)
{
	server_send(fd, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", 39);
	server_drain(fd);
}

static void huge_at_start(int fd)
{
	server_hello_with(fd, 65535, 65535, "big", 3);
	server_drain(fd);
}

static void huge_later(int fd)
{
	server_hello(fd, 64, 48, "grows");
	server_update(fd, 3);
	server_rect(fd, 0, 0, 65535, 65535, -223);
	server_rect(fd, 0, 0, 64, 48, -223);
	server_fill(fd, 0, 0, 64, 48, 1);
	server_drain(fd);
}

static void empty_screen(int fd)
{
	server_hello_with(fd, 0, 0, "nil", 3);
	server_drain(fd);
}

static void name_too_long(int fd)
{
	server_hello_with(fd, 64, 48, "x", 0xffffffff);
	server_drain(fd);
}

static void rect_outside(int fd)
{
	server_hello(fd, 64, 48, "liar");
	server_update(fd, 1);
	server_rect(fd, 60, 40, 5000, 5000, 0);
	server_drain(fd);
}

static void copy_outside(int fd)
{
	server_hello(fd, 64, 48, "liar");
	server_update(fd, 1);
	server_rect(fd, 0, 0, 64, 48, 1);
	server_send(fd, "\xff\xff\xff\xff", 4);
}

static void cut_text_huge(int fd)
{
	server_hello(fd, 64, 48, "talker");
	server_send(fd, "\3\0\0\0\x7f\xff\xff\xff", 8);
	server_drain(fd);
}

static void cursor_huge(int fd)
{
	server_hello(fd, 64, 48, "pointer");
	server_update(fd, 1);
	server_rect(fd, 0, 0, 65535, 65535, -239);
	server_drain(fd);
}

static void rect_cut(int fd)
{
	server_hello(fd, 640, 480, "dies");
	server_update(fd, 1);
	server_rect(fd, 0, 0, 640, 480, 0);
	server_send(fd, "12345678", 8);
}

static void unasked_encoding(int fd)
{
	server_hello(fd, 64, 48, "other");
	server_update(fd, 1);
	server_rect(fd, 0, 0, 1, 1, 9);		/* Ultra: the library takes any size */
	server_send(fd, "\x80\0\0\0", 4);
	server_drain(fd);
}

static void garbage(int fd)
{
	uint32_t seed = 99;

	server_hello(fd, 64, 48, "noise");
	for (int i = 0; i < 100000; i++) {
		seed = seed * 1664525 + 1013904223;
		server_send(fd, &seed, 4);
	}
}

static const struct {
	server_script *script;
	const char *name, *message;	/* message NULL: any */
} bad[] = {
	{ hello_cut, "a greeting cut short", NULL },
	{ not_vnc, "a server that speaks HTTP", NULL },
	{ huge_at_start, "65535x65535 at the start", "the server's screen is too large" },
	{ huge_later, "65535x65535 later", "the server's screen is too large" },
	{ empty_screen, "a screen of no size", "the server's screen has no size" },
	{ name_too_long, "a name of 4 GiB", NULL },
	{ rect_outside, "a rectangle outside", "the server draws outside of its screen" },
	{ copy_outside, "a copy from outside", "the server copies from outside of its screen" },
	{ cut_text_huge, "a clipboard of 2 GiB", "the server's clipboard is too large" },
	{ cursor_huge, "a cursor of 4 Gpixel", "the server's pointer is too large" },
	{ rect_cut, "death in the middle of a rectangle", NULL },
	{ unasked_encoding, "an encoding nobody asked for",
	  "the server sends an encoding that was not asked for" },
	{ garbage, "noise", NULL },
	{ password_script, "a password that nobody knows", "the server asks for a password" },
};

static void test_bad_servers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct server server;
		int fd = server_start(&server, bad[i].script);
		struct vnc *v = vnc_open_fd(base, fd, NULL, on_change, NULL);

		ok(wait_state(v, VNC_ENDED) && *vnc_message(v), "%s ends it", bad[i].name);
		printf("#   %s\n", vnc_message(v));
		if (bad[i].message)
			is_str(vnc_message(v), bad[i].message, "and it is said why");
		vnc_close(v);
		server_join(&server);
	}
}

/* --- servers that stall: closing must not wait for them --- */

static void stall_at_start(int fd)
{
	server_drain(fd);
}

static void stall_in_rect(int fd)
{
	server_hello(fd, 640, 480, "stalls");
	server_update(fd, 1);
	server_rect(fd, 0, 0, 640, 480, 0);
	server_send(fd, "12345678", 8);
	server_drain(fd);
}

/* Never reads, so that our input fills the socket. */
static void deaf(int fd)
{
	struct timeval forever = { 20, 0 };
	char c;

	server_hello(fd, 64, 48, "deaf");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof(forever));
	/* Until the other side is shut down. */
	while (recv(fd, &c, 1, MSG_PEEK) > 0 && send(fd, "\2", 1, MSG_NOSIGNAL) == 1)
		;
}

static void flood(int fd)
{
	server_hello(fd, 64, 48, "flood");
	while (send(fd, "\2\2\2\2\2\2\2\2", 8, MSG_NOSIGNAL) == 8)
		;
}

static void test_stalled(server_script *script, enum vnc_state state, const char *name)
{
	struct server server;
	int fd = server_start(&server, script);
	struct vnc *v = vnc_open_fd(base, fd, NULL, on_change, NULL);
	int64_t start;

	wait_state(v, state);
	ok(vnc_state(v) == state, "%s: the session is %s", name,
	   state == VNC_CONNECTED ? "there" : "not there yet");
	start = loop_now_ms();
	for (int i = 0; i < 5000; i++)
		vnc_key(v, 'a', 0, i & 1);
	ok(loop_now_ms() - start < 100, "%s: keys are not waited for", name);
	start = loop_now_ms();
	vnc_close(v);
	ok(loop_now_ms() - start < 100, "%s: closing takes no time", name);
	server_join(&server);
}

static void test_addresses(void)
{
	struct error *err = NULL;
	struct vnc *v;

	ok(!vnc_open(base, "nonsense", NULL, on_change, NULL, &err), "an address must look like one");
	is_str(error_message(err), "'nonsense' is neither the path of a socket nor HOST:PORT",
	       "and it is said");
	error_free(err);
	v = vnc_open(base, "/nonexistent/vnc.sock", NULL, on_change, NULL, NULL);
	ok(wait_state(v, VNC_ENDED) && strstr(vnc_message(v), strerror(ENOENT)),
	   "a missing socket is told");
	vnc_close(v);
	v = vnc_open(base, "127.0.0.1:1", NULL, on_change, NULL, NULL);
	ok(wait_state(v, VNC_ENDED) && *vnc_message(v), "a closed port is told");
	vnc_close(v);
}

int main(void)
{
	base = loop_new();
	test_sound();
	test_bad_servers();
	test_stalled(stall_at_start, VNC_CONNECTING, "silence from the start");
	test_stalled(stall_in_rect, VNC_CONNECTED, "half a rectangle");
	test_stalled(deaf, VNC_CONNECTED, "a server that doesn't read");
	test_stalled(flood, VNC_CONNECTED, "a flood");
	test_addresses();
	event_base_free(base);
	return tap_done();
}
