/*
 * preview: see preview.h.
 */
#include "views/preview.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "console/serial.h"
#include "views/actions.h"
#include "views/ui.h"

#define REST_MS 200
#define PAINT_MS 500
#define HISTORY 50
#define ROWS_MAX 12

struct preview {
	struct ui *ui;
	char uuid[37];			/* "": none */
	char *console;			/* its name; NULL until attached */
	struct console_link *link;
	struct grid *grid;
	struct event *timer;		/* until it attaches */
	bool tried;			/* it could not, or has ended: not again */
};

static void on_data(struct console_link *l, const char *data, size_t len, void *arg)
{
	struct preview *p = arg;

	(void)l;
	serial_feed(p->grid, data, len);
	ui_dirty_within(p->ui, PAINT_MS);
}

static void on_notice(struct console_link *l, struct json_object *notice, void *arg)
{
	struct preview *p = arg;
	const char *name = json_str(json_get(notice, "opened"), "console");

	(void)l;
	if (!name)
		return;
	free(p->console);
	p->console = mem_strdup(name);
}

static void on_end(struct console_link *l, const char *why, void *arg)
{
	struct preview *p = arg;

	(void)why;
	console_link_close(l);
	p->link = NULL;
}

static const struct console_handlers handlers = { on_data, on_notice, on_end };

static void on_send(struct grid *g, const char *bytes, size_t len, void *arg)
{
	(void)g;
	(void)bytes;
	(void)len;
	(void)arg;
}

static const struct grid_handlers grid_handlers = { .on_send = on_send };

static void on_rest(void *arg)
{
	struct preview *p = arg;
	struct domain *d = connection_lookup(p->ui->connection, p->uuid, NULL);

	loop_cancel(&p->timer);
	p->tried = true;
	if (!d || !domain_is_active(d))
		return;
	p->grid = serial_new(HISTORY, &grid_handlers, p);
	p->link = connection_console(p->ui->connection, d, NULL, CONSOLE_READONLY, &handlers, p, NULL);
}

static void drop(struct preview *p)
{
	loop_cancel(&p->timer);
	if (p->link)
		console_link_close(p->link);
	p->link = NULL;
	grid_free(p->grid);
	p->grid = NULL;
	free(p->console);
	p->console = NULL;
	p->uuid[0] = '\0';
	p->tried = false;
}

struct preview *preview_new(struct ui *ui)
{
	struct preview *p = mem_zalloc(sizeof(*p));

	p->ui = ui;
	return p;
}

void preview_free(struct preview *p)
{
	if (!p)
		return;
	drop(p);
	free(p);
}

void preview_select(struct preview *p, struct domain *d)
{
	if (!d || !domain_is_active(d)) {
		drop(p);
		return;
	}
	if (!strcmp(p->uuid, d->uuid) && (p->timer || p->tried))
		return;
	drop(p);
	memcpy(p->uuid, d->uuid, sizeof(p->uuid));
	p->timer = loop_after(p->ui->base, REST_MS, on_rest, p);
}

/* The last row with anything on it. */
static int last_row(const struct preview *p)
{
	int y = p->grid->cells.rows - 1;

	while (y >= 0) {
		AUTO_FREE char *text = grid_row_text(p->grid, y);

		if (*text)
			break;
		y--;
	}
	return y;
}

int preview_rows(const struct preview *p)
{
	int last, first;

	if (!p->grid || !p->console)
		return 0;
	grid_update(p->grid);
	last = last_row(p);
	for (first = last - ROWS_MAX + 1; first < last; first++) {
		AUTO_FREE char *text = grid_row_text(p->grid, first);

		if (*text)
			break;
	}
	return last < 0 ? 0 : last - first + 2;
}

void preview_paint(struct preview *p, struct cells *c, struct area a)
{
	int last = last_row(p);
	struct style rule = ui_style(p->ui, THEME_RULE);

	cells_clear(c, a, ui_style(p->ui, THEME_NORMAL));
	cells_across(c, a.y, a.x, a.cols, 0x2500, rule);
	cells_printf(c, a.y, a.x + 2, a.cols - 2, ui_style(p->ui, THEME_LABEL), " last lines of %s ", p->console);
	for (int i = 1; i < a.rows; i++) {
		AUTO_FREE char *text = NULL;
		int row = last - (a.rows - 1) + i;

		text = grid_row_text(p->grid, row);
		cells_text(c, a.y + i, a.x, a.cols, ui_style(p->ui, THEME_NORMAL), text);
	}
}
