/*
 * argv_inputs: keyboards and pointers, USB hubs, redirected USB devices, smart
 * cards.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

static const char *kind_of(const char *type)
{
	return !strcmp(type, "keyboard") ? "kbd" : type;
}

static bool add_evdev(struct builder *b, const struct device *dev)
{
	const xmlNode *s = node_child(dev->node, "source");
	const char *grab = node_get(s, "@grabToggle");
	struct json_object *o = json_object_new_object();

	json_set_str(o, "qom-type", "input-linux");
	json_set_str(o, "id", dev->alias);
	copy_str(o, "evdev", s, "@dev");
	copy_bool(o, "repeat", s, "@repeat");
	if (node_is(s, "@grab", "all"))
		json_set_bool(o, "grab_all", true);
	json_set_str(o, "grab-toggle", grab);
	return object_add(b, dev->node, o);
}

static bool add_virtio_input(struct builder *b, const struct device *dev, const char *type)
{
	const char *base = !strcmp(type, "passthrough") ? "virtio-input-host" : !strcmp(type, "keyboard") ? "virtio-keyboard" :
		!strcmp(type, "mouse") ? "virtio-mouse" : "virtio-tablet";
	AUTO_FREE char *driver = virtio_driver(dev, base, text_at(dev->node, "@model"));
	struct json_object *o = device_new(dev, driver);

	virtio_options(o, dev);
	copy_str(o, "evdev", dev->node, "source/@evdev");
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_input(struct builder *b, const struct device *dev)
{
	const char *type = text_at(dev->node, "@type"), *bus = text_at(dev->node, "@bus");
	AUTO_FREE char *driver = NULL;
	struct json_object *o;

	if (!strcmp(type, "evdev"))
		return add_evdev(b, dev);
	if (!strcmp(bus, "virtio"))
		return add_virtio_input(b, dev, type);
	if (!strcmp(bus, "ps2")) {
		if (strcmp(type, "mouse") && strcmp(type, "keyboard"))
			return fail(b, dev->node, "<input type='%s' bus='ps2'>: PS/2 has a mouse and a keyboard", type);
		return true;		/* part of the machine */
	}
	if (strcmp(bus, "usb"))
		return fail(b, dev->node, "<input bus='%s'>: QEMU's x86 machines have no such bus", bus);
	driver = mem_printf("usb-%s", kind_of(type));
	o = device_new(dev, driver);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_hub(struct builder *b, const struct device *dev)
{
	struct json_object *o = device_new(dev, "usb-hub");

	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* --- redirected USB devices ----------------------------------------------------------- */

static void add_number(struct buf *v, const xmlNode *node, const char *path)
{
	if (node_has(node, path) && !node_is(node, path, "-1"))
		buf_printf(v, "0x%02llx", (unsigned long long)node_u64(node, path, 0));
	else
		buf_add_str(v, "-1");
}

/* "2.00" -> 0x0200, as the device's descriptor has it in decimal digits. */
static bool add_version(struct builder *b, struct buf *v, const xmlNode *node)
{
	unsigned major, minor;
	const char *text = text_at(node, "@version");
	int used = 0;

	if (!*text || !strcmp(text, "-1")) {
		buf_add_str(v, "-1");
		return true;
	}
	if (sscanf(text, "%2u.%2u%n", &major, &minor, &used) != 2 || text[used] || major > 99 || minor > 99)
		return fail(b, node, "<usbdev version='%s'>: not a version such as '2.00'", text);
	buf_printf(v, "0x%04x", (major / 10) << 12 | (major % 10) << 8 | (minor / 10) << 4 | minor % 10);
	return true;
}

static bool add_filter(struct builder *b, struct json_object *o)
{
	const struct device *filter = domain_def_device(b->def, DEVICE_REDIRFILTER, 0);
	AUTO_BUF struct buf v = BUF_INIT;

	if (!filter)
		return true;
	NODE_EACH(u, filter->node, "usbdev") {
		buf_add_str(&v, v.len ? "|" : "");
		add_number(&v, u, "@class");
		buf_add_char(&v, ':');
		add_number(&v, u, "@vendor");
		buf_add_char(&v, ':');
		add_number(&v, u, "@product");
		buf_add_char(&v, ':');
		if (!add_version(b, &v, u))
			return false;
		buf_printf(&v, ":%d", node_bool(u, "@allow", 0) == 1);
	}
	json_set_str(o, "filter", buf_text(&v));
	return true;
}

static bool add_redirdev(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *id = mem_printf("char%s", dev->alias);
	struct json_object *o;

	if (!node_is(dev->node, "@bus", "usb"))
		return fail(b, dev->node, "<redirdev bus='%s'>: only USB devices are redirected", text_at(dev->node, "@bus"));
	if (!add_chardev(b, dev->node, id))
		return false;
	o = device_new(dev, "usb-redir");
	json_set_str(o, "chardev", id);
	if (!add_filter(b, o)) {
		json_object_put(o);
		return false;
	}
	device_boot(b, o, dev, BOOT_OTHER);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* --- smart cards --------------------------------------------------------------------------- */

static bool add_card(struct builder *b, const struct device *dev)
{
	const char *mode = text_at(dev->node, "@mode");
	AUTO_FREE char *id = mem_printf("char%s", dev->alias);
	struct json_object *o;
	int n = 0;

	if (!strcmp(mode, "passthrough")) {
		if (!add_chardev(b, dev->node, id))
			return false;
		o = device_new(dev, "ccid-card-passthru");
		json_set_str(o, "chardev", id);
	} else {
		o = device_new(dev, "ccid-card-emulated");
		json_set_str(o, "backend", !strcmp(mode, "host") ? "nss-emulated" : "certificates");
		NODE_EACH(c, dev->node, "certificate") {
			AUTO_FREE char *key = mem_printf("cert%d", ++n);

			json_set_str(o, key, text_at(c, ""));
		}
		if (!strcmp(mode, "host-certificates"))
			json_set_str(o, "db", node_has(dev->node, "database") ? text_at(dev->node, "database") : "/etc/pki/nssdb");
	}
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

/* Hubs stand in the order of their port paths, so that a hub on a hub finds it. */
static bool add_hubs(struct builder *b)
{
	const struct device *dev;

	for (size_t depth = 0; depth < sizeof(((struct address *)NULL)->usb.port); depth++)
		for (size_t i = 0; (dev = next_device(b, DEVICE_HUB, &i));) {
			size_t dots = 0;

			for (const char *p = dev->address.usb.port; *p; p++)
				dots += *p == '.';
			b->origin = dev->node;
			if (dots == depth && !add_hub(b, dev))
				return false;
		}
	return true;
}

bool argv_inputs(struct builder *b)
{
	return add_all(b, DEVICE_INPUT, add_input) && add_all(b, DEVICE_SMARTCARD, add_card);
}

bool argv_hubs(struct builder *b)
{
	return add_hubs(b);
}

bool argv_redirdevs(struct builder *b)
{
	return add_all(b, DEVICE_REDIRDEV, add_redirdev);
}
