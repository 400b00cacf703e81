/*
 * screen_view: a guest's graphical screen on the whole terminal but one line:
 * read where it is text, drawn where it is not.
 */
#ifndef VIEWS_SCREEN_VIEW_H
#define VIEWS_SCREEN_VIEW_H

#include "views/view.h"

struct view *screen_view_new(struct ui *ui, struct domain *d);

/* The actions of the place; the top view must be one of these. */
void screen_view_move(struct ui *ui);
void screen_view_mode(struct ui *ui);
void screen_view_zoom(struct ui *ui);
void screen_view_keys(struct ui *ui);
void screen_view_ctrl_alt_del(struct ui *ui);
void screen_view_send_escape(struct ui *ui);
void screen_view_copy(struct ui *ui);
void screen_view_save(struct ui *ui);

#endif
