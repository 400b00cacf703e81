/* Reading text off framebuffers that are painted here with the host's fonts. */
#include <stdlib.h>

#include "backend/base/mem.h"
#include "console/glyph.h"
#include "tests/unit/paint.h"
#include "tests/unit/tap.h"

static struct fonts fonts;
static struct glyph_table *table;

static struct picture screen(int w, int h, uint32_t colour)
{
	struct picture p = { 0 };

	picture_resize(&p, w, h);
	paint_fill(&p, picture_bounds(&p), colour);
	return p;
}

/* A page of text with every printable character, in rows of `cols`. */
static void paint_page(struct picture *p, const struct font *font, int w, int x0, int y0,
		       int cols, int rows)
{
	for (int row = 0; row < rows; row++)
		for (int col = 0; col < cols; col++)
			paint_char(p, font, w, x0 + col * w, y0 + row * font->height,
				   (uint32_t)(' ' + (row * 7 + col) % 95),
				   row % 3 ? 0xaaaaaa : 0xffff55, row % 5 ? 0 : 0x0000aa);
}

static int wrong_on_page(const struct glyph_reader *r, int cols, int rows)
{
	int wrong = 0;

	for (int row = 0; row < rows; row++)
		for (int col = 0; col < cols; col++) {
			const struct glyph_cell *c = glyph_reader_cell(r, row, col);
			bool ink = (row * 7 + col) % 95 != 0;

			wrong += c->code != (uint32_t)(' ' + (row * 7 + col) % 95) ||
				c->bg != (row % 5 ? 0u : 0x0000aau) ||
				(ink && c->fg != (row % 3 ? 0xaaaaaau : 0xffff55u));
		}
	return wrong;
}

static void try_grid(int w, int h, int pw, int ph, int x0, int y0)
{
	const struct font *font = paint_font(&fonts, h);
	struct glyph_reader *r = glyph_reader_new(table);
	struct picture p = screen(pw, ph, 0);
	const struct glyph_grid *g;
	int cols = 60, rows = 20;

	if (!ok(font != NULL, "a font of %d lines is on this host", h))
		return;
	paint_page(&p, font, w, x0, y0, cols, rows);
	ok(glyph_read(r, &p, picture_bounds(&p), 0), "%dx%d at %d,%d is text", w, h, x0, y0);
	g = glyph_reader_grid(r);
	ok(g->cell_w == w && g->cell_h == h && g->x == x0 % w && g->y == y0 % h,
	   "its grid is found");
	ok(g->x == x0 && g->y == y0 && wrong_on_page(r, cols, rows) == 0,
	   "all characters and colours are right");
	glyph_reader_free(r);
	picture_done(&p);
}

static void test_grids(void)
{
	try_grid(9, 16, 720, 400, 0, 0);
	try_grid(8, 16, 640, 480, 0, 0);
	try_grid(8, 16, 1024, 768, 3, 11);
	try_grid(8, 14, 640, 350, 0, 0);
	try_grid(9, 8, 720, 400, 0, 0);
	try_grid(8, 19, 800, 600, 4, 5);	/* the firmware's, package ovmf */
}

static void test_line_drawing(void)
{
	struct glyph_reader *r = glyph_reader_new(table);
	const struct font *font = paint_font(&fonts, 16);
	struct picture p = screen(720, 400, 0x0000aa);
	AUTO_FREE char *text = NULL;

	paint_char(&p, font, 9, 0, 0, 0x2554, 0xffffff, 0xaa);
	for (int i = 1; i < 20; i++)
		paint_char(&p, font, 9, i * 9, 0, 0x2550, 0xffffff, 0xaa);
	paint_char(&p, font, 9, 20 * 9, 0, 0x2557, 0xffffff, 0xaa);
	paint_char(&p, font, 9, 0, 16, 0x2551, 0xffffff, 0xaa);
	paint_text(&p, font, 9, 18, 16, "GNU GRUB  version 2", 0, 0xaaaaaa);
	ok(glyph_read(r, &p, picture_bounds(&p), 0), "a box is text");
	text = glyph_reader_text(r);
	ok(!strncmp(text, "╔═══════════════════╗\n║ GNU GRUB  version 2\n", 84),
	   "lines and reverse video are read");
	glyph_reader_free(r);
	picture_done(&p);
}

static void test_cursor(void)
{
	struct glyph_reader *r = glyph_reader_new(table);
	const struct font *font = paint_font(&fonts, 16);
	struct picture p = screen(720, 400, 0);
	const struct glyph_cell *c;

	paint_text(&p, font, 9, 0, 0, "grub rescue> set g", 0xaaaaaa, 0);
	paint_fill(&p, (struct rect){ 18 * 9, 13, 9, 2 }, 0xaaaaaa);
	glyph_read(r, &p, picture_bounds(&p), 0);
	c = glyph_reader_cell(r, 0, 18);
	ok(c->kind == GLYPH_CURSOR && c->cursor && c->code == ' ', "the cursor on a space");
	paint_text(&p, font, 9, 18 * 9, 0, " ", 0xaaaaaa, 0);
	paint_fill(&p, (struct rect){ 13 * 9, 13, 9, 2 }, 0xaaaaaa);
	glyph_read(r, &p, (struct rect){ 0, 0, 720, 16 }, 1);
	c = glyph_reader_cell(r, 0, 13);
	ok(c->cursor && c->code == 's', "the cursor under a letter");
	ok(glyph_reader_cell(r, 0, 18)->kind == GLYPH_BLANK, "and gone from where it was");
	glyph_reader_free(r);
	picture_done(&p);
}

