/*
 * capabilities: see capabilities.h.  Here: the struct, its look-ups and its
 * cache; probe.c asks the binary.
 */
#include "backend/qemu/capabilities.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/nearest.h"
#include "backend/base/process.h"
#include "backend/qemu/probe.h"
#include "backend/xml/node.h"

#define CACHE_MAX (4u << 20)

/* A sorted set of names.  In the cache a set is one string with blanks between,
 * which is read many times faster than an array of strings. */
struct names {
	const char **name;
	size_t n;
	char *text;			/* what the names point into; NULL: the JSON */
};

struct capabilities {
	struct json_object *json;	/* everything below borrows from it */
	struct machine *machines;
	size_t n_machines;
	struct names devices, objects, cpus, commands, block, netdevs, audio, tpm, displays, chardevs;
};

/* The sets and their keys in the cache. */
static const struct {
	const char *key;
	size_t offset;
} sets[] = {
#define SET(name) { #name, offsetof(struct capabilities, name) }
	SET(devices), SET(objects), SET(cpus), SET(commands), SET(block), SET(netdevs), SET(audio), SET(tpm),
	SET(displays), SET(chardevs),
#undef SET
};

static struct names *set_of(struct capabilities *c, size_t i)
{
	return (struct names *)(void *)((char *)c + sets[i].offset);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void split_names(struct names *set, const char *text)
{
	size_t words = 1;

	for (const char *p = text; *p; p++)
		words += *p == ' ';
	set->name = mem_zalloc((words + 1) * sizeof(*set->name));
	set->text = mem_strdup(text);
	for (char *p = set->text; *p;) {
		char *end = p + strcspn(p, " ");

		set->name[set->n++] = p;
		p = *end ? end + 1 : end;
		*end = '\0';
	}
}

static void names_done(struct names *set)
{
	free(set->name);
	free(set->text);
}

static void load_names(struct names *set, struct json_object *json, const char *key)
{
	struct json_object *array = json_get(json, key);
	size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	if (json_str(json, key)) {
		split_names(set, json_str(json, key));
		return;
	}
	set->name = mem_zalloc((n + 1) * sizeof(*set->name));
	for (size_t i = 0; i < n; i++) {
		const char *s = json_object_get_string(json_object_array_get_idx(array, i));

		if (s)
			set->name[set->n++] = s;
	}
	qsort(set->name, set->n, sizeof(*set->name), compare_names);
}

static bool has(const struct names *set, const char *name)
{
	return name && set->n > 0 &&
		bsearch(&name, set->name, set->n, sizeof(*set->name), compare_names);
}

static void load_machines(struct capabilities *c)
{
	struct json_object *array = json_get(c->json, "machines");
	size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(array, i);
		struct machine *m;

		if (!json_str(o, "name"))
			continue;
		m = MEM_PUSH(c->machines, c->n_machines);
		m->name = json_str(o, "name");
		m->alias = json_str(o, "alias");
		m->default_cpu = json_str(o, "cpu");
		m->ram_id = json_str(o, "ram");
		m->max_cpus = (unsigned)json_int(o, "max-cpus", 1);
		m->hotplug_cpus = json_flag(o, "hotplug-cpus", false);
		m->numa_mem = json_flag(o, "numa-mem", false);
		m->deprecated = json_flag(o, "deprecated", false);
		m->is_default = json_flag(o, "default", false);
	}
}

/* Takes json over. */
static struct capabilities *from_json(struct json_object *json)
{
	struct capabilities *c = mem_zalloc(sizeof(*c));

	c->json = json;
	load_machines(c);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		load_names(set_of(c, i), json, sets[i].key);
	return c;
}

struct capabilities *capabilities_parse(const char *text, struct error **err)
{
	struct json_object *json = json_parse(text, strlen(text), err);

	return json ? from_json(json) : NULL;
}

void capabilities_free(struct capabilities *c)
{
	if (!c)
		return;
	free(c->machines);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		names_done(set_of(c, i));
	json_object_put(c->json);
	free(c);
}

