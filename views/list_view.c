/*
 * list_view: see list_view.h.  Rows are made when they are painted, so only
 * what is seen costs anything; their load is measured every two seconds while
 * a running one is in sight, and otherwise nobody wakes up.
 */
#include "views/list_view.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "views/bulk.h"
#include "views/details.h"
#include "views/details_view.h"
#include "views/guest.h"
#include "views/preview.h"
#include "views/ui.h"

#define SAMPLE_MS 2000
#define ASK_MS 40
#define TWO_PANES 72			/* columns from which the details have room */
#define LIST_MIN 44
#define LIST_MAX 76
#define PREVIEW_FROM 20		/* rows from which there is a preview */

enum order { BY_NAME, BY_STATE, BY_CPU, BY_MEMORY, BY_AGE, ORDER_COUNT };

static const char *const order_names[] = { "name", "state", "CPU", "memory", "age" };

struct list_view {
	struct view view;
	struct domain **rows;		/* those that pass the filter, in order */
	size_t n_rows;
	bool rows_stale;
	struct list list;
	char selected[37];		/* uuid */
	char *filter;
	enum order order;
	struct details details;
	int details_top;
	struct area list_area;		/* as last painted, without the heading */
	struct event *sampler, *asker;
	struct preview *preview;
};

static struct domain *selected(const struct list_view *v)
{
	return v->list.at >= 0 && (size_t)v->list.at < v->n_rows ? v->rows[v->list.at] : NULL;
}

/* ---- which rows there are ---- */

/* The word is in its name, its title or its state. */
static bool has_word(const struct domain *d, const char *word)
{
	return strcasestr(d->name, word) || (d->title && strcasestr(d->title, word)) ||
	       strcasestr(domain_state_name(d->state), word);
}

/* All words of the filter; "!word" is one that must not be there. */
static bool passes(const struct list_view *v, const struct domain *d)
{
	AUTO_FREE char *words = mem_strdup(v->filter);
	char *rest;

	for (char *w = words ? strtok_r(words, " ", &rest) : NULL; w; w = strtok_r(NULL, " ", &rest)) {
		bool unwanted = *w == '!' && w[1];

		if (has_word(d, w + unwanted) == unwanted)
			return false;
	}
	return true;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b;
}

static int state_rank(const struct domain *d)
{
	static const int rank[] = {
		[DOMAIN_CRASHED] = 0, [DOMAIN_RUNNING] = 1, [DOMAIN_PAUSED] = 2,
		[DOMAIN_PMSUSPENDED] = 3, [DOMAIN_SHUTDOWN] = 4, [DOMAIN_SHUTOFF] = 5, [DOMAIN_NOSTATE] = 6,
	};

	return rank[d->state];
}

static int by_order(const void *pa, const void *pb, void *arg)
{
	const struct domain *a = *(struct domain *const *)pa, *b = *(struct domain *const *)pb;
	const struct guest *ga = a->view, *gb = b->view;
	int result = 0;

	switch (*(enum order *)arg) {
	case BY_STATE: result = state_rank(a) - state_rank(b); break;
	case BY_CPU: result = compare_u64(ga ? ga->cpu_ns_per_s : 0, gb ? gb->cpu_ns_per_s : 0); break;
	case BY_MEMORY: result = compare_u64(a->max_memory, b->max_memory); break;
	case BY_AGE: result = compare_u64((uint64_t)b->started, (uint64_t)a->started); break;
	default: break;
	}
	return result ? result : strcmp(a->name, b->name);
}

static void find_selected(struct list_view *v)
{
	for (size_t i = 0; i < v->n_rows; i++)
		if (!strcmp(v->rows[i]->uuid, v->selected)) {
			v->list.at = (int)i;
			return;
		}
}

static void update_rows(struct list_view *v)
{
	size_t n;
	struct domain *const *all;

	if (!v->rows_stale)
		return;
	v->rows_stale = false;
	all = connection_domains(v->view.ui->connection, &n);
	v->rows = mem_reallocarray(v->rows, n ? n : 1, sizeof(struct domain *));
	v->n_rows = 0;
	for (size_t i = 0; i < n; i++)
		if (passes(v, all[i]))
			v->rows[v->n_rows++] = all[i];
	if (v->order != BY_NAME)
		qsort_r(v->rows, v->n_rows, sizeof(struct domain *), by_order, &v->order);
	find_selected(v);
}

