/*
 * schema_parse: reads the language of domain.schema (explained at its head)
 * into items, line by line; a line's indentation says what it stands inside.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/schema_private.h"

#define LEVELS 32

struct named {
	char *name;
	struct schema_item *group;
	struct schema_type *type;
};

struct parser {
	const char *at;			/* behind the word just read */
	const char *end;		/* of the line */
	int line;
	struct schema_item *root;
	struct named *named;		/* groups and types */
	size_t n_named;
	/* What each level of indentation stands inside, and its condition. */
	struct {
		struct schema_item *item;
		char *when;
		char **when_values;
	} level[LEVELS];
	unsigned depth;
};

__attribute__((noreturn)) static void mistake(const struct parser *p, const char *what)
{
	fprintf(stderr, "domain.schema:%d: %s\n", p->line, what);
	abort();
}

static void skip_blanks(struct parser *p)
{
	while (p->at < p->end && *p->at == ' ')
		p->at++;
}

/* The next word of the line, or NULL; the caller frees. */
static char *word(struct parser *p)
{
	const char *from;

	skip_blanks(p);
	from = p->at;
	while (p->at < p->end && *p->at != ' ')
		p->at++;
	return p->at > from ? mem_strndup(from, (size_t)(p->at - from)) : NULL;
}

static char *need_word(struct parser *p)
{
	char *w = word(p);

	if (!w)
		mistake(p, "a word is missing");
	return w;
}

static char *quoted(struct parser *p)
{
	const char *from;

	skip_blanks(p);
	if (p->at == p->end || *p->at != '"')
		mistake(p, "a \"reason\" is missing");
	from = ++p->at;
	while (p->at < p->end && *p->at != '"')
		p->at++;
	if (p->at == p->end)
		mistake(p, "the \"reason\" does not end");
	return mem_strndup(from, (size_t)(p->at++ - from));
}

static struct named *find_named(struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->n_named; i++)
		if (!strcmp(p->named[i].name, name))
			return &p->named[i];
	return NULL;
}

static struct named *new_named(struct parser *p, const char *name)
{
	struct named *n;

	if (find_named(p, name))
		mistake(p, "this name is taken");
	n = MEM_PUSH(p->named, p->n_named);
	n->name = mem_strdup(name);
	return n;
}

/* "a|b|c" as an array that ends in NULL. */
static char **split(const char *list)
{
	char **out = NULL;
	size_t n = 0;

	for (;;) {
		size_t len = strcspn(list, "|");

		*(char **)MEM_PUSH(out, n) = mem_strndup(list, len);
		if (!list[len])
			break;
		list += len + 1;
	}
	*(char **)MEM_PUSH(out, n) = NULL;
	return out;
}

static struct schema_item *new_word(struct schema_type *type, const char *name)
{
	struct schema_item **slot = MEM_PUSH(type->words, type->n_words);

	*slot = mem_zalloc(sizeof(**slot));
	(*slot)->kind = SCHEMA_VALUE;
	(*slot)->name = mem_strdup(name);
	return *slot;
}

static void add_words(struct schema_type *type, const char *list)
{
	char **words = split(list);

	for (char **w = words; *w; w++)
		new_word(type, *w);
	mem_free_strv(words);
}

static struct schema_type *read_type(struct parser *p)
{
	AUTO_FREE char *name = need_word(p);
	const struct schema_type *found = schema_builtin_type(name);
	struct named *named = find_named(p, name);
	struct schema_type *type;

	if (named && named->type)
		return named->type;
	if (!found && !strchr(name, '|') && !(name[0] == '\'' && name[1]))
		mistake(p, "no such type");
	if (found)
		return (struct schema_type *)found;
	type = mem_zalloc(sizeof(*type));
	add_words(type, name[0] == '\'' ? name + 1 : name);
	return type;
}

/* What may follow the name: = TYPE, ignored, refused, since, -- help. */
static void read_rest(struct parser *p, struct schema_item *item)
{
	for (;;) {
		AUTO_FREE char *w = word(p);

		if (!w)
			return;
		if (!strcmp(w, "=")) {
			item->type = read_type(p);
		} else if (!strcmp(w, "ignored") || !strcmp(w, "refused")) {
			item->status = *w == 'i' ? SCHEMA_IGNORED : SCHEMA_REFUSED;
			item->why = quoted(p);
		} else if (!strcmp(w, "any")) {
			item->any = true;
		} else if (!strcmp(w, "inert")) {
			item->inert = true;
		} else if (!strcmp(w, "since")) {
			AUTO_FREE char *version = need_word(p);
			unsigned major, minor;

			if (sscanf(version, "%u.%u", &major, &minor) != 2)
				mistake(p, "not a version");
			item->since = major * 1000 + minor;
		} else if (!strcmp(w, "--")) {
			skip_blanks(p);
			item->help = mem_strndup(p->at, (size_t)(p->end - p->at));
			return;
		} else {
			mistake(p, "what is this word?");
		}
	}
}

