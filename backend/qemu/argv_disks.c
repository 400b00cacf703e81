/*
 * argv_disks: the disk devices and what throttles or filters them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

static const char *bus_of(const struct device *dev)
{
	return text_at(dev->node, "target/@bus");
}

static bool is_device(const struct device *dev, const char *device)
{
	return node_is(dev->node, "@device", device);
}

/* --- filters over the image ----------------------------------------------------- */

static const char *const limits[][2] = {
	{ "total_bytes_sec", "bps-total" }, { "read_bytes_sec", "bps-read" }, { "write_bytes_sec", "bps-write" },
	{ "total_iops_sec", "iops-total" }, { "read_iops_sec", "iops-read" }, { "write_iops_sec", "iops-write" },
	{ "total_bytes_sec_max", "bps-total-max" }, { "read_bytes_sec_max", "bps-read-max" },
	{ "write_bytes_sec_max", "bps-write-max" }, { "total_iops_sec_max", "iops-total-max" },
	{ "read_iops_sec_max", "iops-read-max" }, { "write_iops_sec_max", "iops-write-max" },
	{ "total_bytes_sec_max_length", "bps-total-max-length" }, { "read_bytes_sec_max_length", "bps-read-max-length" },
	{ "write_bytes_sec_max_length", "bps-write-max-length" }, { "total_iops_sec_max_length", "iops-total-max-length" },
	{ "read_iops_sec_max_length", "iops-read-max-length" }, { "write_iops_sec_max_length", "iops-write-max-length" },
	{ "size_iops_sec", "iops-size" },
};

static bool check_iotune(struct builder *b, const xmlNode *tune)
{
	if ((node_u64(tune, "total_bytes_sec", 0) && (node_u64(tune, "read_bytes_sec", 0) || node_u64(tune, "write_bytes_sec", 0))) ||
	    (node_u64(tune, "total_iops_sec", 0) && (node_u64(tune, "read_iops_sec", 0) || node_u64(tune, "write_iops_sec", 0))))
		return fail(b, tune, "<iotune>: a total excludes limits for reading and writing");
	return true;
}

/* Disks of one group_name share one group; it is made by the first of them. */
static bool group_exists(const struct builder *b, const struct device *dev, const char *group)
{
	for (const struct device *o = b->def->devices; o < dev; o++)
		if (o->kind == DEVICE_DISK && node_is(o->node, "iotune/group_name", group))
			return true;
	return false;
}

