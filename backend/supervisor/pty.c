/*
 * pty: see pty.h.  We hold only the master.  While no one has the device open,
 * the master is hung up, which epoll would report without end; so its events
 * are edge-triggered: one when the last one closes the device, one whenever
 * somebody types.
 */
#include "backend/supervisor/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "backend/base/mem.h"

#define CHUNK 16384

struct pty {
	int master;
	char *device;
	const struct ring *ring;
	uint64_t at;
	pty_input_fn *on_input;
	void *arg;
	struct event *readable, *writable;
	bool open, accept;
};

static bool somebody_there(const struct pty *p)
{
	struct pollfd f = { .fd = p->master };

	return poll(&f, 1, 0) >= 0 && !(f.revents & POLLHUP);
}

/* What nobody read must not wait for the next one who opens the device. */
static void flush_device(struct pty *p)
{
	int fd = open(p->device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	tcflush(fd, TCIOFLUSH);
	close(fd);
}

static void set_open(struct pty *p, bool open)
{
	if (p->open == open)
		return;
	p->open = open;
	if (open)
		return;
	event_del(p->writable);
	flush_device(p);
}

/* Edge-triggered, so it is read to the end, or until the guest cannot follow. */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct pty *p = arg;
	char chunk[4096];
	ssize_t n = 1;

	(void)what;
	while (p->accept && (n = read(fd, chunk, sizeof(chunk))) > 0) {
		set_open(p, true);
		p->on_input(chunk, (size_t)n, p->arg);
	}
	if (n <= 0)
		set_open(p, somebody_there(p));
}

void pty_feed(struct pty *p)
{
	struct iovec part[2];
	int parts;

	set_open(p, somebody_there(p));
	if (!p->open) {
		p->at = p->ring->end;
		return;
	}
	if (p->at < ring_start(p->ring))
		p->at = ring_start(p->ring);
	while ((parts = ring_peek(p->ring, p->at, CHUNK, part)) > 0) {
		ssize_t n = writev(p->master, part, parts);

		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			set_open(p, false);
			return;
		}
		if (n <= 0)
			break;
		p->at += (uint64_t)n;
	}
	if (parts > 0)
		event_add(p->writable, NULL);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pty_feed(arg);
}

static bool open_pair(struct pty *p, struct error **err)
{
	struct termios raw;
	char name[64];
	int slave;

	if (openpty(&p->master, &slave, NULL, NULL, NULL) < 0 ||
	    ttyname_r(slave, name, sizeof(name)) != 0 || tcgetattr(slave, &raw) < 0) {
		error_set_errno(err, errno, "make a pty");
		return false;
	}
	cfmakeraw(&raw);
	tcsetattr(slave, TCSANOW, &raw);
	fchmod(slave, 0600);
	close(slave);
	fcntl(p->master, F_SETFD, FD_CLOEXEC);
	fcntl(p->master, F_SETFL, O_RDWR | O_NONBLOCK);
	p->device = mem_strdup(name);
	return true;
}

struct pty *pty_new(struct event_base *base, const struct ring *ring, pty_input_fn *on_input,
		    void *arg, struct error **err)
{
	struct pty *p = mem_zalloc(sizeof(*p));

	p->master = -1;
	if (!open_pair(p, err)) {
		mem_auto_close(&p->master);
		free(p);
		return NULL;
	}
	p->ring = ring;
	p->at = ring->end;
	p->on_input = on_input;
	p->arg = arg;
	p->accept = true;
	p->readable = event_new(base, p->master, EV_READ | EV_PERSIST | EV_ET, on_readable, p);
	p->writable = event_new(base, p->master, EV_WRITE | EV_ET, on_writable, p);
	event_add(p->readable, NULL);
	return p;
}

void pty_free(struct pty *p)
{
	if (!p)
		return;
	event_free(p->readable);
	event_free(p->writable);
	close(p->master);
	free(p->device);
	free(p);
}

bool pty_publish(struct pty *p, const char *link, struct error **err)
{
	AUTO_FREE char *temporary = mem_printf("%s.new", link);
	char there[64];
	ssize_t n = readlink(link, there, sizeof(there) - 1);

	if (n > 0 && (size_t)n == strlen(p->device) && !strncmp(there, p->device, (size_t)n))
		return true;
	unlink(temporary);
	if (symlink(p->device, temporary) < 0 || rename(temporary, link) < 0) {
		error_set_errno(err, errno, "link '%s' to '%s'", link, p->device);
		return false;
	}
	return true;
}

void pty_accept_input(struct pty *p, bool accept)
{
	if (p->accept == accept)
		return;
	p->accept = accept;
	/* Adding it anew reports what has come meanwhile. */
	event_del(p->readable);
	if (accept)
		event_add(p->readable, NULL);
}

bool pty_is_open(const struct pty *p)
{
	return p->open;
}

const char *pty_device(const struct pty *p)
{
	return p->device;
}
