/*
 * help: see help.h.
 */
#include "views/cli/help.h"

#include <string.h>

#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

/* Words in columns; a description that does not fit goes on below itself. */
static void add_described(struct buf *out, const char *term, size_t column, const char *text)
{
	size_t width = output_width(term) + 2;

	buf_printf(out, "  %s", term);
	if (width + 2 > column) {
		buf_add_char(out, '\n');
		width = 0;
	}
	buf_add_repeat(out, ' ', column - width);
	for (size_t at = column; *text;) {
		size_t len = strcspn(text, " ");

		if (at > column && at + 1 + len > 79) {
			buf_add_char(out, '\n');
			buf_add_repeat(out, ' ', column);
			at = column;
		} else if (at > column) {
			buf_add_char(out, ' ');
			at++;
		}
		buf_add(out, text, len);
		at += len;
		text += len + strspn(text + len, " ");
	}
	buf_add_char(out, '\n');
}

static void add_option(struct buf *out, const struct row *r)
{
	AUTO_BUF struct buf term = BUF_INIT;

	if (r->letter)
		buf_printf(&term, "-%c, ", r->letter);
	buf_printf(&term, "--%s%s%s", r->name, r->value ? " " : "", r->value ? r->value : "");
	add_described(out, buf_text(&term), 26, r->help);
}

static void add_global_options(struct buf *out)
{
	for (const struct row *r = verb_rows(); r->kind == ROW_GLOBAL; r++)
		add_option(out, r);
}

void help_all(struct output *o)
{
	struct buf *out = &o->text;

	buf_add_str(out, "virtty                       manage virtual machines in the terminal\n"
			 "virtty COMMAND [ARGUMENTS]   do one thing\n");
	for (const struct row *r = verb_rows(); r->kind != ROW_END; r++) {
		if (r->kind == ROW_GROUP)
			buf_printf(out, "\n%s\n", r->name);
		if (r->kind == ROW_VERB)
			add_described(out, r->name, 26, r->help);
	}
	buf_add_str(out, "\nOptions of every command\n");
	add_global_options(out);
	buf_add_str(out, "\nvirtty help COMMAND explains one. DOMAIN is a guest's id, uuid or name.\n");
}

/* Roff's font changes taken out. */
static void add_plain(struct buf *out, const char *roff)
{
	for (; *roff; roff++) {
		if (!strncmp(roff, "\\f", 2) && roff[2])
			roff += 2;
		else
			buf_add_char(out, *roff);
	}
}

void help_verb(const struct row *verb, struct output *o)
{
	struct buf *out = &o->text;

	buf_printf(out, "virtty %s", verb->name);
	if (verb_next_row(verb))
		buf_add_str(out, " [OPTIONS]");
	buf_printf(out, "%s%s\n  %s\n", *verb->value ? " " : "", verb->value, verb->help);
	for (const struct row *r = verb_next_row(verb); r; r = verb_next_row(r)) {
		if (r->kind == ROW_ABOUT) {
			AUTO_BUF struct buf text = BUF_INIT;

			add_plain(&text, r->help);
			buf_printf(out, "  %s\n", buf_text(&text));
		}
	}
	buf_add_str(out, "\nOptions\n");
	for (const struct row *r = verb_next_row(verb); r; r = verb_next_row(r)) {
		if (r->kind == ROW_OPTION)
			add_option(out, r);
		if (r->kind == ROW_JSON) {
			AUTO_FREE char *text = mem_printf("print JSON: %s", r->help);

			add_described(out, "--json", 26, text);
		}
	}
	add_global_options(out);
}

bool verb_help(struct cli *cli, struct error **err)
{
	const char *name = cli_operand(cli, "VERB");
	const struct row *verb = name ? verb_find(name) : NULL;
	const char *near;

	if (!name) {
		help_all(&cli->out);
		return true;
	}
	if (verb) {
		help_verb(verb, &cli->out);
		return true;
	}
	cli_misuse(cli, err, "there is no command '%s'", name);
	near = verb_nearest(name);
	if (near)
		error_hint(err, "did you mean '%s'?", near);
	return false;
}

bool verb_version(struct cli *cli, struct error **err)
{
	(void)err;
	if (cli_json(cli)) {
		struct json_object *o = json_object_new_object();

		json_set_str(o, "virtty", VIRTTY_VERSION);
		output_json(&cli->out, o, true);
		json_object_put(o);
	} else {
		output_printf(&cli->out, "virtty %s\n", VIRTTY_VERSION);
	}
	return true;
}
