/*
 * complete: what could stand for the last word of a command line.  The scripts
 * for bash, zsh and fish ask this and know nothing of their own, so they agree
 * with the parser for ever.
 *
 * One candidate a line, a tab, and what it means.  The line ":files" says that
 * a file name is wanted, which shells complete better than we.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/keycode.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/event.h"
#include "views/cli/verbs.h"

struct line {
	struct output *out;
	const char *word;		/* the last one, perhaps half written */
	const char *uri;		/* of -c, so far */
	const struct row *verb;
	const struct row *open;		/* an option that waits for its value */
	unsigned operands;		/* complete ones, behind the verb */
	bool ended;			/* by "--" */
};

static void offer(struct line *l, const char *word, const char *help)
{
	if (strncmp(word, l->word, strlen(l->word)) != 0)
		return;
	output_printf(l->out, "%s", word);
	if (help)
		buf_printf(&l->out->text, "\t%s", help);
	buf_add_char(&l->out->text, '\n');
}

static void offer_words(struct line *l, const char *words)
{
	for (const char *p = words; *p; p += strlen(p) + 1)
		offer(l, p, NULL);
}

static void offer_verbs(struct line *l)
{
	for (const struct row *r = verb_rows(); r->kind != ROW_END; r++)
		if (r->kind == ROW_VERB)
			offer(l, r->name, r->help);
}

static void offer_option(struct line *l, const struct row *r)
{
	AUTO_FREE char *name = mem_printf("--%s", r->name);

	offer(l, name, r->kind == ROW_JSON ? "print JSON" : r->help);
}

static void offer_options(struct line *l)
{
	for (const struct row *r = l->verb; r; r = verb_next_row(r))
		if (r->kind == ROW_OPTION || r->kind == ROW_JSON)
			offer_option(l, r);
	for (const struct row *r = verb_rows(); r->kind == ROW_GLOBAL; r++)
		offer_option(l, r);
}

/* No connection: nothing to offer, and nothing to say about it here. */
static void offer_domains(struct line *l)
{
	struct event_base *base = loop_new();
	struct connection *c = connection_open(base, l->uri, NULL);
	size_t n = 0;
	struct domain *const *domains = c ? connection_domains(c, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		offer(l, domains[i]->name, domain_state_name(domains[i]->state));
	if (c)
		connection_close(c);
	event_base_free(base);
}

static void offer_keys(struct line *l)
{
	const char *name;

	for (unsigned i = 0; (name = keycode_name(KEYCODE_LINUX, i)); i++)
		offer(l, name, NULL);
}

static void offer_events(struct line *l)
{
	const char *name, *help;

	for (unsigned i = 0; (name = event_name(i, &help)); i++)
		offer(l, name, help);
}

static void offer_files(struct line *l)
{
	buf_add_str(&l->out->text, ":files\n");
}

static void offer_names_and_files(struct line *l)
{
	offer_domains(l);
	offer_files(l);
}

static void offer_uris(struct line *l)
{
	offer_words(l, "qmp:///session\0qmp:///system\0");
}

static void offer_modes(struct line *l)
{
	offer_words(l, "acpi\0agent\0");
}

static void offer_codesets(struct line *l)
{
	offer_words(l, "linux\0qnum\0qcode\0");
}

static void offer_types(struct line *l)
{
	offer_words(l, "vnc\0spice\0");
}

/* By the name of an operand or of an option's value in verbs.def. */
static void offer_values(struct line *l, const char *name)
{
	static const struct {
		const char *name;
		void (*offer)(struct line *l);
	} kinds[] = {
		{ "DOMAIN", offer_domains }, { "FILE", offer_files }, { "PATH", offer_files },
		{ "NAME|FILE", offer_names_and_files }, { "VERB", offer_verbs },
		{ "KEYCODE", offer_keys }, { "EVENT", offer_events }, { "URI", offer_uris },
		{ "MODE", offer_modes }, { "CODESET", offer_codesets }, { "TYPE", offer_types },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			kinds[i].offer(l);
}

/* The operand in whose place the word stands. */
static void offer_operand(struct line *l)
{
	unsigned at = l->operands;
	struct operand o;

	for (bool more = operand_first(&o, l->verb->value); more; more = operand_next(&o)) {
		if (at == 0 || o.many) {
			offer_values(l, o.name);
			return;
		}
		at--;
	}
}

static void take_option(struct line *l, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	AUTO_FREE char *name = mem_strndup(word, len);
	const struct row *option = word[1] == '-' ? verb_option(l->verb, name + 2)
						  : verb_option_letter(word[1]);

	if (!option || !option->value)
		return;
	if (equals && !strcmp(option->name, "connect"))
		l->uri = equals + 1;
	if (!equals)
		l->open = option;
}

static void take(struct line *l, const char *word)
{
	if (l->open) {
		if (!strcmp(l->open->name, "connect"))
			l->uri = word;
		l->open = NULL;
	} else if (!l->ended && !strcmp(word, "--")) {
		l->ended = true;
	} else if (!l->ended && word[0] == '-' && word[1]) {
		take_option(l, word);
	} else if (!l->verb) {
		l->verb = verb_find(word);
	} else {
		l->operands++;
	}
}

bool verb_complete(struct cli *cli, struct error **err)
{
	struct line l = { .out = &cli->out, .uri = cli_value(cli, "connect"), .word = "" };
	const char *word, *next;

	(void)err;
	word = arguments_operand(cli->arguments, "WORD", 0);
	for (size_t i = 1; word; i++, word = next) {
		next = arguments_operand(cli->arguments, "WORD", i);
		if (next)
			take(&l, word);
		else
			l.word = word;
	}
	if (l.open)
		offer_values(&l, l.open->value);
	else if (!l.ended && l.word[0] == '-')
		offer_options(&l);
	else if (!l.verb)
		offer_verbs(&l);
	else
		offer_operand(&l);
	return true;
}
