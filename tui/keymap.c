/*
 * keymap: see keymap.h.
 */
#include "tui/keymap.h"

#include <string.h>

#include "backend/base/mem.h"

void keymap_done(struct keymap *m)
{
	free(m->bindings);
	*m = (struct keymap){ 0 };
}

static struct keymap_binding *find(const struct keymap *m, int place, uint32_t code, unsigned mods)
{
	for (size_t i = 0; i < m->n; i++) {
		struct keymap_binding *b = &m->bindings[i];

		if (b->place == place && b->code == code && b->mods == mods)
			return b;
	}
	return NULL;
}

void keymap_bind(struct keymap *m, int place, uint32_t code, unsigned mods, int action)
{
	struct keymap_binding *b = find(m, place, code, mods);

	if (!b)
		b = MEM_PUSH(m->bindings, m->n);
	*b = (struct keymap_binding){ place, code, mods, action };
}

bool keymap_bind_names(struct keymap *m, int place, const char *keys, int action, struct error **err)
{
	AUTO_FREE char *copy = mem_strdup(keys);
	char *rest, *word;

	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		uint32_t code;
		unsigned mods;

		if (!keys_parse(word, &code, &mods)) {
			error_set(err, "unknown key '%s'", word);
			error_hint(err, "write keys as s, S, C-r, M-x, F5, Space, Enter, PgUp");
			return false;
		}
		keymap_bind(m, place, code, mods, action);
	}
	return true;
}

static bool parse_line(struct keymap *m, char *line, const struct keymap_words *words,
		       struct error **err)
{
	char *rest, *place = strtok_r(line, " \t", &rest), *key, *action;
	int p, a;

	if (!place || *place == '#')
		return true;
	key = strtok_r(NULL, " \t", &rest);
	action = strtok_r(NULL, " \t", &rest);
	if (!action || strtok_r(NULL, " \t", &rest)) {
		error_set(err, "expected PLACE KEY ACTION");
		return false;
	}
	p = !strcmp(place, "*") ? 0 : words->place(place);
	if (p < 0) {
		error_set(err, "unknown place '%s'", place);
		return false;
	}
	a = !strcmp(action, "none") ? KEYMAP_NONE : words->action(action);
	if (a < 0 && strcmp(action, "none")) {
		error_set(err, "unknown action '%s'", action);
		return false;
	}
	return keymap_bind_names(m, p, key, a, err);
}

bool keymap_parse(struct keymap *m, const char *text, const char *name,
		  const struct keymap_words *words, struct error **err)
{
	AUTO_FREE char *copy = mem_strdup(text);
	struct keymap fresh = { 0 };
	int number = 0;

	for (size_t i = 0; i < m->n; i++)
		*MEM_PUSH(fresh.bindings, fresh.n) = m->bindings[i];
	for (char *line = copy, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (!parse_line(&fresh, line, words, err)) {
			error_prepend(err, "%s:%d", name, number);
			keymap_done(&fresh);
			return false;
		}
	}
	keymap_done(m);
	*m = fresh;
	return true;
}

int keymap_find(const struct keymap *m, int place, const struct key *k)
{
	const struct keymap_binding *b = find(m, place, k->code, k->mods);

	if (!b && place != 0)
		b = find(m, 0, k->code, k->mods);
	return b ? b->action : KEYMAP_NONE;
}

const char *keymap_key(const struct keymap *m, int place, int action, size_t i, char out[KEY_NAME_MAX])
{
	const int places[] = { place, 0 };

	for (size_t p = 0; p < (place ? 2 : 1); p++)
		for (size_t n = 0; n < m->n; n++) {
			const struct keymap_binding *b = &m->bindings[n];

			if (b->place != places[p] || b->action != action)
				continue;
			if (p == 1 && find(m, place, b->code, b->mods))
				continue;	/* means something else here */
			if (i-- == 0)
				return keys_name(b->code, b->mods, out);
		}
	return NULL;
}
