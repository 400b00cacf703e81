/*
 * process: start a program and know why it could not be started.
 *
 * The child gets default signal handlers and an empty mask, only the file
 * descriptors it is given, umask 077, and /dev/null for each standard stream
 * that is not named.  A failing exec comes back through a pipe as an error here.
 */
#ifndef BACKEND_BASE_PROCESS_H
#define BACKEND_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "backend/base/buf.h"
#include "backend/base/error.h"

struct process_spec {
	const char *const *argv;	/* NULL-terminated; argv[0] is the path, looked up in PATH if it has no '/' */
	const char *const *env;		/* NULL: ours */
	const char *cwd;		/* NULL: ours */
	int in, out, err;		/* -1: /dev/null */
	const int *keep_fds;		/* kept open in the child under the same number */
	size_t n_keep_fds;
	bool new_session;		/* setsid: no terminal, no SIGHUP from it */
	bool (*prepare)(void *arg);	/* in the child, last before exec: limits, user; errno and false end it */
	void *prepare_arg;
	bool detach;			/* double fork: not our child, *pid is not set */
};

/* PROCESS_SPEC_INIT sets the three streams to -1. */
#define PROCESS_SPEC_INIT { .in = -1, .out = -1, .err = -1 }

bool process_spawn(const struct process_spec *spec, pid_t *pid, struct error **err);

/* Start a program, feed it input (may be NULL), collect at most max bytes of
 * its output and errors (either may be NULL), and wait.  Blocks: for the
 * command line and jobs, never for the interface.  False when it could not
 * start, wrote more than max, or took longer than timeout_ms; else *status is
 * waitpid's. */
bool process_run(const char *const *argv, const char *input, size_t max,
		 int timeout_ms, struct buf *out, struct buf *errors,
		 int *status, struct error **err);

/* A program that answers and would lose answers when its standard input ended
 * or it was told to quit too early: its input stays open, and it is killed as soon as enough()
 * says of what it wrote so far that this is all.  False also when it ended
 * before that; errors may say why. */
bool process_ask(const char *const *argv, const char *input, size_t max, int timeout_ms,
		 bool (*enough)(const struct buf *out), struct buf *out, struct buf *errors,
		 struct error **err);

/* The start time of a process in clock ticks since boot (field 22 of
 * /proc/PID/stat), which with the pid and boot id names it for ever; 0 when
 * there is no such process, or only what is left of one (a zombie). */
unsigned long long process_start_time(pid_t pid);

/* /proc/sys/kernel/random/boot_id, or "" */
const char *process_boot_id(void);

/* Full path of a program found in PATH, or NULL; the caller frees. */
char *process_find(const char *name);

#endif
