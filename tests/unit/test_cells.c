/* tui/cells: drawing, clipping, wide and combining characters, hostile text. */
#include <locale.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "tests/unit/tap.h"
#include "tui/cells.h"

static const struct style plain;

/* A row as text; '_' for blank cells, '<' for the right half of a wide one. */
static char *row(const struct cells *c, int y)
{
	struct buf b = BUF_INIT;

	for (int x = 0; x < c->cols; x++) {
		const struct cell *cell = cells_at(c, y, x);

		if (cell->width == 0)
			buf_add_char(&b, '<');
		else if (cell->code[0] >= 0x80)
			buf_printf(&b, "{%x}", cell->code[0]);
		else
			buf_add_char(&b, cell->code[0] ? (char)cell->code[0] : '_');
		if (cell->code[1])
			buf_printf(&b, "+%x", cell->code[1]);
	}
	return buf_steal(&b);
}

static void is_row(const struct cells *c, int y, const char *want, const char *name)
{
	AUTO_FREE char *got = row(c, y);

	is_str(got, want, name);
}

static void test_text(void)
{
	struct cells c;

	cells_init(&c, 2, 10);
	is_int(cells_text(&c, 0, 1, 9, plain, "web"), 3, "columns used");
	is_row(&c, 0, "_web______", "text lands where asked");
	is_int(cells_text(&c, 1, 0, 5, plain, "abcdefg"), 5, "cut text fills its width");
	is_row(&c, 1, "abcd{2026}_____", "and says that it was cut");
	cells_text(&c, 0, 7, 20, plain, "outside");
	cells_text(&c, 5, 0, 5, plain, "below");
	cells_text(&c, -1, 0, 5, plain, "above");
	is_row(&c, 0, "_web___out", "what is outside is clipped");
	cells_text_right(&c, 1, 0, 10, plain, "12%");
	is_row(&c, 1, "_______12%", "flush right, blanking its width");
	cells_done(&c);
}

static void test_hostile(void)
{
	struct cells c;

	cells_init(&c, 1, 24);
	cells_text(&c, 0, 0, 24, plain, "a\x1b[2J\nb\xe2\x80\xae" "c\x9b");
	is_row(&c, 0, "a\\e[2J\\nb\\u{202e}c\\x9b__", "control and bidi characters are spelt out");
	cells_done(&c);
}

static void test_wide(void)
{
	struct cells c;

	cells_init(&c, 1, 6);
	cells_text(&c, 0, 0, 6, plain, "漢字x");
	is_row(&c, 0, "{6f22}<{5b57}<x_", "wide characters take two cells");
	cells_put(&c, 0, 1, 'y', plain);
	is_row(&c, 0, "_y{5b57}<x_", "half of one overwritten blanks the other half");
	cells_put(&c, 0, 2, 'z', plain);
	is_row(&c, 0, "_yz_x_", "from the other side as well");
	cells_clear(&c, cells_area(&c), plain);
	is_int(cells_text(&c, 0, 0, 3, plain, "漢字"), 3, "a wide one that does not fit is left out");
	is_row(&c, 0, "{6f22}<{2026}___", "for the sign that the text was cut");
	cells_clear(&c, cells_area(&c), plain);
	cells_text(&c, 0, 0, 6, plain, "e\xcc\x81x");
	is_row(&c, 0, "e+301x____", "a combining character shares the cell");
	is_int(cells_text_width("e\xcc\x81漢"), 3, "width of a text");
	cells_done(&c);
}

static void test_resize(void)
{
	struct cells c;

	cells_init(&c, 2, 4);
	cells_text(&c, 0, 0, 4, plain, "abcd");
	cells_text(&c, 1, 0, 4, plain, "efgh");
	cells_resize(&c, 3, 2);
	is_row(&c, 0, "ab", "what fits is kept");
	is_row(&c, 1, "ef", "in its row");
	is_row(&c, 2, "__", "the rest is blank");
	ok(!cells_at(&c, 3, 0) && !cells_at(&c, 0, 2) && !cells_at(&c, -1, 0), "nothing outside");
	cells_resize(&c, 0, 0);
	cells_text(&c, 0, 0, 4, plain, "abcd");
	ok(c.rows == 0, "nothing at all is fine");
	cells_done(&c);
}

static void test_ascii(void)
{
	is_int(cells_ascii(0x2502), '|', "a line");
	is_int(cells_ascii(0x2588), '#', "a block");
	is_int(cells_ascii(0x25cf), '*', "a dot");
	is_int(cells_ascii('q'), 'q', "ASCII stays");
	is_int(cells_ascii(0x6f22), '?', "others are a question mark");
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_text();
	test_hostile();
	test_wide();
	test_resize();
	test_ascii();
	return tap_done();
}
