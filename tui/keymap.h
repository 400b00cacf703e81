/*
 * keymap: which key does what where.
 *
 * Places and actions are numbers to this file and words to the user; whoever
 * owns them gives the words.  A key map file has lines of
 *
 *     # place  key    action
 *     list     C-r    reboot
 *     *        F1     help
 *     list     x      none
 *
 * Later lines win; "none" takes a key away; place 0 is "*", everywhere.  '#'
 * begins a comment only at the start of a line, as it is also a key.
 */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"
#include "tui/keys.h"

#define KEYMAP_NONE (-1)

struct keymap_binding {
	int place;
	uint32_t code;
	unsigned mods;
	int action;
};

struct keymap {
	struct keymap_binding *bindings;
	size_t n;
};

struct keymap_words {
	int (*place)(const char *word);		/* -1: there is none such */
	int (*action)(const char *word);
};

void keymap_done(struct keymap *m);
void keymap_bind(struct keymap *m, int place, uint32_t code, unsigned mods, int action);
/* keys is a list of key names with spaces between; false names the bad one. */
bool keymap_bind_names(struct keymap *m, int place, const char *keys, int action, struct error **err);
/* On error m is as it was. */
bool keymap_parse(struct keymap *m, const char *text, const char *name,
		  const struct keymap_words *words, struct error **err);

/* What the key does at the place, else everywhere; KEYMAP_NONE. */
int keymap_find(const struct keymap *m, int place, const struct key *k);
/* The i-th key that does it there (its own place before everywhere); NULL
 * past the last. */
const char *keymap_key(const struct keymap *m, int place, int action, size_t i,
		       char out[KEY_NAME_MAX]);

#endif
