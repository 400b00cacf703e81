/*
 * record, monitor, qemu_log and copy: the supervisor's smaller parts.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/supervisor/copy.h"
#include "backend/supervisor/launch.h"
#include "backend/supervisor/monitor.h"
#include "backend/supervisor/plan.h"
#include "backend/supervisor/qemu_log.h"
#include "backend/supervisor/record.h"
#include "tests/unit/tap.h"

static char *dir;

static struct plan *make_plan(const char *more)
{
	AUTO_FREE char *text = mem_printf(
		"{\"version\":1,\"uuid\":\"11111111-2222-4333-8444-555555555555\",\"name\":\"web\","
		"\"virt_type\":\"kvm\",\"emulator\":\"/bin/qemu\",\"argv\":[\"-machine\",\"pc-q35-7.2,accel=kvm\","
		"\"-chardev\",{\"prefix\":\"socket,id=charserial0,fd=\",\"fd\":\"s\",\"suffix\":\",server=on\"}],"
		"\"listen\":[{\"fd\":\"s\",\"path\":\"/g/serial0.qemu\"}],"
		"\"monitor\":{\"fd\":\"m\",\"path\":\"/g/monitor.sock\"},"
		"\"consoles\":[{\"name\":\"serial0\",\"qemu\":\"/g/serial0.qemu\",\"client\":\"/r/serial0.sock\"}],"
		"\"graphics\":[{\"type\":\"vnc\",\"port\":-1}],\"secrets\":[{\"execute\":\"x\"}],"
		"\"policies\":{\"on_crash\":\"preserve\"},\"memory\":1048576,\"vcpus\":2,"
		"\"runtime_dir\":\"/r\",\"guest_dir\":\"/g\",\"log\":\"/g/qemu.log\","
		"\"running_record\":\"%s/running/u.json\",\"stopped_record\":\"%s/stopped/u.json\"%s}",
		dir, dir, more);
	struct error *err = NULL;
	struct plan *p = plan_new(json_parse(text, strlen(text), NULL), &err);

	if (!p)
		printf("# %s\n", error_message(err));
	error_free(err);
	return p;
}

static void test_plan(void)
{
	struct plan *p = make_plan("");
	AUTO_FREE char *machine = plan_machine(p);
	AUTO_JSON struct json_object *stored = plan_to_store(p);

	is_str(machine, "pc-q35-7.2", "the machine, without its options");
	is_str(p->consoles[0].chardev, "charserial0", "a console's chardev");
	ok(p->on_crash == POLICY_PRESERVE && p->on_reboot == POLICY_RESTART, "policies and their defaults");
	ok(p->kvm, "kvm");
	ok(!json_get(stored, "secrets") && json_get(p->json, "secrets"), "secrets are not stored");
	plan_free(p);
	ok(!make_plan(",\"policies\":{\"on_crash\":\"explode\"}"), "an unknown action is refused");
	ok(!make_plan(",\"guest_dir\":\"relative\""), "and a relative path");
	ok(!make_plan(",\"uuid\":\"../../../../../../../../../../../etc/x\""), "and what is no uuid");
	ok(!make_plan(",\"listen\":7,\"version\":2"), "and another version");
}

static struct json_object *read_record(const char *kind)
{
	AUTO_FREE char *path = mem_printf("%s/%s/u.json", dir, kind);

	return json_read_file(path, RECORD_MAX, NULL);
}

static void test_record(void)
{
	struct plan *p = make_plan("");
	struct record *r = record_new(p, 7), *next;
	struct json_object *o;
	char what[32];

	record_set_process(r, "qemu", getpid());
	record_set_state(r, "running", "booted", "started");
	for (int i = 0; i < 40; i++) {
		snprintf(what, sizeof(what), "event %d", i);
		record_add_history(r, what);
		record_add_history(r, what);
	}
	ok(record_save(r, NULL), "saved");
	o = read_record("running");
	is_str(json_str(o, "state"), "running", "its state");
	is_int(json_int(o, "id", 0), 7, "its id");
	is_int(json_length(json_get(o, "history")), RECORD_HISTORY, "history is bounded");
	is_str(json_str(json_object_array_get_idx(json_get(o, "history"), 31), "what"), "event 39",
	       "and has the newest, once");
	ok(record_lives(o, "qemu", NULL), "a process that is there");
	json_set_str(o, "boot_id", "another");
	ok(!record_lives(o, "qemu", NULL), "not after a reboot");
	json_object_put(o);
	record_set_problem(r, "QEMU does not answer");
	is_str(json_str(r->json, "why"), "QEMU does not answer", "a problem is told");
	record_set_problem(r, "QEMU does not answer");
	record_set_problem(r, NULL);
	is_str(json_str(r->json, "why"), "started", "and taken back");
	record_set_pending(r, "restart");
	record_save(r, NULL);
	next = record_adopt(p, NULL);
	is_str(record_pending(next), "restart", "a successor knows what is being done");
	ok(record_console(next, "serial0") && !record_console(next, "serial1"), "consoles by name");
	ok(record_finish(next, NULL), "finished");
	o = read_record("running");
	ok(!o, "then it runs no more");
	o = read_record("stopped");
	ok(o && !json_get(o, "pending") && !json_get(o, "supervisor"), "and is among the stopped");
	json_object_put(o);
	record_free(r);
	record_free(next);
	plan_free(p);
}

static void test_lives(void)
{
	AUTO_JSON struct json_object *o = json_object_new_object();
	struct json_object *q = json_object_new_object();
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	json_set_str(o, "boot_id", process_boot_id());
	json_set_int(q, "pid", pid);
	json_set_int(q, "start_time", (int64_t)process_start_time(getpid()) + 100000);
	json_set(o, "qemu", q);
	ok(!record_lives(o, "qemu", NULL), "a pid with another start time is another process");
	waitid(P_PID, (id_t)pid, &(siginfo_t){ .si_pid = 0 }, WEXITED | WNOWAIT);
	is_int(process_start_time(pid), 0, "a zombie is none");
	waitpid(pid, NULL, 0);
	ok(!record_lives(o, "nobody", NULL), "nor what is not recorded");
}

static void test_ids(void)
{
	AUTO_FREE char *record = mem_printf("%s/running/u.json", dir);
	AUTO_FREE char *file = mem_printf("%s/next-id", dir);
	int first = launch_id(record, NULL);

	is_int(first, 1, "ids begin at 1");
	is_int(launch_id(record, NULL), 2, "and count");
	file_replace(file, "otherboot 77\n", 13, 0600, NULL);
	is_int(launch_id(record, NULL), 1, "anew after a reboot");
	file_replace(file, "\0\0\0", 3, 0600, NULL);
	is_int(launch_id(record, NULL), 1, "and from nonsense");
}

/* --- monitor --------------------------------------------------------------------- */

