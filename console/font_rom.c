/*
 * font_rom: the fonts inside a VGA BIOS image.
 *
 * The ROM holds 256 glyphs of 16, 14 and 8 lines, one after another in the
 * order of code page 437.  They are found by their shape: a blank space, a
 * full block, and an upper and a lower half block that make up the full one.
 */
#include "console/fonts.h"

#include <string.h>

#include "backend/base/mem.h"

#define SPACE 0x20
#define FULL_BLOCK 0xdb
#define LOWER_HALF 0xdc
#define UPPER_HALF 0xdf

static bool all(const unsigned char *p, int n, unsigned char value)
{
	for (int i = 0; i < n; i++)
		if (p[i] != value)
			return false;
	return true;
}

static bool looks_like_font(const unsigned char *table, int height)
{
	const unsigned char *upper = table + UPPER_HALF * height;
	const unsigned char *lower = table + LOWER_HALF * height;

	if (!all(table + FULL_BLOCK * height, height, 0xff) ||
	    !all(table + SPACE * height, height, 0))
		return false;
	for (int y = 0; y < height; y++)
		if ((upper[y] ^ lower[y]) != 0xff || upper[y] != (upper[y] & 1 ? 0xff : 0))
			return false;
	return upper[0] == 0xff && lower[height - 1] == 0xff;
}

static bool add_table(struct fonts *f, const char *name, const unsigned char *data, size_t len,
		      int height)
{
	size_t size = 256 * (size_t)height;
	AUTO_FREE char *full = mem_printf("%s 8x%d", name, height);

	for (size_t at = 0; at + size <= len; at++) {
		struct font *font;

		if (!looks_like_font(data + at, height))
			continue;
		font = fonts_new_font(f, full, height);
		for (int i = 0; i < 256; i++)
			font_add_glyph(font, font_cp437((unsigned char)i),
				       data + at + (size_t)i * (size_t)height);
		return true;
	}
	return false;
}

bool font_rom_read(struct fonts *f, const char *name, const unsigned char *data, size_t len)
{
	static const int heights[] = { 16, 14, 8 };
	bool found = false;

	/* An option ROM says so; QEMU's are below 128 KiB. */
	if (len < 4096 || len > 256 * 1024 || data[0] != 0x55 || data[1] != 0xaa)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(heights); i++)
		found |= add_table(f, name, data, len, heights[i]);
	return found;
}
