/*
 * op_store: the operations on stored definitions that need no QEMU.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/connection/internal.h"
#include "backend/store/summary.h"

static void refresh(struct call *call)
{
	if (!call->err)
		model_refresh(call->c, call->uuid);
	call_end(call);
}

static bool stored(struct call *call)
{
	struct guest *g = call_guest(call);

	if (g && g->pub.persistent)
		return true;
	call_fail_text(call, g ? "domain '%s' is transient: it has no definition" :
		       "the domain is gone", g ? g->pub.name : "");
	return false;
}

/* --- autostart ------------------------------------------------------------ */

static void run_autostart(struct call *call)
{
	store_set_autostart(call->c->store, call->uuid, json_flag(call->args, "enable", true),
			    &call->err);
}

void op_autostart(struct call *call)
{
	if (stored(call))
		call_work(call, run_autostart, refresh);
}

/* --- history -------------------------------------------------------------- */

static void run_history(struct call *call)
{
	struct json_object *versions = json_object_new_array();
	size_t n;
	struct store_version *list = store_history(call->c->store, call->uuid, &n);

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		json_set_int(o, "version", list[i].number);
		json_set_int(o, "time", list[i].time);
		json_set_int(o, "size", (int64_t)list[i].size);
		json_set_bool(o, "current", list[i].current);
		json_push(versions, o);
	}
	free(list);
	call->result = json_object_new_object();
	json_set(call->result, "versions", versions);
}

void op_history(struct call *call)
{
	call_work(call, run_history, NULL);
}

static void run_history_xml(struct call *call)
{
	AUTO_BUF struct buf text = BUF_INIT;
	int64_t number = json_int(call->args, "version", 0);

	if (!store_history_load(call->c->store, call->uuid, (unsigned)number, &text, &call->err))
		return;
	call->result = json_object_new_object();
	json_set(call->result, "xml", json_object_new_string_len(buf_text(&text), (int)text.len));
}

void op_history_xml(struct call *call)
{
	const char *uuid = call->uuid[0] ? call->uuid : json_str(call->args, "uuid");
	int64_t number = json_int(call->args, "version", 0);

	if (!uuid || !store_uuid_valid(uuid)) {
		call_fail_text(call, "history-xml: no uuid is given");
	} else if (number < 1 || number > INT32_MAX) {
		call_fail_text(call, "there is no version %lld", (long long)number);
	} else {
		memmove(call->uuid, uuid, sizeof(call->uuid));
		call_work(call, run_history_xml, NULL);
	}
}

/* --- undefined ------------------------------------------------------------ */

static struct json_object *describe_undefined(const struct store *s, const char *uuid)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct summary sum;
	struct json_object *o;
	size_t n;
	struct store_version *list = store_history(s, uuid, &n);

	if (!n || !store_history_load(s, uuid, list[0].number, &text, NULL)) {
		free(list);
		return NULL;
	}
	summary_parse(&sum, buf_text(&text), text.len, uuid);
	o = json_object_new_object();
	json_set_str(o, "uuid", uuid);
	json_set_str(o, "name", sum.name ? sum.name : uuid);
	json_set_int(o, "version", list[0].number);
	json_set_int(o, "time", list[0].time);
	summary_done(&sum);
	free(list);
	return o;
}

static void run_undefined(struct call *call)
{
	struct json_object *domains = json_object_new_array();
	char **uuids = store_undefined(call->c->store);

	for (size_t i = 0; uuids[i]; i++) {
		struct json_object *o = describe_undefined(call->c->store, uuids[i]);

		if (o)
			json_push(domains, o);
	}
	mem_free_strv(uuids);
	call->result = json_object_new_object();
	json_set(call->result, "domains", domains);
}

void op_undefined(struct call *call)
{
	call_work(call, run_undefined, NULL);
}
