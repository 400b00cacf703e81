/*
 * argv_hostdevs: devices of the host that a guest gets whole.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

/* By number on the bus, or by vendor and product. */
static bool add_usb(struct builder *b, const struct device *dev)
{
	const xmlNode *s = node_child(dev->node, "source");
	struct json_object *o = device_new(dev, "usb-host");

	if (node_child(s, "address")) {
		AUTO_FREE char *path = mem_printf("/dev/bus/usb/%03u/%03u", (unsigned)node_u64(s, "address/@bus", 0),
						  (unsigned)node_u64(s, "address/@device", 0));

		json_set_str(o, "hostdevice", path);
	} else if (node_child(s, "vendor")) {
		copy_int(o, "vendorid", s, "vendor/@id");
		copy_int(o, "productid", s, "product/@id");
	} else {
		json_object_put(o);
		return fail(b, dev->node, "<hostdev type='usb'> needs <address> or <vendor> and <product> in its <source>");
	}
	copy_bool(o, "guest-reset", s, "@guestReset");
	device_boot(b, o, dev, BOOT_OTHER);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_pci(struct builder *b, const struct device *dev)
{
	const xmlNode *a = node_find(dev->node, "source/address");
	struct json_object *o;
	AUTO_FREE char *host = NULL;

	if (!a)
		return fail(b, dev->node, "<hostdev type='pci'> needs an <address> in its <source>");
	if (node_is(dev->node, "driver/@name", "xen") || node_is(dev->node, "driver/@name", "kvm"))
		return fail(b, dev->node, "<driver name='%s'>: host devices are assigned with vfio only", text_at(dev->node, "driver/@name"));
	if (dev->address.type == ADDRESS_UNASSIGNED)
		return true;		/* kept from the host, not given to the guest */
	host = mem_printf("%04x:%02x:%02x.%x", (unsigned)node_u64(a, "@domain", 0), (unsigned)node_u64(a, "@bus", 0),
			  (unsigned)node_u64(a, "@slot", 0), (unsigned)node_u64(a, "@function", 0));
	o = device_new(dev, "vfio-pci");
	json_set_str(o, "host", host);
	device_boot(b, o, dev, BOOT_OTHER);
	if (node_is(dev->node, "teaming/@type", "transient"))
		copy_str(o, "failover_pair_id", dev->node, "teaming/@persistent");
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_mdev(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model"), *uuid = text_at(dev->node, "source/address/@uuid");
	bool ramfb = node_bool(dev->node, "@ramfb", 0) == 1;
	AUTO_FREE char *sysfs = NULL;
	char clean[UUID_TEXT];
	struct json_object *o;

	if (strcmp(model, "vfio-pci"))
		return fail(b, dev->node, "<hostdev type='mdev' model='%s'>: x86 machines take model vfio-pci", model);
	if (!domain_uuid_parse(uuid, clean))
		return fail(b, dev->node, "<address uuid='%s'>: not a uuid", uuid);
	if (ramfb && !node_is(dev->node, "@display", "on"))
		return fail(b, dev->node, "<hostdev ramfb='on'> needs display='on'");
	if (node_is(dev->node, "@display", "on") && !domain_def_device(b->def, DEVICE_GRAPHICS, 0))
		return fail(b, dev->node, "<hostdev display='on'>: the guest has no <graphics> to show it on");
	sysfs = mem_printf("/sys/bus/mdev/devices/%s", clean);
	o = device_new(dev, ramfb ? "vfio-pci-nohotplug" : "vfio-pci");
	json_set_str(o, "sysfsdev", sysfs);
	copy_str(o, "display", dev->node, "@display");
	if (ramfb)
		json_set_bool(o, "ramfb", true);
	device_boot(b, o, dev, BOOT_OTHER);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* The generic node (/dev/sgN) of a SCSI device of the host. */
static char *scsi_node(const xmlNode *source)
{
	const char *adapter = text_at(source, "adapter/@name");
	const xmlNode *a = node_child(source, "address");
	AUTO_FREE char *dir = mem_printf("/sys/bus/scsi/devices/%lu:%u:%u:%llu/scsi_generic",
					 strtoul(strncmp(adapter, "scsi_host", 9) ? adapter : adapter + 9, NULL, 10),
					 (unsigned)node_u64(a, "@bus", 0), (unsigned)node_u64(a, "@target", 0),
					 (unsigned long long)node_u64(a, "@unit", 0));
	DIR *d = opendir(dir);
	char *found = NULL;
	struct dirent *e;

	while (d && !found && (e = readdir(d)))
		if (e->d_name[0] != '.')
			found = mem_printf("/dev/%s", e->d_name);
	if (d)
		closedir(d);
	return found;
}

static bool add_scsi_source(struct builder *b, const struct device *dev, const char *node)
{
	const xmlNode *s = node_child(dev->node, "source");
	AUTO_FREE char *sg = NULL;
	struct json_object *o;

	if (node_is(s, "@protocol", "iscsi"))
		return fail(b, dev->node, "<source protocol='iscsi'>: not built for host devices in this version; use <disk device='lun'>");
	sg = scsi_node(s);
	if (!sg)
		return fail(b, dev->node, "<hostdev type='scsi'>: the host has no SCSI device at %s bus %s target %s unit %s",
			    text_at(s, "adapter/@name"), text_at(s, "address/@bus"), text_at(s, "address/@target"),
			    text_at(s, "address/@unit"));
	o = json_object_new_object();
	json_set_str(o, "driver", "host_device");
	json_set_str(o, "filename", sg);
	json_set_str(o, "node-name", node);
	json_set_bool(o, "read-only", node_child(dev->node, "readonly") != NULL);
	add_json(b, "-blockdev", o);
	return true;
}

static bool add_scsi(struct builder *b, const struct device *dev)
{
	const struct device *c = controller_find(b->def, "scsi", dev->address.drive.controller);
	AUTO_FREE char *node = mem_printf("%s-backend", dev->alias);
	AUTO_FREE char *bus = mem_printf("%s.0", controller_id(b, "scsi", dev->address.drive.controller));
	struct json_object *o;

	if (!add_scsi_source(b, dev, node))
		return false;
	o = device_new(dev, "scsi-generic");
	json_set_str(o, "bus", bus);
	if (c && !strcmp(controller_model(c), "lsilogic")) {
		json_set_int(o, "scsi-id", dev->address.drive.unit);
	} else {
		json_set_int(o, "channel", dev->address.drive.bus);
		json_set_int(o, "scsi-id", dev->address.drive.target);
		json_set_int(o, "lun", dev->address.drive.unit);
	}
	if (node_child(dev->node, "shareable"))
		json_set_bool(o, "share-rw", true);
	json_set_str(o, "drive", node);
	device_boot(b, o, dev, BOOT_OTHER);
	return device_add(b, dev, o);
}

static bool add_vhost_scsi(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");
	AUTO_FREE char *driver = virtio_driver(dev, "vhost-scsi", model);
	const char *wwpn = text_at(dev->node, "source/@wwpn");
	struct json_object *o;

	if (strncmp(wwpn, "naa.", 4))
		return fail(b, dev->node, "<source wwpn='%s'>: vhost-scsi targets are called 'naa.' and 16 digits", wwpn);
	o = device_new(dev, driver);
	json_set_str(o, "wwpn", wwpn);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_hostdev(struct builder *b, const struct device *dev)
{
	const char *type = text_at(dev->node, "@type");

	if (node_is(dev->node, "@mode", "capabilities"))
		return fail(b, dev->node, "<hostdev mode='capabilities'>: QEMU has no such thing; it is for containers");
	if (!strcmp(type, "usb"))
		return add_usb(b, dev);
	if (!strcmp(type, "pci"))
		return add_pci(b, dev);
	if (!strcmp(type, "mdev"))
		return add_mdev(b, dev);
	if (!strcmp(type, "scsi"))
		return add_scsi(b, dev);
	if (!strcmp(type, "scsi_host"))
		return add_vhost_scsi(b, dev);
	return fail(b, dev->node, "<hostdev type='%s'>: QEMU has no such host device", type);
}

/* One host device cannot be in a guest twice. */
static bool same_source(const struct device *a, const struct device *o)
{
	static const char *const keys[] = { "source/address/@domain", "source/address/@bus", "source/address/@slot",
		"source/address/@function", "source/address/@device", "source/vendor/@id", "source/product/@id",
		"source/address/@uuid", "source/address/@target", "source/address/@unit", "source/adapter/@name",
		"source/@wwpn", "source/@name" };

	if (!node_is(o->node, "@type", text_at(a->node, "@type")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		uint64_t x = node_u64(a->node, keys[i], 0), y = node_u64(o->node, keys[i], 0);

		if (x != y || (!x && strcmp(text_at(a->node, keys[i]), text_at(o->node, keys[i]))))
			return false;
	}
	return true;
}

bool argv_hostdevs(struct builder *b)
{
	const struct device *dev, *o;

	for (size_t i = 0; (dev = next_device(b, DEVICE_HOSTDEV, &i));)
		for (size_t j = i; (o = next_device(b, DEVICE_HOSTDEV, &j));)
			if (same_source(dev, o))
				return fail(b, o->node, "<hostdev>: the guest has this device already, by line %d", dev->line);
	for (size_t i = 0; (dev = next_device(b, DEVICE_HOSTDEV, &i));) {
		b->origin = dev->node;
		if (!add_hostdev(b, dev))
			return false;
	}
	b->origin = NULL;
	return true;
}
