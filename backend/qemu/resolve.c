/*
 * resolve: see resolve.h.  Here: the order of the steps, and identity: uuid,
 * architecture, emulator, machine.
 */
#include "backend/qemu/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "backend/base/mem.h"
#include "backend/qemu/resolver.h"

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static void read_machine_family(struct resolver *r)
{
	const char *m = r->def->machine;

	r->q35 = !strcmp(m, "q35") || starts(m, "pc-q35-");
	r->i440fx = !strcmp(m, "pc") || starts(m, "pc-i440fx-") || starts(m, "pc-0.") ||
		starts(m, "pc-1.");
	r->isapc = !strcmp(m, "isapc");
}

static xmlNode *type_node(struct resolver *r)
{
	return node_find(document_root(r->def->document), "os/type");
}

/* The same name always gives the same uuid: version 5, of nothing but the name. */
static void fixed_uuid(const char *name, char out[UUID_TEXT])
{
	static const uuid_t space = {
		0x6b, 0x1d, 0x4e, 0x0a, 0x52, 0x39, 0x4c, 0x7f,
		0x9a, 0x55, 0x0c, 0x3e, 0x8d, 0x71, 0xb2, 0x64,
	};
	uuid_t u;

	uuid_generate_sha1(u, space, name, strlen(name));
	uuid_unparse_lower(u, out);
}

static void resolve_uuid(struct resolver *r)
{
	xmlNode *root = document_root(r->def->document);
	xmlNode *node = node_child(root, "uuid");
	uuid_t u;

	if (r->def->uuid[0])
		return;
	if (r->flags & RESOLVE_FIXED) {
		fixed_uuid(r->def->name, r->def->uuid);
	} else {
		uuid_generate_random(u);
		uuid_unparse_lower(u, r->def->uuid);
	}
	if (!node) {
		xmlNode *name = node_child(root, "name");

		node = node_add(root, "uuid", name ? node_next_element(name) : node_first_element(root));
	}
	node_set_text(node, r->def->uuid);
}

/* Which guests a binary runs: its own architecture, and i686 on x86_64. */
static bool resolve_arch(struct resolver *r)
{
	struct domain_def *def = r->def;
	const char *arch = capabilities_arch(r->caps);

	if (!strcmp(arch, "i386"))
		arch = "i686";
	if (!def->arch) {
		def->arch = mem_strdup(arch);
		if (type_node(r))
			node_set_attr(type_node(r), "arch", arch);
	}
	if (strcmp(def->arch, "x86_64") && strcmp(def->arch, "i686"))
		return refuse(r, type_node(r), "<type arch='%s'>: this version runs x86_64 and i686 guests only",
			      def->arch);
	if (!strcmp(def->arch, "x86_64") && strcmp(arch, "x86_64"))
		return refuse(r, type_node(r), "<type arch='x86_64'>: emulator '%s' runs %s guests only",
			      capabilities_emulator(r->caps), arch);
	return true;
}

static void resolve_emulator(struct resolver *r)
{
	xmlNode *devices = node_child(document_root(r->def->document), "devices");

	if (r->def->emulator && r->def->emulator[0] == '/')
		return;
	free(r->def->emulator);
	r->def->emulator = mem_strdup(capabilities_emulator(r->caps));
	if (!devices)
		devices = node_add(document_root(r->def->document), "devices", NULL);
	if (!node_child(devices, "emulator"))
		node_set_text(node_add(devices, "emulator", node_first_element(devices)),
			      r->def->emulator);
}

static const struct machine *default_machine(const struct capabilities *c)
{
	const struct machine *m;
	size_t n;

	m = capabilities_machines(c, &n);
	for (size_t i = 0; i < n; i++)
		if (m[i].is_default)
			return &m[i];
	return capabilities_machine(c, "pc");
}

/* An alias ("q35") becomes the versioned name, so that a newer QEMU does not
 * change the guest's hardware. */
static bool resolve_machine(struct resolver *r)
{
	struct domain_def *def = r->def;
	struct error *why = NULL;

	r->machine = def->machine ? capabilities_machine(r->caps, def->machine)
				  : default_machine(r->caps);
	if (!r->machine) {
		capabilities_unknown_machine(r->caps, def->machine ? def->machine : "", &why);
		refuse(r, type_node(r), "<type machine='%s'>: %s", def->machine ? def->machine : "",
		       error_message(why));
		if (error_hint_text(why))
			error_hint(r->err, "%s", error_hint_text(why));
		error_free(why);
		return false;
	}
	if (!def->machine || strcmp(def->machine, r->machine->name)) {
		free(def->machine);
		def->machine = mem_strdup(r->machine->name);
		if (type_node(r))
			node_set_attr(type_node(r), "machine", r->machine->name);
	}
	read_machine_family(r);
	if (!r->q35 && !r->i440fx && !r->isapc)
		return refuse(r, type_node(r), "<type machine='%s'>: this version builds pc, q35 and isapc machines only",
			      def->machine);
	return true;
}

static bool check_vcpus(struct resolver *r)
{
	if (r->machine->max_cpus == 0 || r->def->vcpus <= r->machine->max_cpus)
		return true;
	return refuse(r, node_child(document_root(r->def->document), "vcpu"),
		      "<vcpu>: %u is more than machine '%s' has room for (%u)",
		      r->def->vcpus, r->machine->name, r->machine->max_cpus);
}

bool resolve_identity(struct resolver *r)
{
	resolve_uuid(r);
	if (!resolve_arch(r))
		return false;
	resolve_emulator(r);
	return resolve_machine(r) && check_vcpus(r);
}

bool resolve(struct domain_def *def, const struct capabilities *c, unsigned flags,
	     struct error **err)
{
	struct resolver r = { .def = def, .caps = c, .flags = flags, .err = err };

	return resolve_identity(&r) &&
		resolve_controller_models(&r) &&
		resolve_consoles(&r) &&
		resolve_implicit(&r) &&
		resolve_models(&r) &&
		addresses_drive(&r) &&
		addresses_serial(&r) &&
		addresses_usb(&r) &&
		addresses_pci(&r) &&
		addresses_memory(&r) &&
		aliases_assign(&r);
}

void resolve_write_aliases(struct domain_def *def)
{
	for (size_t i = 0; i < def->n_devices; i++)
		if (def->devices[i].alias)
			child_set_attr(def->devices[i].node, "alias", "name", def->devices[i].alias);
}
