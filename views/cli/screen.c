/*
 * screen: a guest's graphical screen on the command line: as text, where it is
 * text, or as a picture in a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "console/guest_screen.h"
#include "console/screenshot.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

/* A server has so long to send its first picture. */
#define FIRST_PICTURE_MS 15000
/* QEMU's first one is black, the true one follows.  What comes without so long
 * a pause belongs together; an idle screen is waited for a little longer. */
#define QUIET_MS 120
#define SETTLE_MS 1000

struct screen_run {
	struct cli *cli;
	struct guest_screen *screen;
	const char *what;		/* "screen of 'web'" */
	char *shown;			/* the text that was printed last */
	bool changed;
};

static void on_change(struct guest_screen *g, void *arg)
{
	struct screen_run *r = arg;

	(void)g;
	r->changed = true;
}

static bool has_picture(const struct screen_run *r)
{
	return guest_screen_state(r->screen) == VNC_CONNECTED &&
		strcmp(guest_screen_mode(r->screen), "no picture") != 0;
}

/* Until something changes; false when the session or the time is over. */
static bool wait_change(struct screen_run *r, int64_t deadline, struct error **err)
{
	int64_t left = deadline - loop_now_ms();

	r->changed = false;
	if (deadline >= 0 && left <= 0) {
		error_set(err, "%s: nothing came in time", r->what);
		return false;
	}
	loop_until(r->cli->base, &r->changed, deadline < 0 ? -1 : (int)left);
	if (guest_screen_state(r->screen) == VNC_ENDED) {
		error_set(err, "%s: %s", r->what, guest_screen_message(r->screen));
		return false;
	}
	return true;
}

static bool wait_picture(struct screen_run *r, struct error **err)
{
	int64_t deadline = loop_now_ms() + FIRST_PICTURE_MS;

	while (!has_picture(r))
		if (!wait_change(r, deadline, err))
			return false;
	return true;
}

static bool is_blank(struct screen_run *r)
{
	struct picture p = { 0 };
	bool blank = true;

	guest_screen_picture(r->screen, &p);
	for (size_t i = 1; blank && i < (size_t)p.width * (size_t)p.height; i++)
		blank = p.pixels[i] == p.pixels[0];
	picture_done(&p);
	return blank;
}

/* Until the screen is drawn, and still for a moment. */
static void settle(struct screen_run *r)
{
	int64_t end = loop_now_ms() + SETTLE_MS, left = SETTLE_MS;

	do {
		r->changed = false;
		loop_until(r->cli->base, &r->changed,
			   is_blank(r) || left < QUIET_MS ? (int)left : QUIET_MS);
		left = end - loop_now_ms();
	} while (r->changed && left > 0 && guest_screen_state(r->screen) == VNC_CONNECTED);
}

/* The first VNC screen of the guest; the caller frees. */
static char *find_vnc(struct cli *cli, struct domain *d, struct error **err)
{
	AUTO_JSON struct json_object *o = cli_call(cli, d, "domdisplay", NULL, err);
	struct json_object *uris = json_get(o, "uris");

	if (!o)
		return NULL;
	for (size_t i = 0; uris && i < json_object_array_length(uris); i++) {
		char *where = vnc_where(json_object_get_string(json_object_array_get_idx(uris, i)));

		if (where)
			return where;
	}
	error_set(err, "screen of '%s': the guest has no VNC screen", d->name);
	error_hint(err, "give it one: <graphics type='vnc'/> among its devices");
	return NULL;
}

static char *where_of(struct cli *cli, char **what, struct error **err)
{
	const char *vnc = cli_value(cli, "vnc");
	struct domain *d;

	if (!vnc == !cli_operand(cli, "DOMAIN")) {
		cli_misuse(cli, err, "either DOMAIN or --vnc WHERE is wanted");
		return NULL;
	}
	if (vnc) {
		if (!cli->base)
			cli->base = loop_new();
		*what = mem_printf("screen at '%s'", vnc);
		return mem_strdup(vnc);
	}
	d = cli_domain(cli, err);
	if (!d)
		return NULL;
	*what = mem_printf("screen of '%s'", d->name);
	return find_vnc(cli, d, err);
}

/* Its first line is the password; *password stays NULL without the option. */
static bool read_password(struct cli *cli, char **password, struct error **err)
{
	const char *path = cli_value(cli, "password-file");
	AUTO_BUF struct buf text = BUF_INIT;

	if (!path)
		return true;
	if (!cli_read(path, &text, err))
		return false;
	*password = mem_strndup(buf_text(&text), strcspn(buf_text(&text), "\r\n"));
	return true;
}

static bool write_file(const char *path, const struct buf *data, struct error **err)
{
	if (strcmp(path, "-") != 0)
		return file_replace(path, data->data, data->len, 0644, err);
	if (file_write_all(STDOUT_FILENO, data->data, data->len))
		return true;
	error_set_errno(err, errno, "write to standard output");
	return false;
}

static bool save_picture(struct screen_run *r, const char *png, const char *ppm,
			 struct error **err)
{
	AUTO_BUF struct buf data = BUF_INIT;
	struct picture p = { 0 };
	bool good = guest_screen_picture(r->screen, &p);

	if (!good)
		error_set(err, "%s: there is no picture", r->what);
	if (good && png)
		good = screenshot_png(&p, &data, err) && write_file(png, &data, err);
	buf_clear(&data);
	if (good && ppm) {
		screenshot_ppm(&p, &data);
		good = write_file(ppm, &data, err);
	}
	picture_done(&p);
	return good;
}

