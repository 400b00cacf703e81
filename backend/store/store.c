/*
 * store: see store.h.  The writing side; history.c reads what it leaves.
 */
#include "backend/store/store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/store/internal.h"
#include "backend/store/summary.h"
#include "backend/xml/document.h"

#define LOCK_WAIT_MS 10000

struct store *store_new(const struct paths *p)
{
	struct store *s = mem_zalloc(sizeof(*s));

	s->paths = p;
	s->domains = paths_domains_dir(p);
	return s;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	free(s->domains);
	free(s);
}

bool store_uuid_valid(const char *s)
{
	size_t n = 0;

	for (; s[n]; n++) {
		bool dash = n == 8 || n == 13 || n == 18 || n == 23;

		if (n >= 36 || (dash ? s[n] != '-' : !isxdigit((unsigned char)s[n]) ||
				isupper((unsigned char)s[n])))
			return false;
	}
	return n == 36;
}

/* Others hold it for milliseconds; one that hangs must not hang us too. */
static int take_lock(const struct store *s, struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/lock", s->domains);
	int64_t deadline = loop_now_ms() + LOCK_WAIT_MS;

	for (;;) {
		struct timespec pause = { 0, 2000000 };
		bool busy;
		int fd = file_lock(path, false, &busy, err);

		if (fd >= 0 || !busy)
			return fd;
		if (loop_now_ms() > deadline) {
			error_set(err, "another process has held the lock '%s' for %d seconds",
				  path, LOCK_WAIT_MS / 1000);
			return -1;
		}
		nanosleep(&pause, NULL);
	}
}

static bool sync_directory(const char *path, struct error **err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0) {
		error_set_errno(err, errno, "sync directory '%s'", path);
		return false;
	}
	return true;
}

static bool name_version(const struct store *s, const char *uuid, const char *text, size_t len,
			 char version[STORE_VERSION], struct error **err)
{
	unsigned number = store_current_number(s, uuid);

	if (!number)
		error_set_errno(err, errno, "read the history of %s", uuid);
	else
		store_version_text(number, text, len, version);
	return number;
}

bool store_load(const struct store *s, const char *uuid, struct buf *text,
		char version[STORE_VERSION], struct error **err)
{
	AUTO_FREE char *path = paths_domain_xml(s->paths, uuid);
	size_t start = text->len;

	if (!file_read(path, DOCUMENT_MAX, text, err)) {
		error_prepend(err, "definition");
		return false;
	}
	return !version || name_version(s, uuid, buf_text(text) + start, text->len - start,
					version, err);
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	int saved = errno;
	bool same = stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_ino == y.st_ino &&
		x.st_dev == y.st_dev;

	errno = saved;
	return same;
}

/* Put what is there now into the history under its number; nothing is lost if
 * we end right after. */
static bool keep_old(const struct store *s, const char *uuid, const char *path,
		     struct error **err)
{
	AUTO_FREE char *dir = store_history_dir(s, uuid);
	AUTO_FREE char *to = NULL;
	AUTO_BUF struct buf text = BUF_INIT;
	unsigned number;

	if (!file_make_dirs(dir, true, err))
		return false;
	number = store_current_number(s, uuid);
	to = mem_printf("%s/%u.xml", dir, number);
	/* It may be there from a save that was cut short. */
	if (number && (link(path, to) == 0 || (errno == EEXIST && same_file(path, to))))
		return sync_directory(dir, err);
	/* A file system without hard links. */
	if (!number || (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)) {
		error_set_errno(err, errno, "keep the old version as '%s'", to);
		return false;
	}
	return file_read(path, DOCUMENT_MAX, &text, err) &&
		file_replace(to, buf_text(&text), text.len, 0600, err);
}

static bool refuse_taken(const struct summary *other, const char *name, const char *uuid,
			 struct error **err)
{
	error_set(err, "domain '%s' already exists with uuid %s", name, uuid);
	error_hint(err, "give the new one another <name>, or %s's uuid to replace it",
		   other->name);
	return false;
}

/* No other definition may have this name. */
static bool check_name(const struct store *s, const char *uuid, const char *name,
		       struct error **err)
{
	AUTO_FREE char *index_path = mem_printf("%s/index", s->paths->cache);
	struct index *x = index_load(index_path);
	DIR *d = opendir(s->domains);
	struct dirent *e;
	bool ok = d != NULL;

	if (!d)
		error_set_errno(err, errno, "read directory '%s'", s->domains);
	while (ok && (e = readdir(d))) {
		char other[STORE_UUID];
		struct summary sum;

		if (!store_file_uuid(e->d_name, ".xml", other) || !strcmp(other, uuid) ||
		    !summary_read(&sum, dirfd(d), e->d_name, "domains", x, NULL))
			continue;
		if (sum.name && !strcmp(sum.name, name))
			ok = refuse_taken(&sum, name, other, err);
		summary_done(&sum);
	}
	if (d)
		closedir(d);
	index_free(x);
	return ok;
}

