/*
 * draw_scale: the mean colour of each small part of a picture.
 */
#ifndef CONSOLE_DRAW_SCALE_H
#define CONSOLE_DRAW_SCALE_H

#include "console/picture.h"

struct draw_scale {
	uint16_t *sums;			/* of each byte of a line, downwards */
	size_t sums_cap;
	int *edges;			/* the first pixel of each part */
	int n, cap;
};

void draw_scale_done(struct draw_scale *s);

/*
 * Cut source into across * down parts.  draw_scale_columns() fixes the columns
 * of parts [x0, x1); draw_scale_line() gives the means of those in one line.
 * Where a part is smaller than a pixel it is the pixel it lies in.  The source
 * must lie on the picture.
 */
void draw_scale_columns(struct draw_scale *s, struct rect source, int across, int x0, int x1);
void draw_scale_line(struct draw_scale *s, const struct picture *p, struct rect source,
		     int down, int line, uint32_t *out);

#endif
