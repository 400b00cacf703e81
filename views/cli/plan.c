/*
 * plan: what would be run, without running it.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "views/cli/cli.h"
#include "views/cli/define.h"
#include "views/cli/verbs.h"

static struct json_object *plan_of_file(struct cli *cli, const char *file, struct error **err)
{
	struct json_object *args = define_arguments(file, err), *plan = NULL;

	if (args) {
		json_set_bool(args, "explain", cli_flag(cli, "explain"));
		plan = cli_call(cli, NULL, "plan-file", args, err);
	}
	if (!plan)
		error_prepend(err, "plan '%s'", file);
	return plan;
}

static struct json_object *plan_of_guest(struct cli *cli, struct domain *d, struct error **err)
{
	struct json_object *args = json_object_new_object();

	json_set_bool(args, "explain", cli_flag(cli, "explain"));
	return cli_call(cli, d, "plan", args, err);
}

static size_t length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

/* "  12  disk        " or, for what no line of the XML asks for, blanks. */
static void add_place(struct buf *line, struct json_object *o)
{
	const char *element = json_str(o, "element");
	int64_t number = json_int(o, "line", 0);

	if (number > 0)
		buf_printf(line, "%5" PRId64 "  ", number);
	else
		buf_add_repeat(line, ' ', 7);
	buf_printf(line, "%-12s ", element ? element : "");
}

static void print_arguments(struct cli *cli, struct json_object *list)
{
	for (size_t i = 0; i < length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i), *argv = json_get(o, "argv");
		AUTO_BUF struct buf line = BUF_INIT;

		add_place(&line, o);
		for (size_t k = 0; k < length(argv); k++)
			buf_printf(&line, "%s%s", k ? " " : "",
				   json_object_get_string(json_object_array_get_idx(argv, k)));
		output_printf(&cli->out, "%s\n", buf_text(&line));
	}
}

/* What is ignored has a "why", what would fail a "problem" and perhaps a hint. */
static void print_findings(struct cli *cli, const char *title, struct json_object *list,
			   const char *key)
{
	if (length(list) > 0)
		output_printf(&cli->out, "%s\n", title);
	for (size_t i = 0; i < length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		AUTO_BUF struct buf line = BUF_INIT;

		add_place(&line, o);
		buf_add_str(&line, json_str(o, key) ? json_str(o, key) : "");
		output_printf(&cli->out, "%s\n", buf_text(&line));
		if (json_str(o, "hint"))
			output_printf(&cli->out, "%20s-> %s\n", "", json_str(o, "hint"));
	}
}

static void print_explained(struct cli *cli, struct json_object *o)
{
	if (!cli_flag(cli, "quiet"))
		output_printf(&cli->out, " line  element      argument\n");
	print_arguments(cli, json_get(o, "arguments"));
	print_findings(cli, "ignored", json_get(o, "ignored"), "why");
	print_findings(cli, "ignored by this plan", json_path(o, "plan", "ignored", NULL), "why");
	print_findings(cli, "would fail now", json_get(o, "problems"), "problem");
}

/* A guest of that name comes first; ./NAME is always a file. */
bool verb_plan(struct cli *cli, struct error **err)
{
	const char *name = cli_operand(cli, "NAME|FILE");
	struct connection *c = cli_connect(cli, err);
	struct error *unknown = NULL;
	AUTO_JSON struct json_object *plan = NULL;
	struct domain *d;

	if (!c)
		return false;
	d = strchr(name, '/') || !strcmp(name, "-") ? NULL : connection_lookup(c, name, &unknown);
	if (d)
		plan = plan_of_guest(cli, d, err);
	else if (unknown && access(name, F_OK) != 0)
		error_move(err, &unknown);
	else
		plan = plan_of_file(cli, name, err);
	error_free(unknown);
	if (plan && cli_flag(cli, "explain") && !cli_json(cli))
		print_explained(cli, plan);
	else if (plan)
		output_json(&cli->out, plan, true);
	return plan != NULL;
}
