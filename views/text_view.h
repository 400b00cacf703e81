/*
 * text_view: a text to read: help, a log, an XML document.
 */
#ifndef VIEWS_TEXT_VIEW_H
#define VIEWS_TEXT_VIEW_H

#include "views/view.h"

/* The text is broken into lines that fit; hang as in tui/wrap.h. */
struct view *text_view_new(struct ui *ui, const char *title, const char *text, int hang);

/* What an operation answers about a guest, asked again when the guest changes.
 * format turns the answer into text for the caller to free. */
struct view *text_view_of(struct ui *ui, struct domain *d, const char *what, const char *operation,
			  char *(*format)(struct json_object *result), bool at_end);

#endif
