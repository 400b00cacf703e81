/*
 * main: virtty alone is the interface, virtty with a verb the command line.
 */
#include <locale.h>
#include <unistd.h>

#include "views/cli/cli.h"
#include "views/interface.h"

static int interface(const struct arguments *a)
{
	struct error *err = NULL;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(&err, "the interface needs a terminal");
		error_hint(&err, "virtty help lists the commands, which need none");
	} else if (interface_main(arguments_value(a, "connect"), &err)) {
		return CLI_DONE;
	}
	cli_print_error(err);
	error_free(err);
	return CLI_FAILED;
}

int main(int argc, char *argv[])
{
	struct arguments a;
	struct error *err = NULL;
	int status;

	setlocale(LC_ALL, "");
	if (!arguments_parse(&a, argc - 1, argv + 1, &err)) {
		cli_print_error(err);
		error_free(err);
		status = CLI_MISUSED;
	} else if (a.verb || arguments_flag(&a, "help") || arguments_flag(&a, "version")) {
		status = cli_run(&a);
	} else {
		status = interface(&a);
	}
	arguments_done(&a);
	return status;
}
