/*
 * test_connection: the model of guests, from files that others write.
 */
#include "tests/unit/tap.h"

#include <sys/stat.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/connection/connection.h"

#define A "aaaaaaaa-0000-4000-8000-000000000001"
#define B "bbbbbbbb-0000-4000-8000-000000000002"
#define C "cccccccc-0000-4000-8000-000000000003"

static struct event_base *base;
static struct paths paths;
static char heard[4096];

static void write_file(char *path, const char *text)
{
	file_replace(path, text, strlen(text), 0600, NULL);
	free(path);
}

static void define(const char *uuid, const char *name)
{
	AUTO_FREE char *text = mem_printf("<domain type='qemu'><name>%s</name><uuid>%s</uuid>"
		"<title>The %s</title><memory unit='MiB'>64</memory><vcpu current='1'>2</vcpu>"
		"<os><type machine='pc'>hvm</type></os></domain>", name, uuid, name);

	write_file(paths_domain_xml(&paths, uuid), text);
}

/* A run record whose supervisor and QEMU are this very process, or nobody. */
static char *record(const char *name, const char *state, bool alive)
{
	return mem_printf("{\"version\": 1, \"name\": \"%s\", \"id\": 7, \"state\": \"%s\", "
		"\"reason\": \"booted\", \"why\": \"started\", \"since\": 1000, \"started\": 1000, "
		"\"boot_id\": \"%s\", \"qemu\": {\"pid\": %d, \"start_time\": %llu}, "
		"\"supervisor\": {\"pid\": %d, \"start_time\": %llu}, \"memory\": 33554432, "
		"\"vcpus\": 1, \"kvm\": false, \"machine\": \"pc-i440fx-7.2\", \"transient\": false, "
		"\"definition\": \"0\"}", name, state, process_boot_id(),
		(int)getpid(), alive ? process_start_time(getpid()) : 1,
		(int)getpid(), alive ? process_start_time(getpid()) : 1);
}

static void write_running(const char *uuid, const char *name, const char *state, bool alive)
{
	AUTO_FREE char *text = record(name, state, alive);

	write_file(paths_running_record(&paths, uuid), text);
}

static void hear(struct connection *c, enum connection_event what, struct domain *d,
		 struct json_object *detail, void *arg)
{
	static const char *const words[] = { "new", "changed", "gone", "event" };
	size_t len = strlen(heard);

	(void)c;
	(void)detail;
	(void)arg;
	snprintf(heard + len, sizeof(heard) - len, "%s %s %s;", words[what], d->name,
		 domain_state_name(d->state));
}

