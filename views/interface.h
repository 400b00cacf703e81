/*
 * interface: the program without a verb: list, details, consoles.
 */
#ifndef VIEWS_INTERFACE_H
#define VIEWS_INTERFACE_H

#include <event2/event.h>

#include "backend/base/error.h"
#include "backend/connection/connection.h"

/* Run until the user leaves.  Returns the exit status: 0, or 1 with *err when
 * the terminal cannot be used, or 128 + the signal that ended it.  The locale
 * must be set (setlocale) and c filled. */
int interface_main(struct event_base *base, struct connection *c, struct error **err);

#endif
