/*
 * argv_misc: the small devices: random numbers, watchdogs, panic notifiers,
 * the balloon, vsock, shared memory, IOMMUs, crypto, generation ids, SEV.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

/* --- rng ---------------------------------------------------------------------------- */

static bool add_rng_backend(struct builder *b, const struct device *dev, const char *object)
{
	const char *model = text_at(dev->node, "backend/@model"), *file = node_get(dev->node, "backend");
	struct json_object *o = json_object_new_object();
	AUTO_FREE char *chardev = mem_printf("char%s", dev->alias);

	if (!strcmp(model, "egd")) {
		if (!add_chardev(b, node_child(dev->node, "backend"), chardev)) {
			json_object_put(o);
			return false;
		}
		json_set_str(o, "qom-type", "rng-egd");
		json_set_str(o, "chardev", chardev);
	} else if (!strcmp(model, "random")) {
		json_set_str(o, "qom-type", "rng-random");
		json_set_str(o, "filename", file && *file ? file : "/dev/random");
	} else {
		json_set_str(o, "qom-type", "rng-builtin");
	}
	json_set_str(o, "id", object);
	return object_add(b, dev->node, o);
}

static bool add_rng(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *object = mem_printf("obj%s", dev->alias);
	AUTO_FREE char *driver = virtio_driver(dev, "virtio-rng", text_at(dev->node, "@model"));
	struct json_object *o;

	if (!add_rng_backend(b, dev, object))
		return false;
	o = device_new(dev, driver);
	json_set_str(o, "rng", object);
	copy_int(o, "max-bytes", dev->node, "rate/@bytes");
	if (node_has(dev->node, "rate/@bytes"))
		json_set_int(o, "period", (int64_t)node_u64(dev->node, "rate/@period", 1000));
	virtio_options(o, dev);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* --- watchdog, panic ------------------------------------------------------------------- */

static bool add_watchdog(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model"), *action = text_at(dev->node, "@action");
	struct json_object *o;

	if (!strcmp(model, "itco")) {
		if (!b->q35)
			return fail(b, dev->node, "<watchdog model='itco'>: only q35 machines have it");
		add_option(b, "-global", "ICH9-LPC.noreboot=off");
	} else if (strcmp(model, "i6300esb") && strcmp(model, "ib700")) {
		return fail(b, dev->node, "<watchdog model='%s'>: x86 machines have i6300esb, ib700 and itco", model);
	} else {
		o = device_new(dev, model);
		device_address(b, o, dev);
		if (!device_add(b, dev, o))
			return false;
	}
	/* the dump is taken from the paused guest by its lifecycle policy */
	add_optionf(b, "-action", "watchdog=%s", !strcmp(action, "dump") ? "pause" : action);
	return true;
}

static bool add_watchdogs(struct builder *b)
{
	static const char *const actions[] = { "reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi" };
	const struct device *dev, *first = domain_def_device(b->def, DEVICE_WATCHDOG, 0);

	for (size_t i = 0; (dev = next_device(b, DEVICE_WATCHDOG, &i));) {
		const char *action = text_at(dev->node, "@action");
		size_t k = 0;

		while (k < ARRAY_SIZE(actions) && strcmp(actions[k], action))
			k++;
		if (k == ARRAY_SIZE(actions))
			return fail(b, dev->node, "<watchdog action='%s'>: not an action", action);
		if (strcmp(action, text_at(first->node, "@action")))
			return fail(b, dev->node, "<watchdog action='%s'>: QEMU has one action for all watchdogs; that at line %d says '%s'",
				    action, first->line, text_at(first->node, "@action"));
		b->origin = dev->node;
		if (!add_watchdog(b, dev))
			return false;
	}
	return true;
}

static bool add_panic(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");
	struct json_object *o;

	if (!strcmp(model, "hyperv"))
		return true;		/* a CPU feature */
	if (strcmp(model, "isa") && strcmp(model, "pvpanic"))
		return fail(b, dev->node, "<panic model='%s'>: x86 machines have isa, pvpanic and hyperv", model);
	o = device_new(dev, !strcmp(model, "isa") ? "pvpanic" : "pvpanic-pci");
	if (!strcmp(model, "isa"))
		json_set_int(o, "ioport", dev->address.type == ADDRESS_ISA && dev->address.isa.iobase ? dev->address.isa.iobase : 0x505);
	else
		device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_panics(struct builder *b)
{
	const struct device *dev, *o;

	for (size_t i = 0; (dev = next_device(b, DEVICE_PANIC, &i));) {
		for (size_t j = i; (o = next_device(b, DEVICE_PANIC, &j));)
			if (!strcmp(text_at(dev->node, "@model"), text_at(o->node, "@model")))
				return fail(b, o->node, "<panic model='%s'>: the one at line %d is of this model too",
					    text_at(o->node, "@model"), dev->line);
		b->origin = dev->node;
		if (!add_panic(b, dev))
			return false;
	}
	return true;
}

/* --- balloon, vsock, shmem, crypto -------------------------------------------------------- */

/* How often the guest is asked for its memory's statistics: over QMP. */
static void add_stats(struct builder *b, const struct device *dev)
{
	struct json_object *command, *a;
	AUTO_FREE char *path = mem_printf("/machine/peripheral/%s", dev->alias);

	if (!node_u64(dev->node, "stats/@period", 0))
		return;
	command = json_object_new_object();
	a = json_object_new_object();
	json_set_str(command, "execute", "qom-set");
	json_set_str(a, "path", path);
	json_set_str(a, "property", "guest-stats-polling-interval");
	copy_int(a, "value", dev->node, "stats/@period");
	json_set(command, "arguments", a);
	json_push(b->secrets, command);
}

static bool add_memballoon(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");
	AUTO_FREE char *driver = virtio_driver(dev, "virtio-balloon", model);
	struct json_object *o;

	if (!strcmp(model, "none"))
		return true;
	if (strncmp(model, "virtio", 6))
		return fail(b, dev->node, "<memballoon model='%s'>: QEMU has virtio", model);
	o = device_new(dev, driver);
	copy_bool(o, "deflate-on-oom", dev->node, "@autodeflate");
	copy_bool(o, "free-page-reporting", dev->node, "@freePageReporting");
	virtio_options(o, dev);
	device_address(b, o, dev);
	add_stats(b, dev);
	return device_add(b, dev, o);
}

/* A context id that a uuid always gives again: 3 and up, below 2^31. */
static unsigned auto_cid(const char *uuid)
{
	unsigned hash = 2166136261u;

	for (; *uuid; uuid++)
		hash = (hash ^ (unsigned char)*uuid) * 16777619u;
	return 3 + hash % 0x7ffffff0;
}

static bool add_vsock(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");
	AUTO_FREE char *driver = virtio_driver(dev, "vhost-vsock", model);
	bool automatic = node_bool(dev->node, "cid/@auto", 0) == 1 || !node_has(dev->node, "cid/@address");
	struct json_object *o = device_new(dev, driver);

	json_set_int(o, "guest-cid", automatic ? auto_cid(b->def->uuid)
			: (int64_t)node_u64(dev->node, "cid/@address", 3));
	virtio_options(o, dev);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_plain_shmem(struct builder *b, const struct device *dev, struct json_object *o)
{
	AUTO_FREE char *id = mem_printf("shmmem-%s", dev->alias);
	AUTO_FREE char *path = mem_printf("/dev/shm/%s", text_at(dev->node, "@name"));
	struct json_object *m = json_object_new_object();
	uint64_t size = 4u << 20;
	const xmlNode *given = node_child(dev->node, "size");

	if (given && !domain_read_size(b->def, given, NULL, &size, b->err)) {
		json_object_put(m);
		return false;
	}
	json_set_str(m, "qom-type", "memory-backend-file");
	json_set_str(m, "id", id);
	json_set_str(m, "mem-path", path);
	json_set_int(m, "size", (int64_t)size);
	json_set_bool(m, "share", true);
	json_set_str(o, "memdev", id);
	if (node_is(dev->node, "@role", "master"))
		json_set_str(o, "master", "on");
	return object_add(b, dev->node, m);
}

static bool add_doorbell(struct builder *b, const struct device *dev, struct json_object *o)
{
	AUTO_FREE char *id = mem_printf("char%s", dev->alias);
	AUTO_FREE char *own = mem_printf("/var/lib/libvirt/shmem-%s-sock", text_at(dev->node, "@name"));
	AUTO_BUF struct buf v = BUF_INIT;

	buf_add_str(&v, "socket");
	add_escaped(&v, "id", id);
	add_escaped(&v, "path", node_has(dev->node, "server/@path") ? text_at(dev->node, "server/@path") : own);
	add_option(b, "-chardev", buf_text(&v));
	json_set_str(o, "chardev", id);
	copy_int(o, "vectors", dev->node, "msi/@vectors");
	copy_onoff(o, "ioeventfd", dev->node, "msi/@ioeventfd");
	return true;
}

static bool add_shmem(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "model/@type");
	bool doorbell = !strcmp(model, "ivshmem-doorbell"), good;
	struct json_object *o;

	if (strcmp(model, "ivshmem-plain") && !doorbell)
		return fail(b, dev->node, "<shmem>: QEMU has the models ivshmem-plain and ivshmem-doorbell%s%s%s",
			    *model ? ", not '" : "", model, *model ? "'" : "");
	if (strchr(text_at(dev->node, "@name"), '/') || !*text_at(dev->node, "@name") || text_at(dev->node, "@name")[0] == '.')
		return fail(b, dev->node, "<shmem name='%s'>: not a name", text_at(dev->node, "@name"));
	o = device_new(dev, model);
	if (node_has(dev->node, "@role"))
		json_set_str(o, "master", node_is(dev->node, "@role", "master") ? "on" : "off");
	good = doorbell ? add_doorbell(b, dev, o) : add_plain_shmem(b, dev, o);
	if (!good) {
		json_object_put(o);
		return false;
	}
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_crypto(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *id = mem_printf("obj%s", dev->alias);
	struct json_object *o = json_object_new_object();

	json_set_str(o, "qom-type", node_is(dev->node, "backend/@model", "lkcf") ? "cryptodev-backend-lkcf" : "cryptodev-backend-builtin");
	json_set_str(o, "id", id);
	copy_int(o, "queues", dev->node, "backend/@queues");
	if (!object_add(b, dev->node, o))
		return false;
	o = device_new(dev, "virtio-crypto-pci");
	json_set_str(o, "cryptodev", id);
	virtio_options(o, dev);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_pstore(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *id = mem_printf("mem%s", dev->alias);
	struct json_object *o;
	uint64_t size = 0;

	if (!domain_read_size(b->def, node_child(dev->node, "size"), NULL, &size, b->err))
		return false;
	o = json_object_new_object();
	json_set_str(o, "qom-type", "memory-backend-file");
	json_set_str(o, "id", id);
	copy_str(o, "mem-path", dev->node, "path");
	json_set_int(o, "size", (int64_t)size);
	json_set_bool(o, "share", true);
	if (!object_add(b, dev->node, o))
		return false;
	o = device_new(dev, "acpi-erst");
	json_set_str(o, "memdev", id);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* --- before all devices: IOMMU, ids, SEV --------------------------------------------------- */

static bool add_intel_iommu(struct builder *b, const struct device *dev)
{
	struct json_object *o = device_new(dev, "intel-iommu");

	copy_onoff(o, "intremap", dev->node, "driver/@intremap");
	copy_bool(o, "caching-mode", dev->node, "driver/@caching_mode");
	copy_onoff(o, "eim", dev->node, "driver/@eim");
	copy_bool(o, "device-iotlb", dev->node, "driver/@iotlb");
	copy_int(o, "aw-bits", dev->node, "driver/@aw_bits");
	copy_bool(o, "dma-translation", dev->node, "driver/@dma_translation");
	return device_add(b, dev, o);
}

static bool add_iommu(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");

	if (!strcmp(model, "intel")) {
		if (!b->q35)
			return fail(b, dev->node, "<iommu model='intel'>: needs machine q35, not '%s'", b->def->machine);
		return add_intel_iommu(b, dev);
	}
	if (!strcmp(model, "virtio")) {
		struct json_object *o;

		if (!b->q35)
			return fail(b, dev->node, "<iommu model='virtio'>: needs machine q35, not '%s'", b->def->machine);
		if (!node_has(b->root, "features/acpi"))
			return fail(b, dev->node, "<iommu model='virtio'>: needs <features><acpi/>");
		if (dev->address.type != ADDRESS_PCI || dev->address.pci.bus != 0)
			return fail(b, dev->node, "<iommu model='virtio'>: must be on PCI bus 0");
		o = device_new(dev, "virtio-iommu");
		device_address(b, o, dev);
		return device_add(b, dev, o);
	}
	return fail(b, dev->node, "<iommu model='%s'>: x86 machines have intel and virtio", model);
}

static bool add_genid(struct builder *b)
{
	const xmlNode *node = node_child(b->root, "genid");
	const char *given = node_get(b->root, "genid");
	struct json_object *o;
	char clean[UUID_TEXT];

	if (!node)
		return true;
	b->origin = node;
	if (given && *given && !domain_uuid_parse(given, clean))
		return fail(b, node, "<genid>: '%s' is not a uuid", given);
	o = json_object_new_object();
	json_set_str(o, "driver", "vmgenid");
	json_set_str(o, "guid", given && *given ? clean : "auto");
	json_set_str(o, "id", "vmgenid0");
	add_json(b, "-device", o);
	return true;
}

static bool add_coreinfo(struct builder *b)
{
	const xmlNode *node = node_find(b->root, "features/vmcoreinfo");

	if (!node || node_bool(node, "@state", 1) == 0)
		return true;
	b->origin = node;
	add_option(b, "-device", "{\"driver\":\"vmcoreinfo\"}");
	return true;
}

/* QEMU asks the platform itself for what the older SEV had to be told. */
static bool add_snp(struct builder *b, const xmlNode *node)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "qom-type", "sev-snp-guest");
	json_set_str(o, "id", "lsec0");
	copy_int(o, "cbitpos", node, "cbitpos");
	copy_int(o, "reduced-phys-bits", node, "reducedPhysBits");
	copy_int(o, "policy", node, "policy");
	copy_bool(o, "kernel-hashes", node, "@kernelHashes");
	copy_bool(o, "author-key-enabled", node, "@authorKey");
	if (node_has(node, "@vcek"))
		json_set_bool(o, "vcek-disabled", node_bool(node, "@vcek", 1) == 0);
	copy_str(o, "guest-visible-workarounds", node, "guestVisibleWorkarounds");
	copy_str(o, "id-block", node, "idBlock");
	copy_str(o, "id-auth", node, "idAuth");
	copy_str(o, "host-data", node, "hostData");
	return object_add(b, node, o);
}

static bool add_sev(struct builder *b)
{
	const xmlNode *node = node_child(b->root, "launchSecurity");
	struct json_object *o;

	if (!node)
		return true;
	b->origin = node;
	if (node_is(node, "@type", "sev-snp"))
		return add_snp(b, node);
	if (!node_is(node, "@type", "sev"))
		return fail(b, node, "<launchSecurity type='%s'>: this version builds sev and sev-snp", text_at(node, "@type"));
	if (!node_has(node, "cbitpos") || !node_has(node, "reducedPhysBits"))
		return fail(b, node, "<launchSecurity type='sev'> needs <cbitpos> and <reducedPhysBits>; `virtty capabilities` of the host has them");
	o = json_object_new_object();
	json_set_str(o, "qom-type", "sev-guest");
	json_set_str(o, "id", "lsec0");
	copy_int(o, "cbitpos", node, "cbitpos");
	copy_int(o, "reduced-phys-bits", node, "reducedPhysBits");
	copy_int(o, "policy", node, "policy");
	copy_bool(o, "kernel-hashes", node, "@kernelHashes");
	if (node_has(node, "dhCert")) {
		add_private_file(b, "sev-dh-cert", text_at(node, "dhCert"));
		json_set_str(o, "dh-cert-file", "sev-dh-cert");
	}
	if (node_has(node, "session")) {
		add_private_file(b, "sev-session", text_at(node, "session"));
		json_set_str(o, "session-file", "sev-session");
	}
	return object_add(b, node, o);
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

static bool refuse_kind(struct builder *b, const struct device *dev)
{
	return fail(b, dev->node, "<%s>: QEMU's x86 machines have no such device", device_kind_name(dev->kind));
}

bool argv_early(struct builder *b)
{
	if (domain_def_device(b->def, DEVICE_IOMMU, 1))
		return fail(b, domain_def_device(b->def, DEVICE_IOMMU, 1)->node, "<iommu>: one is all a guest can have");
	return add_sev(b) && add_genid(b) && add_coreinfo(b) && add_all(b, DEVICE_IOMMU, add_iommu);
}

bool argv_misc(struct builder *b)
{
	bool good = add_watchdogs(b) && add_all(b, DEVICE_MEMBALLOON, add_memballoon) &&
		add_all(b, DEVICE_RNG, add_rng) && add_all(b, DEVICE_CRYPTO, add_crypto) &&
		add_panics(b) && add_all(b, DEVICE_SHMEM, add_shmem) && add_all(b, DEVICE_VSOCK, add_vsock) &&
		add_all(b, DEVICE_NVRAM, refuse_kind) && add_all(b, DEVICE_PSTORE, add_pstore) &&
		add_all(b, DEVICE_LEASE, refuse_kind);

	b->origin = NULL;
	return good;
}
