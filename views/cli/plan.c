/*
 * plan: what would be run, without running it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/paths.h"
#include "backend/qemu/capabilities.h"
#include "backend/qemu/plan.h"
#include "backend/qemu/resolve.h"
#include "backend/xml/domain_def.h"
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

static char *shell_line(const struct domain_def *def, const struct capabilities *c,
			const struct paths *paths, struct error **err)
{
	struct plan_options options = { .explain = true };
	struct json_object *plan = plan_build(def, c, paths, &options, err);
	char *line = plan ? plan_shell_line(plan) : NULL;

	json_object_put(plan);
	return line;
}

/* From the file alone: no connection is opened, nothing is written. */
static char *convert(const char *file, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct document *document;
	struct domain_def *def;
	struct capabilities *c = NULL;
	struct paths paths;
	char *line = NULL;

	if (!cli_read(file, &text, err) || !paths_init(&paths, false, err))
		return NULL;
	document = document_parse(buf_text(&text), text.len, define_source(file), err);
	def = document ? domain_def_parse(document, err) : NULL;
	if (def)
		c = capabilities_for(def, &paths, err);
	if (c && resolve(def, c, RESOLVE_FIXED, err))
		line = shell_line(def, c, &paths, err);
	capabilities_free(c);
	domain_def_free(def);
	paths_done(&paths);
	return line;
}

bool verb_domxml_to_argv(struct cli *cli, struct error **err)
{
	const char *file = cli_operand(cli, "FILE");
	AUTO_FREE char *line = convert(file, err);

	if (!line) {
		error_prepend(err, "domxml-to-argv '%s'", file);
		return false;
	}
	output_document(&cli->out, line, strlen(line));
	output_document(&cli->out, "\n", 1);
	return true;
}
