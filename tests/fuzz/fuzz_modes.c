/*
 * What a guest writes to its console, cut anywhere: what is remembered of it
 * does not depend on the cut, and bringing the terminal back stays short.
 */
#include "tests/fuzz/fuzz.h"
#include "views/cli/modes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t first = size ? data[0] % size : 0;
	struct modes whole = { 0 }, cut = { 0 };
	struct buf out = BUF_INIT;

	modes_watch(&whole, (const char *)data, size);
	modes_watch(&cut, (const char *)data, first);
	modes_watch(&cut, (const char *)data + first, size - first);
	must(whole.changed == cut.changed && whole.state == cut.state);
	modes_restore(&whole, &out);
	must(out.len < 512);
	buf_done(&out);
	return 0;
}
