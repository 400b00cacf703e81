/*
 * edit: a guest's XML in the user's editor, saved when it is right and given
 * back when it is not.
 */
#ifndef VIEWS_EDIT_H
#define VIEWS_EDIT_H

#include "backend/connection/connection.h"

struct ui;

void edit_domain(struct ui *ui, struct domain *d);

#endif
