/* console/serial: a guest's bytes become the right cells, keys the right
 * bytes. */
#include <locale.h>

#include "backend/base/mem.h"
#include "backend/base/utf8.h"
#include "console/serial.h"
#include "tests/unit/tap.h"

static struct buf sent;
static int bells;

static void on_send(struct grid *g, const char *bytes, size_t len, void *arg)
{
	(void)g;
	(void)arg;
	buf_add(&sent, bytes, len);
}

static void on_bell(struct grid *g, void *arg)
{
	(void)g;
	(void)arg;
	bells++;
}

static const struct grid_handlers handlers = { on_send, on_bell };

static struct grid *fed(const char *bytes)
{
	struct grid *g = serial_new(100, &handlers, NULL);

	buf_clear(&sent);
	serial_feed(g, bytes, strlen(bytes));
	grid_update(g);
	return g;
}

static void is_grid_row(struct grid *g, int y, const char *want, const char *name)
{
	AUTO_FREE char *got = grid_row_text(g, y);

	is_str(got, want, name);
}

static void test_drawing(void)
{
	struct grid *g = fed("login: \x1b[1;31mroot\x1b[0m\r\nPassword:\x1b[5;10Hfar\x1b[1;3Hx");
	struct cell *cell = cells_at(&g->cells, 0, 8);

	is_grid_row(g, 0, "loxin: root", "text where the cursor stood");
	is_grid_row(g, 4, "         far", "and where it was sent");
	ok(cell->style.fg == COLOUR_INDEX(1) && cell->style.attr == ATTR_BOLD, "bold red");
	ok(g->cursor_y == 0 && g->cursor_x == 3, "the cursor");
	ok(!grid_update(g), "nothing new, nothing done");
	serial_feed(g, "\x1b[?25l", 6);
	ok(grid_update(g) && g->cursor_y == -1, "hidden");
	grid_free(g);
	g = fed("\x1b(0lqk\x1b(B\xe6\xbc\xa2" "e\xcc\x81");
	is_grid_row(g, 0, "┌─┐漢e\xcc\x81", "line drawing, wide and combining characters");
	ok(cells_at(&g->cells, 0, 3)->width == 2 && cells_at(&g->cells, 0, 4)->width == 0, "widths");
	grid_free(g);
	g = fed("\x1b[3;5r\x1b[3;1Ha\r\nb\r\nc\r\nd");
	is_grid_row(g, 2, "b", "a scrolling region scrolls");
	is_grid_row(g, 4, "d", "within its limits");
	is_int((long long)g->history.n, 0, "and leaves the history alone");
	grid_free(g);
	g = fed("shell\x1b[?1049hvim\x1b[?1049l");
	is_grid_row(g, 0, "shell", "the other screen comes and goes");
	grid_free(g);
}

static void colours(const char *bytes, colour want, const char *name)
{
	struct grid *g = fed(bytes);

	ok(cells_at(&g->cells, 0, 0)->style.fg == want, "%s", name);
	grid_free(g);
}

static void test_colours(void)
{
	struct grid *g;

	colours("\x1b[38;5;208mx", COLOUR_INDEX(208), "one of 256");
	colours("\x1b[97mx", COLOUR_INDEX(15), "bright");
	colours("\x1b[38;2;1;2;3mx", COLOUR_RGB(1, 2, 3), "24 bits with semicolons");
	colours("\x1b[38:2:1:2:3mx", COLOUR_RGB(1, 2, 3), "with colons");
	colours("\x1b[38:2::1:2:3mx", COLOUR_RGB(1, 2, 3), "with the colour space left empty");
	g = serial_new(10, &handlers, NULL);
	for (const char *p = "\x1b[1;38:2::1:2:3;44mx"; *p; p++)
		serial_feed(g, p, 1);
	grid_update(g);
	ok(cells_at(&g->cells, 0, 0)->style.fg == COLOUR_RGB(1, 2, 3) &&
	   cells_at(&g->cells, 0, 0)->style.bg == COLOUR_INDEX(4), "byte by byte");
	grid_free(g);
}

