/*
 * bench_console: how fast a supervisor takes in a console that is flooded:
 * alone, with its log, with a viewer that reads and with one that does not.
 * It is the supervisor's own code, in this process; the "guest" is a child that
 * writes as fast as it can.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/socket.h"
#include "backend/supervisor/console.h"

#define MEGABYTES 512

static bool ended;
static pid_t guest;
static struct event_base *base;

static void on_activity(struct console *c, void *arg)
{
	(void)c;
	(void)arg;
}

static void on_trouble(struct console *c, const char *what, void *arg)
{
	(void)c;
	(void)arg;
	fprintf(stderr, "%s\n", what);
}

static const struct console_handlers handlers = { on_activity, on_activity, on_trouble };

static void on_guest_ended(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	(void)arg;
	ended = guest > 0 && waitpid(guest, NULL, WNOHANG) == guest;
}

/* Accepts the console's connection and floods it with lines. */
static pid_t flood(int listener)
{
	static char chunk[65536];
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	for (size_t i = 0; i < sizeof(chunk); i++)
		chunk[i] = i % 80 == 79 ? '\n' : 'x';
	while ((fd = accept(listener, NULL, NULL)) < 0)
		;
	for (size_t i = 0; i < (size_t)MEGABYTES << 20; i += sizeof(chunk))
		if (!file_write_all(fd, chunk, sizeof(chunk)))
			break;
	_exit(0);
}

/* A viewer in a process of its own: reads everything, or nothing. */
static pid_t view(const char *path, bool reads)
{
	static const char open[] = "{\"open\":{\"mode\":\"read\",\"client\":\"bench\"}}";
	char head[4] = { 'J', 0, 0, sizeof(open) - 1 };
	static char sink[1 << 20];
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	fd = socket_connect(path, NULL);
	if (fd < 0 || write(fd, head, 4) != 4 || write(fd, open, sizeof(open) - 1) < 0)
		_exit(1);
	fcntl(fd, F_SETFL, 0);
	while (reads && read(fd, sink, sizeof(sink)) > 0)
		;
	for (;;)
		pause();
}

static void measure(const char *what, bool log, int viewers, bool reads)
{
	char dir[] = "/tmp/virtty-bench-XXXXXX";
	struct plan_console spec = { .name = "serial0", .ring = 256 << 10, .log_max = 2 << 20 };
	AUTO_FREE char *qemu = NULL, *client = NULL, *path = NULL;
	struct console *c;
	int64_t start;
	pid_t pids[2];
	int listener, n = 0;

	if (!mkdtemp(dir))
		abort();
	spec.qemu = qemu = mem_printf("%s/qemu", dir);
	spec.client = client = mem_printf("%s/client", dir);
	path = mem_printf("%s/log", dir);
	spec.log = log ? path : NULL;
	listener = socket_listen(qemu, NULL);
	fcntl(listener, F_SETFL, 0);
	c = console_new(base, &spec, false, &handlers, NULL, NULL);
	console_publish(c, NULL);
	for (int i = 0; i < viewers; i++)
		pids[n++] = view(client, reads);
	ended = false;
	start = loop_now_ms();
	guest = flood(listener);
	loop_until(base, &ended, 60000);
	console_drain(c);
	printf("console drained, %-22s %5.0f MB/s\n", what,
	       MEGABYTES * 1000.0 / (double)(loop_now_ms() - start + 1));
	console_free(c, "done");
	for (int i = 0; i < n; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	close(listener);
	file_remove_tree(dir, NULL);
}

int main(void)
{
	struct event *child;

	base = loop_new();
	child = evsignal_new(base, SIGCHLD, on_guest_ended, NULL);
	evsignal_add(child, NULL);
	measure("alone:", false, 0, false);
	measure("with its log:", true, 0, false);
	measure("and a viewer:", true, 1, true);
	measure("and one that is stuck:", true, 1, false);
	event_free(child);
	event_base_free(base);
	return 0;
}
