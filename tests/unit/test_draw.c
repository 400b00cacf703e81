/* Drawing a picture with characters: what the characters look like afterwards
 * must be near the picture. */
#include <math.h>

#include "backend/base/mem.h"
#include "console/draw.h"
#include "tests/unit/paint.h"
#include "tests/unit/tap.h"

/* Which of w x h parts the character fills, told apart from how draw.c does it:
 * by the names Unicode gives them. */
static bool filled(uint32_t code, int x, int y, int w, int h)
{
	static const struct {
		uint32_t code;
		const char *quadrants;		/* upper left, upper right, lower left, lower right */
	} known[] = {
		{ 0x2580, "1100" }, { 0x2584, "0011" }, { 0x2588, "1111" }, { 0x258c, "1010" },
		{ 0x2590, "0101" }, { 0x2596, "0010" }, { 0x2597, "0001" }, { 0x2598, "1000" },
		{ 0x2599, "1011" }, { 0x259a, "1001" }, { 0x259b, "1110" }, { 0x259c, "1101" },
		{ 0x259d, "0100" }, { 0x259e, "0110" }, { 0x259f, "0111" },
	};
	static const int braille[4][2] = { { 0, 3 }, { 1, 4 }, { 2, 5 }, { 6, 7 } };

	if (code > 0x2800 && code < 0x2900)
		return code >> braille[y][x] & 1;
	if (code >= 0x1fb00 && code <= 0x1fb3b) {
		unsigned n = code - 0x1fb00 + 1;

		n += n >= 21;
		n += n >= 42;
		return n >> (y * 2 + x) & 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].code == code)
			return known[i].quadrants[2 * (2 * y / h) + 2 * x / w] == '1';
	return false;
}

static uint32_t rgb_of(colour c)
{
	static const int level[6] = { 0, 95, 135, 175, 215, 255 };
	unsigned i = c & 0xff;

	if (COLOUR_IS_RGB(c))
		return c & 0xffffff;
	if (i >= 232)
		return (8 + 10 * (i - 232)) * 0x10101;
	if (i >= 16)
		return (uint32_t)level[(i - 16) / 36] << 16 |
			(uint32_t)level[(i - 16) / 6 % 6] << 8 | (uint32_t)level[(i - 16) % 6];
	return i == 0 ? 0 : 0xffffff;
}

/* Peak signal to noise of the cells against the picture's parts, in dB. */
static double psnr(const struct picture *p, const struct cells *c, int w, int h)
{
	double error = 0;

	for (int y = 0; y < p->height; y++)
		for (int x = 0; x < p->width; x++) {
			int px = x * c->cols * w / p->width, py = y * c->rows * h / p->height;
			const struct cell *cell = cells_at(c, py / h, px / w);
			uint32_t got = rgb_of(filled(cell->code[0], px % w, py % h, w, h)
					      ? cell->style.fg : cell->style.bg);
			uint32_t want = picture_row(p, y)[x];

			for (int s = 0; s <= 16; s += 8) {
				int d = (int)(got >> s & 255) - (int)(want >> s & 255);

				error += d * d;
			}
		}
	error /= 3.0 * p->width * p->height;
	return error > 0 ? 10 * log10(255.0 * 255.0 / error) : 99;
}

static double draw_psnr(const struct picture *p, enum draw_mode mode, enum draw_depth depth,
			int w, int h)
{
	struct draw *d = draw_new(mode, depth);
	struct draw_view v = { picture_bounds(p), 160, 45 };
	struct cells out;
	double db;

	cells_init(&out, 45, 160);
	draw_cells(d, p, &v, picture_bounds(p), &out, 0, 0);
	db = psnr(p, &out, w, h);
	cells_done(&out);
	draw_free(d);
	return db;
}

static void test_quality(void)
{
	struct picture p = { 0 };
	double half, quadrant, sextant, few;

	picture_resize(&p, 1024, 768);
	paint_desktop(&p);
	half = draw_psnr(&p, DRAW_HALF, DRAW_RGB, 1, 2);
	quadrant = draw_psnr(&p, DRAW_QUADRANT, DRAW_RGB, 2, 2);
	sextant = draw_psnr(&p, DRAW_SEXTANT, DRAW_RGB, 2, 3);
	few = draw_psnr(&p, DRAW_QUADRANT, DRAW_256, 2, 2);
	printf("# half %.2f dB, quadrant %.2f, sextant %.2f, quadrant of 256 %.2f\n", half,
	       quadrant, sextant, few);
	ok(half > 18, "half blocks are near the picture");
	ok(quadrant > 18, "and quadrants");
	ok(sextant > quadrant + 0.1, "sextants are nearer");
	ok(few > 17.3 && few <= quadrant, "256 colours cost little");
	picture_done(&p);
}

