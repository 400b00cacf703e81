/*
 * event: wait for what happens to guests, and print it.
 *
 * "lifecycle" is told from how the model of a domain changes; all others are
 * QEMU's own events under the names that virsh gives them.
 */
#include "views/cli/event.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/nearest.h"
#include "views/cli/cli.h"
#include "views/cli/verbs.h"

/* virsh's name, QMP's name (NULL: see above; "*": every one), a line of help. */
#define EVENTS(X) \
	X("lifecycle", NULL, "defined, started, suspended, resumed, stopped, crashed, undefined") \
	X("reboot", "RESET", "the guest was reset, by itself or from outside") \
	X("rtc-change", "RTC_CHANGE", "the guest set its clock") \
	X("watchdog", "WATCHDOG", "the watchdog fired") \
	X("io-error", "BLOCK_IO_ERROR", "a disk failed to read or write") \
	X("tray-change", "DEVICE_TRAY_MOVED", "the tray of a CD-ROM drive was opened or closed") \
	X("balloon-change", "BALLOON_CHANGE", "the guest's memory balloon changed") \
	X("device-removed", "DEVICE_DELETED", "a device was unplugged") \
	X("device-removal-failed", "DEVICE_UNPLUG_GUEST_ERROR", "the guest refused to give up a device") \
	X("block-job", "JOB_STATUS_CHANGE", "a job on a disk changed its state") \
	X("block-threshold", "BLOCK_WRITE_THRESHOLD", "a disk grew past the size that was set") \
	X("pmsuspend", "SUSPEND", "the guest suspended itself to memory") \
	X("pmsuspend-disk", "SUSPEND_DISK", "the guest suspended itself to disk") \
	X("pmwakeup", "WAKEUP", "the guest woke up") \
	X("memory-failure", "MEMORY_FAILURE", "the host's memory failed under the guest") \
	X("agent-lifecycle", "VSERPORT_CHANGE", "the guest opened or closed a channel") \
	X("graphics", "VNC_CONNECTED", "a viewer connected to the screen") \
	X("qemu", "*", "every event of QEMU's, under QEMU's own name")

static const struct kind {
	const char *name, *qmp, *help;
} kinds[] = {
#define X(name, qmp, help) { name, qmp, help },
	EVENTS(X)
#undef X
};

/* What a domain was when it was last looked at. */
struct seen {
	enum domain_state state;
	bool active, persistent;
};

struct watch {
	struct cli *cli;
	const struct kind *kind;	/* NULL: all */
	char uuid[37];			/* "": all guests */
	bool loop, json, timestamp;
	unsigned count;
	bool over, interrupted;
	bool broken;			/* what was printed did not arrive */
	struct error *err;
};

const char *event_name(unsigned i, const char **what)
{
	if (i >= ARRAY_SIZE(kinds))
		return NULL;
	*what = kinds[i].help;
	return kinds[i].name;
}

static bool wants(const struct watch *w, const struct kind *k)
{
	return !w->kind || w->kind == k;
}

static void add_timestamp(struct buf *line, const struct timeval *now)
{
	char text[64];
	struct tm tm;

	if (gmtime_r(&now->tv_sec, &tm) && strftime(text, sizeof(text), "%F %T", &tm))
		buf_printf(line, "%s.%03ld+0000: ", text, (long)now->tv_usec / 1000);
}

static void print_line(struct watch *w, const char *name, const struct domain *d,
		       const char *detail, struct json_object *data, const struct timeval *now)
{
	AUTO_BUF struct buf line = BUF_INIT;

	if (w->timestamp)
		add_timestamp(&line, now);
	buf_printf(&line, "event '%s' for domain '%s'", name, d->name);
	if (detail)
		buf_printf(&line, ": %s", detail);
	else if (data && json_object_object_length(data) > 0)
		buf_printf(&line, ": %s", json_text(data));
	output_printf(&w->cli->out, "%s\n", buf_text(&line));
}

static void print_object(struct watch *w, const char *name, const struct domain *d,
			 const char *detail, struct json_object *data, const struct timeval *now)
{
	AUTO_JSON struct json_object *o = json_object_new_object();

	json_set(o, "time", json_object_new_double((double)now->tv_sec + (double)now->tv_usec / 1e6));
	json_set_str(o, "event", name);
	json_set_str(o, "domain", d->name);
	json_set_str(o, "uuid", d->uuid);
	json_set_str(o, "detail", detail);
	if (data)
		json_set(o, "data", json_object_get(data));
	output_json(&w->cli->out, o, false);
}

