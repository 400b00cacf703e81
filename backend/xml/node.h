/*
 * node: reading and editing one XML element in a word each.
 *
 * A path is "child/grandchild", "child/@attribute", "@attribute" or "" for the
 * node itself; each step takes the first child of that name.  Readers never fail: what is absent is
 * NULL, the fallback or false.  `const char *` is borrowed from the document,
 * valid until that element is edited or the document freed.
 *
 * A plain name means an element or attribute without a namespace, which is
 * what libvirt's format is made of; "qemu:name" means one in the namespace of
 * QEMU extensions, whatever prefix the document uses for it.
 */
#ifndef BACKEND_XML_NODE_H
#define BACKEND_XML_NODE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#define NODE_QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

const char *node_name(const xmlNode *node);
int node_line(const xmlNode *node);		/* 65535 and more are right too */

/* Elements only; node_next() is the next sibling of the same name. */
xmlNode *node_child(const xmlNode *parent, const char *name);
xmlNode *node_next(const xmlNode *node);
xmlNode *node_first_element(const xmlNode *parent);
xmlNode *node_next_element(const xmlNode *node);
xmlNode *node_find(const xmlNode *node, const char *path);

/* NODE_EACH(disk, devices, "disk") { ... } */
#define NODE_EACH(var, parent, name) \
	for (xmlNode *var = node_child((parent), (name)); var; var = node_next(var))

/* Text of an element (white space trimmed) or attribute at the path. */
const char *node_get(const xmlNode *node, const char *path);
bool node_has(const xmlNode *node, const char *path);
/* Whether the text at the path is exactly value. */
bool node_is(const xmlNode *node, const char *path, const char *value);
uint64_t node_u64(const xmlNode *node, const char *path, uint64_t fallback);	/* decimal or 0x */
/* yes/on -> 1, no/off -> 0, absent or anything else -> fallback */
int node_bool(const xmlNode *node, const char *path, int fallback);

/* Editing keeps the document's indentation style. Names without a namespace. */
void node_set_attr(xmlNode *node, const char *name, const char *value);	/* NULL removes */
void node_set_text(xmlNode *node, const char *text);
/* A new last child, or the first one before `before` (may be NULL). */
xmlNode *node_add(xmlNode *parent, const char *name, const xmlNode *before);
void node_remove(xmlNode *node);	/* with the white space before it; frees it */

/* A copy of an element of any document, with what is in it, laid out in the
 * style of this one. */
xmlNode *node_add_copy(xmlNode *parent, const xmlNode *from, const xmlNode *before);

/* The child of that name, added (as the last) when there is none. */
xmlNode *node_ensure(xmlNode *parent, const char *name);
void node_printf_attr(xmlNode *node, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
