/*
 * draw_palette: the colours a terminal has.
 *
 * Of 256 the upper 240 are known: a cube of 6x6x6 and 24 greys.  The first 16
 * are what the user made them, so only terminals with no more than those get
 * them.  24-bit colours are rounded to 5 bits a channel: ncurses has room for
 * 65,536 pairs, and video would use them up within seconds.
 */
#ifndef CONSOLE_DRAW_PALETTE_H
#define CONSOLE_DRAW_PALETTE_H

#include "console/draw.h"

/* Nearest entry by 5 bits a channel, and its true colour. */
struct draw_palette {
	enum draw_depth depth;
	unsigned char nearest[32768];
};

void draw_palette_init(struct draw_palette *p, enum draw_depth depth);
/* The entry's number: below 256, or 0xRRGGBB for DRAW_RGB. */
uint32_t draw_palette_find(const struct draw_palette *p, uint32_t rgb);
uint32_t draw_palette_rgb(const struct draw_palette *p, uint32_t entry);
colour draw_palette_colour(const struct draw_palette *p, uint32_t entry);

#endif
