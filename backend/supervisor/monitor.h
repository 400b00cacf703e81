/*
 * monitor: the one conversation with a QEMU's QMP socket.
 *
 * Commands may be given at once: they wait for the greeting and the capability
 * negotiation.  Every command is answered exactly once through its callback:
 * with QEMU's reply, with a problem when the deadline passes (a late reply is
 * recognised by its id and thrown away), or with a problem when the connection
 * ends.  A QEMU that lets a deadline pass counts as not answering until it says
 * anything at all; on_answering tells of both changes.
 *
 * monitor_free() answers what is open.  It may be called from any callback but
 * a command's.
 */
#ifndef BACKEND_SUPERVISOR_MONITOR_H
#define BACKEND_SUPERVISOR_MONITOR_H

#include <event2/event.h>
#include <stdbool.h>

#include "backend/base/json.h"

struct monitor;

struct monitor_handlers {
	/* Negotiated: commands flow. */
	void (*on_ready)(struct monitor *m, void *arg);
	/* event is the whole message: event, data, timestamp. */
	void (*on_event)(struct monitor *m, const char *name, struct json_object *event, void *arg);
	void (*on_answering)(struct monitor *m, bool answers, void *arg);
	/* Once; the monitor is of no more use but to be freed. */
	void (*on_end)(struct monitor *m, const char *why, void *arg);
};

/* reply is QEMU's whole message ("return" or "error"), NULL when there was
 * none; problem is NULL on success, else QEMU's or our sentence. Borrowed. */
typedef void monitor_done_fn(struct json_object *reply, const char *problem, void *arg);

#define MONITOR_TIMEOUT_MS 10000

/* Takes the connected socket over. */
struct monitor *monitor_new(struct event_base *base, int fd,
			    const struct monitor_handlers *handlers, void *arg);
void monitor_free(struct monitor *m);

/* arguments may be NULL and is consumed; done may be NULL; timeout_ms -1: none.
 * fd, unless -1, goes along with the command (getfd, add-fd); it stays the
 * caller's. */
void monitor_command(struct monitor *m, const char *command, struct json_object *arguments,
		     int fd, int timeout_ms, monitor_done_fn *done, void *arg);

/* monitor_command() with the usual deadline and nobody interested. */
void monitor_tell(struct monitor *m, const char *command, struct json_object *arguments);

int monitor_fd(const struct monitor *m);
/* It has greeted. */
bool monitor_negotiated(const struct monitor *m);
/* Nothing comes any more: every command fails at once. */
bool monitor_ended(const struct monitor *m);
bool monitor_answers(const struct monitor *m);
/* loop_now_ms() of the last message. */
int64_t monitor_heard(const struct monitor *m);

#endif
