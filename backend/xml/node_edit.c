/*
 * node_edit: changing one element so that a diff of the text shows that and
 * nothing else.  New elements stand as their neighbours stand; in a document
 * without line breaks none are made.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/mark.h"
#include "backend/xml/node.h"

static bool is_blank(const xmlNode *node)
{
	return node && node->type == XML_TEXT_NODE &&
		(!node->content || !node->content[strspn((const char *)node->content, " \t\r\n")]);
}

/* The last line break and what follows it in the white space before a node:
 * "\n    ", or NULL when the node does not begin a line. */
static const char *indent_before(const xmlNode *node)
{
	if (!node || !is_blank(node->prev) || !node->prev->content)
		return NULL;
	return strrchr((const char *)node->prev->content, '\n');
}

/* One level of this document's indentation, as deep as the root's children. */
static const char *indent_step(const xmlNode *node)
{
	const char *indent = indent_before(node_first_element(xmlDocGetRootElement(node->doc)));

	return indent && indent[1] ? indent + 1 : "  ";
}

static void insert_text(xmlNode *parent, xmlNode *before, const char *text)
{
	xmlNode *node = xmlNewDocText(parent->doc, BAD_CAST text);

	/* xmlAddPrevSibling() would merge text nodes and free ours. */
	node->parent = parent;
	node->next = before;
	node->prev = before ? before->prev : parent->last;
	if (node->prev)
		node->prev->next = node;
	else
		parent->children = node;
	if (before)
		before->prev = node;
	else
		parent->last = node;
}

static xmlNode *new_element(xmlNode *parent, const char *name)
{
	xmlNode *node = xmlNewDocNode(parent->doc, NULL, BAD_CAST name, NULL);

	if (!node)
		abort();
	mark_of(node);
	return node;
}

/* Into an element without children: on a line of its own. */
static void add_first(xmlNode *parent, xmlNode *node)
{
	const char *own = indent_before(parent);
	AUTO_FREE char *inner = NULL;

	if (!own && parent != xmlDocGetRootElement(parent->doc)) {
		xmlAddChild(parent, node);
		return;
	}
	own = own ? own : "\n";
	inner = mem_printf("%s%s", own, indent_step(parent));
	insert_text(parent, NULL, inner);
	xmlAddChild(parent, node);
	insert_text(parent, NULL, own);
}

static void drop_blanks(xmlNode *parent)
{
	while (is_blank(parent->children)) {
		xmlNode *blank = parent->children;

		xmlUnlinkNode(blank);
		xmlFreeNode(blank);
	}
}

static xmlNode *last_solid(const xmlNode *parent)
{
	xmlNode *n = parent->last;

	while (is_blank(n))
		n = n->prev;
	return n;
}

xmlNode *node_add(xmlNode *parent, const char *name, const xmlNode *before)
{
	xmlNode *node = new_element(parent, name), *at = (xmlNode *)before;
	xmlNode *last = last_solid(parent);
	const char *indent;

	mark_edited(parent);
	if (!last) {
		drop_blanks(parent);
		add_first(parent, node);
	} else if (at) {
		AUTO_FREE char *copy = mem_strdup(indent_before(at));

		xmlAddPrevSibling(at, node);
		if (copy)
			insert_text(parent, at, copy);
	} else {
		indent = indent_before(last);
		if (!indent)
			indent = indent_before(node_first_element(parent));
		if (last->type == XML_TEXT_NODE)
			indent = NULL;
		xmlAddNextSibling(last, node);
		if (indent)
			insert_text(parent, node, indent);
	}
	return node;
}

/* The same namespace as seen from a node of another document. */
static xmlNs *namespace_like(xmlNode *node, const xmlNs *ns)
{
	xmlNs *found;

	if (!ns)
		return NULL;
	found = xmlSearchNsByHref(node->doc, node, ns->href);
	return found ? found : xmlNewNs(node, ns->href, ns->prefix);
}

static void copy_attributes(xmlNode *to, const xmlNode *from)
{
	for (const xmlAttr *a = from->properties; a; a = a->next)
		xmlSetNsProp(to, namespace_like(to, a->ns), a->name,
			     a->children && a->children->content ? a->children->content
								 : BAD_CAST "");
}

/* Texts are copied where they are more than the other document's layout. */
static void copy_content(xmlNode *to, const xmlNode *from)
{
	bool solid = false;

	for (const xmlNode *n = from->children; n; n = n->next)
		solid |= (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) &&
			!is_blank(n);
	for (const xmlNode *n = from->children; n; n = n->next) {
		if (n->type == XML_ELEMENT_NODE)
			node_add_copy(to, n, NULL);
		else if (solid && n->content && n->type != XML_COMMENT_NODE)
			xmlAddChild(to, xmlNewDocText(to->doc, n->content));
	}
}

xmlNode *node_add_copy(xmlNode *parent, const xmlNode *from, const xmlNode *before)
{
	xmlNode *node = node_add(parent, (const char *)from->name, before);

	node->ns = namespace_like(node, from->ns);
	copy_attributes(node, from);
	copy_content(node, from);
	return node;
}

xmlNode *node_ensure(xmlNode *parent, const char *name)
{
	xmlNode *child = node_child(parent, name);

	return child ? child : node_add(parent, name, NULL);
}

void node_remove(xmlNode *node)
{
	xmlNode *parent = node->parent, *blank = node->prev;

	mark_edited(parent);
	if (is_blank(blank)) {
		xmlUnlinkNode(blank);
		xmlFreeNode(blank);
	}
	xmlUnlinkNode(node);
	xmlFreeNode(node);
	if (!last_solid(parent))
		drop_blanks(parent);
}

void node_set_attr(xmlNode *node, const char *name, const char *value)
{
	xmlAttr *attr = xmlHasNsProp(node, BAD_CAST name, NULL);

	if (!attr && !value)
		return;
	mark_edited(node);
	mark_of(node)->tag_edited = true;
	if (!value)
		xmlRemoveProp(attr);
	else
		attr = xmlSetNsProp(node, NULL, BAD_CAST name, BAD_CAST value);
	if (value && attr)
		attr->_private = attr;	/* whoever wrote it knows what it says */
}

void node_printf_attr(xmlNode *node, const char *name, const char *fmt, ...)
{
	AUTO_FREE char *value = NULL;
	va_list ap;

	va_start(ap, fmt);
	value = mem_vprintf(fmt, ap);
	va_end(ap);
	node_set_attr(node, name, value);
}

void node_set_text(xmlNode *node, const char *text)
{
	struct mark *m = mark_of(node);

	mark_edited(node);
	free(m->text);
	m->text = NULL;
	xmlNodeSetContent(node, NULL);
	if (text && *text)
		xmlAddChild(node, xmlNewDocText(node->doc, BAD_CAST text));
}