static bool add_throttle(struct builder *b, const struct device *dev, const char *name, bool readonly, char **top)
{
	const xmlNode *tune = node_child(dev->node, "iotune");
	const char *group = node_get(tune, "group_name");
	AUTO_FREE char *id = group ? mem_printf("throttle-%s", group) : mem_printf("throttle-%s", name);
	AUTO_FREE char *node = mem_printf("%s-throttle", name);
	struct json_object *o = json_object_new_object(), *l = json_object_new_object();

	if (!check_iotune(b, tune)) {
		json_object_put(o);
		json_object_put(l);
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (node_u64(tune, limits[i][0], 0))
			copy_int(l, limits[i][1], tune, limits[i][0]);
	json_set_str(o, "qom-type", "throttle-group");
	json_set_str(o, "id", id);
	json_set(o, "limits", l);
	if (group && group_exists(b, dev, group))
		json_object_put(o);
	else if (!object_add(b, tune, o))
		return false;
	o = json_object_new_object();
	json_set_str(o, "driver", "throttle");
	json_set_str(o, "node-name", node);
	json_set_bool(o, "read-only", readonly);
	json_set_str(o, "throttle-group", id);
	json_set_str(o, "file", *top);
	add_json(b, "-blockdev", o);
	free(*top);
	*top = MEM_STEAL(node);
	return true;
}

static void add_copy_on_read(struct builder *b, const char *name, char **top)
{
	struct json_object *o = json_object_new_object();
	char *node = mem_printf("%s-cor", name);

	json_set_str(o, "driver", "copy-on-read");
	json_set_str(o, "node-name", node);
	json_set_str(o, "file", *top);
	json_set_str(o, "discard", "unmap");
	add_json(b, "-blockdev", o);
	free(*top);
	*top = node;
}

/* --- properties --------------------------------------------------------------------- */

static void add_write_cache(struct json_object *o, const struct device *dev)
{
	const char *mode = text_at(dev->node, "driver/@cache");

	if (!*mode || !strcmp(mode, "default"))
		return;
	json_set_str(o, "write-cache", strcmp(mode, "writethrough") && strcmp(mode, "directsync") ? "on" : "off");
}

static void add_errors(struct json_object *o, const struct device *dev)
{
	const char *w = node_get(dev->node, "driver/@error_policy"), *r = node_get(dev->node, "driver/@rerror_policy");

	if (w && !strcmp(w, "enospace"))
		w = "enospc";
	json_set_str(o, "werror", w);
	if (!r && w && strcmp(w, "enospc"))
		r = w;
	if (r && strcmp(r, "enospace"))
		json_set_str(o, "rerror", r);
}

static void add_geometry(struct json_object *o, const struct device *dev)
{
	copy_int(o, "cyls", dev->node, "geometry/@cyls");
	copy_int(o, "heads", dev->node, "geometry/@heads");
	copy_int(o, "secs", dev->node, "geometry/@secs");
	if (node_has(dev->node, "geometry/@trans"))
		copy_str(o, "bios-chs-trans", dev->node, "geometry/@trans");
}

static void add_common(struct json_object *o, const struct device *dev)
{
	add_write_cache(o, dev);
	add_errors(o, dev);
	copy_str(o, "serial", dev->node, "serial");
	copy_int(o, "logical_block_size", dev->node, "blockio/@logical_block_size");
	copy_int(o, "physical_block_size", dev->node, "blockio/@physical_block_size");
	copy_int(o, "discard_granularity", dev->node, "blockio/@discard_granularity");
	if (node_child(dev->node, "shareable"))
		json_set_bool(o, "share-rw", true);
}

static bool add_iothread(struct builder *b, struct json_object *o, const struct device *dev)
{
	uint64_t id = node_u64(dev->node, "driver/@iothread", 0);
	AUTO_FREE char *name = mem_printf("iothread%llu", (unsigned long long)id);
	bool known = id >= 1 && id <= b->def->iothreads;

	if (!node_has(dev->node, "driver/@iothread"))
		return true;
	NODE_EACH(t, node_child(b->root, "iothreadids"), "iothread")
		known = known || node_u64(t, "@id", 0) == id;
	if (!known)
		return fail(b, dev->node, "<driver iothread='%llu'>: there is no such I/O thread; see <iothreads>",
			    (unsigned long long)id);
	json_set_str(o, "iothread", name);
	return true;
}

static bool needs_disk(struct builder *b, const struct device *dev)
{
	if (is_device(dev, "disk") || is_device(dev, "lun"))
		return true;
	return fail(b, dev->node, "<disk device='%s'>: bus '%s' has disks only; use sata, ide, scsi or usb",
		    text_at(dev->node, "@device"), bus_of(dev));
}

static struct json_object *virtio_blk(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *driver = virtio_driver(dev, "virtio-blk", text_at(dev->node, "@model"));
	struct json_object *o;

	if (!needs_disk(b, dev))
		return NULL;
	o = device_new(dev, driver);
	if (!add_iothread(b, o, dev)) {
		json_object_put(o);
		return NULL;
	}
	copy_bool(o, "ioeventfd", dev->node, "driver/@ioeventfd");
	copy_bool(o, "event_idx", dev->node, "driver/@event_idx");
	copy_int(o, "num-queues", dev->node, "driver/@queues");
	copy_int(o, "queue-size", dev->node, "driver/@queue_size");
	virtio_options(o, dev);
	if (is_device(dev, "lun"))
		json_set_bool(o, "scsi", true);
	return o;
}

/* 16 hexadecimal digits, with or without 0x: a number to QEMU. */
static void add_wwn(struct json_object *o, const struct device *dev)
{
	const char *text = node_get(dev->node, "wwn");

	if (text)
		json_set(o, "wwn", json_object_new_uint64(strtoull(text, NULL, 16)));
}

static const char *disk_driver(const struct device *dev, const char *disk, const char *cdrom)
{
	return is_device(dev, "cdrom") ? cdrom : disk;
}

static struct json_object *ide_disk(struct builder *b, const struct device *dev)
{
	struct json_object *o = device_new(dev, disk_driver(dev, "ide-hd", "ide-cd"));
	const char *type = bus_of(dev), *id;
	AUTO_FREE char *bus = NULL;

	if (!strcmp(type, "ide")) {
		bus = mem_printf("ide.%u", dev->address.drive.bus);
		json_set_str(o, "bus", bus);
		json_set_int(o, "unit", dev->address.drive.unit);
	} else {
		id = controller_id(b, "sata", dev->address.drive.controller);
		bus = mem_printf("%s.%u", id, dev->address.drive.unit);
		json_set_str(o, "bus", bus);
	}
	add_wwn(o, dev);
	copy_str(o, "model", dev->node, "product");
	copy_int(o, "rotation_rate", dev->node, "target/@rotation_rate");
	return o;
}

static bool check_scsi_unit(struct builder *b, const struct device *dev, const char *model)
{
	const struct address *a = &dev->address;

	if (!strcmp(model, "lsilogic") && (a->drive.unit > 7 || a->drive.target > 0))
		return fail(b, dev->node, "<disk>: an lsilogic controller has target 0 and units 0 to 7");
	if (!strncmp(model, "virtio", 6) && a->drive.bus > 0)
		return fail(b, dev->node, "<disk>: a virtio-scsi controller has one bus, 0");
	return true;
}

static struct json_object *scsi_disk(struct builder *b, const struct device *dev)
{
	const struct device *c = controller_find(b->def, "scsi", dev->address.drive.controller);
	const char *model = c ? controller_model(c) : "";
	AUTO_FREE char *bus = NULL, *device_id = mem_printf("drive-%s", dev->alias);
	struct json_object *o;

	if (!check_scsi_unit(b, dev, model))
		return NULL;
	o = device_new(dev, is_device(dev, "lun") ? "scsi-block" : disk_driver(dev, "scsi-hd", "scsi-cd"));
	bus = mem_printf("%s.0", controller_id(b, "scsi", dev->address.drive.controller));
	json_set_str(o, "bus", bus);
	if (!strcmp(model, "lsilogic")) {
		json_set_int(o, "scsi-id", dev->address.drive.unit);
	} else {
		json_set_int(o, "channel", dev->address.drive.bus);
		json_set_int(o, "scsi-id", dev->address.drive.target);
		json_set_int(o, "lun", dev->address.drive.unit);
	}
	if (!is_device(dev, "lun"))
		json_set_str(o, "device_id", device_id);
	copy_bool(o, "dpofua", dev->node, "target/@dpofua");
	if (!is_device(dev, "lun")) {
		add_wwn(o, dev);
		copy_str(o, "vendor", dev->node, "vendor");
		copy_str(o, "product", dev->node, "product");
	}
	copy_int(o, "rotation_rate", dev->node, "target/@rotation_rate");
	if (is_device(dev, "disk"))
		copy_bool(o, "removable", dev->node, "target/@removable");
	return o;
}

static struct json_object *usb_disk(struct builder *b, const struct device *dev)
{
	struct json_object *o;

	(void)b;
	o = device_new(dev, "usb-storage");
	copy_bool(o, "removable", dev->node, "target/@removable");
	return o;
}

static struct json_object *floppy(struct builder *b, const struct device *dev)
{
	struct json_object *o;
	AUTO_FREE char *bus = NULL;

	if (!is_device(dev, "floppy")) {
		fail(b, dev->node, "<disk device='%s'>: bus 'fdc' has floppies only", text_at(dev->node, "@device"));
		return NULL;
	}
	o = device_new(dev, "floppy");
	if (b->q35) {
		bus = mem_printf("%s.0", controller_id(b, "fdc", 0));
		json_set_str(o, "bus", bus);
	}
	json_set_int(o, "unit", dev->address.drive.unit);
	return o;
}

typedef struct json_object *make_fn(struct builder *b, const struct device *dev);

static make_fn *maker(const char *bus)
{
	static const struct { const char *bus; make_fn *make; } table[] = {
		{ "virtio", virtio_blk }, { "ide", ide_disk }, { "sata", ide_disk }, { "scsi", scsi_disk },
		{ "usb", usb_disk }, { "fdc", floppy },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].bus, bus))
			return table[i].make;
	return NULL;
}

