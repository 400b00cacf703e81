/*
 * event: the events that the command line can wait for, by virsh's names.
 */
#ifndef VIEWS_CLI_EVENT_H
#define VIEWS_CLI_EVENT_H

/* The i-th name; NULL past the end.  *what is a line on it. */
const char *event_name(unsigned i, const char **what);

#endif
