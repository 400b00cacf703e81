/*
 * pager: lines of text, scrolled and searched.  The lines may be replaced at
 * any time; the place is kept, and a pager that stood at the end stays there.
 */
#ifndef TUI_PAGER_H
#define TUI_PAGER_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/list.h"
#include "tui/theme.h"

struct pager {
	char **lines;
	size_t n;
	int top, left;
	int rows;			/* as last painted */
	char *search;			/* NULL: none */
};

void pager_done(struct pager *p);
/* Split at line feeds; tabs become spaces. */
void pager_set(struct pager *p, const char *text);
bool pager_at_end(const struct pager *p);
bool pager_move(struct pager *p, enum list_move move);
void pager_scroll(struct pager *p, int lines);
void pager_shift(struct pager *p, int columns);
/* Search for text (NULL: what was searched last) from the top line on, without
 * regard to case, wrapping around; false when it is nowhere. */
bool pager_find(struct pager *p, const char *text, bool backwards);
void pager_paint(struct pager *p, struct cells *c, struct area area, const struct theme *t);

#endif
