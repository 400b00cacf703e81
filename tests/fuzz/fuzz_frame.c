/*
 * Any bytes from a console's other end: whole frames, a wait for more, or the
 * end; and frames that were made come out as they went in.
 */
#include <event2/buffer.h>
#include <string.h>

#include "backend/base/frame.h"
#include "tests/fuzz/fuzz.h"

static size_t take(struct evbuffer *b, const uint8_t *wanted)
{
	const char *payload;
	size_t len, sum = 0;
	char type;

	while (frame_peek(b, &type, &payload, &len) == FRAME_READY) {
		must(len <= FRAME_MAX);
		if (wanted)
			must(!memcmp(payload, wanted + sum, len));
		sum += len;
		frame_drop(b, len);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evbuffer *b = evbuffer_new();

	evbuffer_add(b, data, size);
	take(b, NULL);
	evbuffer_drain(b, evbuffer_get_length(b));
	frame_add_data(b, data, size);
	must(take(b, data) == size);
	must(evbuffer_get_length(b) == 0);
	evbuffer_free(b);
	return 0;
}
