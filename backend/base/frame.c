/*
 * frame: see frame.h.
 */
#include "backend/base/frame.h"

#include <string.h>

#define HEADER 4

static void add(struct evbuffer *out, char type, const void *data, size_t len)
{
	unsigned char head[HEADER] = {
		(unsigned char)type, (unsigned char)(len >> 16),
		(unsigned char)(len >> 8), (unsigned char)len,
	};

	evbuffer_add(out, head, HEADER);
	evbuffer_add(out, data, len);
}

void frame_add_data(struct evbuffer *out, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		size_t n = len < FRAME_MAX ? len : FRAME_MAX;

		add(out, FRAME_DATA, p, n);
		p += n;
		len -= n;
	}
}

void frame_add_json(struct evbuffer *out, struct json_object *o)
{
	const char *text = json_text(o);

	add(out, FRAME_JSON, text, strlen(text));
}

enum frame_result frame_peek(struct evbuffer *in, char *type, const char **payload, size_t *len)
{
	unsigned char head[HEADER];
	size_t need;

	if (evbuffer_copyout(in, head, HEADER) < HEADER)
		return FRAME_PARTIAL;
	need = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	if (need > FRAME_MAX || (head[0] != FRAME_DATA && head[0] != FRAME_JSON))
		return FRAME_BROKEN;
	if (evbuffer_get_length(in) < HEADER + need)
		return FRAME_PARTIAL;
	*type = (char)head[0];
	*payload = (const char *)evbuffer_pullup(in, (ev_ssize_t)(HEADER + need)) + HEADER;
	*len = need;
	return FRAME_READY;
}

void frame_drop(struct evbuffer *in, size_t len)
{
	evbuffer_drain(in, HEADER + len);
}
