/*
 * Any bytes from a guest's serial line, with the pane changing its size in
 * between: a grid that can be painted, read and searched.
 */
#include "backend/base/mem.h"
#include "console/serial.h"
#include "tests/fuzz/fuzz.h"

static void on_send(struct grid *g, const char *bytes, size_t len, void *arg)
{
	(void)g;
	(void)arg;
	must(bytes || !len);
}

static void look(struct grid *g, struct cells *out)
{
	AUTO_FREE char *first = NULL;
	int y, x;

	grid_update(g);
	grid_paint(g, out, (struct area){ 0, 0, 24, 80 }, -3, &y, &x);
	must(y < 24 && x <= 80);
	first = grid_row_text(g, -1);
	must(first);
	grid_find(g, "a", 0, true, &y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct grid_handlers handlers = { .on_send = on_send };
	struct grid *g = serial_new(100, &handlers, NULL);
	struct cells out = { 0 };
	size_t half = size / 2;

	cells_resize(&out, 24, 80);
	serial_answers(g, true);
	serial_feed(g, (const char *)data, half);
	look(g, &out);
	grid_room(g, 24 + (int)(size % 40), 80 + (int)(size % 90));
	serial_feed(g, (const char *)data + half, size - half);
	look(g, &out);
	cells_done(&out);
	grid_free(g);
	return 0;
}
