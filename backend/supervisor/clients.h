/*
 * clients: the control socket and whoever is connected to it.
 *
 * A client that asks too much at once, or does not read what it asked for, is
 * dropped; the guest is never made to wait for one.
 */
#ifndef BACKEND_SUPERVISOR_CLIENTS_H
#define BACKEND_SUPERVISOR_CLIENTS_H

#include <event2/event.h>
#include <stdbool.h>

#include "backend/base/error.h"
#include "backend/base/json.h"

#define CLIENTS_MAX 256
#define CLIENTS_REQUESTS_MAX 256	/* unanswered, of one client */
#define CLIENTS_PENDING_MAX (8u << 20)	/* bytes not read */

struct clients;

/* One request; answered exactly once, by request_return() or request_error(),
 * which free it.  The client may have gone meanwhile: nobody has to care. */
struct request {
	struct request *next;		/* for who keeps a list of them */
	const char *execute;		/* borrowed from message */
	struct json_object *arguments;	/* borrowed from message; may be NULL */
	struct json_object *message;
	struct client *client;
	int fd;				/* passed along with a "qmp" request that is for
					 * one (getfd, add-fd); closed with the request; -1 */
};

typedef void clients_request_fn(struct request *r, void *arg);

struct clients *clients_new(struct event_base *base, const char *uuid, const char *name,
			    clients_request_fn *on_request, void *arg);
void clients_free(struct clients *c);

/* Listen on the path, if that is not done or the socket has vanished. */
bool clients_listen(struct clients *c, const char *path, struct error **err);
void clients_withdraw(struct clients *c);

/* Consumes result; NULL: {}. */
void request_return(struct request *r, struct json_object *result);
void request_error(struct request *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* QEMU's own answer, with its "return" or "error" as it is. */
void request_forward(struct request *r, struct json_object *reply, const char *problem);
void request_subscribe(struct request *r);

/* To every subscriber; event is borrowed. */
void clients_event(struct clients *c, struct json_object *event);
/* Bytes that still wait to be sent to anybody. */
size_t clients_pending(const struct clients *c);

#endif
