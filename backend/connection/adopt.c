/*
 * adopt: a guest whose supervisor is gone gets another one.
 *
 * If its QEMU lives, `virtty-supervisor adopt` takes it over; if QEMU is gone
 * too, it writes the true end to the record.  A few at a time; a record that
 * could not be adopted is not tried again until it changes.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"

#define AT_ONCE 4

static void begin(struct connection *c, struct guest *g);

static bool lost(const struct guest *g)
{
	return g->recorded && g->life != RECORD_ALIVE && !g->adopting &&
		(g->running.inode != g->not_adopted.inode ||
		 g->running.changed_ns != g->not_adopted.changed_ns);
}

static void begin_more(struct connection *c)
{
	for (size_t i = 0; i < c->n_domains && c->n_adopting < AT_ONCE; i++)
		if (lost(c->by_uuid[i]))
			begin(c, c->by_uuid[i]);
}

static void on_answer(struct connection *c, struct json_object *answer, struct error *err,
		      void *arg)
{
	AUTO_FREE char *uuid = arg;
	struct guest *g = model_find(c, uuid);

	(void)err;
	c->n_adopting--;
	if (g) {
		g->adopting = false;
		/* Another one may have been quicker: the look tells. */
		if (!json_get(answer, "adopted") && !json_get(answer, "gone"))
			g->not_adopted = g->running;
		model_refresh(c, uuid);
		call_wake(c, uuid);
	}
	begin_more(c);
}

static void begin(struct connection *c, struct guest *g)
{
	AUTO_FREE char *program = paths_supervisor_program();
	AUTO_FREE char *dir = paths_guest_dir(&c->paths, g->pub.uuid);
	const char *argv[] = { program, "adopt", dir, NULL };
	int fd = spawn_supervisor(argv, -1, NULL);

	if (fd < 0) {
		g->not_adopted = g->running;
		return;
	}
	g->adopting = true;
	c->n_adopting++;
	spawn_read(c, fd, on_answer, free, mem_strdup(g->pub.uuid));
}

/* Somebody is at it, we or another client: its lock is held. */
bool adopt_pending(const struct connection *c, const struct guest *g)
{
	AUTO_FREE char *lock = NULL;

	if (!g->recorded || g->life == RECORD_ALIVE)
		return false;
	lock = paths_guest_file(&c->paths, g->pub.uuid, "lock");
	return g->adopting || lost(g) || file_is_locked(lock);
}

void adopt_consider(struct connection *c, struct guest *g)
{
	if (lost(g) && c->n_adopting < AT_ONCE)
		begin(c, g);
}
