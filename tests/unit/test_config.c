/*
 * test_config: "key = value" lines.
 */
#include "tests/unit/tap.h"

#include "backend/base/config.h"

static struct config *parse(const char *text, struct error **err)
{
	return config_parse(text, strlen(text), "virtty.conf", err);
}

static void refused(const char *text, const char *want)
{
	struct error *err = NULL;
	struct config *c = parse(text, &err);

	ok(!c, "refused");
	is_str(error_message(err), want, want);
	error_free(err);
	config_free(c);
}

int main(void)
{
	struct config *c = parse("# comment\n\n  a=1\nb =  two words \nc=\"  kept \\\"x\\\\ \" # why\n"
				 "d-e.f=no\na = 2\nlast = end", NULL);
	const struct config_line *l;

	is_str(config_get(c, "b", NULL), "two words", "blanks around a value are dropped");
	is_str(config_get(c, "c", NULL), "  kept \"x\\ ", "but kept in quotes");
	is_str(config_get(c, "last", NULL), "end", "no line feed at the end");
	is_str(config_get(c, "x", "fallback"), "fallback", "absent");
	is_int(config_int(c, "a", 0), 2, "the later line wins");
	is_int(config_int(c, "b", 7), 7, "not a number");
	ok(!config_flag(c, "d-e.f", true) && config_flag(c, "b", true), "flags");
	l = config_next(c, "a", NULL);
	ok(l && l->line == 3 && !strcmp(l->value, "1"), "the first of two");
	l = config_next(c, "a", l);
	ok(l && !strcmp(l->value, "2") && !config_next(c, "a", l), "the second and no more");
	config_free(c);
	is_str(config_get(NULL, "a", "none"), "none", "no config is an empty one");
	refused("a = 1\nnonsense\n", "virtty.conf:2: expected 'key = value'");
	refused("= 1\n", "virtty.conf:1: expected 'key = value'");
	refused("a = \"open\n", "virtty.conf:1: no closing quote");
	refused("a = \"x\" y\n", "virtty.conf:1: text behind the closing quote");
	c = config_read("/nonexistent/virtty.conf", NULL);
	ok(c && c->n_lines == 0, "a missing file is empty");
	config_free(c);
	return tap_done();
}
