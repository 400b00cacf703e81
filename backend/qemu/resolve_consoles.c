/*
 * resolve_consoles: <serial> and the first <console> are one thing to libvirt:
 * a console of type serial brings a serial port along, and a serial port shows
 * up as the first console.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/resolver.h"

static bool serial_console(const struct device *dev)
{
	const char *type = text_at(dev->node, "target/@type");

	return !*type || !strcmp(type, "serial");
}

/* An element with all below it, as a new last child of parent. */
static void copy_element(xmlNode *parent, const xmlNode *from)
{
	xmlNode *node = node_add(parent, node_name(from), NULL);
	const char *text = node_first_element(from) ? NULL : node_get(from, "");

	for (const xmlAttr *a = from->properties; a; a = a->next) {
		AUTO_FREE char *path = mem_printf("@%s", (const char *)a->name);

		node_set_attr(node, (const char *)a->name, text_at(from, path));
	}
	if (text && *text)
		node_set_text(node, text);
	for (xmlNode *n = node_first_element(from); n; n = node_next_element(n))
		copy_element(node, n);
}

/* type='...', <source>, <protocol>, <log> from one element to the other. */
static void copy_backend(xmlNode *to, const xmlNode *from)
{
	node_set_attr(to, "type", text_at(from, "@type"));
	for (xmlNode *n = node_first_element(from); n; n = node_next_element(n))
		if (!strcmp(node_name(n), "source") || !strcmp(node_name(n), "protocol") ||
		    !strcmp(node_name(n), "log"))
			copy_element(to, n);
}

static void set_serial_target(struct device *dev, unsigned port)
{
	const char *type = text_at(dev->node, "target/@type");
	char number[16];

	if (!*type || !strcmp(type, "isa")) {
		child_set_attr(dev->node, "target", "type", "isa-serial");
		type = "isa-serial";
	}
	if (!node_has(dev->node, "target/@port")) {
		snprintf(number, sizeof(number), "%u", port);
		child_set_attr(dev->node, "target", "port", number);
	}
	if (!node_has(dev->node, "target/model/@name"))
		child_set_attr(node_child(dev->node, "target"), "model", "name", type);
}

/* isa-debugcon is a serial port to libvirt, too, but no console pairs with it. */
static bool pairs(const struct device *serial)
{
	const char *type = text_at(serial->node, "target/@type");

	return strcmp(type, "isa-debug");
}

static void add_console(struct resolver *r)
{
	struct device *serial = domain_def_device(r->def, DEVICE_SERIAL, 0);
	struct device *console;
	char port[16];

	if (!serial || !pairs(serial))
		return;
	console = domain_def_add_device(r->def, DEVICE_CONSOLE);
	serial = domain_def_device(r->def, DEVICE_SERIAL, 0);
	copy_backend(console->node, serial->node);
	child_set_attr(console->node, "target", "type", "serial");
	snprintf(port, sizeof(port), "%s", text_at(serial->node, "target/@port"));
	child_set_attr(console->node, "target", "port", port);
}

static void add_serial(struct resolver *r)
{
	struct device *serial = domain_def_add_device(r->def, DEVICE_SERIAL);
	struct device *console = domain_def_device(r->def, DEVICE_CONSOLE, 0);

	copy_backend(serial->node, console->node);
}

static unsigned free_port(const struct domain_def *def)
{
	unsigned port = 0;

	for (size_t i = 0; i < def->n_devices; i++) {
		const struct device *dev = &def->devices[i];

		if (dev->kind == DEVICE_SERIAL && node_has(dev->node, "target/@port") &&
		    node_u64(dev->node, "target/@port", 0) == port) {
			port++;
			i = (size_t)-1;
		}
	}
	return port;
}

bool resolve_consoles(struct resolver *r)
{
	struct device *console = domain_def_device(r->def, DEVICE_CONSOLE, 0), *dev;

	for (size_t i = 1; (dev = domain_def_device(r->def, DEVICE_CONSOLE, i)); i++)
		if (serial_console(dev))
			return refuse(r, dev->node, "<console>: only the first console can be the serial port; give this one <target type='virtio'/>");
	if (console && serial_console(console) && !domain_def_device(r->def, DEVICE_SERIAL, 0))
		add_serial(r);
	for (size_t i = 0; (dev = domain_def_device(r->def, DEVICE_SERIAL, i)); i++)
		set_serial_target(dev, free_port(r->def));
	if (!domain_def_device(r->def, DEVICE_CONSOLE, 0))
		add_console(r);
	console = domain_def_device(r->def, DEVICE_CONSOLE, 0);
	if (console && serial_console(console))
		child_set_attr(console->node, "target", "type", "serial");
	for (size_t i = 0; (dev = domain_def_device(r->def, DEVICE_CONSOLE, i)); i++)
		if (!node_has(dev->node, "target/@port")) {
			char number[16];

			snprintf(number, sizeof(number), "%zu", i);
			child_set_attr(dev->node, "target", "port", number);
		}
	return true;
}
