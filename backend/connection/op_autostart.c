/*
 * op_autostart: start what is marked, one after the other in the order of
 * names, so that a boot is the same every time.  One that fails does not keep
 * the others from starting.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/connection/internal.h"

struct round {
	char (*uuids)[37];
	size_t n, next;
	struct json_object *started, *failed;
};

static void round_free(void *data)
{
	struct round *r = data;

	free(r->uuids);
	json_object_put(r->started);
	json_object_put(r->failed);
	free(r);
}

static void start_next(struct call *call);

static void on_started(struct connection *c, struct json_object *result, struct error *err,
		       void *arg)
{
	struct call *call = arg;
	struct round *r = call->data;
	struct guest *g = model_find(c, r->uuids[r->next - 1]);

	if (result) {
		json_push_str(r->started, json_str(result, "name"));
	} else {
		struct json_object *o = json_object_new_object();

		json_set_str(o, "name", g ? g->pub.name : r->uuids[r->next - 1]);
		json_set_str(o, "error", error_message(err));
		json_set_str(o, "hint", error_hint_text(err));
		json_push(r->failed, o);
	}
	start_next(call);
}

static void start_next(struct call *call)
{
	struct round *r = call->data;
	struct guest *g = NULL;

	/* By now it may be gone, or somebody else has started it. */
	while (r->next < r->n && !g) {
		g = model_find(call->c, r->uuids[r->next++]);
		if (g && (!g->pub.autostart || guest_runs(g)))
			g = NULL;
	}
	if (g) {
		connection_call(call->c, &g->pub, "start", NULL, on_started, call);
		return;
	}
	call->result = json_object_new_object();
	json_set(call->result, "started", MEM_STEAL(r->started));
	json_set(call->result, "failed", MEM_STEAL(r->failed));
	call_end(call);
}

void op_autostart_all(struct call *call)
{
	struct round *r = mem_zalloc(sizeof(*r));
	struct connection *c = call->c;

	r->started = json_object_new_array();
	r->failed = json_object_new_array();
	for (size_t i = 0; i < c->n_domains; i++)
		if (c->domains[i]->autostart)
			memcpy(MEM_PUSH(r->uuids, r->n), c->domains[i]->uuid, 37);
	call->data = r;
	call->free_data = round_free;
	start_next(call);
}
