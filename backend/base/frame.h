/*
 * frame: what the supervisor and its console clients say to each other.
 *
 * A frame is one byte of type, three bytes of payload length (big endian, at
 * most FRAME_MAX) and the payload.  Type 'D' is console bytes, 'J' one JSON
 * object of control:
 *
 *   client  {"open": {"mode": "write"|"read", "force": bool, "else_read": bool,
 *                     "replay": bool, "client": "alice pts/3 pid 4711"}}
 *   server  {"opened": {"mode": "write"|"read", "replay": BYTES, "console": "serial0"}}
 *           then D frames of replay, then {"live": true}, then D as they come
 *           {"refused": "why"}                     and the connection closes
 *           {"mode": "read", "by": "bob pts/5 pid 4712"}   somebody took over
 *           {"mode": "write"}                      you are the writer now
 *           {"clients": [{"client": "...", "mode": "..."}]}   when that changes
 *           {"dropped": BYTES}    you read too slowly and missed this much
 *           {"ended": "why"}                       and the connection closes
 *   client  {"break": true}  {"take": true}
 */
#ifndef BACKEND_BASE_FRAME_H
#define BACKEND_BASE_FRAME_H

#include <event2/buffer.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/base/json.h"

#define FRAME_MAX 65536
#define FRAME_DATA 'D'
#define FRAME_JSON 'J'

/* Append to an output buffer; data longer than FRAME_MAX becomes several
 * frames. */
void frame_add_data(struct evbuffer *out, const void *data, size_t len);
void frame_add_json(struct evbuffer *out, struct json_object *o);

enum frame_result { FRAME_PARTIAL, FRAME_READY, FRAME_BROKEN };

/* Take one whole frame off the input.  payload is borrowed until frame_drop(),
 * which must follow each FRAME_READY. */
enum frame_result frame_peek(struct evbuffer *in, char *type, const char **payload, size_t *len);
void frame_drop(struct evbuffer *in, size_t len);

#endif
