/*
 * terminal: the user's terminal in raw mode, and back on every way out: return,
 * exit(), a fatal signal, a crash.
 */
#ifndef VIEWS_CLI_TERMINAL_H
#define VIEWS_CLI_TERMINAL_H

#include <stdbool.h>

#include "backend/base/error.h"

/* Standard input becomes raw; once at a time. */
bool terminal_raw(struct error **err);

/* As it was before terminal_raw(); safe to call twice, and in a signal handler. */
void terminal_restore(void);

/* Raw again, after the shell had it while we were stopped. */
void terminal_again(void);

#endif
