/*
 * qemu: the process, by a descriptor that names it for good (pidfd), whether
 * it is our child or was another supervisor's.
 */
#ifndef BACKEND_SUPERVISOR_QEMU_H
#define BACKEND_SUPERVISOR_QEMU_H

#include <event2/event.h>
#include <stdbool.h>
#include <sys/types.h>

#include "backend/base/error.h"
#include "backend/supervisor/policy.h"

struct qemu {
	pid_t pid;		/* 0: none */
	int pidfd;
	bool child;
	bool exited;
	struct policy_exit exit;
	struct event *ended;
	void (*on_exit)(struct qemu *q, void *arg);
	void *arg;
};

#define QEMU_INIT { .pidfd = -1 }

/* Watch it; on_exit is called once. */
bool qemu_watch(struct qemu *q, struct event_base *base, pid_t pid, bool child,
		void (*on_exit)(struct qemu *q, void *arg), void *arg, struct error **err);
void qemu_done(struct qemu *q);
bool qemu_signal(struct qemu *q, int sig);

#endif