/* --- the whole ------------------------------------------------------------------------ */

static bool has_source(const struct device *dev)
{
	const xmlNode *source = node_child(dev->node, "source");
	const char *type = text_at(dev->node, "@type");

	if (!source)
		return false;
	if (!strcmp(type, "file"))
		return *text_at(source, "@file") != '\0';
	if (!strcmp(type, "block"))
		return *text_at(source, "@dev") != '\0';
	if (!strcmp(type, "dir"))
		return *text_at(source, "@dir") != '\0';
	return true;
}

/* startupPolicy='optional': a medium that is gone is an empty drive. */
static bool dropped(const struct device *dev)
{
	const char *file = node_get(dev->node, "source/@file");

	if (!file)
		file = node_get(dev->node, "source/@dev");
	return node_is(dev->node, "source/@startupPolicy", "optional") && file && access(file, F_OK) < 0;
}

static bool check_disk(struct builder *b, const struct device *dev)
{
	const char *bus = bus_of(dev);
	bool removable = is_device(dev, "cdrom") || is_device(dev, "floppy");

	if (node_child(dev->node, "transient") && (removable || node_child(dev->node, "readonly") ||
	    node_child(dev->node, "iotune") || node_is(dev->node, "driver/@copy_on_read", "on")))
		return fail(b, node_child(dev->node, "transient"), "<transient>: only for plain writable disks, without <iotune> or copy on read");
	if (node_child(dev->node, "transient") && node_is(dev->node, "transient/@shareBacking", "yes"))
		return fail(b, node_child(dev->node, "transient"), "<transient shareBacking='yes'>: not built in this version");
	if (!maker(bus))
		return fail(b, dev->node, "<target bus='%s'>: QEMU's x86 machines have no such bus", bus);
	if (is_device(dev, "floppy") && strcmp(bus, "fdc"))
		return fail(b, dev->node, "<disk device='floppy'>: a floppy sits on bus 'fdc', not '%s'", bus);
	if (!has_source(dev) && !strcmp(bus, "usb"))
		return fail(b, dev->node, "<disk>: a disk on bus 'usb' cannot be empty; use sata or ide for an empty drive");
	if (!has_source(dev) && !removable)
		return fail(b, dev->node, "<disk>: '%s' has no source", text_at(dev->node, "target/@dev"));
	if (is_device(dev, "lun") && strcmp(text_at(dev->node, "@type"), "block") &&
	    !node_is(dev->node, "source/@protocol", "iscsi"))
		return fail(b, dev->node, "<disk device='lun'>: only a block device can be passed through");
	if (is_device(dev, "lun") && strcmp(bus, "scsi") && strcmp(bus, "virtio"))
		return fail(b, dev->node, "<disk device='lun'>: on bus 'scsi' or 'virtio' only");
	if (node_child(dev->node, "readonly") && is_device(dev, "disk") &&
	    (!strcmp(bus, "ide") || !strcmp(bus, "sata")))
		return fail(b, dev->node, "<readonly/>: disks on bus '%s' cannot be read-only; use virtio, scsi or usb", bus);
	return true;
}

