/*
 * schema_unread: what a document says and nobody has read.
 *
 * The net under everything else: an attribute that no code has asked for while
 * a guest was planned cannot have been acted on, so it is reported rather than
 * dropped in silence.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/mark.h"
#include "backend/xml/node.h"
#include "backend/xml/schema_private.h"

static void add(struct schema_report *r, const struct place *at, const char *attribute)
{
	AUTO_FREE char *path = NULL;
	struct schema_issue *issue;

	if (r->n_ignored >= SCHEMA_ISSUES_MAX)
		return;
	issue = MEM_PUSH(r->ignored, r->n_ignored);
	path = schema_place_path(at);
	issue->line = node_line(at->node);
	issue->path = mem_printf("%s%s%s", path, attribute ? "/@" : "", attribute ? attribute : "");
	issue->what = attribute ? mem_printf("%s of <%s>", attribute, node_name(at->node))
				: mem_printf("<%s>", node_name(at->node));
	issue->why = mem_strdup("nothing acts on it in this version");
}

static bool anything_read(const xmlNode *node)
{
	const struct mark *m = mark_of(node);

	if (m->found || m->text_read)
		return true;
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (mark_attribute_read(a))
			return true;
	for (const xmlNode *n = node_first_element(node); n; n = node_next_element(n))
		if (anything_read(n))
			return true;
	return false;
}

/* <graphics listen> and its <listen address> say the same thing twice, and so
 * do the sockets. */
static bool said_by_parent(const struct place *at, const char *attribute, const char *value)
{
	const char *same = !strcmp(attribute, "address") ? "@listen" : "@socket";

	if (strcmp(node_name(at->node), "listen") ||
	    (strcmp(attribute, "address") && strcmp(attribute, "socket")))
		return false;
	return node_is(at->up->node, same, value);
}

/* The first console on a serial port is that serial port, written once more. */
static bool is_serial_twin(const struct place *at)
{
	return !strcmp(node_name(at->node), "console") && node_child(at->up->node, "serial") &&
		node_child(at->up->node, "console") == at->node &&
		(!node_has(at->node, "target/@type") || node_is(at->node, "target/@type", "serial"));
}

static void look_at(const struct schema_item *item, const struct place *at,
		    struct schema_report *r);

static void look_at_attributes(const struct schema_item *item, const struct place *at,
			       struct schema_report *r)
{
	for (const xmlAttr *a = at->node->properties; a; a = a->next) {
		const struct schema_use *barred = NULL;
		const struct schema_item *described = a->ns ? NULL
			: schema_look_up(item, SCHEMA_ATTRIBUTE, (const char *)a->name, at, &barred);

		if (described && !described->inert && described->status == SCHEMA_WORKS &&
		    !mark_attribute_read(a) &&
		    !said_by_parent(at, described->name, a->children
				    ? (const char *)a->children->content : ""))
			add(r, at, described->name);
	}
}

static void look_at_child(const struct schema_item *item, const struct place *in,
			  const xmlNode *child, struct schema_report *r)
{
	struct place at = { .up = in, .node = child };
	const struct schema_use *barred = NULL;
	const struct schema_item *described;
	char buffer[64];
	const char *name = schema_described_name(child, buffer);

	described = name ? schema_look_up(item, SCHEMA_ELEMENT, name, in, &barred) : NULL;
	/* What edits added was not asked for by the user. */
	if (!described || described->inert || described->status != SCHEMA_WORKS ||
	    !mark_of(child)->line || is_serial_twin(&at))
		return;
	if (!anything_read(child))
		add(r, &at, NULL);
	else
		look_at(described, &at, r);
}

static void look_at(const struct schema_item *item, const struct place *at,
		    struct schema_report *r)
{
	if (item->any)
		return;
	look_at_attributes(item, at, r);
	if (item->type && !mark_of(at->node)->text_read && at->up && at->node->children)
		add(r, at, NULL);
	for (const xmlNode *n = node_first_element(at->node); n; n = node_next_element(n))
		look_at_child(item, at, n, r);
}

void schema_report_unread(const struct document *d, struct schema_report *report)
{
	bool recording = document_record_reads((struct document *)d, false);
	struct place at = { .up = NULL, .node = document_root(d) };

	if (!at.node->ns && !strcmp(node_name(at.node), schema_root()->name))
		look_at(schema_root(), &at, report);
	document_record_reads((struct document *)d, recording);
}
