/*
 * cells: see cells.h.
 */
#include "tui/cells.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"

#define ELLIPSIS 0x2026

static const struct cell blank = { .width = 1 };

void cells_init(struct cells *c, int rows, int cols)
{
	c->rows = rows > 0 ? rows : 0;
	c->cols = cols > 0 ? cols : 0;
	c->cell = mem_reallocarray(NULL, (size_t)c->rows * (size_t)c->cols, sizeof(*c->cell));
	for (int i = 0; i < c->rows * c->cols; i++)
		c->cell[i] = blank;
}

void cells_done(struct cells *c)
{
	free(c->cell);
	*c = (struct cells){ 0 };
}

void cells_resize(struct cells *c, int rows, int cols)
{
	struct cells fresh;
	int keep;

	cells_init(&fresh, rows, cols);
	keep = fresh.cols < c->cols ? fresh.cols : c->cols;
	for (int y = 0; y < fresh.rows && y < c->rows; y++)
		memcpy(&fresh.cell[y * fresh.cols], &c->cell[y * c->cols],
		       (size_t)keep * sizeof(*c->cell));
	cells_done(c);
	*c = fresh;
}

struct cell *cells_at(const struct cells *c, int y, int x)
{
	if (y < 0 || x < 0 || y >= c->rows || x >= c->cols)
		return NULL;
	return &c->cell[y * c->cols + x];
}

struct area cells_area(const struct cells *c)
{
	return (struct area){ 0, 0, c->rows, c->cols };
}

/* Whoever overwrites half of a wide character blanks the other half. */
static void split_wide(struct cells *c, int y, int x)
{
	struct cell *here = cells_at(c, y, x);
	struct cell *left = cells_at(c, y, x - 1), *right = cells_at(c, y, x + 1);

	if (here->width == 0 && left && left->width == 2) {
		left->code[0] = 0;
		left->width = 1;
	}
	if (here->width == 2 && right && right->width == 0) {
		right->code[0] = 0;
		right->width = 1;
	}
}

static void set(struct cells *c, int y, int x, uint32_t code, struct style style, unsigned width)
{
	struct cell *cell = cells_at(c, y, x);

	if (!cell)
		return;
	split_wide(c, y, x);
	*cell = (struct cell){ .code = { code }, .style = style, .width = width };
}

void cells_put(struct cells *c, int y, int x, uint32_t code, struct style style)
{
	set(c, y, x, code, style, 1);
}

void cells_across(struct cells *c, int y, int x, int n, uint32_t code, struct style style)
{
	for (int i = 0; i < n; i++)
		set(c, y, x + i, code, style, 1);
}

void cells_down(struct cells *c, int y, int x, int n, uint32_t code, struct style style)
{
	for (int i = 0; i < n; i++)
		set(c, y + i, x, code, style, 1);
}

void cells_clear(struct cells *c, struct area a, struct style style)
{
	for (int y = 0; y < a.rows; y++)
		cells_across(c, a.y + y, a.x, a.cols, 0, style);
}

void cells_restyle(struct cells *c, struct area a, struct style style)
{
	for (int y = a.y; y < a.y + a.rows; y++)
		for (int x = a.x; x < a.x + a.cols; x++) {
			struct cell *cell = cells_at(c, y, x);

			if (cell)
				cell->style = style;
		}
}

int cells_code_width(uint32_t code)
{
	int width;

	if (code < 0x7f)
		return 1;
	width = wcwidth((wchar_t)code);
	return width < 0 ? 1 : width;
}

static void combine(struct cells *c, int y, int x, uint32_t code)
{
	struct cell *cell = cells_at(c, y, x);

	if (!cell || !cell->code[0])
		return;
	for (int i = 1; i < CELL_CODES; i++)
		if (!cell->code[i]) {
			cell->code[i] = code;
			return;
		}
}

static int clean_width(const char *text, size_t len)
{
	int width = 0;

	for (size_t i = 0; i < len;) {
		unsigned code;

		i += sanitize_decode(text + i, len - i, &code);
		width += cells_code_width(code);
	}
	return width;
}

int cells_text_width(const char *text)
{
	AUTO_BUF struct buf clean = BUF_INIT;

	sanitize_add(&clean, text, strlen(text));
	return clean_width(clean.data, clean.len);
}

