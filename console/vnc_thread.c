/*
 * vnc_thread: the only file that uses libvncclient (vnc_library.h loads it).
 *
 * Of the library's session setup only the handshake is used.  It would offer
 * encodings whose answers it then gets wrong (QEMU's desktop size), and ask for
 * the next update by itself; both are done here instead.
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

/* The library counts each short read as a tenth of a second, and reads 300 KiB
 * at a time: less than this would end sessions over small packets. */
#define READ_TIMEOUT_S 400

struct session {
	struct vnc_shared *shared;
	rfbClient *client;
	struct rect damage;		/* since the last publication */
	bool refused;			/* a size past the bound */
	bool asked_password;
	bool requested;			/* an update is owed to us */
	bool want_all;			/* the next request is for everything */
};

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

static struct session *session_of(rfbClient *c)
{
	return vnc_library.rfbClientGetClientData(c, &session_key);
}

static rfbBool on_size(rfbClient *c)
{
	struct session *s = session_of(c);

	free(c->frameBuffer);
	c->frameBuffer = NULL;
	s->damage = (struct rect){ 0, 0, 0, 0 };
	s->want_all = true;
	if (s->refused || c->width <= 0 || c->height <= 0 ||
	    !picture_size_ok(c->width, c->height)) {
		s->refused = true;
		/* So that no rectangle fits, should the library go on. */
		c->width = c->height = 0;
		return FALSE;
	}
	c->frameBuffer = mem_zalloc((size_t)c->width * (size_t)c->height * sizeof(uint32_t));
	return TRUE;
}

static void on_update(rfbClient *c, int x, int y, int w, int h)
{
	struct session *s = session_of(c);

	s->damage = rect_union(s->damage, (struct rect){ x, y, w, h });
}

static void on_bell(rfbClient *c)
{
	struct vnc_shared *shared = session_of(c)->shared;

	pthread_mutex_lock(&shared->mutex);
	shared->bells++;
	pthread_mutex_unlock(&shared->mutex);
	vnc_wake(shared->wake_loop);
}

static char *on_password(rfbClient *c)
{
	struct session *s = session_of(c);

	s->asked_password = true;
	/* The library frees it, but not an empty one. */
	return s->shared->password && *s->shared->password ? strdup(s->shared->password) : NULL;
}

static rfbClient *client_new(struct session *s, int fd)
{
	static const uint32_t schemes[] = { rfbNoAuth, rfbVncAuth, 0 };
	rfbClient *c = vnc_library.rfbGetClient(8, 3, 4);

	if (!c)
		abort();
	vnc_library.rfbClientSetClientData(c, &session_key, s);
	vnc_library.SetClientAuthSchemes(c, schemes, -1);
	c->sock = fd;
	c->readTimeout = READ_TIMEOUT_S;
	c->canHandleNewFBSize = TRUE;
	c->MallocFrameBuffer = on_size;
	c->GotFrameBufferUpdate = on_update;
	c->Bell = on_bell;
	c->GetPassword = on_password;
	/* What QEMU has anyhow: 0x00RRGGBB in our byte order. */
	c->format.bitsPerPixel = 32;
	c->format.depth = 24;
	c->format.trueColour = 1;
	c->format.redShift = 16;
	c->format.greenShift = 8;
	c->format.blueShift = 0;
	c->format.redMax = c->format.greenMax = c->format.blueMax = 255;
	return c;
}

static bool send_format(rfbClient *c)
{
	rfbSetPixelFormatMsg m = { .type = rfbSetPixelFormat, .format = c->format };

	m.format.redMax = m.format.greenMax = m.format.blueMax = htons(255);
	return vnc_library.WriteToRFBServer(c, (char *)&m, sz_rfbSetPixelFormatMsg);
}

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

