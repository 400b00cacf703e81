/*
 * config: settings as "key = value" lines.
 *
 *     # a comment
 *     uri_default = qmp:///system
 *     uri_aliases = lab=qmp:///system mine=qmp:///session
 *     greeting    = "  with blanks  "        quotes keep blanks; \" and \\ inside
 *
 * Keys are letters, digits, '_', '-' and '.'.  A later line with the same key
 * wins; config_next() walks over all of them.  A missing file is an empty
 * config.  Errors read "FILE:LINE: what".
 */
#ifndef BACKEND_BASE_CONFIG_H
#define BACKEND_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"
#include "backend/base/paths.h"

#define CONFIG_MAX (1u << 20)

struct config_line {
	char *key, *value;
	int line;
};

struct config {
	char *name;			/* what errors call it */
	struct config_line *lines;
	size_t n_lines;
};

/* NULL on a malformed line, or a file that is there but cannot be read. */
struct config *config_read(const char *path, struct error **err);
/* The user's own: paths.config/virtty.conf. */
struct config *config_read_main(const struct paths *p, struct error **err);
struct config *config_parse(const char *text, size_t len, const char *name, struct error **err);
void config_free(struct config *c);

/* Borrowed from the config; the fallback when the key is absent. NULL config
 * is an empty one. */
const char *config_get(const struct config *c, const char *key, const char *fallback);
bool config_flag(const struct config *c, const char *key, bool fallback);	/* yes no on off true false 1 0 */
int64_t config_int(const struct config *c, const char *key, int64_t fallback);

/* The first line of the key behind `after` (NULL: from the start); NULL at the end. */
const struct config_line *config_next(const struct config *c, const char *key,
				      const struct config_line *after);

#endif
