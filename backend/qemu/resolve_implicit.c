/*
 * resolve_implicit: devices that come without being asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/qemu/resolver.h"

static bool has_kind(const struct domain_def *def, enum device_kind kind)
{
	return domain_def_device(def, kind, 0) != NULL;
}

static void add_roots(struct resolver *r)
{
	if (r->isapc || controller_find(r->def, "pci", 0))
		return;
	controller_add(r->def, "pci", 0, r->q35 ? "pcie-root" : "pci-root");
}

/* The USB controller of a machine that did not say: what each has by itself. */
static const char *machine_usb(const struct resolver *r)
{
	const struct capabilities *c = r->caps;

	if (r->isapc)
		return NULL;
	if (!r->q35)
		return capabilities_has_device(c, "piix3-usb-uhci") ? "piix3-uhci" : NULL;
	if (capabilities_has_device(c, "qemu-xhci"))
		return "qemu-xhci";
	return capabilities_has_device(c, "nec-usb-xhci") ? "nec-xhci" : NULL;
}

static void add_usb(struct resolver *r)
{
	const char *model = machine_usb(r);

	if (model && controller_count(r->def, "usb") == 0)
		controller_add(r->def, "usb", 0, model);
}

static void add_input(struct resolver *r, const char *type)
{
	struct device *dev;

	for (size_t i = 0; (dev = domain_def_device(r->def, DEVICE_INPUT, i)); i++)
		if (node_is(dev->node, "@type", type) && node_is(dev->node, "@bus", "ps2"))
			return;
	dev = domain_def_add_device(r->def, DEVICE_INPUT);
	node_set_attr(dev->node, "type", type);
	node_set_attr(dev->node, "bus", "ps2");
}

static void add_video(struct resolver *r)
{
	struct device *dev;
	xmlNode *model;

	if (!has_kind(r->def, DEVICE_GRAPHICS) || has_kind(r->def, DEVICE_VIDEO))
		return;
	dev = domain_def_add_device(r->def, DEVICE_VIDEO);
	model = node_add(dev->node, "model", NULL);
	node_set_attr(model, "type", capabilities_has_device(r->caps, "cirrus-vga") ? "cirrus" : "vga");
}

static void add_memballoon(struct resolver *r)
{
	if (has_kind(r->def, DEVICE_MEMBALLOON))
		return;
	node_set_attr(domain_def_add_device(r->def, DEVICE_MEMBALLOON)->node, "model",
		      r->isapc ? "none" : "virtio");
}

/* Sound without a backend of its own goes where the graphics goes. */
static void add_audio(struct resolver *r)
{
	const char *type = "none";
	struct device *dev;

	if (has_kind(r->def, DEVICE_AUDIO))
		return;
	for (size_t i = 0; (dev = domain_def_device(r->def, DEVICE_GRAPHICS, i)); i++)
		if (node_is(dev->node, "@type", "spice") || node_is(dev->node, "@type", "sdl")) {
			type = node_is(dev->node, "@type", "spice") ? "spice" : "sdl";
			break;
		}
	dev = domain_def_add_device(r->def, DEVICE_AUDIO);
	node_set_attr(dev->node, "id", "1");
	node_set_attr(dev->node, "type", type);
}

bool resolve_implicit(struct resolver *r)
{
	add_roots(r);
	if (r->q35)
		controller_ensure(r->def, "sata", 0);
	add_usb(r);
	add_input(r, "mouse");
	add_input(r, "keyboard");
	add_video(r);
	add_audio(r);
	add_memballoon(r);
	return true;
}
