/*
 * argv_chardevs: serial and parallel ports, consoles and channels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

static char *chardev_id(const struct device *dev)
{
	return mem_printf("char%s", dev->alias);
}

/* libvirt's target models and QEMU's devices. */
static const char *serial_driver(const struct device *dev)
{
	const char *model = text_at(dev->node, "target/model/@name"), *type = text_at(dev->node, "target/@type");

	if (!strcmp(type, "isa-debug"))
		return "isa-debugcon";
	if (!strcmp(type, "usb-serial") || !strcmp(model, "usb-serial"))
		return "usb-serial";
	if (!strcmp(type, "pci-serial") || !strcmp(model, "pci-serial"))
		return "pci-serial";
	if (!strcmp(type, "isa-serial") || !strcmp(model, "isa-serial"))
		return "isa-serial";
	return NULL;
}

static bool add_backend(struct builder *b, const struct device *dev, const char *id)
{
	/* a path in a pty's <source> is where it was the last time: of no meaning now */
	if (node_is(dev->node, "@type", "pty"))
		return add_console_chardev(b, dev, id);
	return add_chardev(b, dev->node, id);
}

static bool add_serial(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *id = chardev_id(dev);
	const char *driver = serial_driver(dev);
	struct json_object *o;

	if (!driver)
		return fail(b, dev->node, "<target type='%s'>: x86 machines have no such serial port", text_at(dev->node, "target/@type"));
	if (!strcmp(driver, "isa-serial") && node_u64(dev->node, "target/@port", 0) > 3)
		return fail(b, dev->node, "<serial>: ISA has room for four serial ports, 0 to 3; use <target type='pci-serial'/>");
	if (!add_backend(b, dev, id))
		return false;
	o = device_new(dev, driver);
	json_set_str(o, "chardev", id);
	if (!strcmp(driver, "isa-serial"))
		json_set_int(o, "index", (int64_t)node_u64(dev->node, "target/@port", 0));
	if (!strcmp(driver, "isa-debugcon") && dev->address.type != ADDRESS_ISA)
		json_set_int(o, "iobase", 0x402);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_parallel(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *id = chardev_id(dev);
	struct json_object *o;

	if (!add_chardev(b, dev->node, id))
		return false;
	o = device_new(dev, "isa-parallel");
	json_set_str(o, "chardev", id);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_console(struct builder *b, const struct device *dev)
{
	const char *type = text_at(dev->node, "target/@type");
	AUTO_FREE char *id = chardev_id(dev);
	struct json_object *o;

	if (!strcmp(type, "serial"))
		return true;		/* the serial port has been made */
	if (strcmp(type, "virtio"))
		return fail(b, dev->node, "<target type='%s'>: x86 machines have consoles of type serial and virtio", type);
	if (!add_backend(b, dev, id))
		return false;
	o = device_new(dev, "virtconsole");
	json_set_str(o, "chardev", id);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* A channel that the guest reaches as an address in its user network. */
static bool add_guestfwd(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *id = chardev_id(dev), *forward = NULL;
	struct json_object *o, *list, *entry;

	if (!add_chardev(b, dev->node, id))
		return false;
	forward = mem_printf("tcp:%s:%u-chardev:%s", text_at(dev->node, "target/@address"),
			     (unsigned)node_u64(dev->node, "target/@port", 0), id);
	o = json_object_new_object();
	list = json_object_new_array();
	entry = json_object_new_object();
	json_set_str(o, "type", "user");
	json_set_str(entry, "str", forward);
	json_push(list, entry);
	json_set(o, "guestfwd", list);
	json_set_str(o, "id", dev->alias);
	add_json(b, "-netdev", o);
	return true;
}

static bool is_agent(const struct device *dev)
{
	return node_is(dev->node, "target/@name", "org.qemu.guest_agent.0") && node_is(dev->node, "@type", "unix") &&
		!node_is(dev->node, "source/@mode", "connect");
}

/* Where the supervisor reaches the guest agent. */
static void note_agent(struct builder *b, const struct device *dev, const char *id)
{
	const char *given = node_get(dev->node, "source/@path");
	AUTO_FREE char *file = mem_printf("%s.sock", id), *own = paths_guest_file(b->paths, b->def->uuid, file);

	json_set_str(b->plan, "agent", given && *given ? given : own);
}

static bool add_channel(struct builder *b, const struct device *dev)
{
	const char *type = text_at(dev->node, "target/@type");
	AUTO_FREE char *id = chardev_id(dev);
	struct json_object *o;

	if (!strcmp(type, "guestfwd"))
		return add_guestfwd(b, dev);
	if (strcmp(type, "virtio"))
		return fail(b, dev->node, "<target type='%s'>: QEMU has channels of type virtio and guestfwd", type);
	if (!add_chardev(b, dev->node, id))
		return false;
	if (is_agent(dev))
		note_agent(b, dev, id);
	o = device_new(dev, "virtserialport");
	json_set_str(o, "chardev", id);
	copy_str(o, "name", dev->node, "target/@name");
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_all(struct builder *b, enum device_kind kind, bool (*add)(struct builder *, const struct device *))
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, kind, &i));) {
		b->origin = dev->node;
		if (!add(b, dev))
			return false;
	}
	b->origin = NULL;
	return true;
}

bool argv_chardevs(struct builder *b)
{
	return add_all(b, DEVICE_SERIAL, add_serial) && add_all(b, DEVICE_PARALLEL, add_parallel) &&
		add_all(b, DEVICE_CHANNEL, add_channel) && add_all(b, DEVICE_CONSOLE, add_console);
}
