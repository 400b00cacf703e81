/*
 * actions: see actions.h.
 */
#include "views/actions.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "tui/cells.h"

#define IN(place) (1u << PLACE_##place)

const struct action_row actions[ACTION_COUNT] = {
#define ACTION(id, name, places, keys, needs, label, verb, help) \
	{ name, places, keys, needs, label, verb, help, act_##id },
#include "views/actions.def"
#undef ACTION
};

static const char *const place_names[] = {
#define X(id, name) name,
	PLACES(X)
#undef X
};

const char *place_name(enum place p)
{
	return place_names[p];
}

int place_find(const char *name)
{
	for (int i = 0; i < PLACE_COUNT; i++)
		if (!strcmp(place_names[i], name))
			return i;
	return -1;
}

int action_find(const char *name)
{
	for (int i = 0; i < ACTION_COUNT; i++)
		if (!strcmp(actions[i].name, name))
			return i;
	return -1;
}

const struct keymap_words action_words = { place_find, action_find };

bool action_applies(enum action a, const struct domain *d)
{
	switch (actions[a].needs) {
	case NEEDS_NOTHING: return true;
	case NEEDS_GUEST: return d != NULL;
	case NEEDS_OFF: return d && !domain_is_active(d);
	case NEEDS_ACTIVE: return d && domain_is_active(d);
	}
	return false;
}

void actions_default_keys(struct keymap *m)
{
	for (int a = 0; a < ACTION_COUNT; a++)
		for (int p = 0; p < PLACE_COUNT; p++) {
			struct error *err = NULL;

			if (!(actions[a].places & 1u << p))
				continue;
			if (!keymap_bind_names(m, p, actions[a].keys, a, &err))
				abort();	/* a slip in the table, which a test finds */
		}
}

static int hint_width(const struct key_hint *h)
{
	return cells_text_width(h->key) + 1 + cells_text_width(h->label) + 2;
}

static bool hint(const struct keymap *m, enum place p, enum action a, const struct domain *d,
		 struct key_hint *out)
{
	if (!(actions[a].places & 1u << p) || !*actions[a].label || !action_applies(a, d))
		return false;
	if (!keymap_key(m, (int)p, (int)a, 0, out->key))
		return false;
	out->label = actions[a].label;
	if (a == ACTION_pause && d && d->state == DOMAIN_PAUSED)
		out->label = "run on";
	return true;
}

int actions_hints(const struct keymap *m, enum place p, const struct domain *d, int width,
		  struct key_hint hints[KEY_HINTS_MAX])
{
	struct key_hint help;
	bool has_help = hint(m, p, ACTION_help, d, &help);
	int n = 0;

	if (has_help)
		width -= hint_width(&help);
	for (int a = 0; a < ACTION_COUNT && n < KEY_HINTS_MAX - 1; a++) {
		if (a == ACTION_help || !hint(m, p, (enum action)a, d, &hints[n]))
			continue;
		if (hint_width(&hints[n]) > width)
			break;
		width -= hint_width(&hints[n++]);
	}
	if (has_help)
		hints[n++] = help;
	return n;
}

/* "Up, k, C-p" */
static void add_keys(const struct keymap *m, enum place p, enum action a, struct buf *out)
{
	char name[KEY_NAME_MAX];

	for (size_t i = 0; keymap_key(m, (int)p, (int)a, i, name); i++)
		buf_printf(out, "%s%s", i ? ", " : "", name);
}

void actions_help(const struct keymap *m, enum place p, struct buf *out)
{
	for (int a = 0; a < ACTION_COUNT; a++) {
		AUTO_BUF struct buf keys = BUF_INIT;

		if (!(actions[a].places & 1u << p))
			continue;
		add_keys(m, p, (enum action)a, &keys);
		buf_printf(out, "%-14s %s", keys.len ? buf_text(&keys) : "(no key)", actions[a].help);
		if (*actions[a].verb)
			buf_printf(out, "  [virtty %s]", actions[a].verb);
		buf_add_char(out, '\n');
	}
}
