/*
 * manual: see manual.h.
 */
#include "views/cli/manual.h"

#include <string.h>

#include "views/actions.h"
#include "views/cli/verb.h"

/* A dash that is typed is \- in roff; a dot or quote must not begin a line. */
static void add_roff(struct buf *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		buf_add_str(out, "\\&");
	for (; *text; text++) {
		if (*text == '-')
			buf_add_str(out, "\\-");
		else if (*text == '\\')
			buf_add_str(out, "\\e");
		else
			buf_add_char(out, *text);
	}
}

/* Operands and values: words in italics, brackets and dots as they are. */
static void add_roff_operands(struct buf *out, const char *operands)
{
	bool italic = false;

	for (; *operands; operands++) {
		bool word = (*operands >= 'A' && *operands <= 'Z') || (italic && *operands == '-');

		if (word != italic)
			buf_add_str(out, word ? "\\fI" : "\\fR");
		italic = word;
		if (*operands == '-')
			buf_add_char(out, '\\');
		buf_add_char(out, *operands);
	}
	if (italic)
		buf_add_str(out, "\\fR");
}

static void manual_option(struct buf *out, const struct row *r)
{
	buf_add_str(out, ".TP\n");
	if (r->letter)
		buf_printf(out, "\\fB\\-%c\\fR, ", r->letter);
	buf_add_str(out, "\\fB\\-\\-");
	add_roff(out, r->name);
	buf_add_str(out, "\\fR");
	if (r->value) {
		buf_add_char(out, ' ');
		add_roff_operands(out, r->value);
	}
	buf_add_char(out, '\n');
	if (r->kind == ROW_JSON)
		buf_add_str(out, "print JSON: ");
	add_roff(out, r->help);
	buf_add_char(out, '\n');
}

static void manual_verb(struct buf *out, const struct row *verb)
{
	bool inside = false;

	buf_add_str(out, ".TP\n\\fB");
	add_roff(out, verb->name);
	buf_add_str(out, "\\fR");
	if (*verb->value) {
		buf_add_char(out, ' ');
		add_roff_operands(out, verb->value);
	}
	buf_add_char(out, '\n');
	add_roff(out, verb->help);
	buf_add_char(out, '\n');
	for (const struct row *r = verb_next_row(verb); r; r = verb_next_row(r)) {
		if (r->kind == ROW_ABOUT) {
			buf_printf(out, ".br\n%s\n", r->help);
			continue;
		}
		if (!inside)
			buf_add_str(out, ".RS\n");
		inside = true;
		manual_option(out, r);
	}
	if (inside)
		buf_add_str(out, ".RE\n");
}

void manual_commands(struct buf *roff)
{
	buf_add_str(roff, ".SS Options of every command\n");
	for (const struct row *r = verb_rows(); r->kind != ROW_END; r++) {
		if (r->kind == ROW_GLOBAL)
			manual_option(roff, r);
		if (r->kind == ROW_GROUP)
			buf_printf(roff, ".SS %s\n", r->name);
		if (r->kind == ROW_VERB)
			manual_verb(roff, r);
	}
}

static const char *place_title(enum place p)
{
	switch (p) {
	case PLACE_LIST: return "In the list of guests";
	case PLACE_DETAILS: return "In the details of a guest";
	case PLACE_PAGER: return "In a text";
	case PLACE_TYPING: return "While typing to a guest";
	case PLACE_CONSOLE: return "In a console, behind the escape key";
	case PLACE_SCROLL: return "In what a guest wrote";
	default: return NULL;
	}
}

/* "Up k C-p": keys apart by blanks, in bold. */
static void add_keys(struct buf *out, const char *keys)
{
	while (*keys) {
		size_t len = strcspn(keys, " ");
		AUTO_BUF struct buf key = BUF_INIT;

		buf_add(&key, keys, len);
		buf_add_str(out, "\\fB");
		add_roff(out, buf_text(&key));
		buf_add_str(out, "\\fR");
		keys += len + strspn(keys + len, " ");
		if (*keys)
			buf_add_str(out, ", ");
	}
}

static void manual_action(struct buf *out, const struct action_row *row)
{
	buf_add_str(out, ".TP\n");
	add_keys(out, row->keys);
	buf_add_char(out, '\n');
	add_roff(out, row->help);
	buf_add_char(out, '\n');
}

void manual_keys(struct buf *roff)
{
	for (enum place p = 0; p < PLACE_COUNT; p++) {
		if (!place_title(p))
			continue;
		buf_printf(roff, ".SS %s\n", place_title(p));
		for (size_t i = 0; i < ACTION_COUNT; i++)
			if (actions[i].places >> p & 1 && *actions[i].keys)
				manual_action(roff, &actions[i]);
	}
}
