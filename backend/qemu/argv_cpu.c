/*
 * argv_cpu: -cpu and -smp: model, features, Hyper-V and KVM enlightenments,
 * topology.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"
#include "backend/base/nearest.h"

struct named_flag {
	const char *element, *flag;
};

static const struct named_flag hyperv_flags[] = {
	{ "relaxed", "hv-relaxed" }, { "vapic", "hv-vapic" }, { "vpindex", "hv-vpindex" },
	{ "runtime", "hv-runtime" }, { "synic", "hv-synic" }, { "stimer", "hv-stimer" },
	{ "reset", "hv-reset" }, { "frequencies", "hv-frequencies" },
	{ "reenlightenment", "hv-reenlightenment" }, { "tlbflush", "hv-tlbflush" },
	{ "ipi", "hv-ipi" }, { "evmcs", "hv-evmcs" }, { "avic", "hv-avic" },
	{ "emsr_bitmap", "hv-emsr-bitmap" }, { "xmm_input", "hv-xmm-input" },
};

static const struct named_flag kvm_flags[] = {
	{ "hint-dedicated", "kvm-hint-dedicated" }, { "poll-control", "kvm-poll-control" },
	{ "pv-ipi", "kvm-pv-ipi" },
};

static void flag(struct buf *c, const char *name, int value)
{
	if (value >= 0)
		buf_printf(c, ",%s=%s", name, value ? "on" : "off");
}

/* libvirt's names of features that QEMU calls otherwise; '_' and '-' are the
 * same to QEMU. */
static const char *feature_name(const char *name)
{
	return !strcmp(name, "pclmuldq") ? "pclmulqdq" : name;
}

static bool plain_name(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+")];
}

static bool add_feature(struct builder *b, struct buf *c, const xmlNode *f)
{
	const char *name = text_at(f, "@name"), *policy = text_at(f, "@policy");

	if (!plain_name(name))
		return fail(b, f, "<feature name='%s'>: not the name of a CPU feature", name);
	flag(c, feature_name(name), strcmp(policy, "disable") && strcmp(policy, "forbid"));
	return true;
}

static bool add_features(struct builder *b, struct buf *c, const xmlNode *cpu)
{
	NODE_EACH(f, cpu, "feature")
		if (!add_feature(b, c, f))
			return false;
	return true;
}

static void unknown_cpu(struct builder *b, const xmlNode *node, const char *model)
{
	const char *const *all = capabilities_cpus(b->caps);
	AUTO_BUF struct buf list = BUF_INIT;
	const char **sorted;
	size_t n = 0;

	while (all[n])
		n++;
	sorted = mem_dup(all, (n + 1) * sizeof(*all));
	nearest_sort(model, sorted, n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", sorted[i]);
	free(sorted);
	fail(b, node, "<model>: QEMU %s has no CPU model '%s'", capabilities_version_text(b->caps), model);
	fail_hint(b, "it knows: %s", buf_text(&list));
}

static const char *vendor_id(const char *vendor)
{
	static const char *const table[][2] = {
		{ "Intel", "GenuineIntel" }, { "AMD", "AuthenticAMD" }, { "Hygon", "HygonGenuine" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i][0], vendor))
			return table[i][1];
	return NULL;
}

/* -cpu knows no way to write a comma in a value. */
static bool add_vendor(struct builder *b, struct buf *c, const char *key, const xmlNode *node, const char *value)
{
	if (strchr(value, ','))
		return fail(b, node, "<%s>: '%s' has a comma, which QEMU cannot be given here", node_name(node), value);
	buf_printf(c, ",%s=%s", key, value);
	return true;
}

static bool add_custom(struct builder *b, struct buf *c, const xmlNode *cpu)
{
	const char *model = node_get(cpu, "model");

	if (!model) {
		buf_add_str(c, b->machine->default_cpu ? b->machine->default_cpu : "qemu64");
		return true;
	}
	if (!capabilities_has_cpu(b->caps, model)) {
		unknown_cpu(b, node_child(cpu, "model"), model);
		return false;
	}
	buf_add_str(c, model);
	if (node_has(cpu, "model/@vendor_id") && !add_vendor(b, c, "vendor", node_child(cpu, "model"),
							      node_get(cpu, "model/@vendor_id")))
		return false;
	if (!node_has(cpu, "model/@vendor_id") && vendor_id(text_at(cpu, "vendor")))
		buf_printf(c, ",vendor=%s", vendor_id(text_at(cpu, "vendor")));
	return true;
}

/* What the host has, as nearly as the accelerator can give it. */
static bool add_host(struct builder *b, struct buf *c, const xmlNode *cpu, bool passthrough)
{
	if (passthrough && !is_kvm(b)) {
		fail(b, cpu, "<cpu mode='host-passthrough'>: only KVM can pass the host's CPU through");
		return fail_hint(b, "with <domain type='qemu'> use mode='maximum' or mode='host-model'");
	}
	buf_add_str(c, is_kvm(b) ? "host" : "max");
	if (passthrough)
		flag(c, "migratable", node_bool(cpu, "@migratable", -1));
	return true;
}

