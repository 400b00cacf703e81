/*
 * picture: see picture.h.
 */
#include "console/picture.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"

void picture_done(struct picture *p)
{
	free(p->pixels);
	*p = (struct picture){ 0 };
}

bool picture_size_ok(int width, int height)
{
	return width >= 0 && height >= 0 && width <= PICTURE_MAX_SIDE &&
		height <= PICTURE_MAX_SIDE &&
		(size_t)width * (size_t)height <= PICTURE_MAX_PIXELS;
}

bool picture_resize(struct picture *p, int width, int height)
{
	size_t n = (size_t)width * (size_t)height;

	if (!picture_size_ok(width, height))
		return false;
	picture_done(p);
	p->width = width;
	p->height = height;
	if (n)
		p->pixels = mem_zalloc(n * sizeof(*p->pixels));
	return true;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

struct rect rect_union(struct rect a, struct rect b)
{
	int x, y;

	if (rect_empty(a))
		return b;
	if (rect_empty(b))
		return a;
	x = min(a.x, b.x);
	y = min(a.y, b.y);
	return (struct rect){ x, y, max(a.x + a.w, b.x + b.w) - x, max(a.y + a.h, b.y + b.h) - y };
}

struct rect rect_intersect(struct rect a, struct rect b)
{
	int x = max(a.x, b.x), y = max(a.y, b.y);
	int w = min(a.x + a.w, b.x + b.w) - x, h = min(a.y + a.h, b.y + b.h) - y;

	if (w <= 0 || h <= 0)
		return (struct rect){ 0, 0, 0, 0 };
	return (struct rect){ x, y, w, h };
}

void picture_copy_rect(struct picture *to, const struct picture *from, struct rect r)
{
	r = rect_intersect(r, rect_intersect(picture_bounds(to), picture_bounds(from)));
	for (int y = r.y; y < r.y + r.h; y++)
		memcpy(to->pixels + (size_t)y * (size_t)to->width + r.x,
		       picture_row(from, y) + r.x, (size_t)r.w * sizeof(uint32_t));
}
