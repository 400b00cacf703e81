/*
 * font_efi: the 8x19 font inside an EFI firmware image.
 *
 * The firmware's drivers lie in a compressed section: a GUID that says LZMA,
 * the offset of its data and attributes, then an LZMA stream with the header of
 * .lzma files.  Within, the font is an array of narrow glyphs: a 16-bit
 * character, a byte of attributes, 19 lines.  It is found by its printable
 * ASCII part, whose characters follow one another every 22 bytes.
 */
#include "console/fonts.h"

#include <lzma.h>
#include <string.h>

#include "backend/base/buf.h"

#define HEIGHT FONT_EFI_HEIGHT
#define RECORD (2 + 1 + HEIGHT)
#define FIRST '!'
#define LAST '~'
#define TABLE ((LAST - FIRST + 1) * RECORD)
#define PLAIN_MAX (64u << 20)
#define DECODER_MEMORY (128u << 20)
#define STEP (256u << 10)

/* Volumes and files nest, so the section may stand anywhere. */
static const unsigned char lzma_guid[16] = {
	0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59, 0x42,
	0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf,
};

static unsigned code_at(const unsigned char *record)
{
	return record[0] | (unsigned)record[1] << 8;
}

static bool is_table(const unsigned char *p)
{
	for (unsigned c = FIRST; c <= LAST; c++, p += RECORD)
		if (code_at(p) != c || p[2] != 0)
			return false;
	return true;
}

/* The records before and behind belong to it while they are in order. */
static void add_table(struct fonts *f, const char *name, const unsigned char *data, size_t len,
		      size_t at)
{
	struct font *font = fonts_new_font(f, name, HEIGHT);
	unsigned last = 0;

	for (; at + RECORD <= len; at += RECORD) {
		unsigned code = code_at(data + at);

		if (code <= last)
			break;
		last = code;
		if (data[at + 2] == 0)
			font_add_glyph(font, code, data + at + 3);
	}
	fonts_drop_empty(f);
}

/* Look at what is new since `from`; whether the font is there, and whole. */
static bool search(const unsigned char *data, size_t len, size_t *from, size_t *found)
{
	for (; *from + TABLE <= len; ++*from) {
		if (data[*from] == FIRST && is_table(data + *from)) {
			*found = *from;
			return true;
		}
	}
	return false;
}

/* Unpack until the font has come by. */
static bool unpack(const unsigned char *data, size_t len, struct buf *out, size_t *found)
{
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_ret rc = LZMA_OK;
	size_t from = 0;
	bool seen = false;

	if (lzma_alone_decoder(&z, DECODER_MEMORY) != LZMA_OK)
		return false;
	z.next_in = data;
	z.avail_in = len;
	while (rc == LZMA_OK && out->len < PLAIN_MAX) {
		z.next_out = (uint8_t *)buf_reserve(out, STEP);
		z.avail_out = STEP;
		rc = lzma_code(&z, LZMA_RUN);
		out->len += STEP - z.avail_out;
		/* One step further than the ASCII part: the rest of the table. */
		if (seen)
			break;
		seen = search((const unsigned char *)out->data, out->len, &from, found);
	}
	lzma_end(&z);
	return seen;
}

bool font_efi_read(struct fonts *f, const char *name, const unsigned char *data, size_t len)
{
	const unsigned char *section = data;

	/* A firmware volume says _FVH at its 40th byte. */
	if (len < 4096 || memcmp(data + 40, "_FVH", 4) != 0)
		return false;
	while ((section = memmem(section, len - (size_t)(section - data), lzma_guid, 16))) {
		AUTO_BUF struct buf plain = BUF_INIT;
		size_t before = f->n, found = 0, left = len - (size_t)(section - data);

		if (left > 20 && unpack(section + 20, left - 20, &plain, &found)) {
			add_table(f, name, (const unsigned char *)plain.data, plain.len, found);
			return f->n > before;
		}
		section += 16;
	}
	return false;
}
