/*
 * info: what is known of one guest.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

static void print_json(struct cli *cli, struct json_object *o)
{
	output_json(&cli->out, o, true);
}

/* One value, alone on a line or as {key: value}. */
static bool print_value(struct cli *cli, const char *key, const char *value)
{
	if (cli_json(cli)) {
		AUTO_JSON struct json_object *o = json_object_new_object();

		json_set_str(o, key, value);
		print_json(cli, o);
	} else {
		output_word(&cli->out, value);
	}
	return true;
}

bool verb_domname(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);

	return d && print_value(cli, "name", d->name);
}

bool verb_domuuid(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);

	return d && print_value(cli, "uuid", d->uuid);
}

bool verb_domid(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);
	AUTO_JSON struct json_object *o = NULL;

	if (!d)
		return false;
	if (cli_json(cli)) {
		o = json_object_new_object();
		json_set(o, "id", d->id >= 0 ? json_object_new_int(d->id) : NULL);
		print_json(cli, o);
	} else if (d->id >= 0) {
		output_printf(&cli->out, "%d\n", d->id);
	} else {
		output_word(&cli->out, "-");
	}
	return true;
}

/* With --reason virsh's word in brackets, and on a line below what the
 * supervisor saw. */
bool verb_domstate(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);
	AUTO_JSON struct json_object *o = NULL;

	if (!d)
		return false;
	if (cli_json(cli)) {
		o = json_object_new_object();
		json_set_str(o, "state", domain_state_name(d->state));
		json_set_str(o, "reason", d->reason);
		json_set_str(o, "why", d->why);
		json_set_int(o, "since", d->since);
		print_json(cli, o);
	} else if (cli_flag(cli, "reason")) {
		output_printf(&cli->out, "%s (%s)\n", domain_state_name(d->state),
			      d->reason ? d->reason : "unknown");
		if (*d->why)
			output_printf(&cli->out, "%s\n", d->why);
	} else {
		output_word(&cli->out, domain_state_name(d->state));
	}
	return true;
}

static void field(struct cli *cli, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void field(struct cli *cli, const char *name, const char *fmt, ...)
{
	va_list ap;
	char *value;

	va_start(ap, fmt);
	value = mem_vprintf(fmt, ap);
	va_end(ap);
	output_printf(&cli->out, "%-15s %s\n", name, value);
	free(value);
}

static const char *time_text(int64_t seconds, char text[64])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (seconds <= 0 || !localtime_r(&when, &tm) || !strftime(text, 64, "%F %T %z", &tm))
		strcpy(text, "-");
	return text;
}

static void print_basics(struct cli *cli, struct json_object *o)
{
	int64_t id = json_int(o, "id", -1);

	if (id >= 0)
		field(cli, "Id:", "%" PRId64, id);
	else
		field(cli, "Id:", "-");
	field(cli, "Name:", "%s", json_str(o, "name"));
	if (json_str(o, "title"))
		field(cli, "Title:", "%s", json_str(o, "title"));
	field(cli, "UUID:", "%s", json_str(o, "uuid"));
	if (json_str(o, "os_type"))
		field(cli, "OS Type:", "%s", json_str(o, "os_type"));
	if (json_str(o, "machine"))
		field(cli, "Machine:", "%s", json_str(o, "machine"));
}

static void print_state(struct cli *cli, struct json_object *o)
{
	const char *why = json_str(o, "why");
	char text[64];

	field(cli, "State:", "%s", json_str(o, "state"));
	if (why && *why)
		field(cli, "Reason:", "%s", why);
	if (json_int(o, "since", 0) > 0)
		field(cli, "Since:", "%s", time_text(json_int(o, "since", 0), text));
}

static void print_resources(struct cli *cli, struct json_object *o)
{
	field(cli, "CPU(s):", "%" PRId64, json_int(o, "vcpus", 0));
	if (json_get(o, "cpu_time_ns"))
		field(cli, "CPU time:", "%.1fs", (double)json_int(o, "cpu_time_ns", 0) / 1e9);
	field(cli, "Max memory:", "%" PRId64 " KiB", json_int(o, "max_memory", 0) / 1024);
	field(cli, "Used memory:", "%" PRId64 " KiB", json_int(o, "memory", 0) / 1024);
	if (json_get(o, "rss"))
		field(cli, "Resident:", "%" PRId64 " KiB", json_int(o, "rss", 0) / 1024);
}

