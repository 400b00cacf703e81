/*
 * messages: what the user is told above the key bar.  Information goes away
 * with the next key; an error stays until it is dismissed, and others wait
 * behind it.
 */
#ifndef VIEWS_MESSAGES_H
#define VIEWS_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/cells.h"
#include "tui/theme.h"

#define MESSAGES_MAX 50

struct message {
	bool error;
	char *text, *hint;		/* hint: lines, or NULL */
};

struct messages {
	struct message *all;
	size_t n;
};

void messages_done(struct messages *m);
void messages_add(struct messages *m, bool error, const char *text, const char *hint);
/* A key was pressed: forget information.  Whether anything changed. */
bool messages_read(struct messages *m);
/* The first error was read.  Whether there was one. */
bool messages_dismiss(struct messages *m);

/* Rows that the first message takes at this width, at most max. */
int messages_rows(const struct messages *m, int width, int max);
void messages_paint(const struct messages *m, struct cells *c, struct area a, const struct theme *t);

#endif
