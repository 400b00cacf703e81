/*
 * text_view: see text_view.h.
 */
#include "views/text_view.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "tui/pager.h"
#include "tui/wrap.h"
#include "views/ui.h"

struct text_view {
	struct view view;
	char *title;
	struct pager pager;
	char *text;			/* to be wrapped at the width of the screen; or NULL */
	int wrapped_at, hang;
	/* Of text_view_of(): */
	char uuid[37];
	const char *operation;		/* NULL: the text stands */
	char *(*format)(struct json_object *result);
	bool at_end;			/* show the end first */
	struct answer *pending;		/* asked, not answered */
	bool again;			/* news since then */
};

/* Outlives a view that is closed before the answer comes. */
struct answer {
	struct text_view *view;
};

static void ask(struct text_view *v);

static void on_answer(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct answer *a = arg;
	struct text_view *v = a->view;

	(void)c;
	free(a);
	if (!v)
		return;
	v->pending = NULL;
	if (err) {
		ui_fail_copy(v->view.ui, err);
	} else {
		AUTO_FREE char *text = v->format(result);

		pager_set(&v->pager, text);
		if (v->at_end)
			pager_move(&v->pager, LIST_LAST);
		v->at_end = false;
	}
	ui_dirty(v->view.ui);
	if (v->again)
		ask(v);
}

static void ask(struct text_view *v)
{
	struct domain *d = connection_lookup(v->view.ui->connection, v->uuid, NULL);

	v->again = v->pending != NULL;
	if (v->again || !d)
		return;
	v->pending = mem_zalloc(sizeof(*v->pending));
	v->pending->view = v;
	connection_call(v->view.ui->connection, d, v->operation, NULL, on_answer, v->pending);
}

static void wrap(struct text_view *v, int width)
{
	struct wrapped w;
	AUTO_BUF struct buf text = BUF_INIT;

	if (!v->text || width == v->wrapped_at)
		return;
	v->wrapped_at = width;
	w = wrap_text(v->text, width, v->hang);
	for (size_t i = 0; i < w.n; i++)
		buf_printf(&text, "%s\n", w.lines[i]);
	pager_set(&v->pager, buf_text(&text));
	wrapped_done(&w);
}

static void text_paint(struct view *view, struct cells *c, struct area a)
{
	struct text_view *v = (struct text_view *)view;
	const struct theme *t = &view->ui->theme;
	AUTO_FREE char *where = NULL;

	wrap(v, a.cols);
	cells_clear(c, (struct area){ a.y, a.x, 1, a.cols }, theme_style(t, THEME_TITLE));
	cells_text(c, a.y, a.x, a.cols, theme_style(t, THEME_TITLE), v->title);
	pager_paint(&v->pager, c, (struct area){ a.y + 1, a.x, a.rows - 1, a.cols }, t);
	if ((int)v->pager.n > v->pager.rows) {
		where = mem_printf("  %d-%d of %zu", v->pager.top + 1, v->pager.top + v->pager.rows, v->pager.n);
		cells_text_right(c, a.y, a.x + a.cols - 24, 24, theme_style(t, THEME_DIM), where);
	}
}

static enum place text_place(const struct view *view)
{
	(void)view;
	return PLACE_PAGER;
}

static void text_move(struct view *view, enum list_move move)
{
	pager_move(&((struct text_view *)view)->pager, move);
	ui_dirty(view->ui);
}

static void text_shift(struct view *view, int columns)
{
	pager_shift(&((struct text_view *)view)->pager, columns);
	ui_dirty(view->ui);
}

static void text_search(struct view *view, const char *text, bool backwards)
{
	struct text_view *v = (struct text_view *)view;

	if (!pager_find(&v->pager, text, backwards) && (v->pager.search || !text))
		ui_tell(view->ui, v->pager.search ? "'%s' is not there" : "nothing was searched yet%s",
			v->pager.search ? v->pager.search : "");
	ui_dirty(view->ui);
}

static void text_mouse(struct view *view, const struct key *k, int y, int x)
{
	struct text_view *v = (struct text_view *)view;

	(void)y;
	(void)x;
	if (k->mouse.button == MOUSE_WHEEL_UP || k->mouse.button == MOUSE_WHEEL_DOWN)
		pager_scroll(&v->pager, k->mouse.button == MOUSE_WHEEL_UP ? -3 : 3);
	ui_dirty(view->ui);
}

static void text_changed(struct view *view, enum connection_event what, struct domain *d)
{
	struct text_view *v = (struct text_view *)view;

	if (v->operation && what == CONNECTION_DOMAIN_CHANGED && !strcmp(d->uuid, v->uuid))
		ask(v);
}

static void text_free(struct view *view)
{
	struct text_view *v = (struct text_view *)view;

	if (v->pending)
		v->pending->view = NULL;
	pager_done(&v->pager);
	free(v->text);
	free(v->title);
	free(v);
}

static const struct view_class class = {
	.paint = text_paint, .place = text_place, .move = text_move, .shift = text_shift,
	.search = text_search, .mouse = text_mouse, .changed = text_changed, .free = text_free,
};

static struct text_view *text_new(struct ui *ui, char *title)
{
	struct text_view *v = mem_zalloc(sizeof(*v));

	v->view.class = &class;
	v->view.ui = ui;
	v->title = title;
	return v;
}

struct view *text_view_new(struct ui *ui, const char *title, const char *text, int hang)
{
	struct text_view *v = text_new(ui, mem_strdup(title));

	v->hang = hang;
	v->text = mem_strdup(text);
	return &v->view;
}

struct view *text_view_of(struct ui *ui, struct domain *d, const char *what, const char *operation,
			  char *(*format)(struct json_object *result), bool at_end)
{
	struct text_view *v = text_new(ui, mem_printf("%s: %s", d->name, what));

	memcpy(v->uuid, d->uuid, sizeof(v->uuid));
	v->operation = operation;
	v->format = format;
	v->at_end = at_end;
	ask(v);
	return &v->view;
}
