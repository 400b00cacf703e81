/*
 * main: virtty alone is the interface, virtty with a verb the command line.
 */
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/connection/connection.h"
#include "views/cli/cli.h"
#include "views/interface.h"

static int run_interface(const char *uri, struct error **err)
{
	struct event_base *base;
	struct connection *c;
	int status = CLI_FAILED;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(err, "the interface needs a terminal");
		error_hint(err, "virtty help lists the commands, which need none");
		return status;
	}
	base = loop_new();
	c = connection_open(base, uri, err);
	if (c) {
		status = interface_main(base, c, err);
		connection_close(c);
	}
	event_base_free(base);
	return status;
}

static int report(struct error *err, int status)
{
	if (err)
		cli_print_error(err);
	error_free(err);
	return status;
}

int main(int argc, char *argv[])
{
	struct arguments a;
	struct error *err = NULL;
	int status;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);	/* a lost answer is told by its exit status */
	if (!arguments_parse(&a, argc - 1, argv + 1, &err)) {
		status = report(err, CLI_MISUSED);
	} else if (a.verb || arguments_flag(&a, "help") || arguments_flag(&a, "version")) {
		status = cli_run(&a);
	} else {
		status = run_interface(arguments_value(&a, "connect"), &err);
		report(err, status);
	}
	arguments_done(&a);
	return status;
}