struct talk {
	bool ready, answers, done;
	int events, ended, answered;
	char *problem;
};

static void on_ready(struct monitor *m, void *arg)
{
	(void)m;
	((struct talk *)arg)->ready = true;
}

static void on_event(struct monitor *m, const char *name, struct json_object *event, void *arg)
{
	(void)m;
	(void)name;
	(void)event;
	((struct talk *)arg)->events++;
}

static void on_answering(struct monitor *m, bool answers, void *arg)
{
	(void)m;
	((struct talk *)arg)->answers = answers;
}

static void on_end(struct monitor *m, const char *why, void *arg)
{
	(void)m;
	(void)why;
	((struct talk *)arg)->ended++;
}

static const struct monitor_handlers handlers = { on_ready, on_event, on_answering, on_end };

static void on_done(struct json_object *reply, const char *problem, void *arg)
{
	struct talk *t = arg;

	(void)reply;
	t->answered++;
	t->done = true;
	free(t->problem);
	t->problem = problem ? mem_strdup(problem) : NULL;
}

static void say(struct event_base *base, int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		abort();
	for (int i = 0; i < 6; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void test_monitor(void)
{
	struct event_base *base = loop_new();
	struct talk t = { .answers = true };
	struct monitor *m;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		abort();
	m = monitor_new(base, pair[0], &handlers, &t);
	monitor_command(m, "first", NULL, -1, 1000, on_done, &t);
	say(base, pair[1], "{\"QMP\":{}}\n");
	ok(!t.ready && monitor_negotiated(m), "greeted");
	say(base, pair[1], "{\"return\":{},\"id\":2}\n");
	ok(t.ready && !t.done, "negotiated");
	say(base, pair[1], "{\"event\":\"STOP\"}\n{\"return\":{},\"id\":1}\n");
	ok(t.done && !t.problem && t.events == 1, "the command is answered by its id");
	monitor_command(m, "second", NULL, -1, 1000, on_done, &t);
	say(base, pair[1], "{\"error\":{\"desc\":\"no way\"},\"id\":3}\n");
	is_str(t.problem, "no way", "QEMU's refusal comes through");
	t.done = false;
	monitor_command(m, "third", NULL, -1, 20, on_done, &t);
	ok(loop_until(base, &t.done, 5000), "no answer is one, in the end");
	is_str(t.problem, "QEMU has not answered for 0.02 s", "and says so");
	ok(!t.answers && !monitor_answers(m), "QEMU counts as hung");
	say(base, pair[1], "{\"return\":{\"late\":true},\"id\":4}\n");
	ok(t.answers && t.answered == 3, "a late reply proves life, and answers nobody");
	monitor_command(m, "fourth", NULL, -1, -1, on_done, &t);
	close(pair[1]);
	for (int i = 0; i < 6; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	ok(t.ended == 1 && t.answered == 4 && t.problem, "the end answers what is open");
	monitor_free(m);
	event_base_free(base);
	free(t.problem);
}

/* --- log and copies ---------------------------------------------------------------- */

static void test_log(void)
{
	struct event_base *base = loop_new();
	AUTO_FREE char *path = mem_printf("%s/qemu.log", dir);
	AUTO_FREE char *older = mem_printf("%s.1", path);
	AUTO_FREE char *big = mem_zalloc(QEMU_LOG_MAX + 1);
	AUTO_FREE char *said = NULL;
	struct qemu_log *l = qemu_log_open(base, path, NULL);
	struct stat st;

	qemu_log_note(l, "begin");
	qemu_log_mark(l);
	ok(!qemu_log_said(l), "nothing said");
	if (write(qemu_log_fd(l), "1\n2\n3\n4\n5\nqemu: terminating on signal 15 from pid 1\n", 51) < 0)
		abort();
	said = qemu_log_said(l);
	is_str(said, "3\n4\n5\nqemu: terminating on signal 15 from pid 1", "the last lines");
	is_int(qemu_log_term_signal(l), 15, "and the signal in them");
	if (write(qemu_log_fd(l), big, QEMU_LOG_MAX) < 0)
		abort();
	qemu_log_look(l);
	ok(stat(path, &st) == 0 && st.st_size == 0, "too large, it is emptied in place");
	ok(stat(older, &st) == 0 && st.st_size > (off_t)QEMU_LOG_MAX, "with its content kept");
	qemu_log_free(l);
	event_base_free(base);
}

static void test_copy(void)
{
	AUTO_FREE char *from = mem_printf("%s/template", dir);
	AUTO_FREE char *to = mem_printf("%s/deep/er/vars", dir);
	AUTO_BUF struct buf b = BUF_INIT;
	struct error *err = NULL;

	file_replace(from, "template", 8, 0644, NULL);
	ok(copy_if_missing(from, to, NULL), "copied");
	file_replace(from, "another", 7, 0644, NULL);
	ok(copy_if_missing(from, to, NULL) && file_read(to, 100, &b, NULL), "once");
	is_str(buf_text(&b), "template", "and never over what is there");
	unlink(from);
	unlink(to);
	ok(!copy_if_missing(from, to, &err) && strstr(error_message(err), "template"),
	   "no template: named");
	error_free(err);
	ok(access(to, F_OK) != 0, "and nothing half made");
}

int main(void)
{
	AUTO_FREE char *running = NULL, *stopped = NULL;

	dir = mem_strdup(tap_directory());
	running = mem_printf("%s/running", dir);
	stopped = mem_printf("%s/stopped", dir);
	mkdir(running, 0700);
	mkdir(stopped, 0700);
	test_plan();
	test_record();
	test_lives();
	test_ids();
	test_monitor();
	test_log();
	test_copy();
	file_remove_tree(dir, NULL);
	free(dir);
	return tap_done();
}
