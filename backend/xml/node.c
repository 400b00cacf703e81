/*
 * node: reading; see node.h.  node_edit.c changes things.
 */
#include "backend/xml/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/mark.h"

static const char space[] = " \t\r\n";

const char *node_name(const xmlNode *node)
{
	return (const char *)node->name;
}

int node_line(const xmlNode *node)
{
	return node->_private ? mark_of(node)->line : 0;
}

/* Whether a name with this namespace is the `len` bytes of a path step. */
static bool named(const xmlNs *ns, const xmlChar *name, const char *step, size_t len)
{
	const char *local = (const char *)name;

	if (len > 5 && !strncmp(step, "qemu:", 5)) {
		if (!ns || strcmp((const char *)ns->href, NODE_QEMU_NAMESPACE))
			return false;
		step += 5;
		len -= 5;
	} else if (ns) {
		return false;
	}
	return !strncmp(local, step, len) && local[len] == '\0';
}

static bool recording(const xmlNode *node)
{
	return ((const struct document *)node->doc->_private)->recording;
}

static xmlNode *find_element(xmlNode *from, const char *step, size_t len)
{
	for (xmlNode *n = from; n; n = n->next) {
		if (n->type != XML_ELEMENT_NODE || !named(n->ns, n->name, step, len))
			continue;
		if (recording(n))
			mark_of(n)->found = true;
		return n;
	}
	return NULL;
}

xmlNode *node_child(const xmlNode *parent, const char *name)
{
	return parent ? find_element(parent->children, name, strlen(name)) : NULL;
}

xmlNode *node_next(const xmlNode *node)
{
	for (xmlNode *n = node->next; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE && !xmlStrcmp(n->name, node->name) &&
		    (n->ns == node->ns ||
		     (n->ns && node->ns && !xmlStrcmp(n->ns->href, node->ns->href)))) {
			if (recording(n))
				mark_of(n)->found = true;
			return n;
		}
	return NULL;
}

xmlNode *node_first_element(const xmlNode *parent)
{
	xmlNode *n = parent ? parent->children : NULL;

	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

xmlNode *node_next_element(const xmlNode *node)
{
	xmlNode *n = node->next;

	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

/* Walk the element steps of a path; *attribute is what follows an '@'. */
static xmlNode *walk(const xmlNode *node, const char *path, const char **attribute)
{
	const xmlNode *at = node;

	*attribute = NULL;
	while (at && *path) {
		size_t len = strcspn(path, "/");

		if (*path == '@') {
			*attribute = path + 1;
			break;
		}
		at = find_element(at->children, path, len);
		path += len;
		path += *path == '/';
	}
	return (xmlNode *)at;
}

xmlNode *node_find(const xmlNode *node, const char *path)
{
	const char *attribute;

	return walk(node, path, &attribute);
}

static const char *attribute_value(const xmlNode *node, const char *name)
{
	for (xmlAttr *a = node->properties; a; a = a->next) {
		if (!named(a->ns, a->name, name, strlen(name)))
			continue;
		if (recording(node))
			a->_private = a;
		return a->children && a->children->content
			? (const char *)a->children->content : "";
	}
	return NULL;
}

/* Text in one piece and without white space around it needs no copy. */
static const char *lent_text(const xmlNode *node)
{
	const xmlNode *only = node->children;
	const char *text;
	size_t len;

	if (!only)
		return "";
	if (only->next || (only->type != XML_TEXT_NODE && only->type != XML_CDATA_SECTION_NODE))
		return NULL;
	text = only->content ? (const char *)only->content : "";
	len = strlen(text);
	if (len && (strchr(space, text[0]) || strchr(space, text[len - 1])))
		return NULL;
	return text;
}

static const char *element_text(const xmlNode *node)
{
	const char *lent = lent_text(node);
	struct mark *m = mark_of(node);
	const char *from;
	char *whole;
	size_t len;

	m->text_read |= recording(node);
	if (lent)
		return lent;
	if (m->text)
		return m->text;
	whole = (char *)xmlNodeGetContent(node);
	from = whole ? whole + strspn(whole, space) : "";
	len = strlen(from);
	while (len && strchr(space, from[len - 1]))
		len--;
	m->text = mem_strndup(from, len);
	xmlFree(whole);
	return m->text;
}

const char *node_get(const xmlNode *node, const char *path)
{
	const char *attribute;
	const xmlNode *at = walk(node, path, &attribute);

	if (!at)
		return NULL;
	return attribute ? attribute_value(at, attribute) : element_text(at);
}

bool node_has(const xmlNode *node, const char *path)
{
	const char *attribute;
	const xmlNode *at = walk(node, path, &attribute);

	return at && (!attribute || attribute_value(at, attribute));
}

bool node_is(const xmlNode *node, const char *path, const char *value)
{
	const char *text = node_get(node, path);

	return text && !strcmp(text, value);
}

uint64_t node_u64(const xmlNode *node, const char *path, uint64_t fallback)
{
	const char *text = node_get(node, path);
	unsigned long long value;
	bool hex;
	char *end;

	if (!text)
		return fallback;
	hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	text += hex ? 2 : 0;
	if (!strchr("0123456789abcdefABCDEF", *text) || !*text)
		return fallback;
	errno = 0;
	value = strtoull(text, &end, hex ? 16 : 10);
	return errno || *end ? fallback : value;
}

int node_bool(const xmlNode *node, const char *path, int fallback)
{
	const char *text = node_get(node, path);

	if (!text)
		return fallback;
	if (!strcmp(text, "yes") || !strcmp(text, "on"))
		return 1;
	if (!strcmp(text, "no") || !strcmp(text, "off"))
		return 0;
	return fallback;
}
