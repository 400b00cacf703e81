/*
 * history: see history.h.
 */
#include "console/history.h"

#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "backend/base/utf8.h"

struct run {
	unsigned cell;			/* from here on */
	struct style style;
};

struct history_line {
	size_t n_runs;
	struct run *runs;		/* in the same block */
	char *text;			/* likewise; NUL-terminated */
};

void history_init(struct history *h, size_t max)
{
	*h = (struct history){ .max = max ? max : 1 };
	h->lines = mem_zalloc(h->max * sizeof(*h->lines));
}

void history_clear(struct history *h)
{
	for (size_t i = 0; i < h->max; i++) {
		free(h->lines[i]);
		h->lines[i] = NULL;
	}
	h->first = h->n = 0;
}

void history_done(struct history *h)
{
	history_clear(h);
	free(h->lines);
	*h = (struct history){ 0 };
}

static const struct style plain;

static bool same_style(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attr == b->attr;
}

static int used(const struct cell *cells, int n)
{
	while (n > 0 && !cells[n - 1].code[0] && same_style(&cells[n - 1].style, &plain))
		n--;
	return n;
}

static struct history_line *pack(const struct cell *cells, int n)
{
	static struct buf text, runs;	/* kept: this is called for every line */
	const struct style *style = &plain;
	struct history_line *line;

	buf_clear(&text);
	buf_clear(&runs);
	for (int x = 0; x < n; x++) {
		if (!same_style(style, &cells[x].style)) {
			struct run r = { (unsigned)x, cells[x].style };

			buf_add(&runs, &r, sizeof(r));
			style = &cells[x].style;
		}
		if (cells[x].width == 0)
			continue;
		utf8_add(&text, cells[x].code[0] ? cells[x].code[0] : ' ');
		for (int i = 1; i < CELL_CODES && cells[x].code[i]; i++)
			utf8_add(&text, cells[x].code[i]);
	}
	line = mem_alloc(sizeof(*line) + runs.len + text.len + 1);
	line->n_runs = runs.len / sizeof(struct run);
	line->runs = (struct run *)(line + 1);
	line->text = (char *)line->runs + runs.len;
	if (runs.len)
		memcpy(line->runs, runs.data, runs.len);
	memcpy(line->text, buf_text(&text), text.len + 1);
	return line;
}

static void unpack(const struct history_line *line, struct cell *cells, int n)
{
	size_t len = strlen(line->text), at = 0, run = 0;
	struct style style = plain;

	for (int x = 0; x < n; x++) {
		unsigned code = 0, width;

		if (run < line->n_runs && line->runs[run].cell == (unsigned)x)
			style = line->runs[run++].style;
		if (at < len)
			at += sanitize_decode(line->text + at, len - at, &code);
		width = code ? (unsigned)cells_code_width(code) : 1;
		cells[x] = (struct cell){ .code = { code }, .style = style,
					  .width = width == 2 && x + 1 < n ? 2 : 1 };
		for (int i = 1; at < len; i++) {
			size_t next = sanitize_decode(line->text + at, len - at, &code);

			if (cells_code_width(code) != 0)
				break;
			if (i < CELL_CODES)
				cells[x].code[i] = code;
			at += next;
		}
		if (cells[x].width == 2) {
			x++;
			if (run < line->n_runs && line->runs[run].cell == (unsigned)x)
				style = line->runs[run++].style;
			cells[x] = (struct cell){ .style = style, .width = 0 };
		}
	}
}

void history_push(struct history *h, const struct cell *cells, int n)
{
	size_t slot = (h->first + h->n) % h->max;

	free(h->lines[slot]);
	h->lines[slot] = pack(cells, used(cells, n));
	if (h->n < h->max)
		h->n++;
	else
		h->first = (h->first + 1) % h->max;
}

static struct history_line *line_at(const struct history *h, size_t i)
{
	return h->lines[(h->first + i) % h->max];
}

bool history_pop(struct history *h, struct cell *cells, int n)
{
	size_t slot;

	if (h->n == 0)
		return false;
	history_read(h, h->n - 1, cells, n);
	h->n--;
	slot = (h->first + h->n) % h->max;
	free(h->lines[slot]);
	h->lines[slot] = NULL;
	return true;
}

void history_read(const struct history *h, size_t i, struct cell *cells, int n)
{
	unpack(line_at(h, i), cells, n);
}

const char *history_text(const struct history *h, size_t i)
{
	return line_at(h, i)->text;
}
