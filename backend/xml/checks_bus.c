/*
 * checks_bus: controllers, and the addresses of devices on them.
 */
#include <string.h>

#include "backend/xml/checks_private.h"
#include "backend/xml/node.h"

/* UHCI companions share the index of their EHCI controller. */
static bool is_companion(const xmlNode *controller)
{
	return node_has(controller, "master") ||
		(node_has(controller, "@model") &&
		 !strncmp(node_get(controller, "@model"), "ich9-uhci", 9));
}

static bool check_pci_controller(const struct domain_def *def, const xmlNode *node,
				 struct error **err)
{
	static const char *const roots[] = { "pci-root", "pcie-root", NULL };
	static const char *const only_i440fx[] = { "pci-root", "pci-expander-bus", NULL };
	static const char *const only_q35[] = {
		"pcie-root", "pcie-expander-bus", "pcie-root-port", "dmi-to-pci-bridge",
		"pcie-switch-upstream-port", "pcie-switch-downstream-port", "pcie-to-pci-bridge", NULL
	};
	const char *model = node_get(node, "@model");
	uint64_t index = node_u64(node, "@index", UINT64_MAX);

	if (check_listed(model, roots) && index != 0 && index != UINT64_MAX)
		return deny(def, node, err, "write index='0'",
			    "the %s controller has index %s", model, node_get(node, "@index"));
	if (check_listed(model, roots) && node_has(node, "address"))
		return deny(def, node, err, "remove the address",
			    "the %s controller is part of the machine and has no address", model);
	if (index == 0 && model && !check_listed(model, roots))
		return deny(def, node, err, "number it from 1",
			    "PCI controller 0 is the machine's own, not a %s", model);
	if (index > 255 && index != UINT64_MAX)
		return deny(def, node, err, NULL, "PCI controller index %s is above 255",
			    node_get(node, "@index"));
	if (machine_is_q35(def->machine) && check_listed(model, only_i440fx))
		return deny(def, node, err, "use the PCI Express model, or machine='pc'",
			    "a q35 machine cannot have a %s controller", model);
	if (machine_is_i440fx(def->machine) && check_listed(model, only_q35))
		return deny(def, node, err, "use machine='q35'",
			    "this machine has no PCI Express: no %s controller", model);
	return true;
}

/* Which controller model a PCI address's bus is; NULL when not written. */
static const char *model_of_bus(const struct domain_def *def, unsigned bus)
{
	DEVICES_EACH(dev, def)
		if (dev->kind == DEVICE_CONTROLLER && node_is(dev->node, "@type", "pci") &&
		    node_u64(dev->node, "@index", UINT64_MAX) == bus)
			return node_get(dev->node, "@model");
	return NULL;
}

static bool check_expander_place(const struct domain_def *def, const struct device *dev,
				 struct error **err)
{
	const char *model = node_get(dev->node, "@model"), *on;

	if (dev->address.type != ADDRESS_PCI || !model ||
	    (strcmp(model, "pci-expander-bus") && strcmp(model, "pcie-expander-bus")))
		return true;
	on = model_of_bus(def, dev->address.pci.bus);
	if (dev->address.pci.bus == 0 || (on && strstr(on, "-root") && !strstr(on, "port")))
		return true;
	return deny(def, node_child(dev->node, "address"), err, "put it on bus 0",
		    "a %s must be on the root bus", model);
}

static bool check_usb_controller(const struct domain_def *def, const xmlNode *node,
				 const xmlNode **none, const xmlNode **other, struct error **err)
{
	static const char *const with_ports[] = { "qemu-xhci", "nec-xhci", NULL };
	const char *model = node_get(node, "@model");

	if (model && !strcmp(model, "none"))
		*none = node;
	else
		*other = node;
	if (*none && *other)
		return deny(def, node, err, "remove one of them",
			    "a USB controller beside model='none', which says there is none");
	if (node_has(node, "@ports") && !check_listed(model, with_ports))
		return deny(def, node, err, "use model='qemu-xhci', or remove ports",
			    "only xhci controllers have a number of ports");
	if (node_u64(node, "@ports", 0) > 15)
		return deny(def, node, err, NULL, "an xhci controller has at most 15 ports");
	return true;
}

