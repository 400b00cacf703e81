/*
 * help: the table of verbs as text for people.
 */
#ifndef VIEWS_CLI_HELP_H
#define VIEWS_CLI_HELP_H

#include "views/cli/output.h"
#include "views/cli/verb.h"

void help_all(struct output *o);
void help_verb(const struct row *verb, struct output *o);

#endif
