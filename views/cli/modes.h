/*
 * modes: what the guest's output did to the user's own terminal, so that it can
 * be undone when the console is left: an alternate screen, a hidden cursor, mouse reports,
 * bracketed paste.
 */
#ifndef VIEWS_CLI_MODES_H
#define VIEWS_CLI_MODES_H

#include <stddef.h>

#include "backend/base/buf.h"

/* All zero at the start: a terminal as one expects it. */
struct modes {
	enum { MODES_TEXT, MODES_ESCAPE, MODES_BRACKET, MODES_PRIVATE } state;
	unsigned numbers[8];
	unsigned n_numbers;
	unsigned changed;		/* bit i: the i-th mode of the table is not as it should be */
};

/* The next bytes on their way to the terminal; sequences may be cut anywhere. */
void modes_watch(struct modes *m, const char *data, size_t len);

/* Append what brings the terminal back. */
void modes_restore(const struct modes *m, struct buf *out);

#endif
