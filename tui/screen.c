/*
 * screen: see screen.h.  ncurses is used for what it is best at: knowing the
 * terminal and sending the fewest bytes that turn one screen into another.
 * Input is read by the loop and decoded by tui/keys.c, as ncurses would wait.
 */
#define NCURSES_WIDECHAR 1
#include "tui/screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"

#define MIN_ROWS 2
#define MIN_COLS 10
#define MAX_SIDE 1000
#define COPY_MAX 74994			/* what xterm's and tmux's OSC 52 take */

/* Mouse buttons, drags, SGR reports; bracketed paste. */
#define MOUSE_ON "\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l"
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

struct screen {
	const struct screen_handlers *handlers;
	void *arg;
	struct event_base *base;
	SCREEN *curses;
	struct keys *keys;
	struct event *input, *winch, *cont, *term, *hup, *intr;
	struct event *escape_timer;
	struct cells cells, shown;
	int cursor_y, cursor_x;
	bool cursor_moved, redraw, suspended;
	enum screen_depth depth;
	bool unicode, console, modes, direct;
	struct sigaction stop;		/* what SIGTSTP did before the terminal was lent */
	int pairs;			/* how many are in use before a reset */
};

/* ---- giving the terminal back, whatever happens ---- */

static struct {
	volatile sig_atomic_t armed;
	struct termios termios;
	char text[512];
	size_t len;
} rescue;

static void rescue_terminal(void)
{
	ssize_t ignored;

	if (!rescue.armed)
		return;
	rescue.armed = 0;
	ignored = write(STDOUT_FILENO, rescue.text, rescue.len);
	(void)ignored;
	tcsetattr(STDIN_FILENO, TCSANOW, &rescue.termios);
}

static void on_crash(int sig)
{
	rescue_terminal();
	signal(sig, SIG_DFL);
	raise(sig);
}

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT };

static int rescue_byte(int c)
{
	if (rescue.len < sizeof(rescue.text))
		rescue.text[rescue.len++] = (char)c;
	return c;
}

static void rescue_add(const char *text)
{
	if (text && text != (char *)-1)
		tputs(text, 1, rescue_byte);
}

/* Composed now, since at a crash nothing but write() is safe. */
static void rescue_prepare(bool modes)
{
	struct sigaction sa = { .sa_handler = on_crash };

	rescue.len = 0;
	if (modes)
		rescue_add(MOUSE_OFF PASTE_OFF);
	rescue_add(tigetstr("rmkx"));
	rescue_add(tigetstr("op"));
	rescue_add(tigetstr("sgr0"));
	rescue_add(tigetstr("cnorm"));
	rescue_add(tigetstr("rmcup"));
	rescue_add("\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &sa, NULL);
	mem_on_exhausted(rescue_terminal);
}

/* ---- input ---- */

static void on_key(const struct key *k, void *arg)
{
	struct screen *s = arg;

	s->handlers->on_key(k, s->arg);
}

static void on_escape_timeout(void *arg)
{
	struct screen *s = arg;

	loop_cancel(&s->escape_timer);
	keys_timeout(s->keys);
}

/* Nothing to read is no hang-up when a ^D was typed while an editor had the
 * terminal. */
static bool hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) < 0 || (p.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void on_input(evutil_socket_t fd, short what, void *arg)
{
	struct screen *s = arg;
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)what;
	if ((n < 0 && (errno == EINTR || errno == EAGAIN)) || (n == 0 && !hung_up(fd)))
		return;
	if (n <= 0) {
		event_del(s->input);
		s->handlers->on_end(0, s->arg);
		return;
	}
	loop_cancel(&s->escape_timer);
	keys_feed(s->keys, bytes, (size_t)n);
	if (keys_pending(s->keys))
		s->escape_timer = loop_after(s->base, KEYS_TIMEOUT_MS, on_escape_timeout, s);
}

