/*
 * schema_check: a document beside the description.
 *
 * What the description does not know is reported as ignored, as libvirt would
 * ignore it.  What it knows must be well formed: a wrong value, a missing
 * attribute and what would make the guest other than asked are errors.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/node.h"
#include "backend/xml/schema_private.h"

struct checker {
	struct schema_report *report;
	unsigned version;		/* != 0: look for what is too new for it, only */
	unsigned quiet;			/* inside what was reported as ignored already */
};

static void add_path(struct buf *out, const struct place *at)
{
	if (at->up) {
		add_path(out, at->up);
		buf_add_char(out, '/');
	}
	buf_add_str(out, node_name(at->node));
}

char *schema_place_path(const struct place *at)
{
	struct buf path = BUF_INIT;

	add_path(&path, at);
	return buf_steal(&path);
}

static struct schema_issue *new_issue(struct checker *c, const struct place *at,
				      const char *attribute, bool error)
{
	struct schema_report *r = c->report;
	struct schema_issue *issue;
	struct buf path = BUF_INIT;

	if ((error ? r->n_errors : r->n_ignored) >= SCHEMA_ISSUES_MAX)
		return NULL;
	issue = error ? MEM_PUSH(r->errors, r->n_errors) : MEM_PUSH(r->ignored, r->n_ignored);
	add_path(&path, at);
	if (attribute)
		buf_printf(&path, "/@%s", attribute);
	issue->path = buf_steal(&path);
	issue->line = node_line(at->node);
	return issue;
}

/* A look for what is too new finds nothing else wrong. */
__attribute__((format(printf, 5, 6)))
static void add_error(struct checker *c, const struct place *at, const char *attribute,
		      const char *hint, const char *fmt, ...)
{
	struct schema_issue *issue = c->version ? NULL : new_issue(c, at, attribute, true);
	va_list ap;

	if (!issue)
		return;
	va_start(ap, fmt);
	issue->what = mem_vprintf(fmt, ap);
	va_end(ap);
	issue->hint = mem_strdup(hint);
}

/* attribute NULL: the element itself. */
static void add_ignored(struct checker *c, const struct place *at, const char *attribute,
			const char *why)
{
	struct schema_issue *issue = c->version || c->quiet ? NULL
		: new_issue(c, at, attribute, false);

	if (!issue)
		return;
	issue->what = attribute ? mem_printf("%s of <%s>", attribute, node_name(at->node))
				: mem_printf("<%s>", node_name(at->node));
	issue->why = mem_strdup(why);
}

static bool condition_holds(const struct schema_use *use, const struct place *in)
{
	const char *path = use->when, *value;
	char **want;

	if (!path)
		return true;
	for (; in && !strncmp(path, "../", 3); in = in->up)
		path += 3;
	value = in ? node_get(in->node, path) : NULL;
	for (want = use->when_values; *want; want++)
		if (!strcmp(*want, value ? value : "-"))
			return true;
	return false;
}

const struct schema_item *schema_look_up(const struct schema_item *in, enum schema_kind kind,
					 const char *name, const struct place *place,
					 const struct schema_use **barred)
{
	for (size_t i = 0; i < in->n_content; i++) {
		const struct schema_use *use = &in->content[i];
		const struct schema_item *item = use->item;

		if (use->group)
			item = schema_look_up(use->group, kind, name, place, barred);
		else if (item->kind != kind || strcmp(item->name, name))
			item = NULL;
		if (item && condition_holds(use, place))
			return item;
		if (item && !*barred)
			*barred = use;
	}
	return NULL;
}

