/* What reading and drawing a guest's screen cost. */
#include <stdio.h>
#include <time.h>

#include "backend/base/mem.h"
#include "console/draw.h"
#include "console/glyph.h"
#include "console/glyph_fit.h"
#include "tests/unit/paint.h"

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

#define ROUNDS 41

static void report(const char *name, double *us, const char *unit, double scale)
{
	qsort(us, ROUNDS, sizeof(*us), by_value);
	printf("%-46s %9.3f %s (median; best %.3f)\n", name, us[ROUNDS / 2] * scale, unit,
	       us[0] * scale);
}

static void bench_reading(const struct glyph_table *t, const struct font *font)
{
	struct picture p = { 0 };
	struct glyph_reader *r = glyph_reader_new(t);
	struct glyph_grid g;
	double us[ROUNDS], start;

	picture_resize(&p, 720, 400);
	for (int row = 0; row < 25; row++)
		for (int col = 0; col < 80; col++)
			paint_char(&p, font, 9, col * 9, row * 16,
				   (uint32_t)('!' + (row + col) % 94), 0xaaaaaa, 0);
	glyph_read(r, &p, picture_bounds(&p), 0);
	for (int i = 0; i < ROUNDS; i++) {
		/* Every pixel row differs, so every cell is read again. */
		for (int y = 0; y < p.height; y++)
			p.pixels[y * p.width] ^= 0x010101;
		start = now_us();
		glyph_read(r, &p, picture_bounds(&p), 0);
		us[i] = now_us() - start;
	}
	report("read a whole screen, 720x400", us, "us", 1);
	for (int i = 0; i < ROUNDS; i++) {
		paint_char(&p, font, 9, 90, 160, (uint32_t)('a' + i % 26), 0xaaaaaa, 0);
		start = now_us();
		glyph_read(r, &p, (struct rect){ 80, 160, 32, 16 }, 0);
		us[i] = now_us() - start;
	}
	report("read a small change", us, "us", 1);
	for (int i = 0; i < ROUNDS; i++) {
		paint_char(&p, font, 9, 90, 160, (uint32_t)('a' + i % 26), 0xaaaaaa, 0);
		start = now_us();
		glyph_read(r, &p, picture_bounds(&p), 0);
		us[i] = now_us() - start;
	}
	report("the same, damage not told", us, "us", 1);
	for (int i = 0; i < ROUNDS; i++) {
		start = now_us();
		glyph_fit(t, &p, &g);
		us[i] = now_us() - start;
	}
	report("find the grid of a full text screen", us, "ms", 1e-3);
	picture_resize(&p, 1024, 768);
	paint_desktop(&p);
	for (int i = 0; i < ROUNDS; i++) {
		start = now_us();
		glyph_fit(t, &p, &g);
		us[i] = now_us() - start;
	}
	report("see that a desktop is none, 1024x768", us, "ms", 1e-3);
	glyph_reader_free(r);
	picture_done(&p);
}

static void bench_drawing(void)
{
	static const enum draw_depth depths[] = { DRAW_256, DRAW_RGB, DRAW_16, DRAW_MONO };
	static const char *const names[] = { "256", "rgb", "16", "mono" };
	struct picture p = { 0 };
	struct cells out;
	double us[ROUNDS];

	picture_resize(&p, 1024, 768);
	paint_desktop(&p);
	cells_init(&out, 45, 160);
	for (int m = 0; m < DRAW_MODE_COUNT; m++)
		for (size_t k = 0; k < ARRAY_SIZE(depths); k++) {
			struct draw *d = draw_new((enum draw_mode)m, depths[k]);
			struct draw_view v = { picture_bounds(&p), 160, 45 };
			char name[64];

			for (int i = 0; i < ROUNDS; i++) {
				double start = now_us();

				draw_cells(d, &p, &v, picture_bounds(&p), &out, 0, 0);
				us[i] = now_us() - start;
			}
			snprintf(name, sizeof(name), "draw 1024x768 as 160x45, %s, %s",
				 draw_mode_name((enum draw_mode)m), names[k]);
			report(name, us, "ms", 1e-3);
			draw_free(d);
		}
	cells_done(&out);
	picture_done(&p);
}

int main(void)
{
	struct fonts fonts;
	struct glyph_table *t;
	double start = now_us(), loaded;

	if (!fonts_load(&fonts, NULL)) {
		fprintf(stderr, "no fonts on this host: install seabios\n");
		return 1;
	}
	loaded = now_us();
	t = glyph_table_new(&fonts);
	printf("%-46s %9.3f ms (%zu fonts, %zu bitmaps; the table %.3f)\n", "load the fonts",
	       (loaded - start) / 1e3, fonts.n, glyph_table_size(t), (now_us() - loaded) / 1e3);
	bench_reading(t, paint_font(&fonts, 16));
	bench_drawing();
	glyph_table_free(t);
	fonts_done(&fonts);
	return 0;
}
