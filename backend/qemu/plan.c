/*
 * plan: see plan.h.  The order of the argument families, and everything in a
 * plan that is not an argument.
 */
#include "backend/qemu/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

static struct json_object *member(struct json_object *plan, const char *key, struct json_object *value)
{
	json_set(plan, key, value);
	return value;
}

static void begin(struct builder *b)
{
	struct json_object *plan = json_object_new_object();

	b->plan = plan;
	json_set_int(plan, "version", 1);
	json_set_str(plan, "uuid", b->def->uuid);
	json_set_str(plan, "name", b->def->name);
	json_set_str(plan, "virt_type", is_kvm(b) ? "kvm" : "qemu");
	json_set_bool(plan, "kvm", is_kvm(b));
	json_set_str(plan, "machine", b->def->machine);
	json_set_str(plan, "emulator", b->def->emulator);
	b->argv = member(plan, "argv", json_object_new_array());
	b->lines = member(plan, "lines", json_object_new_array());
	b->env = member(plan, "env", json_object_new_object());
	b->listen = member(plan, "listen", json_object_new_array());
	b->open = member(plan, "open", json_object_new_array());
	b->copies = member(plan, "copies", json_object_new_array());
	b->directories = member(plan, "directories", json_object_new_array());
	b->helpers = member(plan, "helpers", json_object_new_array());
	b->files = member(plan, "files", json_object_new_array());
	b->taps = member(plan, "taps", json_object_new_array());
	b->consoles = member(plan, "consoles", json_object_new_array());
	b->graphics = member(plan, "graphics", json_object_new_array());
	b->secrets = member(plan, "secrets", json_object_new_array());
	b->ignored = member(plan, "ignored", json_object_new_array());
}

static void add_paths(struct builder *b)
{
	AUTO_FREE char *runtime = paths_runtime_dir(b->paths, b->def->uuid);
	AUTO_FREE char *guest = paths_guest_dir(b->paths, b->def->uuid);
	AUTO_FREE char *log = paths_guest_file(b->paths, b->def->uuid, "qemu.log");
	AUTO_FREE char *running = paths_running_record(b->paths, b->def->uuid);
	AUTO_FREE char *stopped = paths_stopped_record(b->paths, b->def->uuid);
	AUTO_FREE char *dump = mem_printf("%s/dump", b->paths->state);

	json_set_str(b->plan, "runtime_dir", runtime);
	json_set_str(b->plan, "guest_dir", guest);
	json_set_str(b->plan, "log", log);
	json_set_str(b->plan, "running_record", running);
	json_set_str(b->plan, "stopped_record", stopped);
	json_set_str(b->plan, "coredump_dir", dump);
}

static void add_facts(struct builder *b)
{
	struct json_object *p = member(b->plan, "policies", json_object_new_object());

	json_set_str(p, "on_poweroff", lifecycle_action_name(b->def->on_poweroff));
	json_set_str(p, "on_reboot", lifecycle_action_name(b->def->on_reboot));
	json_set_str(p, "on_crash", lifecycle_action_name(b->def->on_crash));
	json_set_int(b->plan, "memory", (int64_t)b->def->memory);
	json_set_int(b->plan, "vcpus", b->def->current_vcpus);
	json_set_bool(b->plan, "paused", b->options->paused);
}

/* --- the monitor -------------------------------------------------------------- */

static void add_monitor(struct builder *b, const char *name, const char *chardev, const char *id)
{
	AUTO_FREE char *file = mem_printf("%s.sock", name);
	AUTO_FREE char *path = paths_guest_file(b->paths, b->def->uuid, file);
	AUTO_FREE char *prefix = mem_printf("socket,id=%s,fd=", chardev);
	AUTO_FREE char *shell = mem_printf("socket,id=%s,path=%s", chardev, file);
	struct json_object *o = json_object_new_object();

	json_set_str(o, "fd", name);
	json_set_str(o, "path", path);
	json_push(b->listen, o);
	add_fd(b, "-chardev", prefix, name, ",server=on,wait=off", shell);
	add_optionf(b, "-mon", "chardev=%s,id=%s,mode=control", chardev, id);
}