/* Why something that is not described, or not here, is ignored. */
static char *why_unknown(const struct schema_item *in, enum schema_kind kind, const char *name,
			 const struct schema_use *barred)
{
	const struct schema_item **items;
	const char **names, *near;
	size_t n;
	char *why;

	if (barred) {
		const char *path = barred->when;
		struct buf values = BUF_INIT;

		for (char **v = barred->when_values; *v; v++)
			buf_printf(&values, "%s%s", v == barred->when_values ? "" : " or ",
				   strcmp(*v, "-") ? *v : "none");
		while (!strncmp(path, "../", 3))
			path += 3;
		why = mem_printf("it has a meaning only with %s %s", path + (*path == '@'),
				 buf_text(&values));
		buf_done(&values);
		return why;
	}
	schema_inside(in, kind, &items, &n);
	names = mem_reallocarray(NULL, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = items[i]->name;
	near = schema_nearest(name, names, n);
	why = near ? mem_printf("not known here; did you mean '%s'?", near)
		   : mem_strdup("not known here");
	free(names);
	free(items);
	return why;
}

static const struct schema_item *find_word(const struct schema_type *type, const char *value)
{
	for (size_t i = 0; i < type->n_words; i++)
		if (!strcmp(type->words[i]->name, value))
			return type->words[i];
	return NULL;
}

static void add_value_error(struct checker *c, const struct schema_item *item,
			    const struct place *at, const char *attribute, const char *value)
{
	AUTO_FREE char *expected = schema_expected(item), *hint = NULL;
	const struct schema_type *type = item->type;
	const char **names = mem_reallocarray(NULL, type->n_words + 1, sizeof(*names)), *near;

	for (size_t i = 0; i < type->n_words; i++)
		names[i] = type->words[i]->status == SCHEMA_REFUSED ? "" : type->words[i]->name;
	near = schema_nearest(value, names, type->n_words);
	if (near)
		hint = mem_printf("did you mean '%s'?", near);
	free(names);
	if (attribute)
		add_error(c, at, attribute, hint, "<%s> %s='%.200s': expected %s",
			  node_name(at->node), attribute, value, expected);
	else
		add_error(c, at, NULL, hint, "<%s>: found '%.200s', expected %s",
			  node_name(at->node), value, expected);
}

static void check_age(struct checker *c, const struct schema_item *item, const struct place *at,
		      const char *attribute, const char *value)
{
	struct schema_issue *issue;

	if (!c->version || item->since <= c->version)
		return;
	issue = new_issue(c, at, attribute, true);
	if (!issue)
		return;
	issue->what = mem_printf("<%s>%s%s%s%s%s: needs QEMU %u.%u, this one is %u.%u",
				 node_name(at->node), attribute ? " " : "",
				 attribute ? attribute : "", value ? "='" : "",
				 value ? value : "", value ? "'" : "", item->since / 1000,
				 item->since % 1000, c->version / 1000, c->version % 1000);
	issue->hint = mem_strdup("update QEMU, or remove it");
}

static void check_value(struct checker *c, const struct schema_item *item, const struct place *at,
			const char *attribute, const char *value)
{
	const struct schema_item *found;

	if (item->type->check) {
		if (!item->type->check(value))
			add_value_error(c, item, at, attribute, value);
		return;
	}
	found = find_word(item->type, value);
	if (!found)
		add_value_error(c, item, at, attribute, value);
	else if (found->status == SCHEMA_REFUSED)
		add_error(c, at, attribute, NULL, "<%s>%s%s '%s': %s", node_name(at->node),
			  attribute ? " " : "", attribute ? attribute : "", value, found->why);
	else if (found->status == SCHEMA_IGNORED)
		add_ignored(c, at, attribute, found->why);
	else
		check_age(c, found, at, attribute, value);
}

static void check_attribute(struct checker *c, const struct schema_item *of,
			    const struct place *at, const xmlAttr *a)
{
	const struct schema_use *barred = NULL;
	const struct schema_item *item;
	const char *name = (const char *)a->name;
	const char *value = a->children && a->children->content
		? (const char *)a->children->content : "";
	AUTO_FREE char *why = NULL;

	if (a->ns) {
		add_ignored(c, at, name, "it is in another namespace");
		return;
	}
	item = schema_look_up(of, SCHEMA_ATTRIBUTE, name, at, &barred);
	if (!item) {
		why = why_unknown(of, SCHEMA_ATTRIBUTE, name, barred);
		add_ignored(c, at, name, why);
		return;
	}
	if (item->status == SCHEMA_IGNORED)
		add_ignored(c, at, name, item->why);
	else if (item->status == SCHEMA_REFUSED)
		add_error(c, at, name, NULL, "<%s> %s='%.200s': %s", node_name(at->node), name,
			  value, item->why);
	if (item->status == SCHEMA_REFUSED)
		return;
	check_age(c, item, at, name, NULL);
	if (item->type)
		check_value(c, item, at, name, value);
}

/* The attributes and elements that must be there. */
static void check_required(struct checker *c, const struct schema_item *in,
			   const struct place *at)
{
	for (size_t i = 0; i < in->n_content; i++) {
		const struct schema_use *use = &in->content[i];
		const struct schema_item *item = use->item;

		if (!condition_holds(use, at))
			continue;
		if (use->group)
			check_required(c, use->group, at);
		if (use->group || !item->required)
			continue;
		if (item->kind == SCHEMA_ATTRIBUTE &&
		    !xmlHasNsProp((xmlNode *)at->node, BAD_CAST item->name, NULL))
			add_error(c, at, NULL, NULL, "<%s> has no %s", node_name(at->node),
				  item->name);
		else if (item->kind == SCHEMA_ELEMENT && !node_child(at->node, item->name))
			add_error(c, at, NULL, NULL, "<%s> has no <%s>", node_name(at->node),
				  item->name);
	}
}

static bool has_text(const xmlNode *node)
{
	for (const xmlNode *n = node->children; n; n = n->next)
		if ((n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && n->content &&
		    n->content[strspn((const char *)n->content, " \t\r\n")])
			return true;
	return false;
}

static void check_element(struct checker *c, const struct schema_item *item,
			  const struct place *at);

const char *schema_described_name(const xmlNode *node, char out[64])
{
	if (!node->ns)
		return strchr(node_name(node), ':') ? NULL : node_name(node);
	if (xmlStrcmp(node->ns->href, BAD_CAST NODE_QEMU_NAMESPACE) ||
	    strlen(node_name(node)) > 50)
		return NULL;
	strcpy(out, "qemu:");
	strcpy(out + 5, node_name(node));
	return out;
}

static bool seen_before(const xmlNode *node)
{
	for (const xmlNode *n = node->prev; n; n = n->prev)
		if (n->type == XML_ELEMENT_NODE && n->ns == node->ns &&
		    !xmlStrcmp(n->name, node->name))
			return true;
	return false;
}

static void check_child(struct checker *c, const struct schema_item *of, const struct place *in,
			const xmlNode *child)
{
	struct place at = { .up = in, .node = child };
	const struct schema_use *barred = NULL;
	const struct schema_item *item;
	AUTO_FREE char *why = NULL;
	char buffer[64];
	const char *name = schema_described_name(child, buffer);

	if (!name) {
		add_ignored(c, &at, NULL, child->ns ? "it is in another namespace"
						    : "its namespace prefix is not declared");
		return;
	}
	item = schema_look_up(of, SCHEMA_ELEMENT, name, in, &barred);
	if (!item) {
		why = why_unknown(of, SCHEMA_ELEMENT, name, barred);
		add_ignored(c, &at, NULL, why);
	} else if (item->status == SCHEMA_IGNORED) {
		/* Its values must be good all the same. */
		add_ignored(c, &at, NULL, item->why);
		c->quiet++;
		check_element(c, item, &at);
		c->quiet--;
	} else if (item->status == SCHEMA_REFUSED) {
		add_error(c, &at, NULL, NULL, "<%s>: %s", node_name(child), item->why);
	} else if (!item->many && seen_before(child)) {
		add_ignored(c, &at, NULL, "only the first counts");
	} else {
		check_element(c, item, &at);
	}
}

static void check_element(struct checker *c, const struct schema_item *item,
			  const struct place *at)
{
	check_age(c, item, at, NULL, NULL);
	if (item->any)
		return;
	for (const xmlAttr *a = at->node->properties; a; a = a->next)
		check_attribute(c, item, at, a);
	check_required(c, item, at);
	if (item->type)
		check_value(c, item, at, NULL, node_get(at->node, ""));
	else if (has_text(at->node))
		add_ignored(c, at, NULL, "text has no meaning directly inside it");
	for (const xmlNode *n = node_first_element(at->node); n; n = node_next_element(n))
		check_child(c, item, at, n);
}

static void check(const struct document *d, struct checker *c)
{
	const struct schema_item *root = schema_root();
	struct place at = { .up = NULL, .node = document_root(d) };
	bool recording = document_record_reads((struct document *)d, false);

	memset(c->report, 0, sizeof(*c->report));
	if (at.node->ns || strcmp(node_name(at.node), root->name))
		add_error(c, &at, NULL, NULL, "the root element is <%s>, expected <%s>",
			  node_name(at.node), root->name);
	else
		check_element(c, root, &at);
	document_record_reads((struct document *)d, recording);
}

void schema_check(const struct document *d, struct schema_report *report)
{
	struct checker c = { .report = report };

	check(d, &c);
}

void schema_issues_free(struct schema_issue *issues, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(issues[i].path);
		free(issues[i].what);
		free(issues[i].why);
		free(issues[i].hint);
	}
	free(issues);
}

void schema_report_done(struct schema_report *report)
{
	schema_issues_free(report->errors, report->n_errors);
	schema_issues_free(report->ignored, report->n_ignored);
	memset(report, 0, sizeof(*report));
}

bool schema_report_good(const struct document *d, const struct schema_report *report,
			struct error **err)
{
	const struct schema_issue *first = report->errors;

	if (!report->n_errors)
		return true;
	if (first->line)
		error_set(err, "%s:%d: %s", document_name(d), first->line, first->what);
	else
		error_set(err, "%s: %s", document_name(d), first->what);
	if (first->hint)
		error_hint(err, "%s", first->hint);
	return false;
}

bool schema_check_version(const struct document *d, unsigned version, struct error **err)
{
	struct schema_report report;
	struct checker c = { .report = &report, .version = version };
	bool good;

	check(d, &c);
	good = schema_report_good(d, &report, err);
	schema_report_done(&report);
	return good;
}
