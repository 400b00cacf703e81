/*
 * settings: see settings.h.
 */
#include "views/settings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/config.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/paths.h"
#include "themes/themes.h"
#include "views/ui.h"

#define FILE_SIZE_MAX (256u << 10)

static const struct {
	const char *name, *text;
} themes[] = {
	{ "dark", theme_dark_text }, { "light", theme_light_text }, { "mono", theme_mono_text },
	{ "high-contrast", theme_high_contrast_text }, { "16", theme_16_text },
};

/* The terminal says what colours it has by itself: the last number of
 * COLORFGBG is the background's. */
static const char *default_theme(void)
{
	const char *colours = getenv("COLORFGBG"), *last = colours ? strrchr(colours, ';') : NULL;

	return last && (!strcmp(last, ";15") || !strcmp(last, ";7")) ? "light" : "dark";
}

static const char *built_in(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(themes); i++)
		if (!strcmp(themes[i].name, name))
			return themes[i].text;
	return NULL;
}

static bool read_theme(struct ui *ui, const struct paths *p, const char *name, struct error **err)
{
	const char *text = built_in(name);
	AUTO_FREE char *path = mem_printf("%s/themes/%s", p->config, name);
	AUTO_BUF struct buf file = BUF_INIT;

	if (strchr(name, '/')) {
		error_set(err, "theme '%s' is not the name of one", name);
		return false;
	}
	if (!text && !file_read(path, FILE_SIZE_MAX, &file, err)) {
		error_hint(err, "those that come with virtty: dark, light, mono, high-contrast, 16");
		return false;
	}
	return theme_parse(&ui->theme, text ? text : buf_text(&file), text ? name : path, err);
}

static void load_config(struct ui *ui, const struct paths *p)
{
	struct error *err = NULL;
	struct config *c = config_read_main(p, &err);
	const char *name = config_get(c, "theme", default_theme());

	if (err)
		ui_fail(ui, err);
	err = NULL;
	if (!read_theme(ui, p, name, &err))
		ui_fail(ui, err);
	err = NULL;
	if (!columns_choose(&ui->columns, config_get(c, "list_columns", ""), &err))
		ui_fail(ui, err);
	config_free(c);
}

static void load_keys(struct ui *ui, const struct paths *p)
{
	AUTO_FREE char *path = mem_printf("%s/keys", p->config);
	AUTO_BUF struct buf text = BUF_INIT;
	struct error *err = NULL;

	actions_default_keys(&ui->keys);
	if (access(path, F_OK) < 0)
		return;
	if (!file_read(path, FILE_SIZE_MAX, &text, &err) ||
	    !keymap_parse(&ui->keys, buf_text(&text), path, &action_words, &err))
		ui_fail(ui, err);
}

static void on_change(evutil_socket_t fd, short what, void *arg)
{
	char events[4096];

	(void)what;
	while (read(fd, events, sizeof(events)) > 0)
		;
	settings_load(arg);
	ui_dirty(arg);
}

void settings_watch(struct ui *ui)
{
	const uint32_t changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE;
	AUTO_FREE char *themes_dir = NULL;
	struct paths p;
	int fd;

	if (!paths_init(&p, false, NULL))
		return;
	themes_dir = mem_printf("%s/themes", p.config);
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd >= 0) {
		inotify_add_watch(fd, themes_dir, changes);
		if (inotify_add_watch(fd, p.config, changes) >= 0) {
			ui->settings_event = event_new(ui->base, fd, EV_READ | EV_PERSIST, on_change, ui);
			event_add(ui->settings_event, NULL);
		} else {
			close(fd);
		}
	}
	paths_done(&p);
}

void settings_done(struct ui *ui)
{
	if (!ui->settings_event)
		return;
	close(event_get_fd(ui->settings_event));
	event_free(ui->settings_event);
	ui->settings_event = NULL;
}

void settings_load(struct ui *ui)
{
	struct paths p;
	struct error *err = NULL;

	keymap_done(&ui->keys);
	ui->columns = (struct columns){ 0 };

	theme_init(&ui->theme, screen_depth(ui->screen));
	theme_parse(&ui->theme, theme_dark_text, "dark", NULL);
	if (!paths_init(&p, false, &err)) {
		actions_default_keys(&ui->keys);
		ui_fail(ui, err);
		return;
	}
	load_config(ui, &p);
	load_keys(ui, &p);
	paths_done(&p);
}
