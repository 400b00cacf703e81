/*
 * resolve_models: the model, bus and numbers that a device gets when its XML
 * leaves them out, as libvirt gives them on x86.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "backend/base/mem.h"
#include "backend/qemu/resolver.h"

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static void set_default(xmlNode *node, const char *attribute, const char *value)
{
	AUTO_FREE char *path = mem_printf("@%s", attribute);

	if (!node_has(node, path))
		node_set_attr(node, attribute, value);
}

static void set_child_default(xmlNode *node, const char *child, const char *attribute, const char *value)
{
	AUTO_FREE char *path = mem_printf("%s/@%s", child, attribute);

	if (!node_has(node, path))
		child_set_attr(node, child, attribute, value);
}

/* The bus that a target's name speaks of. */
static const char *bus_of_target(const char *target)
{
	static const struct { const char *prefix, *bus; } table[] = {
		{ "fd", "fdc" }, { "hd", "ide" }, { "sd", "scsi" }, { "vd", "virtio" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (starts(target, table[i].prefix))
			return table[i].bus;
	return NULL;
}

static bool resolve_disk(struct resolver *r, struct device *dev)
{
	const char *device = text_at(dev->node, "@device");
	const char *bus;

	set_default(dev->node, "device", "disk");
	set_default(dev->node, "type", "file");
	if (!node_has(dev->node, "target/@bus")) {
		bus = !strcmp(device, "floppy") ? "fdc" : bus_of_target(text_at(dev->node, "target/@dev"));
		if (!bus)
			return refuse(r, dev->node, "<target dev='%s'>: say which bus='...' (virtio, sata, ide, scsi, usb, fdc)",
				      text_at(dev->node, "target/@dev"));
		child_set_attr(dev->node, "target", "bus", bus);
	}
	if (!strcmp(device, "cdrom") && !node_child(dev->node, "readonly"))
		node_add(dev->node, "readonly", node_child(dev->node, "address"));
	return true;
}

/* rtl8139 where QEMU has it: what a guest without a driver disk can use. */
static const char *default_nic(const struct capabilities *c)
{
	if (capabilities_has_device(c, "rtl8139"))
		return "rtl8139";
	return capabilities_has_device(c, "e1000") ? "e1000" : "virtio";
}

static void make_mac(struct resolver *r, unsigned n, char out[18])
{
	unsigned char bytes[16];

	if (r->flags & RESOLVE_FIXED) {
		unsigned hash = 2166136261u ^ n;

		for (const char *p = r->def->uuid; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 16777619u;
		memcpy(bytes, &hash, sizeof(hash));
	} else {
		uuid_generate_random(bytes);
	}
	snprintf(out, 18, "52:54:00:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2]);
}

static void resolve_interface(struct resolver *r, struct device *dev, unsigned n)
{
	char mac[18];

	if (!node_has(dev->node, "mac/@address")) {
		xmlNode *node = node_child(dev->node, "mac");

		make_mac(r, n, mac);
		if (!node)
			node = node_add(dev->node, "mac", node_first_element(dev->node));
		node_set_attr(node, "address", mac);
	}
	if (node_is(dev->node, "@type", "vdpa") || node_is(dev->node, "@type", "vhostuser"))
		set_child_default(dev->node, "model", "type", "virtio");
	else if (!node_is(dev->node, "@type", "hostdev"))
		set_child_default(dev->node, "model", "type", default_nic(r->caps));
}

static void resolve_qxl(xmlNode *node)
{
	set_child_default(node, "model", "ram", "65536");
	set_child_default(node, "model", "vram", "65536");
	set_child_default(node, "model", "vgamem", "16384");
}

static void resolve_video(struct resolver *r, struct device *dev)
{
	const char *type;

	set_child_default(dev->node, "model", "type",
			  capabilities_has_device(r->caps, "cirrus-vga") ? "cirrus" : "vga");
	type = text_at(dev->node, "model/@type");
	if (!strcmp(type, "none"))
		return;
	if (!strcmp(type, "qxl"))
		resolve_qxl(dev->node);
	else if (!strcmp(type, "vga") || !strcmp(type, "cirrus") || !strcmp(type, "vmvga") || !strcmp(type, "bochs"))
		set_child_default(dev->node, "model", "vram", "16384");
	if (strcmp(type, "ramfb"))
		set_child_default(dev->node, "model", "heads", "1");
	if (dev == domain_def_device(r->def, DEVICE_VIDEO, 0) && strcmp(type, "ramfb"))
		set_child_default(dev->node, "model", "primary", "yes");
}

/* The first video that says primary is the primary one and stands first. */
static bool resolve_videos(struct resolver *r)
{
	struct device *dev, *primary = NULL;

	for (size_t i = 0; (dev = domain_def_device(r->def, DEVICE_VIDEO, i)); i++) {
		if (!node_is(dev->node, "model/@primary", "yes"))
			continue;
		if (primary)
			return refuse(r, dev->node, "<video>: the one at line %d is the primary one already", primary->line);
		primary = dev;
	}
	for (size_t i = 0; (dev = domain_def_device(r->def, DEVICE_VIDEO, i)); i++)
		if (!primary || dev == primary || i > 0)
			resolve_video(r, dev);
		else
			set_child_default(dev->node, "model", "type", "cirrus");
	return true;
}

static void resolve_input(struct device *dev)
{
	const char *type = text_at(dev->node, "@type");

	if (node_has(dev->node, "@bus"))
		return;
	if (!strcmp(type, "passthrough"))
		node_set_attr(dev->node, "bus", "virtio");
	else if (!strcmp(type, "mouse") || !strcmp(type, "keyboard"))
		node_set_attr(dev->node, "bus", "ps2");
	else if (strcmp(type, "evdev"))
		node_set_attr(dev->node, "bus", "usb");
}

static void resolve_tpm(struct device *dev)
{
	set_default(dev->node, "model", "tpm-tis");
	if (node_is(dev->node, "backend/@type", "emulator"))
		set_child_default(dev->node, "backend", "version", "2.0");
}

static void resolve_graphics(struct device *dev)
{
	const char *type = text_at(dev->node, "@type");

	if (strcmp(type, "vnc") && strcmp(type, "spice"))
		return;
	if (!node_has(dev->node, "@port") && !node_has(dev->node, "@socket") &&
	    !node_has(dev->node, "listen/@socket") && !node_is(dev->node, "listen/@type", "none") &&
	    !node_is(dev->node, "listen/@type", "socket"))
		set_default(dev->node, "autoport", "yes");
}

static void resolve_channel(struct device *dev)
{
	if (node_is(dev->node, "@type", "spicevmc") && node_is(dev->node, "target/@type", "virtio"))
		set_child_default(dev->node, "target", "name", "com.redhat.spice.0");
}

static void resolve_other(struct resolver *r, struct device *dev)
{
	switch (dev->kind) {
	case DEVICE_INPUT: resolve_input(dev); break;
	case DEVICE_TPM: resolve_tpm(dev); break;
	case DEVICE_GRAPHICS: resolve_graphics(dev); break;
	case DEVICE_CHANNEL: resolve_channel(dev); break;
	case DEVICE_WATCHDOG: set_default(dev->node, "action", "reset"); break;
	case DEVICE_RNG: set_default(dev->node, "model", "virtio"); break;
	case DEVICE_MEMBALLOON: set_default(dev->node, "model", r->isapc ? "none" : "virtio"); break;
	case DEVICE_PANIC: set_default(dev->node, "model", "isa"); break;
	case DEVICE_REDIRDEV: set_default(dev->node, "bus", "usb"); break;
	case DEVICE_FILESYSTEM: set_default(dev->node, "accessmode", "passthrough"); break;
	case DEVICE_VSOCK: set_default(dev->node, "model", "virtio"); break;
	default: break;
	}
}

/* NUMA cells count from 0 where they do not say. */
static void number_cells(struct resolver *r)
{
	xmlNode *numa = node_find(document_root(r->def->document), "cpu/numa");
	unsigned n = 0;

	NODE_EACH(cell, numa, "cell") {
		char text[16];

		snprintf(text, sizeof(text), "%u", n++);
		if (!node_has(cell, "@id"))
			node_set_attr(cell, "id", text);
	}
}

bool resolve_models(struct resolver *r)
{
	unsigned nics = 0;

	number_cells(r);
	for (size_t i = 0; i < r->def->n_devices; i++) {
		struct device *dev = &r->def->devices[i];

		if (dev->kind == DEVICE_DISK && !resolve_disk(r, dev))
			return false;
		if (dev->kind == DEVICE_INTERFACE)
			resolve_interface(r, dev, nics++);
		resolve_other(r, dev);
	}
	return resolve_videos(r);
}