/* How this terminal spells its keys; what all of them share keys.c knows. */
static void learn_keys(struct screen *s)
{
	static const struct {
		const char *capability;
		uint32_t code;
		unsigned mods;
	} table[] = {
		{ "kcuu1", K_UP, 0 }, { "kcud1", K_DOWN, 0 }, { "kcub1", K_LEFT, 0 },
		{ "kcuf1", K_RIGHT, 0 }, { "khome", K_HOME, 0 }, { "kend", K_END, 0 },
		{ "kpp", K_PGUP, 0 }, { "knp", K_PGDN, 0 }, { "kich1", K_INSERT, 0 },
		{ "kdch1", K_DELETE, 0 }, { "kbs", K_BACKSPACE, 0 },
		{ "kcbt", K_TAB, MOD_SHIFT }, { "kent", K_ENTER, 0 },
		{ "kri", K_UP, MOD_SHIFT }, { "kind", K_DOWN, MOD_SHIFT },
		{ "kLFT", K_LEFT, MOD_SHIFT }, { "kRIT", K_RIGHT, MOD_SHIFT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *text = tigetstr(table[i].capability);

		if (text && text != (char *)-1)
			keys_learn(s->keys, text, table[i].code, table[i].mods);
	}
	for (int n = 1; n <= 20; n++) {
		char capability[8];
		const char *text;

		snprintf(capability, sizeof(capability), "kf%d", n);
		text = tigetstr(capability);
		if (text && text != (char *)-1)
			keys_learn(s->keys, text, (uint32_t)(K_F1 + n - 1), 0);
	}
}

/* ---- size and signals ---- */

static int side(int n, int min)
{
	return n < min ? min : n > MAX_SIDE ? MAX_SIDE : n;
}

static void take_size(struct screen *s)
{
	struct winsize w;
	int rows = LINES, cols = COLS;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row && w.ws_col) {
		rows = w.ws_row;
		cols = w.ws_col;
	}
	rows = side(rows, MIN_ROWS);
	cols = side(cols, MIN_COLS);
	if (rows != LINES || cols != COLS)
		resizeterm(rows, cols);
	cells_done(&s->cells);
	cells_done(&s->shown);
	cells_init(&s->cells, rows, cols);
	cells_init(&s->shown, rows, cols);
	s->redraw = true;
}

static void on_winch(evutil_socket_t sig, short what, void *arg)
{
	struct screen *s = arg;

	(void)sig;
	(void)what;
	if (s->suspended)
		return;			/* screen_resume() looks */
	take_size(s);
	s->handlers->on_resize(s->arg);
}

static void on_cont(evutil_socket_t sig, short what, void *arg)
{
	struct screen *s = arg;

	(void)sig;
	(void)what;
	if (s->suspended)
		return;
	screen_suspend(s);
	screen_resume(s);
	s->handlers->on_resize(s->arg);
}

static void on_end(evutil_socket_t sig, short what, void *arg)
{
	struct screen *s = arg;

	(void)what;
	s->handlers->on_end((int)sig, s->arg);
}

static struct event *watch_signal(struct screen *s, int sig, event_callback_fn fn)
{
	struct event *e = evsignal_new(s->base, sig, fn, s);

	evsignal_add(e, NULL);
	return e;
}

static void watch(struct screen *s)
{
	s->input = event_new(s->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, s);
	event_add(s->input, NULL);
	s->winch = watch_signal(s, SIGWINCH, on_winch);
	s->cont = watch_signal(s, SIGCONT, on_cont);
	s->term = watch_signal(s, SIGTERM, on_end);
	s->hup = watch_signal(s, SIGHUP, on_end);
	s->intr = watch_signal(s, SIGINT, on_end);
}

/* ---- opening and closing ---- */

static void set_modes(struct screen *s, bool on)
{
	const char *text = on ? MOUSE_ON PASTE_ON : MOUSE_OFF PASTE_OFF;

	if (s->modes)
		file_write_all(STDOUT_FILENO, text, strlen(text));
}

static void set_input(void)
{
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	typeahead(-1);
	keypad(stdscr, TRUE);
}

static enum screen_depth find_depth(struct screen *s)
{
	if (!has_colors() || start_color() == ERR)
		return DEPTH_MONO;
	use_default_colors();
	s->direct = COLORS > 256 && tigetflag("RGB") != 0;
	if (COLORS > 256)
		return DEPTH_RGB;
	return COLORS >= 256 ? DEPTH_256 : COLORS >= 8 ? DEPTH_8 : DEPTH_MONO;
}

