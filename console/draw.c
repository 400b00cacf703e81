/*
 * draw: see draw.h.
 */
#include "console/draw.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "console/draw_palette.h"
#include "console/draw_scale.h"

#define PARTS_MAX 8
/* Of five parts, the sixth being always in the other group. */
#define SUBSETS 32

typedef float float4 __attribute__((vector_size(16)));

struct draw {
	enum draw_mode mode;
	int across, down;		/* parts of a cell */
	struct draw_palette palette;
	struct draw_scale scale;
	uint32_t *parts;
	size_t parts_cap;
	/* One by the size of each subset, and by what it leaves. */
	float4 weight[SUBSETS / 4], other_weight[SUBSETS / 4];
};

/* Two palette entries, and which parts have the first. */
struct split {
	unsigned mask;
	uint32_t fg, bg;
};

static const struct {
	const char *name;
	int across, down;
} modes[] = {
#define X(id, name, across, down) { name, across, down },
	DRAW_MODES(X)
#undef X
};

/* The empty subset weighs nothing, so it never wins. */
static void set_weights(struct draw *d)
{
	int n = d->across * d->down;

	for (int m = 1; m < SUBSETS && m < 1 << (n - 1); m++) {
		int size = __builtin_popcount((unsigned)m);

		d->weight[m / 4][m % 4] = 1.0f / (float)size;
		d->other_weight[m / 4][m % 4] = 1.0f / (float)(n - size);
	}
}

struct draw *draw_new(enum draw_mode mode, enum draw_depth depth)
{
	struct draw *d = mem_zalloc(sizeof(*d));

	d->mode = mode;
	d->across = modes[mode].across;
	d->down = modes[mode].down;
	draw_palette_init(&d->palette, depth);
	set_weights(d);
	return d;
}

void draw_free(struct draw *d)
{
	if (!d)
		return;
	draw_scale_done(&d->scale);
	free(d->parts);
	free(d);
}

const char *draw_mode_name(enum draw_mode m)
{
	return modes[m].name;
}

enum draw_mode draw_mode_of(const struct draw *d)
{
	return d->mode;
}

bool draw_mode_parse(const char *name, enum draw_mode *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(name, modes[i].name)) {
			*m = (enum draw_mode)i;
			return true;
		}
	return false;
}

colour draw_colour(const struct draw *d, uint32_t rgb)
{
	return draw_palette_colour(&d->palette, draw_palette_find(&d->palette, rgb));
}

static int at_least_one(int v)
{
	return v < 1 ? 1 : v;
}

struct draw_view draw_fit(int width, int height, int cols, int rows)
{
	struct draw_view v = { { 0, 0, width, height }, cols, rows };

	if (width <= 0 || height <= 0 || cols <= 0 || rows <= 0)
		return (struct draw_view){ { 0, 0, 0, 0 }, 0, 0 };
	/* cols / (2 * rows) against width / height */
	if ((int64_t)cols * height > (int64_t)2 * rows * width)
		v.cols = at_least_one((int)((int64_t)2 * rows * width / height));
	else
		v.rows = at_least_one((int)(((int64_t)cols * height / width + 1) / 2));
	return v;
}

static int keep_inside(int at, int size, int whole)
{
	if (at + size > whole)
		at = whole - size;
	return at < 0 ? 0 : at;
}

struct draw_view draw_zoom(const struct draw *d, int width, int height, int cols, int rows,
			   double zoom, int x, int y)
{
	struct draw_view v = { { 0, 0, 0, 0 }, cols, rows };
	/* Pixels a cell; it is twice as high as wide. */
	double across = d->across / zoom, down = 2 * across;

	if (width <= 0 || height <= 0 || cols <= 0 || rows <= 0)
		return (struct draw_view){ { 0, 0, 0, 0 }, 0, 0 };
	if (cols * across > width)
		v.cols = at_least_one((int)(width / across));
	if (rows * down > height)
		v.rows = at_least_one((int)(height / down));
	v.source.w = at_least_one((int)(v.cols * across));
	v.source.h = at_least_one((int)(v.rows * down));
	if (v.source.w > width)
		v.source.w = width;
	if (v.source.h > height)
		v.source.h = height;
	v.source.x = keep_inside(x - v.source.w / 2, v.source.w, width);
	v.source.y = keep_inside(y - v.source.h / 2, v.source.h, height);
	return v;
}