static int draw(struct cells *c, int y, int x, int width, struct style style, const struct buf *clean)
{
	bool cut = clean_width(clean->data, clean->len) > width;
	int used = 0, last = x, limit = cut ? width - 1 : width;

	for (size_t i = 0; i < clean->len;) {
		unsigned code;
		int w;

		i += sanitize_decode(clean->data + i, clean->len - i, &code);
		w = cells_code_width(code);
		if (w == 0) {
			combine(c, y, last, code);
			continue;
		}
		if (used + w > limit)
			break;
		last = x + used;
		set(c, y, last, code, style, (unsigned)w);
		if (w == 2)
			set(c, y, last + 1, 0, style, 0);
		used += w;
	}
	if (cut)
		set(c, y, x + used++, ELLIPSIS, style, 1);
	return used;
}

int cells_text(struct cells *c, int y, int x, int width, struct style style, const char *text)
{
	AUTO_BUF struct buf clean = BUF_INIT;

	if (width <= 0)
		return 0;
	sanitize_add(&clean, text, strlen(text));
	return draw(c, y, x, width, style, &clean);
}

void cells_text_right(struct cells *c, int y, int x, int width, struct style style, const char *text)
{
	int pad = width - cells_text_width(text);

	if (pad < 0)
		pad = 0;
	cells_across(c, y, x, pad, 0, style);
	cells_text(c, y, x + pad, width - pad, style, text);
}

int cells_printf(struct cells *c, int y, int x, int width, struct style style, const char *fmt, ...)
{
	AUTO_BUF struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	return cells_text(c, y, x, width, style, buf_text(&text));
}

char cells_ascii(uint32_t code)
{
	static const struct {
		uint32_t first, last;
		char ascii;
	} near[] = {
		{ 0x00a0, 0x00a0, ' ' }, { 0x00ab, 0x00ab, '<' }, { 0x00b7, 0x00b7, '.' },
		{ 0x00bb, 0x00bb, '>' }, { 0x00d7, 0x00d7, 'x' }, { 0x2010, 0x2015, '-' },
		{ 0x2016, 0x2016, '"' }, { 0x2018, 0x2019, '\'' }, { 0x201c, 0x201d, '"' },
		{ 0x2022, 0x2022, '*' }, { 0x2026, 0x2026, '~' }, { 0x2190, 0x2190, '<' },
		{ 0x2191, 0x2191, '^' }, { 0x2192, 0x2192, '>' }, { 0x2193, 0x2193, 'v' },
		{ 0x2500, 0x2501, '-' }, { 0x2502, 0x2503, '|' }, { 0x2504, 0x2505, '-' },
		{ 0x2506, 0x2507, '|' }, { 0x2508, 0x2509, '-' }, { 0x250a, 0x250b, '|' },
		{ 0x250c, 0x254b, '+' }, { 0x254c, 0x254d, '-' }, { 0x254e, 0x254f, '|' },
		{ 0x2550, 0x2550, '=' }, { 0x2551, 0x2551, '|' }, { 0x2552, 0x256c, '+' },
		{ 0x256d, 0x2570, '+' }, { 0x2574, 0x257f, '-' }, { 0x2581, 0x2582, '_' },
		{ 0x2583, 0x2584, '.' }, { 0x2585, 0x2586, 'o' }, { 0x2587, 0x2588, '#' },
		{ 0x2580, 0x2580, '"' }, { 0x2589, 0x259f, '#' }, { 0x25a0, 0x25a0, '#' },
		{ 0x25b2, 0x25b4, '^' }, { 0x25b6, 0x25b8, '>' }, { 0x25bc, 0x25be, 'v' },
		{ 0x25c0, 0x25c2, '<' }, { 0x25cb, 0x25cb, 'o' }, { 0x25cf, 0x25cf, '*' },
		{ 0x2713, 0x2714, '+' }, { 0x2717, 0x2718, 'x' },
	};

	if (code < 0x7f)
		return code < 0x20 ? ' ' : (char)code;
	for (unsigned i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		if (code >= near[i].first && code <= near[i].last)
			return near[i].ascii;
	return '?';
}
