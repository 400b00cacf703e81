/*
 * op_info: what is known of a guest, told.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"
#include "backend/connection/live.h"

struct json_object *live_record(struct connection *c, const struct guest *g)
{
	AUTO_FREE char *path = g->recorded ? paths_running_record(&c->paths, g->pub.uuid) :
		paths_stopped_record(&c->paths, g->pub.uuid);

	return record_read_json(path, NULL);
}

struct json_object *live_array(struct json_object *record, const char *key, size_t *n)
{
	struct json_object *a = json_get(record, key);

	*n = json_object_is_type(a, json_type_array) ? json_object_array_length(a) : 0;
	return a;
}

char *live_pty(struct json_object *console)
{
	const char *pty = json_str(console, "pty");
	char target[PATH_MAX];

	return mem_strdup(pty && realpath(pty, target) ? target : pty);
}

/* --- info ----------------------------------------------------------------- */

static void add_identity(struct json_object *o, const struct domain *d)
{
	json_set_str(o, "uuid", d->uuid);
	json_set_str(o, "name", d->name);
	json_set_str(o, "title", d->title);
	if (d->id >= 0)
		json_set_int(o, "id", d->id);
	json_set_str(o, "os_type", "hvm");
	json_set_str(o, "state", domain_state_name(d->state));
	json_set_str(o, "reason", d->reason);
	json_set_str(o, "why", d->why);
	if (d->since)
		json_set_int(o, "since", d->since);
	if (d->started)
		json_set_int(o, "started", d->started);
	json_set_bool(o, "persistent", d->persistent);
	json_set_bool(o, "autostart", d->autostart);
	json_set_bool(o, "changed", d->changed);
}

static void add_hardware(struct json_object *o, const struct domain *d)
{
	json_set_bool(o, "kvm", d->kvm);
	json_set_str(o, "machine", d->machine);
	json_set_int(o, "vcpus", d->vcpus);
	json_set_int(o, "max_vcpus", d->max_vcpus);
	json_set_int(o, "memory", (int64_t)d->memory);
	json_set_int(o, "max_memory", (int64_t)d->max_memory);
}

static void add_processes(struct connection *c, struct json_object *o, const struct domain *d)
{
	struct domain_sample sample;

	if (d->pid)
		json_set_int(o, "pid", d->pid);
	if (d->supervisor_pid)
		json_set_int(o, "supervisor_pid", d->supervisor_pid);
	if (connection_sample(c, d, &sample)) {
		json_set_int(o, "cpu_time_ns", (int64_t)sample.cpu_ns);
		json_set_int(o, "rss", (int64_t)sample.rss);
	}
}

static struct json_object *consoles(struct connection *c, const struct guest *g,
				    struct json_object *record)
{
	struct json_object *list = json_object_new_array();
	size_t n;
	struct json_object *from = live_array(record, "consoles", &n);

	for (size_t i = 0; i < n; i++) {
		struct json_object *its = json_object_array_get_idx(from, i);
		struct json_object *o = json_object_new_object();
		AUTO_FREE char *pty = live_pty(its);
		AUTO_FREE char *file = mem_printf("%s.log", json_str(its, "name"));
		AUTO_FREE char *log = paths_guest_file(&c->paths, g->pub.uuid, file);

		json_set_str(o, "name", json_str(its, "name"));
		json_set_str(o, "socket", json_str(its, "socket"));
		json_set_str(o, "pty", pty);
		if (access(log, F_OK) == 0)
			json_set_str(o, "log", log);
		json_set_int(o, "last", json_int(its, "last", 0));
		json_set_int(o, "bell", json_int(its, "bell", 0));
		json_push(list, o);
	}
	return list;
}

static void add_record(struct connection *c, struct json_object *o, const struct guest *g)
{
	AUTO_JSON struct json_object *record = live_record(c, g);

	json_set_int(o, "restarts", json_int(record, "restarts", 0));
	if (g->recorded) {
		json_set(o, "consoles", consoles(c, g, record));
		if (json_get(record, "graphics"))
			json_set(o, "graphics", json_object_get(json_get(record, "graphics")));
	}
	if (json_get(record, "history"))
		json_set(o, "history", json_object_get(json_get(record, "history")));
}

