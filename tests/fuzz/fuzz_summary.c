/*
 * Any text as a stored definition: a list can always show something of it.
 */
#include "backend/store/summary.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct summary s = { 0 };

	summary_parse(&s, (const char *)data, size, "fuzz");
	must(s.name || s.broken);
	summary_done(&s);
	return 0;
}
