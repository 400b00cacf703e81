/*
 * qemu_log: see qemu_log.h.
 */
#include "backend/supervisor/qemu_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/supervisor/rotate.h"

#define LOOK_SECONDS 600
#define SAID_MAX 1000
#define SAID_LINES 4

struct qemu_log {
	char *path;
	int fd;
	off_t mark;
	struct event *timer;
};

void qemu_log_look(struct qemu_log *l)
{
	struct stat st;

	if (fstat(l->fd, &st) < 0 || st.st_size <= (off_t)QEMU_LOG_MAX)
		return;
	rotate_copy(l->path);
	l->mark = 0;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	qemu_log_look(arg);
}

struct qemu_log *qemu_log_open(struct event_base *base, const char *path, struct error **err)
{
	const struct timeval often = { LOOK_SECONDS, 0 };
	struct qemu_log *l;
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

	if (fd < 0) {
		error_set_errno(err, errno, "open log '%s'", path);
		return NULL;
	}
	l = mem_zalloc(sizeof(*l));
	l->path = mem_strdup(path);
	l->fd = fd;
	qemu_log_look(l);
	l->timer = event_new(base, -1, EV_PERSIST, on_timer, l);
	event_add(l->timer, &often);
	return l;
}

void qemu_log_free(struct qemu_log *l)
{
	if (!l)
		return;
	event_free(l->timer);
	close(l->fd);
	free(l->path);
	free(l);
}

int qemu_log_fd(const struct qemu_log *l)
{
	return l->fd;
}

const char *qemu_log_path(const struct qemu_log *l)
{
	return l->path;
}

void qemu_log_note(struct qemu_log *l, const char *fmt, ...)
{
	AUTO_BUF struct buf line = BUF_INIT;
	char stamp[40];
	time_t now = time(NULL);
	struct tm tm;
	va_list ap;

	if (!l)
		return;
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S+0000: ", gmtime_r(&now, &tm));
	buf_add_str(&line, stamp);
	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	buf_add_char(&line, '\n');
	/* A full disk takes the note, nothing else. */
	(void)!write(l->fd, line.data, line.len);
	qemu_log_look(l);
}

void qemu_log_mark(struct qemu_log *l)
{
	struct stat st;

	l->mark = fstat(l->fd, &st) == 0 ? st.st_size : 0;
}

/* The end of what was written since the mark. */
static bool tail(struct qemu_log *l, char text[SAID_MAX + 1])
{
	struct stat st;
	off_t from = l->mark;
	ssize_t n;

	if (fstat(l->fd, &st) < 0 || st.st_size <= from)
		return false;
	if (st.st_size - from > SAID_MAX)
		from = st.st_size - SAID_MAX;
	n = pread(l->fd, text, SAID_MAX, from);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

char *qemu_log_said(struct qemu_log *l)
{
	char text[SAID_MAX + 1];
	char *start;

	if (!l || !tail(l, text))
		return NULL;
	start = text + strlen(text);
	for (int lines = 0; start > text; start--)
		if (start[-1] == '\n' && ++lines == SAID_LINES)
			break;
	return mem_strdup(start);
}

int qemu_log_term_signal(struct qemu_log *l)
{
	static const char phrase[] = "terminating on signal ";
	char text[SAID_MAX + 1];
	const char *at, *last = NULL;

	if (!l || !tail(l, text))
		return 0;
	for (at = text; (at = strstr(at, phrase)); at++)
		last = at;
	return last ? atoi(last + strlen(phrase)) : 0;
}
