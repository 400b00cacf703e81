/*
 * vnc_connect: the connection itself, on the thread's side.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/socket.h"
#include "console/vnc_thread.h"

#define DISPLAY_BASE 5900
#define DISPLAY_MAX 100
#define PORT_TEXT 12

/* 0, or the errno of the connection that was under way. */
static int wait_connected(struct vnc_shared *s, int fd)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLOUT },
			       { .fd = s->wake_thread, .events = POLLIN } };
	int error = 0;
	socklen_t size = sizeof(error);

	for (;;) {
		int n = poll(p, 2, VNC_CONNECT_MS);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			return ETIMEDOUT;
		/* Woken before there is a connection: it is to stop. */
		if (p[1].revents)
			return ECANCELED;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
			return errno;
		return error;
	}
}

static int connect_one(struct vnc_shared *s, const struct addrinfo *a, int *error)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1, seconds = 30, probes = 3;

	if (fd < 0) {
		*error = errno;
		return -1;
	}
	*error = connect(fd, a->ai_addr, a->ai_addrlen) < 0 ? errno : 0;
	if (*error == EINPROGRESS)
		*error = wait_connected(s, fd);
	if (*error) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	/* A peer that vanished without a word is known within two minutes. */
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
	return fd;
}

/* "[::1]:5900" and "::1:5900" both name the host ::1. */
static void split_host(const char *where, char **host, char port[PORT_TEXT])
{
	const char *colon = strrchr(where, ':');
	size_t n = (size_t)(colon - where);
	int number = atoi(colon + 1);

	if (where[0] == '[' && n >= 2 && where[n - 1] == ']')
		*host = mem_strndup(where + 1, n - 2);
	else
		*host = mem_strndup(where, n);
	snprintf(port, PORT_TEXT, "%d", number < DISPLAY_MAX ? DISPLAY_BASE + number : number);
}

static int connect_host(struct vnc_shared *s, struct error **err)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *all;
	AUTO_FREE char *host = NULL;
	char port[PORT_TEXT];
	int rc, fd = -1, error = 0;

	split_host(s->where, &host, port);
	rc = getaddrinfo(host, port, &hints, &all);
	if (rc) {
		error_set(err, "connect to '%s': %s", s->where, gai_strerror(rc));
		return -1;
	}
	for (struct addrinfo *a = all; a && fd < 0 && error != ECANCELED; a = a->ai_next)
		fd = connect_one(s, a, &error);
	freeaddrinfo(all);
	if (fd < 0)
		error_set_errno(err, error, "connect to '%s'", s->where);
	return fd;
}

int vnc_connect(struct vnc_shared *s, struct error **err)
{
	if (!s->where)
		return mem_steal_fd(&s->fd);
	if (strchr(s->where, '/'))
		return socket_connect(s->where, err);
	return connect_host(s, err);
}
