/*
 * cli: see cli.h.  What a verb does is in the file of its family.
 */
#include "views/cli/cli.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/nearest.h"
#include "backend/base/sanitize.h"
#include "backend/base/units.h"
#include "backend/xml/document.h"
#include "views/cli/help.h"
#include "views/cli/verbs.h"

bool cli_flag(const struct cli *cli, const char *option)
{
	return arguments_flag(cli->arguments, option);
}

const char *cli_value(const struct cli *cli, const char *option)
{
	return arguments_value(cli->arguments, option);
}

const char *cli_operand(const struct cli *cli, const char *name)
{
	return arguments_operand(cli->arguments, name, 0);
}

bool cli_json(const struct cli *cli)
{
	return verb_option(cli->arguments->verb, "json") && cli_flag(cli, "json");
}

bool cli_number(struct cli *cli, const char *option, uint64_t fallback, uint64_t *value,
		struct error **err)
{
	const char *text = cli_value(cli, option);

	*value = fallback;
	if (!text || units_u64(text, value))
		return true;
	return cli_misuse(cli, err, "--%s '%s' is not a whole number", option, text);
}

bool cli_misuse(struct cli *cli, struct error **err, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	error_set(err, "%s: %s", cli->arguments->verb->name, text);
	free(text);
	cli->misused = true;
	return false;
}

/* A QEMU whose supervisor died is taken up again before states are told. */
#define SETTLE_MS 3000

struct connection *cli_connect(struct cli *cli, struct error **err)
{
	if (cli->connection)
		return cli->connection;
	cli->base = loop_new();
	cli->connection = connection_open(cli->base, cli_value(cli, "connect"), err);
	if (cli->connection)
		connection_settle(cli->connection, SETTLE_MS);
	return cli->connection;
}

/* Ids and uuids are like each other by chance only: names alone. */
static const char *nearest_name(const struct connection *c, const char *name)
{
	struct nearest near = NEAREST_INIT(name);
	size_t n;
	struct domain *const *domains = connection_domains(c, &n);

	for (size_t i = 0; i < n; i++)
		nearest_offer(&near, domains[i]->name);
	return near.best;
}

struct domain *cli_domain(struct cli *cli, struct error **err)
{
	const char *name = cli_operand(cli, "DOMAIN"), *near;
	struct connection *c = cli_connect(cli, err);
	struct domain *d = c ? connection_lookup(c, name, err) : NULL;

	if (c && !d) {
		near = nearest_name(c, name);
		if (near)
			error_hint(err, "did you mean '%s'?", near);
	}
	return d;
}

struct json_object *cli_call(struct cli *cli, struct domain *d, const char *operation,
			     struct json_object *args, struct error **err)
{
	struct connection *c = cli_connect(cli, err);

	if (!c) {
		json_object_put(args);
		return NULL;
	}
	return connection_call_wait(c, d, operation, args, err);
}

bool cli_act(struct cli *cli, const char *operation, struct json_object *args, const char *done,
	     struct error **err)
{
	struct domain *d = cli_domain(cli, err);
	/* The domain may be gone when the operation is done. */
	AUTO_FREE char *name = d ? mem_strdup(d->name) : NULL;
	struct json_object *result;

	if (!d) {
		json_object_put(args);
		return false;
	}
	result = cli_call(cli, d, operation, args, err);
	if (!result)
		return false;
	json_object_put(result);
	if (done)
		cli_say(cli, "Domain '%s' %s", name, done);
	return true;
}

bool cli_print_json(struct cli *cli, struct json_object *result)
{
	if (!cli_json(cli))
		return false;
	output_json(&cli->out, result, true);
	return true;
}

void cli_say(struct cli *cli, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (cli_flag(cli, "quiet"))
		return;
	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	output_printf(&cli->out, "%s\n", text);
	free(text);
}

static void print_line(struct buf *out, const char *before, const char *text, size_t len)
{
	buf_add_str(out, before);
	sanitize_add(out, text, len);
	buf_add_char(out, '\n');
}

void cli_warn(const char *fmt, ...)
{
	AUTO_BUF struct buf out = BUF_INIT;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	print_line(&out, "virtty: warning: ", text, strlen(text));
	free(text);
	fputs(buf_text(&out), stderr);
}

void cli_print_error(const struct error *err)
{
	bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	const char *hint = error_hint_text(err), *message = error_message(err);
	AUTO_BUF struct buf out = BUF_INIT;

	print_line(&out, "virtty: ", message, strlen(message));
	while (hint && *hint) {
		size_t len = strcspn(hint, "\n");

		print_line(&out, utf8 ? "  → " : "  -> ", hint, len);
		hint += len + (hint[len] == '\n');
	}
	fputs(buf_text(&out), stderr);
}

bool cli_read(const char *path, struct buf *text, struct error **err)
{
	if (strcmp(path, "-") != 0)
		return file_read(path, DOCUMENT_MAX, text, err);
	if (file_read_fd(STDIN_FILENO, DOCUMENT_MAX, text, err))
		return true;
	error_prepend(err, "standard input");
	return false;
}

static bool run(struct cli *cli, struct error **err)
{
	const struct row *verb = cli->arguments->verb;

	if (cli_flag(cli, "version"))
		return verb_version(cli, err);
	if (cli_flag(cli, "help")) {
		if (verb)
			help_verb(verb, &cli->out);
		else
			help_all(&cli->out);
		return true;
	}
	return verb->run(cli, err);
}

/* What was printed goes out even when the verb failed in the end; a lost
 * answer is a failure of its own. */
static int finish(struct cli *cli, bool good, struct error *err)
{
	struct error *lost = NULL;
	bool written = output_flush(&cli->out, &lost);

	if (!good && err)
		cli_print_error(err);
	else if (!written && errno != EPIPE)
		cli_print_error(lost);
	error_free(lost);
	error_free(err);
	if (cli->connection)
		connection_close(cli->connection);
	if (cli->base)
		event_base_free(cli->base);
	output_done(&cli->out);
	return good && written ? CLI_DONE : cli->misused ? CLI_MISUSED : CLI_FAILED;
}

int cli_run(const struct arguments *arguments)
{
	struct cli cli = { .arguments = arguments };
	struct error *err = NULL;
	bool good;

	output_init(&cli.out, STDOUT_FILENO);
	good = run(&cli, &err);
	return finish(&cli, good, err);
}
