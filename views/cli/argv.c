/*
 * argv: a definition as one QEMU command line for a shell, from the file
 * alone: no connection is opened and nothing is written but the cache of QEMU's capabilities.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/paths.h"
#include "backend/qemu/capabilities.h"
#include "backend/qemu/plan.h"
#include "backend/qemu/resolve.h"
#include "backend/xml/domain_def.h"
#include "views/cli/cli.h"
#include "views/cli/define.h"
#include "views/cli/verbs.h"

static char *shell_line(const struct domain_def *def, const struct capabilities *c,
			const struct paths *paths, struct error **err)
{
	struct plan_options options = { .explain = true };
	struct json_object *plan = plan_build(def, c, paths, &options, err);
	char *line = plan ? plan_shell_line(plan) : NULL;

	json_object_put(plan);
	return line;
}

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

static bool print_line(struct cli *cli, const char *file, struct error **err)
{
	AUTO_FREE char *line = convert(file, err);

	if (!line) {
		error_prepend(err, "domxml-to-argv '%s'", file);
		return false;
	}
	if (cli_json(cli)) {
		AUTO_JSON struct json_object *o = json_object_new_object();

		json_set_str(o, "file", file);
		json_set_str(o, "command", line);
		output_json(&cli->out, o, false);
	} else {
		output_document(&cli->out, line, strlen(line));
		output_document(&cli->out, "\n", 1);
	}
	return true;
}

/* A file that is refused keeps no other from being converted. */
bool verb_domxml_to_argv(struct cli *cli, struct error **err)
{
	bool good = true;
	const char *file;

	for (size_t i = 0; (file = arguments_operand(cli->arguments, "FILE", i)); i++) {
		if (*err)
			cli_print_error(*err);
		error_free(*err);
		*err = NULL;
		good &= print_line(cli, file, err);
	}
	return good;
}