static bool add_model(struct builder *b, struct buf *c, const xmlNode *cpu)
{
	const char *mode = text_at(cpu, "@mode");

	if (!strcmp(mode, "host-passthrough"))
		return add_host(b, c, cpu, true);
	if (!strcmp(mode, "host-model"))
		return add_host(b, c, cpu, false);
	if (!strcmp(mode, "maximum")) {
		buf_add_str(c, "max");
		flag(c, "migratable", node_bool(cpu, "@migratable", -1));
		return true;
	}
	return add_custom(b, c, cpu);
}

static bool add_cache(struct builder *b, struct buf *c, const xmlNode *cpu)
{
	const char *mode = text_at(cpu, "cache/@mode"), *level = text_at(cpu, "cache/@level");
	bool host = node_is(cpu, "@mode", "host-passthrough") || node_is(cpu, "@mode", "maximum");

	if (!strcmp(mode, "emulate")) {
		if (*level && strcmp(level, "3"))
			return fail(b, node_child(cpu, "cache"), "<cache mode='emulate'>: QEMU emulates level 3 only");
		buf_add_str(c, host ? ",l3-cache=on,host-cache-info=off" : ",l3-cache=on");
	} else if (!strcmp(mode, "passthrough")) {
		if (!host || *level)
			return fail(b, node_child(cpu, "cache"), "<cache mode='passthrough'>: only for <cpu mode='host-passthrough'> and without a level");
		buf_add_str(c, ",host-cache-info=on,l3-cache=off");
	} else if (!strcmp(mode, "disable")) {
		if (*level)
			return fail(b, node_child(cpu, "cache"), "<cache mode='disable'>: all levels or none");
		buf_add_str(c, host ? ",host-cache-info=off,l3-cache=off" : ",l3-cache=off");
	}
	return true;
}

static bool add_phys_bits(struct builder *b, struct buf *c, const xmlNode *cpu)
{
	const xmlNode *node = node_child(cpu, "maxphysaddr");
	uint64_t bits = node_u64(cpu, "maxphysaddr/@bits", 0);

	if (!node)
		return true;
	if (node_is(node, "@mode", "emulate")) {
		if (bits == 0)
			return fail(b, node, "<maxphysaddr mode='emulate'> needs bits='...'");
		buf_printf(c, ",phys-bits=%llu", (unsigned long long)bits);
		return true;
	}
	if (node_is(cpu, "@mode", "host-model") || node_is(cpu, "@mode", "custom") || !node_has(cpu, "@mode"))
		return fail(b, node, "<maxphysaddr mode='passthrough'>: only for <cpu mode='host-passthrough'> and maximum");
	if (bits)
		return fail(b, node, "<maxphysaddr mode='passthrough'> takes no bits; use limit='...'");
	buf_add_str(c, ",host-phys-bits=on");
	if (node_has(node, "@limit"))
		buf_printf(c, ",host-phys-bits-limit=%llu", (unsigned long long)node_u64(node, "@limit", 0));
	return true;
}

/* Microsoft's interface, as a Windows guest likes it. */
static bool add_hyperv(struct builder *b, struct buf *c)
{
	const xmlNode *hv = node_find(b->root, "features/hyperv");
	const struct device *panic;

	for (size_t i = 0; (panic = next_device(b, DEVICE_PANIC, &i));)
		if (node_is(panic->node, "@model", "hyperv"))
			flag(c, "hv-crash", 1);
	if (!hv)
		return true;
	if (node_is(hv, "@mode", "passthrough"))
		buf_add_str(c, ",hv-passthrough=on");
	for (size_t i = 0; i < ARRAY_SIZE(hyperv_flags); i++) {
		const xmlNode *f = node_child(hv, hyperv_flags[i].element);

		if (f && node_bool(f, "@state", 1))
			flag(c, hyperv_flags[i].flag, 1);
	}
	if (node_bool(hv, "spinlocks/@state", 0))
		buf_printf(c, ",hv-spinlocks=0x%llx",
			   (unsigned long long)node_u64(hv, "spinlocks/@retries", 0xffffffff));
	if (node_bool(hv, "stimer/direct/@state", 0))
		flag(c, "hv-stimer-direct", 1);
	if (node_bool(hv, "tlbflush/direct/@state", 0))
		flag(c, "hv-tlbflush-direct", 1);
	if (node_bool(hv, "tlbflush/extended/@state", 0))
		flag(c, "hv-tlbflush-ext", 1);
	if (node_bool(hv, "vendor_id/@state", 0)) {
		const char *id = text_at(hv, "vendor_id/@value");

		if (strlen(id) > 12)
			return fail(b, node_child(hv, "vendor_id"), "<vendor_id value='%s'>: at most 12 characters", id);
		return add_vendor(b, c, "hv-vendor-id", node_child(hv, "vendor_id"), id);
	}
	return true;
}

