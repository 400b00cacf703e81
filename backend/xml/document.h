/*
 * document: an XML text that keeps itself: comments, order, white space,
 * unknown elements and namespaces survive every edit, because edits change only
 * the nodes they touch.  What no edit touched is written byte by byte as it
 * was read, quotes and entities included; only a missing last line feed is
 * added and a byte order mark is dropped.  Edit through node.h: a change made
 * with libxml2's own functions is not seen by document_text().
 *
 * Parsing is closed: UTF-8 only, no network, no entity substitution, no DOCTYPE
 * (refused before libxml2 sees it), never HUGE, at most DOCUMENT_MAX bytes,
 * DOCUMENT_MAX_DEPTH levels and DOCUMENT_MAX_NODES elements, attributes and
 * comments.  Errors read "FILE:LINE: what".
 */
#ifndef BACKEND_XML_DOCUMENT_H
#define BACKEND_XML_DOCUMENT_H

#include <libxml/tree.h>
#include <stddef.h>

#include "backend/base/error.h"

#define DOCUMENT_MAX (8u << 20)
#define DOCUMENT_MAX_DEPTH 128
#define DOCUMENT_MAX_NODES 100000

struct document;

/* name is what errors call it (a path, "-" ...); NULL on error. */
struct document *document_parse(const char *text, size_t len, const char *name,
				struct error **err);
/* "-" is standard input. */
struct document *document_read(const char *path, struct error **err);
struct document *document_copy(const struct document *d);
void document_free(struct document *d);

xmlNode *document_root(const struct document *d);
const char *document_name(const struct document *d);

/* The whole text, ending in a line feed; the caller frees. */
char *document_text(const struct document *d);

/* One node and what is in it, as text; the caller frees. */
char *document_node_text(const struct document *d, const xmlNode *node);

/*
 * While reads are recorded, what the functions of node.h are asked for is
 * noted: what nobody ever asked for cannot have been acted on.  Returns what it
 * was before.
 */
bool document_record_reads(struct document *d, bool on);

/* error_set() with "NAME:LINE: " in front of the message. */
void document_error(const struct document *d, const xmlNode *node, struct error **err,
		    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