static void test_incremental(void)
{
	struct glyph_reader *r = glyph_reader_new(table);
	const struct font *font = paint_font(&fonts, 16);
	struct picture p = screen(720, 400, 0);

	paint_page(&p, font, 9, 0, 0, 80, 25);
	glyph_read(r, &p, picture_bounds(&p), 0);
	paint_char(&p, font, 9, 10 * 9, 5 * 16, 'X', 0xffffff, 0);
	ok(glyph_read(r, &p, picture_bounds(&p), 1) && glyph_reader_row_changed(r, 5) &&
	   !glyph_reader_row_changed(r, 4) && !glyph_reader_row_changed(r, 6),
	   "one changed row is told");
	is_int(glyph_reader_cell(r, 5, 10)->code, 'X', "and read");
	paint_char(&p, font, 9, 10 * 9, 5 * 16, 'Y', 0xffffff, 0);
	glyph_read(r, &p, (struct rect){ 90, 80, 9, 16 }, 2);
	is_int(glyph_reader_cell(r, 5, 10)->code, 'Y', "damage of one cell is enough");
	glyph_read(r, &p, picture_bounds(&p), 3);
	ok(!glyph_reader_row_changed(r, 5), "nothing changed, nothing told");
	glyph_reader_free(r);
	picture_done(&p);
}

static void test_not_text(void)
{
	struct glyph_reader *r = glyph_reader_new(table);
	struct picture p = screen(1024, 768, 0);
	uint32_t seed = 7;

	ok(!glyph_read(r, &p, picture_bounds(&p), 0), "a black 1024x768 is not text");
	is_int(glyph_reader_wait_ms(r, 400), -1, "and it was looked at already");
	paint_desktop(&p);
	ok(!glyph_read(r, &p, picture_bounds(&p), 500), "a desktop is not text");
	is_int(glyph_reader_wait_ms(r, 600), 400, "it is looked at again within a second");
	ok(!glyph_read(r, &p, (struct rect){ 0 }, 1000) && glyph_reader_wait_ms(r, 1000) == -1,
	   "then it was looked at, and still is none");
	for (size_t i = 0; i < 1024 * 768; i++)
		p.pixels[i] = paint_random(&seed) & 1 ? 0xffffff : 0;
	ok(!glyph_read(r, &p, picture_bounds(&p), 2500), "two-coloured noise is not text");
	glyph_reader_free(r);
	picture_done(&p);
}

static void test_change_of_mode(void)
{
	struct glyph_reader *r = glyph_reader_new(table);
	const struct font *font = paint_font(&fonts, 16);
	struct picture text = screen(720, 400, 0), desktop = screen(1024, 768, 0);
	int inked, unknown;

	paint_page(&text, font, 9, 0, 0, 80, 25);
	paint_desktop(&desktop);
	ok(glyph_read(r, &text, picture_bounds(&text), 0), "text");
	ok(!glyph_read(r, &desktop, picture_bounds(&desktop), 10), "a new size is looked at at once");
	ok(glyph_read(r, &text, picture_bounds(&text), 20), "and back");
	paint_fill(&text, (struct rect){ 200, 200, 40, 40 }, 0x123456);
	paint_fill(&text, (struct rect){ 210, 210, 20, 20 }, 0xff3456);
	ok(glyph_read(r, &text, picture_bounds(&text), 30), "a small picture on it leaves it text");
	glyph_reader_count(r, &inked, &unknown);
	ok(unknown > 4 && unknown < 40, "its cells are not read (%d)", unknown);
	glyph_reader_free(r);
	picture_done(&text);
	picture_done(&desktop);
}

/* A PSF 1 font of 256 glyphs whose glyph 1 is 'A' and Cyrillic A, 2 Latin O. */
static void test_psf(void)
{
	unsigned char file[4 + 256 * 16 + 256 * 2 + 4] = { 0x36, 0x04, 2, 16 };
	unsigned char *names = file + 4 + 256 * 16;
	struct fonts f = { 0 };

	memset(file + 4 + 16, 0x81, 16);
	memset(file + 4 + 32, 0x3c, 16);
	for (int i = 0; i < 256; i++) {
		if (i == 1) {
			memcpy(names, "\x10\x04" "A", 4);	/* U+0410, U+0041 */
			names += 4;
		}
		memcpy(names, "\xff\xff", 2);
		names += 2;
	}
	ok(fonts_add_bytes(&f, "one.psf", file, sizeof(file)), "a PSF 1 font is read");
	ok(f.n == 1 && f.items[0]->n_glyphs == 2 && f.items[0]->glyphs[0].rows[3] == 0x81,
	   "glyphs without a name are left out");
	fonts_done(&f);
	file[3] = 200;
	ok(!fonts_add_bytes(&f, "bad.psf", file, sizeof(file)), "a lying height is refused");
	file[3] = 16;
	ok(!fonts_add_bytes(&f, "cut.psf", file, 1000) && f.n == 0, "a cut font is refused");
}

int main(void)
{
	struct error *err = NULL;

	unsetenv("VIRTTY_FONT_PATH");
	if (!ok(fonts_load(&fonts, &err), "fonts are found"))
		printf("# %s\n# %s\n", error_message(err), error_hint_text(err));
	table = glyph_table_new(&fonts);
	test_grids();
	test_line_drawing();
	test_cursor();
	test_incremental();
	test_not_text();
	test_change_of_mode();
	test_psf();
	setenv("VIRTTY_FONT_PATH", "/nonexistent", 1);
	fonts_done(&fonts);
	ok(!fonts_load(&fonts, &err) && strstr(error_hint_text(err), "seabios"),
	   "without fonts the message names the package");
	error_free(err);
	glyph_table_free(table);
	fonts_done(&fonts);
	return tap_done();
}