static void remember_selected(struct list_view *v)
{
	struct domain *d = selected(v);

	if (d && strcmp(v->selected, d->uuid) != 0) {
		memcpy(v->selected, d->uuid, sizeof(v->selected));
		v->details_top = 0;
	}
}

/* ---- load ---- */

static void arm_sampler(struct list_view *v);

static void on_sample(void *arg)
{
	struct list_view *v = arg;

	loop_cancel(&v->sampler);
	update_rows(v);
	for (int i = 0; i < v->list.height; i++)
		if (v->list.top + i < (int)v->n_rows)
			guest_sample(v->view.ui->connection, v->rows[v->list.top + i]);
	if (v->order == BY_CPU)
		v->rows_stale = true;
	if (v->view.ui->top == &v->view || v->view.ui->top->below == &v->view)
		ui_dirty(v->view.ui);
	arm_sampler(v);
}

static void arm_sampler(struct list_view *v)
{
	if (v->sampler)
		return;
	for (int i = 0; i < v->list.height && v->list.top + i < (int)v->n_rows; i++) {
		struct domain *d = v->rows[v->list.top + i];

		if (!domain_is_active(d))
			continue;
		if (!guest_of(d)->sampled)
			guest_sample(v->view.ui->connection, d);
		v->sampler = loop_after(v->view.ui->base, SAMPLE_MS, on_sample, v);
		return;
	}
}

/* ---- painting ---- */

static void paint_nothing(struct list_view *v, struct cells *c, struct area a)
{
	size_t n;

	connection_domains(v->view.ui->connection, &n);
	if (n > 0)
		cells_printf(c, a.y + 1, a.x + 2, a.cols - 2, ui_style(v->view.ui, THEME_DIM),
			     "no guest matches '%s'", v->filter);
	else
		cells_text(c, a.y + 1, a.x + 2, a.cols - 2, ui_style(v->view.ui, THEME_DIM),
			   "no guests yet: virtty define FILE.xml");
}

/* What filters and orders the list, in its last line. */
static bool has_footer(const struct list_view *v)
{
	return v->filter || v->order != BY_NAME || bulk_marked(v->view.ui) > 0;
}

static void paint_footer(struct list_view *v, struct cells *c, struct area a)
{
	AUTO_BUF struct buf text = BUF_INIT;

	if (v->filter)
		buf_printf(&text, "/%s  %zu shown", v->filter, v->n_rows);
	if (v->order != BY_NAME)
		buf_printf(&text, "%sordered by %s", text.len ? "  " : "", order_names[v->order]);
	if (bulk_marked(v->view.ui) > 0)
		buf_printf(&text, "%s%zu marked", text.len ? "  " : "", bulk_marked(v->view.ui));
	cells_text(c, a.y, a.x, a.cols, ui_style(v->view.ui, THEME_DIM), buf_text(&text));
}

static void paint_list(struct list_view *v, struct cells *c, struct area a)
{
	struct ui *ui = v->view.ui;
	bool footer = has_footer(v) && a.rows > 3;
	int rows = a.rows - 1 - footer;

	cells_clear(c, a, ui_style(ui, THEME_NORMAL));
	columns_paint_heading(&ui->columns, c, (struct area){ a.y, a.x, 1, a.cols }, &ui->theme);
	v->list_area = (struct area){ a.y + 1, a.x, rows, a.cols };
	list_fit(&v->list, (int)v->n_rows, rows);
	for (int i = 0; i < rows && v->list.top + i < (int)v->n_rows; i++)
		columns_paint_row(&ui->columns, c, (struct area){ a.y + 1 + i, a.x, 1, a.cols },
				  &ui->theme, v->rows[v->list.top + i], v->list.top + i == v->list.at);
	if (v->n_rows == 0)
		paint_nothing(v, c, v->list_area);
	if (footer)
		paint_footer(v, c, (struct area){ a.y + a.rows - 1, a.x, 1, a.cols });
}

