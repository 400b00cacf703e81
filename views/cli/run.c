/*
 * run: a guest's life: start, stop, and what lies between.
 */
#include <string.h>

#include "backend/base/keycode.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "views/cli/cli.h"
#include "views/cli/console.h"
#include "views/cli/define.h"
#include "views/cli/verbs.h"

static bool attach(struct cli *cli, const char *uuid, struct error **err)
{
	struct domain *d = connection_lookup(cli->connection, uuid, err);

	return d && output_flush(&cli->out, err) && console_attach(cli, d, NULL, 0, NULL, err);
}

bool verb_start(struct cli *cli, struct error **err)
{
	struct domain *d = cli_domain(cli, err);
	struct json_object *args;
	AUTO_JSON struct json_object *o = NULL;

	if (!d || (cli_flag(cli, "console") && !console_possible(cli, err)))
		return false;
	args = json_object_new_object();
	json_set_bool(args, "paused", cli_flag(cli, "paused"));
	o = cli_call(cli, d, "start", args, err);
	if (!o)
		return false;
	if (!cli_print_json(cli, o))
		cli_say(cli, "Domain '%s' started", json_str(o, "name"));
	return !cli_flag(cli, "console") || attach(cli, json_str(o, "uuid"), err);
}

bool verb_create(struct cli *cli, struct error **err)
{
	const char *file = cli_operand(cli, "FILE");
	struct json_object *args;
	AUTO_JSON struct json_object *o = NULL;

	if (cli_flag(cli, "console") && !console_possible(cli, err))
		return false;
	args = define_arguments(file, err);
	if (args) {
		json_set_bool(args, "paused", cli_flag(cli, "paused"));
		o = cli_call(cli, NULL, "create", args, err);
	}
	if (!o) {
		error_prepend(err, "create '%s'", file);
		return false;
	}
	define_report_ignored(o, define_source(file));
	if (!cli_print_json(cli, o))
		cli_say(cli, "Domain '%s' created from %s", json_str(o, "name"), define_source(file));
	return !cli_flag(cli, "console") || attach(cli, json_str(o, "uuid"), err);
}

/* NULL with *err: not a mode.  An empty object: none was asked for. */
static struct json_object *mode_arguments(struct cli *cli, struct error **err)
{
	const char *mode = cli_value(cli, "mode");
	struct json_object *args;

	if (mode && strcmp(mode, "acpi") != 0 && strcmp(mode, "agent") != 0) {
		cli_misuse(cli, err, "--mode '%s' is neither acpi nor agent", mode);
		return NULL;
	}
	args = json_object_new_object();
	if (mode)
		json_set_str(args, "mode", mode);
	return args;
}

bool verb_shutdown(struct cli *cli, struct error **err)
{
	struct json_object *args = mode_arguments(cli, err);

	return args && cli_act(cli, "shutdown", args, "is being shutdown", err);
}

static char **running_guests(struct connection *c, size_t *n)
{
	size_t all;
	struct domain *const *domains = connection_domains(c, &all);
	char **uuids = NULL;

	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (domains[i]->id >= 0)
			*MEM_PUSH(uuids, *n) = mem_strdup(domains[i]->uuid);
	return uuids;
}

/* Ask first, all of them, so that they shut down side by side. */
static bool ask_to_shut_down(struct cli *cli, const char *uuid)
{
	struct domain *d = connection_lookup(cli->connection, uuid, NULL);
	struct error *err = NULL;
	struct json_object *o = d ? cli_call(cli, d, "shutdown", NULL, &err) : NULL;

	if (err)
		cli_print_error(err);
	error_free(err);
	json_object_put(o);
	return o || !d;
}

