/*
 * vnc_thread: the thread of a session: from the connection to its end.
 */
#include "console/vnc_thread.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "console/vnc_library.h"
#include "console/vnc_session.h"

/* The library counts each short read as a tenth of a second: less than this
 * would end sessions over small packets. */
#define READ_TIMEOUT_S 400

static char session_key;		/* its address is the key */
static _Thread_local char last_log[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void keep_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void keep_log(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(last_log, sizeof(last_log), format, ap);
	va_end(ap);
	last_log[strcspn(last_log, "\r\n")] = '\0';
}

/* The library writes to standard error, which is somebody's screen. */
static void silence(void)
{
	*vnc_library.rfbClientLog = keep_log;
	*vnc_library.rfbClientErr = keep_log;
}

static char *on_password(rfbClient *c)
{
	struct vnc_session *s = vnc_library.rfbClientGetClientData(c, &session_key);

	s->asked_password = true;
	/* The library frees it, but not an empty one. */
	return s->shared->password && *s->shared->password ? strdup(s->shared->password) : NULL;
}

static rfbClient *client_new(struct vnc_session *s, int fd)
{
	static const uint32_t schemes[] = { rfbNoAuth, rfbVncAuth, 0 };
	rfbClient *c = vnc_library.rfbGetClient(8, 3, 4);

	if (!c)
		abort();
	vnc_library.rfbClientSetClientData(c, &session_key, s);
	vnc_library.SetClientAuthSchemes(c, schemes, -1);
	c->sock = fd;
	c->readTimeout = READ_TIMEOUT_S;
	c->GetPassword = on_password;
	/* What QEMU has anyhow: 0x00RRGGBB in our byte order. */
	c->format.bitsPerPixel = 32;
	c->format.depth = 24;
	c->format.trueColour = 1;
	c->format.redShift = 16;
	c->format.greenShift = 8;
	c->format.blueShift = 0;
	return c;
}

static bool send_format(rfbClient *c)
{
	rfbSetPixelFormatMsg m = { .type = rfbSetPixelFormat, .format = c->format };

	m.format.redMax = m.format.greenMax = m.format.blueMax = htons(255);
	return vnc_library.WriteToRFBServer(c, (char *)&m, sz_rfbSetPixelFormatMsg);
}

/* Those that vnc_message.c reads, and no more. */
static bool send_encodings(rfbClient *c)
{
	/* raw, copyrect, cursor shape, desktop size, QEMU's keys, last rect */
	static const int32_t wanted[] = { 0, 1, -239, -223, -258, -224 };
	unsigned char m[4 + sizeof(wanted)] = { rfbSetEncodings, 0, 0, ARRAY_SIZE(wanted) };

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		uint32_t be = htonl((uint32_t)wanted[i]);

		memcpy(m + 4 + 4 * i, &be, 4);
	}
	return vnc_library.WriteToRFBServer(c, (char *)m, sizeof(m));
}

static bool send_request(struct vnc_session *s)
{
	rfbFramebufferUpdateRequestMsg m = {
		.type = rfbFramebufferUpdateRequest, .incremental = !s->want_all,
		.w = htons((uint16_t)s->picture.width), .h = htons((uint16_t)s->picture.height),
	};

	s->want_all = false;
	s->requested = true;
	return vnc_library.WriteToRFBServer(s->client, (char *)&m, sz_rfbFramebufferUpdateRequestMsg);
}

static void begin(struct vnc_session *s)
{
	const char *name = s->client->desktopName;
	char *clean = name ? sanitize(name) : mem_strdup("");
	size_t cut = strlen(clean);

	/* Cut between characters. */
	if (cut > VNC_NAME_MAX) {
		cut = VNC_NAME_MAX;
		while (cut > 0 && ((unsigned char)clean[cut] & 0xc0) == 0x80)
			cut--;
		clean[cut] = '\0';
	}
	pthread_mutex_lock(&s->shared->mutex);
	s->shared->name = clean;
	s->shared->state = VNC_CONNECTED;
	pthread_mutex_unlock(&s->shared->mutex);
	vnc_wake(s->shared->wake_loop);
}

static bool handshake(struct vnc_session *s)
{
	rfbClient *c = s->client;

	if (!vnc_library.InitialiseRFBConnection(c) ||
	    !vnc_session_size(s, c->si.framebufferWidth, c->si.framebufferHeight) ||
	    !send_format(c) || !send_encodings(c))
		return false;
	begin(s);
	return send_request(s);
}

/* The fourth byte means nothing, and differs between servers. */
static void clear_fourth_byte(struct picture *p, struct rect r)
{
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			p->pixels[(size_t)y * (size_t)p->width + x] &= 0xffffff;
}

/* Show the loop what is new. */
static void publish(struct vnc_session *s)
{
	struct vnc_shared *shared = s->shared;

	if (rect_empty(s->damage))
		return;
	pthread_mutex_lock(&shared->mutex);
	if (shared->picture.width != s->picture.width ||
	    shared->picture.height != s->picture.height) {
		picture_resize(&shared->picture, s->picture.width, s->picture.height);
		shared->damage = s->damage = picture_bounds(&s->picture);
	}
	picture_copy_rect(&shared->picture, &s->picture, s->damage);
	clear_fourth_byte(&shared->picture, s->damage);
	shared->damage = rect_union(shared->damage, s->damage);
	pthread_mutex_unlock(&shared->mutex);
	s->damage = (struct rect){ 0, 0, 0, 0 };
	vnc_wake(shared->wake_loop);
}

