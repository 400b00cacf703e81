/*
 * list_view: the first screen: the guests, and the selected one's details
 * beside them where there is room.
 */
#ifndef VIEWS_LIST_VIEW_H
#define VIEWS_LIST_VIEW_H

#include "views/kept.h"
#include "views/view.h"

/* Goes on where k says that the last one was. */
struct view *list_view_new(struct ui *ui, const struct kept *k);
/* Fills in what a list view knows. */
void list_view_keep(const struct view *v, struct kept *k);

void list_view_filter(struct ui *ui);		/* ask for it */
void list_view_sort(struct ui *ui);		/* the next order */
void list_view_mark(struct ui *ui);		/* or unmark, and go on to the next */
void list_view_mark_all(struct ui *ui);
void list_view_unmark(struct ui *ui);
void list_view_scroll_details(struct ui *ui, int lines);

#endif
