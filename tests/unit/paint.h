/*
 * paint: screens for the tests, drawn with the host's own fonts.
 */
#ifndef TESTS_UNIT_PAINT_H
#define TESTS_UNIT_PAINT_H

#include <stdlib.h>
#include <string.h>

#include "console/fonts.h"
#include "console/picture.h"

__attribute__((unused))
static const struct font *paint_font(const struct fonts *f, int height)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->items[i]->height == height)
			return f->items[i];
	return NULL;
}

__attribute__((unused))
static const unsigned char *paint_rows(const struct font *font, uint32_t code)
{
	for (size_t i = 0; i < font->n_glyphs; i++)
		if (font->glyphs[i].code == code)
			return font->glyphs[i].rows;
	return NULL;
}

__attribute__((unused))
static void paint_fill(struct picture *p, struct rect r, uint32_t rgb)
{
	r = rect_intersect(r, picture_bounds(p));
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			p->pixels[(size_t)y * (size_t)p->width + x] = rgb;
}

/* One character at a pixel position in a cell of width w; the ninth column of
 * line drawing repeats the eighth, as VGA does. */
__attribute__((unused))
static void paint_char(struct picture *p, const struct font *font, int w, int x, int y,
		       uint32_t code, uint32_t fg, uint32_t bg)
{
	const unsigned char *rows = paint_rows(font, code);

	paint_fill(p, (struct rect){ x, y, w, font->height }, bg);
	for (int j = 0; rows && j < font->height; j++) {
		for (int i = 0; i < 8; i++)
			if (rows[j] >> i & 1)
				paint_fill(p, (struct rect){ x + i, y + j, 1, 1 }, fg);
		if (w == 9 && code >= 0x2500 && code < 0x25a0 && rows[j] >> 7 & 1)
			paint_fill(p, (struct rect){ x + 8, y + j, 1, 1 }, fg);
	}
}

__attribute__((unused))
static void paint_text(struct picture *p, const struct font *font, int w, int x, int y,
		       const char *text, uint32_t fg, uint32_t bg)
{
	for (; *text; text++, x += w)
		paint_char(p, font, w, x, y, (unsigned char)*text, fg, bg);
}

__attribute__((unused))
static uint32_t paint_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Something like a desktop: a gradient, windows, icons, noise and text whose
 * letters no console has. */
__attribute__((unused))
static void paint_desktop(struct picture *p)
{
	uint32_t seed = 42;

	for (int y = 0; y < p->height; y++)
		for (int x = 0; x < p->width; x++)
			p->pixels[(size_t)y * (size_t)p->width + x] =
				(uint32_t)(x * 255 / p->width) << 16 |
				(uint32_t)(y * 255 / p->height) << 8 | 0x60;
	for (int i = 0; i < 12; i++) {
		struct rect r = { (int)(paint_random(&seed) % (unsigned)p->width),
				  (int)(paint_random(&seed) % (unsigned)p->height),
				  60 + (int)(paint_random(&seed) % 300),
				  40 + (int)(paint_random(&seed) % 200) };

		paint_fill(p, r, 0xf0f0f0);
		r.h = 18;
		paint_fill(p, r, paint_random(&seed) & 0xffffff);
		/* Lines of small strokes, as text in a proportional font looks. */
		for (int y = r.y + 24; y < r.y + 180; y += 13)
			for (int x = r.x + 6; x < r.x + r.w; x += 2 + (int)(paint_random(&seed) % 5))
				paint_fill(p, (struct rect){ x, y, 1,
					   3 + (int)(paint_random(&seed) % 6) }, 0x202020);
	}
}

#endif
