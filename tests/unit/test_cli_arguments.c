/*
 * test_cli_arguments: taking a command line apart, and the table of verbs it is
 * done by: that each verb is explained, and that the manual says what the
 * program says.  REGENERATE=1 writes the manual's section anew.
 */
#include "tests/unit/tap.h"

#include <ctype.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "views/actions.h"
#include "views/cli/arguments.h"
#include "views/cli/help.h"
#include "views/cli/manual.h"

/* Up to 9 words; the result lives until the next call. */
static struct arguments a;
static struct error *err;

static bool parse(const char *line)
{
	static char copy[512];
	static char *words[16];
	int n = 0;

	arguments_done(&a);
	error_free(err);
	err = NULL;
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *p = strtok(copy, " "); p && n < 16; p = strtok(NULL, " "))
		words[n++] = strcmp(p, "''") ? p : p + 2;
	return arguments_parse(&a, n, words, &err);
}

static void test_parse(void)
{
	ok(parse("") && !a.verb, "nothing is the interface");
	ok(parse("-c qmp:///session") && !a.verb, "a connection alone is the interface too");
	is_str(arguments_value(&a, "connect"), "qmp:///session", "with its URI");
	ok(parse("start web --paused") && arguments_flag(&a, "paused"), "an option behind the operand");
	is_str(arguments_operand(&a, "DOMAIN", 0), "web", "and the operand");
	ok(parse("start --paused web") && arguments_flag(&a, "paused"), "an option before it");
	is_str(arguments_operand(&a, "DOMAIN", 0), "web", "and the operand");
	ok(!arguments_flag(&a, "console"), "an option that was not given");
	ok(parse("start --domain web"), "an operand by its name");
	is_str(arguments_operand(&a, "DOMAIN", 0), "web", "is the operand");
	ok(parse("domrename --new-name b a"), "one by name, the other by place");
	is_str(arguments_operand(&a, "DOMAIN", 0), "a", "the place is the free one's");
	is_str(arguments_operand(&a, "NEW-NAME", 0), "b", "the name's is its own");
	ok(parse("start -- --paused") && !arguments_flag(&a, "paused"), "-- ends options");
	is_str(arguments_operand(&a, "DOMAIN", 0), "--paused", "what follows is an operand");
	ok(parse("define -"), "a dash alone is an operand");
	is_str(arguments_operand(&a, "FILE", 0), "-", "standard input");
	ok(parse("event --timeout 5 --timeout=7"), "a value behind or after =");
	is_str(arguments_value(&a, "timeout"), "7", "the last one counts");
	ok(parse("-qcqmp:///system list") && arguments_flag(&a, "quiet"), "short options in one word");
	is_str(arguments_value(&a, "connect"), "qmp:///system", "the value glued on");
	ok(parse("send-key web KEY_LEFTCTRL KEY_C --holdtime 9"), "many operands");
	is_str(arguments_operand(&a, "KEYCODE", 1), "KEY_C", "the second of them");
	is_str(arguments_operand(&a, "KEYCODE", 2), NULL, "no third");
	ok(parse("start --help") && arguments_flag(&a, "help"), "help needs no operands");
}

static void fails(const char *line, const char *want, const char *hint)
{
	if (!ok(!parse(line), "'%s' is refused", line))
		return;
	is_str(error_message(err), want, "and why");
	ok(strstr(error_hint_text(err), hint), "and what to do: %s", hint);
}

static void test_misuse(void)
{
	fails("strat web", "unknown command 'strat'", "did you mean 'start'?");
	fails("start", "start: DOMAIN is missing", "usage: virtty start DOMAIN");
	fails("start a b", "start: 'b' is one too many", "usage: virtty start DOMAIN");
	fails("start web --pasued", "start: unknown option '--pasued'", "did you mean --paused?");
	fails("start web --paused=yes", "start: option '--paused' takes no value", "usage");
	fails("event --timeout", "event: option '--timeout' wants a value: SECONDS", "usage");
	fails("list -x", "list: unknown option '-x'", "usage");
	fails("--all list", "unknown option '--all'", "options of a command stand behind it");
	fails("start --domain", "start: option '--domain' wants a value: its name", "usage");
}

