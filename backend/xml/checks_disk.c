/*
 * checks_disk: disks, one by one and beside each other.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/checks_private.h"
#include "backend/xml/node.h"

const char *check_disk_bus(const xmlNode *disk)
{
	const char *bus = node_get(disk, "target/@bus");
	const char *dev = node_get(disk, "target/@dev");

	if (bus)
		return bus;
	if (node_is(disk, "@device", "floppy"))
		return "fdc";
	if (dev && !strncmp(dev, "vd", 2))
		return "virtio";
	if (dev && !strncmp(dev, "sd", 2))
		return "scsi";
	if (dev && !strncmp(dev, "fd", 2))
		return "fdc";
	if (dev && !strncmp(dev, "xvd", 3))
		return "xen";
	return "ide";
}

/* Which kinds of address a disk on this bus may have. */
static bool check_disk_address(const struct domain_def *def, const struct device *dev,
			       struct error **err)
{
	static const char *const on_drive[] = { "ide", "scsi", "sata", "fdc", NULL };
	const char *bus = check_disk_bus(dev->node);
	enum address_type type = dev->address.type;
	bool good = true;

	if (type == ADDRESS_NONE || type == ADDRESS_UNASSIGNED)
		return true;
	if (check_listed(bus, on_drive))
		good = type == ADDRESS_DRIVE;
	else if (!strcmp(bus, "usb"))
		good = type == ADDRESS_USB;
	else if (!strcmp(bus, "virtio"))
		good = type == ADDRESS_PCI;
	return good || deny(def, node_child(dev->node, "address"), err,
			    "remove the address: a good one is chosen",
			    "a disk on bus '%s' cannot have a %s address", bus,
			    address_type_name(type));
}

static bool check_lun(const struct domain_def *def, const struct device *dev, struct error **err)
{
	static const char *const buses[] = { "virtio", "scsi", NULL };
	const xmlNode *disk = dev->node;
	bool source = node_is(disk, "@type", "block") || node_is(disk, "@type", "volume") ||
		(node_is(disk, "@type", "network") && node_is(disk, "source/@protocol", "iscsi"));

	if (!node_is(disk, "@device", "lun"))
		return true;
	if (!source)
		return deny(def, disk, err, "use device='disk', or a block device",
			    "device='lun' needs a block device or an iSCSI target");
	if (node_has(disk, "driver/@type") && !node_is(disk, "driver/@type", "raw"))
		return deny(def, disk, err, "use type='raw'", "device='lun' cannot have an image format");
	if (!check_listed(check_disk_bus(disk), buses))
		return deny(def, disk, err, "use bus='scsi'", "device='lun' cannot be on bus '%s'",
			    check_disk_bus(disk));
	return true;
}

/* The kind of secret that a protocol logs in with. */
static bool check_auth(const struct domain_def *def, const struct device *dev, struct error **err)
{
	const xmlNode *source = node_child(dev->node, "source");
	const xmlNode *auth = node_child(dev->node, "auth");
	const char *protocol = node_get(source, "@protocol"), *type;
	const char *want = NULL;

	if (!auth)
		auth = node_child(source, "auth");
	type = node_get(auth, "secret/@type");
	if (protocol && !strcmp(protocol, "rbd"))
		want = "ceph";
	else if (protocol && !strcmp(protocol, "iscsi"))
		want = "iscsi";
	if (!auth || !want || !type || !strcmp(type, want))
		return true;
	return deny(def, node_child(auth, "secret"), err, NULL,
		    "<secret> type='%s' is not for %s, expected '%s'", type, protocol, want);
}

static bool check_throttle(const struct domain_def *def, const xmlNode *tune, struct error **err)
{
	static const char *const kinds[] = { "bytes_sec", "iops_sec", "bytes_sec_max", "iops_sec_max" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		AUTO_FREE char *total = mem_printf("total_%s", kinds[i]);
		AUTO_FREE char *read = mem_printf("read_%s", kinds[i]);
		AUTO_FREE char *write = mem_printf("write_%s", kinds[i]);

		if (node_u64(tune, total, 0) &&
		    (node_u64(tune, read, 0) || node_u64(tune, write, 0)))
			return deny(def, node_child(tune, total), err, "keep one of them",
				    "%s together with read or write %s", total, kinds[i]);
	}
	return true;
}

static bool check_media(const struct domain_def *def, const struct device *dev, struct error **err)
{
	const xmlNode *disk = dev->node, *target = node_child(disk, "target");
	const char *bus = check_disk_bus(disk);
	bool cdrom = node_is(disk, "@device", "cdrom"), floppy = node_is(disk, "@device", "floppy");

	if (floppy != !strcmp(bus, "fdc") && (floppy || !strcmp(bus, "fdc")))
		return deny(def, target, err, "floppy disks are on bus='fdc', and nothing else is",
			    "device='%s' on bus '%s'",
			    node_has(disk, "@device") ? node_get(disk, "@device") : "disk", bus);
	if (cdrom && !strcmp(bus, "virtio"))
		return deny(def, target, err, "use bus='sata' or 'scsi'",
			    "a CD-ROM cannot be on bus 'virtio'");
	if (node_has(target, "@tray") && !cdrom && !floppy)
		return deny(def, target, err, NULL, "only CD-ROMs and floppy disks have a tray");
	return true;
}

bool check_disks(const struct domain_def *def, struct error **err)
{
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_EACH(dev, def) {
		const xmlNode *before;

		if (dev->kind != DEVICE_DISK)
			continue;
		before = keys_add(&seen, dev->node, "%s", node_get(dev->node, "target/@dev"));
		if (before)
			return deny(def, node_child(dev->node, "target"), err,
				    "give each disk a target dev of its own",
				    "target dev '%s' is taken already (line %d)",
				    node_get(dev->node, "target/@dev"), node_line(before));
		if (!check_disk_address(def, dev, err) || !check_lun(def, dev, err) ||
		    !check_auth(def, dev, err) || !check_media(def, dev, err) ||
		    !check_throttle(def, node_child(dev->node, "iotune"), err))
			return false;
	}
	return true;
}
