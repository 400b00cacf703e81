/*
 * colons: libvterm 0.1 takes "38:2::R:G:B", the standard's way to give a
 * colour, one place off; "38:2:R:G:B" it reads right.  This stands in front of
 * it and drops the empty colour space.
 */
#ifndef CONSOLE_COLONS_H
#define CONSOLE_COLONS_H

#include <stddef.h>

#define COLONS_MAX 128

struct colons {
	int state;
	size_t len;
	char held[COLONS_MAX];		/* a sequence that has not ended yet */
};

typedef void colons_fn(const char *bytes, size_t len, void *arg);

/* Everything comes out of fn in order, sooner or later. */
void colons_feed(struct colons *c, const char *bytes, size_t len, colons_fn *fn, void *arg);

#endif
