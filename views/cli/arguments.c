/*
 * arguments: see arguments.h.
 */
#include "views/cli/arguments.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/nearest.h"

struct parser {
	struct arguments *a;
	char *const *argv;
	int argc;
	int at;
	const char **loose;		/* operands, not yet named */
	size_t n_loose;
};

static void add(struct parser *p, const struct row *option, const char *operand, const char *value)
{
	struct argument *new = MEM_PUSH(p->a->list, p->a->n);

	*new = (struct argument){ option, operand, value };
}

/* "new-name" and "NEW-NAME" are one word. */
static bool names_operand(const char *option, size_t len, const char *operand)
{
	return strlen(operand) == len && !strncasecmp(option, operand, len);
}

/* Operands are stored under a name that lives as long as the arguments: the
 * place in the table's own list where the word begins. */
static const char *operand_name(const struct row *verb, const char *option, size_t len)
{
	struct operand o;

	for (bool more = operand_first(&o, verb->value); more; more = operand_next(&o))
		if (names_operand(option, len, o.name))
			return strstr(verb->value, o.name);
	return NULL;
}

static const char *take_value(struct parser *p, const char *written, const char *equals,
			      const char *value_name, struct error **err)
{
	if (equals)
		return equals + 1;
	if (p->at >= p->argc) {
		error_set(err, "option '%s' wants a value: %s", written, value_name);
		return NULL;
	}
	return p->argv[p->at++];
}

static void unknown_option(struct parser *p, const char *written, size_t len, struct error **err)
{
	AUTO_FREE char *name = mem_strndup(written, len);
	struct nearest near = NEAREST_INIT(name);

	error_set(err, "unknown option '--%s'", name);
	for (const struct row *r = p->a->verb; r; r = verb_next_row(r))
		if (r->kind == ROW_OPTION || r->kind == ROW_JSON)
			nearest_offer(&near, r->name);
	for (const struct row *r = verb_rows(); r->kind == ROW_GLOBAL; r++)
		nearest_offer(&near, r->name);
	if (near.best)
		error_hint(err, "did you mean --%s?", near.best);
	else if (!p->a->verb)
		error_hint(err, "options of a command stand behind it");
}

static bool parse_long(struct parser *p, const char *word, struct error **err)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word - 2) : strlen(word + 2);
	AUTO_FREE char *name = mem_strndup(word + 2, len);
	const struct row *option = verb_option(p->a->verb, name);
	const char *operand = NULL, *value = NULL;

	if (!option && p->a->verb)
		operand = operand_name(p->a->verb, name, len);
	if (!option && !operand) {
		unknown_option(p, word + 2, len, err);
		return false;
	}
	if (operand || option->value) {
		value = take_value(p, word, equals, operand ? "its name" : option->value, err);
		if (!value)
			return false;
	} else if (equals) {
		error_set(err, "option '--%s' takes no value", name);
		return false;
	}
	add(p, option, operand, value);
	return true;
}

static bool parse_short(struct parser *p, const char *word, struct error **err)
{
	for (const char *c = word + 1; *c; c++) {
		const struct row *option = verb_option_letter(*c);
		const char *value = NULL;

		if (!option) {
			error_set(err, "unknown option '-%c'", isprint((unsigned char)*c) ? *c : '?');
			return false;
		}
		if (option->value) {
			value = c[1] ? c + 1 : take_value(p, word, NULL, option->value, err);
			if (!value)
				return false;
			add(p, option, NULL, value);
			return true;
		}
		add(p, option, NULL, NULL);
	}
	return true;
}

static bool take_verb(struct parser *p, const char *word, struct error **err)
{
	const char *near;

	p->a->verb = verb_find(word);
	if (p->a->verb)
		return true;
	error_set(err, "unknown command '%s'", word);
	near = verb_nearest(word);
	if (near)
		error_hint(err, "did you mean '%s'?", near);
	error_hint(err, "virtty help lists the commands");
	return false;
}

static bool parse_words(struct parser *p, struct error **err)
{
	bool options = true;

	while (p->at < p->argc) {
		const char *word = p->argv[p->at++];

		if (options && !strcmp(word, "--"))
			options = false;
		else if (options && word[0] == '-' && word[1] == '-') {
			if (!parse_long(p, word, err))
				return false;
		} else if (options && word[0] == '-' && word[1]) {
			if (!parse_short(p, word, err))
				return false;
		} else if (!p->a->verb) {
			if (!take_verb(p, word, err))
				return false;
		} else {
			*MEM_PUSH(p->loose, p->n_loose) = word;
		}
	}
	return true;
}

/* Give each loose word the name of the operand in whose place it stands. */
static bool name_operands(struct parser *p, struct error **err)
{
	const char *table = p->a->verb->value;
	struct operand o;
	size_t i = 0;

	for (bool more = operand_first(&o, table); more; more = operand_next(&o)) {
		const char *name = strstr(table, o.name);
		size_t had = 0;

		if (arguments_operand(p->a, o.name, 0))
			continue;
		for (; i < p->n_loose && (o.many || had == 0); i++, had++)
			add(p, NULL, name, p->loose[i]);
		if (had == 0 && !o.optional) {
			error_set(err, "%s is missing", o.name);
			return false;
		}
	}
	if (i < p->n_loose) {
		error_set(err, "'%s' is one too many", p->loose[i]);
		return false;
	}
	return true;
}

bool arguments_parse(struct arguments *a, int argc, char *const argv[], struct error **err)
{
	struct parser p = { .a = a, .argv = argv, .argc = argc };
	bool good;

	*a = (struct arguments){ 0 };
	good = parse_words(&p, err);
	if (good && a->verb && !arguments_flag(a, "help") && !arguments_flag(a, "version"))
		good = name_operands(&p, err);
	free(p.loose);
	if (!good && a->verb) {
		error_prepend(err, "%s", a->verb->name);
		error_hint(err, "usage: virtty %s%s%s", a->verb->name,
			   *a->verb->value ? " " : "", a->verb->value);
	}
	return good;
}

void arguments_done(struct arguments *a)
{
	free(a->list);
	*a = (struct arguments){ 0 };
}

/* Asking for an option that the verb does not have is a mistake in the code. */
static const struct argument *find_option(const struct arguments *a, const char *name)
{
	const struct row *option = verb_option(a->verb, name);

	if (!option)
		abort();
	for (size_t i = a->n; i-- > 0;)
		if (a->list[i].option == option)
			return &a->list[i];
	return NULL;
}

bool arguments_flag(const struct arguments *a, const char *option)
{
	return find_option(a, option) != NULL;
}

const char *arguments_value(const struct arguments *a, const char *option)
{
	const struct argument *found = find_option(a, option);

	return found ? found->value : NULL;
}

const char *arguments_operand(const struct arguments *a, const char *name, size_t i)
{
	const char *where = operand_name(a->verb, name, strlen(name));

	if (!where)
		abort();
	for (size_t k = 0; k < a->n; k++)
		if (!a->list[k].option && a->list[k].operand == where && i-- == 0)
			return a->list[k].value;
	return NULL;
}
