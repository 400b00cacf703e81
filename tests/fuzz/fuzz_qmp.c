/*
 * A QEMU that has gone mad: whatever it says on its monitor, every command is
 * answered exactly once, the policy decides each ending once, and nothing is
 * left behind.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "backend/base/loop.h"
#include "backend/supervisor/monitor.h"
#include "backend/supervisor/policy.h"
#include "tests/fuzz/fuzz.h"

#define COMMANDS 6

static struct event_base *base;
static int answers[COMMANDS];
static int ends, decided;
static struct policy policy;

static void on_ready(struct monitor *m, void *arg)
{
	(void)arg;
	must(monitor_negotiated(m));
}

static void on_event(struct monitor *m, const char *name, struct json_object *event, void *arg)
{
	struct policy_step step = policy_event(&policy, name, json_get(event, "data"), 0);

	(void)m;
	(void)arg;
	must((step.state == NULL) == (step.reason == NULL));
	decided += step.act == POLICY_APPLY;
	if (step.act == POLICY_APPLY)
		must(policy.ending != POLICY_RUNS);
}

static void on_answering(struct monitor *m, bool yes, void *arg)
{
	(void)m;
	(void)yes;
	(void)arg;
}

static void on_end(struct monitor *m, const char *why, void *arg)
{
	(void)m;
	(void)arg;
	must(why != NULL);
	ends++;
}

static const struct monitor_handlers handlers = { on_ready, on_event, on_answering, on_end };

static void on_done(struct json_object *reply, const char *problem, void *arg)
{
	must(problem || reply);
	(*(int *)arg)++;
}

static void feed(int fd, const uint8_t *data, size_t size)
{
	size_t sent = 0;

	while (sent < size) {
		ssize_t n = write(fd, data + sent, size - sent);

		if (n <= 0)
			break;
		sent += (size_t)n;
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	for (int i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct monitor *m;
	int pair[2];

	if (!base)
		base = loop_new();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		return 0;
	ends = decided = 0;
	policy_init(&policy, POLICY_RESTART, POLICY_COREDUMP_DESTROY, POLICY_PRESERVE);
	m = monitor_new(base, pair[0], &handlers, NULL);
	for (int i = 0; i < COMMANDS; i++) {
		answers[i] = 0;
		monitor_command(m, "query-status", NULL, -1, -1, on_done, &answers[i]);
	}
	feed(pair[1], data, size);
	close(pair[1]);
	for (int i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	must(ends == 1);
	monitor_free(m);
	event_base_loop(base, EVLOOP_NONBLOCK);
	for (int i = 0; i < COMMANDS; i++)
		must(answers[i] == 1);
	return 0;
}