static bool send_request(struct session *s)
{
	rfbClient *c = s->client;
	rfbFramebufferUpdateRequestMsg m = {
		.type = rfbFramebufferUpdateRequest, .incremental = !s->want_all,
		.w = htons((uint16_t)c->width), .h = htons((uint16_t)c->height),
	};

	s->want_all = false;
	s->requested = true;
	return vnc_library.WriteToRFBServer(c, (char *)&m, sz_rfbFramebufferUpdateRequestMsg);
}

/* From here on the library's own requests do nothing. */
static void keep_requests_ours(rfbClient *c)
{
	c->supportedMessages.client2server[rfbFramebufferUpdateRequest / 8] &=
		(uint8_t)~(1 << rfbFramebufferUpdateRequest % 8);
}

static void set_name(struct session *s)
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

static bool handshake(struct session *s)
{
	rfbClient *c = s->client;

	if (!vnc_library.InitialiseRFBConnection(c))
		return false;
	c->width = c->si.framebufferWidth;
	c->height = c->si.framebufferHeight;
	if (!on_size(c) || !send_format(c) || !send_encodings(c))
		return false;
	keep_requests_ours(c);
	set_name(s);
	return send_request(s);
}

/* Show the loop what is new. */
static void publish(struct session *s)
{
	struct vnc_shared *shared = s->shared;
	struct picture mine = { s->client->width, s->client->height,
				(uint32_t *)(void *)s->client->frameBuffer };

	if (rect_empty(s->damage) || !mine.pixels)
		return;
	pthread_mutex_lock(&shared->mutex);
	if (shared->picture.width != mine.width || shared->picture.height != mine.height) {
		picture_resize(&shared->picture, mine.width, mine.height);
		s->damage = picture_bounds(&mine);
		shared->damage = s->damage;
	}
	s->damage = rect_intersect(s->damage, picture_bounds(&mine));
	picture_copy_rect(&shared->picture, &mine, s->damage);
	/* The fourth byte means nothing, and differs between servers. */
	for (int y = s->damage.y; y < s->damage.y + s->damage.h; y++)
		for (int x = s->damage.x; x < s->damage.x + s->damage.w; x++)
			shared->picture.pixels[(size_t)y * (size_t)mine.width + x] &= 0xffffff;
	shared->damage = rect_union(shared->damage, s->damage);
	pthread_mutex_unlock(&shared->mutex);
	s->damage = (struct rect){ 0, 0, 0, 0 };
	vnc_wake(shared->wake_loop);
}

static int clamp(int v, int max)
{
	return v < 0 ? 0 : v > max ? max : v;
}

static bool send_input(rfbClient *c, const struct vnc_input *in)
{
	if (in->pointer)
		return vnc_library.SendPointerEvent(c, clamp(in->x, c->width - 1),
					clamp(in->y, c->height - 1), (int)in->buttons);
	if (in->scancode && vnc_library.SupportsClient2Server(c, rfbQemuEvent))
		return vnc_library.SendExtendedKeyEvent(c, in->keysym, in->scancode, in->down);
	return !in->keysym || vnc_library.SendKeyEvent(c, in->keysym, in->down);
}

/* What the loop's side has for us; false when it wants us to stop or the server
 * is gone. */
static bool serve_loop(struct session *s)
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
		if (!send_input(s->client, &inputs[i]))
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

static bool serve_server(struct session *s)
{
	bool good;

	set_busy(s->shared, loop_now_ms());
	good = vnc_library.HandleRFBServerMessage(s->client) && !s->refused;
	set_busy(s->shared, 0);
	if (!good)
		return false;
	/* Without pixels it was a bell or a new size: still owed. */
	if (!rect_empty(s->damage))
		s->requested = false;
	publish(s);
	return true;
}

static void serve(struct session *s)
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

static char *reason(struct session *s, bool connected)
{
	if (s->refused)
		return mem_strdup("the server's screen is too large");
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
	struct session s = { .shared = shared };
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
	free(s.client->frameBuffer);
	vnc_library.rfbClientCleanup(s.client);
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
