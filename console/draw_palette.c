/*
 * draw_palette: see draw_palette.h.
 */
#include "console/draw_palette.h"

#include "backend/base/mem.h"

/* The sixteen as most terminals show them. */
static const uint32_t sixteen[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};
static const int levels[6] = { 0, 95, 135, 175, 215, 255 };

static uint32_t rgb_of(unsigned index)
{
	unsigned grey;

	if (index < 16)
		return sixteen[index];
	if (index < 232) {
		index -= 16;
		return (uint32_t)levels[index / 36] << 16 | (uint32_t)levels[index / 6 % 6] << 8 |
			(uint32_t)levels[index % 6];
	}
	grey = 8 + 10 * (index - 232);
	return grey << 16 | grey << 8 | grey;
}

static int distance(uint32_t a, uint32_t b)
{
	int r = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
	int g = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
	int l = (int)(a & 255) - (int)(b & 255);

	/* The eye is keenest on green. */
	return 3 * r * r + 4 * g * g + 2 * l * l;
}

static unsigned nearest_level(uint32_t v)
{
	unsigned best = 0;

	for (unsigned i = 1; i < ARRAY_SIZE(levels); i++)
		if (abs(levels[i] - (int)v) < abs(levels[best] - (int)v))
			best = i;
	return best;
}

static unsigned nearest_of_256(uint32_t rgb)
{
	uint32_t r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;
	unsigned cube = 16 + 36 * nearest_level(r) + 6 * nearest_level(g) + nearest_level(b);
	int mean = (int)(r + g + b) / 3;
	int step = mean < 8 ? 0 : (mean - 3) / 10;
	unsigned grey = 232 + (unsigned)(step > 23 ? 23 : step);

	return distance(rgb, rgb_of(grey)) < distance(rgb, rgb_of(cube)) ? grey : cube;
}

static unsigned nearest_of(uint32_t rgb, unsigned n)
{
	unsigned best = 0;

	for (unsigned i = 1; i < n; i++)
		if (distance(rgb, sixteen[i]) < distance(rgb, sixteen[best]))
			best = i;
	return best;
}

static uint32_t expand(uint32_t five)
{
	return five << 3 | five >> 2;
}

void draw_palette_init(struct draw_palette *p, enum draw_depth depth)
{
	p->depth = depth;
	if (depth == DRAW_RGB)
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(p->nearest); i++) {
		uint32_t rgb = expand(i >> 10) << 16 | expand(i >> 5 & 31) << 8 | expand(i & 31);

		p->nearest[i] = (unsigned char)(depth == DRAW_256 ? nearest_of_256(rgb) :
						depth == DRAW_16 ? nearest_of(rgb, 16) :
						depth == DRAW_8 ? nearest_of(rgb, 8) :
						nearest_of(rgb, 8) ? 7 : 0);
	}
}

uint32_t draw_palette_find(const struct draw_palette *p, uint32_t rgb)
{
	if (p->depth == DRAW_RGB)
		return expand(rgb >> 19 & 31) << 16 | expand(rgb >> 11 & 31) << 8 |
			expand(rgb >> 3 & 31);
	return p->nearest[(rgb >> 9 & 0x7c00) | (rgb >> 6 & 0x3e0) | (rgb >> 3 & 31)];
}

uint32_t draw_palette_rgb(const struct draw_palette *p, uint32_t entry)
{
	return p->depth == DRAW_RGB ? entry : rgb_of(entry);
}

colour draw_palette_colour(const struct draw_palette *p, uint32_t entry)
{
	if (p->depth == DRAW_MONO)
		return COLOUR_DEFAULT;
	if (p->depth == DRAW_RGB)
		return COLOUR_RGB(entry >> 16 & 255, entry >> 8 & 255, entry & 255);
	return COLOUR_INDEX(entry);
}
