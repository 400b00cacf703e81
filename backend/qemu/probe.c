/*
 * probe: see probe.h.  One process, one list of questions, answers in order.
 */
#include "backend/qemu/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"

#define ANSWER_MAX (8u << 20)
#define PROBE_TIMEOUT_MS 15000

enum question {
	Q_CAPABILITIES, Q_VERSION, Q_TARGET, Q_KVM, Q_MACHINES, Q_CPUS, Q_DEVICES, Q_OBJECTS,
	Q_CHARDEVS, Q_TPM, Q_COMMANDS, Q_SCHEMA, Q_COUNT
};

static const char *const questions[Q_COUNT] = {
	[Q_CAPABILITIES] = "{'execute':'qmp_capabilities','id':0}",
	[Q_VERSION] = "{'execute':'query-version','id':1}",
	[Q_TARGET] = "{'execute':'query-target','id':2}",
	[Q_KVM] = "{'execute':'query-kvm','id':3}",
	[Q_MACHINES] = "{'execute':'query-machines','id':4}",
	[Q_CPUS] = "{'execute':'query-cpu-definitions','id':5}",
	[Q_DEVICES] = "{'execute':'qom-list-types','arguments':{'implements':'device'},'id':6}",
	[Q_OBJECTS] = "{'execute':'qom-list-types','arguments':{'implements':'user-creatable'},'id':7}",
	[Q_CHARDEVS] = "{'execute':'qom-list-types','arguments':{'implements':'chardev'},'id':8}",
	[Q_TPM] = "{'execute':'query-tpm-types','id':9}",
	[Q_COMMANDS] = "{'execute':'query-commands','id':10}",
	[Q_SCHEMA] = "{'execute':'query-qmp-schema','id':11}",
};

/* QMP speaks JSON with double quotes alone outwards but reads both.  No "quit"
 * behind it: QEMU would leave with answers that did not fit the pipe yet. */
static char *conversation(void)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < Q_COUNT; i++)
		buf_printf(&b, "%s\n", questions[i]);
	return buf_steal(&b);
}

/* Each line with an id below Q_COUNT is the answer to that question. */
static void sort_answers(const char *text, struct json_object *answers[Q_COUNT])
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		struct json_object *o = len ? json_parse(text, len, NULL) : NULL;
		int64_t id = json_int(o, "id", -1);

		if (id >= 0 && id < Q_COUNT && !answers[id])
			answers[id] = json_object_get(json_get(o, "return"));
		json_object_put(o);
		text += len + (text[len] == '\n');
	}
}

static void put_answers(struct json_object *answers[Q_COUNT])
{
	for (int i = 0; i < Q_COUNT; i++)
		json_object_put(answers[i]);
}

/* The first line of what a failing program said, for an error. */
static void complaint(struct error **err, const char *emulator, const struct buf *errors)
{
	const char *text = buf_text(errors);
	size_t len = strcspn(text, "\n");

	if (len == 0)
		error_set(err, "'%s' does not answer as QEMU does", emulator);
	else
		error_set(err, "'%s': %.*s", emulator, len > 400 ? 400 : (int)len, text);
}

static void keep_version(struct json_object *to, struct json_object *version)
{
	struct json_object *v = json_get(version, "qemu");
	int major = (int)json_int(v, "major", 0), minor = (int)json_int(v, "minor", 0);
	int micro = (int)json_int(v, "micro", 0);
	AUTO_FREE char *text = mem_printf("%d.%d.%d", major, minor, micro);

	json_set_int(to, "version", major * 1000000 + minor * 1000 + micro);
	json_set_str(to, "version-text", text);
}

static size_t length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

/* One member of each object in an array, as an array of strings; a prefix
 * that all have is taken off. */
static struct json_object *column(struct json_object *array, const char *key, const char *prefix)
{
	struct json_object *out = json_object_new_array();
	size_t skip = prefix ? strlen(prefix) : 0;

	for (size_t i = 0; i < length(array); i++) {
		const char *s = json_str(json_object_array_get_idx(array, i), key);

		if (s && (!prefix || !strncmp(s, prefix, skip)))
			json_push_str(out, s + skip);
	}
	return out;
}

/* Devices that no argv names: CPUs and the -device halves of virtio. */
static bool wanted_device(const char *name)
{
	size_t n = strlen(name);

	return (n < 4 || strcmp(name + n - 4, "-cpu")) && (n < 7 || strcmp(name + n - 7, "-device"));
}

static struct json_object *device_names(struct json_object *types)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < length(types); i++) {
		const char *s = json_str(json_object_array_get_idx(types, i), "name");

		if (s && wanted_device(s))
			json_push_str(out, s);
	}
	return out;
}

/* "qemu64-x86_64-cpu" -> "qemu64" */
static void keep_cpu(struct json_object *to, const char *type, const char *arch)
{
	AUTO_FREE char *suffix = mem_printf("-%s-cpu", arch);
	size_t n = type ? strlen(type) : 0, s = strlen(suffix);

	if (n > s && !strcmp(type + n - s, suffix)) {
		AUTO_FREE char *name = mem_strndup(type, n - s);

		json_set_str(to, "cpu", name);
	}
}