static void add_monitors(struct builder *b)
{
	AUTO_FREE char *path = paths_guest_file(b->paths, b->def->uuid, "monitor.sock");
	AUTO_FREE char *rescue = paths_guest_file(b->paths, b->def->uuid, "rescue.sock");
	struct json_object *m = member(b->plan, "monitor", json_object_new_object());

	json_set_str(m, "fd", "monitor");
	json_set_str(m, "path", path);
	json_set_str(m, "rescue", rescue);
	add_monitor(b, "monitor", "charmonitor", "monitor");
	add_monitor(b, "rescue", "monrescue", "rescue");
}

/* --- argv ------------------------------------------------------------------------ */

/* After -machine and -cpu: what every guest of ours starts with. */
static bool add_frame(struct builder *b)
{
	add_option(b, "-uuid", b->def->uuid);
	add_word(b, "-no-user-config");
	add_word(b, "-nodefaults");
	add_word(b, "-S");
	add_word(b, "-no-shutdown");
	add_option(b, "-action", "panic=pause");
	add_monitors(b);
	return true;
}

static bool add_end(struct builder *b)
{
	add_option(b, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	add_option(b, "-msg", "timestamp=on");
	return true;
}

static void note_issues(struct builder *b, const struct schema_issue *issues, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		json_set_int(o, "line", issues[i].line);
		json_set_str(o, "element", issues[i].path);
		json_set_str(o, "what", issues[i].what);
		json_set_str(o, "why", issues[i].why);
		json_push(b->ignored, o);
	}
}

/* What the description says is ignored, and, last of all, what none of the
 * above has asked for: so nothing can be left out in silence. */
static bool note_ignored(struct builder *b)
{
	const xmlNode *memory = node_find(b->root, "numatune/memory");
	struct schema_report unread = { .n_ignored = 0 };

	if (node_is(memory, "@placement", "auto"))
		ignored(b, memory, "automatic placement needs numad; memory comes from any node");
	note_issues(b, b->def->ignored, b->def->n_ignored);
	schema_report_unread(b->def->document, &unread);
	note_issues(b, unread.ignored, unread.n_ignored);
	schema_report_done(&unread);
	return true;
}

typedef bool family_fn(struct builder *b);

static bool add_argv(struct builder *b)
{
	static family_fn *const order[] = {
		argv_machine, argv_cpu, argv_iothreads, argv_memory, argv_smbios, add_frame, argv_clock,
		argv_boot, argv_early, argv_controllers, argv_hubs, argv_memory_devices, argv_disks,
		argv_filesystems, argv_interfaces, argv_chardevs, argv_tpm, argv_inputs, argv_audio,
		argv_graphics, argv_videos, argv_sound, argv_redirdevs, argv_hostdevs, argv_misc,
		argv_qemu_namespace, add_end, note_ignored,
	};

	add_word(b, b->def->emulator);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (!order[i](b))
			return false;
	return true;
}

struct json_object *plan_build(const struct domain_def *def, const struct capabilities *c,
			       const struct paths *paths, const struct plan_options *options,
			       struct error **err)
{
	const struct plan_options none = { .paused = false };
	struct builder b = { .def = def, .root = document_root(def->document), .caps = c, .paths = paths,
		.options = options ? options : &none, .err = err };

	b.machine = capabilities_machine(c, def->machine);
	if (!b.machine) {
		capabilities_unknown_machine(c, def->machine ? def->machine : "", err);
		return NULL;
	}
	if (!schema_check_version(def->document, capabilities_version(c) / 1000, err))
		return NULL;
	b.q35 = !strncmp(def->machine, "pc-q35-", 7) || !strcmp(def->machine, "q35");
	if (!firmware_find(def, paths, &b.firmware, err)) {
		firmware_done(&b.firmware);
		return NULL;
	}
	begin(&b);
	add_paths(&b);
	add_facts(&b);
	if (!add_argv(&b)) {
		json_object_put(b.plan);
		b.plan = NULL;
	}
	firmware_done(&b.firmware);
	return b.plan;
}

