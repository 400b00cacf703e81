/*
 * Any text: refused with a message, or kept byte by byte, and what is written
 * reads as the same again.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/document.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error *err = NULL;
	struct document *d = document_parse((const char *)data, size, "fuzz", &err), *again;
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *second = NULL;

	if (!d) {
		must(err);
		error_free(err);
		return 0;
	}
	text = document_text(d);
	/* Nothing but a byte order mark is left out. */
	must(strlen(text) >= size - (size >= 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0));
	again = document_parse(text, strlen(text), "again", &err);
	must(again);
	second = document_text(again);
	must(!strcmp(text, second));
	document_free(again);
	document_free(d);
	return 0;
}
