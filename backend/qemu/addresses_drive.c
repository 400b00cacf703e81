/*
 * addresses_drive: where disks sit on their controllers (the target name
 * decides, as in libvirt), the controllers that takes, and the slots of memory
 * devices.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/qemu/resolver.h"

/* Which type of controller a disk's bus is; NULL when the disk is a device
 * of its own (virtio, usb). */
static const char *disk_controller(const char *bus)
{
	static const char *const drive[] = { "ide", "sata", "scsi", "fdc" };

	for (size_t i = 0; i < sizeof(drive) / sizeof(drive[0]); i++)
		if (!strcmp(bus, drive[i]))
			return drive[i];
	return NULL;
}

/* A disk's place from its number n: vda is 0.  SCSI is 15 disks a controller,
 * unit 7 being the controller itself. */
static void place(struct device *dev, const char *bus, unsigned n)
{
	dev->address.type = ADDRESS_DRIVE;
	if (!strcmp(bus, "ide")) {
		dev->address.drive.controller = n / 4;
		dev->address.drive.bus = n % 4 / 2;
		dev->address.drive.unit = n % 2;
	} else if (!strcmp(bus, "sata")) {
		dev->address.drive.controller = n / 6;
		dev->address.drive.unit = n % 6;
	} else if (!strcmp(bus, "fdc")) {
		dev->address.drive.controller = n / 2;
		dev->address.drive.unit = n % 2;
	} else {
		dev->address.drive.controller = n / 15;
		dev->address.drive.unit = n % 15 + (n % 15 >= 7);
	}
}

static bool same_drive(const struct address *a, const struct address *b)
{
	return a->drive.controller == b->drive.controller && a->drive.bus == b->drive.bus &&
		a->drive.target == b->drive.target && a->drive.unit == b->drive.unit;
}

static const char *bus_of(const struct device *dev)
{
	if (dev->kind == DEVICE_DISK)
		return disk_controller(text_at(dev->node, "target/@bus"));
	if (dev->kind == DEVICE_HOSTDEV && node_is(dev->node, "@type", "scsi"))
		return "scsi";
	return NULL;
}

static bool check_unique(struct resolver *r, const struct device *dev)
{
	const struct address *a = &dev->address;
	const char *bus = bus_of(dev);

	for (const struct device *o = r->def->devices; o < dev; o++) {
		const char *other = bus_of(o);

		if (!other || strcmp(bus, other) || o->address.type != ADDRESS_DRIVE ||
		    !same_drive(a, &o->address))
			continue;
		return refuse(r, dev->node, "<%s>: %s address controller %u bus %u target %u unit %u is taken by the <%s> at line %d",
			      device_kind_name(dev->kind), bus, a->drive.controller, a->drive.bus,
			      a->drive.target, a->drive.unit, device_kind_name(o->kind), o->line);
	}
	return true;
}

struct drive_limits {
	const char *bus;
	unsigned controller, bus_max, target, unit;
};

/* What QEMU's controllers have room for. */
static bool check_range(struct resolver *r, const struct device *dev, const char *bus)
{
	static const struct drive_limits limits[] = {
		{ "ide", 0, 1, 0, 1 }, { "fdc", 0, 0, 0, 1 }, { "sata", 255, 0, 0, 5 },
		{ "scsi", 255, 0, 255, 16383 },
	};
	const struct address *a = &dev->address;

	if (a->type != ADDRESS_DRIVE)
		return refuse(r, dev->node, "<%s>: on bus '%s' the address must be of type 'drive'",
			      device_kind_name(dev->kind), bus);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const struct drive_limits *l = &limits[i];

		if (strcmp(l->bus, bus) ||
		    (a->drive.controller <= l->controller && a->drive.bus <= l->bus_max &&
		     a->drive.target <= l->target && a->drive.unit <= l->unit))
			continue;
		return refuse(r, dev->node, "<%s>: controller %u bus %u target %u unit %u does not exist on bus '%s'",
			      device_kind_name(dev->kind), a->drive.controller, a->drive.bus,
			      a->drive.target, a->drive.unit, bus);
	}
	return true;
}

static bool taken(const struct resolver *r, const char *bus, const struct address *a,
		  const struct device *self)
{
	for (size_t i = 0; i < r->def->n_devices; i++) {
		const struct device *o = &r->def->devices[i];
		const char *other = bus_of(o);

		if (o != self && other && !strcmp(other, bus) && o->address.type == ADDRESS_DRIVE &&
		    same_drive(a, &o->address))
			return true;
	}
	return false;
}

