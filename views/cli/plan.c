/*
 * plan: what would be run, without running it.
 */
#include <string.h>
#include <unistd.h>

#include "views/cli/cli.h"
#include "views/cli/define.h"
#include "views/cli/verbs.h"

static struct json_object *plan_of_file(struct cli *cli, const char *file, struct error **err)
{
	struct json_object *args = define_arguments(file, err);
	struct json_object *plan = args ? cli_call(cli, NULL, "plan-file", args, err) : NULL;

	if (!plan)
		error_prepend(err, "plan '%s'", file);
	return plan;
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
		plan = cli_call(cli, d, "plan", NULL, err);
	else if (unknown && access(name, F_OK) != 0)
		error_move(err, &unknown);
	else
		plan = plan_of_file(cli, name, err);
	error_free(unknown);
	if (plan)
		output_json(&cli->out, plan, true);
	return plan != NULL;
}
