/*
 * vnc_server: the other end of a VNC session for tests, on a socket pair.
 *
 * A script runs on a thread of its own; what it sends is up to it, true or not.
 * server_hello() does the handshake as a sound server does.
 */
#ifndef TESTS_UNIT_VNC_SERVER_H
#define TESTS_UNIT_VNC_SERVER_H

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef void server_script(int fd);

struct server {
	pthread_t thread;
	server_script *script;
	int fd;
};

__attribute__((unused))
static void server_send(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

/* False when the client is gone. */
__attribute__((unused))
static int server_receive(int fd, void *data, size_t len)
{
	return recv(fd, data, len, MSG_WAITALL) == (ssize_t)len;
}

/* Read whatever comes until the client goes. */
__attribute__((unused))
static void server_drain(int fd)
{
	char junk[4096];

	while (read(fd, junk, sizeof(junk)) > 0)
		;
}

__attribute__((unused))
static void server_put16(unsigned char *p, unsigned v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

/* Up to and with ServerInit; name_len as told, which need not be true. */
__attribute__((unused))
static void server_hello_with(int fd, unsigned w, unsigned h, const char *name, uint32_t name_len)
{
	unsigned char init[24] = { 0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0 };
	char theirs[16];

	server_send(fd, "RFB 003.008\n", 12);
	server_receive(fd, theirs, 12);
	server_send(fd, "\1\1", 2);
	server_receive(fd, theirs, 1);
	server_send(fd, "\0\0\0\0", 4);
	server_receive(fd, theirs, 1);
	server_put16(init, w);
	server_put16(init + 2, h);
	server_put16(init + 20, name_len >> 16);
	server_put16(init + 22, name_len & 0xffff);
	server_send(fd, init, 24);
	server_send(fd, name, strlen(name));
}

/* And the client's format (20 bytes), encodings (28) and first request (10). */
__attribute__((unused))
static void server_hello(int fd, unsigned w, unsigned h, const char *name)
{
	char theirs[64];

	server_hello_with(fd, w, h, name, (uint32_t)strlen(name));
	server_receive(fd, theirs, 58);
}

__attribute__((unused))
static void server_update(int fd, unsigned rects)
{
	unsigned char m[4] = { 0 };

	server_put16(m + 2, rects);
	server_send(fd, m, 4);
}

__attribute__((unused))
static void server_rect(int fd, unsigned x, unsigned y, unsigned w, unsigned h, int32_t encoding)
{
	unsigned char m[12];

	server_put16(m, x);
	server_put16(m + 2, y);
	server_put16(m + 4, w);
	server_put16(m + 6, h);
	server_put16(m + 8, (uint32_t)encoding >> 16);
	server_put16(m + 10, (uint32_t)encoding & 0xffff);
	server_send(fd, m, 12);
}

/* One colour, raw. */
__attribute__((unused))
static void server_fill(int fd, unsigned x, unsigned y, unsigned w, unsigned h, uint32_t pixel)
{
	server_rect(fd, x, y, w, h, 0);
	for (unsigned i = 0; i < w * h; i++)
		server_send(fd, &pixel, 4);
}

static void *server_run(void *arg)
{
	struct server *s = arg;

	s->script(s->fd);
	close(s->fd);
	return NULL;
}

/* Returns the client's end. */
__attribute__((unused))
static int server_start(struct server *s, server_script *script)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	s->fd = pair[0];
	s->script = script;
	pthread_create(&s->thread, NULL, server_run, s);
	return pair[1];
}

__attribute__((unused))
static void server_join(struct server *s)
{
	pthread_join(s->thread, NULL);
}

#endif