/* Each event goes out at once; the first one may be the last. */
static void report(struct watch *w, const char *name, const struct domain *d, const char *detail,
		   struct json_object *data)
{
	struct timeval now;

	if (w->over)
		return;
	gettimeofday(&now, NULL);
	if (w->json)
		print_object(w, name, d, detail, data, &now);
	else
		print_line(w, name, d, detail, data, &now);
	w->count++;
	if (!output_flush(&w->cli->out, &w->err)) {
		w->broken = true;
		w->over = true;
	}
	if (!w->loop)
		w->over = true;
}

static struct seen look(const struct domain *d)
{
	return (struct seen){ d->state, d->id >= 0, d->persistent };
}

static const char *stopped_detail(const struct domain *d)
{
	static const struct {
		const char *reason, *detail;
	} details[] = {
		{ "shutdown", "Stopped Shutdown" }, { "destroyed", "Stopped Destroyed" },
		{ "crashed", "Stopped Crashed" }, { "failed", "Stopped Failed" },
		{ "saved", "Stopped Saved" }, { "panicked", "Stopped Crashed" },
	};

	for (size_t i = 0; d->reason && i < ARRAY_SIZE(details); i++)
		if (!strcmp(d->reason, details[i].reason))
			return details[i].detail;
	return d->state == DOMAIN_CRASHED ? "Stopped Crashed" : "Stopped Shutdown";
}

/* A change of state in libvirt's words; NULL: none that they have a word for. */
static const char *state_detail(const struct domain *d, const struct seen *before)
{
	bool active = d->id >= 0;

	if (active && !before->active)
		return "Started Booted";
	if (!active && before->active)
		return stopped_detail(d);
	if (!active || d->state == before->state)
		return NULL;
	switch (d->state) {
	case DOMAIN_PAUSED:
		return d->reason && strstr(d->reason, "error") ? "Suspended IOError" : "Suspended Paused";
	case DOMAIN_RUNNING:
		return before->state == DOMAIN_PAUSED ? "Resumed Unpaused" : NULL;
	case DOMAIN_CRASHED:
		return "Crashed Panicked";
	case DOMAIN_SHUTDOWN:
		return "Shutdown Finished";
	case DOMAIN_PMSUSPENDED:
		return "PMSuspended Memory";
	default:
		return NULL;
	}
}

static void lifecycle(struct watch *w, struct domain *d, const struct seen *before)
{
	const char *detail;

	if (d->persistent && !before->persistent)
		report(w, "lifecycle", d, "Defined Added", NULL);
	detail = state_detail(d, before);
	if (detail)
		report(w, "lifecycle", d, detail, NULL);
	if (!d->persistent && before->persistent)
		report(w, "lifecycle", d, "Undefined Removed", NULL);
}

static void on_gone(struct watch *w, struct domain *d, const struct seen *before)
{
	if (before->active)
		report(w, "lifecycle", d, stopped_detail(d), NULL);
	if (before->persistent)
		report(w, "lifecycle", d, "Undefined Removed", NULL);
}

/* "qemu" passes everything on, under QEMU's name; our own events are not
 * QEMU's. */
static void on_qmp(struct watch *w, struct domain *d, struct json_object *detail)
{
	const char *name = json_str(detail, "event");
	struct json_object *data = json_get(detail, "data");

	if (!name || !strncmp(name, "VIRTTY_", 7))
		return;
	if (w->kind && w->kind->qmp && !strcmp(w->kind->qmp, "*")) {
		report(w, name, d, NULL, data);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].qmp && wants(w, &kinds[i]) && !strcmp(kinds[i].qmp, name))
			report(w, kinds[i].name, d, NULL, data);
}

/* The model's domains carry what they were in their `view`. */
static void on_event(struct connection *c, enum connection_event what, struct domain *d,
		     struct json_object *detail, void *arg)
{
	struct watch *w = arg;
	struct seen nothing = { DOMAIN_SHUTOFF, false, false };
	struct seen *before = d->view ? d->view : &nothing;
	bool meant = !*w->uuid || !strcmp(w->uuid, d->uuid);

