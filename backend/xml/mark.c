/*
 * mark: see mark.h.
 */
#include "backend/xml/mark.h"

#include <stdlib.h>

#include "backend/base/mem.h"

#define CHUNK 128

struct mark_chunk {
	struct mark_chunk *next;
	unsigned used;
	struct mark marks[CHUNK];
};

struct mark *mark_new(struct document *d)
{
	struct mark_chunk *chunk = d->marks;

	if (!chunk || chunk->used == CHUNK) {
		chunk = mem_zalloc(sizeof(*chunk));
		chunk->next = d->marks;
		d->marks = chunk;
	}
	return &chunk->marks[chunk->used++];
}

struct mark *mark_of(const xmlNode *node)
{
	if (!node->_private)
		((xmlNode *)node)->_private = mark_new(node->doc->_private);
	return node->_private;
}

void mark_free_all(struct document *d)
{
	struct mark_chunk *next;

	for (struct mark_chunk *chunk = d->marks; chunk; chunk = next) {
		next = chunk->next;
		for (unsigned i = 0; i < chunk->used; i++)
			free(chunk->marks[i].text);
		free(chunk);
	}
	d->marks = NULL;
}

bool mark_attribute_read(const xmlAttr *a)
{
	return a->_private != NULL;
}

void mark_edited(xmlNode *node)
{
	for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
		mark_of(node)->edited = true;
}
