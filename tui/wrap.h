/*
 * wrap: a text as lines of a given width, broken at spaces where there are any.
 */
#ifndef TUI_WRAP_H
#define TUI_WRAP_H

#include <stddef.h>

struct wrapped {
	char **lines;
	size_t n;
};

/* Line feeds in the text break, too.  A line's continuations are indented as it
 * is, and by hang more. */
struct wrapped wrap_text(const char *text, int width, int hang);
void wrapped_done(struct wrapped *w);

#endif
