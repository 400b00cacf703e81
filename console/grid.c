/*
 * grid: see grid.h.
 */
#include "console/grid.h"

#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/utf8.h"

void grid_free(struct grid *g)
{
	if (g)
		g->class->free(g);
}

bool grid_update(struct grid *g)
{
	return g->class->update(g);
}

void grid_key(struct grid *g, const struct key *k)
{
	g->class->key(g, k);
}

void grid_room(struct grid *g, int rows, int cols)
{
	g->class->room(g, rows, cols);
}

/* The first row or column to show of `size` so that the cursor is in sight. */
static int origin(int size, int room, int cursor)
{
	int from = cursor - room + 1;

	if (from > size - room)
		from = size - room;
	return from < 0 ? 0 : from;
}

static void copy_row(const struct grid *g, int row, int from, struct cells *out, int y, struct area a)
{
	AUTO_FREE struct cell *line = mem_alloc((size_t)g->cells.cols * sizeof(*line));
	int above = -row - 1;

	if (row >= 0)
		memcpy(line, &g->cells.cell[row * g->cells.cols], (size_t)g->cells.cols * sizeof(*line));
	else
		history_read(&g->history, g->history.n - 1 - (size_t)above, line, g->cells.cols);
	for (int x = 0; x < a.cols && from + x < g->cells.cols; x++) {
		struct cell *to = cells_at(out, y, a.x + x);

		if (to)
			*to = line[from + x];
	}
}

int grid_top(const struct grid *g, int rows)
{
	return origin(g->cells.rows, rows, g->cursor_y);
}

void grid_paint(const struct grid *g, struct cells *out, struct area a, int top, int *y, int *x)
{
	int left = top < 0 ? 0 : origin(g->cells.cols, a.cols, g->cursor_x);

	cells_clear(out, a, (struct style){ 0 });
	for (int i = 0; i < a.rows; i++)
		if (top + i < g->cells.rows && top + i >= -(int)g->history.n)
			copy_row(g, top + i, left, out, a.y + i, a);
	*y = a.y + g->cursor_y - top;
	*x = a.x + g->cursor_x - left;
	if (g->cursor_y < 0 || *y >= a.y + a.rows || *x >= a.x + a.cols)
		*y = *x = -1;
}

char *grid_row_text(const struct grid *g, int row)
{
	struct buf text = BUF_INIT;

	if (row < 0) {
		if ((size_t)-row <= g->history.n)
			buf_add_str(&text, history_text(&g->history, g->history.n - (size_t)-row));
		return buf_steal(&text);
	}
	for (int x = 0; row < g->cells.rows && x < g->cells.cols; x++) {
		const struct cell *cell = cells_at(&g->cells, row, x);

		for (int i = 0; cell->width > 0 && i < CELL_CODES && (i == 0 || cell->code[i]); i++)
			utf8_add(&text, cell->code[i] ? cell->code[i] : ' ');
	}
	while (text.len > 0 && text.data[text.len - 1] == ' ')
		text.data[--text.len] = '\0';
	return buf_steal(&text);
}

bool grid_find(const struct grid *g, const char *text, int row, bool up, int *found)
{
	int first = -(int)g->history.n, step = up ? -1 : 1;

	for (int at = row + step; at >= first && at < g->cells.rows; at += step) {
		AUTO_FREE char *line = grid_row_text(g, at);

		if (strcasestr(line, text)) {
			*found = at;
			return true;
		}
	}
	return false;
}
