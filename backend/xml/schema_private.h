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

/* Parse a description; aborts on a mistake in it, with the line on stderr,
 * because it is part of the program. */
struct schema_item *schema_parse(const char *text);

#endif
