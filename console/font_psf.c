/*
 * font_psf: the Linux console's font files, PSF versions 1 and 2.
 *
 * After the bitmaps comes a table that names the characters of each glyph:
 * 16-bit numbers in version 1, UTF-8 in version 2, in both with sequences of
 * combining characters behind the single ones; those are passed over.  A font
 * without the table is in the order of code page 437.
 */
#include "console/fonts.h"

#include <string.h>

#include "backend/base/sanitize.h"

#define GLYPHS_MAX 4096

struct psf {
	size_t n, size;			/* glyphs, bytes of each */
	int height;
	const unsigned char *bitmaps;
	const unsigned char *table, *end;	/* table is NULL without one */
	int version;
};

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool parse_header(struct psf *p, const unsigned char *data, size_t len)
{
	size_t header;
	bool table;

	if (len >= 4 && data[0] == 0x36 && data[1] == 0x04) {
		p->version = 1;
		p->n = data[2] & 1 ? 512 : 256;
		p->size = data[3];
		p->height = data[3];
		table = data[2] & 6;
		header = 4;
	} else if (len >= 32 && !memcmp(data, "\x72\xb5\x4a\x86", 4)) {
		p->version = 2;
		header = le32(data + 8);
		table = le32(data + 12) & 1;
		p->n = le32(data + 16);
		p->size = le32(data + 20);
		p->height = (int)(le32(data + 24) & 0xffff);
		/* One byte a line is 8 pixels or fewer; only 8 are read. */
		if (le32(data + 28) != 8 || p->size != (size_t)p->height)
			return false;
	} else {
		return false;
	}
	if (p->height < 6 || p->height > FONT_MAX_HEIGHT || p->n > GLYPHS_MAX ||
	    header > len || p->n * p->size > len - header)
		return false;
	p->bitmaps = data + header;
	p->end = data + len;
	p->table = table ? p->bitmaps + p->n * p->size : NULL;
	return true;
}

static void add_names_v1(const struct psf *p, struct font *font)
{
	const unsigned char *at = p->table;

	for (size_t i = 0; i < p->n; i++) {
		bool sequence = false;

		for (; at + 2 <= p->end; at += 2) {
			unsigned code = at[0] | (unsigned)at[1] << 8;

			if (code == 0xffff) {
				at += 2;
				break;
			}
			if (code == 0xfffe)
				sequence = true;
			else if (!sequence)
				font_add_glyph(font, code, p->bitmaps + i * p->size);
		}
	}
}

static void add_names_v2(const struct psf *p, struct font *font)
{
	const unsigned char *at = p->table;

	for (size_t i = 0; i < p->n; i++) {
		bool sequence = false;

		while (at < p->end && *at != 0xff) {
			unsigned code;
			size_t n = sanitize_decode((const char *)at, (size_t)(p->end - at), &code);

			if (*at == 0xfe)
				sequence = true;
			else if (n && !sequence)
				font_add_glyph(font, code, p->bitmaps + i * p->size);
			at += n ? n : 1;
		}
		if (at < p->end)
			at++;
	}
}

bool font_psf_read(struct fonts *f, const char *name, const unsigned char *data, size_t len)
{
	struct psf p;
	struct font *font;
	size_t before = f->n;

	if (!parse_header(&p, data, len))
		return false;
	font = fonts_new_font(f, name, p.height);
	if (!p.table)
		for (size_t i = 0; i < p.n && i < 256; i++)
			font_add_glyph(font, font_cp437((unsigned char)i), p.bitmaps + i * p.size);
	else if (p.version == 1)
		add_names_v1(&p, font);
	else
		add_names_v2(&p, font);
	fonts_drop_empty(f);
	return f->n > before;
}
