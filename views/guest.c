/*
 * guest: see guest.h.
 */
#include "views/guest.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "views/ui.h"

struct guest *guest_of(struct domain *d)
{
	struct guest *g = d->view;

	if (g)
		return g;
	g = mem_zalloc(sizeof(*g));
	g->load = -1;
	g->stale = true;
	d->view = g;
	return g;
}

void guest_forget(struct domain *d)
{
	struct guest *g = d->view;

	if (!g)
		return;
	json_object_put(g->info);
	free(g->xml);
	free(g);
	d->view = NULL;
}

static void remember(struct guest *g, int load)
{
	if (g->n_loads == GUEST_LOADS)
		memmove(g->loads, g->loads + 1, (size_t)--g->n_loads);
	g->loads[g->n_loads++] = (unsigned char)(load > 100 ? 100 : load);
}

void guest_sample(struct connection *c, struct domain *d)
{
	struct guest *g = guest_of(d);
	struct domain_sample now;
	int64_t ms;

	if (!domain_is_active(d) || !connection_sample(c, d, &now)) {
		g->sampled = false;
		g->load = -1;
		g->n_loads = 0;
		g->cpu_ns_per_s = 0;
		return;
	}
	ms = now.at_ms - g->sample.at_ms;
	if (g->sampled && now.cpu_ns >= g->sample.cpu_ns && ms > 0) {
		g->cpu_ns_per_s = (now.cpu_ns - g->sample.cpu_ns) * 1000 / (uint64_t)ms;
		g->load = (int)(g->cpu_ns_per_s / 10000000 / (d->vcpus ? d->vcpus : 1));
		remember(g, g->load);
	}
	g->sample = now;
	g->sampled = true;
}

/* A question on its way; the domain may be gone when it is answered. */
struct question {
	struct question *next;		/* of the interface's open ones */
	struct ui *ui;
	char uuid[37];
	bool xml;
};

static void forget_question(struct question *q)
{
	struct question **at = &q->ui->questions;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	free(q);
}

static struct guest *asker(struct connection *c, struct question *q)
{
	struct domain *d = connection_lookup(c, q->uuid, NULL);

	return d ? guest_of(d) : NULL;
}

static void on_answer(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct question *q = arg;
	struct guest *g = asker(c, q);

	if (g && !err && q->xml) {
		free(g->xml);
		g->xml = mem_strdup(json_str(result, "xml"));
	} else if (g && !err) {
		json_object_put(g->info);
		g->info = json_object_get(result);
	}
	if (g) {
		g->version++;
		if (q->xml)
			g->asked = false;
		ui_dirty(q->ui);
	}
	forget_question(q);
}

static void ask(struct ui *ui, struct domain *d, const char *operation, bool xml)
{
	struct question *q = mem_zalloc(sizeof(*q));

	q->ui = ui;
	q->next = ui->questions;
	ui->questions = q;
	q->xml = xml;
	memcpy(q->uuid, d->uuid, sizeof(q->uuid));
	connection_call(ui->connection, d, operation, NULL, on_answer, q);
}

void guest_ask_no_more(struct ui *ui)
{
	while (ui->questions)
		forget_question(ui->questions);
}

void guest_ask(struct ui *ui, struct domain *d)
{
	struct guest *g = guest_of(d);

	if (g->asked || !g->stale)
		return;
	g->asked = true;
	g->stale = false;
	ask(ui, d, "info", false);
	ask(ui, d, "xml", true);
}
