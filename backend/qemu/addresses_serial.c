/*
 * addresses_serial: ports on virtio-serial controllers and slots on smart card
 * readers, and the controllers that takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/qemu/resolver.h"

#define PORTS 31	/* of a controller that does not say; port 0 is for a console */

static bool wants_port(const struct device *dev)
{
	return (dev->kind == DEVICE_CHANNEL || dev->kind == DEVICE_CONSOLE) &&
		node_is(dev->node, "target/@type", "virtio");
}

static unsigned ports_of(const struct domain_def *def, unsigned index)
{
	const struct device *dev = controller_find(def, "virtio-serial", index);

	return dev ? (unsigned)node_u64(dev->node, "@ports", PORTS) : 0;
}

static const struct device *owner(const struct domain_def *def, unsigned controller, unsigned port,
				  const struct device *before)
{
	for (const struct device *dev = def->devices; dev < before; dev++)
		if (wants_port(dev) && dev->address.type == ADDRESS_VIRTIO_SERIAL &&
		    dev->address.virtio_serial.controller == controller &&
		    dev->address.virtio_serial.port == port)
			return dev;
	return NULL;
}

/* Port 0 is only for consoles: some guests take it for one whatever it is. */
static bool find_port(const struct domain_def *def, unsigned controller, bool console, unsigned *port)
{
	unsigned n = ports_of(def, controller);

	for (unsigned p = console ? 0 : 1; p < n; p++)
		if (!owner(def, controller, p, def->devices + def->n_devices)) {
			*port = p;
			return true;
		}
	return false;
}

/* A port 0 in the XML of a channel, beside nothing else, means "choose". */
static bool placed(const struct device *dev)
{
	return dev->address.type == ADDRESS_VIRTIO_SERIAL &&
		(dev->address.virtio_serial.port > 0 || dev->kind == DEVICE_CONSOLE);
}

/* Positions move when a controller is added; elements do not. */
static struct device *device_of(struct resolver *r, const xmlNode *node)
{
	for (size_t i = 0; i < r->def->n_devices; i++)
		if (r->def->devices[i].node == node)
			return &r->def->devices[i];
	return NULL;
}

static bool choose(struct resolver *r, struct device *dev)
{
	const xmlNode *node = dev->node;
	bool fixed = dev->address.type == ADDRESS_VIRTIO_SERIAL, console = dev->kind == DEVICE_CONSOLE;
	unsigned controller = fixed ? dev->address.virtio_serial.controller : 0, port = 0;

	dev->address.type = ADDRESS_NONE;
	for (;; controller++) {
		controller_ensure(r->def, "virtio-serial", controller);
		if (find_port(r->def, controller, console, &port))
			break;
		if (fixed || controller > 255)
			return refuse(r, node, "<%s>: virtio-serial controller %u has no port left",
				      node_name(node), controller);
	}
	dev = device_of(r, node);
	dev->address = (struct address){ .type = ADDRESS_VIRTIO_SERIAL,
		.virtio_serial = { .controller = controller, .port = port } };
	device_write_address(dev);
	return true;
}

static bool check(struct resolver *r, struct device *dev)
{
	const struct address *a = &dev->address;
	const struct device *other;

	if (a->type != ADDRESS_VIRTIO_SERIAL)
		return refuse(r, dev->node, "<%s>: a virtio port's address must be of type 'virtio-serial'",
			      device_kind_name(dev->kind));
	if (a->virtio_serial.bus > 0)
		return refuse(r, dev->node, "<%s>: virtio-serial controllers have one bus, 0", device_kind_name(dev->kind));
	other = owner(r->def, a->virtio_serial.controller, a->virtio_serial.port, dev);
	if (other)
		return refuse(r, dev->node, "<%s>: virtio-serial port %u is taken by the <%s> at line %d",
			      device_kind_name(dev->kind), a->virtio_serial.port,
			      device_kind_name(other->kind), other->line);
	if (a->virtio_serial.port >= ports_of(r->def, a->virtio_serial.controller))
		return refuse(r, dev->node, "<%s>: virtio-serial controller %u has no port %u",
			      device_kind_name(dev->kind), a->virtio_serial.controller, a->virtio_serial.port);
	return true;
}

