/*
 * help: the table of verbs as text: for people, as the manual's section, and as
 * what a shell may offer next.
 */
#ifndef VIEWS_CLI_HELP_H
#define VIEWS_CLI_HELP_H

#include "views/cli/output.h"
#include "views/cli/verb.h"

void help_all(struct output *o);
void help_verb(const struct row *verb, struct output *o);

/* The section of commands in docs/virtty.1, as roff. */
void help_manual(struct buf *roff);

#endif
