/* Completion at any place of any text. */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/schema.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_strndup((const char *)data, size);
	size_t len = strlen(text), step = len / 7 + 1;

	for (size_t at = 0; at <= len; at += step) {
		struct schema_completions c;

		schema_complete(text, at, &c);
		must(c.from <= at);
		for (size_t i = 0; i < c.n; i++)
			must(!strncmp(c.items[i]->name, text + c.from, at - c.from));
		schema_completions_done(&c);
	}
	return 0;
}
