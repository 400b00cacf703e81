/*
 * verbs: the functions that verbs.def names, each defined in the file of its
 * family.
 */
#ifndef VIEWS_CLI_VERBS_H
#define VIEWS_CLI_VERBS_H

#include "views/cli/verb.h"

#define GLOBAL(letter, name, value, help)
#define GROUP(title)
#define VERB(name, function, operands, help) verb_fn function;
#define ABOUT(text)
#define OPTION(name, value, help)
#define JSON(shape)
#include "views/cli/verbs.def"
#undef GLOBAL
#undef GROUP
#undef VERB
#undef ABOUT
#undef OPTION
#undef JSON

#endif
