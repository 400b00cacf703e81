/*
 * launch: see launch.h.
 */
#include "backend/supervisor/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/base/socket.h"
#include "backend/supervisor/copy.h"
#include "backend/supervisor/tap.h"

void launch_init(struct launch *l, const struct plan *p)
{
	*l = (struct launch){ .plan = p };
}

void launch_done(struct launch *l)
{
	for (size_t i = 0; i < l->n_fds; i++)
		close(l->fds[i].fd);
	free(l->fds);
	l->fds = NULL;
	l->n_fds = 0;
}

/* Call fn for each element of the plan's array; a missing array is empty. */
static bool each(struct launch *l, const char *key,
		 bool (*fn)(struct launch *l, struct json_object *o, struct error **err),
		 struct error **err)
{
	struct json_object *list = json_get(l->plan->json, key);

	for (size_t i = 0; i < json_length(list); i++)
		if (!fn(l, json_object_array_get_idx(list, i), err))
			return false;
	return true;
}

static bool make_directory(struct launch *l, struct json_object *o, struct error **err)
{
	const char *path = json_object_is_type(o, json_type_string) ?
		json_object_get_string(o) : "";

	(void)l;
	if (path[0] != '/') {
		error_set(err, "launch plan: 'directories' has something else than a path");
		return false;
	}
	return file_make_dirs(path, false, err);
}

static bool make_copy(struct launch *l, struct json_object *o, struct error **err)
{
	const char *from = json_str(o, "from"), *to = json_str(o, "to");

	(void)l;
	if (!from || !to) {
		error_set(err, "launch plan: 'copies' wants 'from' and 'to'");
		return false;
	}
	return copy_if_missing(from, to, err);
}

static bool make_file(struct launch *l, struct json_object *o, struct error **err)
{
	const char *path = json_str(o, "path"), *text = json_str(o, "text");

	(void)l;
	if (!path || path[0] != '/' || !text) {
		error_set(err, "launch plan: 'files' wants 'path' and 'text'");
		return false;
	}
	return file_replace(path, text, strlen(text), 0600, err);
}

bool launch_prepare(struct launch *l, struct error **err)
{
	return file_make_dirs(l->plan->guest_dir, true, err) &&
		file_make_dirs(l->plan->runtime_dir, true, err) &&
		each(l, "directories", make_directory, err) &&
		each(l, "copies", make_copy, err) &&
		each(l, "files", make_file, err);
}

static bool add_fd(struct launch *l, const char *name, int fd, struct error **err)
{
	struct launch_fd *f;

	if (fd < 0)
		return false;
	if (!name) {
		close(fd);
		error_set(err, "launch plan: a descriptor has no name");
		return false;
	}
	f = MEM_PUSH(l->fds, l->n_fds);
	*f = (struct launch_fd){ name, fd };
	return true;
}

static bool open_listener(struct launch *l, struct json_object *o, struct error **err)
{
	const char *path = json_str(o, "path");

	if (!path) {
		error_set(err, "launch plan: 'listen' without a path");
		return false;
	}
	return add_fd(l, json_str(o, "fd"), socket_listen(path, err), err);
}

static int mode_flags(const char *mode)
{
	if (!mode || !strcmp(mode, "read"))
		return O_RDONLY;
	if (!strcmp(mode, "write"))
		return O_WRONLY | O_CREAT | O_TRUNC;
	if (!strcmp(mode, "append"))
		return O_WRONLY | O_CREAT | O_APPEND;
	if (!strcmp(mode, "readwrite"))
		return O_RDWR;
	return -1;
}

static bool open_file(struct launch *l, struct json_object *o, struct error **err)
{
	const char *path = json_str(o, "path"), *mode = json_str(o, "mode");
	int flags = mode_flags(mode), fd;

	if (!path || flags < 0) {
		error_set(err, "launch plan: 'open' wants a path and a known mode");
		return false;
	}
	fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		error_set_errno(err, errno, "open '%s'", path);
	return add_fd(l, json_str(o, "fd"), fd, err);
}

static bool open_tap(struct launch *l, struct json_object *o, struct error **err)
{
	return add_fd(l, json_str(o, "fd"), tap_open(o, err), err);
}

bool launch_open(struct launch *l, struct error **err)
{
	return each(l, "listen", open_listener, err) && each(l, "open", open_file, err) &&
		each(l, "taps", open_tap, err);
}

static int find_fd(const struct launch *l, const char *name)
{
	for (size_t i = 0; name && i < l->n_fds; i++)
		if (!strcmp(l->fds[i].name, name))
			return l->fds[i].fd;
	return -1;
}

/* One argument: a string, or one with a descriptor's number in it. */
static char *argument(const struct launch *l, struct json_object *o, struct error **err)
{
	const char *prefix = json_str(o, "prefix"), *suffix = json_str(o, "suffix");
	const char *name = json_str(o, "fd");
	int fd;

	if (json_object_is_type(o, json_type_string))
		return mem_strdup(json_object_get_string(o));
	fd = find_fd(l, name);
	if (fd < 0) {
		error_set(err, "launch plan: argument wants an unknown descriptor '%s'",
			  name ? name : "");
		return NULL;
	}
	return mem_printf("%s%d%s", prefix ? prefix : "", fd, suffix ? suffix : "");
}