/* [from, to) of n cells that a span of the source reaches. */
static void reached(int from, int to, int start, int length, int n, int *first, int *end)
{
	*first = (int)((int64_t)(from - start) * n / length);
	*end = (int)(((int64_t)(to - start) * n + length - 1) / length);
	/* Cells smaller than a pixel: the one before may begin in it. */
	if (*first > 0)
		--*first;
	if (*end < n)
		++*end;
}

struct area draw_damage(const struct draw_view *v, struct rect damage)
{
	struct rect r = rect_intersect(v->source, damage);
	int x0, x1, y0, y1;

	if (rect_empty(r) || v->cols <= 0 || v->rows <= 0)
		return (struct area){ 0, 0, 0, 0 };
	reached(r.x, r.x + r.w, v->source.x, v->source.w, v->cols, &x0, &x1);
	reached(r.y, r.y + r.h, v->source.y, v->source.h, v->rows, &y0, &y1);
	return (struct area){ y0, x0, y1 - y0, x1 - x0 };
}

static int channel(uint32_t rgb, int shift)
{
	return (int)(rgb >> shift & 255);
}

static bool all_same(const uint32_t *part, int n)
{
	for (int i = 1; i < n; i++)
		if (part[i] != part[0])
			return false;
	return true;
}

struct sums {
	int r, g, b;
};

static uint32_t mean_of(struct sums s, int n)
{
	return (uint32_t)((s.r + n / 2) / n) << 16 | (uint32_t)((s.g + n / 2) / n) << 8 |
		(uint32_t)((s.b + n / 2) / n);
}

static struct sums sums_of(const uint32_t *part, int n, unsigned mask)
{
	struct sums s = { 0, 0, 0 };

	for (int i = 0; i < n; i++) {
		if (!(mask >> i & 1))
			continue;
		s.r += channel(part[i], 16);
		s.g += channel(part[i], 8);
		s.b += channel(part[i], 0);
	}
	return s;
}

static struct sums sums_minus(struct sums a, struct sums b)
{
	return (struct sums){ a.r - b.r, a.g - b.g, a.b - b.b };
}

/* Sums of one channel over all subsets of the parts but the last. */
static void subset_sums(const uint32_t *part, int n, int shift, float4 out[SUBSETS / 4])
{
	float a = (float)channel(part[0], shift), b = (float)channel(part[1], shift);

	out[0] = (float4){ 0, a, b, a + b };
	for (int i = 2; i < n - 1; i++) {
		float c = (float)channel(part[i], shift);
		int half = 1 << (i - 2);

		for (int k = 0; k < half; k++)
			out[half + k] = out[k] + c;
	}
}

/*
 * Of all ways to part n (4 or 6) colours in two, the best: the one whose groups
 * explain most of the variance, which is |sum|^2 / size of either, added.  The
 * last part is always in the second group, which halves the work.
 */
static unsigned best_split(const struct draw *d, const uint32_t *part, int n,
			   struct sums *group, struct sums *total)
{
	float4 r[SUBSETS / 4], g[SUBSETS / 4], b[SUBSETS / 4];
	union {
		float4 four[SUBSETS / 4];
		float one[SUBSETS];
	} explained = { .one = { 0 } };
	int subsets = 1 << (n - 1);
	unsigned best = 1;
	float most;

	*total = sums_of(part, n, (1u << n) - 1);
	subset_sums(part, n, 16, r);
	subset_sums(part, n, 8, g);
	subset_sums(part, n, 0, b);
	for (int k = 0; k < subsets / 4; k++) {
		float4 r2 = (float)total->r - r[k], g2 = (float)total->g - g[k];
		float4 b2 = (float)total->b - b[k];

		explained.four[k] = (r[k] * r[k] + g[k] * g[k] + b[k] * b[k]) * d->weight[k] +
			(r2 * r2 + g2 * g2 + b2 * b2) * d->other_weight[k];
	}
	most = explained.one[1];
	for (unsigned m = 2; m < (unsigned)subsets; m++)
		if (explained.one[m] > most) {
			most = explained.one[m];
			best = m;
		}
	*group = sums_of(part, n, best);
	return best;
}

static int widest_channel(const uint32_t *part, int n, int *low, int *high)
{
	int best = 0;

	*low = *high = 0;
	for (int shift = 16; shift >= 0; shift -= 8) {
		int lo = 255, hi = 0;

		for (int i = 0; i < n; i++) {
			int v = channel(part[i], shift);

			lo = v < lo ? v : lo;
			hi = v > hi ? v : hi;
		}
		if (shift == 16 || hi - lo > *high - *low) {
			best = shift;
			*low = lo;
			*high = hi;
		}
	}
	return best;
}

