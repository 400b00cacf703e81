/*
 * theme: what the parts of the interface look like.
 *
 * Code names elements ("list-selected"), never colours.  A theme file has one
 * line per element and on it the values for monochrome, 8 or 16, 256 and 24-bit
 * terminals side by side:
 *
 *     # element      mono      8               256            24 bit
 *     list-selected  reverse   white/blue      255/24         #ffffff/#264f78
 *     title          bold      -/-/bold
 *
 * A value is FOREGROUND/BACKGROUND/ATTRIBUTES, the later ones optional; in the
 * mono column it is attributes alone.  "-" is the terminal's own.  A column
 * left out takes the one before it.  An element left out keeps what it had.
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdbool.h>

#include "backend/base/error.h"
#include "tui/cells.h"
#include "tui/screen.h"

#define THEME_ELEMENTS(X) \
	X(NORMAL, "normal") X(HEADER, "header") X(HEADER_NAME, "header-name") \
	X(RULE, "rule") X(LIST_HEAD, "list-head") X(LIST_SELECTED, "list-selected") \
	X(LIST_MARKED, "list-marked") X(STATE_RUNNING, "state-running") \
	X(STATE_PAUSED, "state-paused") X(STATE_OFF, "state-off") \
	X(STATE_CRASHED, "state-crashed") X(TITLE, "title") X(LABEL, "label") \
	X(DIM, "dim") X(GRAPH, "graph") X(KEY, "key") X(KEY_LABEL, "key-label") \
	X(MESSAGE, "message") X(ERROR, "error") X(HINT, "hint") \
	X(PROMPT, "prompt") X(INPUT, "input") X(DIALOG, "dialog") \
	X(DIALOG_TITLE, "dialog-title") X(CONSOLE_STATUS, "console-status") \
	X(CONSOLE_READONLY, "console-readonly") X(MATCH, "match") \
	X(SELECTION, "selection")

enum theme_element {
#define X(id, name) THEME_##id,
	THEME_ELEMENTS(X)
#undef X
	THEME_COUNT
};

struct theme {
	struct style style[THEME_COUNT][DEPTH_COUNT];
	enum screen_depth depth;	/* which of them theme_style() gives */
};

/* Everything plain. */
void theme_init(struct theme *t, enum screen_depth depth);
/* Lines change what t has; name is what errors call the text ("NAME:LINE: ...").
 * On error t is as it was. */
bool theme_parse(struct theme *t, const char *text, const char *name, struct error **err);

struct style theme_style(const struct theme *t, enum theme_element e);
/* e's colours with the background of under, for text on a selected row. */
struct style theme_on(const struct theme *t, enum theme_element e, struct style under);

const char *theme_element_name(enum theme_element e);

#endif
