/*
 * internal: what the files of backend/connection share.
 *
 *   connection.c   opening, closing, looking up
 *   uri.c          which connection a URI means
 *   model.c        the guests, made from definitions and run records
 *   notify.c       inotify: which of them to look at again
 *   adopt.c        a supervisor for each QEMU that lost its own
 *   vigil.c        being told that a supervisor died
 *   spawn.c        running virtty-supervisor and reading its one answer
 *   control.c      talking to a supervisor
 *   call.c         operations: begin, work off the loop, finish
 *   op_*.c         the operations
 *   console_link.c, sample.c
 */
#ifndef BACKEND_CONNECTION_INTERNAL_H
#define BACKEND_CONNECTION_INTERNAL_H

#include "backend/base/worker.h"
#include "backend/connection/connection.h"
#include "backend/connection/operations.h"
#include "backend/store/index.h"
#include "backend/store/record.h"
#include "backend/store/store.h"

/* Which file was read, so that it is read again only when it is another. */
struct seen {
	uint64_t inode;
	int64_t changed_ns;		/* both 0: there was none */
};

struct guest {
	struct domain pub;		/* what views see; first, so that one is the other */
	char *content;			/* hash of the stored definition; NULL without one */
	char *run_definition;		/* the same of the one it was started from */
	bool recorded;			/* there is a running record */
	enum record_life life;		/* when recorded */
	struct seen definition, running, stopped;
	bool adopting;
	struct seen not_adopted;	/* the running record that could not be adopted */
	struct vigil *vigil;		/* NULL while nobody watches */
	struct control *control;	/* borrowed; NULL while nobody talks to its supervisor */
};

/* QEMU lives; NULL does not run. */
static inline bool guest_runs(const struct guest *g)
{
	return g && g->recorded && g->life != RECORD_GONE;
}

/* ... and somebody answers for it. */
static inline bool guest_supervised(const struct guest *g)
{
	return g->recorded && g->life == RECORD_ALIVE;
}

struct call {
	struct call *next, **link;	/* in the connection's open or finished calls */
	struct connection *c;
	char uuid[37];			/* "" for an operation of the host */
	struct json_object *args;	/* may be NULL */
	struct json_object *result;
	struct error *err;
	void (*run)(struct call *call);		/* on a thread */
	void (*finish)(struct call *call);	/* from the loop, behind run */
	void (*again)(struct call *call);	/* parked: call this when its guest changes */
	void *data;			/* the operation's own, and how to free it */
	void (*free_data)(void *data);
	struct event *timer;
	connection_done_fn *done;
	void *arg;
};

struct calls {
	struct call *first, **last;
};

struct connection {
	struct event_base *base;
	char *uri;
	struct paths paths;
	struct store *store;
	struct worker *worker;
	struct index *index;
	bool loaded;
	char *index_path;
	struct domain **domains;	/* by name */
	struct guest **by_uuid;
	size_t n_domains;
	int domains_dir;
	struct notify *notify;
	connection_watch_fn *watch;
	void *watch_arg;
	bool with_qmp;
	struct calls open, finished;
	struct event *turn;		/* active while calls wait to be told */
	bool *closed;			/* set by connection_close() for who is calling out */
	size_t n_adopting;
	struct console_link *links;
	struct spawn *spawns;
	struct control *controls;
};

/* uri.c: fills in c->uri and c->paths. */
bool uri_resolve(struct connection *c, const char *uri, struct error **err);

/* model.c */
bool model_load(struct connection *c, struct error **err);
void model_free(struct connection *c);
/* Look at one guest again; tells the watcher what changed. */
void model_refresh(struct connection *c, const char *uuid);
void model_reload(struct connection *c);
struct guest *model_find(const struct connection *c, const char *uuid);
void model_emit(struct connection *c, enum connection_event what, struct guest *g,
		struct json_object *detail);

/* notify.c */
bool notify_start(struct connection *c, struct error **err);
void notify_stop(struct connection *c);

/* adopt.c: if the guest lost its supervisor. */
void adopt_consider(struct connection *c, struct guest *g);
bool adopt_pending(const struct connection *c, const struct guest *g);

/* vigil.c */
void vigil_keep(struct connection *c, struct guest *g);
void vigil_end(struct guest *g);

/* spawn.c: answer is NULL with err, or what the supervisor said.  input is a
 * descriptor for its standard input or -1. */
typedef void spawn_done_fn(struct connection *c, struct json_object *answer,
			    struct error *err, void *arg);
/* May be called on a thread: a descriptor that the answer comes from, or -1. */
int spawn_supervisor(const char *const *argv, int input, struct error **err);
/* drop (may be NULL) releases arg when the connection is closed before. */
void spawn_read(struct connection *c, int answer, spawn_done_fn *done,
		 void (*drop)(void *arg), void *arg);
void spawn_free_all(struct connection *c);

/* control.c: done is called once, perhaps from within; args are consumed. */
typedef void control_done_fn(struct connection *c, struct json_object *answer,
			     struct error *err, void *arg);
void control_request(struct connection *c, struct guest *g, const char *execute,
		     struct json_object *args, int timeout_ms,
		     control_done_fn *done, void *arg);
void control_subscribe(struct connection *c, struct guest *g);
/* The guest is freed: requests that wait still get their answer. */
void control_let_go(struct guest *g);
void control_free_all(struct connection *c);

/* call.c */
void call_return(struct call *call, struct json_object *result);	/* takes it */
void call_fail(struct call *call, struct error *err);			/* takes it */
void call_fail_text(struct call *call, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* run on a thread sets result or err; finish (NULL: call_end) follows on the loop. */
void call_work(struct call *call, void (*run)(struct call *), void (*finish)(struct call *));
void call_end(struct call *call);	/* with the result and err that it has */
/* Do again(call) when its guest changes or is gone. */
void call_park(struct call *call, void (*again)(struct call *call));
void call_wake(struct connection *c, const char *uuid);
struct guest *call_guest(const struct call *call);	/* NULL when it is gone */
void call_free_all(struct connection *c);

/* console_link.c */
void console_link_free_all(struct connection *c);

#endif
