/*
 * store: the definitions of one connection, on disk.
 *
 * Each change is made under one lock of the whole store (domains/lock), for
 * names and uuids are unique across it, and by renaming whole files that have
 * reached the disk: whatever happens in between, a reader sees the old
 * definition or the new one.  A definition that is replaced or undefined goes
 * to history/UUID/N.xml, as a second link to the same file before the rename.
 *
 * A version is N, one more than the newest in history, and a hash of the text:
 * "3-9c0f...".  The hash notices a file that was edited behind our back.  To
 * callers it is opaque: store_load() gives it, store_save() compares it.
 *
 * Everything here may block on the disk and on the lock: call it from a job
 * (backend/base/worker.h).  A store is not changed after store_new(), so any
 * number of threads may use it.
 */
#ifndef BACKEND_STORE_STORE_H
#define BACKEND_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "backend/base/buf.h"
#include "backend/base/error.h"
#include "backend/base/paths.h"

struct store;

#define STORE_VERSION 40
#define STORE_NEW ""		/* the version of what does not exist yet */

/* The paths are borrowed. */
struct store *store_new(const struct paths *p);
void store_free(struct store *s);

/* The text is appended; version may be NULL. */
bool store_load(const struct store *s, const char *uuid, struct buf *text,
		char version[STORE_VERSION], struct error **err);

/*
 * Write a definition.  expected is the version that the writer had loaded,
 * STORE_NEW if there must be none, or NULL to replace whatever is there (as
 * `define` does).  Another name than the stored one is refused but with
 * rename.  On any error the old file is there as before.
 */
struct store_text {
	const char *uuid, *name, *text;
	const char *expected;
	bool rename;
};
bool store_save(const struct store *s, const struct store_text *t,
		char version[STORE_VERSION], bool *created, struct error **err);

/* Into the history, with its autostart mark gone. */
bool store_undefine(const struct store *s, const char *uuid, struct error **err);

bool store_set_autostart(const struct store *s, const char *uuid, bool enable,
			 struct error **err);

struct store_version {
	unsigned number;
	time_t time;
	uint64_t size;
	bool current;
};

/* Newest first, the current definition (if any) included; the caller frees. */
struct store_version *store_history(const struct store *s, const char *uuid, size_t *n);

/* The text of one version, current or not, is appended. */
bool store_history_load(const struct store *s, const char *uuid, unsigned number,
			struct buf *text, struct error **err);

/* The uuids in history without a definition; NULL-terminated, for mem_free_strv(). */
char **store_undefined(const struct store *s);

/* Whether s is 36 lower-case characters of a uuid; everything that becomes part
 * of a path has passed here. */
bool store_uuid_valid(const char *s);

#endif
