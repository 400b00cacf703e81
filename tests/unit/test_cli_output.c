/*
 * test_cli_output: tables, JSON and words as the command line prints them, and
 * what a console leaves behind on the terminal.
 */
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <locale.h>

#include "backend/base/mem.h"
#include "views/cli/modes.h"
#include "views/cli/output.h"

static void test_table(void)
{
	static const char *const headings[] = { "Id", "Name", "State", NULL };
	struct output o = { .fd = -1, .text = BUF_INIT };
	struct table t;

	table_init(&t, headings);
	table_add(&t, "1");
	table_add(&t, "web");
	table_add(&t, "running");
	table_add(&t, "-");
	table_add(&t, "a\nb\033[31m");
	table_add(&t, "shut off");
	table_print(&t, &o, true);
	is_str(buf_text(&o.text),
	       " Id   Name         State\n"
	       "-----------------------------\n"
	       " 1    web          running\n"
	       " -    a\\nb\\e[31m   shut off\n", "columns, heading, dashes; hostile cells are harmless");
	table_done(&t);
	output_done(&o);
}

static void test_table_widths(void)
{
	static const char *const headings[] = { "N", "S", NULL };
	struct output o = { .fd = -1, .text = BUF_INIT };
	struct table t;

	is_int(output_width("abc"), 3, "plain width");
	is_int(output_width("\xc3\xa4"), 1, "one umlaut is one column");
	is_int(output_width("\xe6\x97\xa5\xe6\x9c\xac"), 4, "two wide characters are four");
	table_init(&t, headings);
	table_add(&t, "\xe6\x97\xa5");
	table_add(&t, "x");
	table_print(&t, &o, false);
	is_str(buf_text(&o.text), " \xe6\x97\xa5   x\n", "a wide cell, no heading");
	table_done(&t);
	output_done(&o);
}

static void test_words(void)
{
	struct output pipe_out = { .fd = -1, .text = BUF_INIT };
	struct output terminal = { .fd = -1, .terminal = true, .text = BUF_INIT };

	output_word(&pipe_out, "a\033b");
	is_str(buf_text(&pipe_out.text), "a\033b\n", "a word to a pipe is what it is");
	output_word(&terminal, "a\033b");
	output_document(&terminal, "<x>\n\t\x1b]0;t\x07</x>\n", 16);
	is_str(buf_text(&terminal.text), "a\\eb\n<x>\n\t\\e]0;t\\x07</x>\n",
	       "to a terminal word and document are harmless, lines stay lines");
	buf_clear(&terminal.text);
	output_printf(&terminal, "Domain '%s' started\n", "a\nb");
	is_str(buf_text(&terminal.text), "Domain 'a\\nb' started\n", "one remark is one line");
	output_done(&pipe_out);
	output_done(&terminal);
}

static void test_json(void)
{
	struct output o = { .fd = -1, .text = BUF_INIT };
	struct json_object *value = json_object_new_object(), *back;
	const char *text = "\033\xc2\x9b\xe2\x80\xae\xf3\xa0\x80\x81 \xc3\xa4/";

	json_set_str(value, "x", text);
	output_json(&o, value, false);
	is_str(buf_text(&o.text), "{\"x\":\"\\u001b\\u009b\\u202e\\udb40\\udc01 \xc3\xa4/\"}\n",
	       "what is not printable is escaped as JSON has it");
	back = json_parse(o.text.data, o.text.len, NULL);
	is_str(json_str(back, "x"), text, "and reads back as it was");
	json_object_put(back);
	buf_clear(&o.text);
	json_set_str(value, "x", "\xff");
	output_json(&o, value, false);
	is_str(buf_text(&o.text), "{\"x\":\"\\ufffd\"}\n", "a byte that is no text is replaced");
	json_object_put(value);
	output_done(&o);
}

static void test_lost(void)
{
	struct output o;
	struct error *err = NULL;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	output_init(&o, full);
	output_printf(&o, "answer\n");
	ok(!output_flush(&o, &err), "an answer that does not arrive is a failure");
	is_str(error_message(err), "write the answer: No space left on device", "and says why");
	error_free(err);
	output_done(&o);
	close(full);
}

/* All of s at once and cut at every place give the same. */
static void restored(const char *s, const char *want, const char *name)
{
	for (size_t cut = 0; cut <= strlen(s); cut++) {
		struct modes m = { 0 };
		AUTO_BUF struct buf out = BUF_INIT;

		modes_watch(&m, s, cut);
		modes_watch(&m, s + cut, strlen(s) - cut);
		modes_restore(&m, &out);
		if (strcmp(buf_text(&out) + strlen("\030\033\\\017\033(B\033[0m\033>"), want) != 0) {
			is_str(buf_text(&out), want, name);
			return;
		}
	}
	ok(true, "%s", name);
}

static void test_modes(void)
{
	restored("plain text", "", "text changes no mode");
	restored("\033[?1049h\033[?25lvim", "\033[?25h\033[?1049l", "screen and cursor come back");
	restored("\033[?1049h\033[?25lvim\033[?25h\033[?1049l", "", "what the guest set back is not ours");
	restored("\033[?1002;1006;2004h", "\033[?1002l\033[?1006l\033[?2004l", "several in one sequence");
	restored("\033[?1;2;3;4;5;6;7;8;9;10;1000h", "\033[?1l\033[?5l\033[?6l",
		 "more numbers than fit are dropped, not written elsewhere");
	restored("\033[?99999999999999h\033[1049h\033?1049h", "", "nonsense is nothing");
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	test_table();
	test_table_widths();
	test_words();
	test_json();
	test_lost();
	test_modes();
	return tap_done();
}
