/*
 * details_view: see details_view.h.
 */
#include "views/details_view.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "views/details.h"
#include "views/guest.h"
#include "views/ui.h"

struct details_view {
	struct view view;
	char uuid[37];
	char *name;			/* for when it is gone */
	struct details details;
	int top, rows;
};

static struct domain *details_domain(const struct view *view)
{
	const struct details_view *v = (const struct details_view *)view;

	return connection_lookup(view->ui->connection, v->uuid, NULL);
}

static void scroll(struct details_view *v, int to)
{
	int last = (int)v->details.n - v->rows;

	if (to > last)
		to = last;
	v->top = to < 0 ? 0 : to;
	ui_dirty(v->view.ui);
}

static void details_paint_view(struct view *view, struct cells *c, struct area a)
{
	struct details_view *v = (struct details_view *)view;
	const struct theme *t = &view->ui->theme;
	struct domain *d = details_domain(view);

	cells_clear(c, a, theme_style(t, THEME_NORMAL));
	cells_text(c, a.y, a.x, a.cols, theme_style(t, THEME_TITLE), d ? d->name : v->name);
	if (!d) {
		cells_text(c, a.y + 1, a.x, a.cols, theme_style(t, THEME_DIM), "this guest is gone");
		return;
	}
	guest_ask(view->ui, d);
	details_update(&v->details, d, guest_of(d), a.cols);
	v->rows = a.rows - 1;
	if (v->top > (int)v->details.n - v->rows)
		v->top = (int)v->details.n > v->rows ? (int)v->details.n - v->rows : 0;
	details_paint(&v->details, v->top, c, (struct area){ a.y + 1, a.x, a.rows - 1, a.cols }, t);
}

static enum place details_place(const struct view *view)
{
	(void)view;
	return PLACE_DETAILS;
}

static void details_move(struct view *view, enum list_move move)
{
	struct details_view *v = (struct details_view *)view;
	int page = v->rows > 1 ? v->rows - 1 : 1;

	switch (move) {
	case LIST_UP: scroll(v, v->top - 1); break;
	case LIST_DOWN: scroll(v, v->top + 1); break;
	case LIST_PAGE_UP: scroll(v, v->top - page); break;
	case LIST_PAGE_DOWN: scroll(v, v->top + page); break;
	case LIST_FIRST: scroll(v, 0); break;
	case LIST_LAST: scroll(v, (int)v->details.n); break;
	}
}

static void details_mouse(struct view *view, const struct key *k, int y, int x)
{
	struct details_view *v = (struct details_view *)view;

	(void)y;
	(void)x;
	if (k->mouse.button == MOUSE_WHEEL_UP)
		scroll(v, v->top - 3);
	else if (k->mouse.button == MOUSE_WHEEL_DOWN)
		scroll(v, v->top + 3);
}

static void details_changed(struct view *view, enum connection_event what, struct domain *d)
{
	struct details_view *v = (struct details_view *)view;

	(void)what;
	if (strcmp(d->uuid, v->uuid) != 0)
		return;
	details_done(&v->details);
	ui_dirty(view->ui);
}

static void details_free(struct view *view)
{
	struct details_view *v = (struct details_view *)view;

	details_done(&v->details);
	free(v->name);
	free(v);
}

static const struct view_class class = {
	.paint = details_paint_view, .place = details_place, .domain = details_domain,
	.move = details_move, .mouse = details_mouse, .changed = details_changed, .free = details_free,
};

struct view *details_view_new(struct ui *ui, struct domain *d)
{
	struct details_view *v = mem_zalloc(sizeof(*v));

	v->view.class = &class;
	v->view.ui = ui;
	v->name = mem_strdup(d->name);
	memcpy(v->uuid, d->uuid, sizeof(v->uuid));
	return &v->view;
}
