/*
 * verb: see verb.h.  The rows come from verbs.def.
 */
#include "views/cli/verb.h"

#include <string.h>

#include "backend/base/nearest.h"
#include "views/cli/verbs.h"

static const struct row rows[] = {
#define GLOBAL(letter, name, value, help) { ROW_GLOBAL, letter, name, value, help, NULL },
#define GROUP(title) { ROW_GROUP, 0, title, NULL, NULL, NULL },
#define VERB(name, function, operands, help) { ROW_VERB, 0, name, operands, help, function },
#define ABOUT(text) { ROW_ABOUT, 0, "", NULL, text, NULL },
#define OPTION(name, value, help) { ROW_OPTION, 0, name, value, help, NULL },
#define JSON(shape) { ROW_JSON, 0, "json", NULL, shape, NULL },
#include "views/cli/verbs.def"
	{ ROW_END, 0, NULL, NULL, NULL, NULL },
};

const struct row *verb_rows(void)
{
	return rows;
}

const struct row *verb_find(const char *name)
{
	for (const struct row *r = rows; r->kind != ROW_END; r++)
		if (r->kind == ROW_VERB && !strcmp(r->name, name))
			return r;
	return NULL;
}

const char *verb_nearest(const char *name)
{
	struct nearest near = NEAREST_INIT(name);

	for (const struct row *r = rows; r->kind != ROW_END; r++)
		if (r->kind == ROW_VERB)
			nearest_offer(&near, r->name);
	return near.best;
}

const struct row *verb_next_row(const struct row *row)
{
	row++;
	return row->kind == ROW_ABOUT || row->kind == ROW_OPTION || row->kind == ROW_JSON ? row : NULL;
}

const struct row *verb_option(const struct row *verb, const char *name)
{
	for (const struct row *r = verb; r; r = verb_next_row(r))
		if ((r->kind == ROW_OPTION || r->kind == ROW_JSON) && !strcmp(r->name, name))
			return r;
	for (const struct row *r = rows; r->kind == ROW_GLOBAL; r++)
		if (!strcmp(r->name, name))
			return r;
	return NULL;
}

const struct row *verb_option_letter(char letter)
{
	for (const struct row *r = rows; r->kind == ROW_GLOBAL; r++)
		if (r->letter == letter)
			return r;
	return NULL;
}

bool operand_first(struct operand *o, const char *operands)
{
	o->rest = operands;
	return operand_next(o);
}

bool operand_next(struct operand *o)
{
	const char *word = o->rest + strspn(o->rest, " ");
	size_t len = strcspn(word, " ");

	if (len == 0)
		return false;
	o->rest = word + len;
	o->optional = word[0] == '[';
	if (o->optional) {
		word++;
		len -= 2;
	}
	o->many = len > 3 && !strncmp(word + len - 3, "...", 3);
	if (o->many)
		len -= 3;
	if (len >= sizeof(o->name))
		len = sizeof(o->name) - 1;
	memcpy(o->name, word, len);
	o->name[len] = '\0';
	return true;
}