static int clamp(int v, int max)
{
	return v < 0 ? 0 : v > max ? max : v;
}

static bool send_extended_key(rfbClient *c, const struct vnc_input *in)
{
	unsigned char m[12] = { 255, 0, 0, in->down };
	uint32_t keysym = htonl(in->keysym), scancode = htonl(in->scancode);

	memcpy(m + 4, &keysym, 4);
	memcpy(m + 8, &scancode, 4);
	return vnc_library.WriteToRFBServer(c, (char *)m, sizeof(m));
}

static bool send_input(struct vnc_session *s, const struct vnc_input *in)
{
	rfbClient *c = s->client;

	if (in->pointer)
		return vnc_library.SendPointerEvent(c, clamp(in->x, s->picture.width - 1),
						    clamp(in->y, s->picture.height - 1),
						    (int)in->buttons);
	if (in->scancode && s->extended_keys)
		return send_extended_key(c, in);
	return !in->keysym || vnc_library.SendKeyEvent(c, in->keysym, in->down);
}

/* What the loop's side has for us; false when it wants us to stop or the server
 * is gone. */
static bool serve_loop(struct vnc_session *s)
{
	struct vnc_shared *shared = s->shared;
	AUTO_FREE struct vnc_input *inputs = NULL;
	bool stop, seen;
	int n;

	vnc_woken(shared->wake_thread);
	pthread_mutex_lock(&shared->mutex);
	stop = shared->stop;
	n = shared->n_inputs;
	if (n)
		inputs = mem_dup(shared->inputs, (size_t)n * sizeof(*inputs));
	shared->n_inputs = 0;
	seen = rect_empty(shared->damage);
	pthread_mutex_unlock(&shared->mutex);
	if (stop)
		return false;
	for (int i = 0; i < n; i++)
		if (!send_input(s, &inputs[i]))
			return false;
	if (seen && (!s->requested || s->want_all))
		return send_request(s);
	return true;
}

static void set_busy(struct vnc_shared *shared, int64_t since_ms)
{
	pthread_mutex_lock(&shared->mutex);
	shared->busy_since = since_ms;
	pthread_mutex_unlock(&shared->mutex);
}

static bool serve_server(struct vnc_session *s)
{
	bool good;

	set_busy(s->shared, loop_now_ms());
	good = vnc_message_read(s);
	set_busy(s->shared, 0);
	if (!good)
		return false;
	/* Without pixels it was a bell or a new size: still owed. */
	if (!rect_empty(s->damage))
		s->requested = false;
	publish(s);
	return true;
}

static void serve(struct vnc_session *s)
{
	struct pollfd p[2] = { { .fd = s->client->sock, .events = POLLIN },
			       { .fd = s->shared->wake_thread, .events = POLLIN } };

	while (serve_loop(s)) {
		/* The library may hold a message that poll() knows nothing of. */
		if (poll(p, 2, s->client->buffered ? 0 : -1) < 0 && errno != EINTR)
			return;
		if ((s->client->buffered || p[0].revents) && !serve_server(s))
			return;
	}
}

static char *reason(const struct vnc_session *s, bool connected)
{
	if (s->fault)
		return mem_strdup(s->fault);
	if (s->asked_password && !connected)
		return mem_strdup(s->shared->password ? "the server refuses the password"
						      : "the server asks for a password");
	if (!connected)
		return last_log[0] ? mem_printf("no session with the server: %s", last_log)
				   : mem_strdup("no session with the server");
	return mem_strdup(last_log[0] ? last_log : "the server closed the connection");
}

static void finish(struct vnc_shared *shared, char *why)
{
	char *clean = sanitize(why);

	free(why);
	pthread_mutex_lock(&shared->mutex);
	shared->state = VNC_ENDED;
	shared->message = clean;
	pthread_mutex_unlock(&shared->mutex);
	vnc_wake(shared->wake_loop);
}

/* Give the loop's side a handle to cut the connection with. */
static bool lend_socket(struct vnc_shared *shared, int fd)
{
	bool stop;

	pthread_mutex_lock(&shared->mutex);
	shared->socket = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	stop = shared->stop;
	pthread_mutex_unlock(&shared->mutex);
	return !stop;
}

static void converse(struct vnc_shared *shared, int fd)
{
	struct vnc_session s = { .shared = shared };
	bool connected = false;

	s.client = client_new(&s, fd);
	last_log[0] = '\0';
	if (lend_socket(shared, fd)) {
		connected = handshake(&s);
		last_log[0] = connected ? '\0' : last_log[0];
		if (connected)
			serve(&s);
	}
	/* The handle that was lent keeps the socket open. */
	shutdown(fd, SHUT_RDWR);
	finish(shared, reason(&s, connected));
	vnc_library.rfbClientCleanup(s.client);
	picture_done(&s.picture);
}

void *vnc_thread(void *arg)
{
	struct vnc_shared *shared = arg;
	struct error *err = NULL;
	int fd;

	fd = vnc_library_load(&err) ? vnc_connect(shared, &err) : -1;
	if (fd >= 0)
		pthread_once(&once, silence);
	if (fd < 0) {
		finish(shared, mem_strdup(error_message(err)));
		error_free(err);
	} else if (fd >= FD_SETSIZE || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		/* The library uses select(). */
		finish(shared, mem_strdup("too many files are open"));
		close(fd);
	} else {
		converse(shared, fd);
	}
	vnc_shared_unref(shared);
	return NULL;
}
