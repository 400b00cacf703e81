/*
 * helpers: see helpers.h.
 */
#include "backend/supervisor/helpers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"

#define START_MS 10000

static bool is_socket(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* Wait until something happens in the socket's directory or the helper ends. */
static bool wait_for_socket(const char *path, pid_t pid)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *dir = mem_strndup(path, slash ? (size_t)(slash - path) : 0);
	AUTO_CLOSE int notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	AUTO_CLOSE int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int64_t deadline = loop_now_ms() + START_MS;
	char events[4096];

	if (notify < 0 || process < 0 || inotify_add_watch(notify, dir, IN_CREATE | IN_MOVED_TO) < 0)
		return is_socket(path);
	while (!is_socket(path)) {
		struct pollfd p[2] = { { notify, POLLIN, 0 }, { process, POLLIN, 0 } };
		int64_t left = deadline - loop_now_ms();

		if (left <= 0 || poll(p, 2, (int)left) == 0 || p[1].revents)
			return false;
		while (read(notify, events, sizeof(events)) > 0)
			;
	}
	return true;
}

static void remember(struct json_object *record, const char *name, pid_t pid)
{
	struct json_object *list = json_get(record, "helpers"), *o = json_object_new_object();

	if (!list) {
		list = json_object_new_array();
		json_set(record, "helpers", list);
	}
	json_set_str(o, "name", name);
	json_set_int(o, "pid", pid);
	json_set_int(o, "start_time", (int64_t)process_start_time(pid));
	json_push(list, o);
}

static char **words(struct json_object *list)
{
	size_t n = json_length(list);
	char **argv = mem_zalloc((n + 1) * sizeof(*argv));

	for (size_t i = 0; i < n; i++)
		argv[i] = mem_strdup(json_object_get_string(json_object_array_get_idx(list, i)));
	return argv;
}

static bool start_one(struct json_object *o, const char *guest_dir, int log_fd,
		      struct json_object *record, struct error **err)
{
	const char *name = json_str(o, "name"), *socket = json_str(o, "socket");
	char **argv = words(json_get(o, "argv"));
	struct process_spec spec = PROCESS_SPEC_INIT;
	pid_t pid = 0;
	bool ok;

	spec.argv = (const char *const *)argv;
	spec.cwd = guest_dir;
	spec.out = spec.err = log_fd;
	spec.new_session = true;
	if (socket)
		unlink(socket);		/* of an earlier run; the guest's lock is ours */
	if (!argv[0]) {
		error_set(err, "launch plan: a helper without 'argv'");
		ok = false;
	} else {
		ok = process_spawn(&spec, &pid, err);
	}
	mem_free_strv(argv);
	if (!ok)
		return false;
	remember(record, name ? name : "helper", pid);
	if (socket && !wait_for_socket(socket, pid)) {
		error_set(err, "helper '%s' did not make its socket '%s'", name, socket);
		return false;
	}
	return true;
}

bool helpers_start(struct json_object *list, const char *guest_dir, int log_fd,
		   struct json_object *record, struct error **err)
{
	json_object_object_del(record, "helpers");
	for (size_t i = 0; i < json_length(list); i++)
		if (!start_one(json_object_array_get_idx(list, i), guest_dir, log_fd, record, err))
			return false;
	return true;
}

void helpers_end(struct json_object *record)
{
	struct json_object *list = json_get(record, "helpers");

	for (size_t i = 0; i < json_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		pid_t pid = (pid_t)json_int(o, "pid", 0);
		unsigned long long start = (unsigned long long)json_int(o, "start_time", 0);

		if (pid > 0 && start && process_start_time(pid) == start)
			kill(pid, SIGTERM);
	}
	json_object_object_del(record, "helpers");
}
