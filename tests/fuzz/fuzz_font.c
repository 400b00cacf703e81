/*
 * Any bytes as a font file: glyphs of a bounded height, or none; and the table
 * made of them finds each one.
 */
#include "console/glyph_table.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_font(const struct glyph_table *t, const struct font *font)
{
	must(font->height >= 1 && font->height <= FONT_MAX_HEIGHT && font->n_glyphs > 0);
	if (!glyph_table_has_height(t, font->height))
		return;
	for (size_t i = 0; i < font->n_glyphs; i++) {
		struct glyph_bits bits;

		memcpy(bits.row, font->glyphs[i].rows, sizeof(bits.row));
		must(glyph_table_find(t, &bits, font->height) >= 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fonts fonts = { 0 };
	struct glyph_table *t;

	fonts_add_bytes(&fonts, "fuzz", data, size);
	t = glyph_table_new(&fonts);
	for (size_t i = 0; i < fonts.n; i++)
		check_font(t, fonts.items[i]);
	glyph_table_free(t);
	fonts_done(&fonts);
	return 0;
}