/* A picture that can be drawn exactly must be. */
static void test_exact(void)
{
	static const struct {
		enum draw_mode mode;
		int w, h;
	} m[] = { { DRAW_HALF, 1, 2 }, { DRAW_QUADRANT, 2, 2 }, { DRAW_SEXTANT, 2, 3 },
		  { DRAW_BRAILLE, 2, 4 } };
	uint32_t seed = 3;

	for (size_t k = 0; k < ARRAY_SIZE(m); k++) {
		struct draw *d = draw_new(m[k].mode, DRAW_256);
		struct picture p = { 0 };
		struct cells out;
		struct draw_view v;

		picture_resize(&p, 64 * m[k].w, 16 * m[k].h);
		for (int i = 0; i < p.width * p.height; i++)
			p.pixels[i] = paint_random(&seed) & 4 ? 0xffffff : 0x5f0000;
		cells_init(&out, 16, 64);
		v = (struct draw_view){ picture_bounds(&p), 64, 16 };
		draw_cells(d, &p, &v, picture_bounds(&p), &out, 0, 0);
		ok(psnr(&p, &out, m[k].w, m[k].h) > 90, "%s: two colours of the palette are exact",
		   draw_mode_name(m[k].mode));
		cells_done(&out);
		picture_done(&p);
		draw_free(d);
	}
}

static void test_mono(void)
{
	struct draw *d = draw_new(DRAW_BRAILLE, DRAW_MONO);
	struct picture p = { 0 };
	struct cells out;
	struct draw_view v = { { 0, 0, 256, 128 }, 64, 16 };
	int dots[4] = { 0 };

	picture_resize(&p, 256, 128);
	for (int y = 0; y < 128; y++)
		for (int x = 0; x < 256; x++)
			p.pixels[y * 256 + x] = (uint32_t)x * 0x10101;
	cells_init(&out, 16, 64);
	draw_cells(d, &p, &v, v.source, &out, 0, 0);
	for (int y = 0; y < 16; y++)
		for (int x = 0; x < 64; x++) {
			const struct cell *c = cells_at(&out, y, x);
			uint32_t bits = c->code[0] > 0x2800 ? c->code[0] - 0x2800 : 0;

			dots[x / 16] += __builtin_popcount(bits);
			if (c->style.fg != COLOUR_DEFAULT || c->style.bg != COLOUR_DEFAULT)
				dots[0] = 1 << 20;
		}
	ok(dots[0] < dots[1] && dots[1] < dots[2] && dots[2] < dots[3],
	   "one colour: brightness is dots (%d %d %d %d)", dots[0], dots[1], dots[2], dots[3]);
	cells_done(&out);
	picture_done(&p);
	draw_free(d);
}

static void test_damage(void)
{
	struct draw *d = draw_new(DRAW_QUADRANT, DRAW_256);
	struct picture p = { 0 };
	struct cells part, whole;
	struct draw_view v;
	struct area a;

	picture_resize(&p, 1024, 768);
	paint_desktop(&p);
	cells_init(&part, 45, 160);
	cells_init(&whole, 45, 160);
	v = (struct draw_view){ picture_bounds(&p), 160, 45 };
	draw_cells(d, &p, &v, picture_bounds(&p), &part, 0, 0);
	paint_fill(&p, (struct rect){ 333, 444, 50, 20 }, 0xff00ff);
	a = draw_damage(&v, (struct rect){ 333, 444, 50, 20 });
	draw_cells(d, &p, &v, (struct rect){ 333, 444, 50, 20 }, &part, 0, 0);
	draw_cells(d, &p, &v, picture_bounds(&p), &whole, 0, 0);
	ok(!memcmp(part.cell, whole.cell, 45 * 160 * sizeof(*part.cell)),
	   "drawing the damage alone gives the same");
	ok(a.cols <= 12 && a.rows <= 5, "and is little (%dx%d cells)", a.cols, a.rows);
	v.source.x = 900;
	draw_cells(d, &p, &v, picture_bounds(&p), &part, 0, 0);
	ok(!memcmp(part.cell, whole.cell, 45 * 160 * sizeof(*part.cell)),
	   "a view past the picture draws nothing");
	cells_done(&part);
	cells_done(&whole);
	picture_done(&p);
	draw_free(d);
}

static void test_views(void)
{
	struct draw *d = draw_new(DRAW_QUADRANT, DRAW_256);
	struct draw_view v = draw_fit(1024, 768, 160, 45);

	ok(v.rows == 45 && v.cols == 120, "4:3 on 160x45 takes 120x45");
	v = draw_fit(1024, 768, 80, 45);
	ok(v.cols == 80 && v.rows == 30, "on 80x45 80x30");
	v = draw_fit(1, 16384, 80, 24);
	ok(v.cols == 1 && v.rows == 24, "a line is one cell wide");
	v = draw_fit(0, 0, 80, 24);
	ok(v.cols == 0 && v.rows == 0, "nothing is nothing");
	v = draw_zoom(d, 1024, 768, 80, 24, 1.0, 512, 384);
	ok(v.source.w == 160 && v.source.h == 96 && v.source.x == 432 && v.source.y == 336,
	   "1:1 shows a pixel for each part, around the middle");
	v = draw_zoom(d, 1024, 768, 80, 24, 1.0, 5000, -3);
	ok(v.source.x == 1024 - 160 && v.source.y == 0, "and stays on the picture");
	v = draw_zoom(d, 64, 48, 80, 24, 1.0, 0, 0);
	ok(v.source.w == 64 && v.source.h <= 48 && v.cols == 32 && v.rows == 12,
	   "a small picture is not stretched");
	draw_free(d);
}

int main(void)
{
	test_exact();
	test_quality();
	test_mono();
	test_damage();
	test_views();
	return tap_done();
}
