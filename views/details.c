/*
 * details: see details.h.
 */
#include "views/details.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/base/buf.h"
#include "backend/base/json.h"
#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/base/utf8.h"
#include "tui/wrap.h"
#include "views/actions.h"
#include "views/guest.h"
#include "views/hardware.h"

#define LABEL_WIDTH 11

void details_done(struct details *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->lines[i].label);
		free(d->lines[i].text);
	}
	free(d->lines);
	*d = (struct details){ 0 };
}

/* Takes text over. */
static void add(struct details *d, enum theme_element e, const char *label, char *text)
{
	struct detail *line = MEM_PUSH(d->lines, d->n);

	*line = (struct detail){ e, 0, mem_strdup(label), text };
}

static void heading(struct details *d, const char *text)
{
	add(d, THEME_NORMAL, NULL, mem_strdup(""));
	add(d, THEME_TITLE, NULL, mem_strdup(text));
}

static char *clock_text(time_t t, time_t now)
{
	struct tm tm, today;
	char text[64];

	localtime_r(&t, &tm);
	localtime_r(&now, &today);
	if (tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year)
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	else
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	return mem_strdup(text);
}

/* ---- overview ---- */

static void add_state(struct details *d, const struct domain *domain, time_t now)
{
	AUTO_BUF struct buf text = BUF_INIT;

	buf_add_str(&text, domain_state_name(domain->state));
	if (domain->why && *domain->why)
		buf_printf(&text, ": %s", domain->why);
	if (domain->since) {
		AUTO_FREE char *since = clock_text(domain->since, now);

		buf_printf(&text, ", since %s", since);
	}
	add(d, state_element(domain), "state", buf_steal(&text));
}

/* The load of the last minutes, as far as the line goes. */
static void add_load(struct details *d, const struct guest *g, int width)
{
	AUTO_BUF struct buf text = BUF_INIT;
	int room = width - LABEL_WIDTH - 6, from = g->n_loads > room ? g->n_loads - room : 0;

	if (g->load < 0)
		return;
	buf_printf(&text, "%4d%% ", g->load);
	for (int i = from; i < g->n_loads; i++)
		utf8_add(&text, g->loads[i] < 2 ? ' ' : 0x2581u + g->loads[i] * 7u / 100u);
	add(d, THEME_GRAPH, "cpu", buf_steal(&text));
}

static void add_overview(struct details *d, const struct domain *domain, const struct guest *g, time_t now)
{
	AUTO_BUF struct buf text = BUF_INIT;
	char memory[UNITS_TEXT];

	if (domain->title)
		add(d, THEME_NORMAL, NULL, mem_strdup(domain->title));
	buf_printf(&text, "%u vCPU · %s", domain->vcpus ? domain->vcpus : domain->max_vcpus,
		   units_size_text(domain->max_memory, memory));
	if (domain->machine)
		buf_printf(&text, " · %s", domain->machine);
	if (domain_is_active(domain))
		buf_printf(&text, " · %s", domain->kvm ? "KVM" : "TCG");
	add(d, THEME_NORMAL, NULL, buf_steal(&text));
	add_state(d, domain, now);
	if (domain_is_active(domain) && domain->started) {
		AUTO_FREE char *started = clock_text(domain->started, now);

		add(d, THEME_NORMAL, "started", mem_printf("%s, id %d, pid %d", started, domain->id, domain->pid));
	}
	add_load(d, g, d->width);
	if (g->load >= 0)
		add(d, THEME_NORMAL, "memory", mem_printf("%s, of the host %s",
			units_size_text(domain->memory, (char[UNITS_TEXT]){ 0 }),
			units_size_text(g->sample.rss, (char[UNITS_TEXT]){ 0 })));
	if (domain_is_active(domain) && !domain->supervisor_pid)
		add(d, THEME_ERROR, "supervisor", mem_strdup("gone; the next command takes the guest over"));
	add(d, THEME_NORMAL, "autostart", mem_strdup(domain->autostart ? "on" : "off"));
	if (!domain->persistent)
		add(d, THEME_STATE_PAUSED, NULL, mem_strdup("transient: it vanishes when it stops"));
	if (domain->changed)
		add(d, THEME_STATE_PAUSED, NULL, mem_strdup("the definition was changed: at the next start it is another"));
}

/* ---- hardware ---- */

static void add_hardware_line(int depth, const char *label, const char *text, void *arg)
{
	struct details *d = arg;

	add(d, THEME_NORMAL, label, mem_strdup(text));
	d->lines[d->n - 1].depth = depth;
}

/* ---- what is where ---- */

static void add_console(struct details *d, struct json_object *o, time_t now)
{
	AUTO_BUF struct buf text = BUF_INIT;
	const char *name = json_str(o, "name"), *pty = json_str(o, "pty"), *log = json_str(o, "log");
	time_t last = (time_t)json_int(o, "last", 0), bell = (time_t)json_int(o, "bell", 0);

	if (pty)
		buf_add_str(&text, pty);
	if (last) {
		AUTO_FREE char *at = clock_text(last, now);

		buf_printf(&text, "%slast output %s", text.len ? "  " : "", at);
	}
	if (bell) {
		AUTO_FREE char *at = clock_text(bell, now);

		buf_printf(&text, "%sbell %s", text.len ? "  " : "", at);
	}
	add(d, THEME_NORMAL, name ? name : "console", buf_steal(&text));
	if (log)
		add(d, THEME_DIM, "  log", mem_strdup(log));
}

