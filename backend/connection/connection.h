/*
 * connection: the guests of one host, as the views see them.
 *
 * A view asks here and nowhere else; it touches no file and no socket.  A
 * connection keeps a model of the domains in memory, in step with the world
 * (inotify on definitions and run records, no polling), tells watchers what
 * changed, and carries out operations asynchronously.  Everything happens on
 * the loop's thread.
 *
 * URIs: qmp:///session and qmp:///system.  NULL: VIRTTY_DEFAULT_URI, else the
 * config's uri_default, else system for root and session for others; aliases
 * from the config's uri_aliases are followed.
 */
#ifndef BACKEND_CONNECTION_CONNECTION_H
#define BACKEND_CONNECTION_CONNECTION_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "backend/base/error.h"
#include "backend/base/json.h"
#include "backend/base/paths.h"

struct connection;

/* virDomainState's names, as `virsh domstate` prints them. */
#define DOMAIN_STATES(X) \
	X(NOSTATE, "no state") X(RUNNING, "running") X(PAUSED, "paused") \
	X(SHUTDOWN, "in shutdown") X(SHUTOFF, "shut off") X(CRASHED, "crashed") \
	X(PMSUSPENDED, "pmsuspended")

enum domain_state {
#define X(id, name) DOMAIN_##id,
	DOMAIN_STATES(X)
#undef X
	DOMAIN_STATE_COUNT
};

const char *domain_state_name(enum domain_state s);

/* Owned by the connection; valid until the DOMAIN_GONE event for it. */
struct domain {
	char uuid[37];
	char *name;
	char *title;			/* NULL when none */
	int id;				/* -1 when not running */
	enum domain_state state;
	char *reason;			/* virsh's word: "booted", "shutdown", "destroyed", "crashed", "failed" ... */
	char *why;			/* a sentence: "shut down by the guest"; never NULL */
	time_t since;			/* of the state; 0 unknown */
	time_t started;			/* of the run; 0 when not running */
	bool persistent, autostart;
	bool changed;			/* the stored definition differs from the running one */
	bool kvm;
	char *machine;
	uint64_t max_memory, memory;	/* bytes */
	unsigned max_vcpus, vcpus;
	int pid;			/* QEMU's, 0 when not running */
	int supervisor_pid;		/* 0 when there is none */
	void *view;			/* for the watcher of the interface */
};

enum connection_event {
	CONNECTION_DOMAIN_NEW, CONNECTION_DOMAIN_CHANGED,
	CONNECTION_DOMAIN_GONE,		/* the domain is freed after the call */
	CONNECTION_DOMAIN_EVENT		/* detail: {"event": NAME, "data": {...}}, QMP's or VIRTTY_* */
};

typedef void connection_watch_fn(struct connection *c, enum connection_event what,
				 struct domain *d, struct json_object *detail, void *arg);

/* Loads the model; returns with it filled. NULL on error. */
struct connection *connection_open(struct event_base *base, const char *uri, struct error **err);
void connection_close(struct connection *c);	/* open calls get no answer */
const char *connection_uri(const struct connection *c);
struct event_base *connection_base(const struct connection *c);

/*
 * Run the loop until no guest is still being adopted (a QEMU that lost its
 * supervisor) and every domain's state is the true one; false when the time is
 * over first.  For the command line, before it prints states.  Without lost
 * supervisors it returns at once.
 */
bool connection_settle(struct connection *c, int timeout_ms);

/* One watcher; with_qmp: also subscribe to the QMP events of running guests. */
void connection_watch(struct connection *c, connection_watch_fn *fn, void *arg, bool with_qmp);

/* All domains, sorted by name; borrowed until the next event. */
struct domain *const *connection_domains(const struct connection *c, size_t *n);

/* By id, uuid or name (in virsh's order); NULL with *err. */
struct domain *connection_lookup(const struct connection *c, const char *name, struct error **err);

/*
 * Operations by name, with JSON both ways; see backend/connection/operations.h
 * for the list.  d is NULL for operations on the host.  args (may be NULL) is
 * consumed.  done is called exactly once, from the loop and never from within
 * the call itself, unless the connection is closed first; result and err are borrowed, err NULL means success.
 */
typedef void connection_done_fn(struct connection *c, struct json_object *result,
				struct error *err, void *arg);
void connection_call(struct connection *c, struct domain *d, const char *operation,
		     struct json_object *args, connection_done_fn *done, void *arg);

/* For the command line: the same, waiting on the loop. NULL result with *err
 * on failure; the caller puts the result. */
struct json_object *connection_call_wait(struct connection *c, struct domain *d,
					 const char *operation, struct json_object *args,
					 struct error **err);

/* Where this connection's files are (backend/base/paths.h); borrowed. */
const struct paths *connection_paths(const struct connection *c);

/* What /proc tells of a running guest now; false when it is not running. */
struct domain_sample {
	uint64_t cpu_ns;		/* user + system of all threads */
	uint64_t rss;			/* bytes */
	int64_t at_ms;			/* loop_now_ms() of the sample */
};
bool connection_sample(struct connection *c, const struct domain *d, struct domain_sample *out);

/*
 * A console: bytes both ways through the supervisor's console socket
 * (backend/base/frame.h).  All handlers come from the loop.  on_notice carries
 * the control objects: opened, live, mode, clients, ended.
 */
struct console_link;
struct console_handlers {
	void (*on_data)(struct console_link *l, const char *data, size_t len, void *arg);
	void (*on_notice)(struct console_link *l, struct json_object *notice, void *arg);
	void (*on_end)(struct console_link *l, const char *why, void *arg);
};
enum console_flags {
	CONSOLE_READONLY = 1,		/* never write */
	CONSOLE_FORCE = 2,		/* take over from the present writer */
	CONSOLE_ELSE_READ = 4,		/* read only if somebody writes, instead of an error */
	CONSOLE_NO_REPLAY = 8,
};
/* name NULL: the first console. */
struct console_link *connection_console(struct connection *c, struct domain *d, const char *name,
					unsigned flags, const struct console_handlers *handlers,
					void *arg, struct error **err);
void console_link_send(struct console_link *l, const void *data, size_t len);
void console_link_break(struct console_link *l);
void console_link_take(struct console_link *l);		/* become the writer */
void console_link_close(struct console_link *l);

#endif
