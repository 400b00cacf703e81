/*
 * schema_private: what the files of schema share with each other.
 */
#ifndef BACKEND_XML_SCHEMA_PRIVATE_H
#define BACKEND_XML_SCHEMA_PRIVATE_H

#include "backend/xml/schema.h"

/* A kind of value: checked by code, or a list of words. */
struct schema_type {
	const char *name;		/* NULL: written where it is used */
	bool (*check)(const char *text);	/* NULL: the words */
	const char *expected;		/* "a number, 0 or more" */
	struct schema_item **words;
	size_t n_words;
};

/* A line inside an element: an item, or `use GROUP`; maybe inside a `when`. */
struct schema_use {
	struct schema_item *item;
	const struct schema_item *group;	/* its content stands here */
	char *when;			/* a path from the containing element, or NULL */
	char **when_values;		/* one of which it must have; "-": absent */
};

extern const char domain_schema_text[];

/* The built-in type of that name, or NULL; the result is one of a table. */
const struct schema_type *schema_builtin_type(const char *name);

/* An element of a document, and those around it up to the root. */
struct place {
	const struct place *up;
	const xmlNode *node;
};

/* The item of that kind and name whose condition holds; *barred is set when one
 * is there but for a condition. */
const struct schema_item *schema_look_up(const struct schema_item *in, enum schema_kind kind,
					 const char *name, const struct place *place,
					 const struct schema_use **barred);

/* The name as the description has it: with "qemu:" in front for QEMU's
 * namespace; NULL in any other. */
const char *schema_described_name(const xmlNode *node, char out[64]);

/* "domain/devices/disk"; the caller frees. */
char *schema_place_path(const struct place *at);

/* Parse a description; aborts on a mistake in it, with the line on stderr,
 * because it is part of the program. */
struct schema_item *schema_parse(const char *text);

#endif
