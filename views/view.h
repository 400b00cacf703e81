/*
 * view: one screen of the interface.  Views lie on a stack (ui.h); the top one
 * gets the keys and is painted, all of them hear what changed.
 */
#ifndef VIEWS_VIEW_H
#define VIEWS_VIEW_H

#include <stdbool.h>

#include "backend/connection/connection.h"
#include "tui/cells.h"
#include "tui/keys.h"
#include "tui/list.h"
#include "views/actions.h"

struct ui;
struct view;

struct view_class {
	/* Draw into the area, all of it. */
	void (*paint)(struct view *v, struct cells *c, struct area a);
	/* Where its keys are looked up now. */
	enum place (*place)(const struct view *v);
	/* All slots below may be NULL. */
	/* A key before the key map sees it; true when it was taken. */
	bool (*key)(struct view *v, const struct key *k);
	/* The guest that actions are about; may be NULL. */
	struct domain *(*domain)(const struct view *v);
	void (*move)(struct view *v, enum list_move move);
	void (*shift)(struct view *v, int columns);
	/* Search for text; NULL: again what was searched last. */
	void (*search)(struct view *v, const char *text, bool backwards);
	void (*open)(struct view *v);
	/* y and x are relative to the area of the last paint. */
	void (*mouse)(struct view *v, const struct key *k, int y, int x);
	void (*changed)(struct view *v, enum connection_event what, struct domain *d);
	/* Another view was put on top. */
	void (*cover)(struct view *v);
	/* Whole views: the next key is for us, not for the guest. */
	void (*escape)(struct view *v);
	/* Leave a mode of its own; NULL: the view is left. */
	void (*back)(struct view *v);
	void (*free)(struct view *v);
	enum place menu;		/* of whole views: where the key after the escape key is looked up */
	bool whole;			/* no header, and owns the bottom line */
	bool owns_bottom;		/* paints the bottom line itself */
};

struct view {
	const struct view_class *class;
	struct ui *ui;
	struct view *below;
};

#endif
