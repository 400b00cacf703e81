/*
 * header: the line of context above, the line of keys below.
 */
#ifndef VIEWS_HEADER_H
#define VIEWS_HEADER_H

#include "tui/cells.h"
#include "views/actions.h"

struct ui;
struct host;

/* What the header tells of the host is asked for once. */
void header_ask(struct ui *ui);
void header_done(struct ui *ui);
void header_paint(struct ui *ui, struct cells *c);
void header_paint_keys(struct ui *ui, struct cells *c, int y, enum place p, const struct domain *d);

#endif
