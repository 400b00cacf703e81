/*
 * header: see header.h.
 */
#include "views/header.h"

#include <stdlib.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "views/guest.h"
#include "views/ui.h"

struct host {
	char name[65];
	uint64_t memory;
	int cpus;
	char *virt;			/* "kvm" or "no kvm"; NULL until known */
};

static void on_nodeinfo(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct ui *ui = arg;

	(void)c;
	if (err || !ui->host)
		return;
	ui->host->memory = (uint64_t)json_int(result, "memory", 0);
	ui->host->cpus = (int)json_int(result, "cpus", 0);
	ui_dirty(ui);
}

static void on_capabilities(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct ui *ui = arg;

	(void)c;
	if (err || !ui->host)
		return;
	free(ui->host->virt);
	ui->host->virt = mem_strdup(json_flag(result, "kvm", false) ? "kvm" : "no kvm");
	ui_dirty(ui);
}

void header_ask(struct ui *ui)
{
	ui->host = mem_zalloc(sizeof(*ui->host));
	gethostname(ui->host->name, sizeof(ui->host->name) - 1);
	connection_call(ui->connection, NULL, "nodeinfo", NULL, on_nodeinfo, ui);
	connection_call(ui->connection, NULL, "capabilities", NULL, on_capabilities, ui);
}

void header_done(struct ui *ui)
{
	if (ui->host)
		free(ui->host->virt);
	free(ui->host);
	ui->host = NULL;
}

struct totals {
	size_t all, running;
	uint64_t memory, cpu_ns_per_s;
};

static struct totals add_up(struct connection *c)
{
	struct totals t = { 0 };
	struct domain *const *all = connection_domains(c, &t.all);

	for (size_t i = 0; i < t.all; i++) {
		if (!domain_is_active(all[i]))
			continue;
		t.running++;
		t.memory += all[i]->memory;
		if (all[i]->view)
			t.cpu_ns_per_s += ((struct guest *)all[i]->view)->cpu_ns_per_s;
	}
	return t;
}

void header_paint(struct ui *ui, struct cells *c)
{
	struct style style = ui_style(ui, THEME_HEADER);
	struct totals t = add_up(ui->connection);
	AUTO_BUF struct buf left = BUF_INIT;
	AUTO_FREE char *right = mem_printf("%zu of %zu running", t.running, t.all);
	char used[UNITS_TEXT], total[UNITS_TEXT];
	int room = c->cols - cells_text_width(right) - 2, x;

	buf_printf(&left, "%s  %s", connection_uri(ui->connection), ui->host->name);
	if (ui->host->cpus && t.running)
		buf_printf(&left, "   cpu %d%%",
			   (int)(t.cpu_ns_per_s / 10000000 / (uint64_t)ui->host->cpus));
	if (ui->host->memory)
		buf_printf(&left, "   mem %s/%s", t.memory ? units_size_text(t.memory, used) : "0",
			   units_size_text(ui->host->memory, total));
	if (ui->host->virt)
		buf_printf(&left, "   %s", ui->host->virt);
	cells_clear(c, (struct area){ 0, 0, 1, c->cols }, style);
	x = cells_text(c, 0, 0, room, ui_style(ui, THEME_HEADER_NAME), "virtty");
	cells_text(c, 0, x + 2, room - x - 2, style, buf_text(&left));
	cells_text_right(c, 0, room > 0 ? room : 0, c->cols - (room > 0 ? room : 0), style, right);
}

void header_paint_keys(struct ui *ui, struct cells *c, int y, enum place p, const struct domain *d)
{
	struct key_hint hints[KEY_HINTS_MAX];
	int n = actions_hints(&ui->keys, p, d, c->cols, hints), x = 0;

	cells_clear(c, (struct area){ y, 0, 1, c->cols }, ui_style(ui, THEME_KEY_LABEL));
	for (int i = 0; i < n; i++) {
		x += cells_text(c, y, x, c->cols - x, ui_style(ui, THEME_KEY), hints[i].key) + 1;
		x += cells_text(c, y, x, c->cols - x, ui_style(ui, THEME_KEY_LABEL), hints[i].label) + 2;
	}
}