static bool wait_until_off(struct cli *cli, const char *uuid, int64_t deadline)
{
	struct domain *d = connection_lookup(cli->connection, uuid, NULL);
	AUTO_FREE char *name = d ? mem_strdup(d->name) : NULL;
	struct json_object *args, *states, *o;
	int64_t left = deadline - loop_now_ms();

	if (!d)
		return true;
	args = json_object_new_object();
	states = json_object_new_array();
	json_push_str(states, domain_state_name(DOMAIN_SHUTOFF));
	json_push_str(states, domain_state_name(DOMAIN_CRASHED));
	json_set(args, "states", states);
	json_set_int(args, "timeout_ms", left > 0 ? left : 0);
	o = cli_call(cli, d, "wait", args, NULL);
	if (o)
		cli_say(cli, "Domain '%s' is off", name);
	else
		cli_warn("domain '%s' is still running", name);
	json_object_put(o);
	return o != NULL;
}

/* What the host's service does when it goes down. */
bool verb_shutdown_all(struct cli *cli, struct error **err)
{
	uint64_t seconds;
	int64_t deadline;
	bool good = true;
	char **uuids;
	size_t n;

	if (!cli_number(cli, "timeout", 120, &seconds, err) || !cli_connect(cli, err))
		return false;
	uuids = running_guests(cli->connection, &n);
	for (size_t i = 0; i < n; i++)
		good &= ask_to_shut_down(cli, uuids[i]);
	deadline = loop_now_ms() + (int64_t)(seconds > 1000000 ? 1000000 : seconds) * 1000;
	for (size_t i = 0; i < n; i++) {
		good &= wait_until_off(cli, uuids[i], deadline);
		free(uuids[i]);
	}
	free(uuids);
	return good;
}

bool verb_reboot(struct cli *cli, struct error **err)
{
	struct json_object *args = mode_arguments(cli, err);

	return args && cli_act(cli, "reboot", args, "is being rebooted", err);
}

bool verb_reset(struct cli *cli, struct error **err)
{
	return cli_act(cli, "reset", NULL, "was reset", err);
}

bool verb_destroy(struct cli *cli, struct error **err)
{
	struct json_object *args = json_object_new_object();

	json_set_bool(args, "graceful", cli_flag(cli, "graceful"));
	return cli_act(cli, "destroy", args, "destroyed", err);
}

bool verb_suspend(struct cli *cli, struct error **err)
{
	return cli_act(cli, "suspend", NULL, "suspended", err);
}

bool verb_resume(struct cli *cli, struct error **err)
{
	return cli_act(cli, "resume", NULL, "resumed", err);
}

bool verb_inject_nmi(struct cli *cli, struct error **err)
{
	return cli_act(cli, "inject-nmi", NULL, "got an NMI", err);
}

static bool find_codeset(struct cli *cli, enum keycode_set *set, struct error **err)
{
	const char *name = cli_value(cli, "codeset");

	if (!name)
		name = "linux";
	if (keycode_set_find(name, set))
		return true;
	return cli_misuse(cli, err, "--codeset '%s' is none of linux, qnum, qcode", name);
}

static struct json_object *collect_keys(struct cli *cli, enum keycode_set set, struct error **err)
{
	struct json_object *codes = json_object_new_array();
	const char *key;

	for (size_t i = 0; (key = arguments_operand(cli->arguments, "KEYCODE", i)); i++) {
		const char *qcode = keycode_qcode(set, key);

		if (!qcode) {
			const char *near = keycode_nearest(set, key);

			cli_misuse(cli, err, "'%s' is no key", key);
			if (near)
				error_hint(err, "did you mean %s?", near);
			json_object_put(codes);
			return NULL;
		}
		json_push_str(codes, qcode);
	}
	return codes;
}

bool verb_send_key(struct cli *cli, struct error **err)
{
	struct json_object *codes, *args;
	enum keycode_set set;
	uint64_t holdtime;

	if (!find_codeset(cli, &set, err) || !cli_number(cli, "holdtime", 0, &holdtime, err))
		return false;
	codes = collect_keys(cli, set, err);
	if (!codes)
		return false;
	args = json_object_new_object();
	json_set(args, "codes", codes);
	if (cli_value(cli, "holdtime"))
		json_set_int(args, "holdtime", (int64_t)holdtime);
	return cli_act(cli, "send-key", args, NULL, err);
}