static bool add_medium(struct builder *b, const struct device *dev, unsigned n, struct json_object *o)
{
	AUTO_FREE char *name = mem_printf("disk%u", n), *top = NULL;
	const char *format = text_at(dev->node, "driver/@type");
	struct block_options bo = {
		.name = name, .format = *format ? format : "raw",
		.readonly = node_child(dev->node, "readonly") || is_device(dev, "cdrom"),
		.cdrom = is_device(dev, "cdrom"), .floppy = is_device(dev, "floppy"),
	};

	if (!has_source(dev) || dropped(dev))
		return true;
	top = add_blockdev(b, dev->node, &bo);
	if (!top)
		return false;
	if (node_is(dev->node, "driver/@copy_on_read", "on") && !bo.readonly)
		add_copy_on_read(b, name, &top);
	if (node_child(dev->node, "iotune") && !add_throttle(b, dev, name, bo.readonly, &top))
		return false;
	json_set_str(o, "drive", top);
	return true;
}

/* A disk that another process serves: QEMU knows only its socket. */
static bool add_vhost_user(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *chardev = mem_printf("chr-vu-%s", dev->alias);
	AUTO_BUF struct buf v = BUF_INIT;
	struct json_object *o;

	if (strcmp(bus_of(dev), "virtio"))
		return fail(b, dev->node, "<disk type='vhostuser'>: on bus 'virtio' only");
	buf_printf(&v, "socket,id=%s", chardev);
	add_escaped(&v, "path", node_get(dev->node, "source/@path"));
	if (node_has(dev->node, "source/reconnect/@timeout"))
		buf_printf(&v, ",reconnect=%u", (unsigned)node_u64(dev->node, "source/reconnect/@timeout", 0));
	add_option(b, "-chardev", buf_text(&v));
	o = device_new(dev, "vhost-user-blk-pci");
	copy_int(o, "num-queues", dev->node, "driver/@queues");
	copy_int(o, "queue-size", dev->node, "driver/@queue_size");
	virtio_options(o, dev);
	device_address(b, o, dev);
	json_set_str(o, "chardev", chardev);
	device_boot(b, o, dev, BOOT_DISK);
	return device_add(b, dev, o);
}