static void test_table(void)
{
	for (const struct row *r = verb_rows(); r->kind != ROW_END; r++) {
		const char *name = r->name;
		size_t len = r->help ? strlen(r->help) : 0;

		if (r->kind == ROW_GROUP)
			continue;
		ok(len > 0, "%s has a line of help", name);
		if (r->kind == ROW_VERB || r->kind == ROW_OPTION || r->kind == ROW_GLOBAL)
			ok(r->help[len - 1] != '.' && islower((unsigned char)*r->help) | (*r->help == 'Q'),
			   "%s: in small letters and without a full stop", name);
		if (r->kind == ROW_VERB)
			ok(verb_find(name) == r && r->run && r->value, "%s can be found and run", name);
	}
}

static void test_operands(void)
{
	struct operand o;

	ok(operand_first(&o, "DOMAIN [NUMBER] KEY..."), "operands of a verb");
	is_str(o.name, "DOMAIN", "the first");
	ok(!o.optional && !o.many, "must be given, once");
	ok(operand_next(&o) && o.optional && !o.many, "the second may be");
	is_str(o.name, "NUMBER", "without its brackets");
	ok(operand_next(&o) && !o.optional && o.many, "the third one or more times");
	is_str(o.name, "KEY", "without its dots");
	ok(!operand_next(&o), "no fourth");
	ok(operand_first(&o, "[WORD...]") && o.optional && o.many, "any number");
	is_str(o.name, "WORD", "without brackets and dots");
	ok(!operand_first(&o, ""), "none at all");
}

/* A section of the page between "verbs begin" and "verbs end", say. */
static void test_section(const char *section, void (*make)(struct buf *roff))
{
	AUTO_FREE char *path = mem_printf("%s/docs/virtty.1", getenv("VIRTTY_SOURCE"));
	AUTO_FREE char *begin = mem_printf(".\\\" %s begin\n", section);
	AUTO_FREE char *end = mem_printf(".\\\" %s end\n", section);
	AUTO_BUF struct buf page = BUF_INIT, made = BUF_INIT, whole = BUF_INIT;
	const char *from, *to;

	if (!ok(file_read(path, 1 << 20, &page, NULL), "the manual is there"))
		return;
	from = strstr(buf_text(&page), begin);
	to = from ? strstr(from, end) : NULL;
	if (!ok(to, "with a place for the %s", section))
		return;
	from += strlen(begin);
	make(&made);
	if (getenv("REGENERATE")) {
		buf_add(&whole, page.data, (size_t)(from - page.data));
		buf_add(&whole, made.data, made.len);
		buf_add_str(&whole, to);
		ok(file_replace(path, whole.data, whole.len, 0644, NULL), "written anew");
		return;
	}
	ok(made.len == (size_t)(to - from) && !memcmp(made.data, from, made.len),
	   "the manual's %s are the program's (else: REGENERATE=1 tests/test_cli_arguments)", section);
}

/* What the interface does has a verb of the same meaning, which there is. */
static void test_actions(void)
{
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		AUTO_FREE char *verb = mem_strndup(actions[i].verb, strcspn(actions[i].verb, " "));

		ok(!*verb || verb_find(verb), "the verb of the action %s: '%s'", actions[i].name, verb);
	}
}

static void test_help(void)
{
	struct output o = { .fd = -1, .text = BUF_INIT };

	help_all(&o);
	for (const struct row *r = verb_rows(); r->kind != ROW_END; r++)
		if (r->kind == ROW_VERB)
			ok(strstr(buf_text(&o.text), r->name), "help lists %s", r->name);
	for (char *line = strtok(o.text.data, "\n"); line; line = strtok(NULL, "\n"))
		if (strlen(line) > 80)
			ok(false, "a line of help is too long: %s", line);
	output_done(&o);
}

int main(void)
{
	test_parse();
	test_misuse();
	test_table();
	test_operands();
	test_section("verbs", manual_commands);
	test_section("keys", manual_keys);
	test_actions();
	test_help();
	arguments_done(&a);
	error_free(err);
	return tap_done();
}
