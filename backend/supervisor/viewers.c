/*
 * viewers: see viewers.h.
 */
#include "backend/supervisor/viewers.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/frame.h"
#include "backend/base/json.h"
#include "backend/base/mem.h"

#define NAME_MAX_BYTES 128
#define FEED_CHUNK 32768

struct viewer {
	struct viewer *next;
	struct viewers *all;
	struct bufferevent *bev;
	char *client;			/* how it calls itself */
	uint64_t at;			/* next byte it gets */
	uint64_t live_at;		/* where replay ends */
	bool open, live, writes, would_write, closing;
};

struct viewers {
	struct event_base *base;
	const char *name;
	const struct ring *ring;
	const struct viewers_handlers *handlers;
	void *arg;
	struct viewer *list;		/* in the order they came */
	size_t n;
	bool accept;
};

static void feed(struct viewer *v);

static void say(struct viewer *v, struct json_object *o)
{
	frame_add_json(bufferevent_get_output(v->bev), o);
	json_object_put(o);
}

static size_t pending(struct viewer *v)
{
	return evbuffer_get_length(bufferevent_get_output(v->bev));
}

static struct json_object *one(const char *key, const char *value)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, key, value);
	return o;
}

static struct viewer *writer(struct viewers *all)
{
	for (struct viewer *v = all->list; v; v = v->next)
		if (v->writes)
			return v;
	return NULL;
}

static void tell_clients(struct viewers *all)
{
	struct json_object *list = json_object_new_array(), *o = json_object_new_object();

	for (struct viewer *v = all->list; v; v = v->next) {
		struct json_object *entry;

		if (!v->open)
			continue;
		entry = one("client", v->client);
		json_set_str(entry, "mode", v->writes ? "write" : "read");
		json_push(list, entry);
	}
	json_set(o, "clients", list);
	/* Who reads nothing at all must not make us pile up notices for it. */
	for (struct viewer *v = all->list; v; v = v->next)
		if (v->open && !v->closing && pending(v) < 2 * VIEWERS_AHEAD)
			say(v, json_object_get(o));
	json_object_put(o);
}

static void set_input(struct viewer *v)
{
	/* Readers' frames (take) are always read, and so is the start. */
	if (v->all->accept || !v->writes)
		bufferevent_enable(v->bev, EV_READ);
	else
		bufferevent_disable(v->bev, EV_READ);
}

/* Who wanted to write and came too late gets its turn. */
static void promote(struct viewers *all)
{
	struct viewer *v = all->list;

	while (v && !(v->open && v->would_write && !v->closing))
		v = v->next;
	if (!v)
		return;
	v->writes = true;
	set_input(v);
	say(v, one("mode", "write"));
}

static void viewer_free(struct viewer *v)
{
	struct viewers *all = v->all;
	bool wrote = v->writes, was_open = v->open;

	for (struct viewer **at = &all->list; *at; at = &(*at)->next)
		if (*at == v) {
			*at = v->next;
			break;
		}
	all->n--;
	bufferevent_free(v->bev);
	free(v->client);
	free(v);
	if (wrote)
		promote(all);
	if (was_open)
		tell_clients(all);
}

static void take(struct viewer *v)
{
	struct viewer *old = writer(v->all);

	if (old == v)
		return;
	if (old) {
		struct json_object *o = one("mode", "read");

		json_set_str(o, "by", v->client);
		old->writes = old->would_write = false;
		set_input(old);
		say(old, o);
	}
	v->writes = true;
	set_input(v);
}

static void refuse(struct viewer *v, const char *why)
{
	say(v, one("refused", why));
	v->closing = true;
	bufferevent_disable(v->bev, EV_READ);
}

static void start(struct viewer *v, bool replay)
{
	struct json_object *o = json_object_new_object(), *opened = json_object_new_object();

	v->open = true;
	v->live_at = v->all->ring->end;
	v->at = replay ? ring_replay_start(v->all->ring) : v->live_at;
	json_set_str(opened, "mode", v->writes ? "write" : "read");
	json_set_int(opened, "replay", (int64_t)(v->live_at - v->at));
	json_set_str(opened, "console", v->all->name);
	json_set(o, "opened", opened);
	say(v, o);
	feed(v);
	tell_clients(v->all);
}

static void on_open(struct viewer *v, struct json_object *open)
{
	const char *mode = json_str(open, "mode"), *client = json_str(open, "client");
	struct viewer *other = writer(v->all);

	v->client = mem_strndup(client ? client : "somebody", NAME_MAX_BYTES);
	v->would_write = !mode || strcmp(mode, "read") != 0;
	if (v->would_write) {
		if (!other || json_flag(open, "force", false)) {
			take(v);
		} else if (!json_flag(open, "else_read", false)) {
			AUTO_FREE char *why = mem_printf("the console is in use by %s", other->client);

			refuse(v, why);
			return;
		}
	}
	start(v, json_flag(open, "replay", true));
}

static void on_control(struct viewer *v, struct json_object *o)
{
	struct json_object *open = json_get(o, "open");

	if (open && !v->open) {
		on_open(v, open);
	} else if (v->open && json_flag(o, "take", false)) {
		take(v);
		v->would_write = true;
		say(v, one("mode", "write"));
		tell_clients(v->all);
	} else if (v->open && v->writes && json_flag(o, "break", false)) {
		v->all->handlers->on_break(v->all->arg);
	}
}

