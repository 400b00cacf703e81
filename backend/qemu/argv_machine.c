/*
 * argv_machine: -name, -machine, -accel and what hangs on the machine:
 * features, timers, power management.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/qemu/argv.h"

static const xmlNode *timer(const struct builder *b, const char *name)
{
	const xmlNode *clock = node_child(b->root, "clock");

	if (clock)
		NODE_EACH(t, clock, "timer")
			if (node_is(t, "@name", name))
				return t;
	return NULL;
}

/* ,key=on|off from a yes/no or on/off attribute or from an element's presence. */
static void onoff(struct buf *m, const char *key, int value)
{
	if (value >= 0)
		buf_printf(m, ",%s=%s", key, value ? "on" : "off");
}

static bool has_iommu(const struct builder *b)
{
	const struct device *dev = domain_def_device(b->def, DEVICE_IOMMU, 0);

	return dev && node_is(dev->node, "driver/@intremap", "on");
}

static void add_irqchip(struct builder *b, struct buf *m)
{
	const char *driver = node_get(b->root, "features/ioapic/@driver");

	if (driver)
		buf_printf(m, ",kernel_irqchip=%s", !strcmp(driver, "qemu") ? "split" : "on");
	else if (has_iommu(b))
		buf_add_str(m, ",kernel_irqchip=split");
}

static void add_features(struct builder *b, struct buf *m)
{
	onoff(m, "vmport", node_bool(b->root, "features/vmport/@state", -1));
	if (b->q35 && node_has(b->root, "features/smm"))
		onoff(m, "smm", node_bool(b->root, "features/smm/@state", 1));
	else if (b->firmware.secure)
		onoff(m, "smm", 1);
	if (timer(b, "hpet"))
		onoff(m, "hpet", node_bool(timer(b, "hpet"), "@present", 1));
	if (!node_has(b->root, "features/acpi"))
		onoff(m, "acpi", 0);
	if (node_has(b->root, "memoryBacking/nosharepages"))
		onoff(m, "mem-merge", 0);
}

static bool has_nvdimm(const struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_MEMORY, &i));)
		if (node_is(dev->node, "@model", "nvdimm"))
			return true;
	return false;
}

static bool numa_memory(const struct builder *b)
{
	return node_has(b->root, "cpu/numa/cell");
}

static void add_firmware_nodes(struct builder *b, struct buf *m)
{
	if (b->firmware.loader && b->firmware.pflash)
		buf_add_str(m, ",pflash0=pflash0-format");
	if (b->firmware.nvram)
		buf_add_str(m, ",pflash1=pflash1-format");
}

static bool has_hmat(const struct builder *b)
{
	const xmlNode *numa = node_find(b->root, "cpu/numa");

	if (node_has(b->root, "cpu/numa/interconnects"))
		return true;
	if (numa)
		NODE_EACH(cell, numa, "cell")
			if (node_child(cell, "cache"))
				return true;
	return false;
}

static const char *sound_pcspk(const struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_SOUND, &i));)
		if (node_is(dev->node, "@model", "pcspk"))
			return text_at(dev->node, "audio/@id");
	return NULL;
}

static void add_pcspk(struct builder *b, struct buf *m)
{
	const char *id = sound_pcspk(b);
	const struct device *audio = domain_def_device(b->def, DEVICE_AUDIO, 0);

	if (!id)
		return;
	if (!*id && audio)
		id = text_at(audio->node, "@id");
	buf_printf(m, ",pcspk-audiodev=audio%llu", strtoull(id, NULL, 10));
}

static bool add_machine(struct builder *b)
{
	AUTO_BUF struct buf m = BUF_INIT;
	const xmlNode *launch = node_child(b->root, "launchSecurity");

	buf_add_str(&m, b->def->machine);
	buf_printf(&m, ",usb=off,dump-guest-core=%s",
		   node_bool(b->root, "memory/@dumpCore", 0) ? "on" : "off");
	add_features(b, &m);
	add_irqchip(b, &m);
	if (launch)
		buf_add_str(&m, ",confidential-guest-support=lsec0");
	if (has_nvdimm(b))
		buf_add_str(&m, ",nvdimm=on");
	if (has_hmat(b))
		buf_add_str(&m, ",hmat=on");
	add_firmware_nodes(b, &m);
	if (b->machine->ram_id && !numa_memory(b))
		add_escaped(&m, "memory-backend", b->machine->ram_id);
	add_pcspk(b, &m);
	add_option(b, "-machine", buf_text(&m));
	return true;
}

