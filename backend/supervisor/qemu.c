/*
 * qemu: see qemu.h.
 */
#include "backend/supervisor/qemu.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only a parent learns how its child ended. */
static void learn_exit(struct qemu *q)
{
	siginfo_t info = { .si_pid = 0 };
	int rc;

	if (!q->child)
		return;
	do
		rc = waitid(P_PID, (id_t)q->pid, &info, WEXITED);
	while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return;
	q->exit.known = true;
	q->exit.by_signal = info.si_code != CLD_EXITED;
	q->exit.code = info.si_status;
}

static void on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct qemu *q = arg;

	(void)fd;
	(void)what;
	event_del(q->ended);
	q->exited = true;
	learn_exit(q);
	q->on_exit(q, q->arg);
}

bool qemu_watch(struct qemu *q, struct event_base *base, pid_t pid, bool child,
		void (*on_exit)(struct qemu *q, void *arg), void *arg, struct error **err)
{
	q->pid = pid;
	q->child = child;
	q->on_exit = on_exit;
	q->arg = arg;
	q->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (q->pidfd < 0) {
		error_set_errno(err, errno, "watch QEMU's process %d", (int)pid);
		return false;
	}
	q->ended = event_new(base, q->pidfd, EV_READ | EV_PERSIST, on_ended, q);
	event_add(q->ended, NULL);
	return true;
}

void qemu_done(struct qemu *q)
{
	if (q->ended)
		event_free(q->ended);
	if (q->pidfd >= 0)
		close(q->pidfd);
	*q = (struct qemu)QEMU_INIT;
}

bool qemu_signal(struct qemu *q, int sig)
{
	return q->pidfd >= 0 && !q->exited &&
		syscall(SYS_pidfd_send_signal, q->pidfd, sig, NULL, 0) == 0;
}
