/*
 * argv: see argv.h.
 */
#include "backend/qemu/argv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"

static void add_line(struct builder *b)
{
	json_push(b->lines, json_object_new_int(b->origin ? node_line(b->origin) : 0));
}

void add_word(struct builder *b, const char *word)
{
	json_push_str(b->argv, word);
	add_line(b);
}

void add_option(struct builder *b, const char *option, const char *value)
{
	add_word(b, option);
	add_word(b, value);
}

void add_optionf(struct builder *b, const char *option, const char *fmt, ...)
{
	AUTO_FREE char *value = NULL;
	va_list ap;

	va_start(ap, fmt);
	value = mem_vprintf(fmt, ap);
	va_end(ap);
	add_option(b, option, value);
}

void add_json(struct builder *b, const char *option, struct json_object *o)
{
	add_option(b, option, json_text(o));
	json_object_put(o);
}

void add_fd(struct builder *b, const char *option, const char *prefix, const char *fd,
	    const char *suffix, const char *shell)
{
	struct json_object *o = json_object_new_object();

	add_word(b, option);
	json_set_str(o, "prefix", prefix);
	json_set_str(o, "fd", fd);
	json_set_str(o, "suffix", suffix);
	json_set_str(o, "shell", shell);
	json_push(b->argv, o);
	add_line(b);
}

void add_escaped(struct buf *to, const char *key, const char *value)
{
	if (!value)
		return;
	if (*key)
		buf_printf(to, ",%s=", key);
	for (; *value; value++) {
		if (*value == ',')
			buf_add_char(to, ',');
		buf_add_char(to, *value);
	}
}

struct json_object *device_new(const struct device *dev, const char *driver)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "driver", driver);
	json_set_str(o, "id", dev->alias);
	return o;
}

const char *controller_id(const struct builder *b, const char *type, unsigned index)
{
	const struct device *dev = controller_find(b->def, type, index);

	return dev && dev->alias ? dev->alias : type;
}

static void pci_address(struct builder *b, struct json_object *o, const struct device *dev)
{
	const struct address *a = &dev->address;
	AUTO_FREE char *addr = a->pci.function ? mem_printf("0x%x.0x%x", a->pci.slot, a->pci.function)
					       : mem_printf("0x%x", a->pci.slot);

	json_set_str(o, "bus", controller_id(b, "pci", a->pci.bus));
	if (a->pci.multifunction == 1)
		json_set_bool(o, "multifunction", true);
	json_set_str(o, "addr", addr);
	/* a virtio device on conventional PCI speaks the old protocol too, and
	 * that one cannot go through an IOMMU */
	if (json_flag(o, "iommu_platform", false) && !b->q35)
		json_set_str(o, "disable-legacy", "on");
	copy_int(o, "acpi-index", dev->node, "acpi/@index");
	copy_bool(o, "rombar", dev->node, "rom/@bar");
	if (node_is(dev->node, "rom/@enabled", "no")) {
		json_set_int(o, "rombar", 0);
		json_set_str(o, "romfile", "");
	} else {
		copy_str(o, "romfile", dev->node, "rom/@file");
	}
}

void device_address(struct builder *b, struct json_object *o, const struct device *dev)
{
	const struct address *a = &dev->address;
	AUTO_FREE char *bus = NULL;

	switch (a->type) {
	case ADDRESS_PCI:
		pci_address(b, o, dev);
		break;
	case ADDRESS_USB:
		bus = mem_printf("%s.0", controller_id(b, "usb", a->usb.bus));
		json_set_str(o, "bus", bus);
		json_set_str(o, "port", a->usb.port[0] ? a->usb.port : NULL);
		break;
	case ADDRESS_VIRTIO_SERIAL:
		bus = mem_printf("%s.%u", controller_id(b, "virtio-serial", a->virtio_serial.controller),
				 a->virtio_serial.bus);
		json_set_str(o, "bus", bus);
		json_set_int(o, "nr", a->virtio_serial.port);
		break;
	case ADDRESS_CCID:
		bus = mem_printf("%s.0", controller_id(b, "ccid", a->ccid.controller));
		json_set_str(o, "bus", bus);
		break;
	case ADDRESS_ISA:
		if (a->isa.iobase)
			json_set_int(o, "iobase", a->isa.iobase);
		if (a->isa.irq)
			json_set_int(o, "irq", a->isa.irq);
		break;
	default:
		break;
	}
}

