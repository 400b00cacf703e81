/*
 * domain_def: from a checked document to the typed definition.  The devices
 * and their addresses are in domain_devices.c.
 */
#include "backend/xml/domain_def.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/xml/checks.h"
#include "backend/xml/domain_private.h"
#include "backend/xml/node.h"

#define KIB 1024

static const char *const lifecycle_names[] = {
	[LIFECYCLE_DESTROY] = "destroy",
	[LIFECYCLE_RESTART] = "restart",
	[LIFECYCLE_PRESERVE] = "preserve",
	[LIFECYCLE_RENAME_RESTART] = "rename-restart",
	[LIFECYCLE_COREDUMP_DESTROY] = "coredump-destroy",
	[LIFECYCLE_COREDUMP_RESTART] = "coredump-restart",
};

const char *lifecycle_action_name(enum lifecycle_action action)
{
	return lifecycle_names[action];
}

static xmlNode *root_of(const struct domain_def *def)
{
	return document_root(def->document);
}

static char *take(const struct domain_def *def, const char *path)
{
	return mem_strdup(node_get(root_of(def), path));
}

static bool fail(const struct domain_def *def, const char *path, struct error **err,
		 const char *what)
{
	xmlNode *node = node_find(root_of(def), path);

	document_error(def->document, node ? node : root_of(def), err, "%s", what);
	return false;
}

static bool parse_type(struct domain_def *def, struct error **err)
{
	const char *type = node_get(root_of(def), "@type");

	if (strcmp(node_name(root_of(def)), "domain")) {
		document_error(def->document, root_of(def), err,
			       "the root element is <%s>, expected <domain>",
			       node_name(root_of(def)));
		return false;
	}
	if (type && (!strcmp(type, "kvm") || !strcmp(type, "qemu"))) {
		def->virt_type = strcmp(type, "kvm") ? VIRT_QEMU : VIRT_KVM;
		return true;
	}
	if (type)
		document_error(def->document, root_of(def), err,
			       "domain type '%s' is not one that runs on QEMU here", type);
	else
		document_error(def->document, root_of(def), err, "<domain> has no type");
	error_hint(err, "write type='kvm', or type='qemu' for emulation");
	return false;
}

bool domain_name_valid(const char *name, struct error **err)
{
	if (!name[strspn(name, " \t\r\n")])
		error_set(err, "the name is empty");
	else if (strlen(name) > DOMAIN_NAME_MAX)
		error_set(err, "the name is longer than %d bytes", DOMAIN_NAME_MAX);
	else if (strchr(name, '/'))
		error_set(err, "name '%s' contains '/'", name);
	else if (!strcmp(name, ".") || !strcmp(name, ".."))
		error_set(err, "name '%s' is not usable as a name", name);
	else
		for (const char *c = name; ; c++) {
			if (!*c)
				return true;
			if ((unsigned char)*c < ' ' || *c == 0x7f) {
				error_set(err, "name '%s' contains a control character", name);
				break;
			}
		}
	error_hint(err, "choose a name without '/' and control characters");
	return false;
}

static bool parse_name(struct domain_def *def, struct error **err)
{
	struct error *why = NULL;

	def->name = take(def, "name");
	if (!def->name)
		return fail(def, "", err, "<name> is missing");
	if (domain_name_valid(def->name, &why))
		return true;
	document_error(def->document, node_child(root_of(def), "name"), err, "%s",
		       error_message(why));
	error_hint(err, "%s", error_hint_text(why));
	error_free(why);
	return false;
}

bool domain_uuid_parse(const char *text, char out[UUID_TEXT])
{
	char digits[UUID_TEXT];
	size_t n = 0;

	for (const char *c = text; *c; c++) {
		if (*c == '-' || *c == ' ')
			continue;
		if (n == 36)
			return false;
		digits[n++] = *c;
		if (n == 8 || n == 13 || n == 18 || n == 23)
			digits[n++] = '-';
	}
	digits[n < 36 ? n : 36] = '\0';
	uuid_t uuid;
	if (uuid_parse(digits, uuid))
		return false;
	uuid_unparse_lower(uuid, out);
	return true;
}