/* A new line inside the item that this depth stands in. */
static struct schema_use *new_use(struct parser *p, unsigned depth)
{
	struct schema_item *parent = p->level[depth - 1].item;
	struct schema_use *use;

	if (!parent)
		mistake(p, "this stands inside nothing");
	use = MEM_PUSH(parent->content, parent->n_content);
	use->when = p->level[depth - 1].when;
	use->when_values = p->level[depth - 1].when_values;
	return use;
}

static struct schema_item *new_item(struct parser *p, unsigned depth, char *name)
{
	struct schema_item *item = mem_zalloc(sizeof(*item));
	size_t n = strlen(name);

	if (n && (name[n - 1] == '!' || name[n - 1] == '*')) {
		*(name[n - 1] == '!' ? &item->required : &item->many) = true;
		name[n - 1] = '\0';
	}
	item->kind = *name == '@' ? SCHEMA_ATTRIBUTE : SCHEMA_ELEMENT;
	item->name = mem_strdup(*name == '@' ? name + 1 : name);
	if (depth)
		new_use(p, depth)->item = item;
	else if (!p->root)
		p->root = item;
	else
		mistake(p, "a second root");
	return item;
}

static void enter(struct parser *p, unsigned depth, struct schema_item *item)
{
	if (depth >= LEVELS)
		mistake(p, "too deep");
	p->level[depth].item = item;
	p->level[depth].when = NULL;
	p->level[depth].when_values = NULL;
	p->depth = depth + 1;
}

static void read_when(struct parser *p, unsigned depth)
{
	AUTO_FREE char *equals = NULL, *list = NULL;
	char *path = need_word(p);

	equals = need_word(p);
	list = need_word(p);
	if (!depth || strcmp(equals, "="))
		mistake(p, "when PATH = a|b");
	if (p->level[depth - 1].when)
		mistake(p, "a when inside a when");
	enter(p, depth, p->level[depth - 1].item);
	p->level[depth].when = path;
	p->level[depth].when_values = split(list);
}

static void read_use(struct parser *p, unsigned depth)
{
	AUTO_FREE char *name = need_word(p);
	struct named *named = find_named(p, name);

	if (!depth || !named || !named->group)
		mistake(p, "no such group");
	new_use(p, depth)->group = named->group;
}

/* `= word` below an attribute or element: a word with its own status. */
static void read_word_line(struct parser *p, unsigned depth)
{
	AUTO_FREE char *name = need_word(p);
	struct schema_item *of = depth ? p->level[depth - 1].item : NULL;

	if (!of || (of->type && of->type->check))
		mistake(p, "a word of what?");
	if (!of->type)
		of->type = mem_zalloc(sizeof(*of->type));
	read_rest(p, new_word(of->type, name));
}

/* Something for the words of a type to stand inside. */
static struct schema_item *words_of(struct schema_type *type)
{
	static struct schema_item holder;

	holder = (struct schema_item){ .type = type };
	return &holder;
}

static void read_definition(struct parser *p, unsigned depth, const char *kind)
{
	AUTO_FREE char *name = need_word(p);
	struct named *named;

	if (depth)
		mistake(p, "definitions begin their line");
	named = new_named(p, name);
	if (!strcmp(kind, "group")) {
		named->group = mem_zalloc(sizeof(*named->group));
		named->group->name = mem_strdup(name);
		enter(p, 0, named->group);
	} else {
		AUTO_FREE char *equals = word(p), *list = equals ? need_word(p) : NULL;

		(void)equals;
		named->type = mem_zalloc(sizeof(*named->type));
		if (list)
			add_words(named->type, list);
		else
			enter(p, 0, words_of(named->type));
	}
}

static void read_line(struct parser *p, unsigned depth)
{
	AUTO_FREE char *first = need_word(p);

	if (depth > p->depth)
		mistake(p, "indented too far");
	if (!strcmp(first, "group") || !strcmp(first, "type")) {
		read_definition(p, depth, first);
	} else if (!strcmp(first, "when")) {
		read_when(p, depth);
	} else if (!strcmp(first, "use")) {
		read_use(p, depth);
	} else if (!strcmp(first, "=")) {
		read_word_line(p, depth);
	} else {
		struct schema_item *item = new_item(p, depth, first);

		read_rest(p, item);
		enter(p, depth, item);
	}
}

struct schema_item *schema_parse(const char *text)
{
	struct parser p = { .line = 0 };

	while (*text) {
		unsigned tabs = (unsigned)strspn(text, "\t");

		p.line++;
		p.at = text + tabs;
		p.end = text + strcspn(text, "\n");
		if (p.at < p.end && *p.at != '#')
			read_line(&p, tabs);
		text = p.end + (*p.end == '\n');
	}
	for (size_t i = 0; i < p.n_named; i++)
		free(p.named[i].name);
	free(p.named);
	if (!p.root)
		mistake(&p, "nothing is described");
	return p.root;
}