static bool usable(const char *term, struct error **err)
{
	int result;
	bool can;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(err, "open the interface: standard input and output are not a terminal");
		error_hint(err, "give a command: virtty help");
		return false;
	}
	if (!term || !*term || setupterm(term, STDOUT_FILENO, &result) == ERR) {
		error_set(err, "open the interface: unknown terminal '%s'", term ? term : "");
		error_hint(err, "set TERM to what your terminal is, for example xterm-256color");
		return false;
	}
	can = tigetstr("cup") && tigetstr("clear");
	del_curterm(cur_term);		/* newterm() makes its own */
	if (!can) {
		error_set(err, "open the interface: terminal '%s' cannot place its cursor", term);
		error_hint(err, "set TERM to what your terminal is, or give a command: virtty help");
		return false;
	}
	return true;
}

struct screen *screen_open(struct event_base *base, const struct screen_handlers *handlers,
			   void *arg, struct error **err)
{
	const char *term = getenv("TERM"), *mouse;
	struct screen *s;

	if (!usable(term, err))
		return NULL;
	s = mem_zalloc(sizeof(*s));
	s->base = base;
	s->handlers = handlers;
	s->arg = arg;
	tcgetattr(STDIN_FILENO, &rescue.termios);
	s->curses = newterm(term, stdout, stdin);
	if (!s->curses) {
		error_set(err, "open the interface: terminal '%s' cannot be used", term);
		free(s);
		return NULL;
	}
	rescue.armed = 1;
	mouse = tigetstr("kmous");
	s->modes = mouse && mouse != (char *)-1;
	s->unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
	s->console = !strncmp(term, "linux", 5);
	s->keys = keys_new(on_key, s);
	rescue_prepare(s->modes);
	set_input();
	s->depth = find_depth(s);
	s->cursor_y = -1;
	curs_set(0);
	learn_keys(s);
	take_size(s);
	set_modes(s, true);
	watch(s);
	return s;
}

