/*
 * bulk: see bulk.h.
 */
#include "views/bulk.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "views/dialog.h"
#include "views/guest.h"
#include "views/ui.h"

/* The row of views/actions.def tells which guests it is for. */
struct kind {
	enum action action;
	const char *doing;		/* "starting 'web'" */
	const char *question;		/* "Start", before the name; NULL: one guest is not asked about */
	const char *warning;
};

static const struct kind kinds[BULK_COUNT] = {
	[BULK_START] = { ACTION_start, "starting", NULL, NULL },
	[BULK_SHUTDOWN] = { ACTION_shutdown, "asked to shut down:", NULL, NULL },
	[BULK_REBOOT] = { ACTION_reboot, "asked to reboot:", NULL, NULL },
	[BULK_PAUSE] = { ACTION_pause, "pausing", NULL, NULL },
	[BULK_RESET] = { ACTION_reset, "reset:", "Reset",
		"The guest starts anew at once, without shutting down first, as if its reset button were pressed." },
	[BULK_DESTROY] = { ACTION_destroy, "forced off:", "Force off",
		"The guest gets no chance to write what it has in memory, as if its plug were pulled." },
	[BULK_AUTOSTART] = { ACTION_autostart, "autostart:", NULL, NULL },
	[BULK_NMI] = { ACTION_nmi, "non-maskable interrupt to", NULL, NULL },
};

size_t bulk_marked(const struct ui *ui)
{
	size_t n, marked = 0;
	struct domain *const *all = connection_domains(ui->connection, &n);

	for (size_t i = 0; i < n; i++)
		marked += all[i]->view && guest_of(all[i])->marked;
	return marked;
}

bool bulk_applies(const struct ui *ui, enum action a)
{
	if (ui->top->class->place(ui->top) != PLACE_LIST || bulk_marked(ui) == 0)
		return false;
	for (int i = 0; i < BULK_COUNT; i++)
		if (kinds[i].action == a)
			return true;
	return false;
}

void bulk_unmark(struct ui *ui)
{
	size_t n;
	struct domain *const *all = connection_domains(ui->connection, &n);

	for (size_t i = 0; i < n; i++)
		guest_of(all[i])->marked = false;
	ui_dirty(ui);
}

/* ---- one guest ---- */

/* What was asked for, until it is answered. */
struct doing {
	struct ui *ui;
	const char *operation;
	char *name;
};

static void on_done(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct doing *doing = arg;

	(void)c;
	(void)result;
	if (err) {
		error_prepend(&err, "%s '%s'", doing->operation, doing->name);
		ui_fail_copy(doing->ui, err);
	}
	free(doing->name);
	free(doing);
}

static void do_one(struct ui *ui, enum bulk what, struct domain *d)
{
	const char *operation = actions[kinds[what].action].verb;
	struct json_object *args = NULL;
	struct doing *doing;

	if (what == BULK_PAUSE && d->state == DOMAIN_PAUSED)
		operation = "resume";
	if (what == BULK_AUTOSTART) {
		args = json_object_new_object();
		json_set_bool(args, "enable", !d->autostart);
	}
	doing = mem_alloc(sizeof(*doing));
	*doing = (struct doing){ ui, operation, mem_strdup(d->name) };
	connection_call(ui->connection, d, operation, args, on_done, doing);
}

static void tell_one(struct ui *ui, enum bulk what, const struct domain *d)
{
	if (what == BULK_AUTOSTART)
		ui_tell(ui, "'%s' %s when the host boots", d->name, d->autostart ? "no longer starts" : "starts");
	else if (what == BULK_PAUSE && d->state == DOMAIN_PAUSED)
		ui_tell(ui, "running on: '%s'", d->name);
	else
		ui_tell(ui, "%s '%s'", kinds[what].doing, d->name);
}

/* ---- the question ---- */

struct asked {
	enum bulk what;
	size_t n;
	char (*uuids)[37];
};

static void on_sure(struct ui *ui, uint32_t key, void *arg)
{
	struct asked *a = arg;

	for (size_t i = 0; key == 'y' && i < a->n; i++) {
		struct domain *d = connection_lookup(ui->connection, a->uuids[i], NULL);

		if (d && action_applies(kinds[a->what].action, d))
			do_one(ui, a->what, d);
	}
	if (key == 'y' && a->n > 1)
		bulk_unmark(ui);
	free(a->uuids);
	free(a);
}

static void ask(struct ui *ui, struct asked *a, const char *title, const char *text)
{
	static const struct choice choices[] = { { 'y', "yes" }, { 'n', "no" }, { 0, NULL } };

	dialog_ask(ui, title, text, choices, on_sure, a);
}

static void add(struct asked *a, const struct domain *d)
{
	memcpy(*MEM_PUSH(a->uuids, a->n), d->uuid, sizeof(d->uuid));
}

static void ask_marked(struct ui *ui, enum bulk what)
{
	size_t n;
	struct domain *const *all = connection_domains(ui->connection, &n);
	AUTO_BUF struct buf text = BUF_INIT, left_out = BUF_INIT;
	AUTO_FREE char *title = NULL;
	struct asked *a = mem_zalloc(sizeof(*a));

	a->what = what;
	for (size_t i = 0; i < n; i++) {
		if (!guest_of(all[i])->marked)
			continue;
		if (action_applies(kinds[what].action, all[i])) {
			add(a, all[i]);
			buf_printf(&text, "  %s\n", all[i]->name);
		} else {
			buf_printf(&left_out, "  %s (%s)\n", all[i]->name, domain_state_name(all[i]->state));
		}
	}
	if (kinds[what].warning)
		buf_printf(&text, "\n%s\n", kinds[what].warning);
	if (left_out.len)
		buf_printf(&text, "\nLeft out:\n%s", buf_text(&left_out));
	title = mem_printf("%s: %zu guest%s?", actions[kinds[what].action].name, a->n, a->n == 1 ? "" : "s");
	ask(ui, a, title, buf_text(&text));
}

void bulk_act(struct ui *ui, enum bulk what)
{
	struct domain *d = ui_domain(ui);

	if (ui->top->class->place(ui->top) == PLACE_LIST && bulk_marked(ui) > 0) {
		ask_marked(ui, what);
		return;
	}
	if (!d)
		return;
	if (kinds[what].question) {
		AUTO_FREE char *title = mem_printf("%s '%s'?", kinds[what].question, d->name);
		struct asked *a = mem_zalloc(sizeof(*a));

		a->what = what;
		add(a, d);
		ask(ui, a, title, kinds[what].warning);
		return;
	}
	tell_one(ui, what, d);
	do_one(ui, what, d);
}