static void add_screen(struct details *d, struct json_object *o)
{
	const char *type = json_str(o, "type"), *socket = json_str(o, "socket"), *listen = json_str(o, "listen");

	add(d, THEME_NORMAL, type ? type : "screen",
	    socket ? mem_strdup(socket) :
	    mem_printf("%s port %lld", listen ? listen : "?", (long long)json_int(o, "port", -1)));
}

static size_t array_length(struct json_object *o)
{
	return o && json_object_is_type(o, json_type_array) ? json_object_array_length(o) : 0;
}

static void add_places(struct details *d, struct json_object *info, time_t now)
{
	struct json_object *consoles = json_get(info, "consoles"), *graphics = json_get(info, "graphics");
	const char *definition = json_str(info, "definition"), *log = json_str(info, "log");

	if (array_length(consoles) + array_length(graphics) > 0)
		heading(d, "Consoles and screens");
	for (size_t i = 0; i < array_length(consoles); i++)
		add_console(d, json_object_array_get_idx(consoles, i), now);
	for (size_t i = 0; i < array_length(graphics); i++)
		add_screen(d, json_object_array_get_idx(graphics, i));
	heading(d, "Files");
	if (definition)
		add(d, THEME_NORMAL, "definition", mem_strdup(definition));
	if (log)
		add(d, THEME_NORMAL, "log", mem_strdup(log));
}

static void add_history(struct details *d, struct json_object *info, time_t now)
{
	struct json_object *history = json_get(info, "history");
	size_t n = array_length(history);

	if (n == 0)
		return;
	heading(d, "Events");
	while (n-- > 0) {
		struct json_object *o = json_object_array_get_idx(history, n);
		AUTO_FREE char *at = clock_text((time_t)json_int(o, "time", 0), now);
		const char *what = json_str(o, "what");

		add(d, THEME_NORMAL, at, mem_strdup(what ? what : ""));
	}
}

/* Where a line's text begins. */
static int text_column(const struct detail *line)
{
	int x = line->depth > 0 ? 2 * (line->depth - 1) : 0, width;

	if (!line->label)
		return x;
	width = cells_text_width(line->label);
	return x + width + 1 > LABEL_WIDTH ? x + width + 1 : LABEL_WIDTH;
}

/* Break what is too long into lines of their own. */
static void wrap(struct details *d, int width)
{
	struct detail *lines = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct detail *line = &d->lines[i];
		int x = text_column(line), room = width - x > 8 ? width - x : 8;
		struct wrapped w = wrap_text(line->text, room, 0);

		for (size_t k = 0; k < w.n || k == 0; k++) {
			struct detail *part = MEM_PUSH(lines, n);

			*part = (struct detail){ line->element, k ? 0 : line->depth, NULL, NULL };
			if (k == 0)
				part->label = mem_strdup(line->label);
			else if (x > 0)
				part->label = mem_printf("%*s", x - 1, "");
			part->text = mem_strdup(k < w.n ? w.lines[k] : "");
		}
		wrapped_done(&w);
		free(line->label);
		free(line->text);
	}
	free(d->lines);
	d->lines = lines;
	d->n = n;
}

void details_update(struct details *d, struct domain *domain, const struct guest *g, int width)
{
	time_t now = time(NULL);

	if (d->domain == domain && d->version == g->version && d->at == now && d->width == width && d->n)
		return;
	details_done(d);
	d->domain = domain;
	d->version = g->version;
	d->at = now;
	d->width = width;
	add_overview(d, domain, g, now);
	if (g->xml) {
		heading(d, "Hardware");
		hardware_tell(g->xml, add_hardware_line, d);
	}
	if (g->info) {
		add_places(d, g->info, now);
		add_history(d, g->info, now);
	}
	wrap(d, width);
}

void details_paint(const struct details *d, int top, struct cells *c, struct area a, const struct theme *t)
{
	cells_clear(c, a, theme_style(t, THEME_NORMAL));
	for (int i = 0; i < a.rows && top + i < (int)d->n; i++) {
		const struct detail *line = &d->lines[top + i];
		int indent = line->depth > 0 ? 2 * (line->depth - 1) : 0, x = text_column(line);

		if (line->depth > 1)
			cells_text(c, a.y + i, a.x + indent - 2, 2, theme_style(t, THEME_RULE), "└ ");
		if (line->label)
			cells_text(c, a.y + i, a.x + indent, a.cols - indent, theme_style(t, THEME_LABEL),
				   line->label);
		cells_text(c, a.y + i, a.x + x, a.cols - x, theme_style(t, line->element), line->text);
	}
}
