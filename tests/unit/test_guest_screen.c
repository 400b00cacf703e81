/* A guest's screen as cells: what a server sends is read, drawn, and seen
 * through a window; and what is typed goes out. */
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"
#include "console/guest_screen.h"
#include "tests/unit/paint.h"
#include "tests/unit/tap.h"
#include "tests/unit/vnc_server.h"

#include <fcntl.h>
#include <poll.h>

static struct event_base *base;
static struct fonts fonts;
static struct picture shown;		/* what the server shows; changed only while it waits */
static int listener;
static volatile int updates_wanted;	/* updates the server may still send */
static unsigned char keys[64];
static int n_keys;
static int changes;

static void on_change(struct guest_screen *g, void *arg)
{
	(void)g;
	(void)arg;
	changes++;
}

static void send_picture(int fd)
{
	server_update(fd, 1);
	server_rect(fd, 0, 0, (unsigned)shown.width, (unsigned)shown.height, 0);
	server_send(fd, shown.pixels, 4 * (size_t)shown.width * (size_t)shown.height);
}

/* Answers each request with the whole picture, and notes the keys. */
static void *serve(void *arg)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	unsigned char type, rest[16];
	int fd;

	(void)arg;
	poll(&p, 1, 5000);
	fd = accept(listener, NULL, NULL);
	server_hello(fd, (unsigned)shown.width, (unsigned)shown.height, "test");
	send_picture(fd);
	while (server_receive(fd, &type, 1)) {
		if (type == 3 && server_receive(fd, rest, 9)) {
			/* Only when there is news, as real servers do. */
			while (__atomic_load_n(&updates_wanted, __ATOMIC_ACQUIRE) == 0) {
				struct pollfd wait = { .fd = fd, .events = POLLIN };

				if (poll(&wait, 1, 10) > 0)
					break;
			}
			if (__atomic_exchange_n(&updates_wanted, 0, __ATOMIC_ACQ_REL))
				send_picture(fd);
		} else if (type == 4 && server_receive(fd, rest, 7)) {
			if (n_keys < (int)sizeof(keys) && rest[0])
				keys[n_keys++] = rest[6];
		} else if (type == 5) {
			server_receive(fd, rest, 5);
		}
	}
	close(fd);
	return NULL;
}

static bool shows(const struct guest_screen *g, int y, int x, const char *text)
{
	for (; *text; text++, x++) {
		const struct cell *c = cells_at(guest_screen_cells(g), y, x);
		uint32_t want = *text == ' ' ? 0 : (unsigned char)*text;

		if (!c || c->code[0] != want)
			return false;
	}
	return true;
}

/* Until the text stands there, or 5 s are over. */
static bool wait_shows(struct guest_screen *g, int y, int x, const char *text)
{
	int64_t end = loop_now_ms() + 5000;

	while (!shows(g, y, x, text) && loop_now_ms() < end) {
		bool never = false;

		loop_until(base, &never, 20);
	}
	return shows(g, y, x, text);
}

static void publish(void)
{
	__atomic_store_n(&updates_wanted, 1, __ATOMIC_RELEASE);
}

static void paint_lines(const struct font *font)
{
	char line[32];

	for (int row = 0; row < 25; row++) {
		snprintf(line, sizeof(line), "this is line %d of 25", row + 1);
		paint_text(&shown, font, 9, 0, row * 16, line, 0xaaaaaa, 0);
	}
	paint_text(&shown, font, 9, 720 - 9 * 5, 0, "right", 0xffffff, 0x0000aa);
}

static void test_reading(struct guest_screen *g, const struct font *font)
{
	const struct cell *c;
	AUTO_FREE char *text = NULL;
	int y, x;

	ok(wait_shows(g, 0, 0, "this is line 1 of 25"), "text is read");
	ok(guest_screen_is_text(g) && !strcmp(guest_screen_mode(g), "text 80x25"), "it is called text");
	c = cells_at(guest_screen_cells(g), 0, 75);
	ok(shows(g, 0, 75, "right") && c->style.bg == COLOUR_INDEX(19) && c->style.fg == COLOUR_INDEX(231),
	   "in its colours (%x on %x)", c->style.fg, c->style.bg);
	ok(!guest_screen_cursor(g, &y, &x), "no cursor is seen");
	text = guest_screen_text(g);
	ok(text && strstr(text, "\nthis is line 25 of 25\n"), "the text has all lines");
	paint_fill(&shown, (struct rect){ 9 * 30, 16 * 24 + 13, 9, 2 }, 0xaaaaaa);
	paint_text(&shown, font, 9, 0, 0, "THIS", 0xaaaaaa, 0);
	publish();
	ok(wait_shows(g, 0, 0, "THIS is line 1 of 25"), "a change is read");
	ok(guest_screen_cursor(g, &y, &x) && y == 24 && x == 30, "the cursor is found");
}

