/*
 * socket: unix stream sockets by path of any length, the owner's alone.
 *
 * sun_path holds 108 bytes; longer paths are reached through the directory's
 * descriptor (/proc/self/fd/N/name).  Sockets are made under umask 077.
 */
#ifndef BACKEND_BASE_SOCKET_H
#define BACKEND_BASE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "backend/base/error.h"

/* A listening, close-on-exec, non-blocking socket, replacing whatever socket
 * file is there: take the lock that guards the path first.  -1 on error. */
int socket_listen(const char *path, struct error **err);

/* Connected, close-on-exec, non-blocking (a unix connect is immediate or
 * fails: EAGAIN when the backlog is full is reported as an error).  -1. */
int socket_connect(const char *path, struct error **err);

/* Accept one client of our own uid (or root); others are closed and -1
 * returned.  Close-on-exec, non-blocking. */
int socket_accept(int listener);

/* The peer's credentials; false when the kernel does not say. */
bool socket_peer(int fd, pid_t *pid, uid_t *uid);

/* Bytes sent, with fd attached to the first; -1 and errno. */
ssize_t socket_send_fd(int socket, const void *data, size_t len, int fd);

#endif
