/*
 * arguments: a command line, taken apart by the table of verbs.
 *
 * Options may stand before or behind operands; "--" ends them; "-" is an
 * operand.  --name=VALUE and --name VALUE are the same, and an operand may be
 * given by its name (--domain web).  All strings are borrowed from argv.
 */
#ifndef VIEWS_CLI_ARGUMENTS_H
#define VIEWS_CLI_ARGUMENTS_H

#include "views/cli/verb.h"

struct argument {
	const struct row *option;	/* NULL: an operand */
	const char *operand;		/* the operand's name */
	const char *value;		/* NULL for a flag */
};

struct arguments {
	const struct row *verb;		/* NULL: none was given */
	struct argument *list;
	size_t n;
};

/* argv without the program's name.  Operands are not counted when --help or
 * --version is there.  On failure *err says how to do better. */
bool arguments_parse(struct arguments *a, int argc, char *const argv[], struct error **err);
void arguments_done(struct arguments *a);

/* Options of the verb or global ones, by long name; the last one counts. */
bool arguments_flag(const struct arguments *a, const char *option);
const char *arguments_value(const struct arguments *a, const char *option);

/* The operand of that name in the table, or NULL; the i-th of a WORD... */
const char *arguments_operand(const struct arguments *a, const char *name, size_t i);

#endif
