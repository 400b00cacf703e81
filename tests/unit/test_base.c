/*
 * test_base: the small words of backend/base that have no test file of their own.
 */
#include "tests/unit/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "backend/base/buf.h"
#include "backend/base/error.h"
#include "backend/base/file.h"
#include "backend/base/json.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/base/sanitize.h"
#include "backend/base/socket.h"
#include "backend/base/units.h"

static void test_error(void)
{
	struct error *err = NULL;

	error_set_errno(&err, EACCES, "spawn %s", "/bin/x");
	error_prepend(&err, "start domain '%s'", "web");
	error_hint(&err, "do this");
	error_hint(&err, "or that");
	is_str(error_message(err), "start domain 'web': spawn /bin/x: Permission denied",
	       "each caller prepends what it knows");
	is_str(error_hint_text(err), "do this\nor that", "hints are lines");
	error_free(err);
	error_set(NULL, "nobody listens");
	error_prepend(NULL, "nobody listens");
	ok(true, "no listener is fine");
}

static void clean(const char *in, const char *want, const char *name)
{
	AUTO_FREE char *out = sanitize(in);

	is_str(out, want, name);
}

static void test_sanitize(void)
{
	clean("plain ümläut ✓", "plain ümläut ✓", "text passes");
	clean("a\x1b[31mb", "a\\e[31mb", "escape is shown");
	clean("a\nb\tc\rd", "a\\nb\\tc\\rd", "line feed, tab, return are shown");
	clean("x\xc2\x9b" "31m", "x\\x9b31m", "C1 CSI in UTF-8 is shown");
	clean("x\x9b", "x\\x9b", "raw C1 byte is shown");
	clean("a\xe2\x80\xae" "b", "a\\u{202e}b", "right-to-left override is shown");
	clean("\xc0\xaf\xed\xa0\x80", "\\xc0\\xaf\\xed\\xa0\\x80", "overlong and surrogate bytes are shown");
	clean("\xf0\x9f\x98", "\\xf0\\x9f\\x98", "a cut character is shown");
}

static void test_units(void)
{
	char text[UNITS_TEXT];
	uint64_t v;

	ok(units_bytes("2", "GiB", 1, &v) && v == 2ull << 30, "2 GiB");
	ok(units_bytes("512", NULL, 1024, &v) && v == 512 * 1024, "default is the caller's");
	ok(units_bytes("3", "KB", 1, &v) && v == 3000, "KB is a thousand");
	ok(units_bytes("3", "k", 1, &v) && v == 3072, "k is 1024");
	ok(!units_bytes("3", "KiBs", 1, &v), "unknown unit");
	ok(!units_bytes("-3", "KiB", 1, &v), "no sign");
	ok(!units_bytes("18446744073709551615", "KiB", 1, &v), "overflow");
	is_str(units_size_text(2ull << 30, text), "2.0G", "2.0G");
	is_str(units_size_text(41ull << 30, text), "41G", "41G");
	is_str(units_size_text(1023, text), "1.0K", "never four digits");
	is_str(units_span_text(3 * 86400 + 4 * 3600, text), "3d 4h", "3d 4h");
}

static void test_file(void)
{
	const char *dir = tap_directory();
	AUTO_FREE char *path = mem_printf("%s/a/b/file", dir);
	AUTO_FREE char *parent = mem_printf("%s/a/b", dir);
	AUTO_FREE char *lock = mem_printf("%s/lock", dir);
	AUTO_BUF struct buf text = BUF_INIT;
	struct error *err = NULL;
	struct stat st;
	bool busy;
	int fd;

	umask(0);
	ok(file_make_dirs(parent, true, NULL), "directories are made");
	ok(stat(parent, &st) == 0 && (st.st_mode & 0777) == 0700, "they are private under umask 0");
	ok(file_replace(path, "one", 3, 0600, NULL) && file_replace(path, "two!", 4, 0600, NULL),
	   "a file is replaced");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "with its mode");
	ok(file_read(path, 100, &text, NULL) && !strcmp(buf_text(&text), "two!"), "and read");
	ok(!file_read(path, 3, &text, &err), "more than the bound is an error");
	error_free(err);
	ok(!file_read(parent, 100, &text, NULL), "a directory is not read");
	fd = file_lock(lock, false, &busy, NULL);
	ok(fd >= 0 && file_is_locked(lock), "a lock is held");
	ok(file_lock(lock, false, &busy, NULL) < 0 && busy, "and kept from others");
	close(fd);
	ok(!file_is_locked(lock), "until closed");
	ok(file_remove_tree(dir, NULL) && stat(dir, &st) < 0, "a tree is removed");
}