static void test_window(struct guest_screen *g)
{
	int y, x;

	guest_screen_size(g, 10, 40);
	ok(wait_shows(g, 9, 0, "this is line 25 of 25"), "a smaller window follows the cursor");
	ok(guest_screen_cursor(g, &y, &x) && y == 9 && x == 30, "which stays in it");
	guest_screen_pan(g, -100, 0);
	ok(shows(g, 0, 0, "THIS is line 1 of 25"), "it can be moved to the top");
	guest_screen_pan(g, 0, 1000);
	ok(shows(g, 0, 35, "right"), "and to the right");
	guest_screen_size(g, 30, 100);
	ok(shows(g, 2, 10, "THIS is line 1 of 25"), "a larger one has it in the middle");
	guest_screen_size(g, 25, 80);
}

static void test_drawn_cells(struct guest_screen *g)
{
	const struct cell *c;
	int inked = 0;

	paint_fill(&shown, (struct rect){ 9 * 40, 16 * 10, 27, 32 }, 0xcc2222);
	paint_fill(&shown, (struct rect){ 9 * 40 + 5, 16 * 10 + 5, 17, 20 }, 0x22cc22);
	paint_fill(&shown, (struct rect){ 9 * 40 + 9, 16 * 10 + 9, 9, 14 }, 0x2222cc);
	publish();
	changes = 0;
	for (int64_t end = loop_now_ms() + 5000; loop_now_ms() < end && !inked;) {
		bool never = false;

		loop_until(base, &never, 20);
		c = cells_at(guest_screen_cells(g), 10, 40);
		inked = c->style.bg != COLOUR_INDEX(16);
	}
	ok(inked && guest_screen_is_text(g), "what cannot be read is drawn, cell by cell");
	guest_screen_draw(g, true, DRAW_HALF);
	ok(!guest_screen_is_text(g) && !strcmp(guest_screen_mode(g), "720x400 half"), "all can be drawn");
	guest_screen_draw(g, false, DRAW_HALF);
	ok(guest_screen_is_text(g) && shows(g, 0, 0, "THIS is line 1"), "and read again");
}

static void test_keys(struct guest_screen *g)
{
	struct keystroke k[KEYSTROKE_CHORD_MAX];
	bool never = false;

	guest_screen_press(g, k, keystroke_parse("x", k));
	guest_screen_press(g, k, keystroke_parse("Enter", k));
	for (int64_t end = loop_now_ms() + 5000; n_keys < 2 && loop_now_ms() < end;)
		loop_until(base, &never, 20);
	ok(n_keys == 2 && keys[0] == 'x' && keys[1] == 0x0d, "keys reach the server");
	ok(guest_screen_point(g, 3, 4, VNC_BUTTON_LEFT) && !guest_screen_point(g, 30, 4, 0),
	   "the pointer only on the screen");
}

static void test_end(struct guest_screen *g, pthread_t thread)
{
	struct picture p = { 0 };

	ok(guest_screen_picture(g, &p) && p.width == 720 && p.height == 400 &&
	   p.pixels[0] == (shown.pixels[0] & 0xffffff), "the picture can be had");
	picture_done(&p);
	guest_screen_free(g);
	pthread_join(thread, NULL);
}

int main(void)
{
	char *directory = tap_directory();
	AUTO_FREE char *path = mem_printf("%s/vnc.sock", directory);
	struct guest_screen *g;
	struct glyph_table *table;
	const struct font *font;
	pthread_t thread;

	base = loop_new();
	unsetenv("VIRTTY_FONT_PATH");
	ok(fonts_load(&fonts, NULL), "fonts are found");
	table = glyph_table_new(&fonts);
	font = paint_font(&fonts, 16);
	picture_resize(&shown, 720, 400);
	paint_lines(font);
	listener = socket_listen(path, NULL);
	fcntl(listener, F_SETFL, 0);
	pthread_create(&thread, NULL, serve, NULL);
	g = guest_screen_new(base, table, on_change, NULL);
	guest_screen_size(g, 25, 80);
	ok(guest_screen_open(g, path, NULL, NULL), "a session is begun");
	test_reading(g, font);
	test_window(g);
	test_drawn_cells(g);
	test_keys(g);
	test_end(g, thread);
	close(listener);
	unlink(path);
	rmdir(directory);
	glyph_table_free(table);
	fonts_done(&fonts);
	picture_done(&shown);
	event_base_free(base);
	return tap_done();
}
