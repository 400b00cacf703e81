/*
 * hardware: see hardware.h.  Each kind of device has a row in the table: what
 * is told of it, as paths into its element, the first that is there of each
 * group.  Devices hang on the controller that their address names.
 */
#include "views/hardware.h"

#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"

#define GROUPS 6

struct kind {
	const char *element;
	const char *label;
	/* Paths with '|' between alternatives; '=' in front: a file, of which
	 * only the name is told. */
	const char *groups[GROUPS];
};

static const struct kind kinds[] = {
	{ "disk", "disk", { "target/@dev", "=source/@file|source/@dev|source/@dir|source/@name|source/@volume",
			    "driver/@type", "target/@bus" } },
	{ "interface", "net", { "@type", "source/@bridge|source/@network|source/@dev|source/@path",
				"mac/@address", "model/@type" } },
	{ "serial", "serial", { "target/@port", "@type", "source/@path" } },
	{ "parallel", "parallel", { "target/@port", "@type", "source/@path" } },
	{ "console", "console", { "target/@type", "@type" } },
	{ "channel", "channel", { "target/@name", "@type" } },
	{ "graphics", "screen", { "@type", "listen/@socket|@socket|listen/@address|@listen", "@port" } },
	{ "video", "video", { "model/@type", "model/@vram" } },
	{ "input", "input", { "@type", "@bus" } },
	{ "controller", "bus", { "@type", "@index", "@model" } },
	{ "rng", "rng", { "backend", "@model" } },
	{ "memballoon", "balloon", { "@model" } },
	{ "watchdog", "watchdog", { "@model", "@action" } },
	{ "panic", "panic", { "@model" } },
	{ "tpm", "tpm", { "@model", "backend/@type", "backend/@version" } },
	{ "sound", "sound", { "@model" } },
	{ "audio", "audio", { "@type" } },
	{ "hostdev", "hostdev", { "@type", "source/address/@bus", "source/vendor/@id", "source/product/@id" } },
	{ "filesystem", "share", { "target/@dir", "source/@dir|source/@socket", "driver/@type|@type" } },
	{ "vsock", "vsock", { "cid/@address" } },
	{ "iommu", "iommu", { "@model" } },
	{ "shmem", "shmem", { "@name", "size" } },
	{ "memory", "memory", { "@model", "target/size" } },
	{ "smartcard", "smartcard", { "@mode" } },
	{ "redirdev", "redirdev", { "@bus", "@type" } },
};

static const struct kind *find_kind(const char *element)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].element, element))
			return &kinds[i];
	return NULL;
}

/* The first of the alternatives that is there. */
static const char *first_of(const xmlNode *node, const char *paths)
{
	AUTO_FREE char *copy = mem_strdup(paths);
	char *rest;

	for (char *path = strtok_r(copy, "|", &rest); path; path = strtok_r(NULL, "|", &rest)) {
		const char *value = node_get(node, path);

		if (value && *value)
			return value;
	}
	return NULL;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void describe(const struct kind *k, const xmlNode *node, struct buf *out)
{
	for (int i = 0; i < GROUPS && k->groups[i]; i++) {
		bool file = *k->groups[i] == '=';
		const char *value = first_of(node, k->groups[i] + file);

		if (!value && file)
			value = "(empty)";
		if (value)
			buf_printf(out, "%s%s", out->len ? "  " : "", file ? file_name(value) : value);
	}
	if (!strcmp(k->element, "interface"))
		NODE_EACH(forward, node, "portForward")
			NODE_EACH(range, forward, "range")
				buf_printf(out, "  %s %s→%s", node_get(forward, "@proto") ?: "",
					   node_get(range, "@start") ?: "", node_get(range, "@to") ?: node_get(range, "@start") ?: "");
	if (node_has(node, "readonly"))
		buf_add_str(out, "  read only");
}

static const char *label_of(const struct kind *k, const xmlNode *node)
{
	if (!strcmp(k->element, "disk") && node_has(node, "@device"))
		return node_get(node, "@device");
	return k->label;
}

static void tell(int depth, const xmlNode *node, hardware_fn *fn, void *arg)
{
	const struct kind *k = find_kind(node_name(node));
	AUTO_BUF struct buf text = BUF_INIT;

	if (!k)
		return;
	describe(k, node, &text);
	fn(depth, label_of(k, node), buf_text(&text), arg);
}

/* The controller's type that a device's address speaks of; NULL when it sits
 * on the machine's own PCI bus or has no address. */
static const char *bus_of(const xmlNode *device)
{
	const char *type = node_get(device, "address/@type");

	if (!type)
		return NULL;
	if (!strcmp(type, "drive"))
		return node_get(device, "target/@bus");
	if (!strcmp(type, "virtio-serial") || !strcmp(type, "usb") || !strcmp(type, "ccid"))
		return type;
	return NULL;
}

static bool hangs_on(const xmlNode *device, const xmlNode *controller)
{
	const char *bus = bus_of(device), *type = node_get(controller, "@type");
	uint64_t index = node_u64(controller, "@index", 0);

	if (!bus || !type || strcmp(bus, type) != 0)
		return false;
	return node_u64(device, strcmp(type, "usb") ? "address/@controller" : "address/@bus", 0) == index;
}

static bool has_home(const xmlNode *devices, const xmlNode *device)
{
	NODE_EACH(controller, devices, "controller")
		if (hangs_on(device, controller))
			return true;
	return false;
}

static bool is_controller(const xmlNode *node)
{
	return !strcmp(node_name(node), "controller");
}

static void tell_controller(const xmlNode *devices, const xmlNode *controller, hardware_fn *fn, void *arg)
{
	tell(1, controller, fn, arg);
	for (xmlNode *d = node_first_element(devices); d; d = node_next_element(d))
		if (!is_controller(d) && hangs_on(d, controller))
			tell(2, d, fn, arg);
}

/* pcie-root-ports are many and say little: one line for all. */
static bool is_port(const xmlNode *controller)
{
	return node_is(controller, "@type", "pci");
}

void hardware_tell(const char *xml, hardware_fn *fn, void *arg)
{
	struct document *doc = document_parse(xml, strlen(xml), "guest", NULL);
	const xmlNode *devices;
	int ports = 0;

	if (!doc)
		return;
	devices = node_child(document_root(doc), "devices");
	for (xmlNode *d = devices ? node_first_element(devices) : NULL; d; d = node_next_element(d))
		if (!is_controller(d) && !has_home(devices, d))
			tell(1, d, fn, arg);
	for (xmlNode *d = devices ? node_child(devices, "controller") : NULL; d; d = node_next(d)) {
		if (is_port(d))
			ports++;
		else
			tell_controller(devices, d, fn, arg);
	}
	if (ports > 0) {
		AUTO_FREE char *text = mem_printf("pci  %d bridges and ports", ports);

		fn(1, "bus", text, arg);
	}
	document_free(doc);
}
