/*
 * domain_devices: the list of devices beside <devices>, and device addresses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/domain_private.h"
#include "backend/xml/node.h"

static const char *const kind_names[] = {
#define X(id, name) [DEVICE_##id] = name,
	DEVICE_KINDS(X)
#undef X
};

static const char *const address_names[] = {
	[ADDRESS_NONE] = "none",
	[ADDRESS_PCI] = "pci",
	[ADDRESS_DRIVE] = "drive",
	[ADDRESS_VIRTIO_SERIAL] = "virtio-serial",
	[ADDRESS_CCID] = "ccid",
	[ADDRESS_USB] = "usb",
	[ADDRESS_SPAPR_VIO] = "spapr-vio",
	[ADDRESS_VIRTIO_MMIO] = "virtio-mmio",
	[ADDRESS_CCW] = "ccw",
	[ADDRESS_ISA] = "isa",
	[ADDRESS_DIMM] = "dimm",
	[ADDRESS_UNASSIGNED] = "unassigned",
};

const char *device_kind_name(enum device_kind kind)
{
	return kind_names[kind];
}

/* The kind of an element below <devices>; DEVICE_KIND_COUNT for others. */
static enum device_kind kind_of(const xmlNode *node)
{
	int kind = 0;

	while (kind < DEVICE_KIND_COUNT && (node->ns || strcmp(node_name(node), kind_names[kind])))
		kind++;
	return (enum device_kind)kind;
}

/* Reading the numbers of one <address>: the first bad one is the error. */
struct reader {
	const struct domain_def *def;
	const xmlNode *node;
	struct error **err;
	bool failed;
};

static unsigned number(struct reader *r, const char *attribute, unsigned max)
{
	uint64_t value = node_u64(r->node, attribute, UINT64_MAX);

	if (!node_has(r->node, attribute) || r->failed)
		return 0;
	if (value <= max)
		return (unsigned)value;
	r->failed = true;
	document_error(r->def->document, r->node, r->err,
		       "<address> %s='%s' is not a number up to %u (%#x)", attribute + 1,
		       node_get(r->node, attribute), max, max);
	return 0;
}

static void read_usb(struct reader *r, struct address *a)
{
	const char *port = node_get(r->node, "@port");

	a->usb.bus = number(r, "@bus", UINT16_MAX);
	if (!port || r->failed)
		return;
	if (strlen(port) < sizeof(a->usb.port) && !port[strspn(port, "0123456789.")]) {
		strcpy(a->usb.port, port);
		return;
	}
	r->failed = true;
	document_error(r->def->document, r->node, r->err,
		       "<address> port='%s' is not a USB port such as '1' or '1.2'", port);
}

static void read_numbers(struct reader *r, struct address *a)
{
	switch (a->type) {
	case ADDRESS_PCI:
		a->pci.domain = number(r, "@domain", 0xffff);
		a->pci.bus = number(r, "@bus", 0xff);
		a->pci.slot = number(r, "@slot", 0x1f);
		a->pci.function = number(r, "@function", 7);
		a->pci.multifunction = node_bool(r->node, "@multifunction", -1);
		break;
	case ADDRESS_DRIVE:
		a->drive.controller = number(r, "@controller", UINT16_MAX);
		a->drive.bus = number(r, "@bus", UINT16_MAX);
		a->drive.target = number(r, "@target", UINT16_MAX);
		a->drive.unit = number(r, "@unit", UINT16_MAX);
		break;
	case ADDRESS_VIRTIO_SERIAL:
		a->virtio_serial.controller = number(r, "@controller", UINT16_MAX);
		a->virtio_serial.bus = number(r, "@bus", UINT16_MAX);
		a->virtio_serial.port = number(r, "@port", UINT16_MAX);
		break;
	case ADDRESS_CCID:
		a->ccid.controller = number(r, "@controller", UINT16_MAX);
		a->ccid.slot = number(r, "@slot", UINT16_MAX);
		break;
	case ADDRESS_USB:
		read_usb(r, a);
		break;
	case ADDRESS_ISA:
		a->isa.iobase = number(r, "@iobase", 0xffff);
		a->isa.irq = number(r, "@irq", 0xff);
		break;
	case ADDRESS_DIMM:
		a->dimm.slot = number(r, "@slot", UINT16_MAX);
		a->dimm.base = node_u64(r->node, "@base", 0);
		break;
	default:
		break;
	}
}

