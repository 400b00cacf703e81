/*
 * summary: what a list shows of a definition, without judging it.
 *
 * Reading is lenient: a definition that the schema would refuse still has a
 * name and a size.  One that is no XML at all has an error instead, so that it
 * can be listed with that.
 */
#ifndef BACKEND_STORE_SUMMARY_H
#define BACKEND_STORE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"
#include "backend/store/index.h"

struct summary {
	char *name;			/* NULL only when broken */
	char *uuid;			/* as in the text; NULL when absent */
	char *title;			/* NULL when absent */
	char *machine;			/* NULL when absent */
	char *broken;			/* why it could not be read; else NULL */
	char *content;			/* names the text: 16 hex digits of a hash */
	uint64_t max_memory, memory;	/* bytes */
	unsigned max_vcpus, vcpus;
	bool kvm;
};

void summary_done(struct summary *s);

/* Of a text; name is what errors call it.  Always fills s. */
void summary_parse(struct summary *s, const char *text, size_t len, const char *name);

/* Of the file dir/name (dir an open directory), by way of the index (may be
 * NULL), where its key is "prefix/name".  False when there is no such file;
 * else *st (may be NULL) is what it was when read. */
bool summary_read(struct summary *s, int dir, const char *name, const char *prefix,
		  struct index *x, struct stat *st);

/* 16 hex digits that differ when the text does. */
void summary_hash(const void *text, size_t len, char out[17]);

#endif
