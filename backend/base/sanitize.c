/*
 * sanitize: see sanitize.h.
 */
#include "backend/base/sanitize.h"

#include <string.h>

struct range {
	unsigned first, last;
};

/* Invisible or direction-changing characters: Unicode's Cf, Zl, Zp, private
 * tags and noncharacters that a terminal could be fooled with. */
static const struct range hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x0600, 0x0605 }, { 0x061c, 0x061c }, { 0x06dd, 0x06dd },
	{ 0x070f, 0x070f }, { 0x08e2, 0x08e2 }, { 0x115f, 0x1160 },
	{ 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xd800, 0xdfff },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0x110bd, 0x110bd },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	{ 0xf0000, 0x10ffff },
};

bool sanitize_printable(unsigned code)
{
	if (code >= 0x20 && code < 0x7f)
		return true;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return false;
	return code <= 0x10ffff;
}

size_t sanitize_decode(const char *text, size_t len, unsigned *code)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t need;
	unsigned c;

	if (len == 0)
		return 0;
	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	if ((p[0] & 0xe0) == 0xc0) {
		need = 2;
		c = p[0] & 0x1f;
	} else if ((p[0] & 0xf0) == 0xe0) {
		need = 3;
		c = p[0] & 0x0f;
	} else if ((p[0] & 0xf8) == 0xf0) {
		need = 4;
		c = p[0] & 0x07;
	} else {
		return 0;
	}
	if (len < need)
		return 0;
	for (size_t i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return need;
}

static void escape(struct buf *out, unsigned code)
{
	switch (code) {
	case '\n': buf_add_str(out, "\\n"); break;
	case '\r': buf_add_str(out, "\\r"); break;
	case '\t': buf_add_str(out, "\\t"); break;
	case 0x1b: buf_add_str(out, "\\e"); break;
	default:
		if (code < 0x100)
			buf_printf(out, "\\x%02x", code);
		else
			buf_printf(out, "\\u{%04x}", code);
	}
}

static void add(struct buf *out, const char *text, size_t len, bool lines)
{
	while (len > 0) {
		unsigned code;
		size_t n = sanitize_decode(text, len, &code);

		if (n == 0) {
			buf_printf(out, "\\x%02x", (unsigned char)*text);
			n = 1;
		} else if (sanitize_printable(code) ||
			   (lines && (code == '\n' || code == '\t'))) {
			buf_add(out, text, n);
		} else {
			escape(out, code);
		}
		text += n;
		len -= n;
	}
}

void sanitize_add(struct buf *out, const char *text, size_t len)
{
	add(out, text, len, false);
}

void sanitize_add_lines(struct buf *out, const char *text, size_t len)
{
	add(out, text, len, true);
}

char *sanitize(const char *text)
{
	struct buf out = BUF_INIT;

	sanitize_add(&out, text, strlen(text));
	return buf_steal(&out);
}
