/* tui: theme, keymap, list, input and pager. */
#include <locale.h>

#include "backend/base/mem.h"
#include "tests/unit/tap.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/list.h"
#include "tui/pager.h"
#include "tui/theme.h"

static void test_theme(void)
{
	struct theme t;
	struct error *err = NULL;
	struct style s;

	theme_init(&t, DEPTH_8);
	ok(theme_parse(&t, "# a comment\n\nlist-selected reverse white/blue 255/24 #ffffff/#264f78/bold\n"
			   "error bold red/-/bold\n", "t", &err), "a theme is read");
	s = theme_style(&t, THEME_LIST_SELECTED);
	ok(s.fg == COLOUR_INDEX(7) && s.bg == COLOUR_INDEX(4) && !s.attr, "8 colours");
	t.depth = DEPTH_MONO;
	ok(theme_style(&t, THEME_LIST_SELECTED).attr == ATTR_REVERSE, "none");
	t.depth = DEPTH_RGB;
	s = theme_style(&t, THEME_LIST_SELECTED);
	ok(s.fg == COLOUR_RGB(255, 255, 255) && s.bg == COLOUR_RGB(0x26, 0x4f, 0x78) &&
	   s.attr == ATTR_BOLD, "24 bit");
	ok(theme_style(&t, THEME_ERROR).fg == COLOUR_INDEX(1), "a column left out takes the one before");
	s = theme_on(&t, THEME_ERROR, theme_style(&t, THEME_LIST_SELECTED));
	ok(s.fg == COLOUR_INDEX(1) && s.bg == COLOUR_RGB(0x26, 0x4f, 0x78), "one on another's background");
	ok(!theme_parse(&t, "error bold\nlist-selektd bold\n", "my.theme", &err), "a slip is found");
	is_str(error_message(err), "my.theme:2: unknown element 'list-selektd'", "and told with its line");
	error_free(err);
	err = NULL;
	ok(theme_style(&t, THEME_ERROR).fg == COLOUR_INDEX(1), "and nothing changed");
	ok(!theme_parse(&t, "error bold pink/-\n", "x", &err), "colours are known by name");
	error_free(err);
	err = NULL;
	ok(!theme_parse(&t, "error loud\n", "x", &err), "attributes too");
	error_free(err);
}

static int word_place(const char *word)
{
	return !strcmp(word, "list") ? 1 : !strcmp(word, "console") ? 2 : -1;
}

static int word_action(const char *word)
{
	return !strcmp(word, "start") ? 10 : !strcmp(word, "help") ? 11 : -1;
}

static int does(const struct keymap *m, int place, const char *name)
{
	struct key k = { 0 };

	keys_parse(name, &k.code, &k.mods);
	return keymap_find(m, place, &k);
}

static void test_keymap(void)
{
	static const struct keymap_words words = { word_place, word_action };
	struct keymap m = { 0 };
	struct error *err = NULL;
	char name[KEY_NAME_MAX];

	ok(keymap_bind_names(&m, 1, "s F2", 10, &err) && keymap_bind_names(&m, 0, "?", 11, &err),
	   "defaults are bound");
	is_int(does(&m, 1, "s"), 10, "a key at its place");
	is_int(does(&m, 2, "s"), KEYMAP_NONE, "is nothing elsewhere");
	is_int(does(&m, 2, "?"), 11, "one of everywhere is found everywhere");
	is_str(keymap_key(&m, 1, 10, 1, name), "F2", "the second key of an action");
	ok(keymap_parse(&m, "# mine\nlist s none\nlist C-s start\n* # help\n", "keys", &words, &err),
	   "a file changes them");
	is_int(does(&m, 1, "s"), KEYMAP_NONE, "a key is taken away");
	is_int(does(&m, 1, "C-s"), 10, "another added");
	is_int(does(&m, 1, "#"), 11, "# can be a key");
	keymap_bind_names(&m, 1, "?", 10, NULL);
	is_str(keymap_key(&m, 1, 11, 0, name), "#", "a key that means something else here is not named");
	ok(!keymap_parse(&m, "list s start\nlist s strat\n", "keys", &words, &err), "a slip is found");
	is_str(error_message(err), "keys:2: unknown action 'strat'", "with its line");
	error_free(err);
	is_int(does(&m, 1, "s"), KEYMAP_NONE, "and nothing changed");
	keymap_done(&m);
}

