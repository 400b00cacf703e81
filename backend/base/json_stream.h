/*
 * json_stream: JSON objects, one a line, both ways over a stream socket.
 *
 * QEMU's monitor, the supervisor's clients and the clients' side all speak
 * this way (QMP is line-delimited in practice and always ends its messages in
 * a line feed).  A stream owns its fd.  on_object gets every object (borrowed,
 * ref it to keep it); on_end is called once, after EOF, an I/O error, a message
 * that is not a JSON object, or one longer than the limit; why is borrowed.
 * json_stream_free() may be called from within either callback.
 */
#ifndef BACKEND_BASE_JSON_STREAM_H
#define BACKEND_BASE_JSON_STREAM_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/base/json.h"

struct json_stream;

struct json_stream_handlers {
	void (*on_object)(struct json_stream *s, struct json_object *o, void *arg);
	void (*on_end)(struct json_stream *s, const char *why, void *arg);
};

/* QEMU's largest replies (query-qmp-schema) are below 1 MiB. */
#define JSON_STREAM_MAX (16u << 20)

/* fd must be a connected, non-blocking socket; handlers must outlive it. */
struct json_stream *json_stream_new(struct event_base *base, int fd,
				    const struct json_stream_handlers *handlers,
				    void *arg);
void json_stream_free(struct json_stream *s);

/* Queue an object (not consumed). */
void json_stream_send(struct json_stream *s, struct json_object *o);
/* Queue an object and pass a file descriptor with its first byte
 * (SCM_RIGHTS; QMP getfd).  fd is duplicated, the caller keeps his.  Only
 * when nothing is queued already: false otherwise. */
bool json_stream_send_fd(struct json_stream *s, struct json_object *o, int fd);
/* The oldest descriptor that came with a message and was not taken yet, the
 * caller's from now on; -1.  A few are kept at most, the rest are closed. */
int json_stream_take_fd(struct json_stream *s);
/* Bytes that wait to be sent: for dropping a client that does not read. */
size_t json_stream_pending(const struct json_stream *s);
int json_stream_fd(const struct json_stream *s);

#endif