bool verb_dominfo(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);
	AUTO_JSON struct json_object *o = d ? cli_call(cli, d, "info", NULL, err) : NULL;

	if (!o)
		return false;
	if (cli_print_json(cli, o))
		return true;
	print_basics(cli, o);
	print_state(cli, o);
	print_resources(cli, o);
	field(cli, "Persistent:", "%s", json_flag(o, "persistent", false) ? "yes" : "no");
	field(cli, "Autostart:", "%s", json_flag(o, "autostart", false) ? "enable" : "disable");
	if (json_flag(o, "changed", false))
		field(cli, "Next start:", "with a changed definition");
	if (json_int(o, "pid", 0) > 0) {
		field(cli, "Accelerator:", "%s", json_flag(o, "kvm", false) ? "kvm" : "tcg");
		field(cli, "Process:", "%" PRId64, json_int(o, "pid", 0));
	}
	if (!cli_flag(cli, "quiet"))
		output_printf(&cli->out, "\n");
	return true;
}

bool verb_domdisplay(struct cli *cli, struct error **err)
{
	const char *type = cli_value(cli, "type");
	struct domain *d = cli_domain(cli, err);
	AUTO_JSON struct json_object *o = d ? cli_call(cli, d, "domdisplay", NULL, err) : NULL;
	AUTO_JSON struct json_object *found = json_object_new_array();
	struct json_object *uris = json_get(o, "uris");

	if (!o)
		return false;
	for (size_t i = 0; uris && i < json_object_array_length(uris); i++) {
		const char *uri = json_object_get_string(json_object_array_get_idx(uris, i));

		if (!type || (!strncmp(uri, type, strlen(type)) && strchr("+:", uri[strlen(type)])))
			json_push_str(found, uri);
	}
	if (cli_print_json(cli, found))
		return true;
	if (json_object_array_length(found) == 0) {
		error_set(err, "domdisplay '%s': the guest has no %s%sscreen", d->name,
			  type ? type : "", type ? " " : "");
		return false;
	}
	for (size_t i = 0; i < json_object_array_length(found); i++)
		if (i == 0 || cli_flag(cli, "all"))
			output_word(&cli->out, json_object_get_string(json_object_array_get_idx(found, i)));
	return true;
}

/* The entry of info's consoles of that name; NULL: the first. */
static struct json_object *find_console(struct json_object *info, const char *name)
{
	struct json_object *list = json_get(info, "consoles");

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		const char *its = json_str(c, "name");

		if (!name || (its && !strcmp(its, name)))
			return c;
	}
	return NULL;
}

bool verb_ttyconsole(struct cli *cli, struct error **err)
{
	const char *name = cli_value(cli, "devname");
	struct domain *d = cli_domain(cli, err);
	AUTO_JSON struct json_object *info = d ? cli_call(cli, d, "info", NULL, err) : NULL;
	struct json_object *console = find_console(info, name);

	if (!info)
		return false;
	if (cli_json(cli)) {
		AUTO_JSON struct json_object *none = json_object_new_array();
		struct json_object *list = json_get(info, "consoles");

		print_json(cli, list ? list : none);
		return true;
	}
	if (!json_str(console, "pty")) {
		error_set(err, "ttyconsole '%s': the guest has no console%s%s%s that is open", d->name,
			  name ? " '" : "", name ? name : "", name ? "'" : "");
		return false;
	}
	output_word(&cli->out, json_str(console, "pty"));
	return true;
}

static void print_lines(struct cli *cli, struct json_object *lines)
{
	for (size_t i = 0; lines && i < json_object_array_length(lines); i++) {
		const char *line = json_object_get_string(json_object_array_get_idx(lines, i));

		output_document(&cli->out, line, strlen(line));
		output_document(&cli->out, "\n", 1);
	}
}

static bool print_console_log(struct cli *cli, struct domain *d, const char *name, struct error **err)
{
	AUTO_JSON struct json_object *info = cli_call(cli, d, "info", NULL, err);
	const char *path = json_str(find_console(info, name), "log");
	AUTO_BUF struct buf text = BUF_INIT;

	if (!info)
		return false;
	if (!path) {
		error_set(err, "log '%s': no log is kept of console '%s'", d->name, name);
		return false;
	}
	if (!cli_read(path, &text, err))
		return false;
	if (cli_json(cli)) {
		AUTO_JSON struct json_object *o = json_object_new_object();

		json_set_str(o, "console", name);
		json_set_str(o, "path", path);
		json_set(o, "text", json_object_new_string_len(buf_text(&text), (int)text.len));
		print_json(cli, o);
	} else {
		output_document(&cli->out, buf_text(&text), text.len);
	}
	return true;
}

bool verb_log(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);
	AUTO_JSON struct json_object *o = NULL;

	if (!d)
		return false;
	if (cli_value(cli, "console"))
		return print_console_log(cli, d, cli_value(cli, "console"), err);
	o = cli_call(cli, d, "log", NULL, err);
	if (!o)
		return false;
	if (!cli_print_json(cli, o))
		print_lines(cli, json_get(o, "lines"));
	return true;
}
