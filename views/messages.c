/*
 * messages: see messages.h.
 */
#include "views/messages.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "tui/wrap.h"

static void drop(struct messages *m, size_t i)
{
	free(m->all[i].text);
	free(m->all[i].hint);
	memmove(&m->all[i], &m->all[i + 1], (m->n - i - 1) * sizeof(*m->all));
	m->n--;
}

void messages_done(struct messages *m)
{
	while (m->n > 0)
		drop(m, m->n - 1);
	free(m->all);
	m->all = NULL;
}

void messages_add(struct messages *m, bool error, const char *text, const char *hint)
{
	struct message *last;

	for (size_t i = m->n; i-- > 0;)
		if (!m->all[i].error || (m->n >= MESSAGES_MAX && i == 0))
			drop(m, i);
	if (m->n > 0 && !strcmp(m->all[m->n - 1].text, text))
		return;				/* told already, and not read yet */
	m->all = mem_reallocarray(m->all, m->n + 1, sizeof(*m->all));
	last = &m->all[m->n++];
	*last = (struct message){ error, mem_strdup(text), mem_strdup(hint) };
}

bool messages_read(struct messages *m)
{
	size_t before = m->n;

	for (size_t i = m->n; i-- > 0;)
		if (!m->all[i].error)
			drop(m, i);
	return m->n != before;
}

bool messages_dismiss(struct messages *m)
{
	if (m->n == 0)
		return false;
	drop(m, 0);
	return true;
}

/* The message as lines that fit. */
static struct wrapped lines(const struct messages *m, int width)
{
	AUTO_BUF struct buf text = BUF_INIT;
	const struct message *first = &m->all[0];

	buf_add_str(&text, first->text);
	if (first->error && m->n > 1)
		buf_printf(&text, " (%zu more)", m->n - 1);
	for (const char *hint = first->hint; hint && *hint;) {
		size_t len = strcspn(hint, "\n");

		buf_printf(&text, "\n  → %.*s", (int)len, hint);
		hint += len + (hint[len] == '\n');
	}
	if (first->error)
		buf_add_str(&text, "\n  (Esc: read)");
	return wrap_text(buf_text(&text), width, 2);
}

int messages_rows(const struct messages *m, int width, int max)
{
	struct wrapped w;
	int rows;

	if (m->n == 0)
		return 0;
	w = lines(m, width);
	rows = (int)w.n;
	wrapped_done(&w);
	return rows < max ? rows : max;
}

void messages_paint(const struct messages *m, struct cells *c, struct area a, const struct theme *t)
{
	struct wrapped w;

	if (m->n == 0)
		return;
	w = lines(m, a.cols);
	for (int i = 0; i < a.rows && i < (int)w.n; i++) {
		struct style style = theme_style(t, !m->all[0].error ? THEME_MESSAGE :
						    w.lines[i][0] == ' ' ? THEME_HINT : THEME_ERROR);

		cells_clear(c, (struct area){ a.y + i, a.x, 1, a.cols }, style);
		cells_text(c, a.y + i, a.x, a.cols, style, w.lines[i]);
	}
	wrapped_done(&w);
}
