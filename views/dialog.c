/*
 * dialog: see dialog.h.
 */
#include "views/dialog.h"

#include <stdlib.h>

#include "backend/base/mem.h"
#include "tui/wrap.h"
#include "views/ui.h"

#define WIDTH 72

struct dialog {
	char *title, *text;
	struct choice choices[DIALOG_CHOICES];
	int n_choices, top;
	dialog_fn *fn;
	void *arg;
};

static void finish(struct ui *ui, uint32_t key)
{
	struct dialog *d = ui->dialog;

	ui->dialog = NULL;
	ui_dirty(ui);
	d->fn(ui, key, d->arg);
	free(d->title);
	free(d->text);
	free(d);
}

void dialog_close(struct ui *ui)
{
	if (ui->dialog)
		finish(ui, 0);
}

void dialog_ask(struct ui *ui, const char *title, const char *text, const struct choice *choices,
		dialog_fn *fn, void *arg)
{
	struct dialog *d;

	dialog_close(ui);
	d = mem_zalloc(sizeof(*d));
	d->title = mem_strdup(title);
	d->text = mem_strdup(text);
	while (d->n_choices < DIALOG_CHOICES && choices[d->n_choices].key) {
		d->choices[d->n_choices] = choices[d->n_choices];
		d->n_choices++;
	}
	d->fn = fn;
	d->arg = arg;
	ui->dialog = d;
	ui_dirty(ui);
}

static uint32_t lower(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

void dialog_key(struct ui *ui, const struct key *k)
{
	struct dialog *d = ui->dialog;

	ui_dirty(ui);
	if (k->code == K_ESCAPE || (k->code == 'c' && k->mods == MOD_CTRL)) {
		finish(ui, 0);
		return;
	}
	if (k->code == K_DOWN || k->code == K_PGDN)
		d->top++;
	if ((k->code == K_UP || k->code == K_PGUP) && d->top > 0)
		d->top--;
	for (int i = 0; i < d->n_choices && !k->mods; i++)
		if (lower(k->code) == d->choices[i].key) {
			finish(ui, d->choices[i].key);
			return;
		}
}

static void paint_choices(const struct ui *ui, struct cells *c, int y, int x, int width)
{
	const struct dialog *d = ui->dialog;
	struct style key = theme_on(&ui->theme, THEME_KEY, ui_style(ui, THEME_DIALOG));
	struct style label = ui_style(ui, THEME_DIALOG);
	int end = x + width;

	for (int i = 0; i <= d->n_choices; i++) {
		char letter[2] = { i < d->n_choices ? (char)d->choices[i].key : 0, 0 };

		x += cells_text(c, y, x, end - x, key, i < d->n_choices ? letter : "Esc") + 1;
		x += cells_text(c, y, x, end - x, label, i < d->n_choices ? d->choices[i].label : "cancel") + 2;
	}
}

void dialog_paint(const struct ui *ui, struct cells *c, struct area a)
{
	struct dialog *d = ui->dialog;
	int width = a.cols - 4 < WIDTH ? a.cols - 4 : WIDTH;
	struct wrapped w = wrap_text(d->text, width - 4, 0);
	int rows = (int)w.n + 4 < a.rows ? (int)w.n + 4 : a.rows, room = rows - 4;
	int y = a.y + (a.rows - rows) / 2, x = a.x + (a.cols - width) / 2;
	struct style style = ui_style(ui, THEME_DIALOG);

	if (d->top > (int)w.n - room)
		d->top = (int)w.n > room ? (int)w.n - room : 0;
	cells_clear(c, (struct area){ y, x, rows, width }, style);
	cells_clear(c, (struct area){ y, x, 1, width }, ui_style(ui, THEME_DIALOG_TITLE));
	cells_text(c, y, x + 2, width - 4, ui_style(ui, THEME_DIALOG_TITLE), d->title);
	for (int i = 0; i < room && d->top + i < (int)w.n; i++)
		cells_text(c, y + 2 + i, x + 2, width - 4, style, w.lines[d->top + i]);
	paint_choices(ui, c, y + rows - 1, x + 2, width - 4);
	wrapped_done(&w);
}