static void test_process(void)
{
	const char *const cat[] = { "cat", NULL };
	const char *const missing[] = { "/nonexistent/program", NULL };
	const char *const slow[] = { "sleep", "100", NULL };
	AUTO_BUF struct buf out = BUF_INIT;
	struct error *err = NULL;
	int status;

	ok(process_run(cat, "hello", 100, 10000, &out, NULL, &status, NULL) &&
	   WIFEXITED(status) && !strcmp(buf_text(&out), "hello"), "a program is fed and read");
	ok(!process_run(missing, NULL, 100, 1000, NULL, NULL, &status, &err), "a missing program fails");
	is_str(error_message(err), "spawn /nonexistent/program: No such file or directory", "and says why");
	error_free(err);
	ok(!process_run(slow, NULL, 100, 50, NULL, NULL, &status, NULL), "a slow one is ended");
	ok(process_start_time(getpid()) > 0 && process_start_time(-1) == 0, "start times");
}

static void test_json(void)
{
	AUTO_JSON struct json_object *o = json_parse("{\"a\":{\"b\":18446744073709551615},\"s\":\"x\"}", 42, NULL);
	struct error *err = NULL;

	ok(o != NULL, "parses");
	is_str(json_text(o), "{\"a\":{\"b\":18446744073709551615},\"s\":\"x\"}", "64-bit numbers survive");
	is_str(json_str(o, "s"), "x", "string");
	ok(json_str(o, "a") == NULL && json_int(o, "s", -1) == -1, "ill-typed is the fallback");
	ok(!json_parse("{} x", 4, &err), "junk behind is refused");
	error_free(err);
}

static void test_socket(void)
{
	const char *dir = tap_directory();
	AUTO_FREE char *deep = mem_printf("%s/%0100d", dir, 1);
	AUTO_FREE char *path = mem_printf("%s/s.sock", deep);
	struct stat st;
	int listener, client, server;
	char c;

	umask(0);
	file_make_dirs(deep, true, NULL);
	listener = socket_listen(path, NULL);
	client = socket_connect(path, NULL);
	server = socket_accept(listener);
	ok(listener >= 0 && client >= 0 && server >= 0, "paths longer than sun_path work");
	ok(stat(path, &st) == 0 && (st.st_mode & 077) == 0, "the socket is the owner's alone");
	ok(write(client, "x", 1) == 1 && read(server, &c, 1) == 1 && c == 'x', "bytes pass");
	close(listener);
	close(client);
	close(server);
	file_remove_tree(dir, NULL);
}

static void set_flag(void *arg)
{
	*(bool *)arg = true;
}

static void test_loop(void)
{
	struct event_base *base = loop_new();
	bool fired = false, deferred = false;
	struct event *timer = loop_after(base, 5, set_flag, &fired);

	loop_defer(base, set_flag, &deferred);
	ok(loop_until(base, &fired, 5000) && deferred, "timers and deferred calls come");
	loop_cancel(&timer);
	fired = false;
	ok(!loop_until(base, &fired, 10), "a deadline ends the wait");
	event_base_free(base);
}

static bool has_answer(const struct buf *out)
{
	return strstr(buf_text(out), "answer\n") != NULL;
}

/* The program would never end by itself, and never sees its input end. */
static void test_ask(void)
{
	const char *const talks[] = { "sh", "-c", "read x; echo $x; read y; echo lost", NULL };
	const char *const leaves[] = { "sh", "-c", "echo other", NULL };
	AUTO_BUF struct buf out = BUF_INIT, none = BUF_INIT;
	struct error *err = NULL;

	ok(process_ask(talks, "answer\n", 4096, 10000, has_answer, &out, NULL, NULL),
	   "a program is asked and ended when it has answered");
	is_str(buf_text(&out), "answer\n", "with its answer and no more");
	ok(!process_ask(leaves, "x\n", 4096, 10000, has_answer, &none, NULL, &err),
	   "one that ends without an answer");
	is_str(error_message(err), "sh ended before it had answered", "is an error");
	error_free(err);
}

int main(void)
{
	test_ask();
	test_error();
	test_sanitize();
	test_units();
	test_file();
	test_process();
	test_json();
	test_socket();
	test_loop();
	return tap_done();
}
