/*
 * console: the user's terminal joined to a guest's serial console.
 */
#ifndef VIEWS_CLI_CONSOLE_H
#define VIEWS_CLI_CONSOLE_H

#include "views/cli/cli.h"

/* Whether this terminal can be attached: asked before a guest is started for
 * it. */
bool console_possible(struct cli *cli, struct error **err);

/* name NULL: the first console; flags are enum console_flags; escape NULL:
 * "^]".  Returns when the user leaves (true) or the console ends. */
bool console_attach(struct cli *cli, struct domain *d, const char *name, unsigned flags,
		    const char *escape, struct error **err);

#endif
