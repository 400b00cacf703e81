/*
 * Any bytes for a terminal: what comes out is printable UTF-8 and nothing else,
 * and cleaning it again changes nothing.
 */
#include <string.h>

#include "backend/base/sanitize.h"
#include "tests/fuzz/fuzz.h"

static void all_printable(const struct buf *b, bool lines)
{
	unsigned code;

	for (size_t i = 0; i < b->len; i += sanitize_decode(b->data + i, b->len - i, &code)) {
		if (lines && (b->data[i] == '\n' || b->data[i] == '\t'))
			continue;
		sanitize_decode(b->data + i, b->len - i, &code);
		must(sanitize_printable(code));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, lines = BUF_INIT;

	sanitize_add(&once, (const char *)data, size);
	all_printable(&once, false);
	sanitize_add_lines(&lines, (const char *)data, size);
	all_printable(&lines, true);
	buf_done(&once);
	buf_done(&lines);
	return 0;
}