static bool check_version(const struct store_text *t, const char *now, struct error **err)
{
	if (!t->expected || !strcmp(t->expected, now))
		return true;
	if (!*t->expected) {
		error_set(err, "a domain with uuid %s already exists", t->uuid);
		error_hint(err, "leave <uuid> out to get a new one");
	} else if (!*now) {
		error_set(err, "it was undefined by someone else since you loaded it");
		error_hint(err, "define it anew to keep your version");
	} else {
		error_set(err, "it was changed by someone else since you loaded it");
		error_hint(err, "load it again and make your changes to that; nothing was saved");
	}
	return false;
}

/* A uuid keeps its name: a copy of a file with another name is more likely a
 * second guest than the first one renamed. */
static bool check_same_name(const struct store_text *t, const char *was, struct error **err)
{
	if (t->rename || !was || !strcmp(was, t->name))
		return true;
	error_set(err, "uuid %s is domain '%s' already", t->uuid, was);
	error_hint(err, "leave <uuid> out for a second domain, or: virtty domrename %s %s",
		   was, t->name);
	return false;
}

/* What a killed writer left: nobody else writes here while we hold the lock. */
static void sweep(const struct store *s)
{
	DIR *d = opendir(s->domains);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name, ".tmp-", 5))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

/* The new text is in its place but may not reach the disk: an error means
 * that nothing was saved, so the old one comes back. */
static void put_back(const struct store *s, const struct store_text *t, const char *path,
		     const struct buf *old)
{
	AUTO_BUF struct buf now = BUF_INIT;

	if (!file_read(path, DOCUMENT_MAX, &now, NULL) || strcmp(buf_text(&now), t->text))
		return;
	if (old->len)
		file_replace(path, buf_text(old), old->len, 0600, NULL);
	else
		unlink(path);
	sync_directory(s->domains, NULL);
}

/* Under the lock: look, keep the old, put the new in its place. */
static bool replace(const struct store *s, const struct store_text *t,
		    char version[STORE_VERSION], bool *created, struct error **err)
{
	AUTO_FREE char *path = paths_domain_xml(s->paths, t->uuid);
	AUTO_FREE char *was = NULL;
	AUTO_BUF struct buf old = BUF_INIT;
	size_t len = strlen(t->text);
	char now[STORE_VERSION] = "";
	struct summary sum;
	bool exists = access(path, F_OK) == 0;

	*created = !exists;
	if (exists && !store_load(s, t->uuid, &old, now, err))
		return false;
	if (exists) {
		summary_parse(&sum, buf_text(&old), old.len, path);
		was = MEM_STEAL(sum.name);
		summary_done(&sum);
	}
	if (!check_version(t, now, err) || !check_same_name(t, was, err))
		return false;
	if (exists && old.len == len && !memcmp(buf_text(&old), t->text, len)) {
		strcpy(version, now);
		return true;
	}
	if ((!was || strcmp(was, t->name)) && !check_name(s, t->uuid, t->name, err))
		return false;
	sweep(s);
	if (exists && !keep_old(s, t->uuid, path, err))
		return false;
	if (!file_replace(path, t->text, len, 0600, err)) {
		put_back(s, t, path, &old);
		return false;
	}
	/* Saved it is; that its version cannot be told now is no failure. */
	if (!name_version(s, t->uuid, t->text, len, version, NULL))
		*version = '\0';
	return true;
}

bool store_save(const struct store *s, const struct store_text *t,
		char version[STORE_VERSION], bool *created, struct error **err)
{
	char ignored_version[STORE_VERSION];
	bool ignored_created;
	int lock;
	bool ok;

	if (!store_uuid_valid(t->uuid)) {
		error_set(err, "save domain '%s': malformed uuid '%s'", t->name, t->uuid);
		return false;
	}
	if (!paths_create(s->paths, err) || (lock = take_lock(s, err)) < 0) {
		error_prepend(err, "save domain '%s'", t->name);
		return false;
	}
	ok = replace(s, t, version ? version : ignored_version,
		     created ? created : &ignored_created, err);
	if (!ok)
		error_prepend(err, "save domain '%s'", t->name);
	close(lock);
	return ok;
}

static bool remove_file(const char *path, struct error **err)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return true;
	error_set_errno(err, errno, "remove '%s'", path);
	return false;
}

static char *autostart_mark(const struct store *s, const char *uuid)
{
	return mem_printf("%s/autostart/%s", s->domains, uuid);
}

bool store_undefine(const struct store *s, const char *uuid, struct error **err)
{
	AUTO_FREE char *path = paths_domain_xml(s->paths, uuid);
	AUTO_FREE char *mark = autostart_mark(s, uuid);
	AUTO_CLOSE int lock = take_lock(s, err);

	return lock >= 0 && keep_old(s, uuid, path, err) &&
		remove_file(path, err) && remove_file(mark, err) &&
		sync_directory(s->domains, err);
}

bool store_set_autostart(const struct store *s, const char *uuid, bool enable,
			 struct error **err)
{
	AUTO_FREE char *mark = autostart_mark(s, uuid);
	AUTO_FREE char *dir = mem_printf("%s/autostart", s->domains);
	int fd;

	if (!enable)
		return remove_file(mark, err) && sync_directory(dir, err);
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		error_set_errno(err, errno, "write '%s'", mark);
		return false;
	}
	close(fd);
	return sync_directory(dir, err);
}
