/*
 * define: definitions come and go: define, undefine, dumpxml, rename, autostart.
 */
#include <inttypes.h>
#include <string.h>

#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/define.h"
#include "views/cli/verbs.h"

void define_report_ignored(struct json_object *result, const char *source)
{
	struct json_object *list = json_get(result, "ignored");

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		const char *why = json_str(o, "why"), *element = json_str(o, "element");

		cli_warn("%s:%" PRId64 ": <%s> is ignored%s%s", source, json_int(o, "line", 0),
			 element ? element : "?", why ? ": " : "", why ? why : "");
	}
}

const char *define_source(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

struct json_object *define_arguments(const char *file, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct json_object *args;

	if (!cli_read(file, &text, err))
		return NULL;
	if (strlen(buf_text(&text)) != text.len) {
		error_set(err, "%s: holds a NUL byte, so it is no XML", define_source(file));
		return NULL;
	}
	args = json_object_new_object();
	json_set_str(args, "xml", buf_text(&text));
	json_set_str(args, "source", define_source(file));
	return args;
}

bool verb_define(struct cli *cli, struct error **err)
{
	const char *file = cli_operand(cli, "FILE");
	struct json_object *args = define_arguments(file, err);
	AUTO_JSON struct json_object *o = args ? cli_call(cli, NULL, "define", args, err) : NULL;

	if (!o) {
		error_prepend(err, "define '%s'", file);
		return false;
	}
	define_report_ignored(o, define_source(file));
	if (!cli_print_json(cli, o))
		cli_say(cli, "Domain '%s' defined from %s", json_str(o, "name"), define_source(file));
	return true;
}

static void say_files(struct cli *cli, struct json_object *o)
{
	struct json_object *removed = json_get(o, "removed"), *kept = json_get(o, "kept");

	for (size_t i = 0; removed && i < json_object_array_length(removed); i++)
		cli_say(cli, "Deleted %s",
			json_object_get_string(json_object_array_get_idx(removed, i)));
	for (size_t i = 0; kept && i < json_object_array_length(kept); i++) {
		struct json_object *k = json_object_array_get_idx(kept, i);

		cli_warn("kept '%s': %s", json_str(k, "path"), json_str(k, "why"));
	}
}

bool verb_undefine(struct cli *cli, struct error **err)
{
	struct json_object *args;
	AUTO_JSON struct json_object *o = NULL;
	AUTO_FREE char *name = NULL;
	struct domain *d;

	if (cli_flag(cli, "nvram") && cli_flag(cli, "keep-nvram"))
		return cli_misuse(cli, err, "--nvram and --keep-nvram exclude each other");
	d = cli_domain(cli, err);
	if (!d)
		return false;
	name = mem_strdup(d->name);
	args = json_object_new_object();
	if (cli_flag(cli, "nvram") || cli_flag(cli, "keep-nvram"))
		json_set_bool(args, "nvram", cli_flag(cli, "nvram"));
	json_set_bool(args, "remove_all_storage", cli_flag(cli, "remove-all-storage"));
	o = cli_call(cli, d, "undefine", args, err);
	if (!o)
		return false;
	if (cli_print_json(cli, o))
		return true;
	cli_say(cli, "Domain '%s' has been undefined", name);
	say_files(cli, o);
	return true;
}

bool verb_dumpxml(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);
	struct json_object *args;
	AUTO_JSON struct json_object *o = NULL;
	const char *xml;

	if (!d)
		return false;
	args = json_object_new_object();
	json_set_bool(args, "inactive", cli_flag(cli, "inactive"));
	json_set_bool(args, "secure", cli_flag(cli, "security-info"));
	o = cli_call(cli, d, "xml", args, err);
	if (!o)
		return false;
	if (cli_print_json(cli, o))
		return true;
	xml = json_str(o, "xml");
	output_document(&cli->out, xml, strlen(xml));
	return true;
}

bool verb_domrename(struct cli *cli, struct error **err)
{
	const char *name = cli_operand(cli, "NEW-NAME");
	struct json_object *args = json_object_new_object();
	AUTO_FREE char *done = mem_printf("renamed to '%s'", name);

	json_set_str(args, "name", name);
	return cli_act(cli, "rename", args, done, err);
}

bool verb_autostart(struct cli *cli, struct error **err)
{
	bool enable = !cli_flag(cli, "disable");
	struct json_object *args = json_object_new_object();

	json_set_bool(args, "enable", enable);
	return cli_act(cli, "autostart", args,
		       enable ? "marked as autostarted" : "unmarked as autostarted", err);
}

/* What the host's service does when it comes up.  One guest that fails keeps
 * no other from starting. */
bool verb_autostart_all(struct cli *cli, struct error **err)
{
	AUTO_JSON struct json_object *o = cli_call(cli, NULL, "autostart-all", NULL, err);
	struct json_object *started = json_get(o, "started"), *failed = json_get(o, "failed");
	size_t n_failed = failed ? json_object_array_length(failed) : 0;

	if (!o)
		return false;
	if (cli_print_json(cli, o))
		return n_failed == 0;
	for (size_t i = 0; started && i < json_object_array_length(started); i++)
		cli_say(cli, "Domain '%s' started",
			json_object_get_string(json_object_array_get_idx(started, i)));
	for (size_t i = 0; i < n_failed; i++) {
		struct json_object *f = json_object_array_get_idx(failed, i);
		struct error *one = NULL;

		error_set(&one, "%s", json_str(f, "error"));
		if (json_str(f, "hint"))
			error_hint(&one, "%s", json_str(f, "hint"));
		cli_print_error(one);
		error_free(one);
	}
	return n_failed == 0;
}
