/*
 * verb: the table of the command line (verbs.def), as the parser, the help, the
 * completion and the manual read it.
 *
 * The rows lie in the order of verbs.def: a VERB row is followed by its own
 * OPTION and JSON rows, up to the next verb or group.
 */
#ifndef VIEWS_CLI_VERB_H
#define VIEWS_CLI_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/base/error.h"

struct cli;

/* Carries a verb out.  False: failed; what there is to say is in *err, or has
 * been said. */
typedef bool verb_fn(struct cli *cli, struct error **err);

enum row_kind { ROW_END, ROW_GLOBAL, ROW_GROUP, ROW_VERB, ROW_ABOUT, ROW_OPTION, ROW_JSON };

struct row {
	enum row_kind kind;
	char letter;			/* short form of a global option, else 0 */
	const char *name;		/* of a group: its title; of ROW_JSON "json" */
	const char *value;		/* operands of a verb; an option's value or NULL */
	const char *help;		/* of ROW_ABOUT: roff; of ROW_JSON: the shape */
	verb_fn *run;
};

/* The first row of the table; ROW_END closes it. */
const struct row *verb_rows(void);

/* NULL when there is none of that name. */
const struct row *verb_find(const char *name);

/* The name that was probably meant, or NULL. */
const char *verb_nearest(const char *name);

/* The rows of one verb in turn: start with the verb's own row; NULL past the
 * last.  Of every kind but ROW_VERB. */
const struct row *verb_next_row(const struct row *row);

/* An option of the verb (--json included) or a global one, by its long name;
 * verb may be NULL. */
const struct row *verb_option(const struct row *verb, const char *name);
const struct row *verb_option_letter(char letter);

/*
 * Operands, cut from the row's list.  operand_first() with row->value, then
 * operand_next(); false past the last.
 */
struct operand {
	char name[32];			/* "DOMAIN" */
	bool optional;			/* [DOMAIN] */
	bool many;			/* DOMAIN... */
	const char *rest;
};
bool operand_first(struct operand *o, const char *operands);
bool operand_next(struct operand *o);

#endif
