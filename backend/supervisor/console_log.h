/*
 * console_log: what a console says, in a file; rotated, optionally with the
 * time at the start of each line.  A full disk costs lines of the log and
 * nothing else.
 */
#ifndef BACKEND_SUPERVISOR_CONSOLE_LOG_H
#define BACKEND_SUPERVISOR_CONSOLE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"
#include "backend/supervisor/ring.h"

struct console_log;

/* append false: begins empty. max: bytes until it becomes PATH.1. */
struct console_log *console_log_open(const char *path, bool append, bool timestamps,
				     uint64_t max, struct error **err);
void console_log_free(struct console_log *l);

/* l may be NULL.  Returns false for the first write that fails after one that
 * did not, with errno. */
bool console_log_add(struct console_log *l, const void *data, size_t len);

/* The end of the file into a ring, for who takes a console over; not when it
 * holds time stamps. */
void console_log_replay(const char *path, struct ring *r);

#endif
