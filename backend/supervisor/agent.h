/*
 * agent: one command for the guest agent (qemu-ga), through its channel.
 *
 * The channel serves one conversation at a time and may have nobody at its
 * other end, so each call connects, synchronises (guest-sync), asks, and is
 * over by a deadline.  The guest is not to be trusted: its answers are only
 * passed on.
 */
#ifndef BACKEND_SUPERVISOR_AGENT_H
#define BACKEND_SUPERVISOR_AGENT_H

#include <event2/event.h>

#include "backend/base/json.h"
#include "backend/supervisor/clients.h"

/* For timeout_ms: the command answers only when it fails (guest-shutdown). */
#define AGENT_NO_REPLY (-1)

/* path NULL: the guest has no such channel, and the request is told so.
 * arguments may be NULL and is consumed; r is answered.  refused (may be NULL)
 * is called when the answer is an error. */
void agent_call(struct event_base *base, const char *path, struct request *r,
		const char *command, struct json_object *arguments, int timeout_ms,
		void (*refused)(void *arg), void *arg);

#endif
