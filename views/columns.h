/*
 * columns: what the list shows of each guest, in which order.
 *
 * The name is always first and takes what the others leave.  Without a choice
 * of the user's (list_columns in the config) the most telling ones that fit
 * are shown; with it those that he named, as far as they fit.
 */
#ifndef VIEWS_COLUMNS_H
#define VIEWS_COLUMNS_H

#include <stdbool.h>

#include "backend/base/error.h"
#include "backend/connection/connection.h"
#include "tui/cells.h"
#include "tui/theme.h"

/* id, name in the config, heading, width with a space behind, flush right, the
 * width of the list from which it is there by default (0: never) */
#define LIST_COLUMNS(X) \
	X(STATE, "state", "STATE", 9, false, 1) \
	X(CPU, "cpu", "CPU", 5, true, 1) \
	X(GRAPH, "graph", "", 11, false, 60) \
	X(MEMORY, "memory", "MEM", 6, true, 1) \
	X(UP, "up", "UP", 8, true, 46) \
	X(VCPUS, "vcpus", "VCPU", 5, true, 72) \
	X(ID, "id", "ID", 5, true, 0) \
	X(AUTOSTART, "autostart", "AUTO", 5, false, 84) \
	X(USED, "used", "USED", 6, true, 0) \
	X(TITLE, "title", "TITLE", 25, false, 0) \
	X(REASON, "reason", "REASON", 16, false, 0)

enum list_column {
#define X(id, name, heading, width, right, from) COLUMN_##id,
	LIST_COLUMNS(X)
#undef X
	COLUMN_COUNT
};

struct columns {
	enum list_column chosen[COLUMN_COUNT];
	int n_chosen;			/* 0: by default */
};

/* words: names with spaces between. On error c is as it was. */
bool columns_choose(struct columns *c, const char *words, struct error **err);

void columns_paint_heading(const struct columns *cols, struct cells *c, struct area a,
			   const struct theme *t);
void columns_paint_row(const struct columns *cols, struct cells *c, struct area a,
		       const struct theme *t, struct domain *d, bool selected);

#endif