/* False when the viewer is not to be heard any further. */
static bool on_frame(struct viewer *v, char type, const char *payload, size_t len)
{
	AUTO_JSON struct json_object *o = NULL;

	if (type == FRAME_DATA) {
		if (v->writes && len > 0)
			v->all->handlers->on_input(payload, len, v->all->arg);
		return true;
	}
	o = json_parse(payload, len, NULL);
	if (!json_object_is_type(o, json_type_object)) {
		refuse(v, "control frame without a JSON object");
		return false;
	}
	on_control(v, o);
	return !v->closing;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct viewer *v = arg;
	enum frame_result result = FRAME_PARTIAL;
	const char *payload;
	size_t len;
	char type;

	while (!v->closing && (!v->writes || v->all->accept) &&
	       (result = frame_peek(in, &type, &payload, &len)) == FRAME_READY) {
		bool more = on_frame(v, type, payload, len);

		frame_drop(in, len);
		if (!more)
			break;
	}
	if (result == FRAME_BROKEN)
		refuse(v, "frame that is none");
}

/* Tell of what was overwritten before this viewer came to read it. */
static void skip_lost(struct viewer *v)
{
	uint64_t start_at = ring_start(v->all->ring);
	struct json_object *o;

	if (v->at >= start_at)
		return;
	o = json_object_new_object();
	json_set_int(o, "dropped", (int64_t)(start_at - v->at));
	say(v, o);
	v->at = start_at;
}

static void mark_live(struct viewer *v)
{
	struct json_object *o;

	if (v->live || v->at < v->live_at)
		return;
	v->live = true;
	o = json_object_new_object();
	json_set_bool(o, "live", true);
	say(v, o);
}

static void feed(struct viewer *v)
{
	struct evbuffer *out = bufferevent_get_output(v->bev);
	const struct ring *ring = v->all->ring;

	if (!v->open || v->closing)
		return;
	while (pending(v) < VIEWERS_AHEAD) {
		struct iovec part[2];
		size_t max = FEED_CHUNK;
		int n;

		skip_lost(v);
		mark_live(v);
		if (!v->live && v->live_at - v->at < max)
			max = (size_t)(v->live_at - v->at);
		n = ring_peek(ring, v->at, max, part);
		if (n == 0)
			return;
		for (int i = 0; i < n; i++) {
			frame_add_data(out, part[i].iov_base, part[i].iov_len);
			v->at += part[i].iov_len;
		}
	}
}

/* The connection has room again. */
static void on_written(struct bufferevent *bev, void *arg)
{
	struct viewer *v = arg;

	(void)bev;
	if (v->closing && pending(v) == 0)
		viewer_free(v);
	else
		feed(v);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		viewer_free(arg);
}

struct viewers *viewers_new(struct event_base *base, const char *name, const struct ring *ring,
			    const struct viewers_handlers *handlers, void *arg)
{
	struct viewers *v = mem_zalloc(sizeof(*v));

	v->base = base;
	v->name = name;
	v->ring = ring;
	v->handlers = handlers;
	v->arg = arg;
	v->accept = true;
	return v;
}

void viewers_free(struct viewers *all, const char *why)
{
	if (!all)
		return;
	while (all->list) {
		struct viewer *v = all->list;
		struct evbuffer *out = bufferevent_get_output(v->bev);

		all->list = v->next;
		if (v->open && !v->closing)
			say(v, one("ended", why));
		/* As much as the socket takes; who does not read misses the end. */
		evbuffer_unfreeze(out, 1);
		while (evbuffer_get_length(out) > 0 &&
		       evbuffer_write(out, bufferevent_getfd(v->bev)) > 0)
			;
		bufferevent_free(v->bev);
		free(v->client);
		free(v);
	}
	free(all);
}

void viewers_add(struct viewers *all, int fd)
{
	struct viewer *v, **end = &all->list;

	if (all->n >= VIEWERS_MAX) {
		close(fd);
		return;
	}
	v = mem_zalloc(sizeof(*v));
	v->all = all;
	v->bev = bufferevent_socket_new(all->base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(v->bev, on_read, on_written, on_event, v);
	bufferevent_setwatermark(v->bev, EV_READ, 0, 2 * FRAME_MAX);
	bufferevent_setwatermark(v->bev, EV_WRITE, VIEWERS_AHEAD / 2, 0);
	while (*end)
		end = &(*end)->next;
	*end = v;
	all->n++;
	bufferevent_enable(v->bev, EV_READ | EV_WRITE);
}

void viewers_feed(struct viewers *all)
{
	for (struct viewer *v = all->list; v; v = v->next)
		feed(v);
}

void viewers_accept_input(struct viewers *all, bool accept)
{
	struct viewer *w = writer(all);

	if (all->accept == accept)
		return;
	all->accept = accept;
	if (!w)
		return;
	set_input(w);
	if (accept)
		bufferevent_trigger(w->bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
}

size_t viewers_count(const struct viewers *all)
{
	return all->n;
}
