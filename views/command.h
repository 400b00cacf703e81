/*
 * command: run a verb of the command line from within the interface, and show
 * what it prints.  Verbs that want the terminal themselves get it.
 */
#ifndef VIEWS_COMMAND_H
#define VIEWS_COMMAND_H

struct ui;

/* line is split at spaces, with 'quotes' as in a shell; its first word is the
 * verb.  Where the verb wants a DOMAIN first and the line names nothing, the
 * selected guest is meant. */
void command_run(struct ui *ui, const char *line);

#endif