/* QEMU asks the controller, not the drive, for a floppy's turn to boot. */
static void floppy_boot(struct builder *b, const struct device *dev)
{
	struct json_object *o = json_object_new_object();

	device_boot(b, o, dev, BOOT_FLOPPY);
	if (json_get(o, "bootindex"))
		add_optionf(b, "-global", "isa-fdc.bootindex%c=%lld", dev->address.drive.unit ? 'B' : 'A',
			    (long long)json_int(o, "bootindex", 0));
	json_object_put(o);
}

/* <transient/>: what the guest writes goes into an overlay that is made anew at
 * each start, over QMP before the guest runs. */
static void add_overlay(struct builder *b, unsigned n)
{
	AUTO_FREE char *file = mem_printf("disk%u.transient", n), *node = mem_printf("disk%u-format", n);
	AUTO_FREE char *path = paths_guest_file(b->paths, b->def->uuid, file);
	AUTO_FREE char *top = mem_printf("disk%u-overlay", n);
	struct json_object *command = json_object_new_object(), *a = json_object_new_object();

	json_set_str(command, "execute", "blockdev-snapshot-sync");
	json_set_str(a, "node-name", node);
	json_set_str(a, "snapshot-file", path);
	json_set_str(a, "snapshot-node-name", top);
	json_set_str(a, "format", "qcow2");
	json_set(command, "arguments", a);
	json_push(b->secrets, command);
}

