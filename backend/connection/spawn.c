/*
 * spawn: run virtty-supervisor and read the one line that it answers.
 *
 * The supervisor is nobody's child afterwards; all we keep is the pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/json.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/connection/internal.h"

#define ANSWER_MAX (4u << 20)

struct spawn {
	struct spawn *next, **link;
	struct connection *c;
	int fd;
	struct event *readable;
	struct buf text;
	spawn_done_fn *done;
	void (*drop)(void *arg);
	void *arg;
};

int spawn_supervisor(const char *const *argv, int input, struct error **err)
{
	struct process_spec spec = PROCESS_SPEC_INIT;
	int answer[2];
	bool ok;

	if (pipe2(answer, O_CLOEXEC) < 0) {
		error_set_errno(err, errno, "spawn %s: pipe", argv[0]);
		return -1;
	}
	spec.argv = argv;
	spec.in = input;
	spec.out = answer[1];
	spec.new_session = true;
	spec.detach = true;
	ok = process_spawn(&spec, NULL, err);
	close(answer[1]);
	if (!ok) {
		close(answer[0]);
		return -1;
	}
	fcntl(answer[0], F_SETFL, O_NONBLOCK);
	return answer[0];
}

static void spawn_free(struct spawn *l)
{
	*l->link = l->next;
	if (l->next)
		l->next->link = l->link;
	event_free(l->readable);
	close(l->fd);
	buf_done(&l->text);
	free(l);
}

static void answer(struct spawn *l)
{
	AUTO_JSON struct json_object *o = NULL;
	struct error *err = NULL;
	struct spawn told = *l;

	if (l->text.len == 0)
		error_set(&err, "the supervisor ended without an answer");
	else
		o = json_parse(buf_text(&l->text), l->text.len, &err);
	if (err && l->text.len)
		error_prepend(&err, "the supervisor's answer");
	spawn_free(l);
	told.done(told.c, o, err, told.arg);
	error_free(err);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct spawn *l = arg;
	char data[16384];
	ssize_t n = read(fd, data, sizeof(data));

	(void)what;
	if (n > 0 && l->text.len < ANSWER_MAX) {
		buf_add(&l->text, data, (size_t)n);
		/* One line; who inherits the pipe may keep it open. */
		if (data[n - 1] == '\n')
			answer(l);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	answer(l);
}

void spawn_read(struct connection *c, int fd, spawn_done_fn *done,
		 void (*drop)(void *arg), void *arg)
{
	struct spawn *l = mem_zalloc(sizeof(*l));

	*l = (struct spawn){ .next = c->spawns, .link = &c->spawns, .c = c, .fd = fd,
		.done = done, .drop = drop, .arg = arg };
	if (l->next)
		l->next->link = &l->next;
	c->spawns = l;
	l->readable = event_new(c->base, fd, EV_READ | EV_PERSIST, on_readable, l);
	event_add(l->readable, NULL);
}

void spawn_free_all(struct connection *c)
{
	while (c->spawns) {
		if (c->spawns->drop)
			c->spawns->drop(c->spawns->arg);
		spawn_free(c->spawns);
	}
}