static void on_ask(void *arg)
{
	struct list_view *v = arg;
	struct domain *d;

	loop_cancel(&v->asker);
	update_rows(v);
	list_fit(&v->list, (int)v->n_rows, v->list.height);
	d = selected(v);
	if (d)
		guest_ask(v->view.ui, d);
}

/* Ask for details once the selection rests: who holds a key down to get
 * somewhere else is not kept waiting for what he passes. */
static void ask_soon(struct list_view *v, struct domain *d)
{
	if (!guest_of(d)->stale)
		return;
	loop_cancel(&v->asker);
	v->asker = loop_after(v->view.ui->base, ASK_MS, on_ask, v);
}

/* The details keep at least half of the room. */
static int preview_height(const struct list_view *v, int rows)
{
	int wanted = preview_rows(v->preview), spare = rows - (int)v->details.n;

	if (spare < rows / 2)
		spare = rows / 2;
	wanted = wanted < spare ? wanted : spare;
	return rows < PREVIEW_FROM || wanted < 3 ? 0 : wanted;
}

static void paint_details(struct list_view *v, struct cells *c, struct area a)
{
	struct domain *d = selected(v);
	const struct theme *t = &v->view.ui->theme;
	struct area room = { a.y + 1, a.x + 2, a.rows - 1, a.cols - 2 };
	int last, preview;

	cells_clear(c, a, theme_style(t, THEME_NORMAL));
	cells_down(c, a.y, a.x, a.rows, 0x2502, theme_style(t, THEME_RULE));
	preview_select(v->preview, d);
	if (!d)
		return;
	ask_soon(v, d);
	details_update(&v->details, d, guest_of(d), room.cols);
	preview = preview_height(v, room.rows);
	room.rows -= preview;
	cells_text(c, a.y, a.x + 2, a.cols - 2, theme_style(t, THEME_TITLE), d->name);
	last = (int)v->details.n - room.rows;
	if (v->details_top > last)
		v->details_top = last;
	if (v->details_top < 0)
		v->details_top = 0;
	details_paint(&v->details, v->details_top, c, room, t);
	if (v->details_top < last)
		cells_text_right(c, room.y + room.rows - 1, a.x + a.cols - 3, 3, theme_style(t, THEME_DIM), " ↓");
	if (preview > 0)
		preview_paint(v->preview, c, (struct area){ room.y + room.rows, room.x, preview, room.cols });
}

static void list_paint(struct view *view, struct cells *c, struct area a)
{
	struct list_view *v = (struct list_view *)view;
	int width = a.cols;

	update_rows(v);
	if (a.cols >= TWO_PANES) {
		width = a.cols * 45 / 100;
		width = width < LIST_MIN ? LIST_MIN : width > LIST_MAX ? LIST_MAX : width;
	}
	paint_list(v, c, (struct area){ a.y, a.x, a.rows, width });
	remember_selected(v);
	arm_sampler(v);
	if (width < a.cols)
		paint_details(v, c, (struct area){ a.y, a.x + width, a.rows, a.cols - width });
}

/* ---- slots ---- */

static enum place list_place(const struct view *view)
{
	(void)view;
	return PLACE_LIST;
}

static struct domain *list_domain(const struct view *view)
{
	struct list_view *v = (struct list_view *)view;

	update_rows(v);
	list_fit(&v->list, (int)v->n_rows, v->list.height);
	return selected(v);
}

static void list_moved(struct view *view, enum list_move move)
{
	struct list_view *v = (struct list_view *)view;

	update_rows(v);
	list_fit(&v->list, (int)v->n_rows, v->list.height);
	if (list_move(&v->list, move))
		ui_dirty(view->ui);
	remember_selected(v);
}

static void list_open(struct view *view)
{
	ui_push(view->ui, details_view_new(view->ui, selected((struct list_view *)view)));
}

static void list_mouse(struct view *view, const struct key *k, int y, int x)
{
	struct list_view *v = (struct list_view *)view;
	int row = y - (v->list_area.y - view->ui->body.y);
	bool in_list = x < v->list_area.cols;

	update_rows(v);
	ui_dirty(view->ui);
	if (k->mouse.button == MOUSE_WHEEL_UP || k->mouse.button == MOUSE_WHEEL_DOWN) {
		int n = k->mouse.button == MOUSE_WHEEL_UP ? -3 : 3;

		if (in_list)
			list_scroll(&v->list, n);
		else
			v->details_top += n;
	} else if (k->mouse.button == MOUSE_LEFT && !k->mouse.drag && in_list && row >= 0 &&
		   v->list.top + row < (int)v->n_rows) {
		list_select(&v->list, v->list.top + row);
	}
	remember_selected(v);
}

