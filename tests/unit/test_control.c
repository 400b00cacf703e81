/*
 * test_control: operations and consoles against a supervisor that we play.
 */
#include "tests/unit/tap.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "backend/base/file.h"
#include "backend/base/frame.h"
#include "backend/base/json_stream.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/base/socket.h"
#include "backend/connection/connection.h"

#define A "aaaaaaaa-0000-4000-8000-000000000001"

static struct event_base *base;
static struct paths paths;
static struct connection *c;
static char heard[4096];

static void hear_word(const char *word)
{
	size_t len = strlen(heard);

	snprintf(heard + len, sizeof(heard) - len, "%s;", word);
}

/* --- the supervisor -------------------------------------------------------- */

static struct json_stream *client;
static int asked;

static void reply(struct json_object *request, const char *key, const char *value)
{
	AUTO_JSON struct json_object *o = json_object_new_object();

	json_set_int(o, "id", json_int(request, "id", 0));
	json_set(o, key, json_parse(value, strlen(value), NULL));
	json_stream_send(client, o);
}

static void tell(const char *text)
{
	AUTO_JSON struct json_object *o = json_parse(text, strlen(text), NULL);

	json_stream_send(client, o);
}

static void on_request(struct json_stream *s, struct json_object *o, void *arg)
{
	const char *word = json_str(o, "execute");

	(void)arg;
	asked++;
	if (!strcmp(word, "suspend"))
		reply(o, "return", "{}");
	else if (!strcmp(word, "shutdown"))
		reply(o, "error", "{\"desc\": \"no ACPI\", \"hint\": \"use destroy\"}");
	else if (!strcmp(word, "qmp"))
		reply(o, "return", "{\"status\": \"running\"}");
	else if (!strcmp(word, "subscribe"))
		tell("{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 5}}");
	else if (!strcmp(word, "reset")) {
		json_stream_free(s);	/* dies while it is asked */
		client = NULL;
	}
}

static void on_client_end(struct json_stream *s, const char *why, void *arg)
{
	(void)why;
	(void)arg;
	json_stream_free(s);
	if (client == s)
		client = NULL;
}

static const struct json_stream_handlers server = { on_request, on_client_end };

static void on_client(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	(void)arg;
	client = json_stream_new(base, socket_accept(fd), &server, NULL);
	tell("{\"virtty\": {\"protocol\": 1}}");
}

/* --- the console ----------------------------------------------------------- */

static struct bufferevent *viewer;

static void on_frames(struct bufferevent *b, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(b), *out = bufferevent_get_output(b);
	const char *payload;
	size_t len;
	char type;

	(void)arg;
	while (frame_peek(in, &type, &payload, &len) == FRAME_READY) {
		AUTO_JSON struct json_object *o = type == FRAME_JSON ? json_parse(payload, len, NULL) : NULL;

		if (json_get(o, "open")) {
			AUTO_JSON struct json_object *opened = json_parse("{\"opened\": {}}", 14, NULL);

			hear_word(json_str(json_get(o, "open"), "mode"));
			frame_add_json(out, opened);
			frame_add_data(out, "login: ", 7);
		} else if (o) {
			hear_word(json_get(o, "break") ? "break" : "take");
		} else {
			AUTO_JSON struct json_object *ended = json_parse("{\"ended\": \"the guest is off\"}", 29, NULL);

			AUTO_FREE char *text = mem_strndup(payload, len);

			hear_word(text);
			frame_add_json(out, ended);
		}
		frame_drop(in, len);
	}
}

