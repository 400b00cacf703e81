/*
 * actions: the table of views/actions.def, and what is made from it.
 */
#ifndef VIEWS_ACTIONS_H
#define VIEWS_ACTIONS_H

#include <stdbool.h>

#include "backend/base/buf.h"
#include "backend/connection/connection.h"
#include "tui/keymap.h"
#include "views/states.h"

struct ui;

/* Where keys mean something of their own; the words of key map files. */
#define PLACES(X) \
	X(ANY, "*") X(LIST, "list") X(DETAILS, "details") X(PAGER, "pager") \
	X(TYPING, "typing") X(CONSOLE, "console") X(SCREEN, "screen") X(SCROLL, "scroll")

enum place {
#define X(id, name) PLACE_##id,
	PLACES(X)
#undef X
	PLACE_COUNT
};

enum action {
#define ACTION(id, name, places, keys, needs, label, verb, help) ACTION_##id,
#include "views/actions.def"
#undef ACTION
	ACTION_COUNT
};

enum needs { NEEDS_NOTHING, NEEDS_GUEST, NEEDS_OFF, NEEDS_ACTIVE };

struct action_row {
	const char *name;
	unsigned places;		/* 1 << PLACE_* */
	const char *keys;
	enum needs needs;
	const char *label, *verb, *help;
	void (*run)(struct ui *ui);
};

extern const struct action_row actions[ACTION_COUNT];

const char *place_name(enum place p);
/* -1: no such. */
int place_find(const char *name);
int action_find(const char *name);

/* Whether the action can be done with the guest, which may be NULL. */
bool action_applies(enum action a, const struct domain *d);

/* The table's keys. */
void actions_default_keys(struct keymap *m);
extern const struct keymap_words action_words;

/* The key bar of a place: "Enter details  s start ..." in at most width
 * columns, help always among them. */
struct key_hint {
	char key[KEY_NAME_MAX];
	const char *label;
};
#define KEY_HINTS_MAX 40
int actions_hints(const struct keymap *m, enum place p, const struct domain *d, int width,
		  struct key_hint hints[KEY_HINTS_MAX]);

/* The help of a place, as text. */
void actions_help(const struct keymap *m, enum place p, struct buf *out);

#define ACTION(id, name, places, keys, needs, label, verb, help) void act_##id(struct ui *ui);
#include "views/actions.def"
#undef ACTION

#endif
