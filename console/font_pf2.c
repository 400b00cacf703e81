/*
 * font_pf2: GRUB's font files, as its graphical terminal uses them.
 *
 * A chain of sections, each a name of four letters, a big-endian length and
 * bytes.  CHIX lists characters with the offset of their definition in the
 * file; a definition is width, height, x and y offset, device width, and the
 * bits without padding.  Glyphs of half width (8 pixels) are placed on a cell
 * as high as ascent and descent together.
 */
#include "console/fonts.h"

#include <string.h>

#define GLYPHS_MAX 20000
#define LAST_CODE 0x3000

struct pf2 {
	const unsigned char *data, *index;
	size_t len, index_len;
	int ascent, descent;
};

static unsigned be16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static bool find_sections(struct pf2 *f)
{
	size_t at = 0;

	while (f->len - at >= 8) {
		const unsigned char *s = f->data + at;
		size_t n = be32(s + 4);

		if (!memcmp(s, "DATA", 4))
			break;
		if (n > f->len - at - 8)
			return false;
		if (!memcmp(s, "ASCE", 4) && n == 2)
			f->ascent = (int)be16(s + 8);
		else if (!memcmp(s, "DESC", 4) && n == 2)
			f->descent = (int)be16(s + 8);
		else if (!memcmp(s, "CHIX", 4)) {
			f->index = s + 8;
			f->index_len = n;
		}
		at += 8 + n;
	}
	return f->index && f->ascent > 0 && f->descent >= 0 &&
		f->ascent + f->descent <= FONT_MAX_HEIGHT && f->ascent + f->descent >= 6;
}

/* The glyph's bits on a whole cell; false when it is not 8 pixels wide or
 * reaches out of it. */
static bool place(const struct pf2 *f, const unsigned char *def, size_t room,
		  unsigned char rows[FONT_MAX_HEIGHT])
{
	int w, h, x0, y0;

	if (room < 10)
		return false;
	w = (int)be16(def);
	h = (int)be16(def + 2);
	x0 = (int16_t)be16(def + 4);
	y0 = f->ascent - (int16_t)be16(def + 6) - h;
	if (be16(def + 8) != 8 || w > 8 || h > FONT_MAX_HEIGHT || x0 < 0 || x0 + w > 8 ||
	    y0 < 0 || y0 + h > f->ascent + f->descent || (size_t)(w * h + 7) / 8 > room - 10)
		return false;
	memset(rows, 0, FONT_MAX_HEIGHT);
	for (int bit = 0; bit < w * h; bit++)
		if (def[10 + bit / 8] >> (7 - bit % 8) & 1)
			rows[y0 + bit / w] |= (unsigned char)(0x80 >> (x0 + bit % w));
	return true;
}

bool font_pf2_read(struct fonts *f, const char *name, const unsigned char *data, size_t len)
{
	struct pf2 p = { .data = data, .len = len };
	unsigned char rows[FONT_MAX_HEIGHT];
	struct font *font;
	size_t before = f->n;

	if (len < 12 || memcmp(data, "FILE\0\0\0\4PFF2", 12) != 0 || !find_sections(&p))
		return false;
	font = fonts_new_font(f, name, p.ascent + p.descent);
	for (size_t i = 0; i + 9 <= p.index_len && font->n_glyphs < GLYPHS_MAX; i += 9) {
		uint32_t code = be32(p.index + i), at = be32(p.index + i + 5);

		if (code < LAST_CODE && at < len && place(&p, data + at, len - at, rows))
			font_add_glyph(font, code, rows);
	}
	fonts_drop_empty(f);
	return f->n > before;
}