static void test_list(void)
{
	struct list l = { 0 };

	list_fit(&l, 0, 5);
	is_int(l.at, -1, "nothing is selected of nothing");
	list_fit(&l, 1000, 5);
	is_int(l.at, 0, "the first comes first");
	list_move(&l, LIST_LAST);
	ok(l.at == 999 && l.top == 995, "to the end");
	ok(!list_move(&l, LIST_DOWN), "where it stops");
	list_move(&l, LIST_PAGE_UP);
	ok(l.at == 995 && l.top == 995, "a page up");
	list_scroll(&l, -10);
	ok(l.top == 985 && l.at == 989, "the wheel drags the selection along");
	list_fit(&l, 3, 5);
	ok(l.at == 2 && l.top == 0, "rows that vanish");
	list_fit(&l, 1000, 0);
	ok(l.at == 2, "no height at all");
}

static void type(struct input *i, const char *names)
{
	AUTO_FREE char *copy = mem_strdup(names);
	char *rest;

	for (char *w = strtok_r(copy, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
		struct key k = { 0 };

		keys_parse(w, &k.code, &k.mods);
		input_key(i, &k);
	}
}

static void test_input(void)
{
	struct input i = { 0 };
	struct key k = { .code = K_PASTE, .text = "x\ny\x1bz", .len = 5 };
	struct cells c;

	type(&i, "w ä b");
	is_str(input_text(&i), "wäb", "typing");
	type(&i, "Left Left Delete");
	is_str(input_text(&i), "wb", "characters, not bytes, are deleted");
	type(&i, "End Space o n e Space t w o C-w");
	is_str(input_text(&i), "wb one ", "a word back");
	type(&i, "Home C-k");
	is_str(input_text(&i), "", "to the end of the line");
	input_key(&i, &k);
	is_str(input_text(&i), "x yz", "a paste is one clean line");
	k = (struct key){ .code = K_ENTER };
	ok(input_key(&i, &k) == INPUT_DONE, "enter ends");
	k = (struct key){ .code = K_ESCAPE };
	ok(input_key(&i, &k) == INPUT_CANCEL, "escape too");
	cells_init(&c, 1, 4);
	input_set(&i, "abcdef");
	is_int(input_paint(&i, &c, 0, 0, 4, (struct style){ 0 }), 3, "the cursor is always in sight");
	is_int(cells_at(&c, 0, 2)->code[0], 'f', "with the text before it");
	cells_done(&c);
	input_done(&i);
}

static void test_pager(void)
{
	struct pager p = { 0 };
	struct theme t;
	struct cells c;

	theme_init(&t, DEPTH_MONO);
	cells_init(&c, 3, 20);
	pager_set(&p, "one\ntwo\nthree\n\tfour\nfive");
	is_int((long long)p.n, 5, "lines");
	is_str(p.lines[3], "        four", "tabs are columns");
	pager_paint(&p, &c, cells_area(&c), &t);
	pager_move(&p, LIST_LAST);
	is_int(p.top, 2, "the end");
	pager_set(&p, "one\ntwo\nthree\nfour\nfive\nsix");
	is_int(p.top, 3, "who stands at the end stays there");
	pager_move(&p, LIST_FIRST);
	pager_set(&p, "one\ntwo\nthree\nfour\nfive\nsix\nseven");
	is_int(p.top, 0, "who does not keeps the place");
	ok(pager_find(&p, "FO", false) && p.top == 3, "found without regard to case");
	ok(!pager_find(&p, "nowhere", false), "or not at all");
	pager_done(&p);
	cells_done(&c);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_theme();
	test_keymap();
	test_list();
	test_input();
	test_pager();
	return tap_done();
}