bool device_read_address(const struct domain_def *def, struct device *dev, struct error **err)
{
	struct reader r = { .def = def, .node = node_child(dev->node, "address"), .err = err };
	const char *type = node_get(dev->node, "address/@type");

	memset(&dev->address, 0, sizeof(dev->address));
	if (!r.node)
		return true;
	for (int i = 1; type && i <= ADDRESS_UNASSIGNED; i++)
		if (!strcmp(type, address_names[i]))
			dev->address.type = (enum address_type)i;
	if (dev->address.type == ADDRESS_NONE) {
		document_error(def->document, r.node, err, "<address> type='%s' is not known",
			       type ? type : "");
		return false;
	}
	read_numbers(&r, &dev->address);
	return !r.failed;
}

static void write_numbers(xmlNode *node, const struct address *a)
{
	switch (a->type) {
	case ADDRESS_PCI:
		node_printf_attr(node, "domain", "0x%04x", a->pci.domain);
		node_printf_attr(node, "bus", "0x%02x", a->pci.bus);
		node_printf_attr(node, "slot", "0x%02x", a->pci.slot);
		node_printf_attr(node, "function", "0x%x", a->pci.function);
		if (a->pci.multifunction >= 0)
			node_set_attr(node, "multifunction", a->pci.multifunction ? "on" : "off");
		break;
	case ADDRESS_DRIVE:
		node_printf_attr(node, "controller", "%u", a->drive.controller);
		node_printf_attr(node, "bus", "%u", a->drive.bus);
		node_printf_attr(node, "target", "%u", a->drive.target);
		node_printf_attr(node, "unit", "%u", a->drive.unit);
		break;
	case ADDRESS_VIRTIO_SERIAL:
		node_printf_attr(node, "controller", "%u", a->virtio_serial.controller);
		node_printf_attr(node, "bus", "%u", a->virtio_serial.bus);
		node_printf_attr(node, "port", "%u", a->virtio_serial.port);
		break;
	case ADDRESS_CCID:
		node_printf_attr(node, "controller", "%u", a->ccid.controller);
		node_printf_attr(node, "slot", "%u", a->ccid.slot);
		break;
	case ADDRESS_USB:
		node_printf_attr(node, "bus", "%u", a->usb.bus);
		node_set_attr(node, "port", a->usb.port[0] ? a->usb.port : NULL);
		break;
	case ADDRESS_ISA:
		node_printf_attr(node, "iobase", "0x%x", a->isa.iobase);
		node_printf_attr(node, "irq", "0x%x", a->isa.irq);
		break;
	case ADDRESS_DIMM:
		node_printf_attr(node, "slot", "%u", a->dimm.slot);
		if (a->dimm.base)
			node_printf_attr(node, "base", "%#llx", (unsigned long long)a->dimm.base);
		break;
	default:
		break;
	}
}

/* Nothing is written that is there already, so that resolving a definition
 * twice leaves its text alone. */
void device_write_address(struct device *dev)
{
	xmlNode *node = node_child(dev->node, "address");
	struct device now = { .node = dev->node };

	if (dev->address.type == ADDRESS_NONE) {
		if (node)
			node_remove(node);
		return;
	}
	if (node && node_is(node, "@type", address_names[dev->address.type])) {
		struct reader r = { .node = node, .failed = false };

		now.address.type = dev->address.type;
		read_numbers(&r, &now.address);
		if (!r.failed && address_equal(&now.address, &dev->address))
			return;
	} else if (node) {
		node_remove(node);
		node = NULL;
	}
	if (!node) {
		node = node_add(dev->node, "address", NULL);
		node_set_attr(node, "type", address_names[dev->address.type]);
	}
	write_numbers(node, &dev->address);
}

