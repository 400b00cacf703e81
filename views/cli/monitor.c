/*
 * monitor: a word with QEMU itself, through the supervisor that owns its
 * monitor.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

/* The words as one text: a shell has cut them. */
static char *join_command(struct cli *cli)
{
	struct buf text = BUF_INIT;
	const char *word;

	for (size_t i = 0; (word = arguments_operand(cli->arguments, "COMMAND", i)); i++)
		buf_printf(&text, "%s%s", i ? " " : "", word);
	return buf_steal(&text);
}

static struct json_object *hmp_arguments(const char *command)
{
	struct json_object *args = json_object_new_object(), *inner = json_object_new_object();

	json_set_str(inner, "command-line", command);
	json_set_str(args, "execute", "human-monitor-command");
	json_set(args, "arguments", inner);
	return args;
}

/* {"execute": NAME, "arguments": {...}}, or the bare name. */
static struct json_object *qmp_arguments(struct cli *cli, const char *command, struct error **err)
{
	struct json_object *args = NULL;
	struct error *bad = NULL;

	if (command[strspn(command, " \t\n")] != '{') {
		args = json_object_new_object();
		json_set_str(args, "execute", command);
		return args;
	}
	args = json_parse(command, strlen(command), &bad);
	if (args && json_str(args, "execute")) {
		json_object_object_del(args, "id");
		return args;
	}
	cli_misuse(cli, err, "%s", bad ? error_message(bad) : "the command has no \"execute\"");
	error_free(bad);
	json_object_put(args);
	return NULL;
}

/* HMP ends its lines in CR LF. */
static void print_hmp(struct cli *cli, const char *text)
{
	AUTO_BUF struct buf lines = BUF_INIT;

	for (; text && *text; text++)
		if (*text != '\r')
			buf_add_char(&lines, *text);
	output_document(&cli->out, buf_text(&lines), lines.len);
}

bool verb_qemu_monitor_command(struct cli *cli, struct error **err)
{
	AUTO_FREE char *command = join_command(cli);
	bool hmp = cli_flag(cli, "hmp");
	struct json_object *args = hmp ? hmp_arguments(command) : qmp_arguments(cli, command, err);
	struct domain *d = args ? cli_domain(cli, err) : NULL;
	AUTO_JSON struct json_object *o = NULL;

	if (!d) {
		json_object_put(args);
		return false;
	}
	o = cli_call(cli, d, "qmp", args, err);
	if (!o)
		return false;
	if (hmp && !cli_json(cli))
		print_hmp(cli, json_str(o, "return"));
	else
		output_json(&cli->out, cli_flag(cli, "return-value") ? json_get(o, "return") : o,
			    cli_flag(cli, "pretty"));
	return true;
}
