/*
 * aliases: libvirt's names for devices; they are QEMU's device ids.  An alias
 * that the XML gives ("ua-...") stays.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/resolver.h"

static char *drive_alias(const struct resolver *r, const struct device *dev, const char *bus)
{
	const struct address *a = &dev->address;
	const struct device *c = controller_find(r->def, "scsi", a->drive.controller);

	if (!strcmp(bus, "scsi") && c && strcmp(controller_model(c), "lsilogic"))
		return mem_printf("scsi%u-%u-%u-%u", a->drive.controller, a->drive.bus,
				  a->drive.target, a->drive.unit);
	return mem_printf("%s%u-%u-%u", bus, a->drive.controller, a->drive.bus, a->drive.unit);
}

static char *disk_alias(const struct resolver *r, const struct device *dev, unsigned n)
{
	const char *bus = text_at(dev->node, "target/@bus");
	int index = target_index(text_at(dev->node, "target/@dev"));

	if (dev->address.type == ADDRESS_DRIVE)
		return drive_alias(r, dev, bus);
	return mem_printf("%s-disk%d", bus, index >= 0 ? index : (int)n);
}

static char *controller_alias(const struct resolver *r, const struct device *dev)
{
	const char *type = text_at(dev->node, "@type");
	unsigned index = controller_index(dev);

	if (!strcmp(type, "pci"))
		return index == 0 ? mem_strdup(r->q35 ? "pcie.0" : "pci.0") : mem_printf("pci.%u", index);
	if (index == 0 && (!strcmp(type, "usb") || !strcmp(type, "ide") || (r->q35 && !strcmp(type, "sata"))))
		return mem_strdup(strcmp(type, "sata") ? type : "ide");
	return mem_printf("%s%u", type, index);
}

static char *memory_alias(const struct device *dev, unsigned n)
{
	const char *model = text_at(dev->node, "@model");

	if (dev->address.type == ADDRESS_DIMM)
		return mem_printf("%s%u", model, dev->address.dimm.slot);
	if (!strcmp(model, "virtio-mem"))
		return mem_printf("virtiomem%u", n);
	if (!strcmp(model, "virtio-pmem"))
		return mem_printf("virtiopmem%u", n);
	return mem_printf("%s%u", !strcmp(model, "sgx-epc") ? "epc" : "dimm", n);
}

static const char *prefix_of(enum device_kind kind)
{
	switch (kind) {
	case DEVICE_INTERFACE: return "net";
	case DEVICE_FILESYSTEM: return "fs";
	case DEVICE_REDIRDEV: return "redir";
	case DEVICE_MEMBALLOON: return "balloon";
	default: return device_kind_name(kind);
	}
}

static char *make_alias(const struct resolver *r, const struct device *dev, unsigned n)
{
	switch (dev->kind) {
	case DEVICE_DISK:
		return disk_alias(r, dev, n);
	case DEVICE_CONTROLLER:
		return controller_alias(r, dev);
	case DEVICE_MEMORY:
		return memory_alias(dev, n);
	case DEVICE_CONSOLE:
		if (n == 0 && node_is(dev->node, "target/@type", "serial"))
			return mem_strdup("serial0");
		break;
	default:
		break;
	}
	return mem_printf("%s%u", prefix_of(dev->kind), n);
}

static bool is_twin(const struct device *a, const struct device *b)
{
	return (a->kind == DEVICE_CONSOLE && b->kind == DEVICE_SERIAL) ||
		(a->kind == DEVICE_SERIAL && b->kind == DEVICE_CONSOLE);
}

/* EHCI and its companions share an index, and so a name; companions get none. */
static bool nameless(const struct device *dev)
{
	return dev->kind == DEVICE_CONTROLLER && controller_companion(dev);
}

static bool check_unique(struct resolver *r, size_t i)
{
	const struct device *dev = &r->def->devices[i];

	for (size_t j = 0; j < i; j++) {
		const struct device *o = &r->def->devices[j];

		if (o->alias && dev->alias && !strcmp(o->alias, dev->alias) && !is_twin(o, dev))
			return refuse(r, dev->node, "<%s>: the <%s> at line %d is called '%s' too",
				      device_kind_name(dev->kind), device_kind_name(o->kind), o->line, dev->alias);
	}
	return true;
}

bool aliases_assign(struct resolver *r)
{
	unsigned count[DEVICE_KIND_COUNT] = { 0 };

	for (size_t i = 0; i < r->def->n_devices; i++) {
		struct device *dev = &r->def->devices[i];
		const char *given = node_get(dev->node, "alias/@name");
		unsigned n = count[dev->kind]++;

		free(dev->alias);
		dev->alias = NULL;
		if (given && !strncmp(given, "ua-", 3) && !(controller_is(dev, "pci", NULL) && controller_index(dev) == 0))
			dev->alias = mem_strdup(given);
		else if (!nameless(dev))
			dev->alias = make_alias(r, dev, n);
		if (!check_unique(r, i))
			return false;
	}
	return true;
}
