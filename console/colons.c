/*
 * colons: see colons.h.  Only "ESC [ parameters" is held back, and no more of
 * it than fits; all else passes in the pieces it came in.
 */
#include "console/colons.h"

#include <stdbool.h>
#include <string.h>

enum { OUTSIDE, ESCAPE, SEQUENCE };

static void flush(struct colons *c, colons_fn *fn, void *arg)
{
	if (c->len > 0)
		fn(c->held, c->len, arg);
	c->len = 0;
	c->state = OUTSIDE;
}

/* "[34]8:2::" loses its last colon. */
static void mend(struct colons *c)
{
	for (size_t i = 0; i + 6 <= c->len; i++) {
		if ((c->held[i] != '3' && c->held[i] != '4') || memcmp(&c->held[i + 1], "8:2::", 5) != 0)
			continue;
		memmove(&c->held[i + 5], &c->held[i + 6], c->len - i - 6);
		c->len--;
	}
}

static bool parameter(char b)
{
	return (b >= '0' && b <= '9') || b == ':' || b == ';';
}

static void hold(struct colons *c, char b, colons_fn *fn, void *arg)
{
	c->held[c->len++] = b;
	if (c->state == ESCAPE && b == '[') {
		c->state = SEQUENCE;
		return;
	}
	if (c->state == SEQUENCE && parameter(b) && c->len < COLONS_MAX)
		return;
	if (b == 'm')
		mend(c);
	flush(c, fn, arg);
}

void colons_feed(struct colons *c, const char *bytes, size_t len, colons_fn *fn, void *arg)
{
	while (len > 0) {
		const char *esc;
		size_t n;

		if (c->state != OUTSIDE && *bytes != 0x1b) {
			hold(c, *bytes++, fn, arg);
			len--;
			continue;
		}
		flush(c, fn, arg);
		esc = memchr(bytes, 0x1b, len);
		n = esc ? (size_t)(esc - bytes) : len;
		if (n > 0)
			fn(bytes, n, arg);
		bytes += n;
		len -= n;
		if (len > 0) {
			c->held[c->len++] = *bytes++;
			c->state = ESCAPE;
			len--;
		}
	}
}
