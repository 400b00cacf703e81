/*
 * mark: what a document remembers of one element's place in its source.
 *
 * Private to document*.c and node.c.  Every element's _private points to its
 * mark; the marks live in chunks that the document owns, so they outlive a node
 * that is removed.  An element whose mark is not `edited` is written by copying
 * its source bytes; that is what keeps quotes, entities and odd white space as
 * the user wrote them.
 */
#ifndef BACKEND_XML_MARK_H
#define BACKEND_XML_MARK_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/xml/document.h"

struct mark {
	int line;		/* of the '<'; 0 for what was added by an edit */
	uint32_t start;		/* offset of the '<' in the source */
	uint32_t tag_end;	/* of the '>' or '/' that ends the start tag */
	uint32_t end;		/* behind the end tag; 0: not in the source */
	bool edited;		/* this element or something in it was changed */
	bool tag_edited;	/* its attributes were changed */
	bool found;		/* somebody asked for it, see document_record_reads() */
	bool text_read;
	char *text;		/* node_get()'s trimmed text, when it had to be made */
};

struct mark_chunk;

struct document {
	xmlDoc *xml;		/* its _private points back here */
	char *name;
	char *source;
	size_t source_len;
	bool crlf;		/* the source ends its lines in CR LF */
	bool recording;		/* note what is read */
	char quote;		/* what the root element's attributes stand in */
	struct mark_chunk *marks;
};

/* The element's mark, made when it has none yet. */
struct mark *mark_of(const xmlNode *node);
struct mark *mark_new(struct document *d);
void mark_free_all(struct document *d);

/* Whether somebody asked for this attribute; its _private says so. */
bool mark_attribute_read(const xmlAttr *a);

/* The element changed: it and all around it are written afresh. */
void mark_edited(xmlNode *node);

#endif
