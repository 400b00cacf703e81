/*
 * qemu_log: QEMU's stderr and our own notes, in one bounded file.
 *
 * QEMU writes to the file itself, so nothing is lost while there is no
 * supervisor; past QEMU_LOG_MAX it is rotated, whenever we look: with each
 * note, when something has happened (qemu_log_look), and every ten minutes.
 * QEMU's text may hold anything: whoever shows it sanitizes it.
 */
#ifndef BACKEND_SUPERVISOR_QEMU_LOG_H
#define BACKEND_SUPERVISOR_QEMU_LOG_H

#include <event2/event.h>

#include "backend/base/error.h"

#define QEMU_LOG_MAX (1u << 20)

struct qemu_log;

struct qemu_log *qemu_log_open(struct event_base *base, const char *path, struct error **err);
void qemu_log_free(struct qemu_log *l);
int qemu_log_fd(const struct qemu_log *l);
const char *qemu_log_path(const struct qemu_log *l);

void qemu_log_look(struct qemu_log *l);

/* A line of ours, with the time before it. l may be NULL. */
void qemu_log_note(struct qemu_log *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* From here on qemu_log_said() looks. */
void qemu_log_mark(struct qemu_log *l);
/* The last lines (at most 4, 1000 bytes) that QEMU has written since the mark,
 * without line feeds at the end; NULL for none. The caller frees. */
char *qemu_log_said(struct qemu_log *l);
/* The signal that QEMU says it terminates on, 0 for none. */
int qemu_log_term_signal(struct qemu_log *l);

#endif
