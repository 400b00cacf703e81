/*
 * console_log: see console_log.h.
 */
#include "backend/supervisor/console_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/supervisor/rotate.h"

struct console_log {
	char *path;
	int fd;
	uint64_t size, max;
	bool timestamps, line_start, failing;
	struct buf stamped;
};

static bool open_file(struct console_log *l, bool append)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW;
	struct stat st;

	l->fd = open(l->path, flags | (append ? 0 : O_TRUNC), 0600);
	if (l->fd < 0)
		return false;
	l->size = fstat(l->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	return true;
}

struct console_log *console_log_open(const char *path, bool append, bool timestamps,
				     uint64_t max, struct error **err)
{
	struct console_log *l = mem_zalloc(sizeof(*l));

	l->path = mem_strdup(path);
	l->max = max;
	l->timestamps = timestamps;
	l->line_start = true;
	if (!open_file(l, append)) {
		error_set_errno(err, errno, "open console log '%s'", path);
		console_log_free(l);
		return NULL;
	}
	return l;
}

void console_log_free(struct console_log *l)
{
	if (!l)
		return;
	if (l->fd >= 0)
		close(l->fd);
	buf_done(&l->stamped);
	free(l->path);
	free(l);
}

static void add_stamp(struct buf *out)
{
	struct timespec t;
	struct tm tm;
	char day[32];

	clock_gettime(CLOCK_REALTIME, &t);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", gmtime_r(&t.tv_sec, &tm));
	buf_printf(out, "%s.%03ldZ ", day, t.tv_nsec / 1000000);
}

/* The same bytes with a stamp where each line begins. */
static void stamp(struct console_log *l, const char *data, size_t len)
{
	buf_clear(&l->stamped);
	while (len > 0) {
		const char *lf = memchr(data, '\n', len);
		size_t n = lf ? (size_t)(lf - data) + 1 : len;

		if (l->line_start)
			add_stamp(&l->stamped);
		buf_add(&l->stamped, data, n);
		l->line_start = lf != NULL;
		data += n;
		len -= n;
	}
}

static bool write_out(struct console_log *l, const void *data, size_t len)
{
	if (l->fd < 0 && !open_file(l, true))
		return false;
	if (!file_write_all(l->fd, data, len))
		return false;
	l->size += len;
	if (l->size >= l->max) {
		close(l->fd);
		l->fd = -1;
		rotate_rename(l->path);
	}
	return true;
}

bool console_log_add(struct console_log *l, const void *data, size_t len)
{
	bool ok, was_failing;

	if (!l)
		return true;
	if (l->timestamps) {
		stamp(l, data, len);
		ok = write_out(l, l->stamped.data, l->stamped.len);
	} else {
		ok = write_out(l, data, len);
	}
	was_failing = l->failing;
	l->failing = !ok;
	return ok || was_failing;
}

void console_log_replay(const char *path, struct ring *r)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	char chunk[16384];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (st.st_size > (off_t)r->size)
		lseek(fd, -(off_t)r->size, SEEK_END);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		ring_add(r, chunk, (size_t)n);
}
