/*
 * vigil: being told that a supervisor died.
 *
 * No file changes then.  Who follows QEMU's events sees the stream end; who
 * only watches the model holds a descriptor of the process instead.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/connection/internal.h"

struct vigil {
	struct connection *c;
	char uuid[37];
	int pid, fd;
	struct event *readable;
};

static void on_death(evutil_socket_t fd, short what, void *arg)
{
	struct vigil *v = arg;
	struct connection *c = v->c;
	struct guest *g = model_find(c, v->uuid);
	char uuid[37];

	(void)fd;
	(void)what;
	memcpy(uuid, v->uuid, sizeof(uuid));
	if (g)
		vigil_end(g);
	model_refresh(c, uuid);
}

void vigil_end(struct guest *g)
{
	struct vigil *v = g->vigil;

	if (!v)
		return;
	event_free(v->readable);
	close(v->fd);
	free(v);
	g->vigil = NULL;
}

/* For the supervisor that it has now. */
void vigil_keep(struct connection *c, struct guest *g)
{
	int pid = guest_supervised(g) ? g->pub.supervisor_pid : 0;
	struct vigil *v;
	int fd;

	if (g->vigil && g->vigil->pid == pid)
		return;
	vigil_end(g);
	if (!c->watch || c->with_qmp || !pid || (fd = (int)syscall(SYS_pidfd_open, pid, 0)) < 0)
		return;
	v = mem_zalloc(sizeof(*v));
	*v = (struct vigil){ .c = c, .pid = pid, .fd = fd };
	memcpy(v->uuid, g->pub.uuid, sizeof(v->uuid));
	v->readable = event_new(c->base, fd, EV_READ, on_death, v);
	event_add(v->readable, NULL);
	g->vigil = v;
}
