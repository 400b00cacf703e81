/*
 * backoff: see backoff.h.
 */
#include "backend/supervisor/backoff.h"

int backoff_restart(struct backoff *b, int64_t now_ms)
{
	int64_t delay = BACKOFF_FIRST_MS;

	if (b->in_a_row == 0 || now_ms - b->last_ms >= BACKOFF_CALM_MS)
		b->in_a_row = 0;
	b->in_a_row++;
	if (b->in_a_row <= BACKOFF_FREE) {
		b->last_ms = now_ms;
		return 0;
	}
	for (unsigned n = BACKOFF_FREE + 1; n < b->in_a_row && delay < BACKOFF_LONGEST_MS; n++)
		delay *= 2;
	if (delay > BACKOFF_LONGEST_MS)
		delay = BACKOFF_LONGEST_MS;
	b->last_ms = now_ms + delay;
	return (int)delay;
}
