/*
 * process: see process.h.
 */
#include "backend/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"

extern char **environ;

/* What the child tells its parent when it cannot go on. */
struct failure {
	int errnum;
	int step;
};

static const char *const steps[] = {
	"fork", "start a session", "set up streams", "change directory", "prepare", "spawn",
};
enum { STEP_FORK, STEP_SESSION, STEP_STREAMS, STEP_CWD, STEP_PREPARE, STEP_EXEC };

static void reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP)
			signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool kept(const struct process_spec *s, int fd, int report)
{
	if (fd == report)
		return true;
	for (size_t i = 0; i < s->n_keep_fds; i++)
		if (s->keep_fds[i] == fd)
			return true;
	return false;
}

/* Everything from 3 up is closed but what the spec keeps and the report pipe,
 * which exec closes. */
static void close_others(const struct process_spec *s, int report)
{
	int highest = report;

	for (size_t i = 0; i < s->n_keep_fds; i++) {
		fcntl(s->keep_fds[i], F_SETFD, 0);
		if (s->keep_fds[i] > highest)
			highest = s->keep_fds[i];
	}
	for (int fd = 3; fd <= highest; fd++)
		if (!kept(s, fd, report))
			close(fd);
	syscall(SYS_close_range, (unsigned)highest + 1, ~0u, 0);
}

static bool redirect(int from, int to)
{
	int fd = from;

	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fd == to)
		return fcntl(fd, F_SETFD, 0) == 0;
	return dup2(fd, to) == to;
}

static void fail(int report, int step)
{
	struct failure f = { .errnum = errno, .step = step };

	file_write_all(report, &f, sizeof(f));
	_exit(127);
}

static void child(const struct process_spec *s, int report)
{
	reset_signals();
	umask(077);
	if (s->new_session && setsid() < 0 && errno != EPERM)
		fail(report, STEP_SESSION);
	if (s->detach) {
		pid_t pid = fork();

		if (pid < 0)
			fail(report, STEP_FORK);
		if (pid > 0)
			_exit(0);
	}
	if (!redirect(s->in, 0) || !redirect(s->out, 1) || !redirect(s->err, 2))
		fail(report, STEP_STREAMS);
	close_others(s, report);
	if (s->cwd && chdir(s->cwd) < 0)
		fail(report, STEP_CWD);
	if (s->env)
		environ = (char **)(size_t)s->env;
	if (s->prepare && !s->prepare(s->prepare_arg))
		fail(report, STEP_PREPARE);
	execvp(s->argv[0], (char *const *)(size_t)s->argv);
	fail(report, STEP_EXEC);
}

/* The report pipe must not be one of the standard streams in the child. */
static bool report_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	for (int i = 0; i < 2; i++) {
		int fd;

		if (fds[i] > 2)
			continue;
		fd = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		close(fds[i]);
		fds[i] = fd;
	}
	return fds[0] >= 0 && fds[1] >= 0;
}

bool process_spawn(const struct process_spec *spec, pid_t *pid, struct error **err)
{
	struct failure f;
	int report[2];
	ssize_t n;
	pid_t p;

	if (!report_pipe(report)) {
		error_set_errno(err, errno, "spawn %s: pipe", spec->argv[0]);
		return false;
	}
	p = fork();
	if (p == 0)
		child(spec, report[1]);
	close(report[1]);
	if (p < 0) {
		error_set_errno(err, errno, "spawn %s: fork", spec->argv[0]);
		close(report[0]);
		return false;
	}
	if (spec->detach)
		while (waitpid(p, NULL, 0) < 0 && errno == EINTR)
			;
	do
		n = read(report[0], &f, sizeof(f));
	while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n == (ssize_t)sizeof(f)) {
		if (!spec->detach)
			waitpid(p, NULL, 0);
		error_set_errno(err, f.errnum, "%s %s", steps[f.step], spec->argv[0]);
		return false;
	}
	if (pid)
		*pid = spec->detach ? 0 : p;
	return true;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/* Read what is there; false at the end of the stream. */
static bool drain(int fd, struct buf *to)
{
	char chunk[65536];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n > 0 && to)
		buf_add(to, chunk, (size_t)n);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

struct conversation {
	int in, out, err;	/* -1 once closed */
	const char *input;
	size_t left;
	bool (*enough)(const struct buf *out);	/* may be NULL */
};

static void feed(struct conversation *c)
{
	ssize_t n = c->left ? write(c->in, c->input, c->left) : 0;

	if (n > 0) {
		c->input += n;
		c->left -= (size_t)n;
	}
	if ((c->left == 0 && !c->enough) || (n < 0 && errno != EINTR && errno != EAGAIN)) {
		close(c->in);
		c->in = -1;
	}
}

