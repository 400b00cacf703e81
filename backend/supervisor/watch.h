/*
 * watch: being told of changes of files, by inotify; one descriptor for all.
 */
#ifndef BACKEND_SUPERVISOR_WATCH_H
#define BACKEND_SUPERVISOR_WATCH_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

struct watches;

/* mask is inotify's; name is the entry of a watched directory, or "". */
typedef void watch_fn(uint32_t mask, const char *name, void *arg);

/* NULL when the kernel has few inotify instances left: then nothing is told. */
struct watches *watches_new(struct event_base *base);
void watches_free(struct watches *w);

/* Returns the watch's number, -1 with errno.  The same path twice gives two
 * independent watches.  w may be NULL. */
int watches_add(struct watches *w, const char *path, uint32_t mask, watch_fn *fn, void *arg);
void watches_remove(struct watches *w, int number);

#endif