/* --- for people ---------------------------------------------------------------------- */

static bool needs_quotes(const char *s)
{
	return !*s || s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")];
}

static void add_quoted(struct buf *to, const char *s)
{
	if (!needs_quotes(s)) {
		buf_add_str(to, s);
		return;
	}
	buf_add_char(to, '\'');
	for (; *s; s++)
		if (*s == '\'')
			buf_add_str(to, "'\\''");
		else
			buf_add_char(to, *s);
	buf_add_char(to, '\'');
}

/* An argument as a line for typing has it; the caller frees. */
static char *shell_argument(struct json_object *argument)
{
	const char *shell = json_str(argument, "shell"), *suffix = json_str(argument, "suffix");

	if (json_object_is_type(argument, json_type_string))
		return mem_strdup(json_object_get_string(argument));
	/* a socket in place of a descriptor keeps its other options */
	if (shell && !strncmp(shell, "socket,", 7))
		return mem_printf("%s%s", shell, suffix ? suffix : "");
	return mem_strdup(shell ? shell : "");
}

char *plan_shell_line(struct json_object *plan)
{
	struct json_object *argv = json_get(plan, "argv");
	struct buf line = BUF_INIT;

	json_object_object_foreach(json_get(plan, "env"), name, value) {
		buf_printf(&line, "%s=", name);
		add_quoted(&line, json_object_get_string(value));
		buf_add_char(&line, ' ');
	}
	for (size_t i = 0; i < json_object_array_length(argv); i++) {
		AUTO_FREE char *word = shell_argument(json_object_array_get_idx(argv, i));

		buf_add_str(&line, i ? " " : "");
		add_quoted(&line, word);
	}
	return buf_steal(&line);
}

void plan_hide_secrets(struct json_object *plan)
{
	struct json_object *secrets = json_get(plan, "secrets");

	for (size_t i = 0; secrets && i < json_object_array_length(secrets); i++) {
		struct json_object *a = json_get(json_object_array_get_idx(secrets, i), "arguments");

		if (json_get(a, "password"))
			json_set_str(a, "password", "***");
	}
	secrets = json_get(plan, "files");
	for (size_t i = 0; secrets && i < json_object_array_length(secrets); i++)
		json_set_str(json_object_array_get_idx(secrets, i), "text", "***");
}

static const char *element_at(const xmlNode *node, int line)
{
	for (const xmlNode *n = node; n; n = node_next_element(n)) {
		const char *found;

		if (node_line(n) == line)
			return node_name(n);
		found = element_at(node_first_element(n), line);
		if (found)
			return found;
	}
	return NULL;
}

struct json_object *plan_explain(struct json_object *plan, const struct domain_def *def)
{
	struct json_object *argv = json_get(plan, "argv"), *lines = json_get(plan, "lines");
	struct json_object *out = json_object_new_array();
	size_t n = json_object_array_length(argv);

	for (size_t i = 0; i < n; i++) {
		int line = json_object_get_int(json_object_array_get_idx(lines, i));
		struct json_object *o = json_object_new_object(), *words = json_object_new_array();
		AUTO_FREE char *word = shell_argument(json_object_array_get_idx(argv, i));

		json_push_str(words, word);
		if (word[0] == '-' && i > 0 && i + 1 < n) {
			AUTO_FREE char *value = shell_argument(json_object_array_get_idx(argv, i + 1));

			if (value[0] != '-') {
				json_push_str(words, value);
				i++;
			}
		}
		json_set(o, "argv", words);
		json_set_int(o, "line", line);
		json_set_str(o, "element", line ? element_at(document_root(def->document), line) : NULL);
		json_push(out, o);
	}
	return out;
}
