/*
 * launch: from a plan to a running QEMU process.
 *
 * launch_prepare() makes directories and copies; launch_open() binds and opens
 * what the plan lists; launch_spawn() starts QEMU, in a session of its own, in
 * its guest directory, with a small fixed environment, umask 077 and only
 * those descriptors.  launch_done() closes ours, which must happen: a listening
 * socket that nobody but QEMU holds is what tells later that QEMU is gone.
 */
#ifndef BACKEND_SUPERVISOR_LAUNCH_H
#define BACKEND_SUPERVISOR_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "backend/base/error.h"
#include "backend/supervisor/plan.h"

struct launch_fd {
	const char *name;	/* the plan's */
	int fd;
};

struct launch {
	const struct plan *plan;
	struct launch_fd *fds;
	size_t n_fds;
};

void launch_init(struct launch *l, const struct plan *p);
void launch_done(struct launch *l);

bool launch_prepare(struct launch *l, struct error **err);
bool launch_open(struct launch *l, struct error **err);
bool launch_spawn(struct launch *l, int log_fd, pid_t *pid, struct error **err);

/* A small number for the guest, libvirt's "id": unique since boot in the state
 * directory that holds running_record. -1 on error. */
int launch_id(const char *running_record, struct error **err);

#endif