void op_info(struct call *call)
{
	struct guest *g = call_guest(call);
	struct json_object *o = json_object_new_object();
	AUTO_FREE char *definition = paths_domain_xml(&call->c->paths, call->uuid);
	AUTO_FREE char *log = paths_guest_file(&call->c->paths, call->uuid, "qemu.log");

	add_identity(o, &g->pub);
	add_hardware(o, &g->pub);
	add_processes(call->c, o, &g->pub);
	add_record(call->c, o, g);
	if (g->pub.persistent)
		json_set_str(o, "definition", definition);
	json_set_str(o, "log", log);
	call_return(call, o);
}

/* --- ttyconsole, domdisplay ------------------------------------------------ */

static bool need_running(struct call *call, const struct guest *g)
{
	if (guest_runs(g))
		return true;
	call_fail_text(call, "domain '%s' is not running", g->pub.name);
	return false;
}

void op_ttyconsole(struct call *call)
{
	struct guest *g = call_guest(call);
	AUTO_JSON struct json_object *record = NULL;
	AUTO_FREE char *pty = NULL;
	struct json_object *result;
	size_t n;

	if (!need_running(call, g))
		return;
	record = live_record(call->c, g);
	pty = live_pty(json_object_array_get_idx(live_array(record, "consoles", &n), 0));
	if (!n || !pty) {
		call_fail_text(call, "domain '%s' has no console with a terminal", g->pub.name);
		return;
	}
	result = json_object_new_object();
	json_set_str(result, "path", pty);
	call_return(call, result);
}

/* As virsh writes them: VNC's display number, any other's port. */
static char *display_uri(struct json_object *graphics)
{
	const char *type = json_str(graphics, "type"), *socket = json_str(graphics, "socket");
	const char *host = json_str(graphics, "listen");
	int64_t port = json_int(graphics, "port", -1);

	if (type && socket)
		return mem_printf("%s+unix://%s", type, socket);
	if (!type || port < 0)
		return NULL;
	if (!host || !strcmp(host, "0.0.0.0") || !strcmp(host, "::"))
		host = "localhost";
	if (!strcmp(type, "vnc"))
		port -= 5900;
	return mem_printf(strchr(host, ':') ? "%s://[%s]:%lld" : "%s://%s:%lld", type, host,
			  (long long)port);
}

void op_domdisplay(struct call *call)
{
	struct guest *g = call_guest(call);
	AUTO_JSON struct json_object *record = NULL;
	struct json_object *result, *uris, *list;
	size_t n;

	if (!need_running(call, g))
		return;
	record = live_record(call->c, g);
	list = live_array(record, "graphics", &n);
	result = json_object_new_object();
	uris = json_object_new_array();
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *uri = display_uri(json_object_array_get_idx(list, i));

		if (uri)
			json_push_str(uris, uri);
	}
	json_set(result, "uris", uris);
	call_return(call, result);
}

/* --- log ------------------------------------------------------------------ */

#define LOG_TAIL (256 * 1024)
#define LOG_LINES 100

/* The last part of a file; a missing one is empty. */
static bool read_tail(const char *path, struct buf *out, struct error **err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0 || fstat(fd, &st) < 0) {
		error_set_errno(err, errno, "open '%s'", path);
		return false;
	}
	if (st.st_size > LOG_TAIL)
		lseek(fd, st.st_size - LOG_TAIL, SEEK_SET);
	/* It may grow while we read. */
	return file_read_fd(fd, 4 * LOG_TAIL, out, err);
}

/* Where the last n lines begin. */
static const char *last_lines(const struct buf *text, int64_t n)
{
	const char *start = buf_text(text), *p = start + text->len;

	if (p > start && p[-1] == '\n')
		p--;
	while (p > start && (p[-1] != '\n' || --n > 0))
		p--;
	return p;
}

static void run_log(struct call *call)
{
	AUTO_FREE char *path = paths_guest_file(&call->c->paths, call->uuid, "qemu.log");
	AUTO_BUF struct buf text = BUF_INIT;
	struct json_object *lines = json_object_new_array();
	const char *p, *end;

	if (!read_tail(path, &text, &call->err)) {
		json_object_put(lines);
		return;
	}
	p = last_lines(&text, json_int(call->args, "lines", LOG_LINES));
	end = buf_text(&text) + text.len;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl ? nl : end;

		json_push(lines, json_object_new_string_len(p, (int)(stop - p)));
		p = stop + 1;
	}
	call->result = json_object_new_object();
	json_set_str(call->result, "path", path);
	json_set(call->result, "lines", lines);
}

void op_log(struct call *call)
{
	call_work(call, run_log, NULL);
}