static bool place_disk(struct resolver *r, struct device *dev, const char *bus)
{
	int n = target_index(text_at(dev->node, "target/@dev"));

	if (dev->address.type != ADDRESS_NONE)
		return true;
	if (n < 0)
		return refuse(r, dev->node, "<target dev='%s'>: cannot tell the place of the disk from this name; use hda, sda, vda, fda ...",
			      text_at(dev->node, "target/@dev"));
	place(dev, bus, (unsigned)n);
	device_write_address(dev);
	return true;
}

/* Host SCSI devices take the first free unit. */
static void place_hostdev(struct resolver *r, struct device *dev)
{
	if (dev->address.type != ADDRESS_NONE)
		return;
	for (unsigned n = 0; n < 15 * 256; n++) {
		place(dev, "scsi", n);
		if (!taken(r, "scsi", &dev->address, dev))
			break;
	}
	device_write_address(dev);
}

static bool check_q35_ide(struct resolver *r, const struct device *dev, const char *bus)
{
	if (strcmp(bus, "ide") || !r->q35)
		return true;
	return refuse(r, dev->node, "<target bus='ide'>: machine '%s' has no IDE; use bus='sata'", r->def->machine);
}

/* Controllers 0 to the highest that is used. */
static void ensure_controllers(struct resolver *r, const char *type)
{
	unsigned need = 0;

	for (size_t i = 0; i < r->def->n_devices; i++) {
		const struct device *dev = &r->def->devices[i];
		const char *bus = bus_of(dev);

		if (bus && !strcmp(bus, type) && dev->address.drive.controller + 1 > need)
			need = dev->address.drive.controller + 1;
	}
	for (unsigned i = 0; i < need && i < 256; i++)
		controller_ensure(r->def, type, i);
}

/* Models as the other controllers of this type have them, so that a second
 * SCSI controller that appears by itself is like the first. */
static void inherit_models(struct resolver *r)
{
	for (size_t i = 0; i < r->def->n_devices; i++) {
		struct device *dev = &r->def->devices[i];
		struct device *first = controller_find(r->def, "scsi", 0);

		if (!controller_is(dev, "scsi", NULL) || *controller_model(dev))
			continue;
		if (first && first != dev && *controller_model(first))
			node_set_attr(dev->node, "model", controller_model(first));
	}
}

bool addresses_drive(struct resolver *r)
{
	static const char *const types[] = { "fdc", "ide", "sata", "scsi" };

	for (size_t i = 0; i < r->def->n_devices; i++) {
		struct device *dev = &r->def->devices[i];
		const char *bus = bus_of(dev);

		if (!bus)
			continue;
		if (!check_q35_ide(r, dev, bus))
			return false;
		if (dev->kind == DEVICE_DISK && !place_disk(r, dev, bus))
			return false;
		if (dev->kind == DEVICE_HOSTDEV)
			place_hostdev(r, dev);
		if (!check_range(r, dev, bus))
			return false;
	}
	for (size_t i = 0; i < r->def->n_devices; i++)
		if (bus_of(&r->def->devices[i]) && !check_unique(r, &r->def->devices[i]))
			return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		ensure_controllers(r, types[i]);
	inherit_models(r);
	return resolve_controller_models(r);
}

/* --- memory devices -------------------------------------------------------- */

static bool has_slot(const struct device *dev)
{
	return dev->kind == DEVICE_MEMORY &&
		(node_is(dev->node, "@model", "dimm") || node_is(dev->node, "@model", "nvdimm"));
}

static bool slot_taken(const struct domain_def *def, unsigned slot, const struct device *self)
{
	for (size_t i = 0; i < def->n_devices; i++) {
		const struct device *dev = &def->devices[i];

		if (dev != self && has_slot(dev) && dev->address.type == ADDRESS_DIMM &&
		    dev->address.dimm.slot == slot)
			return true;
	}
	return false;
}

bool addresses_memory(struct resolver *r)
{
	for (size_t i = 0; i < r->def->n_devices; i++) {
		struct device *dev = &r->def->devices[i];
		unsigned slot = 0;

		if (!has_slot(dev))
			continue;
		if (r->def->max_memory == 0)
			return refuse(r, dev->node, "<memory model='%s'>: memory devices need <maxMemory slots='...'>",
				      text_at(dev->node, "@model"));
		if (dev->address.type == ADDRESS_DIMM) {
			if (slot_taken(r->def, dev->address.dimm.slot, dev))
				return refuse(r, dev->node, "<memory>: slot %u is used twice", dev->address.dimm.slot);
			continue;
		}
		while (slot_taken(r->def, slot, dev))
			slot++;
		if (slot >= r->def->max_memory_slots)
			return refuse(r, dev->node, "<memory>: all %u slots of <maxMemory> are taken", r->def->max_memory_slots);
		dev->address = (struct address){ .type = ADDRESS_DIMM, .dimm = { .slot = slot } };
		device_write_address(dev);
	}
	return true;
}
