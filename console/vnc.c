/*
 * vnc: see vnc.h.  The loop's side: it never touches libvncclient.
 */
#include "console/vnc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "console/vnc_thread.h"

/* How long closing waits for the thread before leaving it to itself. */
#define CLOSE_WAIT_NS 50000000L

struct vnc {
	struct vnc_shared *shared;
	struct event *wake;
	vnc_change_fn *on_change;
	void *arg;
	pthread_t thread;
	char *message, *name;		/* copies, so that they can be lent */
	enum vnc_state state;
};

void vnc_wake(int fd)
{
	uint64_t one = 1;

	while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

bool vnc_woken(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == (ssize_t)sizeof(n);
}

void vnc_shared_unref(struct vnc_shared *s)
{
	bool last;

	pthread_mutex_lock(&s->mutex);
	last = --s->refs == 0;
	pthread_mutex_unlock(&s->mutex);
	if (!last)
		return;
	if (s->socket >= 0)
		close(s->socket);
	if (s->fd >= 0)
		close(s->fd);
	close(s->wake_thread);
	close(s->wake_loop);
	picture_done(&s->picture);
	free(s->where);
	free(s->password);
	free(s->message);
	free(s->name);
	pthread_mutex_destroy(&s->mutex);
	free(s);
}

/* Take over what the thread has said. */
static void learn(struct vnc *v)
{
	struct vnc_shared *s = v->shared;

	pthread_mutex_lock(&s->mutex);
	v->state = s->state;
	if (!v->name && s->name)
		v->name = mem_strdup(s->name);
	if (!v->message && s->message)
		v->message = mem_strdup(s->message);
	pthread_mutex_unlock(&s->mutex);
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct vnc *v = arg;

	(void)what;
	vnc_woken(fd);
	learn(v);
	v->on_change(v, v->arg);
}

static struct vnc_shared *shared_new(const char *where, int fd, const char *password)
{
	struct vnc_shared *s = mem_zalloc(sizeof(*s));

	pthread_mutex_init(&s->mutex, NULL);
	s->refs = 2;
	s->socket = -1;
	s->fd = fd;
	s->where = mem_strdup(where);
	s->password = mem_strdup(password);
	s->wake_thread = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->wake_loop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return s;
}

static struct vnc *start(struct event_base *base, const char *where, int fd, const char *password,
			 vnc_change_fn *on_change, void *arg)
{
	struct vnc *v = mem_zalloc(sizeof(*v));
	struct vnc_shared *s = v->shared = shared_new(where, fd, password);

	v->on_change = on_change;
	v->arg = arg;
	v->wake = event_new(base, s->wake_loop, EV_READ | EV_PERSIST, on_wake, v);
	event_add(v->wake, NULL);
	if (pthread_create(&v->thread, NULL, vnc_thread, s)) {
		s->refs = 1;
		s->state = VNC_ENDED;
		s->message = mem_strdup("no thread can be started");
		vnc_wake(s->wake_loop);
		v->thread = 0;
	}
	return v;
}

/* HOST:NUMBER, the host not empty. */
static bool looks_like_host(const char *where)
{
	const char *colon = strrchr(where, ':');

	return colon && colon > where && colon[1] &&
		strspn(colon + 1, "0123456789") == strlen(colon + 1) && strlen(colon + 1) <= 5;
}

char *vnc_where(const char *uri)
{
	static const char unix_scheme[] = "vnc+unix://", scheme[] = "vnc://";

	if (!strncmp(uri, unix_scheme, sizeof(unix_scheme) - 1))
		return mem_strdup(uri + sizeof(unix_scheme) - 1);
	if (!strncmp(uri, scheme, sizeof(scheme) - 1))
		return mem_strdup(uri + sizeof(scheme) - 1);
	return NULL;
}

struct vnc *vnc_open(struct event_base *base, const char *where, const char *password,
		     vnc_change_fn *on_change, void *arg, struct error **err)
{
	if (!strchr(where, '/') && !looks_like_host(where)) {
		error_set(err, "'%s' is neither the path of a socket nor HOST:PORT", where);
		return NULL;
	}
	return start(base, where, -1, password, on_change, arg);
}

struct vnc *vnc_open_fd(struct event_base *base, int fd, const char *password,
			vnc_change_fn *on_change, void *arg)
{
	return start(base, NULL, fd, password, on_change, arg);
}

/* It nearly always ends at once, as its socket is shut down.  Only a name
 * server can keep it longer, and then it cleans up by itself. */
static void leave_thread(pthread_t thread)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += CLOSE_WAIT_NS;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	if (pthread_timedjoin_np(thread, NULL, &until))
		pthread_detach(thread);
}

