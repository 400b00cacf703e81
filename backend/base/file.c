/*
 * file: see file.h.
 */
#include "backend/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/mem.h"

bool file_read_fd(int fd, size_t max, struct buf *out, struct error **err)
{
	size_t start = out->len;

	for (;;) {
		size_t room = 65536;
		ssize_t n = read(fd, buf_reserve(out, room), room);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_set_errno(err, errno, "read");
			return false;
		}
		if (n == 0)
			return true;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len - start > max) {
			error_set(err, "larger than %zu bytes", max);
			return false;
		}
	}
}

bool file_read(const char *path, size_t max, struct buf *out, struct error **err)
{
	AUTO_CLOSE int fd = -1;
	struct stat st;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		error_set_errno(err, errno, "open '%s'", path);
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		error_set(err, "open '%s': not a regular file", path);
		return false;
	}
	if (!file_read_fd(fd, max, out, err)) {
		error_prepend(err, "'%s'", path);
		return false;
	}
	return true;
}

bool file_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_strdup(".");
	if (slash == path)
		return mem_strdup("/");
	return mem_strndup(path, (size_t)(slash - path));
}

static bool sync_parent(const char *path, struct error **err)
{
	AUTO_FREE char *parent = parent_of(path);
	AUTO_CLOSE int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0) {
		error_set_errno(err, errno, "sync directory '%s'", parent);
		return false;
	}
	return true;
}

/* Write and close the temporary file; what remains to do is the rename. */
static bool write_temporary(int fd, const void *data, size_t len, mode_t mode, bool sync)
{
	bool ok = fchmod(fd, mode) == 0 && file_write_all(fd, data, len) &&
		(!sync || fsync(fd) == 0);
	int saved = errno;

	if (close(fd) < 0 && ok) {
		ok = false;
		saved = errno;
	}
	errno = saved;
	return ok;
}

static bool replace(const char *path, const void *data, size_t len, mode_t mode,
		    bool sync, struct error **err)
{
	AUTO_FREE char *parent = parent_of(path);
	AUTO_FREE char *temporary = mem_printf("%s/.tmp-XXXXXX", parent);
	int fd = mkostemp(temporary, O_CLOEXEC);

	if (fd < 0) {
		error_set_errno(err, errno, "write '%s': create temporary file", path);
		return false;
	}
	if (!write_temporary(fd, data, len, mode, sync) ||
	    rename(temporary, path) < 0) {
		int saved = errno;

		unlink(temporary);
		error_set_errno(err, saved, "write '%s'", path);
		return false;
	}
	return !sync || sync_parent(path, err);
}

bool file_replace(const char *path, const void *data, size_t len, mode_t mode,
		  struct error **err)
{
	return replace(path, data, len, mode, true, err);
}

bool file_replace_unsynced(const char *path, const void *data, size_t len, mode_t mode,
			   struct error **err)
{
	return replace(path, data, len, mode, false, err);
}

static bool make_dir(const char *path, struct error **err)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return true;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	/* An existing parent that may not be written gives EROFS, EACCES. */
	if (errno != EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	error_set_errno(err, errno, "create directory '%s'", path);
	return false;
}

bool file_make_dirs(const char *path, bool tighten, struct error **err)
{
	AUTO_FREE char *p = mem_strdup(path);
	struct stat st;

	for (char *slash = strchr(p + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!make_dir(p, err))
			return false;
		*slash = '/';
	}
	if (!make_dir(p, err))
		return false;
	if (!tighten)
		return true;
	if (lstat(path, &st) < 0) {
		error_set_errno(err, errno, "directory '%s'", path);
		return false;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid()) {
		error_set(err, "directory '%s' belongs to another user or is a link", path);
		return false;
	}
	if ((st.st_mode & 077) && chmod(path, 0700) < 0) {
		error_set_errno(err, errno, "make directory '%s' private", path);
		return false;
	}
	return true;
}

static bool remove_at(int dir, const char *name, struct error **err)
{
	DIR *d;
	struct dirent *e;
	int fd;
	bool ok = true;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return true;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = fd >= 0 ? fdopendir(fd) : NULL;
	if (!d) {
		error_set_errno(err, errno, "remove '%s'", name);
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (ok && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			ok = remove_at(fd, e->d_name, err);
	closedir(d);
	if (ok && unlinkat(dir, name, AT_REMOVEDIR) < 0) {
		error_set_errno(err, errno, "remove '%s'", name);
		ok = false;
	}
	return ok;
}

bool file_remove_tree(const char *path, struct error **err)
{
	return remove_at(AT_FDCWD, path, err);
}

int file_lock(const char *path, bool wait, bool *busy, struct error **err)
{
	int fd;

	if (busy)
		*busy = false;
	for (;;) {
		struct stat held, named;

		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0) {
			error_set_errno(err, errno, "lock '%s'", path);
			return -1;
		}
		while (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EWOULDBLOCK && busy)
				*busy = true;
			else
				error_set_errno(err, errno, "lock '%s'", path);
			close(fd);
			return -1;
		}
		/* Removed or replaced while we waited: that lock guards nothing. */
		if (fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
		    held.st_ino == named.st_ino && held.st_dev == named.st_dev)
			return fd;
		close(fd);
	}
}

bool file_is_locked(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}