static bool parse_identity(struct domain_def *def, struct error **err)
{
	const char *uuid = node_get(root_of(def), "uuid");

	if (uuid && !domain_uuid_parse(uuid, def->uuid))
		return fail(def, "uuid", err, "the uuid is not 32 hexadecimal digits");
	def->title = take(def, "title");
	def->description = take(def, "description");
	if (def->title && strchr(def->title, '\n'))
		return fail(def, "title", err, "the title has more than one line");
	def->arch = take(def, "os/type/@arch");
	def->machine = take(def, "os/type/@machine");
	def->emulator = take(def, "devices/emulator");
	if (def->emulator && !*def->emulator) {
		free(def->emulator);
		def->emulator = NULL;
	}
	return true;
}

bool domain_read_size(const struct domain_def *def, const xmlNode *node, const char *attribute,
		      uint64_t *bytes, struct error **err)
{
	const char *number = attribute ? node_get(node, attribute) : node_get(node, "");
	const char *unit = node_get(node, "@unit");

	if (number && units_bytes(number, unit, KIB, bytes))
		return true;
	document_error(def->document, node, err, "<%s>: '%s'%s%s is not a size", node_name(node),
		       number ? number : "", unit ? " " : "", unit ? unit : "");
	error_hint(err, "units are KiB (the default), MiB, GiB, TiB, or bytes, KB, MB, GB, TB");
	return false;
}

/* The sum of numa cells' memory and of memory devices. */
static bool sum_parts(struct domain_def *def, uint64_t *cells, uint64_t *hotplug,
		      struct error **err)
{
	uint64_t bytes;

	*cells = *hotplug = 0;
	NODE_EACH(cell, node_find(root_of(def), "cpu/numa"), "cell") {
		if (!node_has(cell, "@memory"))
			continue;
		if (!domain_read_size(def, cell, "@memory", &bytes, err))
			return false;
		if (__builtin_add_overflow(*cells, bytes, cells))
			return fail(def, "cpu/numa", err, "the cells' memory is beyond any size");
	}
	NODE_EACH(memory, node_child(root_of(def), "devices"), "memory") {
		xmlNode *size = node_find(memory, "target/size");

		if (!size)
			continue;
		if (!domain_read_size(def, size, NULL, &bytes, err))
			return false;
		if (__builtin_add_overflow(*hotplug, bytes, hotplug))
			return fail(def, "devices", err, "memory devices are beyond any size");
	}
	return true;
}

static bool parse_max_memory(struct domain_def *def, struct error **err)
{
	xmlNode *max = node_child(root_of(def), "maxMemory");

	if (!max)
		return true;
	if (!domain_read_size(def, max, NULL, &def->max_memory, err))
		return false;
	def->max_memory_slots = (unsigned)node_u64(max, "@slots", 0);
	if (!def->max_memory || !def->max_memory_slots)
		return fail(def, "maxMemory", err, "<maxMemory> needs a size and slots");
	if (def->max_memory < def->memory)
		return fail(def, "maxMemory", err, "<maxMemory> is below <memory>");
	return true;
}

static bool parse_memory(struct domain_def *def, struct error **err)
{
	xmlNode *memory = node_child(root_of(def), "memory");
	xmlNode *current = node_child(root_of(def), "currentMemory");
	uint64_t cells, hotplug;

	if (memory && !domain_read_size(def, memory, NULL, &def->memory, err))
		return false;
	if (!sum_parts(def, &cells, &hotplug, err))
		return false;
	if (cells && __builtin_add_overflow(cells, hotplug, &def->memory))
		return fail(def, "memory", err, "memory is beyond any size");
	if (!cells && def->memory && hotplug > def->memory)
		return fail(def, "memory", err, "the memory devices add up to more than <memory>");
	if (def->memory == 0 || def->memory == hotplug) {
		fail(def, "memory", err, "the guest has no memory");
		error_hint(err, "write for instance <memory unit='MiB'>2048</memory>");
		return false;
	}
	if (current && !domain_read_size(def, current, NULL, &def->current_memory, err))
		return false;
	if (!def->current_memory || def->current_memory > def->memory)
		def->current_memory = def->memory;
	return parse_max_memory(def, err);
}