static bool no_text(struct screen_run *r, struct error **err)
{
	error_set(err, "%s: it shows graphics (%s), not text that can be read", r->what,
		  guest_screen_mode(r->screen));
	error_hint(err, "--png FILE makes a picture of it");
	if (!glyph_table_has_font(glyph_table_shared(NULL), ".psf.gz"))
		error_hint(err, "if it is a Linux console: its fonts are in the package 'console-setup-linux'");
	return false;
}

static bool print_text(struct screen_run *r, struct error **err)
{
	AUTO_FREE char *text = guest_screen_text(r->screen);

	if (!text)
		return no_text(r, err);
	output_document(&r->cli->out, text, strlen(text));
	return true;
}

static bool wait_text(struct screen_run *r, const char *wanted, int64_t deadline,
		      struct error **err)
{
	for (;;) {
		AUTO_FREE char *text = guest_screen_text(r->screen);

		if (text && strstr(text, wanted))
			return true;
		if (!wait_change(r, deadline, err)) {
			error_prepend(err, "wait for '%s'", wanted);
			return false;
		}
	}
}

static bool press(struct screen_run *r, const char *names, struct error **err)
{
	AUTO_FREE char *copy = mem_strdup(names);
	char *rest = copy, *name;

	while ((name = strsep(&rest, " "))) {
		struct keystroke keys[KEYSTROKE_CHORD_MAX];
		int n = keystroke_parse(name, keys);

		if (*name && n == 0)
			return cli_misuse(r->cli, err, "--press: there is no key '%s'", name);
		guest_screen_press(r->screen, keys, n);
	}
	return true;
}

/* A page for each change: on a terminal over the last one, else form feeds
 * stand between them. */
static bool show_page(struct screen_run *r, const char *text, struct error **err)
{
	AUTO_BUF struct buf page = BUF_INIT;

	if (r->cli->out.terminal)
		buf_add_str(&page, "\033[H\033[2J");
	else if (r->shown)
		buf_add_str(&page, "\f\n");
	sanitize_add_lines(&page, text, strlen(text));
	if (file_write_all(STDOUT_FILENO, page.data, page.len))
		return true;
	error_set_errno(err, errno, "write to standard output");
	return false;
}

/* The time being over is how it should end. */
static bool watch_ended(const struct screen_run *r, struct error **err)
{
	if (guest_screen_state(r->screen) != VNC_ENDED)
		return true;
	error_set(err, "%s: %s", r->what, guest_screen_message(r->screen));
	return false;
}

static bool watch(struct screen_run *r, int64_t deadline, struct error **err)
{
	for (;;) {
		AUTO_FREE char *text = guest_screen_text(r->screen);

		if (!text)
			text = mem_printf("(%s)\n", guest_screen_mode(r->screen));
		if (!r->shown || strcmp(text, r->shown) != 0) {
			if (!show_page(r, text, err))
				return false;
			free(r->shown);
			r->shown = MEM_STEAL(text);
		}
		if (!wait_change(r, deadline, NULL))
			return watch_ended(r, err);
	}
}

static bool look(struct screen_run *r, struct error **err)
{
	struct cli *cli = r->cli;
	const char *png = cli_value(cli, "png"), *ppm = cli_value(cli, "ppm");
	const char *wanted = cli_value(cli, "wait"), *keys = cli_value(cli, "press");
	uint64_t seconds;
	int64_t deadline;

	if (!cli_number(cli, "timeout", 0, &seconds, err))
		return false;
	if (seconds > INT32_MAX / 1000)
		return cli_misuse(cli, err, "--timeout is too long");
	deadline = seconds ? loop_now_ms() + (int64_t)seconds * 1000 : -1;
	if (!wait_picture(r, err) || (wanted && !wait_text(r, wanted, deadline, err)))
		return false;
	if (keys && !press(r, keys, err))
		return false;
	if (keys || (!wanted && !cli_flag(cli, "watch")))
		settle(r);
	if ((png || ppm) && !save_picture(r, png, ppm, err))
		return false;
	if (cli_flag(cli, "watch"))
		return watch(r, deadline, err);
	if (cli_flag(cli, "text") || (!png && !ppm && !wanted && !keys))
		return print_text(r, err);
	return true;
}

/* Without fonts a picture can still be saved. */
static bool load_table(struct cli *cli, const struct glyph_table **table, struct error **err)
{
	bool picture = cli_value(cli, "png") || cli_value(cli, "ppm");
	bool text = cli_flag(cli, "text") || cli_flag(cli, "watch") || cli_value(cli, "wait");

	*table = glyph_table_shared(picture && !text ? NULL : err);
	return *table || (picture && !text);
}

bool verb_screen(struct cli *cli, struct error **err)
{
	AUTO_FREE char *what = NULL, *password = NULL;
	AUTO_FREE char *where = where_of(cli, &what, err);
	struct screen_run r = { .cli = cli };
	const struct glyph_table *table;
	bool good;

	if (!where || !read_password(cli, &password, err) || !load_table(cli, &table, err))
		return false;
	r.what = what;
	r.screen = guest_screen_new(cli->base, table, on_change, &r);
	good = guest_screen_open(r.screen, where, password, err) && look(&r, err);
	guest_screen_free(r.screen);
	free(r.shown);
	return good;
}
