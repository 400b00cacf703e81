/*
 * resolve_controllers: indices and models of the controllers that the XML
 * names, as libvirt gives them.  PCI controllers that nobody named come later,
 * when addresses ask for them (addresses_pci.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/qemu/resolver.h"

static bool is_root(const struct device *dev)
{
	return controller_is(dev, "pci", "pci-root") || controller_is(dev, "pci", "pcie-root");
}

#define INDEX_MAX 1024

/* The lowest that is free; bus 0 is the root's. */
static unsigned unused_index(const struct domain_def *def, const struct device *dev)
{
	const char *type = text_at(dev->node, "@type");
	unsigned index = !strcmp(type, "pci") && !is_root(dev) ? 1 : 0;
	bool used[INDEX_MAX + 1] = { false };

	for (size_t i = 0; i < def->n_devices; i++) {
		const struct device *o = &def->devices[i];

		if (controller_is(o, type, NULL) && node_has(o->node, "@index") && controller_index(o) < INDEX_MAX)
			used[controller_index(o)] = true;
	}
	while (used[index])
		index++;
	return index;
}

/* A companion without an index belongs to the EHCI controller before it. */
static unsigned group_index(const struct domain_def *def, const struct device *dev)
{
	for (const struct device *o = dev; o-- > def->devices;)
		if (controller_is(o, "usb", "ich9-ehci1"))
			return controller_index(o);
	return 0;
}

static void set_index(struct resolver *r, struct device *dev)
{
	char number[16];

	if (node_has(dev->node, "@index"))
		return;
	snprintf(number, sizeof(number), "%u", controller_companion(dev) ? group_index(r->def, dev)
		 : unused_index(r->def, dev));
	node_set_attr(dev->node, "index", number);
}

/* Without a model a USB controller is the one that -usb makes, where QEMU has it. */
static const char *default_usb(const struct capabilities *c)
{
	if (capabilities_has_device(c, "piix3-usb-uhci"))
		return "piix3-uhci";
	return capabilities_has_device(c, "pci-ohci") ? "pci-ohci" : "qemu-xhci";
}

static const char *default_scsi(const struct capabilities *c)
{
	return capabilities_has_device(c, "lsi53c895a") ? "lsilogic" : "virtio-scsi";
}

static const char *default_pci(const struct resolver *r, const struct device *dev)
{
	if (controller_index(dev) == 0)
		return r->q35 ? "pcie-root" : "pci-root";
	return r->q35 ? "pcie-root-port" : "pci-bridge";
}

static void set_model(struct resolver *r, struct device *dev)
{
	const char *model = controller_model(dev);

	if (*model && strcmp(model, "auto"))
		return;
	if (controller_is(dev, "usb", NULL))
		node_set_attr(dev->node, "model", default_usb(r->caps));
	else if (controller_is(dev, "scsi", NULL))
		node_set_attr(dev->node, "model", default_scsi(r->caps));
	else if (controller_is(dev, "pci", NULL))
		node_set_attr(dev->node, "model", default_pci(r, dev));
}

static bool check_duplicate(struct resolver *r, const struct device *dev)
{
	for (const struct device *other = r->def->devices; other < dev; other++) {
		if (other->kind != DEVICE_CONTROLLER || controller_companion(dev) || controller_companion(other) ||
		    !controller_is(other, text_at(dev->node, "@type"), NULL) ||
		    controller_index(other) != controller_index(dev))
			continue;
		return refuse(r, dev->node, "<controller type='%s' index='%u'>: the controller at line %d has this index too",
			      text_at(dev->node, "@type"), controller_index(dev), other->line);
	}
	return true;
}

static bool check_pci(struct resolver *r, const struct device *dev)
{
	const char *model = controller_model(dev);
	bool root = is_root(dev);

	if (r->isapc && !root)
		return refuse(r, dev->node, "<controller type='pci'>: machine '%s' has no PCI bus", r->def->machine);
	if ((controller_index(dev) == 0) != root)
		return refuse(r, dev->node, "<controller type='pci' index='%u' model='%s'>: index 0 is the root bus, and the root bus is index 0",
			      controller_index(dev), model);
	if ((r->q35 && !strcmp(model, "pci-root")) || (r->i440fx && !strcmp(model, "pcie-root")))
		return refuse(r, dev->node, "<controller model='%s'>: machine '%s' has a %s",
			      model, r->def->machine, r->q35 ? "pcie-root" : "pci-root");
	if (controller_index(dev) > 255)
		return refuse(r, dev->node, "<controller type='pci' index='%u'>: there are buses 0 to 255",
			      controller_index(dev));
	if ((r->i440fx && !strncmp(model, "pcie-", 5)) || (r->i440fx && !strcmp(model, "dmi-to-pci-bridge")) ||
	    (r->q35 && !strcmp(model, "pci-expander-bus")))
		return refuse(r, dev->node, "<controller model='%s'>: machine '%s' has no bus that takes it",
			      model, r->def->machine);
	return true;
}

static bool check_usb(struct resolver *r, const struct device *dev)
{
	const char *model = controller_model(dev);
	uint64_t ports = node_u64(dev->node, "@ports", 0);

	if (ports > 0 && strcmp(model, "nec-xhci") && strcmp(model, "qemu-xhci"))
		return refuse(r, dev->node, "<controller type='usb' ports='%llu'>: only nec-xhci and qemu-xhci have a number of ports to choose",
			      (unsigned long long)ports);
	if (ports > 15)
		return refuse(r, dev->node, "<controller type='usb' ports='%llu'>: %s has at most 15",
			      (unsigned long long)ports, model);
	if (strcmp(model, "none"))
		return true;
	for (size_t i = 0; i < r->def->n_devices; i++)
		if (controller_is(&r->def->devices[i], "usb", NULL) && &r->def->devices[i] != dev)
			return refuse(r, r->def->devices[i].node, "<controller type='usb'>: USB is turned off by the controller at line %d",
				      dev->line);
	return true;
}

static bool check(struct resolver *r, const struct device *dev)
{
	if (!check_duplicate(r, dev))
		return false;
	if (controller_is(dev, "pci", NULL))
		return check_pci(r, dev);
	if (controller_is(dev, "usb", NULL))
		return check_usb(r, dev);
	if (controller_is(dev, "ide", NULL) && (r->q35 || controller_index(dev) > 0))
		return refuse(r, dev->node, r->q35 ? "<controller type='ide'>: machine '%s' has no IDE; use sata"
						     : "<controller type='ide'>: machine '%s' has one IDE controller, index 0",
			      r->def->machine);
	if (controller_is(dev, "fdc", NULL) && controller_index(dev) > 0)
		return refuse(r, dev->node, "<controller type='fdc'>: there is one floppy controller, index 0");
	return true;
}

bool resolve_controller_models(struct resolver *r)
{
	for (size_t i = 0; i < r->def->n_devices; i++)
		if (r->def->devices[i].kind == DEVICE_CONTROLLER) {
			set_index(r, &r->def->devices[i]);
			set_model(r, &r->def->devices[i]);
		}
	for (size_t i = 0; i < r->def->n_devices; i++)
		if (r->def->devices[i].kind == DEVICE_CONTROLLER && !check(r, &r->def->devices[i]))
			return false;
	return true;
}
