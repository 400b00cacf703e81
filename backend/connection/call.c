/*
 * call: an operation from its beginning to its answer.
 *
 * A call is open until call_return() or call_fail(); then it waits for the
 * next turn of the loop, where its answer is told.  In between it may work on a
 * thread (call_work), wait for its guest to change (call_park), or be held by
 * a launch or a request.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"

struct operation {
	const char *name;
	void (*begin)(struct call *call);
	char of;
};

static const struct operation operations[] = {
#define X(id, name, of) { name, op_##id, of },
	OPERATIONS(X)
#undef X
};

static void append(struct calls *list, struct call *call)
{
	if (!list->last)
		list->last = &list->first;
	call->next = NULL;
	call->link = list->last;
	*list->last = call;
	list->last = &call->next;
}

static void take_out(struct calls *list, struct call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	else
		list->last = call->link;
}

static void call_free(struct call *call)
{
	if (call->data && call->free_data)
		call->free_data(call->data);
	loop_cancel(&call->timer);
	json_object_put(call->args);
	json_object_put(call->result);
	error_free(call->err);
	free(call);
}

void call_end(struct call *call)
{
	struct connection *c = call->c;

	if (!call->result && !call->err)
		call->result = json_object_new_object();
	call->again = NULL;
	take_out(&c->open, call);
	append(&c->finished, call);
	event_active(c->turn, EV_TIMEOUT, 0);
}

void call_return(struct call *call, struct json_object *result)
{
	call->result = result;
	call_end(call);
}

void call_fail(struct call *call, struct error *err)
{
	call->err = err;
	call_end(call);
}

void call_fail_text(struct call *call, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *text = NULL;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	error_set(&call->err, "%s", text);
	call_end(call);
}

static void on_run(void *arg)
{
	struct call *call = arg;

	call->run(call);
}

static void on_done(void *arg)
{
	struct call *call = arg;

	(call->finish ? call->finish : call_end)(call);
}

void call_work(struct call *call, void (*run)(struct call *), void (*finish)(struct call *))
{
	call->run = run;
	call->finish = finish;
	if (!call->c->worker)
		call->c->worker = worker_new(call->c->base, 4);
	worker_run(call->c->worker, on_run, on_done, NULL, call);
}

void call_park(struct call *call, void (*again)(struct call *call))
{
	call->again = again;
}

void call_wake(struct connection *c, const char *uuid)
{
	for (struct call *call = c->open.first, *next; call; call = next) {
		void (*again)(struct call *) = call->again;

		next = call->next;
		if (!again || strcmp(call->uuid, uuid))
			continue;
		call->again = NULL;
		again(call);
	}
}

struct guest *call_guest(const struct call *call)
{
	return model_find(call->c, call->uuid);
}

/* Tell what is finished.  A callee may close the connection. */
static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	struct call *call;
	bool closed = false;

	(void)fd;
	(void)what;
	while (!closed && (call = c->finished.first)) {
		take_out(&c->finished, call);
		c->closed = &closed;
		if (call->done)
			call->done(c, call->err ? NULL : call->result, call->err, call->arg);
		if (!closed)
			c->closed = NULL;
		call_free(call);
	}
}

static const struct operation *operation_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	return NULL;
}

void connection_call(struct connection *c, struct domain *d, const char *operation,
		     struct json_object *args, connection_done_fn *done, void *arg)
{
	const struct operation *o = operation_named(operation);
	struct call *call = mem_zalloc(sizeof(*call));

	if (!c->turn)
		c->turn = event_new(c->base, -1, 0, on_turn, c);
	*call = (struct call){ .c = c, .args = args, .done = done, .arg = arg };
	if (d)
		memcpy(call->uuid, d->uuid, sizeof(call->uuid));
	append(&c->open, call);
	if (!o)
		call_fail_text(call, "there is no operation '%s'", operation);
	else if (!d && o->of == 'd')
		call_fail_text(call, "operation '%s' needs a domain", operation);
	else
		o->begin(call);
}

static void free_list(struct calls *list)
{
	while (list->first) {
		struct call *call = list->first;

		take_out(list, call);
		call_free(call);
	}
}

void call_free_all(struct connection *c)
{
	free_list(&c->open);
	free_list(&c->finished);
	if (c->turn)
		event_free(c->turn);
}

/* --- waiting for an answer ------------------------------------------------- */

struct waiting {
	bool done;
	struct json_object *result;
	struct error **err;
};

static void on_answer(struct connection *c, struct json_object *result, struct error *err,
		      void *arg)
{
	struct waiting *w = arg;

	(void)c;
	w->done = true;
	w->result = json_object_get(result);
	if (err) {
		error_set(w->err, "%s", error_message(err));
		if (error_hint_text(err))
			error_hint(w->err, "%s", error_hint_text(err));
	}
}

struct json_object *connection_call_wait(struct connection *c, struct domain *d,
					 const char *operation, struct json_object *args,
					 struct error **err)
{
	struct waiting w = { .err = err };

	connection_call(c, d, operation, args, on_answer, &w);
	if (!loop_until(c->base, &w.done, -1))
		error_set(err, "%s: the event loop ended", operation);
	return w.result;
}
