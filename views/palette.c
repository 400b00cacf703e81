/*
 * palette: see palette.h.  It lies over the view below, whose guest and place
 * are its own.
 */
#include "views/palette.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "tui/input.h"
#include "views/bulk.h"
#include "views/cli/verb.h"
#include "views/command.h"
#include "views/ui.h"

#define ROWS_MAX 12
#define NAME_WIDTH 18

struct entry {
	const char *name, *help;
	int action;			/* -1: a verb */
};

struct palette {
	struct view view;
	struct input input;
	struct entry *all;
	size_t n_all;
	size_t *shown;			/* indexes into all */
	struct list list;
};

/* ---- what there is ---- */

static void add(struct palette *p, const char *name, const char *help, int action)
{
	*MEM_PUSH(p->all, p->n_all) = (struct entry){ name, help, action };
}

/* Actions of the place below, then the command line's verbs. */
static void collect(struct palette *p, enum place place)
{
	for (int a = 0; a < ACTION_COUNT; a++)
		if (actions[a].places & 1u << place && a != ACTION_palette)
			add(p, actions[a].name, actions[a].help, a);
	for (const struct row *r = verb_rows(); r->kind != ROW_END; r++)
		if (r->kind == ROW_VERB)
			add(p, r->name, r->help, -1);
	p->shown = mem_alloc(p->n_all * sizeof(*p->shown));
}

static bool first_word_is(const struct palette *p, const char *name)
{
	const char *text = input_text(&p->input);
	size_t len = strcspn(text, " ");

	return strlen(name) == len && !strncmp(text, name, len);
}

/* 0: no match; 2: its name begins so; 1: it has it somewhere. */
static int match(const struct palette *p, const struct entry *e)
{
	const char *text = input_text(&p->input);
	bool words = strchr(text, ' ') != NULL;

	if (words)
		return e->action < 0 && first_word_is(p, e->name) ? 2 : 0;
	if (!strncasecmp(e->name, text, strlen(text)))
		return 2;
	return strcasestr(e->name, text) || strcasestr(e->help, text) ? 1 : 0;
}

static void update(struct palette *p)
{
	int n = 0;

	for (int rank = 2; rank > 0; rank--)
		for (size_t i = 0; i < p->n_all; i++)
			if (match(p, &p->all[i]) == rank)
				p->shown[n++] = i;
	p->list = (struct list){ 0 };
	list_fit(&p->list, n, ROWS_MAX);
}

static const struct entry *selected(const struct palette *p)
{
	return p->list.at < 0 ? NULL : &p->all[p->shown[p->list.at]];
}

/* ---- running ---- */

static void run_action(struct ui *ui, int a)
{
	struct domain *d = ui_domain(ui);

	if (action_applies((enum action)a, d) || bulk_applies(ui, (enum action)a))
		actions[a].run(ui);
	else
		ui_tell(ui, "%s: %s", actions[a].name, d ? domain_state_name(d->state) : "no guest is selected");
}

static void run(struct palette *p)
{
	struct ui *ui = p->view.ui;
	const struct entry *e = selected(p);
	int action = e ? e->action : -1;
	bool words = strchr(input_text(&p->input), ' ') != NULL;
	AUTO_FREE char *line = mem_strdup(e && !words ? e->name : input_text(&p->input));

	ui_pop(ui);
	if (action >= 0)
		run_action(ui, action);
	else if (*line)
		command_run(ui, line);
}

/* Tab: take the selected name into the line, to go on with arguments. */
static void complete(struct palette *p)
{
	const struct entry *e = selected(p);
	AUTO_FREE char *text = NULL;

	if (!e || strchr(input_text(&p->input), ' '))
		return;
	text = mem_printf("%s%s", e->name, e->action < 0 ? " " : "");
	input_set(&p->input, text);
	update(p);
}

/* ---- slots ---- */

static bool palette_key(struct view *view, const struct key *k)
{
	struct palette *p = (struct palette *)view;

	if (k->code == K_MOUSE)
		return true;
	ui_dirty(view->ui);
	if (k->code == K_TAB)
		complete(p);
	else if (k->code == K_UP || (k->code == 'p' && k->mods == MOD_CTRL))
		list_move(&p->list, LIST_UP);
	else if (k->code == K_DOWN || (k->code == 'n' && k->mods == MOD_CTRL))
		list_move(&p->list, LIST_DOWN);
	else
		switch (input_key(&p->input, k)) {
		case INPUT_DONE: run(p); break;
		case INPUT_CANCEL: ui_pop(view->ui); break;
		case INPUT_CHANGED: update(p); break;
		default: break;
		}
	return true;
}

static void paint_entry(const struct palette *p, struct cells *c, int y, const struct entry *e, bool here)
{
	struct ui *ui = p->view.ui;
	struct style style = ui_style(ui, here ? THEME_LIST_SELECTED : THEME_DIALOG);
	char key[KEY_NAME_MAX];
	int x = 12;

	cells_clear(c, (struct area){ y, 0, 1, c->cols }, style);
	if (e->action >= 0 && keymap_key(&ui->keys, (int)p->view.below->class->place(p->view.below), e->action, 0, key))
		cells_text(c, y, 1, 10, theme_on(&ui->theme, THEME_KEY, style), key);
	else if (e->action < 0)
		cells_text(c, y, 1, 10, style, "virtty");
	cells_text(c, y, x, NAME_WIDTH - 1, style, e->name);
	cells_text(c, y, x + NAME_WIDTH, c->cols - x - NAME_WIDTH, style, e->help);
	if (e->action >= 0 && *actions[e->action].verb && c->cols >= 100)
		cells_printf(c, y, c->cols - 30, 30, style, " virtty %s", actions[e->action].verb);
}

static void palette_paint(struct view *view, struct cells *c, struct area a)
{
	struct palette *p = (struct palette *)view;
	int rows = p->list.n < ROWS_MAX ? p->list.n : ROWS_MAX, y = c->rows - 1, x;

	view->below->class->paint(view->below, c, a);
	if (rows > a.rows - 1)
		rows = a.rows - 1;
	list_fit(&p->list, p->list.n, rows);
	for (int i = 0; i < rows && p->list.top + i < p->list.n; i++)
		paint_entry(p, c, y - rows + i, &p->all[p->shown[p->list.top + i]],
			    p->list.top + i == p->list.at);
	x = cells_text(c, y, 0, 1, ui_style(view->ui, THEME_PROMPT), ":");
	x = input_paint(&p->input, c, y, x, c->cols - x, ui_style(view->ui, THEME_INPUT));
	screen_cursor(view->ui->screen, y, x);
}

static enum place palette_place(const struct view *view)
{
	return view->below->class->place(view->below);
}

static struct domain *palette_domain(const struct view *view)
{
	return view->below->class->domain ? view->below->class->domain(view->below) : NULL;
}

static void palette_free(struct view *view)
{
	struct palette *p = (struct palette *)view;

	input_done(&p->input);
	free(p->all);
	free(p->shown);
	free(p);
}

static const struct view_class class = {
	.paint = palette_paint, .place = palette_place, .key = palette_key,
	.domain = palette_domain, .free = palette_free, .owns_bottom = true,
};

struct view *palette_new(struct ui *ui)
{
	struct palette *p = mem_zalloc(sizeof(*p));

	p->view.class = &class;
	p->view.ui = ui;
	collect(p, ui->top->class->place(ui->top));
	update(p);
	return &p->view;
}