static void on_viewer(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	(void)arg;
	viewer = bufferevent_socket_new(base, socket_accept(fd), BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(viewer, on_frames, NULL, NULL, NULL);
	bufferevent_enable(viewer, EV_READ | EV_WRITE);
}

static struct event *serve(const char *name, event_callback_fn fn)
{
	AUTO_FREE char *path = paths_runtime_file(&paths, A, name);
	struct event *e;
	int fd;

	file_make_dirs(paths.runtime, true, NULL);
	fd = socket_listen(path, NULL);
	e = event_new(base, fd, EV_READ | EV_PERSIST, fn, NULL);
	event_add(e, NULL);
	return e;
}

static void write_record(void)
{
	AUTO_FREE char *path = paths_running_record(&paths, A);
	AUTO_FREE char *socket = paths_runtime_file(&paths, A, "serial0.sock");
	AUTO_FREE char *text = mem_printf("{\"name\": \"web\", \"id\": 3, \"state\": \"running\", "
		"\"reason\": \"booted\", \"why\": \"started\", \"boot_id\": \"%s\", "
		"\"qemu\": {\"pid\": %d, \"start_time\": %llu}, \"supervisor\": {\"pid\": %d, \"start_time\": %llu}, "
		"\"transient\": true, \"consoles\": [{\"name\": \"serial0\", \"socket\": \"%s\", \"pty\": \"/dev/pts/99\"}], "
		"\"graphics\": [{\"type\": \"vnc\", \"listen\": \"127.0.0.1\", \"port\": 5903}, "
		"{\"type\": \"vnc\", \"socket\": \"/run/x\"}, {\"type\": \"spice\", \"listen\": \"::1\", \"port\": 5900}]}",
		process_boot_id(), (int)getpid(), process_start_time(getpid()),
		(int)getpid(), process_start_time(getpid()), socket);

	file_replace(path, text, strlen(text), 0600, NULL);
}

/* --- the tests -------------------------------------------------------------- */

static struct json_object *call(const char *operation, const char *args, struct error **err)
{
	return connection_call_wait(c, connection_lookup(c, "web", NULL), operation,
		args ? json_parse(args, strlen(args), NULL) : NULL, err);
}

static void test_requests(void)
{
	struct error *err = NULL;
	struct json_object *o = call("suspend", NULL, NULL);

	ok(o, "a request is answered");
	json_object_put(o);
	ok(!call("shutdown", NULL, &err), "or refused");
	is_str(error_message(err), "no ACPI", "in the supervisor's words");
	is_str(error_hint_text(err), "use destroy", "with its hint");
	error_free(err);
	err = NULL;
	o = call("qmp", "{\"execute\": \"query-status\"}", NULL);
	is_str(json_str(json_get(o, "return"), "status"), "running", "QMP goes through");
	json_object_put(o);
	ok(!call("reset", NULL, &err), "a supervisor that dies while it is asked");
	ok(strstr(error_message(err), "supervisor is gone"), "is told: %s", error_message(err));
	error_free(err);
	o = call("suspend", NULL, NULL);
	ok(o, "the next request connects anew");
	json_object_put(o);
}

static void test_displays(void)
{
	struct json_object *o = call("domdisplay", NULL, NULL);

	is_str(json_text(json_get(o, "uris")), "[\"vnc://127.0.0.1:3\",\"vnc+unix:///run/x\",\"spice://[::1]:5900\"]", "displays");
	json_object_put(o);
	o = call("ttyconsole", NULL, NULL);
	is_str(json_str(o, "path"), "/dev/pts/99", "the console's terminal");
	json_object_put(o);
	o = call("info", NULL, NULL);
	ok(json_int(o, "id", 0) == 3 && json_int(o, "rss", 0) > 0 && !json_flag(o, "persistent", true), "info");
	json_object_put(o);
}

static void hear(struct connection *from, enum connection_event what, struct domain *d,
		 struct json_object *detail, void *arg)
{
	(void)from;
	(void)d;
	(void)arg;
	if (what == CONNECTION_DOMAIN_EVENT)
		hear_word(json_str(detail, "event"));
}

static void set(void *arg)
{
	*(bool *)arg = true;
}

static bool has_heard(const char *words)
{
	bool late = false;
	struct event *timer = loop_after(base, 5000, set, &late);

	while (!strstr(heard, words) && !late)
		event_base_loop(base, EVLOOP_ONCE);
	loop_cancel(&timer);
	return strstr(heard, words);
}

static void test_events(void)
{
	heard[0] = '\0';
	connection_watch(c, hear, NULL, true);
	ok(has_heard("RTC_CHANGE;"), "events of QEMU arrive");
	connection_watch(c, NULL, NULL, false);
}

static void on_data(struct console_link *l, const char *data, size_t len, void *arg)
{
	AUTO_FREE char *text = mem_strndup(data, len);

	(void)arg;
	hear_word(text);
	console_link_break(l);
	console_link_send(l, "root", 4);
}

static void on_notice(struct console_link *l, struct json_object *notice, void *arg)
{
	(void)l;
	(void)arg;
	hear_word(json_get(notice, "opened") ? "opened" : "notice");
}

static void on_end(struct console_link *l, const char *why, void *arg)
{
	(void)arg;
	hear_word(why);
	console_link_close(l);
}

static void test_console(void)
{
	static const struct console_handlers handlers = { on_data, on_notice, on_end };
	struct domain *d = connection_lookup(c, "web", NULL);
	struct error *err = NULL;
	struct console_link *l;

	heard[0] = '\0';
	ok(!connection_console(c, d, "serial7", 0, &handlers, NULL, &err), "no such console");
	is_str(error_message(err), "console: domain 'web' has no console 'serial7'", "says so");
	error_free(err);
	l = connection_console(c, d, NULL, 0, &handlers, NULL, NULL);
	ok(l, "the first console");
	ok(has_heard("the guest is off;"), "to its end");
	is_str(heard, "write;opened;login: ;break;root;notice;the guest is off;", "everything in order");
	bufferevent_free(viewer);
	l = connection_console(c, d, "serial0", CONSOLE_READONLY, &handlers, NULL, NULL);
	console_link_send(l, "x", 1);
	heard[0] = '\0';
	ok(has_heard("login: ;"), "read only");
	ok(!strstr(heard, "x;"), "writes nothing");
}

static void test_closing(void)
{
	connection_call(c, connection_lookup(c, "web", NULL), "suspend", NULL, NULL, NULL);
	connection_call(c, NULL, "undefined", NULL, NULL, NULL);
	connection_close(c);
	ok(true, "closing with open calls");
}

int main(void)
{
	const char *dir = tap_directory();
	struct event *control, *console;
	AUTO_FREE char *runtime = NULL;

	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("XDG_DATA_HOME", dir, 1);
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_CACHE_HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	base = loop_new();
	paths_init(&paths, false, NULL);
	paths_create(&paths, NULL);
	runtime = paths_runtime_dir(&paths, A);
	file_make_dirs(runtime, true, NULL);
	control = serve("supervisor.sock", on_client);
	console = serve("serial0.sock", on_viewer);
	write_record();
	c = connection_open(base, "qmp:///session", NULL);
	test_requests();
	test_displays();
	test_events();
	test_console();
	test_closing();
	if (viewer)
		bufferevent_free(viewer);
	if (client)
		json_stream_free(client);
	close(event_get_fd(control));
	close(event_get_fd(console));
	event_free(control);
	event_free(console);
	event_base_free(base);
	paths_done(&paths);
	file_remove_tree(dir, NULL);
	return tap_done();
}
