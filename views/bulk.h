/*
 * bulk: what is done to one guest or to all that are marked.
 *
 * With marks there is one question that lists what will happen to whom and who
 * is left out; without, only what destroys is asked about.
 */
#ifndef VIEWS_BULK_H
#define VIEWS_BULK_H

#include <stdbool.h>
#include <stddef.h>

#include "views/actions.h"

enum bulk {
	BULK_START, BULK_SHUTDOWN, BULK_REBOOT, BULK_PAUSE, BULK_RESET, BULK_DESTROY,
	BULK_AUTOSTART, BULK_NMI, BULK_COUNT
};

/* To the marked guests, else to the selected one. */
void bulk_act(struct ui *ui, enum bulk what);

/* Whether the action is one of these, and there are marks it is for. */
bool bulk_applies(const struct ui *ui, enum action a);

size_t bulk_marked(const struct ui *ui);
void bulk_unmark(struct ui *ui);

#endif
