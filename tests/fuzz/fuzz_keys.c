/*
 * Any bytes from a terminal, in two pieces: keys, and never one that is not
 * known by name or by its character.
 */
#include "tests/fuzz/fuzz.h"
#include "tui/keys.h"

static void on_key(const struct key *k, void *arg)
{
	char name[KEY_NAME_MAX];

	(void)arg;
	must(k->code < K_COUNT);
	if (k->code == K_PASTE)
		must(k->text || k->len == 0);
	else if (k->code != K_MOUSE && k->code != K_NONE)
		must(*keys_name(k->code, k->mods, name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keys *k = keys_new(on_key, NULL);
	size_t first = size ? data[0] % size : 0;

	keys_learn(k, "\033OP", K_F1, 0);
	keys_feed(k, (const char *)data, first);
	keys_feed(k, (const char *)data + first, size - first);
	if (keys_pending(k))
		keys_timeout(k);
	must(!keys_pending(k));
	keys_free(k);
	return 0;
}