void vnc_close(struct vnc *v)
{
	struct vnc_shared *s;

	if (!v)
		return;
	s = v->shared;
	pthread_mutex_lock(&s->mutex);
	s->stop = true;
	if (s->socket >= 0)
		shutdown(s->socket, SHUT_RDWR);
	pthread_mutex_unlock(&s->mutex);
	vnc_wake(s->wake_thread);
	event_free(v->wake);
	if (v->thread)
		leave_thread(v->thread);
	vnc_shared_unref(s);
	free(v->message);
	free(v->name);
	free(v);
}

enum vnc_state vnc_state(const struct vnc *v)
{
	return v->state;
}

const char *vnc_message(const struct vnc *v)
{
	return v->message ? v->message : "";
}

const char *vnc_name(const struct vnc *v)
{
	return v->name ? v->name : "";
}

int vnc_stalled_ms(const struct vnc *v)
{
	int64_t since;

	pthread_mutex_lock(&v->shared->mutex);
	since = v->shared->busy_since;
	pthread_mutex_unlock(&v->shared->mutex);
	return since ? (int)(loop_now_ms() - since) : 0;
}

unsigned vnc_bells(struct vnc *v)
{
	unsigned n;

	pthread_mutex_lock(&v->shared->mutex);
	n = v->shared->bells;
	v->shared->bells = 0;
	pthread_mutex_unlock(&v->shared->mutex);
	return n;
}

const struct picture *vnc_lock(struct vnc *v, struct rect *damage)
{
	struct vnc_shared *s = v->shared;

	pthread_mutex_lock(&s->mutex);
	if (rect_empty(s->damage)) {
		pthread_mutex_unlock(&s->mutex);
		return NULL;
	}
	*damage = s->damage;
	s->damage = (struct rect){ 0, 0, 0, 0 };
	return &s->picture;
}

const struct picture *vnc_lock_again(struct vnc *v)
{
	struct vnc_shared *s = v->shared;

	pthread_mutex_lock(&s->mutex);
	if (!s->picture.pixels) {
		pthread_mutex_unlock(&s->mutex);
		return NULL;
	}
	return &s->picture;
}

void vnc_unlock(struct vnc *v)
{
	pthread_mutex_unlock(&v->shared->mutex);
	/* The thread asks for more now. */
	vnc_wake(v->shared->wake_thread);
}

/* A pointer that only moves replaces its last move; a full queue, which means a
 * stalled server, drops. */
static void queue(struct vnc *v, const struct vnc_input *in)
{
	struct vnc_shared *s = v->shared;
	struct vnc_input *last;

	pthread_mutex_lock(&s->mutex);
	last = s->n_inputs ? &s->inputs[s->n_inputs - 1] : NULL;
	if (last && in->pointer && last->pointer && last->buttons == in->buttons)
		*last = *in;
	else if (s->n_inputs < VNC_INPUTS_MAX)
		s->inputs[s->n_inputs++] = *in;
	pthread_mutex_unlock(&s->mutex);
	vnc_wake(s->wake_thread);
}

void vnc_key(struct vnc *v, uint32_t keysym, unsigned scancode, bool down)
{
	struct vnc_input in = { .keysym = keysym, .scancode = scancode, .down = down };

	queue(v, &in);
}

void vnc_pointer(struct vnc *v, int x, int y, unsigned buttons)
{
	struct vnc_input in = { .pointer = true, .x = x, .y = y, .buttons = buttons };

	queue(v, &in);
}
