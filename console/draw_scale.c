/*
 * draw_scale: see draw_scale.h.  First down, a whole line of bytes at a time,
 * then across: that is one addition a byte, and the compiler's vectors do it.
 */
#include "console/draw_scale.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "backend/base/mem.h"

/* Beyond this many pixels only every so many are looked at, in each direction;
 * so a sum of bytes fits in 16 bits. */
#define SAMPLES 64

void draw_scale_done(struct draw_scale *s)
{
	free(s->sums);
	free(s->edges);
	*s = (struct draw_scale){ 0 };
}

/* The first pixel of part i of n. */
static int edge(int start, int length, int i, int n)
{
	return start + (int)((int64_t)length * i / n);
}

static int step_of(int span)
{
	return span > SAMPLES ? (span + SAMPLES - 1) / SAMPLES : 1;
}

static int samples_in(int span, int step)
{
	return (span + step - 1) / step;
}

/* Pixels from column i's edge to the next, at least one. */
static inline int span_of(const struct draw_scale *s, int i)
{
	int span = s->edges[i + 1] - s->edges[i];

	return span < 1 ? 1 : span;
}

/* The pixels of the lines that are looked at: [first, first + width). */
static int first_pixel(const struct draw_scale *s)
{
	return s->edges[0];
}

static int width_of(const struct draw_scale *s)
{
	return s->edges[s->n - 1] + span_of(s, s->n - 1) - s->edges[0];
}

void draw_scale_columns(struct draw_scale *s, struct rect source, int across, int x0, int x1)
{
	size_t bytes;

	s->n = x1 - x0;
	if (s->n > s->cap) {
		s->cap = s->n;
		s->edges = mem_reallocarray(s->edges, (size_t)s->cap + 1, sizeof(*s->edges));
	}
	for (int i = 0; i <= s->n; i++)
		s->edges[i] = edge(source.x, source.w, x0 + i, across);
	bytes = 4 * (size_t)width_of(s);
	if (bytes > s->sums_cap) {
		s->sums_cap = bytes;
		s->sums = mem_reallocarray(s->sums, bytes, sizeof(*s->sums));
	}
}

static void add_line(uint16_t *sums, const uint32_t *line, int width)
{
	const unsigned char *bytes = (const unsigned char *)line;
	int n = 4 * width, i = 0;

#ifdef __SSE2__
	for (; i + 16 <= n; i += 16) {
		__m128i zero = _mm_setzero_si128();
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
		__m128i *to = (__m128i *)(void *)(sums + i);

		_mm_storeu_si128(to, _mm_add_epi16(_mm_loadu_si128(to),
						   _mm_unpacklo_epi8(v, zero)));
		_mm_storeu_si128(to + 1, _mm_add_epi16(_mm_loadu_si128(to + 1),
						       _mm_unpackhi_epi8(v, zero)));
	}
#endif
	for (; i < n; i++)
		sums[i] = (uint16_t)(sums[i] + bytes[i]);
}

/* The mean of n samples of each byte of a pixel. */
static inline uint32_t mean(const uint32_t sum[4], uint32_t n)
{
	uint64_t inverse = ((1u << 24) + n / 2) / n, half = 1u << 23;
	unsigned char byte[4];
	uint32_t pixel;

	for (int k = 0; k < 4; k++)
		byte[k] = (unsigned char)((sum[k] * inverse + half) >> 24);
	memcpy(&pixel, byte, 4);
	return pixel;
}

static uint32_t mean_of_part(const struct draw_scale *s, int i, int lines)
{
	const uint16_t *at = s->sums + 4 * (s->edges[i] - first_pixel(s));
	int span = span_of(s, i), step = step_of(span);
	uint32_t sum[4] = { 0, 0, 0, 0 };

	for (int x = 0; x < span; x += step)
		for (int k = 0; k < 4; k++)
			sum[k] += at[4 * x + k];
	return mean(sum, (uint32_t)(samples_in(span, step) * lines));
}

void draw_scale_line(struct draw_scale *s, const struct picture *p, struct rect source,
		     int down, int line, uint32_t *out)
{
	int top = edge(source.y, source.h, line, down);
	int bottom = edge(source.y, source.h, line + 1, down);
	int width = width_of(s), step, lines;

	if (bottom <= top)
		bottom = top + 1;
	step = step_of(bottom - top);
	lines = samples_in(bottom - top, step);
	memset(s->sums, 0, 4 * (size_t)width * sizeof(*s->sums));
	for (int y = top; y < bottom; y += step)
		add_line(s->sums, picture_row(p, y) + first_pixel(s), width);
	for (int i = 0; i < s->n; i++)
		out[i] = mean_of_part(s, i, lines);
}