static char **build_argv(const struct launch *l, struct error **err)
{
	struct json_object *list = json_get(l->plan->json, "argv");
	size_t n = json_length(list), used = 0;
	char **argv = mem_zalloc((n + 2) * sizeof(*argv));

	argv[used++] = mem_strdup(l->plan->emulator);
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		char *word = argument(l, o, err);

		if (!word) {
			mem_free_strv(argv);
			return NULL;
		}
		/* The plan may or may not begin with the program itself. */
		if (i == 0 && !strcmp(word, l->plan->emulator)) {
			free(word);
			continue;
		}
		argv[used++] = word;
	}
	return argv;
}

static char **build_env(const struct launch *l)
{
	struct json_object *extra = json_get(l->plan->json, "env");
	char **env = NULL;
	size_t n = 0;

	*MEM_PUSH(env, n) = mem_strdup("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	*MEM_PUSH(env, n) = mem_strdup("LC_ALL=C");
	*MEM_PUSH(env, n) = mem_printf("HOME=%s", l->plan->guest_dir);
	if (json_object_is_type(extra, json_type_object)) {
		json_object_object_foreach(extra, key, value) {
			*MEM_PUSH(env, n) = mem_printf("%s=%s", key, json_object_get_string(value));
		}
	}
	*MEM_PUSH(env, n) = NULL;
	return env;
}

/* What becomes of the child just before it is QEMU. */
struct limits {
	const char *user, *group;	/* NULL: as we are */
	uid_t uid;
	gid_t gid;
	int64_t memlock;		/* bytes; -1: as it is */
};

static bool apply_limits(void *arg)
{
	const struct limits *l = arg;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (l->memlock >= 0) {
		struct rlimit lock = { (rlim_t)l->memlock, (rlim_t)l->memlock };

		if (setrlimit(RLIMIT_MEMLOCK, &lock) < 0)
			return false;
	}
	if (!l->user)
		return true;
	return initgroups(l->user, l->gid) == 0 && setgid(l->gid) == 0 && setuid(l->uid) == 0;
}

static bool find_limits(const struct launch *l, struct limits *out, struct error **err)
{
	struct passwd *pw;
	struct group *gr;

	*out = (struct limits){
		.user = json_str(l->plan->json, "user"), .group = json_str(l->plan->json, "group"),
		.memlock = json_int(json_get(l->plan->json, "rlimits"), "memlock", -1),
	};
	if (!out->user)
		return true;
	pw = getpwnam(out->user);
	gr = out->group ? getgrnam(out->group) : NULL;
	if (!pw || (out->group && !gr)) {
		error_set(err, "no %s '%s' on this host", pw ? "group" : "user",
			  pw ? out->group : out->user);
		return false;
	}
	out->uid = pw->pw_uid;
	out->gid = gr ? gr->gr_gid : pw->pw_gid;
	return true;
}

bool launch_spawn(struct launch *l, int log_fd, pid_t *pid, struct error **err)
{
	struct process_spec spec = PROCESS_SPEC_INIT;
	struct limits limits;
	char **argv = build_argv(l, err), **env = NULL;
	int *keep = NULL;
	bool ok = false;

	if (!argv || !find_limits(l, &limits, err))
		goto out;
	env = build_env(l);
	keep = mem_reallocarray(NULL, l->n_fds + 1, sizeof(*keep));
	for (size_t i = 0; i < l->n_fds; i++)
		keep[i] = l->fds[i].fd;
	spec.argv = (const char *const *)argv;
	spec.env = (const char *const *)env;
	spec.cwd = l->plan->guest_dir;
	spec.out = spec.err = log_fd;
	spec.keep_fds = keep;
	spec.n_keep_fds = l->n_fds;
	spec.new_session = true;
	spec.prepare = apply_limits;
	spec.prepare_arg = &limits;
	ok = process_spawn(&spec, pid, err);
out:
	free(keep);
	mem_free_strv(env);
	mem_free_strv(argv);
	return ok;
}

/* "BOOT-ID NUMBER" in a file beside the directories of the records. */
int launch_id(const char *running_record, struct error **err)
{
	const char *slash = strrchr(running_record, '/');
	AUTO_FREE char *dir = mem_strndup(running_record, (size_t)(slash - running_record));
	AUTO_FREE char *path = mem_printf("%s/../next-id", dir);
	AUTO_CLOSE int fd = file_lock(path, true, NULL, err);
	char text[128] = "", boot[64] = "";
	int next = 1, n;

	if (fd < 0)
		return -1;
	if (pread(fd, text, sizeof(text) - 1, 0) > 0 &&
	    sscanf(text, "%63s %d", boot, &next) == 2 &&
	    (strcmp(boot, process_boot_id()) || next < 1 || next > INT32_MAX - 1))
		next = 1;
	n = snprintf(text, sizeof(text), "%s %d\n", process_boot_id(), next + 1);
	if (pwrite(fd, text, (size_t)n, 0) != n || ftruncate(fd, n) < 0) {
		error_set_errno(err, errno, "write '%s'", path);
		return -1;
	}
	return next;
}