/* The package that has what a plain QEMU installation lacks. */
static const char *package_of(const char *driver)
{
	if (!strncmp(driver, "qxl", 3))
		return "the SPICE modules of QEMU (Debian: apt install qemu-system-modules-spice)";
	if (strstr(driver, "-gl"))
		return "the OpenGL modules of QEMU (Debian: apt install qemu-system-modules-opengl)";
	return "a QEMU that has it";
}

/* QEMU's list of types does not have the other names that -device takes. */
static const char *type_of(const char *driver)
{
	return !strcmp(driver, "virtio-iommu") ? "virtio-iommu-pci" : driver;
}

bool device_add(struct builder *b, const struct device *dev, struct json_object *o)
{
	const char *driver = json_str(o, "driver");

	if (!capabilities_has_device(b->caps, type_of(driver))) {
		fail(b, dev->node, "<%s>: QEMU %s has no device '%s'", device_kind_name(dev->kind),
		     capabilities_version_text(b->caps), driver);
		fail_hint(b, "install %s", package_of(driver));
		json_object_put(o);
		return false;
	}
	if (!apply_overrides(b, dev, o)) {
		json_object_put(o);
		return false;
	}
	add_json(b, "-device", o);
	return true;
}

bool object_add(struct builder *b, const xmlNode *node, struct json_object *o)
{
	const char *type = json_str(o, "qom-type");

	if (!capabilities_has_object(b->caps, type)) {
		fail(b, node, "<%s>: QEMU %s has no object '%s'", node_name(node),
		     capabilities_version_text(b->caps), type);
		json_object_put(o);
		return false;
	}
	add_json(b, "-object", o);
	return true;
}

void copy_str(struct json_object *o, const char *key, const xmlNode *node, const char *path)
{
	json_set_str(o, key, node_get(node, path));
}

void copy_int(struct json_object *o, const char *key, const xmlNode *node, const char *path)
{
	if (node_has(node, path))
		json_set_int(o, key, (int64_t)node_u64(node, path, 0));
}

void copy_bool(struct json_object *o, const char *key, const xmlNode *node, const char *path)
{
	int value = node_bool(node, path, -1);

	if (value >= 0)
		json_set_bool(o, key, value);
}

void copy_onoff(struct json_object *o, const char *key, const xmlNode *node, const char *path)
{
	int value = node_bool(node, path, -1);

	if (value >= 0)
		json_set_str(o, key, value ? "on" : "off");
}

void virtio_options(struct json_object *o, const struct device *dev)
{
	copy_bool(o, "iommu_platform", dev->node, "driver/@iommu");
	copy_bool(o, "ats", dev->node, "driver/@ats");
	copy_bool(o, "packed", dev->node, "driver/@packed");
	copy_bool(o, "page-per-vq", dev->node, "driver/@page_per_vq");
}

char *virtio_driver(const struct device *dev, const char *base, const char *model)
{
	(void)dev;
	if (!strcmp(model, "virtio-transitional"))
		return mem_printf("%s-pci-transitional", base);
	if (!strcmp(model, "virtio-non-transitional"))
		return mem_printf("%s-pci-non-transitional", base);
	return mem_printf("%s-pci", base);
}

void device_boot(struct builder *b, struct json_object *o, const struct device *dev, enum boot_kind kind)
{
	uint64_t order = node_u64(dev->node, "boot/@order", 0);

	if (!order && kind != BOOT_OTHER) {
		order = b->boot[kind];
		b->boot[kind] = 0;	/* only the first of its kind */
	}
	if (order)
		json_set_int(o, "bootindex", (int64_t)order);
	copy_str(o, "loadparm", dev->node, "boot/@loadparm");
}

bool fail(struct builder *b, const xmlNode *node, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	document_error(b->def->document, node ? node : b->root, b->err, "%s", text);
	return false;
}

bool fail_hint(struct builder *b, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	error_hint(b->err, "%s", text);
	return false;
}

void ignored(struct builder *b, const xmlNode *node, const char *why)
{
	struct json_object *o = json_object_new_object();

	json_set_int(o, "line", node_line(node));
	json_set_str(o, "element", node_name(node));
	json_set_str(o, "why", why);
	json_push(b->ignored, o);
}

bool is_kvm(const struct builder *b)
{
	return b->def->virt_type == VIRT_KVM;
}

const struct device *next_device(const struct builder *b, enum device_kind kind, size_t *i)
{
	while (*i < b->def->n_devices) {
		const struct device *dev = &b->def->devices[(*i)++];

		if (dev->kind == kind)
			return dev;
	}
	return NULL;
}
