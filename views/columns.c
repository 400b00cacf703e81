/*
 * columns: see columns.h.
 */
#include "views/columns.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "views/guest.h"
#include "views/states.h"

#define NAME_MIN 8
#define MARGIN 2			/* state's glyph and mark, in front of the name */

static const struct {
	const char *name, *heading;
	int width;
	bool right;
	int from;
} table[] = {
#define X(id, name, heading, width, right, from) { name, heading, width, right, from },
	LIST_COLUMNS(X)
#undef X
};

bool columns_choose(struct columns *c, const char *words, struct error **err)
{
	AUTO_FREE char *copy = mem_strdup(words);
	struct columns fresh = { 0 };
	char *rest;

	for (char *w = strtok_r(copy, " ,", &rest); w; w = strtok_r(NULL, " ,", &rest)) {
		int i = 0;

		while (i < COLUMN_COUNT && strcmp(table[i].name, w) != 0)
			i++;
		if (i == COLUMN_COUNT || fresh.n_chosen == COLUMN_COUNT) {
			error_set(err, "list_columns: there is no column '%s'", w);
			error_hint(err, "there are state, cpu, graph, memory, used, up, vcpus, id, autostart, title, reason");
			return false;
		}
		fresh.chosen[fresh.n_chosen++] = (enum list_column)i;
	}
	*c = fresh;
	return true;
}

/* Which are shown at this width; returns the width of the name. */
static int fit(const struct columns *cols, int width, enum list_column out[COLUMN_COUNT], int *n)
{
	int left = width - MARGIN, count = cols->n_chosen ? cols->n_chosen : COLUMN_COUNT;

	*n = 0;
	for (int i = 0; i < count; i++) {
		enum list_column col = cols->n_chosen ? cols->chosen[i] : (enum list_column)i;

		if (!cols->n_chosen && (table[col].from == 0 || width < table[col].from))
			continue;
		if (left - table[col].width < NAME_MIN)
			break;
		left -= table[col].width;
		out[(*n)++] = col;
	}
	return left > NAME_MIN ? left : NAME_MIN;
}

void columns_paint_heading(const struct columns *cols, struct cells *c, struct area a, const struct theme *t)
{
	struct style style = theme_style(t, THEME_LIST_HEAD);
	enum list_column shown[COLUMN_COUNT];
	int n, x = a.x + MARGIN, name = fit(cols, a.cols, shown, &n);

	cells_clear(c, a, style);
	cells_text(c, a.y, x, name - 1, style, "NAME");
	x += name;
	for (int i = 0; i < n; i++) {
		int width = table[shown[i]].width;

		if (table[shown[i]].right)
			cells_text_right(c, a.y, x, width - 1, style, table[shown[i]].heading);
		else
			cells_text(c, a.y, x, width - 1, style, table[shown[i]].heading);
		x += width;
	}
}

/* ---- one guest ---- */

static void paint_graph(struct cells *c, int y, int x, int width, struct style style, const struct guest *g)
{
	for (int i = 0; i < width; i++) {
		int at = g->n_loads - width + i;

		if (at >= 0 && g->loads[at] >= 2)
			cells_put(c, y, x + i, 0x2581u + g->loads[at] * 7u / 100u, style);
	}
}

/* In steps, so that a screen full of guests does not change all the time; the
 * details tell when it was started. */
static const char *age_text(const struct domain *d, char out[UNITS_TEXT])
{
	time_t age = time(NULL) - d->started;

	if (!domain_is_active(d) || !d->started)
		return "";
	if (age < 300)
		return "<5m";
	return units_span_text((uint64_t)(age < 3600 ? age - age % 300 : age), out);
}

static const char *number(bool there, int n, const char *unit, char out[UNITS_TEXT])
{
	if (!there)
		return "";
	snprintf(out, UNITS_TEXT, "%d%s", n, unit);
	return out;
}

static const char *value(enum list_column col, const struct domain *d, const struct guest *g,
			 char out[UNITS_TEXT])
{
	bool active = domain_is_active(d);

	switch (col) {
	case COLUMN_STATE: return domain_state_name(d->state);
	case COLUMN_CPU: return number(g->load >= 0, g->load, "%", out);
	case COLUMN_MEMORY: return units_size_text(active && d->memory ? d->memory : d->max_memory, out);
	case COLUMN_USED: return g->load >= 0 ? units_size_text(g->sample.rss, out) : "";
	case COLUMN_UP: return age_text(d, out);
	case COLUMN_VCPUS: return number(true, (int)(d->vcpus ? d->vcpus : d->max_vcpus), "", out);
	case COLUMN_ID: return number(active, d->id, "", out);
	case COLUMN_AUTOSTART: return d->autostart ? "auto" : "";
	case COLUMN_TITLE: return d->title ? d->title : "";
	case COLUMN_REASON: return d->reason ? d->reason : "";
	case COLUMN_GRAPH: case COLUMN_COUNT: break;
	}
	return "";
}

static void paint_name(struct cells *c, int y, int x, int width, const struct theme *t,
		       const struct domain *d, const struct guest *g, struct style base, bool selected)
{
	struct style state = selected ? theme_on(t, state_element(d), base) : theme_style(t, state_element(d));
	struct style marked = selected ? base : theme_style(t, THEME_LIST_MARKED);

	cells_text(c, y, x, 1, state, state_glyph(d));
	if (g->marked)
		cells_text(c, y, x + 1, 1, marked, "+");
	cells_text(c, y, x + MARGIN, width - 1, g->marked ? marked : base, d->name);
}

void columns_paint_row(const struct columns *cols, struct cells *c, struct area a,
		       const struct theme *t, struct domain *d, bool selected)
{
	struct style base = theme_style(t, selected ? THEME_LIST_SELECTED : THEME_NORMAL);
	struct style state = selected ? theme_on(t, state_element(d), base) : theme_style(t, state_element(d));
	struct style graph = selected ? base : theme_style(t, THEME_GRAPH);
	const struct guest *g = guest_of(d);
	enum list_column shown[COLUMN_COUNT];
	int n, x = a.x, name = fit(cols, a.cols, shown, &n);

	cells_clear(c, a, base);
	paint_name(c, a.y, x, name, t, d, g, base, selected);
	x += MARGIN + name;
	for (int i = 0; i < n; i++) {
		enum list_column col = shown[i];
		int width = table[col].width;
		char text[UNITS_TEXT];
		struct style style = col == COLUMN_STATE ? state : base;

		if (col == COLUMN_GRAPH)
			paint_graph(c, a.y, x, width - 1, graph, g);
		else if (table[col].right)
			cells_text_right(c, a.y, x, width - 1, style, value(col, d, g, text));
		else
			cells_text(c, a.y, x, width - 1, style, value(col, d, g, text));
		x += width;
	}
}
