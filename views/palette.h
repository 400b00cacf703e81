/*
 * palette: run any action or verb by name.  What fits is listed while one types,
 * with its key and the command that does the same.
 */
#ifndef VIEWS_PALETTE_H
#define VIEWS_PALETTE_H

#include "views/view.h"

struct view *palette_new(struct ui *ui);

#endif
