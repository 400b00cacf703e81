/*
 * op_xml: a guest's document: the stored one, or the running one with what it
 * really got.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"
#include "backend/connection/live.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"

/* What the loop knows and the thread needs. */
struct wish {
	bool live, secure;
	int id;
	struct json_object *record;	/* when live */
};

static void wish_free(void *data)
{
	struct wish *w = data;

	json_object_put(w->record);
	free(w);
}

static xmlNode *graphics_of(xmlNode *devices, const char *type, size_t nth)
{
	NODE_EACH(g, devices, "graphics")
		if (node_is(g, "@type", type) && nth-- == 0)
			return g;
	return NULL;
}

/* The n-th of its type in the record is the n-th of its type in the text. */
static void show_graphics(xmlNode *devices, struct json_object *record)
{
	size_t n, seen = 0;
	struct json_object *list = live_array(record, "graphics", &n);

	for (size_t i = 0; i < n; i++) {
		struct json_object *its = json_object_array_get_idx(list, i);
		const char *type = json_str(its, "type"), *socket = json_str(its, "socket");
		int64_t port = json_int(its, "port", -1);
		xmlNode *g = type ? graphics_of(devices, type, seen++) : NULL;

		if (!g)
			continue;
		if (port > 0)
			node_printf_attr(g, "port", "%lld", (long long)port);
		if (socket && node_child(g, "listen"))
			node_set_attr(node_child(g, "listen"), "socket", socket);
		else if (socket)
			node_set_attr(g, "socket", socket);
	}
}

static void show_pty(xmlNode *device, const char *pty)
{
	if (!pty || !node_is(device, "@type", "pty"))
		return;
	if (!strcmp(node_name(device), "console"))
		node_set_attr(device, "tty", pty);
	if (!node_child(device, "source"))
		node_add(device, "source", node_first_element(device));
	node_set_attr(node_child(device, "source"), "path", pty);
}

static struct json_object *console_named(struct json_object *record, const char *name)
{
	size_t n;
	struct json_object *list = live_array(record, "consoles", &n);

	for (size_t i = 0; i < n; i++) {
		struct json_object *its = json_object_array_get_idx(list, i);

		if (name && json_str(its, "name") && !strcmp(json_str(its, "name"), name))
			return its;
	}
	return NULL;
}

/* Consoles are named by their device's alias; the first <console> is the
 * first <serial> once more. */
static void show_consoles(xmlNode *devices, struct json_object *record)
{
	static const char *const kinds[] = { "serial", "console", "parallel", "channel" };
	AUTO_FREE char *first = NULL;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		NODE_EACH(device, devices, kinds[k]) {
			struct json_object *its = console_named(record, node_get(device, "alias/@name"));
			AUTO_FREE char *pty = its ? live_pty(its) : NULL;

			if (!strcmp(kinds[k], "console") && !pty && node_is(device, "target/@type", "serial"))
				pty = mem_strdup(first);
			if (!strcmp(kinds[k], "serial") && !first)
				first = mem_strdup(pty);
			show_pty(device, pty);
		}
	}
}

static void hide_secrets(xmlNode *root)
{
	NODE_EACH(g, node_child(root, "devices"), "graphics")
		node_set_attr(g, "passwd", NULL);
}

static char *finished(const struct document *d, const struct wish *w)
{
	xmlNode *root = document_root(d), *devices = node_child(root, "devices");

	if (w->live) {
		node_printf_attr(root, "id", "%d", w->id);
		show_graphics(devices, w->record);
		show_consoles(devices, w->record);
	}
	if (!w->secure)
		hide_secrets(root);
	return document_text(d);
}

static void run_xml(struct call *call)
{
	struct wish *w = call->data;
	AUTO_FREE char *live = paths_guest_file(&call->c->paths, call->uuid, "live.xml");
	AUTO_FREE char *xml = NULL;
	AUTO_BUF struct buf text = BUF_INIT;
	char version[STORE_VERSION] = "";
	struct document *d;

	if (!(w->live ? file_read(live, DOCUMENT_MAX, &text, &call->err) :
	      store_load(call->c->store, call->uuid, &text, version, &call->err)))
		return;
	/* A definition that is no XML can still be read and mended. */
	d = document_parse(buf_text(&text), text.len, live, NULL);
	xml = d ? finished(d, w) : mem_strdup(buf_text(&text));
	document_free(d);
	call->result = json_object_new_object();
	json_set_str(call->result, "xml", xml);
	json_set_str(call->result, "version", *version ? version : NULL);
}

void op_xml(struct call *call)
{
	struct guest *g = call_guest(call);
	struct wish *w = mem_zalloc(sizeof(*w));

	call->data = w;
	call->free_data = wish_free;
	w->secure = json_flag(call->args, "secure", false);
	w->live = guest_runs(g) &&
		!json_flag(call->args, "inactive", false);
	w->id = g->pub.id;
	if (!w->live && !g->pub.persistent)
		call_fail_text(call, "domain '%s' is transient: it has no stored definition",
			       g->pub.name);
	else {
		if (w->live)
			w->record = live_record(call->c, g);
		call_work(call, run_xml, NULL);
	}
}
