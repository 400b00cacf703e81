/*
 * console_view: a guest's serial console on the whole screen but one line.
 */
#ifndef VIEWS_CONSOLE_VIEW_H
#define VIEWS_CONSOLE_VIEW_H

#include "views/view.h"

/* Attach and show; name NULL: the first console.  NULL with *err. */
struct view *console_view_new(struct ui *ui, struct domain *d, const char *name, struct error **err);

/* The uuid of the guest when v is a console, else NULL; borrowed. */
const char *console_view_uuid(const struct view *v);

/* The actions of the place; the top view must be one of these. */
void console_view_take(struct ui *ui);
void console_view_break(struct ui *ui);
void console_view_scroll(struct ui *ui);
void console_view_size(struct ui *ui);
void console_view_send_escape(struct ui *ui);
void console_view_next(struct ui *ui);

#endif
