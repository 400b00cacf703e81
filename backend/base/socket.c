/*
 * socket: see socket.h.
 */
#include "backend/base/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "backend/base/mem.h"

/* Fill in the address; *dir is a descriptor to keep open until it was used. */
static bool address_of(const char *path, struct sockaddr_un *sa, int *dir)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *parent = NULL;
	int n;

	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	*dir = -1;
	if (strlen(path) < sizeof(sa->sun_path)) {
		strcpy(sa->sun_path, path);
		return true;
	}
	if (!slash) {
		errno = ENAMETOOLONG;
		return false;
	}
	parent = mem_strndup(path, (size_t)(slash - path));
	*dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*dir < 0)
		return false;
	n = snprintf(sa->sun_path, sizeof(sa->sun_path), "/proc/self/fd/%d/%s",
		     *dir, slash + 1);
	if (n < 0 || (size_t)n >= sizeof(sa->sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	return true;
}

int socket_listen(const char *path, struct error **err)
{
	AUTO_CLOSE int fd = -1;
	AUTO_CLOSE int dir = -1;
	struct sockaddr_un sa;
	struct stat st;
	mode_t mask;
	int rc;

	if (!address_of(path, &sa, &dir))
		goto failed;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		goto failed;
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&sa, sizeof(sa));
	umask(mask);
	if (rc < 0 || listen(fd, 64) < 0)
		goto failed;
	return mem_steal_fd(&fd);
failed:
	error_set_errno(err, errno, "listen on '%s'", path);
	return -1;
}

int socket_connect(const char *path, struct error **err)
{
	AUTO_CLOSE int fd = -1;
	AUTO_CLOSE int dir = -1;
	struct sockaddr_un sa;

	if (!address_of(path, &sa, &dir))
		goto failed;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		goto failed;
	return mem_steal_fd(&fd);
failed:
	error_set_errno(err, errno, "connect to '%s'", path);
	return -1;
}

bool socket_peer(int fd, pid_t *pid, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	if (pid)
		*pid = cred.pid;
	if (uid)
		*uid = cred.uid;
	return true;
}

int socket_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	uid_t uid;

	if (fd < 0)
		return -1;
	if (!socket_peer(fd, NULL, &uid) || (uid != geteuid() && uid != 0)) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

ssize_t socket_send_fd(int socket, const void *data, size_t len, int fd)
{
	struct iovec iov = { .iov_base = (void *)(size_t)data, .iov_len = len };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space, .msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *c;

	memset(&control, 0, sizeof(control));
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(socket, &msg, MSG_NOSIGNAL);
}