static bool add_disk(struct builder *b, const struct device *dev, unsigned n)
{
	enum boot_kind kind = is_device(dev, "cdrom") ? BOOT_CDROM : is_device(dev, "floppy") ? BOOT_FLOPPY : BOOT_DISK;
	struct json_object *o;

	if (node_is(dev->node, "@type", "vhostuser"))
		return add_vhost_user(b, dev);
	if (!check_disk(b, dev))
		return false;
	o = maker(bus_of(dev))(b, dev);
	if (!o)
		return false;
	if (!add_medium(b, dev, n, o)) {
		json_object_put(o);
		return false;
	}
	if (strcmp(bus_of(dev), "fdc")) {
		add_common(o, dev);
		add_geometry(o, dev);
	}
	device_address(b, o, dev);
	if (kind == BOOT_FLOPPY)
		floppy_boot(b, dev);
	else
		device_boot(b, o, dev, kind);
	if (!device_add(b, dev, o))
		return false;
	if (node_child(dev->node, "transient"))
		add_overlay(b, n);
	return true;
}

static bool add_reservations(struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_DISK, &i));) {
		const xmlNode *r = node_find(dev->node, "source/reservations");
		struct json_object *o;

		if (!r)
			continue;
		if (!node_is(r, "@managed", "no"))
			return fail(b, r, "<reservations managed='yes'>: run qemu-pr-helper yourself and give its socket with managed='no'");
		o = json_object_new_object();
		json_set_str(o, "qom-type", "pr-manager-helper");
		json_set_str(o, "id", "pr-helper0");
		copy_str(o, "path", r, "source/@path");
		return object_add(b, r, o);
	}
	return true;
}

/* QEMU's main loop is an I/O thread, too. */
static bool add_main_loop(struct builder *b)
{
	const xmlNode *node = node_child(b->root, "defaultiothread");
	struct json_object *o;

	if (!node)
		return true;
	o = json_object_new_object();
	json_set_str(o, "qom-type", "main-loop");
	json_set_str(o, "id", "main-loop");
	copy_int(o, "thread-pool-min", node, "@thread_pool_min");
	copy_int(o, "thread-pool-max", node, "@thread_pool_max");
	return object_add(b, node, o);
}

static bool add_iothreads(struct builder *b)
{
	unsigned listed = 0, id = 0;

	b->origin = node_child(b->root, "iothreads");
	NODE_EACH(t, node_child(b->root, "iothreadids"), "iothread") {
		AUTO_FREE char *name = mem_printf("iothread%llu", (unsigned long long)node_u64(t, "@id", 0));
		struct json_object *o = json_object_new_object();

		json_set_str(o, "qom-type", "iothread");
		json_set_str(o, "id", name);
		copy_int(o, "thread-pool-min", t, "@thread_pool_min");
		copy_int(o, "thread-pool-max", t, "@thread_pool_max");
		copy_int(o, "poll-max-ns", t, "poll/@max");
		copy_int(o, "poll-grow", t, "poll/@grow");
		copy_int(o, "poll-shrink", t, "poll/@shrink");
		if (!object_add(b, t, o))
			return false;
		listed++;
	}
	while (listed < b->def->iothreads && listed < 1024) {
		struct json_object *o;
		AUTO_FREE char *name = NULL;
		bool taken = false;

		id++;
		NODE_EACH(t, node_child(b->root, "iothreadids"), "iothread")
			taken = taken || node_u64(t, "@id", 0) == id;
		if (taken)
			continue;
		name = mem_printf("iothread%u", id);
		o = json_object_new_object();
		json_set_str(o, "qom-type", "iothread");
		json_set_str(o, "id", name);
		if (!object_add(b, b->root, o))
			return false;
		listed++;
	}
	return true;
}

bool argv_disks(struct builder *b)
{
	const struct device *dev;
	unsigned n = 0;
	bool good = add_reservations(b);

	for (size_t i = 0; good && (dev = next_device(b, DEVICE_DISK, &i));) {
		b->origin = dev->node;
		good = add_disk(b, dev, n++);
	}
	b->origin = NULL;
	return good;
}

bool argv_iothreads(struct builder *b)
{
	bool good = add_main_loop(b) && add_iothreads(b);

	b->origin = NULL;
	return good;
}