static void list_changed(struct view *view, enum connection_event what, struct domain *d)
{
	struct list_view *v = (struct list_view *)view;

	(void)what;
	if (v->details.domain == d)
		details_done(&v->details);
	v->rows_stale = true;
	ui_dirty(view->ui);
}

static void list_cover(struct view *view)
{
	preview_select(((struct list_view *)view)->preview, NULL);
}

static void list_free(struct view *view)
{
	struct list_view *v = (struct list_view *)view;

	loop_cancel(&v->sampler);
	loop_cancel(&v->asker);
	preview_free(v->preview);
	details_done(&v->details);
	free(v->rows);
	free(v->filter);
	free(v);
}

static const struct view_class class = {
	.paint = list_paint, .place = list_place, .domain = list_domain, .move = list_moved,
	.open = list_open, .mouse = list_mouse, .changed = list_changed,
	.cover = list_cover, .free = list_free,
};

/* Where the last run was left. */
static void go_on(struct list_view *v, const struct kept *k)
{
	if (k->selected && strlen(k->selected) < sizeof(v->selected))
		strcpy(v->selected, k->selected);
	v->filter = mem_strdup(k->filter);
	for (int i = 0; k->order && i < ORDER_COUNT; i++)
		if (!strcmp(order_names[i], k->order))
			v->order = (enum order)i;
}

void list_view_keep(const struct view *view, struct kept *k)
{
	const struct list_view *v = (const struct list_view *)view;

	k->selected = mem_strdup(v->selected);
	k->filter = mem_strdup(v->filter);
	k->order = mem_strdup(order_names[v->order]);
}

struct view *list_view_new(struct ui *ui, const struct kept *k)
{
	struct list_view *v = mem_zalloc(sizeof(*v));

	v->view.class = &class;
	v->view.ui = ui;
	v->rows_stale = true;
	v->preview = preview_new(ui);
	go_on(v, k);
	return &v->view;
}

/* ---- what only the list can do ---- */

static void set_filter(struct ui *ui, const char *text)
{
	struct list_view *v = (struct list_view *)ui->top;

	free(v->filter);
	v->filter = text && *text ? mem_strdup(text) : NULL;
	v->rows_stale = true;
	ui_dirty(ui);
}

static void filter_done(struct ui *ui, const char *text)
{
	set_filter(ui, text);
}

void list_view_filter(struct ui *ui)
{
	struct list_view *v = (struct list_view *)ui->top;

	ui_prompt(ui, "/", v->filter ? v->filter : "", set_filter, filter_done);
}

void list_view_sort(struct ui *ui)
{
	struct list_view *v = (struct list_view *)ui->top;

	v->order = (enum order)((v->order + 1) % ORDER_COUNT);
	v->rows_stale = true;
	ui_tell(ui, "ordered by %s", order_names[v->order]);
}

void list_view_scroll_details(struct ui *ui, int lines)
{
	struct list_view *v = (struct list_view *)ui->top;

	v->details_top += lines;
	ui_dirty(ui);
}

void list_view_mark(struct ui *ui)
{
	struct list_view *v = (struct list_view *)ui->top;
	struct guest *g = guest_of(selected(v));

	g->marked = !g->marked;
	list_move(&v->list, LIST_DOWN);
	remember_selected(v);
	ui_dirty(ui);
}

void list_view_mark_all(struct ui *ui)
{
	struct list_view *v = (struct list_view *)ui->top;
	bool all = true;

	for (size_t i = 0; i < v->n_rows; i++)
		all &= guest_of(v->rows[i])->marked;
	for (size_t i = 0; i < v->n_rows; i++)
		guest_of(v->rows[i])->marked = !all;
	ui_dirty(ui);
}

void list_view_unmark(struct ui *ui)
{
	bulk_unmark(ui);
}
