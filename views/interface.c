/*
 * interface: see interface.h.
 */
#include "views/interface.h"

#include <stdlib.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "views/console_view.h"
#include "views/dialog.h"
#include "views/guest.h"
#include "views/header.h"
#include "views/kept.h"
#include "views/list_view.h"
#include "views/settings.h"
#include "views/ui.h"

static void on_key(const struct key *k, void *arg)
{
	struct ui *ui = arg;

	if (!ui->done)
		ui_key(ui, k);
}

static void on_resize(void *arg)
{
	ui_dirty(arg);
}

static void on_end(int signal, void *arg)
{
	struct ui *ui = arg;

	ui->status = signal ? 128 + signal : 1;
	ui->done = true;
	event_base_loopbreak(ui->base);
}

static const struct screen_handlers screen_handlers = { on_key, on_resize, on_end };

static void on_change(struct connection *c, enum connection_event what, struct domain *d,
		      struct json_object *detail, void *arg)
{
	struct ui *ui = arg;

	(void)c;
	(void)detail;
	if (what == CONNECTION_DOMAIN_EVENT)
		return;
	if (what != CONNECTION_DOMAIN_GONE)
		guest_of(d)->stale = true;
	for (struct view *v = ui->top; v; v = v->below)
		if (v->class->changed)
			v->class->changed(v, what, d);
	if (what == CONNECTION_DOMAIN_GONE)
		guest_forget(d);
	ui_dirty(ui);
}

static void keep(struct ui *ui)
{
	struct kept k = { 0 };

	for (struct view *v = ui->top; v; v = v->below) {
		if (console_view_uuid(v) && !k.console)
			k.console = mem_strdup(console_view_uuid(v));
		if (!v->below)
			list_view_keep(v, &k);
	}
	kept_save(&k);
	kept_done(&k);
}

/* The first view, and the console on it that was open when the line dropped. */
static void open_views(struct ui *ui)
{
	struct kept k = { 0 };
	struct domain *d;
	struct view *v;

	kept_load(&k);
	ui_push(ui, list_view_new(ui, &k));
	d = k.console ? connection_lookup(ui->connection, k.console, NULL) : NULL;
	v = d && domain_is_active(d) ? console_view_new(ui, d, NULL, NULL) : NULL;
	if (v)
		ui_push(ui, v);
	kept_done(&k);
}

static void close_ui(struct ui *ui)
{
	size_t n;
	struct domain *const *all = connection_domains(ui->connection, &n);

	ui_prompt_cancel(ui);
	keep(ui);
	connection_watch(ui->connection, NULL, NULL, false);
	dialog_close(ui);
	while (ui->top)
		ui_pop(ui);
	loop_cancel(&ui->paint_timer);
	guest_ask_no_more(ui);
	settings_done(ui);
	screen_close(ui->screen);
	for (size_t i = 0; i < n; i++)
		guest_forget(all[i]);
	messages_done(&ui->messages);
	header_done(ui);
	keymap_done(&ui->keys);
}

int interface_main(struct event_base *base, struct connection *c, struct error **err)
{
	struct ui ui = { .base = base, .connection = c };

	ui.screen = screen_open(base, &screen_handlers, &ui, err);
	if (!ui.screen)
		return 1;
	settings_load(&ui);
	settings_watch(&ui);
	connection_watch(c, on_change, &ui, false);
	header_ask(&ui);
	open_views(&ui);
	ui_paint(&ui);
	event_base_dispatch(base);
	close_ui(&ui);
	return ui.status;
}
