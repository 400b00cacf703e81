/*
 * list: see list.h.
 */
#include "tui/list.h"

static int clamp(int v, int low, int high)
{
	return v > high ? (high < low ? low : high) : v < low ? low : v;
}

static void keep_in_sight(struct list *l)
{
	int height = l->height > 0 ? l->height : 1;

	l->top = clamp(l->top, l->at - height + 1, l->at < 0 ? 0 : l->at);
	l->top = clamp(l->top, 0, l->n - height);
}

void list_fit(struct list *l, int n, int height)
{
	l->n = n;
	l->height = height;
	l->at = n > 0 ? clamp(l->at, 0, n - 1) : -1;
	keep_in_sight(l);
}

void list_select(struct list *l, int at)
{
	l->at = at;
	list_fit(l, l->n, l->height);
}

bool list_move(struct list *l, enum list_move move)
{
	int page = l->height > 1 ? l->height - 1 : 1, before = l->at;

	switch (move) {
	case LIST_UP: l->at--; break;
	case LIST_DOWN: l->at++; break;
	case LIST_PAGE_UP: l->at -= page; break;
	case LIST_PAGE_DOWN: l->at += page; break;
	case LIST_FIRST: l->at = 0; break;
	case LIST_LAST: l->at = l->n - 1; break;
	}
	list_fit(l, l->n, l->height);
	return l->at != before;
}

void list_scroll(struct list *l, int n)
{
	l->top = clamp(l->top + n, 0, l->n - l->height);
	l->at = l->n > 0 ? clamp(l->at, l->top, l->top + l->height - 1) : -1;
	list_fit(l, l->n, l->height);
}
