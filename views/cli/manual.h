/*
 * manual: the sections of docs/virtty.1 that are made from the program's own
 * tables, as roff.  A test holds them against the page.
 */
#ifndef VIEWS_CLI_MANUAL_H
#define VIEWS_CLI_MANUAL_H

#include "backend/base/buf.h"

void manual_commands(struct buf *roff);		/* verbs.def */
void manual_keys(struct buf *roff);		/* views/actions.def */

#endif
