/*
 * internal: what store.c and history.c share.
 */
#ifndef BACKEND_STORE_INTERNAL_H
#define BACKEND_STORE_INTERNAL_H

#include "backend/store/store.h"

#define STORE_UUID 37

struct store {
	const struct paths *paths;
	char *domains;
};

/* domains/history/UUID; the caller frees. */
char *store_history_dir(const struct store *s, const char *uuid);

/* The number of the definition that is there now, or would be next; 0 (errno
 * is set) when the history cannot be read. */
unsigned store_current_number(const struct store *s, const char *uuid);

void store_version_text(unsigned number, const char *text, size_t len,
			char version[STORE_VERSION]);

/* Whether a directory entry is UUID + suffix. */
bool store_file_uuid(const char *name, const char *suffix, char uuid[STORE_UUID]);

#endif
