/*
 * watch: see watch.h.
 */
#include "backend/supervisor/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "backend/base/mem.h"

struct watch {
	int number;
	int wd;			/* -1: the kernel has dropped it */
	watch_fn *fn;
	void *arg;
};

struct watches {
	int fd;
	struct event *readable;
	struct watch *list;
	size_t n;
	int last_number;
};

/* A callback may add and remove watches, so the list is walked by number. */
static void tell(struct watches *w, const struct inotify_event *e)
{
	const char *name = e->len ? e->name : "";
	int last = w->last_number;

	for (int number = 1; number <= last; number++)
		for (size_t i = 0; i < w->n; i++) {
			struct watch entry = w->list[i];

			if (entry.number != number || entry.wd != e->wd)
				continue;
			if (e->mask & IN_IGNORED)
				w->list[i].wd = -1;
			entry.fn(e->mask, name, entry.arg);
			break;
		}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	_Alignas(struct inotify_event) char chunk[4096];
	struct watches *w = arg;
	ssize_t n;

	(void)what;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		for (char *p = chunk; p < chunk + n; ) {
			struct inotify_event *e = (struct inotify_event *)p;

			tell(w, e);
			p += sizeof(*e) + e->len;
		}
}

/* A user has few inotify instances (128 by default) for all programs.  Many
 * guests must not take the last of them: the interface needs one more than
 * they do. */
#define LEAVE 32

static bool enough_for_others(void)
{
	int fd[LEAVE], n = 0;

	while (n < LEAVE && (fd[n] = inotify_init1(IN_CLOEXEC)) >= 0)
		n++;
	for (int i = 0; i < n; i++)
		close(fd[i]);
	return n == LEAVE;
}

struct watches *watches_new(struct event_base *base)
{
	struct watches *w;
	int fd = enough_for_others() ? inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1;

	if (fd < 0)
		return NULL;
	w = mem_zalloc(sizeof(*w));
	w->fd = fd;
	w->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, w);
	event_add(w->readable, NULL);
	return w;
}

void watches_free(struct watches *w)
{
	if (!w)
		return;
	event_free(w->readable);
	close(w->fd);
	free(w->list);
	free(w);
}

int watches_add(struct watches *w, const char *path, uint32_t mask, watch_fn *fn, void *arg)
{
	struct watch *entry;
	int wd;

	if (!w) {
		errno = ENOSYS;
		return -1;
	}
	/* One inode has one wd; its masks are joined. */
	wd = inotify_add_watch(w->fd, path, mask | IN_MASK_ADD);
	if (wd < 0)
		return -1;
	entry = MEM_PUSH(w->list, w->n);
	*entry = (struct watch){ ++w->last_number, wd, fn, arg };
	return entry->number;
}

static bool shared(const struct watches *w, int wd)
{
	size_t users = 0;

	for (size_t i = 0; i < w->n; i++)
		users += w->list[i].wd == wd;
	return users > 1;
}

void watches_remove(struct watches *w, int number)
{
	if (!w || number < 0)
		return;
	for (size_t i = 0; i < w->n; i++) {
		struct watch entry = w->list[i];

		if (entry.number != number)
			continue;
		if (entry.wd >= 0 && !shared(w, entry.wd))
			inotify_rm_watch(w->fd, entry.wd);
		w->list[i] = w->list[--w->n];
		return;
	}
}
