/*
 * op_define: put definitions into the store: new ones, edited ones, renamed
 * ones.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/connection/definition.h"
#include "backend/connection/internal.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"

/* Parsed from the call's arguments; false with the call's error. */
static bool take_xml(struct call *call, struct definition *d)
{
	const char *xml = json_str(call->args, "xml"), *source = json_str(call->args, "source");

	if (!xml) {
		error_set(&call->err, "no XML is given");
		return false;
	}
	return definition_parse(d, &call->c->paths, xml, strlen(xml), source ? source : "XML", 0,
				&call->err);
}

static bool save(struct call *call, const struct definition *d, const char *expected)
{
	AUTO_FREE char *text = document_text(d->def->document);
	struct store_text t = { d->def->uuid, d->def->name, text, expected, false };
	char version[STORE_VERSION];
	bool created;

	if (!store_save(call->c->store, &t, version, &created, &call->err))
		return false;
	memcpy(call->uuid, d->def->uuid, sizeof(call->uuid));
	call->result = json_object_new_object();
	json_set_str(call->result, "uuid", d->def->uuid);
	json_set_str(call->result, "name", d->def->name);
	json_set_bool(call->result, "created", created);
	json_set_str(call->result, "version", version);
	json_set(call->result, "ignored", definition_ignored(d));
	return true;
}

static void on_saved(struct call *call)
{
	if (call->result)
		model_refresh(call->c, call->uuid);
	call_end(call);
}

static void run_define(struct call *call)
{
	struct definition d;

	if (!take_xml(call, &d))
		return;
	save(call, &d, d.had_uuid ? NULL : STORE_NEW);
	definition_done(&d);
}

void op_define(struct call *call)
{
	call_work(call, run_define, on_saved);
}

/* --- save-xml ------------------------------------------------------------- */

static void run_save_xml(struct call *call)
{
	const char *version = json_str(call->args, "version");
	struct definition d;

	if (!version) {
		error_set(&call->err, "save-xml: no version is given");
		return;
	}
	if (!take_xml(call, &d))
		return;
	if (strcmp(d.def->uuid, call->uuid)) {
		error_set(&call->err, "the uuid of a domain cannot be changed");
		error_hint(&call->err, "give it <uuid>%s</uuid> again; `virtty define` makes a new domain",
			   call->uuid);
	} else {
		save(call, &d, version);
	}
	definition_done(&d);
}

void op_save_xml(struct call *call)
{
	call_work(call, run_save_xml, on_saved);
}

/* --- rename --------------------------------------------------------------- */

static void store_renamed(struct call *call, struct document *d, const char *name,
			  const char *version)
{
	AUTO_FREE char *text = NULL;
	struct store_text t = { call->uuid, name, NULL, version, true };
	struct domain_def *checked;

	node_set_text(node_child(document_root(d), "name"), name);
	t.text = text = document_text(d);
	/* The name has its rules, and the parser knows them. */
	checked = domain_def_parse(document_copy(d), &call->err);
	if (!checked)
		return;
	domain_def_free(checked);
	if (!store_save(call->c->store, &t, NULL, NULL, &call->err))
		return;
	call->result = json_object_new_object();
	json_set_str(call->result, "name", name);
}

static void run_rename(struct call *call)
{
	AUTO_BUF struct buf text = BUF_INIT;
	char version[STORE_VERSION];
	struct document *d;

	if (!store_load(call->c->store, call->uuid, &text, version, &call->err))
		return;
	d = document_parse(buf_text(&text), text.len, call->uuid, &call->err);
	if (!d)
		return;
	store_renamed(call, d, json_str(call->args, "name"), version);
	document_free(d);
}

void op_rename(struct call *call)
{
	struct guest *g = call_guest(call);

	if (!json_str(call->args, "name"))
		call_fail_text(call, "rename: no name is given");
	else if (guest_runs(g))
		call_fail_text(call, "rename: domain '%s' is running: shut it down first",
			       g->pub.name);
	else
		call_work(call, run_rename, on_saved);
}
