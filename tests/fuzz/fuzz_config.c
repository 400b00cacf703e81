/*
 * Any text as settings, as a theme and as a key map: understood, or refused
 * with the line.
 */
#include <string.h>

#include "backend/base/config.h"
#include "backend/base/mem.h"
#include "tests/fuzz/fuzz.h"
#include "tui/keymap.h"
#include "tui/theme.h"

static int one(const char *word)
{
	return strcmp(word, "*") ? (int)strlen(word) % 3 - 1 : 0;
}

static void settings(const char *text, size_t size)
{
	struct error *err = NULL;
	struct config *c = config_parse(text, size, "fuzz", &err);

	must(!c == !!err);
	for (const struct config_line *l = NULL; c && (l = config_next(c, "a", l)); )
		must(l->value);
	config_free(c);
	error_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct keymap_words words = { .place = one, .action = one };
	AUTO_FREE char *text = mem_strndup((const char *)data, size);
	struct error *err = NULL;
	struct theme theme;
	struct keymap map = { 0 };

	settings((const char *)data, size);
	theme_init(&theme, DEPTH_COUNT - 1);
	must(theme_parse(&theme, text, "fuzz", &err) == !err);
	error_free(err);
	err = NULL;
	must(keymap_parse(&map, text, "fuzz", &words, &err) == !err);
	error_free(err);
	keymap_done(&map);
	return 0;
}