/* The cache file is named after the binary's path, '/' made into '!'. */
static char *cache_path(const char *dir, const char *emulator)
{
	char *path = mem_printf("%s/qemu%s.json", dir, emulator);

	for (char *p = path + strlen(dir) + 1; *p; p++)
		if (*p == '/')
			*p = '!';
	return path;
}

static bool fresh(struct json_object *json, const char *emulator, const struct stat *st)
{
	const char *made_by = json_str(json, "virtty"), *path = json_str(json, "emulator");

	return made_by && !strcmp(made_by, VIRTTY_VERSION "/" PROBE_FORMAT) &&
		path && !strcmp(path, emulator) &&
		json_int(json, "size", -1) == (int64_t)st->st_size &&
		json_int(json, "mtime", -1) == (int64_t)st->st_mtim.tv_sec &&
		json_int(json, "mtime-ns", -1) == (int64_t)st->st_mtim.tv_nsec;
}

/* The sets as strings. */
static void pack(struct json_object *json)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		AUTO_BUF struct buf text = BUF_INIT;
		struct names set = { .name = NULL };

		load_names(&set, json, sets[i].key);
		for (size_t k = 0; k < set.n; k++)
			buf_printf(&text, "%s%s", k ? " " : "", set.name[k]);
		names_done(&set);
		json_set_str(json, sets[i].key, buf_text(&text));
	}
}

/* The cache is a convenience: what goes wrong with it costs only time. */
static void save(const char *dir, const char *path, struct json_object *json)
{
	const char *text = json_text(json);

	if (file_make_dirs(dir, false, NULL))
		file_replace(path, text, strlen(text), 0600, NULL);
}

struct capabilities *capabilities_get(const char *emulator, const char *cache_dir,
				      struct error **err)
{
	AUTO_FREE char *path = cache_dir ? cache_path(cache_dir, emulator) : NULL;
	struct json_object *json;
	struct stat st;

	if (stat(emulator, &st) < 0) {
		error_set(err, "emulator '%s' is not there", emulator);
		return NULL;
	}
	json = path ? json_read_file(path, CACHE_MAX, NULL) : NULL;
	if (json && fresh(json, emulator, &st))
		return from_json(json);
	json_object_put(json);
	json = probe_emulator(emulator, err);
	if (!json)
		return NULL;
	pack(json);
	json_set_str(json, "virtty", VIRTTY_VERSION "/" PROBE_FORMAT);
	json_set_str(json, "emulator", emulator);
	json_set_int(json, "size", st.st_size);
	json_set_int(json, "mtime", st.st_mtim.tv_sec);
	json_set_int(json, "mtime-ns", st.st_mtim.tv_nsec);
	if (path)
		save(cache_dir, path, json);
	return from_json(json);
}

/* QEMU names its binaries by its own words for an architecture. */
static const char *qemu_arch(const char *arch)
{
	if (!arch)
		return "x86_64";
	if (!strcmp(arch, "i686"))
		return "i386";
	if (!strcmp(arch, "armv7l") || !strcmp(arch, "armv6l"))
		return "arm";
	if (!strcmp(arch, "ppc64le"))
		return "ppc64";
	return arch;
}

struct capabilities *capabilities_for(const struct domain_def *def, const struct paths *paths,
				      struct error **err)
{
	const xmlNode *node = node_find(document_root(def->document), "devices/emulator");
	AUTO_FREE char *name = mem_printf("qemu-system-%s", qemu_arch(def->arch));
	AUTO_FREE char *found = NULL;
	struct capabilities *c;

	bool given = def->emulator && def->emulator[0];

	if (given && def->emulator[0] == '/') {
		c = capabilities_get(def->emulator, paths ? paths->cache : NULL, err);
		if (!c)
			error_prepend(err, "%s:%d: <emulator>", document_name(def->document),
				      node ? node_line(node) : 0);
		return c;
	}
	found = process_find(given ? def->emulator : name);
	/* The 64-bit binary runs every 32-bit guest. */
	if (!found && !given && def->arch && !strcmp(def->arch, "i686"))
		found = process_find("qemu-system-x86_64");
	if (!found) {
		error_set(err, "%s is not installed", given ? def->emulator : name);
		error_hint(err, "install QEMU for this architecture (Debian: apt install qemu-system)");
		return NULL;
	}
	return capabilities_get(found, paths ? paths->cache : NULL, err);
}

