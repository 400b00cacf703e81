/*
 * virtty-supervisor: the process beside each running guest.
 *
 *     virtty-supervisor start < launch-plan.json
 *     virtty-supervisor adopt STATE-DIRECTORY-OF-THE-GUEST
 *
 * One line of JSON on standard output says how it went (docs/HACKING.md,
 * "Starting"); from then on it is alone with its guest until that ends.
 */
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/supervisor/supervisor.h"

/* How long clients get to read the last of what they were sent. */
#define FLUSH_MS 1000

static const char *mode;	/* what a good answer is called */
static int exit_status;

/* Nobody but the starter waits for our standard streams to close. */
static void let_starter_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
}

static void say(struct json_object *o)
{
	AUTO_FREE char *line = mem_printf("%s\n", json_text(o));

	/* The starter may be gone; its guest is not. */
	(void)!file_write_all(STDOUT_FILENO, line, strlen(line));
	let_starter_go();
}

static void say_failed(const struct error *err, bool busy)
{
	AUTO_JSON struct json_object *o = json_object_new_object();

	json_set_str(o, "failed", error_message(err));
	json_set_str(o, "hint", error_hint_text(err));
	if (busy)
		json_set_bool(o, "busy", true);
	say(o);
	exit_status = 1;
}

/* Where logind clears up after the last logout, that takes the guest's sockets
 * and may take the guest. */
static bool ends_with_the_session(const struct plan *p)
{
	const char *user = getenv("USER");
	AUTO_FREE char *linger = NULL;

	if (strncmp(p->runtime_dir, "/run/user/", 10) || geteuid() == 0 || !user || strchr(user, '/'))
		return false;
	linger = mem_printf("/var/lib/systemd/linger/%s", user);
	return access(linger, F_OK) != 0;
}

static void say_good(const char *what, const struct supervisor *s)
{
	AUTO_JSON struct json_object *o = json_object_new_object();
	struct json_object *status = NULL, *notes = json_object_new_array();

	json_object_deep_copy(s->record->json, &status, NULL);
	if (!strcmp(what, "started") && ends_with_the_session(s->plan))
		json_push_str(notes, "the guest may end when you log out: "
			      "run 'loginctl enable-linger' to keep it");
	json_set(status, "notes", notes);
	json_set(o, what, status);
	say(o);
}

static void on_answer(struct supervisor *s, struct error *err)
{
	if (err)
		say_failed(err, false);
	else
		say_good(mode, s);
}

static bool start(struct supervisor *s, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct json_object *json;
	struct plan *plan;

	mode = "started";
	if (!file_read_fd(STDIN_FILENO, PLAN_MAX, &text, err) ||
	    !(json = json_parse(buf_text(&text), text.len, err))) {
		error_prepend(err, "launch plan");
		return false;
	}
	plan = plan_new(json, err);
	return plan && supervisor_start(s, plan, err);
}

static bool adopt(struct supervisor *s, const char *guest_dir, struct error **err)
{
	bool gone = false;

	mode = "adopted";
	if (!supervisor_adopt(s, guest_dir, &gone, err))
		return false;
	if (gone)
		say_good("gone", s);
	return true;
}

/* Answers under way are sent; a client that does not read them is not waited
 * for for long. */
static void flush(struct event_base *base, struct clients *c)
{
	int64_t deadline = loop_now_ms() + FLUSH_MS;

	while (c && clients_pending(c) > 0 && loop_now_ms() < deadline) {
		struct timeval soon = { 0, 100000 };

		event_base_loopexit(base, &soon);
		event_base_loop(base, EVLOOP_ONCE);
	}
}

static int usage(void)
{
	fputs("usage: virtty-supervisor start < plan.json\n"
	      "       virtty-supervisor adopt DIRECTORY\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct event_base *base;
	struct supervisor s;
	struct error *err = NULL;
	bool ok;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("virtty-supervisor %s\n", VIRTTY_VERSION);
		return 0;
	}
	if (!(argc == 2 && !strcmp(argv[1], "start")) &&
	    !(argc == 3 && !strcmp(argv[1], "adopt")))
		return usage();
	umask(077);
	signal(SIGHUP, SIG_IGN);
	base = loop_new();
	supervisor_init(&s, base);
	s.on_answer = on_answer;
	ok = argc == 2 ? start(&s, &err) : adopt(&s, argv[2], &err);
	if (!ok) {
		say_failed(err, s.lock_busy);
		error_free(err);
	} else if (!s.finished) {
		event_base_dispatch(base);
	}
	flush(base, s.clients);
	supervisor_done(&s);
	event_base_free(base);
	return exit_status;
}