bool check_controllers(const struct domain_def *def, struct error **err)
{
	AUTO_KEYS struct keys seen = { NULL };
	const xmlNode *none = NULL, *other = NULL;

	DEVICES_EACH(dev, def) {
		const char *type = node_get(dev->node, "@type");
		const xmlNode *before;

		if (dev->kind != DEVICE_CONTROLLER)
			continue;
		before = !node_has(dev->node, "@index") || is_companion(dev->node) ? NULL
			: keys_add(&seen, dev->node, "%s %llu", type,
				   (unsigned long long)node_u64(dev->node, "@index", 0));
		if (before && !(none && !strcmp(type, "usb")))
			return deny(def, dev->node, err, "give each controller an index of its own",
				    "%s controller %s is there already (line %d)", type,
				    node_get(dev->node, "@index"), node_line(before));
		if (!strcmp(type, "pci") && (!check_pci_controller(def, dev->node, err) ||
					     !check_expander_place(def, dev, err)))
			return false;
		if (!strcmp(type, "usb") &&
		    !check_usb_controller(def, dev->node, &none, &other, err))
			return false;
	}
	return true;
}

/* What is taken on which bus; a disk's drive address is one of its bus. */
static const xmlNode *claim(struct keys *seen, const struct device *dev)
{
	const struct address *a = &dev->address;
	const xmlNode *node = dev->node;
	const char *bus = "scsi";

	switch (a->type) {
	case ADDRESS_PCI:
		if (!(a->pci.domain | a->pci.bus | a->pci.slot | a->pci.function))
			return NULL;
		return keys_add(seen, node, "pci %x:%x:%x.%x", a->pci.domain, a->pci.bus,
				a->pci.slot, a->pci.function);
	case ADDRESS_DRIVE:
		if (dev->kind == DEVICE_DISK)
			bus = check_disk_bus(node);
		return keys_add(seen, node, "%s %u:%u:%u:%u", bus, a->drive.controller,
				a->drive.bus, a->drive.target, a->drive.unit);
	case ADDRESS_VIRTIO_SERIAL:
		return !a->virtio_serial.port ? NULL
			: keys_add(seen, node, "vs %u:%u:%u", a->virtio_serial.controller,
				   a->virtio_serial.bus, a->virtio_serial.port);
	case ADDRESS_CCID:
		return keys_add(seen, node, "ccid %u:%u", a->ccid.controller, a->ccid.slot);
	case ADDRESS_USB:
		return !a->usb.port[0] ? NULL
			: keys_add(seen, node, "usb %u:%s", a->usb.bus, a->usb.port);
	case ADDRESS_DIMM:
		return keys_add(seen, node, "dimm %u", a->dimm.slot);
	default:
		return NULL;
	}
}

static bool check_functions(const struct domain_def *def, struct error **err);

bool check_addresses(const struct domain_def *def, struct error **err)
{
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_EACH(dev, def) {
		const xmlNode *before = claim(&seen, dev);

		if (before)
			return deny(def, node_child(dev->node, "address"), err,
				    "remove one of the addresses: a free one is chosen",
				    "this %s address is taken already by <%s> (line %d)",
				    address_type_name(dev->address.type), node_name(before),
				    node_line(before));
	}
	return check_functions(def, err);
}

/* The functions of a slot are seen by the guest only if function 0 is there
 * and says that it has others beside it. */
static bool check_functions(const struct domain_def *def, struct error **err)
{
	AUTO_KEYS struct keys lonely = { NULL };

	DEVICES_EACH(dev, def) {
		const struct address *a = &dev->address;

		if (a->type == ADDRESS_PCI && a->pci.function == 0 && a->pci.multifunction != 1 &&
		    (a->pci.bus | a->pci.slot))
			keys_add(&lonely, dev->node, "%x:%x:%x", a->pci.domain, a->pci.bus, a->pci.slot);
	}
	DEVICES_EACH(dev, def) {
		const struct address *a = &dev->address;
		const xmlNode *first;

		if (a->type != ADDRESS_PCI || a->pci.function == 0)
			continue;
		first = keys_add(&lonely, dev->node, "%x:%x:%x", a->pci.domain, a->pci.bus,
				 a->pci.slot);
		if (first && node_is(first, "address/@function", "0") == false &&
		    node_u64(first, "address/@function", 0) != 0)
			first = NULL;
		if (first)
			return deny(def, node_child(first, "address"), err,
				    "add multifunction='on' to this address",
				    "function 0 of a slot that <%s> (line %d) is in as well",
				    node_name(dev->node), node_line(dev->node));
	}
	return true;
}
