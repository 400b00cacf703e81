/*
 * output: what a command prints, and whether it really arrived.
 *
 * Text gathers in memory and goes out at output_flush(), which fails when the
 * reader is gone or the disk full: a command whose answer was lost has failed.
 * Words from outside (names, reasons, paths) are made harmless first; whole
 * documents are made harmless only for a terminal and go out untouched to a
 * pipe or file, where they must stay what they are.
 */
#ifndef VIEWS_CLI_OUTPUT_H
#define VIEWS_CLI_OUTPUT_H

#include <stdbool.h>

#include "backend/base/buf.h"
#include "backend/base/error.h"
#include "backend/base/json.h"

struct output {
	int fd;
	bool terminal;
	struct buf text;
};

void output_init(struct output *o, int fd);
void output_done(struct output *o);

/* Every %s is taken to come from outside: the line's controls are escaped, but
 * for line feeds in fmt itself. */
void output_printf(struct output *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A document or a log: raw to a pipe, harmless lines to a terminal. */
void output_document(struct output *o, const char *text, size_t len);

/* A word on a line of its own, for scripts: raw to a pipe. */
void output_word(struct output *o, const char *word);

/* One JSON value: over several lines, or all on one, and a line feed.  Pure printable text
 * in either case: what is not is written as \uXXXX. */
void output_json(struct output *o, struct json_object *value, bool pretty);

bool output_flush(struct output *o, struct error **err);

/*
 * A table as virsh draws it: a heading, a line of dashes, rows; columns as
 * wide as their widest cell.
 */
struct table {
	char **cells;			/* row by row */
	size_t n_cells;
	size_t n_columns;
};

/* Headings end in NULL. */
void table_init(struct table *t, const char *const *headings);
void table_add(struct table *t, const char *cell);	/* copied, made harmless */
void table_print(struct table *t, struct output *o, bool heading);
void table_done(struct table *t);

/* Columns that the text takes on a terminal. */
size_t output_width(const char *text);

#endif