static void free_event(struct event **e)
{
	if (*e)
		event_free(*e);
	*e = NULL;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	free_event(&s->input);
	free_event(&s->winch);
	free_event(&s->cont);
	free_event(&s->term);
	free_event(&s->hup);
	free_event(&s->intr);
	loop_cancel(&s->escape_timer);
	if (!s->suspended) {
		set_modes(s, false);
		endwin();
	}
	rescue.armed = 0;
	mem_on_exhausted(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		signal(crashes[i], SIG_DFL);
	delscreen(s->curses);
	keys_free(s->keys);
	cells_done(&s->cells);
	cells_done(&s->shown);
	free(s);
}

/* What is typed for another program (^C, ^\, ^Z) reaches us as well, since
 * we are of the same job: ^C and ^\ are not for us then. */
static void lend_signals(struct screen *s, bool lend)
{
	struct sigaction crash = { .sa_handler = on_crash }, stop = { .sa_handler = SIG_DFL };

	if (!lend) {
		sigaction(SIGQUIT, &crash, NULL);
		sigaction(SIGTSTP, &s->stop, NULL);
		evsignal_add(s->intr, NULL);
		return;
	}
	evsignal_del(s->intr);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	sigaction(SIGTSTP, &stop, &s->stop);
}

void screen_suspend(struct screen *s)
{
	if (s->suspended)
		return;
	s->suspended = true;
	event_del(s->input);
	set_modes(s, false);
	endwin();
	rescue.armed = 0;
	lend_signals(s, true);
}

void screen_resume(struct screen *s)
{
	if (!s->suspended)
		return;
	s->suspended = false;
	lend_signals(s, false);
	rescue.armed = 1;
	reset_prog_mode();
	set_input();
	take_size(s);
	set_modes(s, true);
	event_add(s->input, NULL);
}

struct cells *screen_cells(struct screen *s)
{
	return &s->cells;
}

enum screen_depth screen_depth(const struct screen *s)
{
	return s->depth;
}

/* ---- colours ---- */

/* The 6x6x6 cube of the 256 colours. */
static int cube(uint32_t rgb)
{
	int level[3];

	for (int i = 0; i < 3; i++) {
		int v = (int)(rgb >> (16 - 8 * i) & 0xff);

		level[i] = v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
	}
	return 16 + 36 * level[0] + 6 * level[1] + level[2];
}

static uint32_t palette_rgb(unsigned n)
{
	static const unsigned char steps[] = { 0, 95, 135, 175, 215, 255 };

	if (n < 16)
		return (n & 8 ? 0x7f7f7fu : 0) + (n & 1 ? 0x800000u : 0) +
		       (n & 2 ? 0x8000u : 0) + (n & 4 ? 0x80u : 0);
	if (n >= 232)
		return (8 + 10 * (n - 232)) * 0x10101u;
	n -= 16;
	return (uint32_t)steps[n / 36] << 16 | (uint32_t)steps[n / 6 % 6] << 8 | steps[n % 6];
}

/* In a direct-colour terminal 1 to 7 are ANSI's colours, and pairs are few:
 * five bits a channel keep them below the limit. */
static int direct_colour(uint32_t rgb)
{
	rgb &= 0xf8f8f8;
	return rgb < 8 ? 0 : (int)rgb;
}

static int nearest_ansi(uint32_t rgb)
{
	unsigned r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;

	return (r > 110 ? 1 : 0) | (g > 110 ? 2 : 0) | (b > 110 ? 4 : 0);
}

static int colour_number(const struct screen *s, colour c, attr_t *attr, bool background)
{
	uint32_t value = c & 0xffffff;

	if (c == COLOUR_DEFAULT)
		return -1;
	if (s->depth == DEPTH_RGB) {
		if (COLOUR_IS_RGB(c))
			return direct_colour(value);
		return value < 8 ? (int)value : direct_colour(palette_rgb(value & 0xff));
	}
	if (s->depth == DEPTH_256)
		return COLOUR_IS_RGB(c) ? cube(value) : (int)value & 0xff;
	if (!COLOUR_IS_RGB(c) && value < 8)
		return (int)value;
	if (!COLOUR_IS_RGB(c) && value < 16) {
		if (COLORS >= 16)
			return (int)value;
		if (!background)
			*attr |= A_BOLD;
		return (int)value - 8;
	}
	return nearest_ansi(COLOUR_IS_RGB(c) ? value : palette_rgb(value & 0xff));
}

/* ncurses silently shows wrong colours when its pairs run out: start again
 * well before that, and write everything anew. */
static void limit_pairs(struct screen *s)
{
	int limit = COLOR_PAIRS < 65536 ? COLOR_PAIRS : 65536;

	if (limit < 4096 || s->pairs < limit / 2)
		return;
	reset_color_pairs();
	s->pairs = 0;
	s->redraw = true;
}

static int pair_number(struct screen *s, const struct style *style, attr_t *attr)
{
	int fg, bg, pair;

	if (s->depth == DEPTH_MONO)
		return 0;
	fg = colour_number(s, style->fg, attr, false);
	bg = colour_number(s, style->bg, attr, true);
	if (fg < 0 && bg < 0)
		return 0;
	pair = alloc_pair(fg, bg);
	if (pair > s->pairs)
		s->pairs = pair;
	return pair > 0 ? pair : 0;
}

static attr_t attributes(unsigned attr)
{
	return (attr & ATTR_BOLD ? A_BOLD : 0) | (attr & ATTR_DIM ? A_DIM : 0) |
	       (attr & ATTR_ITALIC ? A_ITALIC : 0) | (attr & ATTR_UNDERLINE ? A_UNDERLINE : 0) |
	       (attr & ATTR_BLINK ? A_BLINK : 0) | (attr & ATTR_REVERSE ? A_REVERSE : 0);
}

/* ---- showing ---- */

/* The Linux console's font has box drawing and blocks, and little else. */
static bool console_has(uint32_t code)
{
	return code < 0x100 || (code >= 0x2500 && code <= 0x256c) || code == 0x2580 ||
	       code == 0x2584 || code == 0x2588 || code == 0x258c || code == 0x2590 ||
	       (code >= 0x2591 && code <= 0x2593) || code == 0x2022;
}

/* The last gate: whatever a cell holds, only visible characters of the
 * expected width go to ncurses. */
static void glyph(const struct screen *s, const struct cell *cell, bool room, wchar_t out[CELL_CODES + 1])
{
	uint32_t code = cell->code[0];
	int n = 1;

	if (code < 0x20 || code == 0x7f || (cell->width == 2 && !room))
		code = ' ';
	else if (!sanitize_printable(code))
		code = s->unicode ? 0xfffd : '?';
	if (code > 0x7e && (!s->unicode || (s->console && !console_has(code) && cells_ascii(code) != '?')))
		code = (unsigned char)cells_ascii(code);
	if (code > 0x7e && wcwidth((wchar_t)code) != (int)cell->width)
		code = cell->width == 2 || wcwidth((wchar_t)code) != 1 ? '?' : code;
	out[0] = (wchar_t)code;
	if (s->unicode && code > 0x20)
		for (int i = 1; i < CELL_CODES && cell->code[i]; i++)
			if (sanitize_printable(cell->code[i]) && wcwidth((wchar_t)cell->code[i]) == 0)
				out[n++] = (wchar_t)cell->code[i];
	out[n] = 0;
}

static void put(struct screen *s, int y, int x, const struct cell *cell)
{
	wchar_t text[CELL_CODES + 1];
	attr_t attr = attributes(cell->style.attr);
	int pair = pair_number(s, &cell->style, &attr);
	cchar_t cc;

	glyph(s, cell, x + 1 < s->cells.cols, text);
	if (setcchar(&cc, text, attr, 0, &pair) == OK)
		mvadd_wch(y, x, &cc);
	if (cell->width == 2 && x + 1 < s->cells.cols && wcwidth(text[0]) == 1) {
		text[0] = L' ';
		text[1] = 0;
		if (setcchar(&cc, text, attr, 0, &pair) == OK)
			mvadd_wch(y, x + 1, &cc);
	}
}

static bool same(const struct cell *a, const struct cell *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* A wide character and its right half are put together. */
static bool put_row(struct screen *s, int y)
{
	struct cell *now = &s->cells.cell[y * s->cells.cols];
	struct cell *old = &s->shown.cell[y * s->cells.cols];
	bool changed = false;

	for (int x = 0; x < s->cells.cols; x++) {
		if (!s->redraw && same(&now[x], &old[x]))
			continue;
		changed = true;
		if (now[x].width > 0)
			put(s, y, x, &now[x]);
		else if (x > 0 && now[x - 1].width == 2)
			put(s, y, x - 1, &now[x - 1]);
		old[x] = now[x];
	}
	return changed;
}

void screen_show(struct screen *s)
{
	bool changed = false;

	if (s->suspended)
		return;
	limit_pairs(s);
	if (s->redraw)
		clearok(curscr, TRUE);
	for (int y = 0; y < s->cells.rows; y++)
		changed |= put_row(s, y);
	if (!changed && !s->cursor_moved && !s->redraw)
		return;
	s->redraw = s->cursor_moved = false;
	if (s->cursor_y >= 0)
		move(s->cursor_y, s->cursor_x);
	curs_set(s->cursor_y >= 0);
	wnoutrefresh(stdscr);
	doupdate();
}

void screen_redraw(struct screen *s)
{
	s->redraw = true;
}

void screen_cursor(struct screen *s, int y, int x)
{
	if (y < 0 || y >= s->cells.rows || x < 0 || x >= s->cells.cols)
		y = x = -1;
	s->cursor_moved |= y != s->cursor_y || x != s->cursor_x;
	s->cursor_y = y;
	s->cursor_x = x;
}

void screen_bell(struct screen *s)
{
	if (!s->suspended)
		beep();
}

static void add_base64(struct buf *out, const unsigned char *p, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < len ? (unsigned)p[i + 1] << 8 : 0) |
			     (i + 2 < len ? p[i + 2] : 0);

		buf_add_char(out, digits[v >> 18]);
		buf_add_char(out, digits[v >> 12 & 63]);
		buf_add_char(out, i + 1 < len ? digits[v >> 6 & 63] : '=');
		buf_add_char(out, i + 2 < len ? digits[v & 63] : '=');
	}
}

bool screen_copy(struct screen *s, const char *text, size_t len)
{
	AUTO_BUF struct buf out = BUF_INIT;

	if (!s->modes || s->suspended || len > COPY_MAX)
		return false;
	buf_add_str(&out, "\033]52;c;");
	add_base64(&out, (const unsigned char *)text, len);
	buf_add_str(&out, "\a");
	return file_write_all(STDOUT_FILENO, out.data, out.len);
}
