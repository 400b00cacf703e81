/*
 * details: everything there is to say about one guest, as lines: overview,
 * hardware as a tree, where its consoles, screens and files are, and what
 * happened.  Painted beside the list and on a screen of its own.
 */
#ifndef VIEWS_DETAILS_H
#define VIEWS_DETAILS_H

#include <stdbool.h>

#include "backend/connection/connection.h"
#include "tui/cells.h"
#include "tui/theme.h"

struct detail {
	enum theme_element element;
	int depth;			/* in the hardware tree; 0 is not of a tree */
	char *label;			/* NULL: text takes the whole line */
	char *text;
};

struct details {
	struct detail *lines;
	size_t n;
	/* What they were made from. */
	const struct domain *domain;
	unsigned version;
	time_t at;
	int width;
};

struct guest;

void details_done(struct details *d);
/* Make the lines anew, for an area of that many columns, if anything changed. */
void details_update(struct details *d, struct domain *domain, const struct guest *g, int width);
void details_paint(const struct details *d, int top, struct cells *c, struct area a,
		   const struct theme *t);

#endif
