/*
 * picture: pixels of a guest's screen, and rectangles on it.
 *
 * 32 bits a pixel, 0x00RRGGBB in the host's byte order, rows without padding.
 * The size has a bound, because the server on the other side chooses it.
 */
#ifndef CONSOLE_PICTURE_H
#define CONSOLE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 5120x2880 fits: 64 MiB. */
#define PICTURE_MAX_PIXELS (16u << 20)
#define PICTURE_MAX_SIDE 16384

struct picture {
	int width, height;
	uint32_t *pixels;		/* width * height; NULL when either is 0 */
};

/* Empty when w or h is 0. */
struct rect {
	int x, y, w, h;
};

void picture_done(struct picture *p);
/* Black, of the new size; false (and unchanged) when that is past the bound. */
bool picture_resize(struct picture *p, int width, int height);
bool picture_size_ok(int width, int height);

static inline const uint32_t *picture_row(const struct picture *p, int y)
{
	return p->pixels + (size_t)y * (size_t)p->width;
}

/* Copy what lies in r, which is clipped to both; the sizes must agree. */
void picture_copy_rect(struct picture *to, const struct picture *from, struct rect r);

static inline bool rect_empty(struct rect r)
{
	return r.w <= 0 || r.h <= 0;
}
struct rect rect_union(struct rect a, struct rect b);
struct rect rect_intersect(struct rect a, struct rect b);
static inline struct rect picture_bounds(const struct picture *p)
{
	return (struct rect){ 0, 0, p->width, p->height };
}

#endif
