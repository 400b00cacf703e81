/*
 * clients: see clients.h.
 */
#include "backend/supervisor/clients.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/json_stream.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"

struct client {
	struct client *next;
	struct clients *all;
	struct json_stream *stream;	/* NULL once the connection is gone */
	size_t requests;		/* unanswered; the client lives as long */
	bool subscribed;
};

struct clients {
	struct event_base *base;
	const char *uuid, *name;
	clients_request_fn *on_request;
	void *arg;
	char *path;
	int listener;
	struct event *acceptable;
	struct client *list;
	size_t n;
};

static void client_release(struct client *c)
{
	if (!c->stream && c->requests == 0)
		free(c);
}

static void client_drop(struct client *c)
{
	struct clients *all = c->all;

	for (struct client **at = &all->list; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			all->n--;
			break;
		}
	json_stream_free(c->stream);
	c->stream = NULL;
	client_release(c);
}

static void client_send(struct client *c, struct json_object *o)
{
	if (c->stream)
		json_stream_send(c->stream, o);
}

static bool overdue(const struct client *c)
{
	return c->stream && json_stream_pending(c->stream) > CLIENTS_PENDING_MAX;
}

static void answer(struct request *r, const char *key, struct json_object *value)
{
	AUTO_JSON struct json_object *o = json_object_new_object();
	struct json_object *id = json_get(r->message, "id");
	struct client *c = r->client;

	if (id)
		json_set(o, "id", json_object_get(id));
	json_set(o, key, value);
	client_send(c, o);
	json_object_put(r->message);
	mem_auto_close(&r->fd);
	free(r);
	c->requests--;
	client_release(c);
}

void request_return(struct request *r, struct json_object *result)
{
	answer(r, "return", result ? result : json_object_new_object());
}

void request_error(struct request *r, const char *fmt, ...)
{
	struct json_object *e = json_object_new_object();
	AUTO_FREE char *desc = NULL;
	va_list ap;

	va_start(ap, fmt);
	desc = mem_vprintf(fmt, ap);
	va_end(ap);
	json_set_str(e, "desc", desc);
	answer(r, "error", e);
}

void request_forward(struct request *r, struct json_object *reply, const char *problem)
{
	struct json_object *e = json_get(reply, "error");

	if (!problem)
		answer(r, "return", json_object_get(json_get(reply, "return")));
	else if (e)
		answer(r, "error", json_object_get(e));
	else
		request_error(r, "%s", problem);
}

void request_subscribe(struct request *r)
{
	r->client->subscribed = true;
	request_return(r, NULL);
}

/* A descriptor belongs to the command that QEMU takes one with. */
static bool wants_fd(const struct request *r)
{
	const char *command = json_str(r->arguments, "execute");

	return r->execute && !strcmp(r->execute, "qmp") && command &&
		(!strcmp(command, "getfd") || !strcmp(command, "add-fd"));
}

static void on_object(struct json_stream *s, struct json_object *o, void *arg)
{
	struct client *c = arg;
	struct request *r;

	if (c->requests >= CLIENTS_REQUESTS_MAX || overdue(c)) {
		client_drop(c);
		return;
	}
	r = mem_zalloc(sizeof(*r));
	r->message = json_object_get(o);
	r->execute = json_str(o, "execute");
	r->arguments = json_get(o, "arguments");
	r->client = c;
	r->fd = wants_fd(r) ? json_stream_take_fd(s) : -1;
	c->requests++;
	if (r->execute)
		c->all->on_request(r, c->all->arg);
	else
		request_error(r, "a request needs \"execute\"");
}

static void on_end(struct json_stream *s, const char *why, void *arg)
{
	(void)s;
	(void)why;
	client_drop(arg);
}

static const struct json_stream_handlers stream_handlers = { on_object, on_end };

static void greet(struct client *c)
{
	AUTO_JSON struct json_object *o = json_object_new_object();
	struct json_object *v = json_object_new_object();

	json_set_int(v, "protocol", 1);
	json_set_str(v, "uuid", c->all->uuid);
	json_set_str(v, "name", c->all->name);
	json_set(o, "virtty", v);
	client_send(c, o);
}

static void on_acceptable(evutil_socket_t listener, short what, void *arg)
{
	struct clients *all = arg;
	int fd = socket_accept(listener);
	struct client *c;

	(void)what;
	if (fd < 0)
		return;
	if (all->n >= CLIENTS_MAX) {
		close(fd);
		return;
	}
	c = mem_zalloc(sizeof(*c));
	c->all = all;
	c->stream = json_stream_new(all->base, fd, &stream_handlers, c);
	c->next = all->list;
	all->list = c;
	all->n++;
	greet(c);
}

struct clients *clients_new(struct event_base *base, const char *uuid, const char *name,
			    clients_request_fn *on_request, void *arg)
{
	struct clients *c = mem_zalloc(sizeof(*c));

	c->base = base;
	c->uuid = uuid;
	c->name = name;
	c->on_request = on_request;
	c->arg = arg;
	c->listener = -1;
	return c;
}

static void stop_listening(struct clients *c)
{
	if (c->listener < 0)
		return;
	event_free(c->acceptable);
	close(c->listener);
	c->listener = -1;
}

void clients_free(struct clients *c)
{
	if (!c)
		return;
	stop_listening(c);
	while (c->list)
		client_drop(c->list);
	free(c->path);
	free(c);
}

bool clients_listen(struct clients *c, const char *path, struct error **err)
{
	struct stat st;

	if (c->listener >= 0 && lstat(path, &st) == 0)
		return true;
	stop_listening(c);
	c->listener = socket_listen(path, err);
	if (c->listener < 0)
		return false;
	free(c->path);
	c->path = mem_strdup(path);
	c->acceptable = event_new(c->base, c->listener, EV_READ | EV_PERSIST, on_acceptable, c);
	event_add(c->acceptable, NULL);
	return true;
}

void clients_withdraw(struct clients *c)
{
	if (c->listener >= 0)
		unlink(c->path);
	stop_listening(c);
}

void clients_event(struct clients *all, struct json_object *event)
{
	struct client *c, *next;

	for (c = all->list; c; c = next) {
		next = c->next;
		if (!c->subscribed)
			continue;
		if (overdue(c))
			client_drop(c);
		else
			client_send(c, event);
	}
}

size_t clients_pending(const struct clients *all)
{
	size_t n = 0;

	for (const struct client *c = all->list; c; c = c->next)
		n += json_stream_pending(c->stream);
	return n;
}
