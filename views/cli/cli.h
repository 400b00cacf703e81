/*
 * cli: one run of the command line, and what its verbs share.
 *
 * cli_run() runs the verb and returns the exit status: 0 done, 1 failed, 2
 * wrongly called.  Errors are one line on stderr,
 * "virtty: start 'web': ...", and a line "  → ..." for each hint.
 */
#ifndef VIEWS_CLI_CLI_H
#define VIEWS_CLI_CLI_H

#include "backend/connection/connection.h"
#include "views/cli/arguments.h"
#include "views/cli/output.h"

struct cli {
	const struct arguments *arguments;
	struct output out;
	struct event_base *base;	/* NULL until cli_connect() */
	struct connection *connection;
	bool misused;			/* the failure is the caller's: exit 2 */
};

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_MISUSED = 2 };

/* Arguments with a verb, or with --help or --version; they stay the caller's. */
int cli_run(const struct arguments *arguments);

/* Words of the command line; see arguments.h. */
bool cli_flag(const struct cli *cli, const char *option);
const char *cli_value(const struct cli *cli, const char *option);
const char *cli_operand(const struct cli *cli, const char *name);
bool cli_json(const struct cli *cli);

/* An option's value as a whole number; absent: the fallback. */
bool cli_number(struct cli *cli, const char *option, uint64_t fallback, uint64_t *value,
		struct error **err);

/* Sets the error and marks it as the caller's. Always false. */
bool cli_misuse(struct cli *cli, struct error **err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The connection of --connect, opened at the first call; NULL on error. */
struct connection *cli_connect(struct cli *cli, struct error **err);

/* The guest that the operand DOMAIN names; NULL on error. */
struct domain *cli_domain(struct cli *cli, struct error **err);

/* An operation of backend/connection/operations.h, waited for.  args (may be
 * NULL) is consumed; the caller puts the result; NULL on error. */
struct json_object *cli_call(struct cli *cli, struct domain *d, const char *operation,
			     struct json_object *args, struct error **err);

/* The same on the operand DOMAIN, for an operation whose result says nothing;
 * then the remark "Domain 'NAME' DONE" (done NULL: none). */
bool cli_act(struct cli *cli, const char *operation, struct json_object *args, const char *done,
	     struct error **err);

/* The result as JSON when --json was given; else false, and nothing is printed. */
bool cli_print_json(struct cli *cli, struct json_object *result);

/* A remark ("Domain 'web' started"); nothing with --quiet. */
void cli_say(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "virtty: warning: ..." on stderr, with --quiet too. */
void cli_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* An error as the user sees it, on stderr. */
void cli_print_error(const struct error *err);

/* A whole file, or standard input for "-"; at most DOCUMENT_MAX bytes. */
bool cli_read(const char *path, struct buf *text, struct error **err);

#endif
