/*
 * console_link: one client of a guest's console.
 *
 * The handlers are never called from within connection_console() or
 * console_link_close(); after the close, none is called at all.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/frame.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"
#include "backend/connection/internal.h"

struct console_link {
	struct console_link *next, **link;
	struct connection *c;
	struct bufferevent *bev;
	struct console_handlers handlers;
	void *arg;
	bool readonly;
	bool busy, dead;	/* within a handler; closed meanwhile */
	bool over;		/* on_end was called */
	char *ended;		/* what the server said of the end */
};

static void destroy(struct console_link *l)
{
	if (l->link) {
		*l->link = l->next;
		if (l->next)
			l->next->link = l->link;
	}
	bufferevent_free(l->bev);
	free(l->ended);
	free(l);
}

static void end(struct console_link *l, const char *why)
{
	bufferevent_disable(l->bev, EV_READ | EV_WRITE);
	if (l->over)
		return;
	l->over = true;
	if (l->handlers.on_end)
		l->handlers.on_end(l, l->ended ? l->ended : why, l->arg);
}

static void take_notice(struct console_link *l, const char *payload, size_t len)
{
	AUTO_JSON struct json_object *o = json_parse(payload, len, NULL);
	const char *last = json_str(o, "ended");

	if (!json_object_is_type(o, json_type_object)) {
		end(l, "the supervisor sent nonsense");
		return;
	}
	if (!last)
		last = json_str(o, "refused");
	if (last && !l->ended)
		l->ended = mem_strdup(last);
	if (l->handlers.on_notice)
		l->handlers.on_notice(l, o, l->arg);
	if (last && !l->dead)
		end(l, last);
}

static void take_frames(struct console_link *l)
{
	struct evbuffer *in = bufferevent_get_input(l->bev);
	enum frame_result result = FRAME_PARTIAL;
	const char *payload;
	size_t len;
	char type;

	while (!l->dead && !l->over &&
	       (result = frame_peek(in, &type, &payload, &len)) == FRAME_READY) {
		if (type == FRAME_JSON)
			take_notice(l, payload, len);
		else if (l->handlers.on_data)
			l->handlers.on_data(l, payload, len, l->arg);
		frame_drop(in, len);
	}
	if (!l->dead && result == FRAME_BROKEN)
		end(l, "the supervisor sent nonsense");
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct console_link *l = arg;

	(void)bev;
	l->busy = true;
	take_frames(l);
	l->busy = false;
	if (l->dead)
		destroy(l);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct console_link *l = arg;

	(void)bev;
	l->busy = true;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		end(l, what & BEV_EVENT_ERROR ? strerror(errno) : "the connection was closed");
	l->busy = false;
	if (l->dead)
		destroy(l);
}

/* "alice pts/3 pid 4711": who the others see. */
static char *who(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	const char *tty = ttyname(STDIN_FILENO);

	if (tty && !strncmp(tty, "/dev/", 5))
		tty += 5;
	return mem_printf("%s%s%s pid %d", pw ? pw->pw_name : "somebody", tty ? " " : "",
			  tty ? tty : "", (int)getpid());
}

static void send_open(struct console_link *l, unsigned flags)
{
	AUTO_FREE char *client = who();
	AUTO_JSON struct json_object *o = json_object_new_object();
	struct json_object *args = json_object_new_object();

	json_set_str(args, "mode", flags & CONSOLE_READONLY ? "read" : "write");
	json_set_bool(args, "force", flags & CONSOLE_FORCE);
	json_set_bool(args, "else_read", flags & CONSOLE_ELSE_READ);
	json_set_bool(args, "replay", !(flags & CONSOLE_NO_REPLAY));
	json_set_str(args, "client", client);
	json_set(o, "open", args);
	frame_add_json(bufferevent_get_output(l->bev), o);
}

/* The record knows the consoles and their sockets; NULL with *err. */
static char *socket_of(struct connection *c, const struct domain *d, const char *name,
		       struct error **err)
{
	AUTO_FREE char *path = paths_running_record(&c->paths, d->uuid);
	AUTO_JSON struct json_object *record = record_read_json(path, NULL);
	struct json_object *consoles = json_get(record, "consoles");
	size_t n = json_object_is_type(consoles, json_type_array) ?
		json_object_array_length(consoles) : 0;

	if (!record) {
		error_set(err, "domain '%s' is not running", d->name);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(consoles, i);
		const char *its = json_str(o, "name"), *socket = json_str(o, "socket");

		if (socket && (!name || (its && !strcmp(its, name))))
			return mem_strdup(socket);
	}
	if (n && name)
		error_set(err, "domain '%s' has no console '%s'", d->name, name);
	else
		error_set(err, "domain '%s' has no serial console", d->name);
	error_hint(err, "its XML needs <serial type='pty'/> or <console type='pty'/>");
	return NULL;
}

struct console_link *connection_console(struct connection *c, struct domain *d, const char *name,
					unsigned flags, const struct console_handlers *handlers,
					void *arg, struct error **err)
{
	AUTO_FREE char *path = socket_of(c, d, name, err);
	int fd = path ? socket_connect(path, err) : -1;
	struct console_link *l;

	if (fd < 0) {
		error_prepend(err, "console");
		return NULL;
	}
	l = mem_zalloc(sizeof(*l));
	*l = (struct console_link){ .next = c->links, .link = &c->links, .c = c,
		.handlers = *handlers, .arg = arg, .readonly = flags & CONSOLE_READONLY };
	if (l->next)
		l->next->link = &l->next;
	c->links = l;
	l->bev = bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(l->bev, on_read, NULL, on_event, l);
	bufferevent_enable(l->bev, EV_READ | EV_WRITE);
	send_open(l, flags);
	return l;
}

void console_link_send(struct console_link *l, const void *data, size_t len)
{
	if (!l->readonly && !l->over)
		frame_add_data(bufferevent_get_output(l->bev), data, len);
}

static void send_word(struct console_link *l, const char *word)
{
	AUTO_JSON struct json_object *o = json_object_new_object();

	if (l->over)
		return;
	json_set_bool(o, word, true);
	frame_add_json(bufferevent_get_output(l->bev), o);
}

void console_link_break(struct console_link *l)
{
	send_word(l, "break");
}

void console_link_take(struct console_link *l)
{
	if (!l->readonly)
		send_word(l, "take");
}

void console_link_close(struct console_link *l)
{
	if (!l)
		return;
	l->dead = true;
	bufferevent_disable(l->bev, EV_READ | EV_WRITE);
	if (!l->busy)
		destroy(l);
}

void console_link_free_all(struct connection *c)
{
	while (c->links) {
		struct console_link *l = c->links;

		c->links = l->next;
		if (l->next)
			l->next->link = &c->links;
		l->link = NULL;
		console_link_close(l);
	}
}
