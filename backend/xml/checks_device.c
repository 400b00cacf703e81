/*
 * checks_device: network cards, devices of the host, screens, and the rest.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/checks_private.h"
#include "backend/xml/node.h"

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static bool check_queue_size(const struct domain_def *def, const xmlNode *card, const char *name,
			     struct error **err)
{
	uint64_t size = node_u64(card, name, 256);

	if (power_of_two(size) && size >= 64 && size <= 1024)
		return true;
	return deny(def, node_child(card, "driver"), err, "use 256, 512 or 1024",
		    "%s='%s' is not a power of two up to 1024", strchr(name, '@') + 1,
		    node_get(card, name));
}

/* What the type of network cannot do without. */
static bool check_source(const struct domain_def *def, const xmlNode *card, struct error **err)
{
	static const struct { const char *type, *path; } needs[] = {
		{ "bridge", "source/@bridge" }, { "network", "source/@network" },
		{ "direct", "source/@dev" }, { "vhostuser", "source/@path" },
		{ "vdpa", "source/@dev" }, { "hostdev", "source/address" },
		{ "udp", "source/@port" }, { "mcast", "source/@port" },
		{ "server", "source/@port" }, { "client", "source/@port" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (node_is(card, "@type", needs[i].type) && !node_has(card, needs[i].path))
			return deny(def, card, err, NULL, "<interface> type='%s' has no %s",
				    needs[i].type, strchr(needs[i].path, '@')
				    ? strchr(needs[i].path, '@') + 1 : "address in its <source>");
	return true;
}

bool check_interfaces(const struct domain_def *def, struct error **err)
{
	static const char *const filtered[] = { "network", "bridge", "ethernet", NULL };
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_OF(dev, def, DEVICE_INTERFACE) {
		const xmlNode *card = dev->node, *before;
		const char *tap = node_get(card, "target/@dev");

		if (!check_source(def, card, err) ||
		    !check_queue_size(def, card, "driver/@rx_queue_size", err) ||
		    !check_queue_size(def, card, "driver/@tx_queue_size", err))
			return false;
		if (node_has(card, "filterref") && !check_listed(node_get(card, "@type"), filtered))
			return deny(def, node_child(card, "filterref"), err, "remove it",
				    "an <interface> type='%s' cannot be filtered",
				    node_get(card, "@type"));
		before = tap && *tap && !strchr(tap, '%') ? keys_add(&seen, card, "%s", tap) : NULL;
		if (before)
			return deny(def, node_child(card, "target"), err,
				    "give each interface a target dev of its own",
				    "target dev '%s' is taken already (line %d)", tap,
				    node_line(before));
	}
	return true;
}

/* Which device of the host it is, as a key; NULL when that is not said. */
static char *hostdev_key(const xmlNode *hostdev)
{
	const char *type = node_get(hostdev, "@type");
	const xmlNode *a = node_find(hostdev, "source/address");

	if (!strcmp(type, "pci") && a)
		return mem_printf("pci %llx:%llx:%llx.%llx",
				  (unsigned long long)node_u64(a, "@domain", 0),
				  (unsigned long long)node_u64(a, "@bus", 0),
				  (unsigned long long)node_u64(a, "@slot", 0),
				  (unsigned long long)node_u64(a, "@function", 0));
	if (!strcmp(type, "mdev") && node_has(a, "@uuid"))
		return mem_printf("mdev %s", node_get(a, "@uuid"));
	if (!strcmp(type, "usb") && node_has(a, "@device"))
		return mem_printf("usb %llu:%llu", (unsigned long long)node_u64(a, "@bus", 0),
				  (unsigned long long)node_u64(a, "@device", 0));
	if (!strcmp(type, "scsi") && a && node_has(hostdev, "source/adapter"))
		return mem_printf("scsi %s:%llu:%llu:%llu", node_get(hostdev, "source/adapter/@name"),
				  (unsigned long long)node_u64(a, "@bus", 0),
				  (unsigned long long)node_u64(a, "@target", 0),
				  (unsigned long long)node_u64(a, "@unit", 0));
	return NULL;
}

static bool check_hostdev_source(const struct domain_def *def, const xmlNode *hostdev,
				 struct error **err)
{
	const xmlNode *source = node_child(hostdev, "source");

	if (node_is(hostdev, "@type", "mdev") && !node_has(source, "address/@uuid"))
		return deny(def, source ? source : hostdev, err, "write <address uuid='...'/>",
			    "a mediated device is named by its uuid");
	if (node_is(hostdev, "@type", "pci") && !node_has(source, "address"))
		return deny(def, source ? source : hostdev, err, NULL,
			    "a PCI device of the host needs its address");
	if (node_is(hostdev, "@type", "usb") && !node_has(source, "vendor") &&
	    !node_has(source, "address"))
		return deny(def, source ? source : hostdev, err,
			    "write <vendor id='0x...'/> and <product id='0x...'/>",
			    "a USB device of the host needs its vendor and product, or its address");
	return true;
}

bool check_hostdevs(const struct domain_def *def, struct error **err)
{
	bool screen = domain_def_device(def, DEVICE_GRAPHICS, 0) != NULL;
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_OF(dev, def, DEVICE_HOSTDEV) {
		const xmlNode *hostdev = dev->node, *before;
		AUTO_FREE char *key = NULL;

		if (!check_hostdev_source(def, hostdev, err))
			return false;
		key = hostdev_key(hostdev);
		before = key ? keys_add(&seen, hostdev, "%s", key) : NULL;
		if (before)
			return deny(def, hostdev, err, "remove one of them",
				    "this device of the host is there already (line %d)",
				    node_line(before));
		if (node_bool(hostdev, "@display", 0) == 1 && !screen)
			return deny(def, hostdev, err, "add for instance <graphics type='vnc'/>",
				    "display='on' without any <graphics> to show it");
	}
	return true;
}

bool check_graphics(const struct domain_def *def, struct error **err)
{
	const xmlNode *headless = NULL, *gl = NULL;
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_OF(dev, def, DEVICE_GRAPHICS) {
		const xmlNode *node = dev->node;
		const char *type = node_get(node, "@type");
		const xmlNode *before = keys_add(&seen, node, "%s", type);

		if (before)
			return deny(def, node, err, "remove one of them",
				    "graphics of type '%s' are there already (line %d)", type,
				    node_line(before));
		if (!strcmp(type, "egl-headless"))
			headless = node;
		else if (!strcmp(type, "sdl") || node_bool(node, "gl/@enable", 0) == 1)
			gl = node;
	}
	if (headless && gl)
		return deny(def, headless, err, "remove one of them",
			    "egl-headless beside <graphics type='%s'>, which draws by itself",
			    node_get(gl, "@type"));
	return true;
}

static bool check_aliases(const struct domain_def *def, struct error **err)
{
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_EACH(dev, def) {
		const xmlNode *before = dev->alias ? keys_add(&seen, dev->node, "%s", dev->alias) : NULL;

		/* The two elements of one serial console share its alias. */
		if (before && dev->kind != DEVICE_CONSOLE && strcmp(node_name(before), "console"))
			return deny(def, node_child(dev->node, "alias"), err,
				    "give each device a name of its own",
				    "alias '%s' is taken already by <%s> (line %d)", dev->alias,
				    node_name(before), node_line(before));
	}
	return true;
}

static bool check_iommu(const struct domain_def *def, const struct device *dev, struct error **err)
{
	bool virtio = node_is(dev->node, "@model", "virtio");

	if (!machine_is_q35(def->machine))
		return deny(def, dev->node, err, "use machine='q35'",
			    "an IOMMU needs a q35 machine");
	if (virtio && !node_has(check_root(def), "features/acpi"))
		return deny(def, dev->node, err, "add <acpi/> to <features>",
			    "a virtio IOMMU needs ACPI");
	if (dev->address.type != ADDRESS_NONE &&
	    (!virtio || dev->address.type != ADDRESS_PCI || dev->address.pci.bus != 0))
		return deny(def, node_child(dev->node, "address"), err, "remove the address",
			    "the IOMMU cannot be at this address");
	return true;
}

static bool check_videos(const struct domain_def *def, struct error **err)
{
	const xmlNode *primary = NULL;

	DEVICES_OF(dev, def, DEVICE_VIDEO) {
		if (node_is(dev->node, "model/@type", "ramfb") && dev->address.type != ADDRESS_NONE)
			return deny(def, node_child(dev->node, "address"), err, "remove the address",
				    "ramfb is not on a bus and has no address");
		if (node_bool(dev->node, "model/@primary", 0) != 1)
			continue;
		if (primary)
			return deny(def, dev->node, err, "keep one primary",
				    "there is a primary <video> already (line %d)",
				    node_line(primary));
		primary = dev->node;
	}
	return true;
}

static bool check_audios(const struct domain_def *def, struct error **err)
{
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_OF(dev, def, DEVICE_AUDIO) {
		const xmlNode *audio = dev->node;
		const xmlNode *before = keys_add(&seen, audio, "%s", node_get(audio, "@id"));

		if (before)
			return deny(def, audio, err, "give each <audio> an id of its own",
				    "audio id %s is taken already (line %d)",
				    node_get(audio, "@id"), node_line(before));
	}
	DEVICES_EACH(dev, def) {
		const char *id = node_get(dev->node, "audio/@id");

		if (id && !keys_add(&seen, dev->node, "%s", id))
			return deny(def, node_child(dev->node, "audio"), err,
				    "add <audio id='...'> to the devices",
				    "there is no <audio> with id %s", id);
	}
	return true;
}

bool check_others(const struct domain_def *def, struct error **err)
{
	bool one_tpm = false;

	DEVICES_EACH(dev, def) {
		if (dev->kind == DEVICE_IOMMU && !check_iommu(def, dev, err))
			return false;
		if (dev->kind == DEVICE_TPM && one_tpm)
			return deny(def, dev->node, err, "remove it", "a second <tpm>");
		one_tpm |= dev->kind == DEVICE_TPM;
		if (dev->kind == DEVICE_VSOCK && node_bool(dev->node, "cid/@auto", 0) != 1 &&
		    node_has(dev->node, "cid/@address") &&
		    (node_u64(dev->node, "cid/@address", 0) < 3 ||
		     node_u64(dev->node, "cid/@address", 0) > UINT32_MAX))
			return deny(def, node_child(dev->node, "cid"), err, "use 3 or more",
				    "<cid> address='%s' is reserved",
				    node_get(dev->node, "cid/@address"));
	}
	return check_videos(def, err) && check_audios(def, err) && check_aliases(def, err);
}
