/*
 * ring: see ring.h.
 */
#include "backend/supervisor/ring.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"

#define LINE_SEARCH 4096

void ring_init(struct ring *r, size_t size)
{
	*r = (struct ring){ .data = mem_zalloc(size), .size = size };
}

void ring_done(struct ring *r)
{
	free(r->data);
	*r = (struct ring){ .data = NULL };
}

uint64_t ring_start(const struct ring *r)
{
	return r->end > r->size ? r->end - r->size : 0;
}

static int pieces(const struct ring *r, uint64_t at, size_t len, struct iovec out[2])
{
	size_t offset = (size_t)(at % r->size), first = r->size - offset;

	if (len == 0)
		return 0;
	if (first > len)
		first = len;
	out[0] = (struct iovec){ r->data + offset, first };
	if (first == len)
		return 1;
	out[1] = (struct iovec){ r->data, len - first };
	return 2;
}

int ring_space(struct ring *r, size_t max, struct iovec out[2])
{
	return pieces(r, r->end, max < r->size ? max : r->size, out);
}

void ring_commit(struct ring *r, size_t n)
{
	r->end += n;
}

void ring_add(struct ring *r, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		struct iovec to[2];
		int n = ring_space(r, len, to);

		for (int i = 0; i < n; i++) {
			memcpy(to[i].iov_base, p, to[i].iov_len);
			p += to[i].iov_len;
			len -= to[i].iov_len;
			ring_commit(r, to[i].iov_len);
		}
	}
}

int ring_peek(const struct ring *r, uint64_t at, size_t max, struct iovec out[2])
{
	uint64_t there = r->end - at;

	return pieces(r, at, there < max ? (size_t)there : max, out);
}

uint64_t ring_replay_start(const struct ring *r)
{
	uint64_t start = ring_start(r);
	struct iovec part[2];
	uint64_t skipped = 0;
	int n;

	if (start == 0)
		return 0;
	n = ring_peek(r, start, LINE_SEARCH, part);
	for (int i = 0; i < n; i++) {
		const char *lf = memchr(part[i].iov_base, '\n', part[i].iov_len);

		if (lf)
			return start + skipped + (uint64_t)(lf - (char *)part[i].iov_base) + 1;
		skipped += part[i].iov_len;
	}
	return start;
}