/* For more parts: cut the channel that varies most in its middle. */
static unsigned quick_split(const uint32_t *part, int n, struct sums *group, struct sums *total)
{
	int low, high, shift = widest_channel(part, n, &low, &high);
	unsigned mask = 0;

	for (int i = 0; i < n; i++)
		mask |= (unsigned)(2 * channel(part[i], shift) > low + high) << i;
	*total = sums_of(part, n, (1u << n) - 1);
	*group = sums_of(part, n, mask);
	return mask;
}

static struct split split_by_colour(const struct draw *d, const uint32_t *part, int n)
{
	struct sums group, total;
	unsigned mask = d->mode == DRAW_QUADRANT || d->mode == DRAW_SEXTANT
		? best_split(d, part, n, &group, &total)
		: quick_split(part, n, &group, &total);
	int k = __builtin_popcount(mask);

	return (struct split){ mask, draw_palette_find(&d->palette, mean_of(group, k)),
			       draw_palette_find(&d->palette,
						 mean_of(sums_minus(total, group), n - k)) };
}

/* Few colours: mix them by an ordered pattern. */
static uint32_t dither(uint32_t rgb, int x, int y, int strength)
{
	static const signed char bayer[4][4] = {
		{ -8, 0, -6, 2 }, { 4, -4, 6, -2 }, { -5, 3, -7, 1 }, { 7, -1, 5, -3 },
	};
	int by = bayer[y & 3][x & 3] * strength / 16;
	uint32_t out = 0;

	for (int shift = 0; shift <= 16; shift += 8) {
		int v = channel(rgb, shift) + by;

		out |= (uint32_t)(v < 0 ? 0 : v > 255 ? 255 : v) << shift;
	}
	return out;
}

static uint32_t commonest(const uint32_t *entry, int n, unsigned without)
{
	uint32_t best = 0;
	int most = 0;

	for (int i = 0; i < n; i++) {
		int count = 0;

		if (without >> i & 1)
			continue;
		for (int k = 0; k < n; k++)
			count += entry[k] == entry[i];
		if (count > most) {
			most = count;
			best = entry[i];
		}
	}
	return best;
}

static int luma(uint32_t rgb)
{
	return (channel(rgb, 16) * 3 + channel(rgb, 8) * 6 + channel(rgb, 0)) / 10;
}

static struct split split_mono(const struct draw *d, const uint32_t *part, int n, int x, int y)
{
	struct split s = { 0, 7, 0 };

	for (int i = 0; i < n; i++)
		if (luma(dither(part[i], x + i % d->across, y + i / d->across, 200)) >= 128)
			s.mask |= 1u << i;
	return s;
}

static struct split split_few(const struct draw *d, const uint32_t *part, int n, int x, int y)
{
	uint32_t entry[PARTS_MAX] = { 0 };
	struct split s = { 0, 0, 0 };
	unsigned is_bg = 0;

	for (int i = 0; i < n; i++)
		entry[i] = draw_palette_find(&d->palette, dither(part[i], x + i % d->across,
								  y + i / d->across, 64));
	s.fg = s.bg = commonest(entry, n, 0);
	for (int i = 0; i < n; i++)
		is_bg |= (unsigned)(entry[i] == s.bg) << i;
	if (is_bg == (1u << n) - 1)
		return s;
	s.fg = commonest(entry, n, is_bg);
	for (int i = 0; i < n; i++)
		if (entry[i] == s.fg)
			s.mask |= 1u << i;
	return s;
}

static uint32_t quadrant_code(unsigned mask)
{
	static const uint16_t codes[16] = {
		' ', 0x2598, 0x259d, 0x2580, 0x2596, 0x258c, 0x259e, 0x259b,
		0x2597, 0x259a, 0x2590, 0x259c, 0x2584, 0x2599, 0x259f, 0x2588,
	};

	return codes[mask];
}

/* Unicode leaves out the four that it had already. */
static uint32_t sextant_code(unsigned mask)
{
	if (mask == 0)
		return ' ';
	if (mask == 21)
		return 0x258c;
	if (mask == 42)
		return 0x2590;
	if (mask == 63)
		return 0x2588;
	return 0x1fb00 + mask - 1 - (mask > 21) - (mask > 42);
}