static const char *converse(struct conversation *c, size_t max, long long deadline,
			    struct buf *out, struct buf *errors)
{
	while (c->out >= 0 || c->err >= 0) {
		struct pollfd p[3] = {
			{ c->left || !c->enough ? c->in : -1, POLLOUT, 0 }, { c->out, POLLIN, 0 }, { c->err, POLLIN, 0 },
		};
		long long left = deadline - now_ms();

		if (left <= 0)
			return "took too long";
		if (poll(p, 3, (int)left) < 0 && errno != EINTR)
			return "poll failed";
		if (p[0].revents)
			feed(c);
		if (p[1].revents && !drain(c->out, out)) {
			close(c->out);
			c->out = -1;
		}
		if (p[2].revents && !drain(c->err, errors)) {
			close(c->err);
			c->err = -1;
		}
		if ((out && out->len > max) || (errors && errors->len > max))
			return "wrote too much";
		if (c->enough && c->enough(out))
			return NULL;
	}
	return NULL;
}

static void close_pair(int fds[2])
{
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static bool start_talking(struct conversation *c, const char *const *argv, pid_t *pid,
			  struct error **err)
{
	int in[2] = { -1, -1 }, o[2] = { -1, -1 }, e[2] = { -1, -1 };
	struct process_spec spec = { .argv = argv };

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(o, O_CLOEXEC) < 0 || pipe2(e, O_CLOEXEC) < 0) {
		error_set_errno(err, errno, "spawn %s: pipe", argv[0]);
		goto failed;
	}
	spec.in = in[0];
	spec.out = o[1];
	spec.err = e[1];
	if (!process_spawn(&spec, pid, err))
		goto failed;
	close(in[0]);
	close(o[1]);
	close(e[1]);
	c->in = in[1];
	c->out = o[0];
	c->err = e[0];
	c->left = c->input ? strlen(c->input) : 0;
	fcntl(c->in, F_SETFL, O_NONBLOCK);
	return true;
failed:
	close_pair(in);
	close_pair(o);
	close_pair(e);
	return false;
}

/* From start to end; false when it could not start or had to be ended. */
static bool talk(struct conversation *c, const char *const *argv, size_t max, int timeout_ms,
		 struct buf *out, struct buf *errors, int *status, struct error **err)
{
	const char *problem;
	void (*old)(int);
	pid_t pid;

	if (!start_talking(c, argv, &pid, err))
		return false;
	old = signal(SIGPIPE, SIG_IGN);
	problem = converse(c, max, now_ms() + timeout_ms, out, errors);
	signal(SIGPIPE, old);
	close_pair((int[]){ c->in, c->out });
	close_pair((int[]){ c->err, -1 });
	if (problem || c->enough)
		kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	if (problem)
		error_set(err, "%s %s", argv[0], problem);
	return !problem;
}

bool process_run(const char *const *argv, const char *input, size_t max,
		 int timeout_ms, struct buf *out, struct buf *errors,
		 int *status, struct error **err)
{
	struct conversation c = { .input = input };

	return talk(&c, argv, max, timeout_ms, out, errors, status, err);
}

bool process_ask(const char *const *argv, const char *input, size_t max, int timeout_ms,
		 bool (*enough)(const struct buf *out), struct buf *out, struct buf *errors,
		 struct error **err)
{
	struct conversation c = { .input = input, .enough = enough };
	int status;

	if (!talk(&c, argv, max, timeout_ms, out, errors, &status, err))
		return false;
	if (enough(out))
		return true;
	error_set(err, "%s ended before it had answered", argv[0]);
	return false;
}

unsigned long long process_start_time(pid_t pid)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/stat", (int)pid);
	char text[2048], *p;
	unsigned long long start = 0;
	ssize_t n;
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (n = read(fd, text, sizeof(text) - 1)) <= 0)
		return 0;
	text[n] = '\0';
	/* The second field is "(name)" and may hold anything. */
	p = strrchr(text, ')');
	if (p && (p[2] == 'Z' || p[2] == 'X'))
		return 0;
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p)
		start = strtoull(p + 1, NULL, 10);
	return start;
}

const char *process_boot_id(void)
{
	static char id[64];
	ssize_t n;

	if (!id[0]) {
		AUTO_CLOSE int fd = open("/proc/sys/kernel/random/boot_id",
					 O_RDONLY | O_CLOEXEC);

		n = fd >= 0 ? read(fd, id, sizeof(id) - 1) : 0;
		id[n > 0 ? n : 0] = '\0';
		id[strcspn(id, "\n")] = '\0';
	}
	return id;
}

char *process_find(const char *name)
{
	const char *path = getenv("PATH");
	AUTO_FREE char *copy = NULL;
	char *save = NULL;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? mem_strdup(name) : NULL;
	copy = mem_strdup(path ? path : "/usr/local/bin:/usr/bin:/bin");
	for (char *dir = strtok_r(copy, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		char *full = mem_printf("%s/%s", dir, name);

		if (access(full, X_OK) == 0)
			return full;
		free(full);
	}
	return NULL;
}
