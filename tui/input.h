/*
 * input: one line of text being edited, with the keys that readline taught.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>

#include "backend/base/buf.h"
#include "tui/cells.h"
#include "tui/keys.h"

#define INPUT_MAX 4096			/* bytes; more is not taken */

struct input {
	struct buf text;		/* UTF-8 */
	size_t at;			/* the cursor, in bytes */
};

enum input_result {
	INPUT_IGNORED,			/* not a key of ours */
	INPUT_MOVED, INPUT_CHANGED,
	INPUT_DONE, INPUT_CANCEL
};

void input_set(struct input *i, const char *text);
void input_done(struct input *i);
enum input_result input_key(struct input *i, const struct key *k);
const char *input_text(const struct input *i);

/* Draws the part around the cursor; returns the cursor's column. */
int input_paint(const struct input *i, struct cells *c, int y, int x, int width, struct style style);

#endif