/* Dots 1 2 3 go down the left, 4 5 6 down the right, 7 8 below. */
static uint32_t braille_code(unsigned mask)
{
	static const unsigned char dot[8] = { 0, 3, 1, 4, 2, 5, 6, 7 };
	uint32_t bits = 0;

	for (int i = 0; i < 8; i++)
		bits |= (mask >> i & 1) << dot[i];
	return bits ? 0x2800 + bits : ' ';
}

static uint32_t code_of(enum draw_mode mode, unsigned mask)
{
	static const uint16_t half[4] = { ' ', 0x2580, 0x2584, 0x2588 };

	switch (mode) {
	case DRAW_HALF: return half[mask & 3];
	case DRAW_QUADRANT: return quadrant_code(mask);
	case DRAW_SEXTANT: return sextant_code(mask);
	case DRAW_BRAILLE: return braille_code(mask);
	default: return ' ';
	}
}

static void put(struct cell *c, uint32_t code, colour fg, colour bg)
{
	*c = (struct cell){ { code, 0, 0 }, { fg, bg, 0 }, 1 };
}

static void draw_ascii(const struct draw *d, uint32_t rgb, struct cell *c)
{
	static const char ramp[] = " .:-=+*#%@";
	int n = (int)sizeof(ramp) - 2;
	bool mono = d->palette.depth == DRAW_MONO;

	put(c, (unsigned char)ramp[(luma(rgb) * n + 127) / 255],
	    mono ? COLOUR_DEFAULT : draw_colour(d, rgb), mono ? COLOUR_DEFAULT : draw_colour(d, 0));
}

/* (x, y) is the first part's place on the whole, for the dither pattern. */
static void draw_cell(const struct draw *d, const uint32_t *part, int x, int y, struct cell *c)
{
	int n = d->across * d->down;
	struct split s = { 0, 0, 0 };

	if (d->mode == DRAW_ASCII) {
		draw_ascii(d, part[0], c);
		return;
	}
	if (d->palette.depth == DRAW_MONO)
		s = split_mono(d, part, n, x, y);
	else if (d->palette.depth < DRAW_256)
		s = split_few(d, part, n, x, y);
	else if (all_same(part, n))
		s.bg = s.fg = draw_palette_find(&d->palette, part[0]);
	else
		s = split_by_colour(d, part, n);
	if (s.fg == s.bg)
		s.mask = 0;
	put(c, code_of(d->mode, s.mask), draw_palette_colour(&d->palette, s.mask ? s.fg : s.bg),
	    draw_palette_colour(&d->palette, s.bg));
}

static void draw_row(struct draw *d, struct area a, int row, struct cells *out, int y, int x)
{
	int width = a.cols * d->across;
	uint32_t part[PARTS_MAX] = { 0 };

	for (int col = 0; col < a.cols; col++) {
		struct cell *c = cells_at(out, y + row, x + a.x + col);

		if (!c)
			continue;
		for (int j = 0; j < d->down; j++)
			for (int i = 0; i < d->across; i++)
				part[j * d->across + i] =
					d->parts[j * width + col * d->across + i];
		draw_cell(d, part, (a.x + col) * d->across, row * d->down, c);
	}
}

static bool inside(struct rect r, const struct picture *p)
{
	return r.x >= 0 && r.y >= 0 && r.x + r.w <= p->width && r.y + r.h <= p->height;
}

void draw_cells(struct draw *d, const struct picture *p, const struct draw_view *v,
		struct rect damage, struct cells *out, int y, int x)
{
	struct area a = draw_damage(v, damage);
	int width = a.cols * d->across, lines = v->rows * d->down;
	size_t need = (size_t)width * (size_t)d->down;

	/* The picture may have changed its size since the view was made. */
	if (a.cols <= 0 || a.rows <= 0 || !inside(v->source, p))
		return;
	if (need > d->parts_cap) {
		d->parts = mem_reallocarray(d->parts, need, sizeof(*d->parts));
		d->parts_cap = need;
	}
	draw_scale_columns(&d->scale, v->source, v->cols * d->across, a.x * d->across,
			   (a.x + a.cols) * d->across);
	for (int row = a.y; row < a.y + a.rows; row++) {
		for (int j = 0; j < d->down; j++)
			draw_scale_line(&d->scale, p, v->source, lines, row * d->down + j,
					d->parts + j * width);
		draw_row(d, a, row, out, y, x);
	}
}
