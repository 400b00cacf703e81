/*
 * argv_videos: graphics cards.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

static bool accelerated(const struct device *dev)
{
	return node_bool(dev->node, "model/acceleration/@accel3d", 0) == 1;
}

static const char *virtio_model(struct builder *b, const struct device *dev, bool primary)
{
	bool vhost = node_is(dev->node, "driver/@name", "vhostuser");
	bool vga = primary && capabilities_has_device(b->caps, vhost ? "vhost-user-vga" : "virtio-vga");

	if (vhost)
		return vga ? "vhost-user-vga" : "vhost-user-gpu-pci";
	if (accelerated(dev))
		return vga ? "virtio-vga-gl" : "virtio-gpu-gl-pci";
	return vga ? "virtio-vga" : "virtio-gpu-pci";
}

static const char *driver_of(struct builder *b, const struct device *dev, bool primary)
{
	const char *type = text_at(dev->node, "model/@type");
	static const char *const table[][2] = {
		{ "vga", "VGA" }, { "cirrus", "cirrus-vga" }, { "vmvga", "vmware-svga" },
		{ "bochs", "bochs-display" }, { "ramfb", "ramfb" },
	};

	if (!strcmp(type, "qxl"))
		return primary ? "qxl-vga" : "qxl";
	if (!strcmp(type, "virtio"))
		return virtio_model(b, dev, primary);
	if (!strcmp(type, "vga") && !primary)
		return "secondary-vga";
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i][0], type))
			return table[i][1];
	return NULL;
}

static void set_kib(struct json_object *o, const char *key, const struct device *dev, const char *path)
{
	if (node_has(dev->node, path))
		json_set_int(o, key, (int64_t)(node_u64(dev->node, path, 0) * 1024));
}

static void set_mib(struct json_object *o, const char *key, const struct device *dev, const char *path)
{
	if (node_has(dev->node, path))
		json_set_int(o, key, (int64_t)(node_u64(dev->node, path, 0) / 1024));
}

static void add_memory(struct json_object *o, const struct device *dev)
{
	const char *type = text_at(dev->node, "model/@type");

	if (!strcmp(type, "qxl")) {
		copy_int(o, "max_outputs", dev->node, "model/@heads");
		set_kib(o, "ram_size", dev, "model/@ram");
		set_kib(o, "vram_size", dev, "model/@vram");
		json_set_int(o, "vram64_size_mb", (int64_t)(node_u64(dev->node, "model/@vram64", 0) / 1024));
		set_mib(o, "vgamem_mb", dev, "model/@vgamem");
	} else if (!strcmp(type, "virtio")) {
		copy_int(o, "max_outputs", dev->node, "model/@heads");
		copy_bool(o, "blob", dev->node, "model/@blob");
	} else if (!strcmp(type, "vga") || !strcmp(type, "vmvga")) {
		set_mib(o, "vgamem_mb", dev, "model/@vram");
	} else if (!strcmp(type, "bochs")) {
		set_kib(o, "vgamem", dev, "model/@vram");
	}
	copy_bool(o, "edid", dev->node, "model/@edid");
	copy_int(o, "xres", dev->node, "model/resolution/@x");
	copy_int(o, "yres", dev->node, "model/resolution/@y");
}

static bool check(struct builder *b, const struct device *dev, bool primary)
{
	const char *type = text_at(dev->node, "model/@type");
	uint64_t vgamem = node_u64(dev->node, "model/@vgamem", 16384), vram = node_u64(dev->node, "model/@vram", 16384);

	if (!strcmp(type, "qxl") && (vgamem == 0 || (vgamem & (vgamem - 1)) || vgamem < 1024))
		return fail(b, dev->node, "<model vgamem='%llu'>: a power of two from 1024 (KiB)", (unsigned long long)vgamem);
	if (!strcmp(type, "vga") && (vram < 1024 || (vram & (vram - 1))))
		return fail(b, dev->node, "<model vram='%llu'>: a power of two from 1024 (KiB)", (unsigned long long)vram);
	if (!primary && strcmp(type, "qxl") && strcmp(type, "virtio") && strcmp(type, "vga") && strcmp(type, "ramfb") &&
	    strcmp(type, "bochs"))
		return fail(b, dev->node, "<model type='%s'>: a second video device can be qxl, virtio, vga, bochs or ramfb", type);
	return true;
}

static bool add_vhost_user(struct builder *b, const struct device *dev, struct json_object *o)
{
	AUTO_FREE char *id = mem_printf("chr-vu-%s", dev->alias), *file = mem_printf("%s.sock", id);
	AUTO_BUF struct buf v = BUF_INIT;

	buf_add_str(&v, "socket");
	add_escaped(&v, "id", id);
	add_escaped(&v, "path", file);
	add_option(b, "-chardev", buf_text(&v));
	json_set_str(o, "chardev", id);
	return true;
}

static bool add_video(struct builder *b, const struct device *dev, bool primary)
{
	const char *type = text_at(dev->node, "model/@type"), *driver;
	struct json_object *o;

	if (!strcmp(type, "none"))
		return primary ? true : fail(b, dev->node, "<model type='none'>: must be the only video device");
	driver = driver_of(b, dev, primary);
	if (!driver)
		return fail(b, dev->node, "<model type='%s'>: QEMU has no such video device", type);
	if (!check(b, dev, primary))
		return false;
	o = device_new(dev, driver);
	if (!strncmp(driver, "vhost-user", 10) && !add_vhost_user(b, dev, o)) {
		json_object_put(o);
		return false;
	}
	add_memory(o, dev);
	if (!strcmp(type, "virtio"))
		virtio_options(o, dev);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static const struct device *primary_of(const struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_VIDEO, &i));)
		if (node_is(dev->node, "model/@primary", "yes"))
			return dev;
	return domain_def_device(b->def, DEVICE_VIDEO, 0);
}

bool argv_videos(struct builder *b)
{
	const struct device *primary = primary_of(b), *dev;

	if (primary) {
		b->origin = primary->node;
		if (!add_video(b, primary, true))
			return false;
	}
	for (size_t i = 0; (dev = next_device(b, DEVICE_VIDEO, &i));) {
		b->origin = dev->node;
		if (dev != primary && !add_video(b, dev, false))
			return false;
	}
	b->origin = NULL;
	return true;
}
