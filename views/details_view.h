/*
 * details_view: one guest's details on the whole screen.
 */
#ifndef VIEWS_DETAILS_VIEW_H
#define VIEWS_DETAILS_VIEW_H

#include "views/view.h"

struct view *details_view_new(struct ui *ui, struct domain *d);

#endif
