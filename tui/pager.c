/*
 * pager: see pager.h.
 */
#include "tui/pager.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"

#define TAB 8

static void drop_lines(struct pager *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->lines[i]);
	free(p->lines);
	p->lines = NULL;
	p->n = 0;
}

void pager_done(struct pager *p)
{
	drop_lines(p);
	free(p->search);
	*p = (struct pager){ 0 };
}

static char *expand_tabs(const char *text, size_t len)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\t')
			buf_add_repeat(&b, ' ', TAB - b.len % TAB);
		else if (text[i] != '\r' || i + 1 < len)
			buf_add_char(&b, text[i]);
	}
	return buf_steal(&b);
}

static int last_top(const struct pager *p)
{
	int last = (int)p->n - p->rows;

	return last > 0 ? last : 0;
}

bool pager_at_end(const struct pager *p)
{
	return p->top >= last_top(p);
}

static void limit(struct pager *p)
{
	if (p->top > last_top(p))
		p->top = last_top(p);
	if (p->top < 0)
		p->top = 0;
	if (p->left < 0)
		p->left = 0;
}

void pager_set(struct pager *p, const char *text)
{
	bool follow = p->n > 0 && p->rows > 0 && pager_at_end(p);

	drop_lines(p);
	while (*text) {
		size_t len = strcspn(text, "\n");

		*MEM_PUSH(p->lines, p->n) = expand_tabs(text, len);
		text += len + (text[len] == '\n');
	}
	if (follow)
		p->top = last_top(p);
	limit(p);
}

void pager_scroll(struct pager *p, int lines)
{
	p->top += lines;
	limit(p);
}

void pager_shift(struct pager *p, int columns)
{
	p->left += columns;
	limit(p);
}

bool pager_move(struct pager *p, enum list_move move)
{
	int page = p->rows > 1 ? p->rows - 1 : 1, before = p->top;

	switch (move) {
	case LIST_UP: p->top--; break;
	case LIST_DOWN: p->top++; break;
	case LIST_PAGE_UP: p->top -= page; break;
	case LIST_PAGE_DOWN: p->top += page; break;
	case LIST_FIRST: p->top = 0; break;
	case LIST_LAST: p->top = last_top(p); break;
	}
	limit(p);
	return p->top != before;
}

bool pager_find(struct pager *p, const char *text, bool backwards)
{
	int n = (int)p->n, step = backwards ? n - 1 : 1;

	if (text) {
		free(p->search);
		p->search = *text ? mem_strdup(text) : NULL;
	}
	if (!p->search || n == 0)
		return false;
	for (int i = 1, at = p->top; i <= n; i++) {
		at = (at + step) % n;
		if (!strcasestr(p->lines[at], p->search))
			continue;
		p->top = at;
		limit(p);
		return true;
	}
	return false;
}

static void paint_matches(const struct pager *p, struct cells *c, int y, struct area a,
			  const char *line, const struct theme *t)
{
	size_t len = strlen(p->search);

	for (const char *m = line; (m = strcasestr(m, p->search)); m += len) {
		AUTO_FREE char *before = mem_strndup(line, (size_t)(m - line));
		AUTO_FREE char *match = mem_strndup(m, len);
		int x = cells_text_width(before), width = cells_text_width(match);

		if (x + width > a.cols)
			return;
		cells_restyle(c, (struct area){ y, a.x + x, 1, width }, theme_style(t, THEME_MATCH));
	}
}

/* Past `left` columns of a line. */
static const char *shifted(const char *line, int left)
{
	while (left > 0 && *line) {
		do {
			line++;
		} while (((unsigned char)*line & 0xc0) == 0x80);
		left--;
	}
	return line;
}

void pager_paint(struct pager *p, struct cells *c, struct area a, const struct theme *t)
{
	p->rows = a.rows;
	limit(p);
	for (int i = 0; i < a.rows; i++) {
		const char *line;

		cells_clear(c, (struct area){ a.y + i, a.x, 1, a.cols }, theme_style(t, THEME_NORMAL));
		if (p->top + i >= (int)p->n)
			continue;
		line = shifted(p->lines[p->top + i], p->left);
		cells_text(c, a.y + i, a.x, a.cols, theme_style(t, THEME_NORMAL), line);
		if (p->search)
			paint_matches(p, c, a.y + i, a, line, t);
	}
}