static bool add_accel(struct builder *b)
{
	const xmlNode *ring = node_find(b->root, "features/kvm/dirty-ring");
	const xmlNode *cache = node_find(b->root, "features/tcg/tb-cache");
	uint64_t bytes;

	if (!is_kvm(b)) {
		if (cache && !domain_read_size(b->def, cache, NULL, &bytes, b->err))
			return false;
		if (cache)
			add_optionf(b, "-accel", "tcg,tb-size=%llu", (unsigned long long)(bytes >> 20));
		else
			add_option(b, "-accel", "tcg");
		return true;
	}
	if (!capabilities_kvm_built(b->caps)) {
		fail(b, b->root, "<domain type='kvm'>: '%s' is built without KVM", b->def->emulator);
		return fail_hint(b, "use <domain type='qemu'>");
	}
	if (ring && node_bool(ring, "@state", 0))
		add_optionf(b, "-accel", "kvm,dirty-ring-size=%llu",
			    (unsigned long long)node_u64(ring, "@size", 4096));
	else
		add_option(b, "-accel", "kvm");
	return true;
}

/* S3 and S4 belong to the chipset's power management device. */
static void add_power(struct builder *b)
{
	const char *device = b->q35 ? "ICH9-LPC" : "PIIX4_PM";
	int mem = node_bool(b->root, "pm/suspend-to-mem/@enabled", -1);
	int disk = node_bool(b->root, "pm/suspend-to-disk/@enabled", -1);

	b->origin = node_child(b->root, "pm");
	if (mem >= 0)
		add_optionf(b, "-global", "%s.disable_s3=%d", device, !mem);
	if (disk >= 0)
		add_optionf(b, "-global", "%s.disable_s4=%d", device, !disk);
	b->origin = NULL;
}

static bool add_tseg(struct builder *b)
{
	const xmlNode *node = node_find(b->root, "features/smm/tseg");
	uint64_t bytes = 0;

	if (!node)
		return true;
	if (!b->q35)
		return fail(b, node, "<tseg>: only q35 machines have one");
	if (!units_bytes(text_at(node, ""), node_get(node, "@unit"), 1 << 20, &bytes))
		return fail(b, node, "<tseg>: '%s' is not a size", text_at(node, ""));
	if (bytes == 0 || bytes % (1 << 20))
		return fail(b, node, "<tseg>: the size must be whole MiB");
	add_optionf(b, "-global", "mch.extended-tseg-mbytes=%llu", (unsigned long long)(bytes >> 20));
	return true;
}

static bool add_teardown(struct builder *b)
{
	const xmlNode *node = node_find(b->root, "features/async-teardown");

	if (!node || node_bool(node, "@enabled", 1) == 0)
		return true;
	if (capabilities_version(b->caps) < 8001000)
		return fail(b, node, "<async-teardown>: QEMU has it from 8.1 on; this is %s", capabilities_version_text(b->caps));
	b->origin = node;
	add_option(b, "-run-with", "async-teardown=on");
	b->origin = NULL;
	return true;
}

/* Features that no machine of ours has: asking for them is a mistake, turning
 * them off is nothing. */
static bool check_features(struct builder *b)
{
	static const char *const foreign[] = { "gic", "hpt", "htm", "nested-hv", "ccf-assist", "cfpc",
		"sbbc", "ibs", "xen" };
	const xmlNode *features = node_child(b->root, "features");

	if (!features)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		const xmlNode *f = node_child(features, foreign[i]);

		if (f && node_bool(f, "@state", 1))
			return fail(b, f, "<%s>: machine '%s' does not have this feature", foreign[i], b->def->machine);
	}
	return true;
}

bool argv_machine(struct builder *b)
{
	AUTO_BUF struct buf name = BUF_INIT;
	const xmlNode *type = node_find(b->root, "os/type");
	bool good;

	b->origin = node_child(b->root, "name");
	buf_add_str(&name, "guest=");
	add_escaped(&name, "", b->def->name);
	buf_add_str(&name, ",debug-threads=on");
	add_option(b, "-name", buf_text(&name));
	b->origin = type;
	good = check_features(b) && add_machine(b) && add_accel(b);
	b->origin = NULL;
	if (!good)
		return false;
	add_power(b);
	return add_tseg(b) && add_teardown(b);
}
