/*
 * output: see output.h.
 */
#include "views/cli/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"

void output_init(struct output *o, int fd)
{
	*o = (struct output){ .fd = fd, .terminal = isatty(fd), .text = BUF_INIT };
}

void output_done(struct output *o)
{
	buf_done(&o->text);
}

/* The line feeds of fmt are ours and stay: the text is cut at as many of its
 * last ones as fmt ends with. */
void output_printf(struct output *o, const char *fmt, ...)
{
	AUTO_BUF struct buf line = BUF_INIT;
	size_t feeds = 0;
	va_list ap;

	for (size_t n = strlen(fmt); feeds < n && fmt[n - 1 - feeds] == '\n';)
		feeds++;
	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	sanitize_add(&o->text, buf_text(&line), line.len - feeds);
	buf_add_repeat(&o->text, '\n', feeds);
}

void output_document(struct output *o, const char *text, size_t len)
{
	if (o->terminal)
		sanitize_add_lines(&o->text, text, len);
	else
		buf_add(&o->text, text, len);
}

void output_word(struct output *o, const char *word)
{
	if (o->terminal)
		sanitize_add(&o->text, word, strlen(word));
	else
		buf_add_str(&o->text, word);
	buf_add_char(&o->text, '\n');
}

static void add_unicode_escape(struct buf *out, unsigned code)
{
	if (code >= 0x10000) {
		code -= 0x10000;
		buf_printf(out, "\\u%04x\\u%04x", 0xd800 | code >> 10, 0xdc00 | (code & 0x3ff));
	} else {
		buf_printf(out, "\\u%04x", code);
	}
}

/* Outside its strings JSON text is plain ASCII, so whatever is not printable
 * stands in a string and may be escaped there. */
void output_json(struct output *o, struct json_object *value, bool pretty)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE |
		    (pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN);
	const char *text = json_object_to_json_string_ext(value, flags);
	size_t len = strlen(text);

	while (len > 0) {
		unsigned code = 0xfffd;
		size_t n = sanitize_decode(text, len, &code);

		if (n && (code == '\n' || sanitize_printable(code)))
			buf_add(&o->text, text, n);
		else
			add_unicode_escape(&o->text, code);
		text += n ? n : 1;
		len -= n ? n : 1;
	}
	buf_add_char(&o->text, '\n');
}

bool output_flush(struct output *o, struct error **err)
{
	bool good = file_write_all(o->fd, o->text.data, o->text.len);

	if (!good)
		error_set_errno(err, errno, "write the answer");
	buf_clear(&o->text);
	return good;
}

size_t output_width(const char *text)
{
	size_t len = strlen(text), width = 0;

	while (len > 0) {
		unsigned code;
		size_t n = sanitize_decode(text, len, &code);
		int columns = n > 1 ? wcwidth((wchar_t)code) : 1;

		width += columns < 0 ? 1 : (size_t)columns;
		text += n ? n : 1;
		len -= n ? n : 1;
	}
	return width;
}

void table_init(struct table *t, const char *const *headings)
{
	*t = (struct table){ 0 };
	for (; *headings; headings++, t->n_columns++)
		*MEM_PUSH(t->cells, t->n_cells) = mem_strdup(*headings);
}

void table_add(struct table *t, const char *cell)
{
	*MEM_PUSH(t->cells, t->n_cells) = sanitize(cell);
}

static void add_row(struct table *t, size_t row, const size_t *widths, struct buf *out)
{
	for (size_t c = 0; c < t->n_columns; c++) {
		const char *cell = t->cells[row * t->n_columns + c];

		buf_add_char(out, ' ');
		buf_add_str(out, cell);
		if (c + 1 < t->n_columns)
			buf_add_repeat(out, ' ', widths[c] - output_width(cell) + 2);
	}
	buf_add_char(out, '\n');
}

void table_print(struct table *t, struct output *o, bool heading)
{
	size_t *widths, total = 0;

	if (t->n_columns == 0)
		return;
	widths = mem_zalloc(t->n_columns * sizeof(*widths));
	for (size_t i = 0; i < t->n_cells; i++) {
		size_t w = output_width(t->cells[i]);

		if (w > widths[i % t->n_columns])
			widths[i % t->n_columns] = w;
	}
	for (size_t c = 0; c < t->n_columns; c++)
		total += widths[c] + 3;
	if (heading) {
		add_row(t, 0, widths, &o->text);
		buf_add_repeat(&o->text, '-', total);
		buf_add_char(&o->text, '\n');
	}
	for (size_t row = 1; row < t->n_cells / t->n_columns; row++)
		add_row(t, row, widths, &o->text);
	free(widths);
}

void table_done(struct table *t)
{
	for (size_t i = 0; i < t->n_cells; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ 0 };
}