static void add_kvm(struct builder *b, struct buf *c)
{
	const xmlNode *kvm = node_find(b->root, "features/kvm");

	if (node_bool(kvm, "hidden/@state", 0))
		flag(c, "kvm", 0);
	for (size_t i = 0; kvm && i < ARRAY_SIZE(kvm_flags); i++) {
		const xmlNode *f = node_child(kvm, kvm_flags[i].element);

		if (f)
			flag(c, kvm_flags[i].flag, node_bool(f, "@state", 1));
	}
	flag(c, "kvm-pv-unhalt", node_has(b->root, "features/pvspinlock")
	     ? node_bool(b->root, "features/pvspinlock/@state", 1) : -1);
	flag(c, "kvm-pv-eoi", node_bool(b->root, "features/apic/@eoi", -1));
	flag(c, "pmu", node_has(b->root, "features/pmu") ? node_bool(b->root, "features/pmu/@state", 1) : -1);
}

/* Timers that are CPU features. */
static void add_timers(struct builder *b, struct buf *c)
{
	NODE_EACH(t, node_child(b->root, "clock"), "timer") {
		if (node_is(t, "@name", "kvmclock"))
			flag(c, "kvmclock", node_bool(t, "@present", 1));
		if (node_is(t, "@name", "hypervclock") && node_bool(t, "@present", 1))
			flag(c, "hv-time", 1);
		if (node_is(t, "@name", "tsc") && node_has(t, "@frequency"))
			buf_printf(c, ",tsc-frequency=%llu",
				   (unsigned long long)node_u64(t, "@frequency", 0));
	}
}

/* QEMU passes the counter through; the other modes are Xen's. */
static bool check_tsc(struct builder *b)
{
	NODE_EACH(t, node_child(b->root, "clock"), "timer") {
		const char *mode = text_at(t, "@mode");

		if (*mode && strcmp(mode, "auto") && strcmp(mode, "native"))
			return fail(b, t, "<timer name='%s' mode='%s'>: QEMU has no such mode", text_at(t, "@name"), mode);
	}
	return true;
}

static bool add_cpu(struct builder *b)
{
	const xmlNode *cpu = node_child(b->root, "cpu");
	const char *plain = b->machine->default_cpu ? b->machine->default_cpu : "qemu64";
	AUTO_BUF struct buf c = BUF_INIT;

	if (!cpu || (!node_has(cpu, "@mode") && !node_child(cpu, "model")))
		buf_add_str(&c, plain);
	else if (!add_model(b, &c, cpu))
		return false;
	add_timers(b, &c);
	add_kvm(b, &c);
	if (!check_tsc(b) || !add_hyperv(b, &c) || !add_features(b, &c, cpu) ||
	    !add_cache(b, &c, cpu) || !add_phys_bits(b, &c, cpu))
		return false;
	add_option(b, "-cpu", buf_text(&c));
	return true;
}

/* --- -smp -------------------------------------------------------------------- */

static bool add_topology(struct builder *b, struct buf *smp)
{
	const xmlNode *t = node_find(b->root, "cpu/topology");
	unsigned sockets = (unsigned)node_u64(t, "@sockets", b->def->vcpus);
	unsigned dies = (unsigned)node_u64(t, "@dies", 1);
	unsigned cores = (unsigned)node_u64(t, "@cores", 1), threads = (unsigned)node_u64(t, "@threads", 1);

	if ((uint64_t)sockets * dies * cores * threads != b->def->vcpus)
		return fail(b, t, "<topology>: %u sockets with %u dies of %u cores with %u threads are not the %u CPUs of <vcpu>",
			    sockets, dies, cores, threads, b->def->vcpus);
	buf_printf(smp, ",sockets=%u", sockets);
	if (dies > 1 || node_has(t, "@dies"))
		buf_printf(smp, ",dies=%u", dies);
	buf_printf(smp, ",cores=%u,threads=%u", cores, threads);
	return true;
}

/* CPUs that are there from the start: those of <vcpus> that cannot be unplugged
 * count, so do all without such a list. */
static unsigned boot_cpus(const struct builder *b)
{
	const xmlNode *list = node_child(b->root, "vcpus");
	unsigned n = 0;

	if (!list)
		return b->def->current_vcpus;
	NODE_EACH(v, list, "vcpu")
		n += node_bool(v, "@enabled", 0) == 1;
	return n ? n : b->def->current_vcpus;
}

static bool add_smp(struct builder *b)
{
	unsigned boot = boot_cpus(b);
	AUTO_BUF struct buf smp = BUF_INIT;

	buf_printf(&smp, "%u", boot);
	if (boot < b->def->vcpus)
		buf_printf(&smp, ",maxcpus=%u", b->def->vcpus);
	if (!add_topology(b, &smp))
		return false;
	add_option(b, "-smp", buf_text(&smp));
	return true;
}

bool argv_cpu(struct builder *b)
{
	bool good;

	b->origin = node_child(b->root, "cpu");
	good = add_cpu(b);
	b->origin = node_child(b->root, "vcpu");
	good = good && add_smp(b);
	b->origin = NULL;
	return good;
}
