/*
 * schema: the description in memory: loading it, finding one's way in it, and
 * what a value should have been.
 */
#include "backend/xml/schema.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/schema_private.h"

static struct schema_item *root;

static void load(void)
{
	root = schema_parse(domain_schema_text);
}

/* Definitions are read on several threads at once. */
const struct schema_item *schema_root(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return root;
}

static void collect(const struct schema_item *in, enum schema_kind kind,
		    const struct schema_item ***items, size_t *n)
{
	for (size_t i = 0; i < in->n_content; i++) {
		const struct schema_use *use = &in->content[i];

		if (use->group)
			collect(use->group, kind, items, n);
		else if (use->item->kind == kind)
			*(const struct schema_item **)MEM_PUSH(*items, *n) = use->item;
	}
}

void schema_inside(const struct schema_item *item, enum schema_kind kind,
		   const struct schema_item ***items, size_t *n)
{
	*items = NULL;
	*n = 0;
	if (kind != SCHEMA_VALUE)
		collect(item, kind, items, n);
	else if (item->type)
		for (size_t i = 0; i < item->type->n_words; i++)
			*(const struct schema_item **)MEM_PUSH(*items, *n) = item->type->words[i];
}

static const struct schema_item *step(const struct schema_item *in, const char *name, size_t len)
{
	enum schema_kind kind = *name == '@' ? SCHEMA_ATTRIBUTE : SCHEMA_ELEMENT;
	const struct schema_item *found = NULL;

	name += kind == SCHEMA_ATTRIBUTE;
	len -= kind == SCHEMA_ATTRIBUTE;
	for (size_t i = 0; i < in->n_content && !found; i++) {
		const struct schema_use *use = &in->content[i];

		if (use->group)
			found = step(use->group, name - (kind == SCHEMA_ATTRIBUTE),
				     len + (kind == SCHEMA_ATTRIBUTE));
		else if (use->item->kind == kind && !strncmp(use->item->name, name, len) &&
			 !use->item->name[len])
			found = use->item;
	}
	return found;
}

const struct schema_item *schema_find(const char *path)
{
	const struct schema_item *at = schema_root();
	size_t len = strcspn(path, "/");

	if (strncmp(path, at->name, len) || at->name[len])
		return NULL;
	for (path += len; at && *path == '/'; path += len) {
		len = strcspn(++path, "/");
		at = step(at, path, len);
	}
	return at;
}

/* "a, b or c" */
static char *list_words(const struct schema_type *type)
{
	struct buf out = BUF_INIT;
	size_t last = type->n_words;

	while (last && type->words[last - 1]->status == SCHEMA_REFUSED)
		last--;
	for (size_t i = 0; i < last; i++) {
		if (type->words[i]->status == SCHEMA_REFUSED)
			continue;
		if (out.len)
			buf_add_str(&out, i + 1 == last ? " or " : ", ");
		buf_add_str(&out, *type->words[i]->name ? type->words[i]->name : "nothing");
	}
	return buf_steal(&out);
}

char *schema_expected(const struct schema_item *item)
{
	if (!item->type)
		return mem_strdup("nothing");
	if (item->type->check)
		return mem_strdup(item->type->expected);
	return list_words(item->type);
}