static void test_history(void)
{
	struct grid *g = serial_new(50, &handlers, NULL);
	struct cells out;
	int y, x;

	for (int i = 0; i < 100; i++) {
		AUTO_FREE char *line = mem_printf("\x1b[3%dmline %d\x1b[m\r\n", i % 8, i);

		serial_feed(g, line, strlen(line));
	}
	grid_update(g);
	is_int((long long)g->history.n, 50, "a full history forgets the oldest");
	is_grid_row(g, 0, "line 77", "the screen");
	is_grid_row(g, -1, "line 76", "above it the newest line of the history");
	is_grid_row(g, -50, "line 27", "and the oldest");
	is_grid_row(g, -51, "", "nothing before");
	cells_init(&out, 5, 20);
	grid_paint(g, &out, cells_area(&out), grid_top(g, 5), &y, &x);
	ok(y == 4 && x == 0, "a small pane shows where the cursor is");
	ok(cells_at(&out, 3, 6)->code[0] == '9' && cells_at(&out, 3, 5)->code[0] == '9', "with what is before it");
	grid_paint(g, &out, cells_area(&out), -11, &y, &x);
	ok(cells_at(&out, 0, 5)->code[0] == '6' && cells_at(&out, 0, 6)->code[0] == '6' && y == -1,
	   "scrolled back");
	ok(cells_at(&out, 0, 0)->style.fg == COLOUR_INDEX(66 % 8), "in the colours it had");
	ok(grid_find(g, "LINE 40", 0, true, &y) && y == -37, "searched upwards");
	ok(grid_find(g, "line 5", -37, false, &y) && y == -27, "and downwards");
	ok(grid_find(g, "line 5", 0, true, &y) && y == -18, "from the bottom");
	ok(!grid_find(g, "nowhere", 0, true, &y), "in vain");
	grid_room(g, 30, 100);
	grid_update(g);
	ok(g->cells.rows == 30 && g->cells.cols == 100, "more room is used");
	is_int((long long)g->history.n, 44, "by lines that come back");
	is_grid_row(g, 0, "line 71", "where they were");
	grid_room(g, 10, 40);
	ok(g->cells.rows == 30 && g->cells.cols == 100, "and never given back");
	cells_done(&out);
	grid_free(g);
}

static void types(struct grid *g, const char *name, const char *want)
{
	AUTO_FREE char *what = mem_printf("%s is sent", name);
	struct key k = { 0 };

	buf_clear(&sent);
	keys_parse(name, &k.code, &k.mods);
	grid_key(g, &k);
	is_str(buf_text(&sent), want, what);
}

static void test_keys(void)
{
	struct key paste = { .code = K_PASTE, .text = "a\nb\x1b[201~\r\nc", .len = 13 };
	struct grid *g = fed("");

	types(g, "a", "a");
	types(g, "ä", "ä");
	types(g, "C-c", "\x03");
	types(g, "C-j", "\n");
	types(g, "C-]", "\x1d");
	types(g, "M-x", "\x1bx");
	types(g, "M-ä", "\x1bä");
	types(g, "Enter", "\r");
	types(g, "Backspace", "\x7f");
	types(g, "Up", "\x1b[A");
	types(g, "C-Right", "\x1b[1;5C");
	types(g, "F1", "\x1bOP");
	types(g, "F5", "\x1b[15~");
	types(g, "F12", "\x1b[24~");
	types(g, "F13", "\x1b[25~");
	types(g, "S-Tab", "\x1b[Z");
	types(g, "Delete", "\x1b[3~");
	types(g, "PgUp", "\x1b[5~");
	serial_feed(g, "\x1b[?1h", 5);
	types(g, "Up", "\x1bOA");
	buf_clear(&sent);
	grid_key(g, &paste);
	is_str(buf_text(&sent), "a\rb[201~\rc", "a paste has no control characters");
	serial_feed(g, "\x1b[?2004h", 8);
	buf_clear(&sent);
	grid_key(g, &paste);
	is_str(buf_text(&sent), "\x1b[200~a\rb[201~\rc\x1b[201~", "and is bracketed when the guest wants it");
	grid_free(g);
}

static void test_answers(void)
{
	struct grid *g = fed("\x1b[6n\x1b[c\a");

	is_str(buf_text(&sent), "", "what was asked in the past is not answered");
	is_int(bells, 0, "nor does it ring");
	serial_answers(g, true);
	serial_feed(g, "\x1b[6n\a", 5);
	is_str(buf_text(&sent), "\x1b[1;1R", "what is asked now is");
	is_int(bells, 1, "and rings");
	grid_free(g);
}

static void test_hostile(void)
{
	struct grid *g = fed("\x1b[99999999;99999999Hx\x1b[999999999b\x1b[4294967295@\x1b]0;title\a"
			     "\x1b[?99999h\x1bP$qm\x1b\\\xff\xfe\x80 \x9b");

	ok(g->cells.rows == SERIAL_ROWS, "lives on");
	grid_free(g);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_drawing();
	test_colours();
	test_history();
	test_keys();
	test_answers();
	test_hostile();
	buf_done(&sent);
	return tap_done();
}