	(void)c;
	if (what == CONNECTION_DOMAIN_EVENT) {
		if (meant)
			on_qmp(w, d, detail);
		return;
	}
	if (meant && wants(w, &kinds[0])) {
		if (what == CONNECTION_DOMAIN_GONE)
			on_gone(w, d, before);
		else
			lifecycle(w, d, before);
	}
	if (what == CONNECTION_DOMAIN_GONE) {
		free(d->view);
		d->view = NULL;
	} else {
		if (!d->view)
			d->view = mem_alloc(sizeof(struct seen));
		*(struct seen *)d->view = look(d);
	}
}

static void remember_all(struct connection *c)
{
	size_t n;
	struct domain *const *domains = connection_domains(c, &n);

	for (size_t i = 0; i < n; i++) {
		domains[i]->view = mem_alloc(sizeof(struct seen));
		*(struct seen *)domains[i]->view = look(domains[i]);
	}
}

static void forget_all(struct connection *c)
{
	size_t n;
	struct domain *const *domains = connection_domains(c, &n);

	for (size_t i = 0; i < n; i++) {
		free(domains[i]->view);
		domains[i]->view = NULL;
	}
}

static void on_interrupt(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;

	(void)fd;
	(void)what;
	w->interrupted = true;
	w->over = true;
}

static const struct kind *find_kind(struct cli *cli, const char *name, struct error **err)
{
	struct nearest near = NEAREST_INIT(name);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
		nearest_offer(&near, kinds[i].name);
	}
	cli_misuse(cli, err, "there is no event '%s'", name);
	if (near.best)
		error_hint(err, "did you mean '%s'?", near.best);
	error_hint(err, "virtty event --list prints the names");
	return NULL;
}

static bool print_list(struct cli *cli)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		output_printf(&cli->out, "%-22s %s\n", kinds[i].name, kinds[i].help);
	return true;
}

static bool wait_for_events(struct cli *cli, struct watch *w, int timeout_ms, struct error **err)
{
	struct event *interrupt = evsignal_new(cli->base, SIGINT, on_interrupt, w);
	bool qmp = !w->kind || w->kind->qmp;

	event_add(interrupt, NULL);
	remember_all(cli->connection);
	connection_watch(cli->connection, on_event, w, qmp);
	loop_until(cli->base, &w->over, timeout_ms);
	connection_watch(cli->connection, NULL, NULL, false);
	forget_all(cli->connection);
	event_free(interrupt);
	if (w->broken) {
		error_move(err, &w->err);
		return false;
	}
	if (!w->json) {
		if (w->interrupted)
			cli_say(cli, "event loop interrupted");
		else if (!w->over)
			cli_say(cli, "event loop timed out");
		cli_say(cli, "events received: %u", w->count);
	}
	return w->count > 0;
}

bool verb_event(struct cli *cli, struct error **err)
{
	struct watch w = { .cli = cli, .kind = &kinds[0] };
	const char *name = cli_value(cli, "event");
	uint64_t seconds;
	struct domain *d;

	if (cli_flag(cli, "list"))
		return print_list(cli);
	if (name && cli_flag(cli, "all"))
		return cli_misuse(cli, err, "--event and --all exclude each other");
	if (name)
		w.kind = find_kind(cli, name, err);
	else if (cli_flag(cli, "all"))
		w.kind = NULL;
	if ((name && !w.kind) || !cli_number(cli, "timeout", 0, &seconds, err) ||
	    !cli_connect(cli, err))
		return false;
	if (seconds > 86400 * 24)
		return cli_misuse(cli, err, "--timeout %s is more than 24 days", cli_value(cli, "timeout"));
	if (cli_operand(cli, "DOMAIN")) {
		d = cli_domain(cli, err);
		if (!d)
			return false;
		memcpy(w.uuid, d->uuid, sizeof(w.uuid));
	}
	w.loop = cli_flag(cli, "loop");
	w.json = cli_json(cli);
	w.timestamp = cli_flag(cli, "timestamp");
	return wait_for_events(cli, &w, cli_value(cli, "timeout") ? (int)seconds * 1000 : -1, err);
}
