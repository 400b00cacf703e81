/*
 * history: the earlier versions of definitions, and numbering them.
 *
 * A save that ended between link and rename leaves a history entry that is the
 * very file still in use.  It counts as not there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/store/internal.h"
#include "backend/store/summary.h"
#include "backend/xml/document.h"

char *store_history_dir(const struct store *s, const char *uuid)
{
	return mem_printf("%s/history/%s", s->domains, uuid);
}

bool store_file_uuid(const char *name, const char *suffix, char uuid[STORE_UUID])
{
	size_t len = strlen(name);

	if (len != 36 + strlen(suffix) || strcmp(name + 36, suffix))
		return false;
	memcpy(uuid, name, 36);
	uuid[36] = '\0';
	return store_uuid_valid(uuid);
}

void store_version_text(unsigned number, const char *text, size_t len,
			char version[STORE_VERSION])
{
	char hash[17];

	summary_hash(text, len, hash);
	snprintf(version, STORE_VERSION, "%u-%s", number, hash);
}

/* "12.xml" -> 12; 0 for anything else. */
static unsigned number_of(const char *name)
{
	char *end;
	unsigned long n = strtoul(name, &end, 10);

	if (name[0] < '1' || name[0] > '9' || strcmp(end, ".xml") || n > INT32_MAX)
		return 0;
	return (unsigned)n;
}

static bool stat_current(const struct store *s, const char *uuid, struct stat *st)
{
	AUTO_FREE char *path = paths_domain_xml(s->paths, uuid);

	return stat(path, st) == 0;
}

/* The entries of a history, without one that is the current file; *good false
 * when they cannot be read. */
static struct store_version *earlier(const struct store *s, const char *uuid, size_t *n,
				     bool *good)
{
	AUTO_FREE char *path = store_history_dir(s, uuid);
	struct store_version *list = NULL;
	struct stat now, st;
	bool current = stat_current(s, uuid, &now);
	DIR *d = opendir(path);
	struct dirent *e;

	*n = 0;
	*good = d || errno == ENOENT;
	while (d && (e = readdir(d))) {
		unsigned number = number_of(e->d_name);

		if (!number || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    (current && st.st_ino == now.st_ino && st.st_dev == now.st_dev))
			continue;
		*MEM_PUSH(list, *n) = (struct store_version){ number, st.st_mtime,
			(uint64_t)st.st_size, false };
	}
	if (d)
		closedir(d);
	return list;
}

unsigned store_current_number(const struct store *s, const char *uuid)
{
	size_t n;
	bool good;
	struct store_version *list = earlier(s, uuid, &n, &good);
	unsigned newest = 0;

	if (!good)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (list[i].number > newest)
			newest = list[i].number;
	free(list);
	return newest + 1;
}

static int newest_first(const void *a, const void *b)
{
	const struct store_version *x = a, *y = b;

	return (x->number < y->number) - (x->number > y->number);
}

struct store_version *store_history(const struct store *s, const char *uuid, size_t *n)
{
	bool good;
	struct store_version *list = earlier(s, uuid, n, &good);
	struct stat st;

	if (stat_current(s, uuid, &st)) {
		unsigned number = store_current_number(s, uuid);

		*MEM_PUSH(list, *n) = (struct store_version){ number, st.st_mtime,
			(uint64_t)st.st_size, true };
	}
	if (*n)
		qsort(list, *n, sizeof(*list), newest_first);
	return list;
}

bool store_history_load(const struct store *s, const char *uuid, unsigned number,
			struct buf *text, struct error **err)
{
	AUTO_FREE char *dir = store_history_dir(s, uuid);
	AUTO_FREE char *path = mem_printf("%s/%u.xml", dir, number);
	struct stat st;

	if (stat(path, &st) < 0 && stat_current(s, uuid, &st) &&
	    number == store_current_number(s, uuid))
		return store_load(s, uuid, text, NULL, err);
	if (stat(path, &st) < 0 && errno == ENOENT) {
		error_set(err, "there is no version %u", number);
		return false;
	}
	return file_read(path, DOCUMENT_MAX, text, err);
}

char **store_undefined(const struct store *s)
{
	AUTO_FREE char *path = mem_printf("%s/history", s->domains);
	DIR *d = opendir(path);
	struct dirent *e;
	char **list = mem_zalloc(sizeof(*list));
	size_t n = 0;

	while (d && (e = readdir(d))) {
		struct stat st;

		if (!store_uuid_valid(e->d_name) || stat_current(s, e->d_name, &st))
			continue;
		list = mem_reallocarray(list, n + 2, sizeof(*list));
		list[n++] = mem_strdup(e->d_name);
		list[n] = NULL;
	}
	if (d)
		closedir(d);
	return list;
}