static void turn(void)
{
	heard[0] = '\0';
	event_base_loop(base, EVLOOP_ONCE);
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void test_reading(void)
{
	struct connection *c;
	struct domain *const *list, *d;
	size_t n;

	define(A, "web");
	define(B, "db");
	write_file(paths_domain_xml(&paths, C), "<domain><name>x</");
	write_file(mem_printf("%s/domains/notes.txt", paths.data), "foreign");
	write_file(mem_printf("%s/domains/autostart/" A, paths.data), "");
	write_running(B, "db", "paused", true);
	write_file(paths_stopped_record(&paths, A), "{\"state\": \"shut off\", \"reason\": \"shutdown\", "
		   "\"why\": \"shut down by the guest\", \"since\": 500}");
	c = connection_open(base, "qmp:///session", NULL);
	list = connection_domains(c, &n);
	is_int(n, 3, "three definitions, the foreign file is none");
	is_str(list[1]->name, "db", "sorted by name");
	d = connection_lookup(c, "web", NULL);
	ok(d->persistent && d->autostart && d->id == -1 && d->state == DOMAIN_SHUTOFF, "web does not run");
	is_str(d->why, "shut down by the guest", "and says why it stopped");
	is_str(d->title, "The web", "title");
	is_int(d->max_memory, 64 << 20, "memory");
	ok(d->vcpus == 1 && d->max_vcpus == 2, "virtual CPUs");
	d = connection_lookup(c, "7", NULL);
	ok(d && !strcmp(d->name, "db") && d->state == DOMAIN_PAUSED && d->pid == getpid(), "db by its id");
	is_int(d->memory, 32 << 20, "the balloon's size");
	is_str(d->machine, "pc-i440fx-7.2", "the machine that runs");
	ok(d->changed, "its definition is another by now");
	ok(connection_lookup(c, "BBBBBBBB-0000-4000-8000-000000000002", NULL) == d, "by uuid");
	d = connection_lookup(c, C, NULL);
	ok(d && d->state == DOMAIN_NOSTATE && strstr(d->why, ".xml"), "a broken one is listed: %s", d->why);
	ok(!connection_lookup(c, "nobody", NULL), "nobody");
	connection_close(c);
}

static void test_index_is_not_trusted(void)
{
	struct connection *c;

	define(A, "web-renamed");
	c = connection_open(base, "qmp:///session", NULL);
	ok(connection_lookup(c, "web-renamed", NULL), "a change between two runs is seen");
	connection_close(c);
	write_file(mem_printf("%s/index", paths.cache), "virtty-index 1\nnonsense");
	c = connection_open(base, "qmp:///session", NULL);
	ok(connection_lookup(c, "web-renamed", NULL), "a broken index is nothing");
	connection_close(c);
	define(A, "web");
}

static void test_events(void)
{
	struct connection *c = connection_open(base, "qmp:///session", NULL);
	AUTO_FREE char *running = paths_running_record(&paths, A);
	AUTO_FREE char *stopped = paths_stopped_record(&paths, A);
	AUTO_FREE char *xml = paths_domain_xml(&paths, C);
	struct domain *web = connection_lookup(c, "web", NULL);

	connection_watch(c, hear, NULL, false);
	define(C, "new");
	turn();
	is_str(heard, "changed new shut off;", "a definition is mended");
	unlink(xml);
	turn();
	is_str(heard, "gone new shut off;", "and removed");
	write_running(A, "web", "running", true);
	turn();
	is_str(heard, "changed web running;", "a guest starts");
	ok(web == connection_lookup(c, "web", NULL) && web->id == 7, "the domain stays where it is");
	write_running(A, "web", "paused", true);
	turn();
	is_str(heard, "changed web paused;", "and changes its state");
	write_file(mem_strdup(stopped), "{\"state\": \"crashed\", \"reason\": \"crashed\", \"why\": \"QEMU was killed\"}");
	unlink(running);
	turn();
	is_str(heard, "changed web crashed;", "and stops; two files, one change");
	is_str(web->why, "QEMU was killed", "why it stopped");
	is_int(web->id, -1, "no id");
	unlink(running);
	write_file(mem_printf("%s/domains/.tmp-x", paths.data), "");
	heard[0] = '\0';
	event_base_loop(base, EVLOOP_NONBLOCK);
	is_str(heard, "", "foreign files make no event");
	connection_close(c);
}

static void test_lost(void)
{
	struct connection *c;
	struct domain *d;
	AUTO_FREE char *running = paths_running_record(&paths, A);

	write_running(A, "web", "running", false);
	c = connection_open(base, "qmp:///session", NULL);
	d = connection_lookup(c, "web", NULL);
	ok(d->state == DOMAIN_SHUTOFF && d->id == -1, "a record that no process bears out is not believed");
	is_str(d->why, "QEMU is gone and nobody saw it end", "and says so");
	connection_close(c);
	unlink(running);
}

static struct json_object *call(struct connection *c, struct domain *d, const char *operation,
				const char *args)
{
	struct error *err = NULL;
	struct json_object *o = connection_call_wait(c, d, operation,
		args ? json_parse(args, strlen(args), NULL) : NULL, &err);

	if (err)
		printf("# %s: %s\n", operation, error_message(err));
	error_free(err);
	return o;
}

static void test_operations(void)
{
	struct connection *c = connection_open(base, "qmp:///session", NULL);
	struct domain *db = connection_lookup(c, "db", NULL), *web = connection_lookup(c, "web", NULL);
	AUTO_JSON struct json_object *o = NULL;

	o = call(c, db, "autostart", "{\"enable\": true}");
	ok(o && db->autostart, "autostart");
	json_object_put(o);
	o = call(c, db, "wait", "{\"states\": [\"paused\"], \"timeout_ms\": 1000}");
	is_str(json_str(o, "state"), "paused", "wait for what is already so");
	json_object_put(o);
	o = call(c, db, "wait", "{\"states\": [\"running\"], \"timeout_ms\": 1}");
	ok(!o, "wait for what does not come");
	o = call(c, web, "suspend", NULL);
	ok(!o, "suspend what does not run");
	o = call(c, NULL, "suspend", NULL);
	ok(!o, "suspend nobody");
	o = call(c, web, "frobnicate", NULL);
	ok(!o, "an unknown operation");
	connection_close(c);
}

static void test_uris(void)
{
	struct connection *c;
	struct error *err = NULL;

	write_file(mem_printf("%s/virtty.conf", paths.config), "# mine\nuri_default = lab\n"
		   "uri_aliases = other=qmp:///system lab=qmp:///session\n");
	c = connection_open(base, NULL, NULL);
	is_str(c ? connection_uri(c) : NULL, "qmp:///session", "default by alias");
	connection_close(c);
	setenv("VIRTTY_DEFAULT_URI", "nonsense:///", 1);
	ok(!connection_open(base, NULL, &err) && error_hint_text(err), "the variable comes first: %s", error_message(err));
	error_free(err);
	unsetenv("VIRTTY_DEFAULT_URI");
}

int main(void)
{
	const char *dir = tap_directory();

	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("XDG_DATA_HOME", dir, 1);
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_CACHE_HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	setenv("VIRTTY_SUPERVISOR", "/nonexistent", 1);
	base = loop_new();
	paths_init(&paths, false, NULL);
	paths_create(&paths, NULL);
	test_reading();
	test_index_is_not_trusted();
	test_events();
	test_lost();
	test_operations();
	test_uris();
	event_base_free(base);
	paths_done(&paths);
	file_remove_tree(dir, NULL);
	return tap_done();
}
