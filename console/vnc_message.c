/*
 * vnc_message: what a VNC server says, as far as we asked for it.
 */
#include <string.h>

#include "console/vnc_library.h"
#include "console/vnc_session.h"

#define CUT_TEXT_MAX (1u << 20)
#define CURSOR_SIDE_MAX 1024

enum { RAW = 0, COPY = 1, CURSOR_SHAPE = -239, DESKTOP_SIZE = -223, QEMU_KEYS = -258,
       LAST_RECT = -224 };

static unsigned be16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static bool fault(struct vnc_session *s, const char *what)
{
	s->fault = what;
	return false;
}

static bool take(struct vnc_session *s, void *to, size_t len)
{
	return len == 0 || vnc_library.ReadFromRFBServer(s->client, to, (unsigned)len);
}

static bool skip(struct vnc_session *s, size_t len)
{
	char junk[4096];

	while (len > 0) {
		size_t n = len < sizeof(junk) ? len : sizeof(junk);

		if (!take(s, junk, n))
			return false;
		len -= n;
	}
	return true;
}

bool vnc_session_size(struct vnc_session *s, int width, int height)
{
	if (width <= 0 || height <= 0)
		return fault(s, "the server's screen has no size");
	if (!picture_resize(&s->picture, width, height))
		return fault(s, "the server's screen is too large");
	s->damage = (struct rect){ 0, 0, 0, 0 };
	s->want_all = true;
	return true;
}

static bool inside(const struct vnc_session *s, struct rect r)
{
	return r.x + r.w <= s->picture.width && r.y + r.h <= s->picture.height;
}

static uint32_t *pixel(const struct vnc_session *s, int x, int y)
{
	return s->picture.pixels + (size_t)y * (size_t)s->picture.width + x;
}

/* Line by line: the library's patience is for each call. */
static bool read_raw(struct vnc_session *s, struct rect r)
{
	for (int y = r.y; y < r.y + r.h; y++)
		if (!take(s, pixel(s, r.x, y), (size_t)r.w * sizeof(uint32_t)))
			return false;
	return true;
}

static bool read_copy(struct vnc_session *s, struct rect r)
{
	unsigned char from[4];
	struct rect source = r;
	bool down;

	if (!take(s, from, sizeof(from)))
		return false;
	source.x = (int)be16(from);
	source.y = (int)be16(from + 2);
	if (!inside(s, source))
		return fault(s, "the server copies from outside of its screen");
	/* The two may overlap. */
	down = source.y < r.y;
	for (int i = 0; i < r.h; i++) {
		int line = down ? r.h - 1 - i : i;

		memmove(pixel(s, r.x, r.y + line), pixel(s, source.x, source.y + line),
			(size_t)r.w * sizeof(uint32_t));
	}
	return true;
}

/* A shape and its mask; the terminal shows its own pointer. */
static bool skip_cursor(struct vnc_session *s, struct rect r)
{
	if (r.w > CURSOR_SIDE_MAX || r.h > CURSOR_SIDE_MAX)
		return fault(s, "the server's pointer is too large");
	return skip(s, (size_t)r.h * ((size_t)r.w * sizeof(uint32_t) + ((size_t)r.w + 7) / 8));
}

static bool read_pixels(struct vnc_session *s, struct rect r, bool copy)
{
	if (!inside(s, r))
		return fault(s, "the server draws outside of its screen");
	if (!(copy ? read_copy : read_raw)(s, r))
		return false;
	s->damage = rect_union(s->damage, r);
	return true;
}

static bool read_rect(struct vnc_session *s, bool *last)
{
	unsigned char head[12];
	struct rect r;

	if (!take(s, head, sizeof(head)))
		return false;
	r = (struct rect){ (int)be16(head), (int)be16(head + 2), (int)be16(head + 4),
			   (int)be16(head + 6) };
	switch ((int32_t)be32(head + 8)) {
	case RAW:
		return read_pixels(s, r, false);
	case COPY:
		return read_pixels(s, r, true);
	case CURSOR_SHAPE:
		return skip_cursor(s, r);
	case DESKTOP_SIZE:
		return vnc_session_size(s, r.w, r.h);
	case QEMU_KEYS:
		s->extended_keys = true;
		return true;
	case LAST_RECT:
		*last = true;
		return true;
	default:
		return fault(s, "the server sends an encoding that was not asked for");
	}
}

static bool read_update(struct vnc_session *s)
{
	unsigned char head[3];
	bool last = false;
	unsigned n;

	if (!take(s, head, sizeof(head)))
		return false;
	n = be16(head + 1);
	for (unsigned i = 0; i < n && !last; i++)
		if (!read_rect(s, &last))
			return false;
	return true;
}

/* Of a palette, which true colour has no use for. */
static bool skip_colours(struct vnc_session *s)
{
	unsigned char head[5];

	return take(s, head, sizeof(head)) && skip(s, 6 * (size_t)be16(head + 3));
}

static bool skip_cut_text(struct vnc_session *s)
{
	unsigned char head[7];

	if (!take(s, head, sizeof(head)))
		return false;
	if (be32(head + 3) > CUT_TEXT_MAX)
		return fault(s, "the server's clipboard is too large");
	return skip(s, be32(head + 3));
}

static void ring(struct vnc_shared *shared)
{
	pthread_mutex_lock(&shared->mutex);
	shared->bells++;
	pthread_mutex_unlock(&shared->mutex);
	vnc_wake(shared->wake_loop);
}

bool vnc_message_read(struct vnc_session *s)
{
	unsigned char type;

	if (!take(s, &type, 1))
		return false;
	switch (type) {
	case rfbFramebufferUpdate:
		return read_update(s);
	case rfbSetColourMapEntries:
		return skip_colours(s);
	case rfbBell:
		ring(s->shared);
		return true;
	case rfbServerCutText:
		return skip_cut_text(s);
	default:
		return fault(s, "the server sends a message that was not asked for");
	}
}
