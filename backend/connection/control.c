/*
 * control: talking to the supervisor of one guest.
 *
 * One stream a guest, opened when first needed and kept.  Requests carry an id
 * and a deadline; when the stream ends, all that wait are told, and the guest
 * is looked at again, for its supervisor may be gone.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/json_stream.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"
#include "backend/connection/internal.h"

struct request {
	struct request *next;
	struct control *k;
	int64_t id;
	struct event *deadline;
	control_done_fn *done;
	void *arg;
};

struct control {
	struct control *next, **link;	/* in the connection's controls */
	struct connection *c;
	char uuid[37];
	struct json_stream *stream;
	struct request *requests;
	int64_t last_id;
	int pid;			/* of the supervisor that it was opened to */
	bool subscribed;
};

static void control_free(struct control *k);

static struct request *take_request(struct control *k, int64_t id)
{
	struct request **p = &k->requests, *r;

	while (*p && (*p)->id != id)
		p = &(*p)->next;
	r = *p;
	if (r)
		*p = r->next;
	return r;
}

static void finish(struct request *r, struct json_object *answer, struct error *err)
{
	struct request told = *r;
	struct connection *c = r->k->c;

	loop_cancel(&r->deadline);
	free(r);
	told.done(c, answer, err, told.arg);
	error_free(err);
}

static void on_deadline(void *arg)
{
	struct request *r = arg;
	struct error *err = NULL;

	error_set(&err, "the guest's supervisor does not answer");
	take_request(r->k, r->id);
	finish(r, NULL, err);
}

static void on_reply(struct control *k, struct json_object *o, int64_t id)
{
	struct request *r = take_request(k, id);
	struct json_object *failure = json_get(o, "error");
	struct error *err = NULL;

	if (!r)
		return;		/* late: its deadline was over */
	if (failure) {
		const char *desc = json_str(failure, "desc"), *hint = json_str(failure, "hint");

		error_set(&err, "%s", desc ? desc : "failed without a reason");
		if (hint)
			error_hint(&err, "%s", hint);
	}
	finish(r, failure ? NULL : json_get(o, "return"), err);
}

static void on_object(struct json_stream *s, struct json_object *o, void *arg)
{
	struct control *k = arg;
	int64_t id = json_int(o, "id", 0);
	struct guest *g;

	(void)s;
	if (id > 0) {
		on_reply(k, o, id);
		return;
	}
	g = json_str(o, "event") ? model_find(k->c, k->uuid) : NULL;
	if (g)
		model_emit(k->c, CONNECTION_DOMAIN_EVENT, g, o);
}

static void fail_all(struct control *k, const char *why)
{
	while (k->requests) {
		struct request *r = take_request(k, k->requests->id);
		struct error *err = NULL;

		error_set(&err, "the guest's supervisor is gone: %s", why);
		finish(r, NULL, err);
	}
}

static void on_end(struct json_stream *s, const char *why, void *arg)
{
	struct control *k = arg;
	struct connection *c = k->c;
	AUTO_FREE char *reason = mem_strdup(why);
	char uuid[37];
	struct guest *g = model_find(c, k->uuid);

	(void)s;
	memcpy(uuid, k->uuid, sizeof(uuid));
	if (g && g->control == k)
		g->control = NULL;
	fail_all(k, reason);
	control_free(k);
	model_refresh(c, uuid);
}

static const struct json_stream_handlers handlers = { on_object, on_end };

static struct control *control_open(struct connection *c, struct guest *g, struct error **err)
{
	AUTO_FREE char *path = paths_runtime_file(&c->paths, g->pub.uuid, "supervisor.sock");
	int fd = socket_connect(path, err);
	struct control *k;

	if (fd < 0)
		return NULL;
	k = mem_zalloc(sizeof(*k));
	k->c = c;
	memcpy(k->uuid, g->pub.uuid, sizeof(k->uuid));
	k->pid = g->pub.supervisor_pid;
	k->stream = json_stream_new(c->base, fd, &handlers, k);
	k->next = c->controls;
	k->link = &c->controls;
	if (k->next)
		k->next->link = &k->next;
	c->controls = k;
	return g->control = k;
}

/* The guest's stream, but not one to the supervisor of an earlier run, which
 * ends by itself. */
static struct control *control_get(struct connection *c, struct guest *g, struct error **err)
{
	if (g->control && g->control->pid == g->pub.supervisor_pid)
		return g->control;
	return control_open(c, g, err);
}

void control_let_go(struct guest *g)
{
	if (g->control && !g->control->requests)
		control_free(g->control);
	g->control = NULL;
}

void control_free_all(struct connection *c)
{
	for (size_t i = 0; i < c->n_domains; i++)
		c->by_uuid[i]->control = NULL;
	while (c->controls)
		control_free(c->controls);
}

/* Requests that still wait are forgotten. */
static void control_free(struct control *k)
{
	*k->link = k->next;
	if (k->next)
		k->next->link = k->link;
	while (k->requests) {
		struct request *r = take_request(k, k->requests->id);

		loop_cancel(&r->deadline);
		free(r);
	}
	json_stream_free(k->stream);
	free(k);
}

static void tell(struct control *k, const char *execute, struct json_object *args, int64_t id)
{
	AUTO_JSON struct json_object *o = json_object_new_object();

	json_set_int(o, "id", id);
	json_set_str(o, "execute", execute);
	if (args)
		json_set(o, "arguments", args);
	json_stream_send(k->stream, o);
}

void control_request(struct connection *c, struct guest *g, const char *execute,
		     struct json_object *args, int timeout_ms,
		     control_done_fn *done, void *arg)
{
	struct error *err = NULL;
	struct control *k = control_get(c, g, &err);
	struct request *r;

	if (!k) {
		error_prepend(&err, "the guest's supervisor cannot be reached");
		json_object_put(args);
		done(c, NULL, err, arg);
		error_free(err);
		return;
	}
	r = mem_zalloc(sizeof(*r));
	*r = (struct request){ k->requests, k, ++k->last_id, NULL, done, arg };
	r->deadline = loop_after(c->base, timeout_ms, on_deadline, r);
	k->requests = r;
	tell(k, execute, args, r->id);
}

void control_subscribe(struct connection *c, struct guest *g)
{
	struct control *k = control_get(c, g, NULL);

	if (!k || k->subscribed)
		return;
	k->subscribed = true;
	tell(k, "subscribe", NULL, ++k->last_id);
}
