/*
 * list: which row of many is selected and which are seen.  It holds no rows:
 * whoever has them paints from top to top + height, so a thousand cost what
 * fits the screen.
 */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>

struct list {
	int n;			/* rows there are */
	int at;			/* selected; -1 when n is 0 */
	int top;		/* first row seen */
	int height;		/* rows that fit */
};

enum list_move {
	LIST_UP, LIST_DOWN, LIST_PAGE_UP, LIST_PAGE_DOWN, LIST_FIRST, LIST_LAST
};

/* After n or the height changed: keep the selection in range and in sight. */
void list_fit(struct list *l, int n, int height);
void list_select(struct list *l, int at);
/* Whether anything changed. */
bool list_move(struct list *l, enum list_move move);
/* Scroll by n rows (wheel); the selection is dragged along at the edge. */
void list_scroll(struct list *l, int n);

#endif