bool address_equal(const struct address *a, const struct address *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case ADDRESS_PCI:
		return a->pci.domain == b->pci.domain && a->pci.bus == b->pci.bus &&
			a->pci.slot == b->pci.slot && a->pci.function == b->pci.function &&
			a->pci.multifunction == b->pci.multifunction;
	case ADDRESS_DRIVE:
		return !memcmp(&a->drive, &b->drive, sizeof(a->drive));
	case ADDRESS_VIRTIO_SERIAL:
		return !memcmp(&a->virtio_serial, &b->virtio_serial, sizeof(a->virtio_serial));
	case ADDRESS_CCID:
		return !memcmp(&a->ccid, &b->ccid, sizeof(a->ccid));
	case ADDRESS_USB:
		return a->usb.bus == b->usb.bus && !strcmp(a->usb.port, b->usb.port);
	case ADDRESS_ISA:
		return a->isa.iobase == b->isa.iobase && a->isa.irq == b->isa.irq;
	case ADDRESS_DIMM:
		return a->dimm.slot == b->dimm.slot && a->dimm.base == b->dimm.base;
	default:
		return true;
	}
}

const char *address_type_name(enum address_type type)
{
	return address_names[type];
}

bool domain_parse_devices(struct domain_def *def, struct error **err)
{
	const xmlNode *devices = node_child(document_root(def->document), "devices");

	for (xmlNode *n = node_first_element(devices); n; n = node_next_element(n)) {
		enum device_kind kind = kind_of(n);
		struct device *dev;

		if (kind == DEVICE_KIND_COUNT)
			continue;
		dev = MEM_PUSH(def->devices, def->n_devices);
		dev->kind = kind;
		dev->node = n;
		dev->line = node_line(n);
		dev->alias = mem_strdup(node_get(n, "alias/@name"));
		if (!device_read_address(def, dev, err))
			return false;
	}
	return true;
}

struct device *domain_def_device(const struct domain_def *def, enum device_kind kind, size_t i)
{
	for (size_t d = 0; d < def->n_devices; d++)
		if (def->devices[d].kind == kind && i-- == 0)
			return &def->devices[d];
	return NULL;
}

/* The node that a new device of this kind goes before; NULL for the end.
 * libvirt writes kinds in the order of DEVICE_KINDS, <emulator> first. */
static xmlNode *place_for(const xmlNode *devices, enum device_kind kind)
{
	xmlNode *after = NULL, *at;

	for (xmlNode *n = node_first_element(devices); n; n = node_next_element(n))
		if (kind_of(n) <= kind || !strcmp(node_name(n), "emulator"))
			after = n;
	for (at = after ? after->next : devices->children; at; at = at->next)
		if (at->type == XML_ELEMENT_NODE || at->type == XML_COMMENT_NODE)
			return at;
	return NULL;
}

struct device *domain_def_add_device(struct domain_def *def, enum device_kind kind)
{
	xmlNode *devices = node_ensure(document_root(def->document), "devices");
	xmlNode *node = node_add(devices, kind_names[kind], place_for(devices, kind));
	size_t at = 0;

	for (xmlNode *n = node_first_element(devices); n != node; n = node_next_element(n))
		if (kind_of(n) != DEVICE_KIND_COUNT)
			at++;
	MEM_PUSH(def->devices, def->n_devices);
	memmove(def->devices + at + 1, def->devices + at,
		(def->n_devices - 1 - at) * sizeof(*def->devices));
	def->devices[at] = (struct device){ .kind = kind, .node = node };
	return &def->devices[at];
}

void domain_def_remove_device(struct domain_def *def, struct device *dev)
{
	size_t at = (size_t)(dev - def->devices);

	node_remove(dev->node);
	free(dev->alias);
	memmove(def->devices + at, def->devices + at + 1,
		(def->n_devices - 1 - at) * sizeof(*def->devices));
	def->n_devices--;
}
