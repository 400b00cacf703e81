/*
 * Any bytes as the index: read as one, or as an empty one.
 */
#include "backend/store/index.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stat st = { .st_ino = 1, .st_size = 1 };
	const char *fields[3];
	struct index *x = index_parse((const char *)data, size);

	must(x);
	if (index_get(x, "domains/a", &st, fields, 3))
		must(fields[0] && fields[1] && fields[2]);
	index_put(x, "domains/a", &st, (const char *const[]){ "1", "\t", "\n" }, 3);
	index_free(x);
	return 0;
}