/* The controllers that addresses name.  One that is added changes the list:
 * begin again. */
static void ensure_named(struct resolver *r)
{
	for (size_t i = 0; i < r->def->n_devices; i++) {
		const struct device *dev = &r->def->devices[i];

		if (!wants_port(dev) || dev->address.type != ADDRESS_VIRTIO_SERIAL ||
		    dev->address.virtio_serial.controller > 255 ||
		    controller_find(r->def, "virtio-serial", dev->address.virtio_serial.controller))
			continue;
		controller_add(r->def, "virtio-serial", dev->address.virtio_serial.controller, NULL);
		i = (size_t)-1;
	}
}

static bool place_ports(struct resolver *r)
{
	ensure_named(r);
	for (size_t i = 0; i < r->def->n_devices; i++) {
		size_t before = r->def->n_devices;

		if (!wants_port(&r->def->devices[i]) || placed(&r->def->devices[i]))
			continue;
		if (!choose(r, &r->def->devices[i]))
			return false;
		if (r->def->n_devices != before)
			i = (size_t)-1;
	}
	for (size_t i = 0; i < r->def->n_devices; i++)
		if (wants_port(&r->def->devices[i]) && !check(r, &r->def->devices[i]))
			return false;
	return true;
}

/* A reader takes one card; the first one that has none. */
static unsigned free_reader(struct resolver *r)
{
	unsigned controller = 0;

	for (size_t i = 0; i < r->def->n_devices; i++) {
		const struct device *dev = &r->def->devices[i];

		if (dev->kind == DEVICE_SMARTCARD && dev->address.type == ADDRESS_CCID &&
		    dev->address.ccid.controller == controller) {
			controller++;
			i = (size_t)-1;
		}
	}
	return controller;
}

static bool check_card(struct resolver *r, const struct device *dev)
{
	for (const struct device *o = r->def->devices; o < dev; o++)
		if (o->kind == DEVICE_SMARTCARD && o->address.ccid.controller == dev->address.ccid.controller)
			return refuse(r, dev->node, "<smartcard>: reader %u has the card at line %d already",
				      dev->address.ccid.controller, o->line);
	if (dev->address.ccid.slot > 0)
		return refuse(r, dev->node, "<smartcard>: a reader has one slot, 0");
	return true;
}

static bool place_card(struct resolver *r, size_t i)
{
	struct device *dev = &r->def->devices[i];

	if (dev->address.type == ADDRESS_CCID)
		return true;
	if (dev->address.type != ADDRESS_NONE)
		return refuse(r, dev->node, "<smartcard>: the address must be of type 'ccid'");
	dev->address = (struct address){ .type = ADDRESS_CCID, .ccid = { .controller = free_reader(r) } };
	device_write_address(dev);
	return true;
}

static bool place_cards(struct resolver *r)
{
	unsigned readers = 0;

	for (size_t i = 0; i < r->def->n_devices; i++)
		if (r->def->devices[i].kind == DEVICE_SMARTCARD && !place_card(r, i))
			return false;
	for (size_t i = 0; i < r->def->n_devices; i++) {
		const struct device *dev = &r->def->devices[i];

		if (dev->kind != DEVICE_SMARTCARD)
			continue;
		if (!check_card(r, dev))
			return false;
		if (dev->address.ccid.controller + 1 > readers)
			readers = dev->address.ccid.controller + 1;
	}
	for (unsigned i = 0; i < readers && i < 16; i++)
		controller_ensure(r->def, "ccid", i);
	return true;
}

bool addresses_serial(struct resolver *r)
{
	return place_ports(r) && place_cards(r);
}