static bool parse_vcpus(struct domain_def *def, struct error **err)
{
	uint64_t max = node_u64(root_of(def), "vcpu", node_has(root_of(def), "vcpu") ? 0 : 1);
	uint64_t current = node_u64(root_of(def), "vcpu/@current", max);

	if (max < 1 || max > DOMAIN_VCPUS_MAX)
		return fail(def, "vcpu", err, "<vcpu> is not a number from 1 to 4096");
	if (current < 1 || current > max) {
		document_error(def->document, node_child(root_of(def), "vcpu"), err,
			       "vcpu current='%s' is not between 1 and the maximum %llu",
			       node_get(root_of(def), "vcpu/@current"), (unsigned long long)max);
		error_hint(err, "lower current or raise the number of vcpus");
		return false;
	}
	def->vcpus = (unsigned)max;
	def->current_vcpus = (unsigned)current;
	return true;
}

static bool parse_iothreads(struct domain_def *def, struct error **err)
{
	uint64_t n = node_u64(root_of(def), "iothreads", 0), ids = 0;

	NODE_EACH(id, node_child(root_of(def), "iothreadids"), "iothread")
		ids++;
	if (n > DOMAIN_VCPUS_MAX)
		return fail(def, "iothreads", err, "more iothreads than any guest has");
	def->iothreads = (unsigned)(ids > n ? ids : n);
	return true;
}

static bool parse_action(struct domain_def *def, const char *element, enum lifecycle_action fallback,
			 enum lifecycle_action *action, struct error **err)
{
	const char *text = node_get(root_of(def), element);

	*action = fallback;
	if (!text)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(lifecycle_names); i++) {
		if (strcmp(text, lifecycle_names[i]))
			continue;
		if (i >= LIFECYCLE_COREDUMP_DESTROY && strcmp(element, "on_crash"))
			break;
		*action = (enum lifecycle_action)i;
		return true;
	}
	document_error(def->document, node_child(root_of(def), element), err,
		       "<%s>: '%s' is not an action here", element, text);
	error_hint(err, "actions: destroy, restart, preserve, rename-restart%s",
		   strcmp(element, "on_crash") ? "" : ", coredump-destroy, coredump-restart");
	return false;
}

static bool parse_all(struct domain_def *def, struct error **err)
{
	return parse_name(def, err) && parse_identity(def, err) &&
		parse_memory(def, err) && parse_vcpus(def, err) && parse_iothreads(def, err) &&
		parse_action(def, "on_poweroff", LIFECYCLE_DESTROY, &def->on_poweroff, err) &&
		parse_action(def, "on_reboot", LIFECYCLE_RESTART, &def->on_reboot, err) &&
		parse_action(def, "on_crash", LIFECYCLE_DESTROY, &def->on_crash, err) &&
		domain_parse_devices(def, err);
}

static bool check_schema(struct domain_def *def, struct error **err)
{
	struct schema_report report;
	bool good;

	schema_check(def->document, &report);
	good = schema_report_good(def->document, &report, err);
	def->ignored = MEM_STEAL(report.ignored);
	def->n_ignored = report.n_ignored;
	report.n_ignored = 0;
	schema_report_done(&report);
	return good;
}

void domain_def_ignore(struct domain_def *def, const xmlNode *node, const char *fmt, ...)
{
	struct schema_issue *issue = MEM_PUSH(def->ignored, def->n_ignored);
	va_list ap;

	va_start(ap, fmt);
	issue->why = mem_vprintf(fmt, ap);
	va_end(ap);
	issue->line = node ? node_line(node) : 0;
	issue->path = mem_strdup(node ? node_name(node) : "domain");
	issue->what = mem_printf("<%s>", issue->path);
}

struct domain_def *domain_def_parse(struct document *d, struct error **err)
{
	struct domain_def *def = mem_zalloc(sizeof(*def));

	/* The type first: of a guest for another hypervisor it is all that is
	 * worth saying. */
	def->document = d;
	document_record_reads(d, true);
	if (parse_type(def, err) && check_schema(def, err) && parse_all(def, err) &&
	    domain_check(def, err))
		return def;
	domain_def_free(def);
	return NULL;
}

struct domain_def *domain_def_read(const char *path, struct error **err)
{
	struct document *d = document_read(path, err);

	return d ? domain_def_parse(d, err) : NULL;
}

void domain_def_free(struct domain_def *def)
{
	if (!def)
		return;
	for (size_t i = 0; i < def->n_devices; i++)
		free(def->devices[i].alias);
	free(def->devices);
	schema_issues_free(def->ignored, def->n_ignored);
	free(def->name);
	free(def->title);
	free(def->description);
	free(def->arch);
	free(def->machine);
	free(def->emulator);
	document_free(def->document);
	free(def);
}
