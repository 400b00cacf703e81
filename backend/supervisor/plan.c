/*
 * plan: see plan.h.
 */
#include "backend/supervisor/plan.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"

#define RING_DEFAULT (256u << 10)
#define RING_MAX (64u << 20)
#define LOG_DEFAULT (2u << 20)

/* A record, a log or a socket named by a relative path would land wherever the
 * supervisor happens to stand. */
static const char *text(struct json_object *o, const char *key, bool is_path, struct error **err)
{
	const char *s = json_str(o, key);

	if (!s || !*s) {
		error_set(err, "launch plan: '%s' is missing", key);
		return NULL;
	}
	if (is_path && s[0] != '/') {
		error_set(err, "launch plan: '%s' is not an absolute path", key);
		return NULL;
	}
	return s;
}

static bool valid_uuid(const char *s)
{
	return strlen(s) == 36 && strspn(s, "0123456789abcdef-") == 36;
}

/* The "id=" of the -chardev argument that stands for this console. */
static char *chardev_id(struct json_object *json, const char *path)
{
	struct json_object *listen = json_get(json, "listen"), *argv = json_get(json, "argv");
	const char *fd = NULL;

	for (size_t i = 0; i < json_length(listen); i++) {
		struct json_object *l = json_object_array_get_idx(listen, i);
		const char *p = json_str(l, "path");

		if (p && !strcmp(p, path))
			fd = json_str(l, "fd");
	}
	for (size_t i = 0; fd && argv && i < json_length(argv); i++) {
		struct json_object *a = json_object_array_get_idx(argv, i);
		const char *name = json_str(a, "fd"), *prefix = json_str(a, "prefix"), *id;

		if (!name || strcmp(name, fd) || !prefix)
			continue;
		id = strstr(prefix, ",id=");
		if (id)
			return mem_strndup(id + 4, strcspn(id + 4, ","));
	}
	return NULL;
}

static size_t bounded(int64_t value, size_t fallback, size_t max)
{
	if (value < 4096)
		return fallback;
	return (uint64_t)value > max ? max : (size_t)value;
}

static bool read_console(struct plan *p, struct json_object *o, struct error **err)
{
	struct plan_console *c = MEM_PUSH(p->consoles, p->n_consoles);

	c->name = text(o, "name", false, err);
	c->qemu = c->name ? text(o, "qemu", true, err) : NULL;
	c->client = c->qemu ? text(o, "client", true, err) : NULL;
	if (!c->client)
		return false;
	c->pty = json_str(o, "pty");
	c->log = json_str(o, "log");
	c->append = json_flag(o, "append", false);
	c->timestamps = json_flag(o, "timestamps", false);
	c->ring = bounded(json_int(o, "ring", 0), RING_DEFAULT, RING_MAX);
	c->log_max = bounded(json_int(o, "log_max", 0), LOG_DEFAULT, SIZE_MAX);
	c->chardev = chardev_id(p->json, c->qemu);
	return true;
}

static bool read_consoles(struct plan *p, struct error **err)
{
	struct json_object *list = json_get(p->json, "consoles");

	for (size_t i = 0; i < json_length(list); i++)
		if (!read_console(p, json_object_array_get_idx(list, i), err))
			return false;
	return true;
}

static bool read_policies(struct plan *p, struct error **err)
{
	struct json_object *o = json_get(p->json, "policies");

	if (policy_verb_parse(json_str(o, "on_poweroff"), POLICY_DESTROY, &p->on_poweroff) &&
	    policy_verb_parse(json_str(o, "on_reboot"), POLICY_RESTART, &p->on_reboot) &&
	    policy_verb_parse(json_str(o, "on_crash"), POLICY_DESTROY, &p->on_crash))
		return true;
	error_set(err, "launch plan: unknown lifecycle action in 'policies'");
	return false;
}

static bool read_names(struct plan *p, struct error **err)
{
	struct json_object *j = p->json, *monitor = json_get(j, "monitor");

	if (!(p->uuid = text(j, "uuid", false, err)) ||
	    !(p->name = text(j, "name", false, err)) ||
	    !(p->emulator = text(j, "emulator", false, err)) ||
	    !(p->monitor = text(monitor, "path", true, err)) ||
	    !(p->runtime_dir = text(j, "runtime_dir", true, err)) ||
	    !(p->guest_dir = text(j, "guest_dir", true, err)) ||
	    !(p->log = text(j, "log", true, err)) ||
	    !(p->running_record = text(j, "running_record", true, err)) ||
	    !(p->stopped_record = text(j, "stopped_record", true, err)))
		return false;
	if (!valid_uuid(p->uuid)) {
		error_set(err, "launch plan: '%s' is not a uuid", p->uuid);
		return false;
	}
	p->rescue = json_str(monitor, "rescue");
	p->coredump_dir = json_str(j, "coredump_dir");
	p->agent = json_str(j, "agent");
	return true;
}

struct plan *plan_new(struct json_object *json, struct error **err)
{
	struct plan *p = mem_zalloc(sizeof(*p));
	const char *virt = json_str(json, "virt_type");

	p->json = json;
	if (json_int(json, "version", 0) != 1) {
		error_set(err, "launch plan: not of version 1");
		goto failed;
	}
	if (!read_names(p, err) || !read_policies(p, err) || !read_consoles(p, err))
		goto failed;
	if (!json_object_is_type(json_get(json, "argv"), json_type_array)) {
		error_set(err, "launch plan: 'argv' is missing");
		goto failed;
	}
	p->kvm = virt && !strcmp(virt, "kvm");
	p->paused = json_flag(json, "paused", false);
	return p;
failed:
	plan_free(p);
	return NULL;
}

struct plan *plan_read(const char *path, struct error **err)
{
	struct json_object *json = json_read_file(path, PLAN_MAX, err);

	return json ? plan_new(json, err) : NULL;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_consoles; i++)
		free(p->consoles[i].chardev);
	free(p->consoles);
	json_object_put(p->json);
	free(p);
}

struct json_object *plan_to_store(const struct plan *p)
{
	struct json_object *copy = json_object_new_object();

	json_object_object_foreach(p->json, key, value) {
		if (strcmp(key, "secrets") && strcmp(key, "live_xml") && strcmp(key, "files"))
			json_set(copy, key, json_object_get(value));
	}
	return copy;
}

void plan_trim(struct plan *p)
{
	static const char *const bulky[] = {
		"argv", "lines", "secrets", "ignored", "listen", "open", "copies", "env",
		"live_xml", "files",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bulky); i++)
		json_object_object_del(p->json, bulky[i]);
}

char *plan_machine(const struct plan *p)
{
	struct json_object *argv = json_get(p->json, "argv");
	const char *given = json_str(p->json, "machine");

	if (given)
		return mem_strdup(given);
	for (size_t i = 0; i + 1 < json_length(argv); i++) {
		struct json_object *a = json_object_array_get_idx(argv, i);
		const char *word = json_object_is_type(a, json_type_string) ?
			json_object_get_string(a) : "";
		struct json_object *value = json_object_array_get_idx(argv, i + 1);

		if ((!strcmp(word, "-machine") || !strcmp(word, "-M")) &&
		    json_object_is_type(value, json_type_string)) {
			const char *v = json_object_get_string(value);

			if (!strncmp(v, "type=", 5))
				v += 5;
			return mem_strndup(v, strcspn(v, ","));
		}
	}
	return NULL;
}
