/*
 * history: what was defined before, and the way back to it, also for guests that
 * were undefined.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

static size_t length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

static void add_time(struct table *t, struct json_object *o)
{
	time_t when = (time_t)json_int(o, "time", 0);
	char date[64] = "-";
	struct tm tm;

	if (when > 0 && localtime_r(&when, &tm))
		strftime(date, sizeof(date), "%F %T", &tm);
	table_add(t, date);
}

static void print_versions(struct cli *cli, struct json_object *versions)
{
	static const char *const headings[] = { "Version", "Time", "Size", NULL };
	struct table t;

	table_init(&t, headings);
	for (size_t i = 0; i < length(versions); i++) {
		struct json_object *v = json_object_array_get_idx(versions, i);
		char number[48], size[UNITS_TEXT];

		snprintf(number, sizeof(number), "%" PRId64 "%s", json_int(v, "version", 0),
			 json_flag(v, "current", false) ? " (now)" : "");
		table_add(&t, number);
		add_time(&t, v);
		table_add(&t, units_size_text((uint64_t)json_int(v, "size", 0), size));
	}
	table_print(&t, &cli->out, !cli_flag(cli, "quiet"));
	table_done(&t);
}

/* The text of one version of the history; the caller puts it. */
static struct json_object *fetch_version(struct cli *cli, struct domain *d, uint64_t number,
					 struct error **err)
{
	struct json_object *args = json_object_new_object();

	json_set_int(args, "version", (int64_t)number);
	return cli_call(cli, d, "history-xml", args, err);
}

static bool read_number(struct cli *cli, uint64_t *number, struct error **err)
{
	const char *text = cli_operand(cli, "NUMBER");

	*number = 0;
	if (!text || (units_u64(text, number) && *number > 0 && *number <= INT64_MAX))
		return true;
	return cli_misuse(cli, err, "'%s' is no number of a version", text);
}

static void print_undefined(struct cli *cli, struct json_object *domains)
{
	static const char *const headings[] = { "UUID", "Name", "Undefined", NULL };
	struct table t;

	table_init(&t, headings);
	for (size_t i = 0; i < length(domains); i++) {
		struct json_object *o = json_object_array_get_idx(domains, i);

		table_add(&t, json_str(o, "uuid"));
		table_add(&t, json_str(o, "name") ? json_str(o, "name") : "");
		add_time(&t, o);
	}
	table_print(&t, &cli->out, !cli_flag(cli, "quiet"));
	table_done(&t);
}

static bool list_undefined(struct cli *cli, struct error **err)
{
	AUTO_JSON struct json_object *o = cli_call(cli, NULL, "undefined", NULL, err);

	if (!o)
		return false;
	if (cli_json(cli))
		output_json(&cli->out, json_get(o, "domains"), true);
	else
		print_undefined(cli, json_get(o, "domains"));
	return true;
}

bool verb_history(struct cli *cli, struct error **err)
{
	AUTO_JSON struct json_object *o = NULL;
	struct domain *d;
	uint64_t number;
	const char *xml;

	if (!cli_operand(cli, "DOMAIN"))
		return list_undefined(cli, err);
	if (!read_number(cli, &number, err))
		return false;
	d = cli_domain(cli, err);
	if (!d)
		return false;
	o = number ? fetch_version(cli, d, number, err) : cli_call(cli, d, "history", NULL, err);
	if (!o)
		return false;
	xml = json_str(o, "xml");
	if (number && xml && !cli_json(cli))
		output_document(&cli->out, xml, strlen(xml));
	else if (cli_json(cli))
		output_json(&cli->out, number ? o : json_get(o, "versions"), true);
	else
		print_versions(cli, json_get(o, "versions"));
	return true;
}

/* The newest version that is not what is stored now. */
static uint64_t version_before(struct json_object *versions)
{
	for (size_t i = 0; i < length(versions); i++) {
		struct json_object *v = json_object_array_get_idx(versions, i);

		if (!json_flag(v, "current", false))
			return (uint64_t)json_int(v, "version", 0);
	}
	return 0;
}

static bool find_before(struct cli *cli, struct domain *d, uint64_t *number, struct error **err)
{
	AUTO_JSON struct json_object *o = cli_call(cli, d, "history", NULL, err);

	if (!o)
		return false;
	*number = version_before(json_get(o, "versions"));
	if (*number)
		return true;
	error_set(err, "undo '%s': there is no earlier definition", d->name);
	return false;
}

/* The newest of the undefined ones with that name or uuid; borrowed. */
static struct json_object *find_undefined(struct json_object *domains, const char *wanted)
{
	struct json_object *found = NULL;

	for (size_t i = 0; i < length(domains); i++) {
		struct json_object *o = json_object_array_get_idx(domains, i);
		const char *name = json_str(o, "name"), *uuid = json_str(o, "uuid");

		if (((name && !strcmp(name, wanted)) || (uuid && !strcasecmp(uuid, wanted))) &&
		    (!found || json_int(o, "time", 0) > json_int(found, "time", 0)))
			found = o;
	}
	return found;
}

static bool define_again(struct cli *cli, struct json_object *gone, struct error **err)
{
	struct json_object *args = json_object_new_object();
	AUTO_JSON struct json_object *old = NULL, *defined = NULL;

	json_set_str(args, "uuid", json_str(gone, "uuid"));
	json_set_int(args, "version", json_int(gone, "version", 0));
	old = cli_call(cli, NULL, "history-xml", args, err);
	if (!old)
		return false;
	args = json_object_new_object();
	json_set_str(args, "xml", json_str(old, "xml"));
	json_set_str(args, "source", "the history");
	defined = cli_call(cli, NULL, "define", args, err);
	if (!defined)
		return false;
	cli_say(cli, "Domain '%s' is defined again", json_str(defined, "name"));
	return true;
}

/* True: there was one of that name, and *good says whether it is back. */
static bool undo_undefine(struct cli *cli, const char *wanted, bool *good, struct error **err)
{
	AUTO_JSON struct json_object *o = cli_call(cli, NULL, "undefined", NULL, NULL);
	struct json_object *gone = find_undefined(json_get(o, "domains"), wanted);

	if (gone)
		*good = define_again(cli, gone, err);
	return gone;
}

static bool undo_change(struct cli *cli, struct domain *d, uint64_t number, struct error **err)
{
	AUTO_JSON struct json_object *now = NULL, *old = NULL;
	AUTO_FREE char *done = NULL;
	struct json_object *args;

	if (!number && !find_before(cli, d, &number, err))
		return false;
	args = json_object_new_object();
	json_set_bool(args, "inactive", true);
	now = cli_call(cli, d, "xml", args, err);
	old = now ? fetch_version(cli, d, number, err) : NULL;
	if (!old)
		return false;
	args = json_object_new_object();
	json_set_str(args, "xml", json_str(old, "xml"));
	json_set_str(args, "version", json_str(now, "version"));
	done = mem_printf("is defined again as in version %" PRIu64, number);
	return cli_act(cli, "save-xml", args, done, err);
}

/* What is stored now becomes history itself, so an undo can be undone. */
bool verb_undo(struct cli *cli, struct error **err)
{
	struct error *unknown = NULL;
	struct domain *d;
	uint64_t number;
	bool good = false;

	if (!read_number(cli, &number, err))
		return false;
	d = cli_domain(cli, &unknown);
	if (d)
		return undo_change(cli, d, number, err);
	if (!cli->connection || !undo_undefine(cli, cli_operand(cli, "DOMAIN"), &good, err)) {
		error_move(err, &unknown);
		return false;
	}
	error_free(unknown);
	return good;
}
