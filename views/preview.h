/*
 * preview: the last lines of the selected guest's first console, read only.
 * It attaches when the selection has rested for a moment, so that moving through
 * a long list costs nothing.
 */
#ifndef VIEWS_PREVIEW_H
#define VIEWS_PREVIEW_H

#include "tui/cells.h"
#include "backend/connection/connection.h"

struct ui;
struct preview;

struct preview *preview_new(struct ui *ui);
void preview_free(struct preview *p);
/* Show this guest's from now on; NULL or one that does not run: none. */
void preview_select(struct preview *p, struct domain *d);
/* Rows it would like, its heading included; 0 when there is nothing to show. */
int preview_rows(const struct preview *p);
void preview_paint(struct preview *p, struct cells *c, struct area a);

#endif
