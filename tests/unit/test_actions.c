/* views/actions.def: what is made from the one table is whole. */
#include <locale.h>

#include "backend/base/mem.h"
#include "tests/unit/tap.h"
#include "themes/themes.h"
#include "tui/theme.h"
#include "views/actions.h"
#include "views/cli/verb.h"

/* Every row has what the help, the palette and the manual need. */
static void test_rows(void)
{
	for (int a = 0; a < ACTION_COUNT; a++) {
		const struct action_row *row = &actions[a];

		ok(*row->name && *row->help && row->run && row->places, "%s has a name, a help line, a place and a function",
		   row->name);
		ok(action_find(row->name) == a, "and its name is its own");
	}
}

static bool verb_exists(const char *verb)
{
	AUTO_FREE char *word = mem_strndup(verb, strcspn(verb, " "));

	return verb_find(word) != NULL;
}

static void test_verbs(void)
{
	for (int a = 0; a < ACTION_COUNT; a++)
		if (*actions[a].verb)
			ok(verb_exists(actions[a].verb), "%s: there is a verb '%s'", actions[a].name, actions[a].verb);
}

/* Each default key does, at each of its places, what its row says. */
static void test_keys(void)
{
	struct keymap m = { 0 };

	actions_default_keys(&m);
	for (int a = 0; a < ACTION_COUNT; a++)
		for (int p = 1; p < PLACE_COUNT; p++) {
			AUTO_FREE char *keys = mem_strdup(actions[a].keys);
			char *rest;

			if (!(actions[a].places & 1u << p))
				continue;
			for (char *w = strtok_r(keys, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
				struct key k = { 0 };

				keys_parse(w, &k.code, &k.mods);
				ok(keymap_find(&m, p, &k) == a, "%s is %s's alone in %s", w,
				   actions[a].name, place_name((enum place)p));
			}
		}
	keymap_done(&m);
}

static void test_help(void)
{
	struct keymap m = { 0 };

	actions_default_keys(&m);
	for (int p = 1; p < PLACE_COUNT; p++) {
		AUTO_BUF struct buf text = BUF_INIT;

		actions_help(&m, (enum place)p, &text);
		for (int a = 0; a < ACTION_COUNT; a++)
			if (actions[a].places & 1u << p)
				ok(strstr(buf_text(&text), actions[a].help) != NULL, "the help of %s tells of %s",
				   place_name((enum place)p), actions[a].name);
	}
	keymap_done(&m);
}

static bool hinted(const struct key_hint *hints, int n, const char *label)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(hints[i].label, label))
			return true;
	return false;
}

static void test_hints(void)
{
	struct domain off = { .id = -1, .state = DOMAIN_SHUTOFF }, on = { .id = 1, .state = DOMAIN_RUNNING };
	struct key_hint hints[KEY_HINTS_MAX];
	struct keymap m = { 0 };
	int n;

	actions_default_keys(&m);
	n = actions_hints(&m, PLACE_LIST, &off, 200, hints);
	ok(hinted(hints, n, "start") && !hinted(hints, n, "shut down"), "a guest that is off can be started");
	n = actions_hints(&m, PLACE_LIST, &on, 200, hints);
	ok(!hinted(hints, n, "start") && hinted(hints, n, "shut down"), "one that runs can be shut down");
	n = actions_hints(&m, PLACE_LIST, NULL, 200, hints);
	ok(!hinted(hints, n, "start") && hinted(hints, n, "quit"), "without one there is little to do");
	n = actions_hints(&m, PLACE_LIST, &on, 24, hints);
	ok(n >= 1 && hinted(hints, n, "help"), "help is told where nothing else fits");
	ok(keymap_parse(&m, "list s none\nlist F9 start\n", "k", &action_words, NULL), "keys are rebound");
	n = actions_hints(&m, PLACE_LIST, &off, 200, hints);
	for (int i = 0; i < n; i++)
		if (!strcmp(hints[i].label, "start"))
			is_str(hints[i].key, "F9", "and the key bar follows");
	keymap_done(&m);
}

static void test_themes(void)
{
	static const struct {
		const char *name, *text;
	} all[] = {
		{ "dark", theme_dark_text }, { "light", theme_light_text }, { "mono", theme_mono_text },
		{ "high-contrast", theme_high_contrast_text }, { "16", theme_16_text },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct theme t;
		struct error *err = NULL;

		theme_init(&t, DEPTH_256);
		ok(theme_parse(&t, all[i].text, all[i].name, &err), "theme %s is right: %s", all[i].name,
		   error_message(err));
		for (int e = 0; e < THEME_COUNT; e++) {
			AUTO_FREE char *line = mem_printf("\n%s ", theme_element_name((enum theme_element)e));

			ok(strstr(all[i].text, line) != NULL, "%s has %s", all[i].name,
			   theme_element_name((enum theme_element)e));
		}
		error_free(err);
	}
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_rows();
	test_verbs();
	test_keys();
	test_help();
	test_hints();
	test_themes();
	return tap_done();
}
