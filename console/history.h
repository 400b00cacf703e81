/*
 * history: the lines that have left the top of a grid, oldest first.
 *
 * A line is kept as its text and the places where its style changes, so ten
 * thousand plain ones take little more than their characters.  When a history
 * is full the oldest line goes.
 */
#ifndef CONSOLE_HISTORY_H
#define CONSOLE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/cells.h"

struct history {
	struct history_line **lines;	/* a ring of max */
	size_t max, first, n;
};

void history_init(struct history *h, size_t max);
void history_done(struct history *h);
void history_clear(struct history *h);

/* Blank cells at the end are not kept. */
void history_push(struct history *h, const struct cell *cells, int n);
/* Take the newest line back; what it lacks of n cells is blank.  False when
 * there is none. */
bool history_pop(struct history *h, struct cell *cells, int n);
/* Line i, 0 the oldest. */
void history_read(const struct history *h, size_t i, struct cell *cells, int n);
/* Its text, UTF-8; borrowed until the next push. */
const char *history_text(const struct history *h, size_t i);

#endif
