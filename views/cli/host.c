/*
 * host: the machine that the connection is about.
 */
#include <inttypes.h>
#include <string.h>

#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

bool verb_uri(struct cli *cli, struct error **err)
{
	struct connection *c = cli_connect(cli, err);
	AUTO_JSON struct json_object *o = NULL;

	if (!c)
		return false;
	if (!cli_json(cli)) {
		output_word(&cli->out, connection_uri(c));
		return true;
	}
	o = json_object_new_object();
	json_set_str(o, "uri", connection_uri(c));
	output_json(&cli->out, o, true);
	return true;
}

bool verb_capabilities(struct cli *cli, struct error **err)
{
	AUTO_JSON struct json_object *o = cli_call(cli, NULL, "capabilities", NULL, err);
	const char *xml = json_str(o, "xml");

	if (!o)
		return false;
	if (cli_json(cli)) {
		json_object_object_del(o, "xml");
		output_json(&cli->out, o, true);
	} else if (xml) {
		output_document(&cli->out, xml, strlen(xml));
	}
	return true;
}

static void number(struct cli *cli, struct json_object *o, const char *key, const char *name,
		   const char *unit)
{
	int64_t value = json_int(o, key, 0);

	if (value > 0)
		output_printf(&cli->out, "%-20s %" PRId64 "%s\n", name, value, unit);
}

bool verb_nodeinfo(struct cli *cli, struct error **err)
{
	AUTO_JSON struct json_object *o = cli_call(cli, NULL, "nodeinfo", NULL, err);
	const char *model = json_str(o, "model");

	if (!o)
		return false;
	if (cli_print_json(cli, o))
		return true;
	output_printf(&cli->out, "%-20s %s\n", "CPU model:", model ? model : "unknown");
	number(cli, o, "cpus", "CPU(s):", "");
	number(cli, o, "mhz", "CPU frequency:", " MHz");
	number(cli, o, "sockets", "CPU socket(s):", "");
	number(cli, o, "cores", "Core(s) per socket:", "");
	number(cli, o, "threads", "Thread(s) per core:", "");
	number(cli, o, "nodes", "NUMA cell(s):", "");
	output_printf(&cli->out, "%-20s %" PRId64 " KiB\n", "Memory size:",
		      json_int(o, "memory", 0) / 1024);
	return true;
}