const char *capabilities_emulator(const struct capabilities *c)
{
	const char *s = json_str(c->json, "emulator");

	return s ? s : "qemu-system-x86_64";
}

const char *capabilities_arch(const struct capabilities *c)
{
	const char *s = json_str(c->json, "arch");

	return s ? s : "x86_64";
}

const char *capabilities_version_text(const struct capabilities *c)
{
	const char *s = json_str(c->json, "version-text");

	return s ? s : "unknown";
}

unsigned capabilities_version(const struct capabilities *c)
{
	return (unsigned)json_int(c->json, "version", 0);
}

bool capabilities_kvm_built(const struct capabilities *c)
{
	return json_flag(c->json, "kvm", false);
}

const struct machine *capabilities_machines(const struct capabilities *c, size_t *n)
{
	*n = c->n_machines;
	return c->machines;
}

const struct machine *capabilities_machine(const struct capabilities *c, const char *name)
{
	for (size_t i = 0; name && i < c->n_machines; i++) {
		const struct machine *m = &c->machines[i];

		if (!strcmp(m->name, name) || (m->alias && !strcmp(m->alias, name)))
			return m;
	}
	return NULL;
}

void capabilities_unknown_machine(const struct capabilities *c, const char *name,
				  struct error **err)
{
	const char **all = mem_zalloc((2 * c->n_machines + 1) * sizeof(*all));
	AUTO_BUF struct buf list = BUF_INIT;
	size_t n = 0;

	for (size_t i = 0; i < c->n_machines; i++) {
		if (c->machines[i].alias)
			all[n++] = c->machines[i].alias;
		all[n++] = c->machines[i].name;
	}
	nearest_sort(name, all, n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", all[i]);
	free(all);
	error_set(err, "QEMU %s has no machine type '%s'", capabilities_version_text(c), name);
	error_hint(err, "it knows: %s", buf_text(&list));
}

bool capabilities_has_device(const struct capabilities *c, const char *driver)
{
	return has(&c->devices, driver);
}

bool capabilities_has_object(const struct capabilities *c, const char *type)
{
	return has(&c->objects, type);
}

bool capabilities_has_cpu(const struct capabilities *c, const char *model)
{
	return has(&c->cpus, model);
}

bool capabilities_has_command(const struct capabilities *c, const char *command)
{
	return has(&c->commands, command);
}

bool capabilities_has_block_driver(const struct capabilities *c, const char *driver)
{
	return has(&c->block, driver);
}

bool capabilities_has_netdev(const struct capabilities *c, const char *type)
{
	return has(&c->netdevs, type);
}

/* QEMU before 8.0 cannot be asked: then everything may be there. */
bool capabilities_has_audio(const struct capabilities *c, const char *driver)
{
	return c->audio.n == 0 || has(&c->audio, driver);
}

bool capabilities_has_tpm(const struct capabilities *c, const char *type)
{
	return has(&c->tpm, type);
}

bool capabilities_has_display(const struct capabilities *c, const char *type)
{
	return has(&c->displays, type);
}

bool capabilities_has_chardev(const struct capabilities *c, const char *type)
{
	return has(&c->chardevs, type);
}

const char *const *capabilities_cpus(const struct capabilities *c)
{
	return c->cpus.name;
}

struct json_object *capabilities_json(const struct capabilities *c)
{
	struct json_object *o = NULL;

	json_object_deep_copy(c->json, &o, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const struct names *set = set_of((struct capabilities *)(size_t)c, i);
		struct json_object *array = json_object_new_array();

		for (size_t k = 0; k < set->n; k++)
			json_push_str(array, set->name[k]);
		json_set(o, sets[i].key, array);
	}
	return o;
}
