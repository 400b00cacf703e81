/*
 * argv_filesystems: directories of the host in the guest, by 9p (QEMU's own)
 * or virtiofs (a helper).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/qemu/argv.h"

static void add_mode(struct buf *v, const struct device *dev, const char *key, const char *path)
{
	if (node_has(dev->node, path))
		buf_printf(v, ",%s=%04lo", key, strtoul(text_at(dev->node, path), NULL, 8) & 07777);
}

static const char *security_model(const char *accessmode)
{
	if (!strcmp(accessmode, "mapped"))
		return "mapped";
	return !strcmp(accessmode, "squash") ? "none" : "passthrough";
}

static bool add_9p(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *fsdev = mem_printf("fsdev-%s", dev->alias);
	AUTO_FREE char *driver = virtio_driver(dev, "virtio-9p", text_at(dev->node, "@model"));
	AUTO_BUF struct buf v = BUF_INIT;
	struct json_object *o;

	if (!node_is(dev->node, "@type", "mount") && node_has(dev->node, "@type"))
		return fail(b, dev->node, "<filesystem type='%s'>: QEMU shares mounted directories (type='mount')",
			    text_at(dev->node, "@type"));
	buf_printf(&v, "local,security_model=%s", security_model(text_at(dev->node, "@accessmode")));
	add_escaped(&v, "multidevs", node_get(dev->node, "@multidevs"));
	add_mode(&v, dev, "fmode", "@fmode");
	add_mode(&v, dev, "dmode", "@dmode");
	add_escaped(&v, "writeout", node_get(dev->node, "driver/@wrpolicy"));
	add_escaped(&v, "id", fsdev);
	add_escaped(&v, "path", text_at(dev->node, "source/@dir"));
	if (node_child(dev->node, "readonly"))
		buf_add_str(&v, ",readonly=on");
	add_option(b, "-fsdev", buf_text(&v));
	o = device_new(dev, driver);
	json_set_str(o, "fsdev", fsdev);
	copy_str(o, "mount_tag", dev->node, "target/@dir");
	virtio_options(o, dev);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static char *find_virtiofsd(const struct device *dev)
{
	static const char *const places[] = { "/usr/libexec/virtiofsd", "/usr/lib/virtiofsd", "/usr/lib/qemu/virtiofsd" };
	const char *given = node_get(dev->node, "binary/@path");

	if (given)
		return mem_strdup(given);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (access(places[i], X_OK) == 0)
			return mem_strdup(places[i]);
	return mem_strdup("virtiofsd");
}

static void push_number(struct json_object *argv, const char *option, const struct device *dev, const char *path)
{
	char word[64];

	if (!node_has(dev->node, path))
		return;
	snprintf(word, sizeof(word), "%s=%llu", option,
		 (unsigned long long)node_u64(dev->node, path, 0));
	json_push_str(argv, word);
}

static bool add_virtiofsd(struct builder *b, const struct device *dev, const char *socket)
{
	const char *dir = text_at(dev->node, "source/@dir"), *cache = node_get(dev->node, "binary/cache/@mode");
	struct json_object *helper, *argv;
	AUTO_FREE char *program = find_virtiofsd(dev), *path = paths_guest_file(b->paths, b->def->uuid, socket);
	AUTO_FREE char *listen = mem_printf("--socket-path=%s", socket), *source = mem_printf("source=%s", dir);
	AUTO_BUF struct buf options = BUF_INIT;

	if (strchr(dir, ','))
		return fail(b, dev->node, "<source dir='%s'>: virtiofsd cannot share a path with a comma", dir);
	helper = json_object_new_object();
	argv = json_object_new_array();
	json_push_str(argv, program);
	json_push_str(argv, listen);
	json_push_str(argv, "-o");
	json_push_str(argv, source);
	if (cache)
		buf_printf(&options, ",cache=%s", strcmp(cache, "none") ? cache : "none");
	if (node_has(dev->node, "binary/@xattr"))
		buf_add_str(&options, node_bool(dev->node, "binary/@xattr", 0) ? ",xattr" : ",no_xattr");
	if (node_has(dev->node, "binary/lock/@posix"))
		buf_add_str(&options, node_bool(dev->node, "binary/lock/@posix", 0) ? ",posix_lock" : ",no_posix_lock");
	if (node_has(dev->node, "binary/lock/@flock"))
		buf_add_str(&options, node_bool(dev->node, "binary/lock/@flock", 0) ? ",flock" : ",no_flock");
	if (node_has(dev->node, "binary/sandbox/@mode"))
		buf_printf(&options, ",sandbox=%s", node_is(dev->node, "binary/sandbox/@mode", "chroot") ? "chroot" : "namespace");
	if (options.len) {
		json_push_str(argv, "-o");
		json_push_str(argv, buf_text(&options) + 1);
	}
	push_number(argv, "--thread-pool-size", dev, "binary/thread_pool/@size");
	push_number(argv, "--rlimit-nofile", dev, "binary/openfiles/@max");
	json_set_str(helper, "name", dev->alias);
	json_set_str(helper, "socket", path);
	json_set(helper, "argv", argv);
	json_push(b->helpers, helper);
	return true;
}

static bool has_shared_memory(const struct builder *b)
{
	if (node_is(b->root, "memoryBacking/access/@mode", "shared"))
		return true;
	NODE_EACH(cell, node_find(b->root, "cpu/numa"), "cell")
		if (node_is(cell, "@memAccess", "shared"))
			return true;
	return false;
}

static bool add_virtiofs(struct builder *b, const struct device *dev)
{
	const char *given = node_get(dev->node, "source/@socket");
	AUTO_FREE char *id = mem_printf("chr-vu-%s", dev->alias), *socket = mem_printf("%s.sock", id);
	AUTO_BUF struct buf v = BUF_INIT;
	struct json_object *o;

	if (!has_shared_memory(b)) {
		fail(b, dev->node, "<driver type='virtiofs'>: the guest's memory is not shared");
		return fail_hint(b, "add <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>");
	}
	if (!given && !add_virtiofsd(b, dev, socket))
		return false;
	buf_add_str(&v, "socket");
	add_escaped(&v, "id", id);
	add_escaped(&v, "path", given ? given : socket);
	add_option(b, "-chardev", buf_text(&v));
	o = device_new(dev, "vhost-user-fs-pci");
	json_set_str(o, "chardev", id);
	copy_int(o, "queue-size", dev->node, "driver/@queue");
	copy_str(o, "tag", dev->node, "target/@dir");
	virtio_options(o, dev);
	device_boot(b, o, dev, BOOT_OTHER);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

bool argv_filesystems(struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_FILESYSTEM, &i));) {
		const char *driver = text_at(dev->node, "driver/@type");

		b->origin = dev->node;
		if (*driver && strcmp(driver, "path") && strcmp(driver, "virtiofs"))
			return fail(b, dev->node, "<driver type='%s'>: QEMU has the drivers path (9p) and virtiofs", driver);
		if (!strcmp(driver, "virtiofs") ? !add_virtiofs(b, dev) : !add_9p(b, dev))
			return false;
	}
	b->origin = NULL;
	return true;
}