static struct json_object *keep_machine(struct json_object *m, const char *arch)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "name", json_str(m, "name"));
	json_set_str(o, "alias", json_str(m, "alias"));
	keep_cpu(o, json_str(m, "default-cpu-type"), arch);
	json_set_str(o, "ram", json_str(m, "default-ram-id"));
	json_set_int(o, "max-cpus", json_int(m, "cpu-max", 1));
	json_set_bool(o, "hotplug-cpus", json_flag(m, "hotpluggable-cpus", false));
	json_set_bool(o, "numa-mem", json_flag(m, "numa-mem-supported", false));
	json_set_bool(o, "deprecated", json_flag(m, "deprecated", false));
	json_set_bool(o, "default", json_flag(m, "is-default", false));
	return o;
}

/* By name, numbers by value, the newest version first. */
static int compare_machines(const void *a, const void *b)
{
	struct json_object *const *x = a, *const *y = b;
	const char *s = json_str(*x, "name"), *t = json_str(*y, "name");

	return s && t ? strverscmp(t, s) : 0;
}

static struct json_object *keep_machines(struct json_object *machines, const char *arch)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < length(machines); i++)
		json_push(out, keep_machine(json_object_array_get_idx(machines, i), arch));
	json_object_array_sort(out, compare_machines);
	return out;
}

static struct json_object *schema_find(struct json_object *schema, const char *name)
{
	for (size_t i = 0; name && i < length(schema); i++) {
		struct json_object *o = json_object_array_get_idx(schema, i);
		const char *s = json_str(o, "name");

		if (s && !strcmp(s, name))
			return o;
	}
	return NULL;
}

/* The cases of the union that a command takes or returns. */
static struct json_object *cases(struct json_object *schema, const char *command, const char *which)
{
	struct json_object *type = schema_find(schema, json_str(schema_find(schema, command), which));

	/* query-audiodevs returns an array of the union */
	if (json_str(type, "element-type"))
		type = schema_find(schema, json_str(type, "element-type"));
	return column(json_get(type, "variants"), "case", NULL);
}

static struct json_object *keep(struct json_object *a[Q_COUNT])
{
	struct json_object *o = json_object_new_object();
	const char *arch = json_str(a[Q_TARGET], "arch");
	struct json_object *tpm = json_object_new_array();

	if (!arch)
		arch = "x86_64";
	keep_version(o, a[Q_VERSION]);
	json_set_str(o, "arch", arch);
	json_set_bool(o, "kvm", json_flag(a[Q_KVM], "present", false));
	json_set(o, "machines", keep_machines(a[Q_MACHINES], arch));
	json_set(o, "cpus", column(a[Q_CPUS], "name", NULL));
	json_set(o, "devices", device_names(a[Q_DEVICES]));
	json_set(o, "objects", column(a[Q_OBJECTS], "name", NULL));
	json_set(o, "chardevs", column(a[Q_CHARDEVS], "name", "chardev-"));
	for (size_t i = 0; i < length(a[Q_TPM]); i++)
		json_push(tpm, json_object_get(json_object_array_get_idx(a[Q_TPM], i)));
	json_set(o, "tpm", tpm);
	json_set(o, "commands", column(a[Q_COMMANDS], "name", NULL));
	json_set(o, "block", cases(a[Q_SCHEMA], "blockdev-add", "arg-type"));
	json_set(o, "netdevs", cases(a[Q_SCHEMA], "netdev_add", "arg-type"));
	json_set(o, "displays", cases(a[Q_SCHEMA], "query-display-options", "ret-type"));
	json_set(o, "audio", cases(a[Q_SCHEMA], "query-audiodevs", "ret-type"));
	return o;
}

/* Answers come in order, so the last one ends it. */
static bool answered(const struct buf *out)
{
	static const char last[] = "\"id\": 11}\r\n";

	return out->len >= sizeof(last) - 1 &&
	       !memcmp(out->data + out->len - (sizeof(last) - 1), last, sizeof(last) - 1);
}

struct json_object *probe_emulator(const char *emulator, struct error **err)
{
	const char *const argv[] = { emulator, "-machine", "none,accel=kvm:tcg", "-S",
		"-nodefaults", "-no-user-config", "-display", "none", "-qmp", "stdio", NULL };
	AUTO_FREE char *input = conversation();
	AUTO_BUF struct buf out = BUF_INIT, errors = BUF_INIT;
	struct json_object *answers[Q_COUNT] = { NULL }, *kept = NULL;
	struct error *unfinished = NULL;

	if (!process_ask(argv, input, ANSWER_MAX, PROBE_TIMEOUT_MS, answered, &out, &errors,
			 &unfinished)) {
		if (errors.len)
			complaint(err, emulator, &errors);
		else
			error_move(err, &unfinished);
		error_free(unfinished);
		return NULL;
	}
	sort_answers(buf_text(&out), answers);
	if (answers[Q_VERSION] && answers[Q_MACHINES] && answers[Q_SCHEMA])
		kept = keep(answers);
	else
		complaint(err, emulator, &errors);
	put_answers(answers);
	return kept;
}

bool probe_kvm(const char *emulator, const char *machine, struct error **err)
{
	AUTO_FREE char *m = mem_printf("%s,accel=kvm", machine);
	const char *const argv[] = { emulator, "-machine", m, "-cpu", "host", "-m", "16", "-S",
		"-nodefaults", "-no-user-config", "-display", "none", "-qmp", "stdio", NULL };
	AUTO_BUF struct buf out = BUF_INIT, errors = BUF_INIT;
	int status;

	if (!process_run(argv, "{'execute':'qmp_capabilities'}\n{'execute':'quit'}\n",
			 ANSWER_MAX, PROBE_TIMEOUT_MS, &out, &errors, &status, err))
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	complaint(err, emulator, &errors);
	return false;
}
