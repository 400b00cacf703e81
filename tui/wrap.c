/*
 * wrap: see wrap.h.
 */
#include "tui/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "tui/cells.h"

static void push(struct wrapped *w, size_t indent, const char *text, size_t len)
{
	struct buf line = BUF_INIT;

	buf_add_repeat(&line, ' ', indent);
	buf_add(&line, text, len);
	*MEM_PUSH(w->lines, w->n) = buf_steal(&line);
}

/* How many bytes of the text fit width columns; ends at a space if it can. */
static size_t fitting(const char *text, size_t len, int width)
{
	size_t at = 0, space = 0;
	int used = 0;

	while (at < len) {
		unsigned code;
		size_t n = sanitize_decode(text + at, len - at, &code);

		used += n ? cells_code_width(code) : 1;
		if (used > width)
			return space ? space : at ? at : n ? n : 1;
		if (text[at] == ' ' && at > 0)
			space = at;
		at += n ? n : 1;
	}
	return len;
}

static size_t limited(size_t indent, int width)
{
	return (int)indent > width / 2 ? (size_t)width / 2 : indent;
}

static void wrap_line(struct wrapped *w, const char *line, size_t len, int width, int hang)
{
	size_t indent = strspn(line, " ");

	if (indent > len)
		indent = len;
	line += indent;
	len -= indent;
	for (bool first = true; first || len > 0; first = false) {
		size_t margin = limited(first ? indent : indent + (size_t)hang, width);
		size_t n = fitting(line, len, width - (int)margin);

		push(w, margin, line, n);
		line += n;
		len -= n;
		while (len > 0 && *line == ' ') {
			line++;
			len--;
		}
	}
}

struct wrapped wrap_text(const char *text, int width, int hang)
{
	AUTO_BUF struct buf clean = BUF_INIT;
	struct wrapped w = { 0 };
	const char *p;

	sanitize_add_lines(&clean, text, strlen(text));
	for (p = buf_text(&clean); *p;) {
		size_t len = strcspn(p, "\n");

		wrap_line(&w, p, len, width > 1 ? width : 1, hang);
		p += len + (p[len] == '\n');
	}
	return w;
}

void wrapped_done(struct wrapped *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->lines[i]);
	free(w->lines);
	*w = (struct wrapped){ 0 };
}
