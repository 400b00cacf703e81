/*
 * list: which guests there are, from the connection's model alone.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

/* No kind asked for: those that run.  Kinds add up. */
static bool wanted_state(const struct cli *cli, const struct domain *d)
{
	bool active = d->id >= 0, any = false;
	static const struct {
		const char *option;
		unsigned states;	/* bit per state; 0: see below */
	} kinds[] = {
		{ "state-running", 1u << DOMAIN_RUNNING },
		{ "state-paused", 1u << DOMAIN_PAUSED },
		{ "state-shutoff", 1u << DOMAIN_SHUTOFF },
		{ "state-other", ~(1u << DOMAIN_RUNNING | 1u << DOMAIN_PAUSED | 1u << DOMAIN_SHUTOFF) },
	};

	if (cli_flag(cli, "all"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!cli_flag(cli, kinds[i].option))
			continue;
		any = true;
		if (kinds[i].states >> d->state & 1)
			return true;
	}
	if (cli_flag(cli, "inactive"))
		return !active;
	return !any && active;
}

/* Both of a pair, as none of it, leave everything in. */
static bool wanted_by(const struct cli *cli, const char *yes, const char *no, bool is)
{
	bool want = cli_flag(cli, yes), reject = cli_flag(cli, no);

	return want == reject || want == is;
}

static bool wanted(const struct cli *cli, const struct domain *d)
{
	return wanted_state(cli, d) &&
	       wanted_by(cli, "autostart", "no-autostart", d->autostart) &&
	       wanted_by(cli, "persistent", "transient", d->persistent);
}

static struct json_object *domain_json(const struct domain *d)
{
	struct json_object *o = json_object_new_object();

	json_set(o, "id", d->id >= 0 ? json_object_new_int(d->id) : NULL);
	json_set_str(o, "name", d->name);
	json_set_str(o, "uuid", d->uuid);
	json_set(o, "title", d->title ? json_object_new_string(d->title) : NULL);
	json_set_str(o, "state", domain_state_name(d->state));
	json_set_str(o, "reason", d->reason);
	json_set_str(o, "why", d->why);
	json_set_int(o, "since", d->since);
	json_set_bool(o, "persistent", d->persistent);
	json_set_bool(o, "autostart", d->autostart);
	json_set_bool(o, "changed", d->changed);
	return o;
}

static void id_text(const struct domain *d, char text[16])
{
	if (d->id >= 0)
		snprintf(text, 16, "%d", d->id);
	else
		strcpy(text, "-");
}

/* --uuid, --id and --name: what stands in their columns, and nothing else. */
static void print_words(struct cli *cli, const struct domain *d)
{
	AUTO_BUF struct buf line = BUF_INIT;
	char id[16];

	id_text(d, id);
	if (cli_flag(cli, "uuid"))
		buf_add_str(&line, d->uuid);
	if (cli_flag(cli, "id"))
		buf_printf(&line, "%s%s", line.len ? " " : "", id);
	if (cli_flag(cli, "name"))
		buf_printf(&line, "%s%s", line.len ? " " : "", d->name);
	output_word(&cli->out, buf_text(&line));
}

static void add_row(struct table *t, const struct domain *d, bool title)
{
	char id[16];

	id_text(d, id);
	table_add(t, id);
	table_add(t, d->name);
	table_add(t, domain_state_name(d->state));
	if (title)
		table_add(t, d->title ? d->title : "");
}

/* As virsh: those that run by id, then the others by name. */
static int by_id(const void *a, const void *b)
{
	const struct domain *x = *(struct domain *const *)a, *y = *(struct domain *const *)b;

	if (x->id >= 0 && y->id >= 0)
		return x->id < y->id ? -1 : x->id > y->id;
	if (x->id >= 0 || y->id >= 0)
		return x->id >= 0 ? -1 : 1;
	return strcmp(x->name, y->name);
}

static struct domain **collect(const struct cli *cli, size_t *n)
{
	size_t all;
	struct domain *const *domains = connection_domains(cli->connection, &all);
	struct domain **list = mem_reallocarray(NULL, all + 1, sizeof(void *));

	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (wanted(cli, domains[i]))
			list[(*n)++] = domains[i];
	qsort(list, *n, sizeof(void *), by_id);
	return list;
}

static void print_json(struct cli *cli, struct domain *const *list, size_t n)
{
	AUTO_JSON struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < n; i++)
		json_push(array, domain_json(list[i]));
	output_json(&cli->out, array, true);
}

static void print_table(struct cli *cli, struct domain *const *list, size_t n)
{
	bool title = cli_flag(cli, "title");
	const char *headings[] = { "Id", "Name", "State", title ? "Title" : NULL, NULL };
	bool heading = !cli_flag(cli, "quiet");
	struct table t;

	table_init(&t, headings);
	for (size_t i = 0; i < n; i++)
		add_row(&t, list[i], title);
	table_print(&t, &cli->out, heading);
	table_done(&t);
	if (heading)
		buf_add_char(&cli->out.text, '\n');
}

bool verb_list(struct cli *cli, struct error **err)
{
	bool words = cli_flag(cli, "name") || cli_flag(cli, "uuid") || cli_flag(cli, "id");
	struct domain **list;
	size_t n;

	if (words && cli_flag(cli, "table"))
		return cli_misuse(cli, err, "--table and --name, --uuid or --id exclude each other");
	if (!cli_connect(cli, err))
		return false;
	list = collect(cli, &n);
	if (cli_json(cli))
		print_json(cli, list, n);
	else if (words)
		for (size_t i = 0; i < n; i++)
			print_words(cli, list[i]);
	else
		print_table(cli, list, n);
	free(list);
	return true;
}
