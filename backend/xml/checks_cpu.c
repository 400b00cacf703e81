/*
 * checks_cpu: the processor, its topology, who runs where.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/checks_private.h"
#include "backend/xml/node.h"

static bool is_host_cpu(const xmlNode *cpu)
{
	return node_is(cpu, "@mode", "host-passthrough") || node_is(cpu, "@mode", "maximum");
}

static bool check_cache(const struct domain_def *def, const xmlNode *cpu, struct error **err)
{
	const xmlNode *cache = node_child(cpu, "cache");
	bool level = node_has(cache, "@level");

	if (!cache)
		return true;
	if (node_is(cache, "@mode", "emulate"))
		return !level || node_is(cache, "@level", "3") ||
			deny(def, cache, err, "write level='3'", "only the level 3 cache is emulated");
	if (level)
		return deny(def, cache, err, "remove the level",
			    "<cache> mode='%s' is for all levels", node_get(cache, "@mode"));
	if (node_is(cache, "@mode", "passthrough") && !is_host_cpu(cpu))
		return deny(def, cache, err, "use <cpu mode='host-passthrough'>",
			    "<cache> mode='passthrough' needs the host's processor");
	return true;
}

static bool check_address_bits(const struct domain_def *def, const xmlNode *cpu, struct error **err)
{
	const xmlNode *bits = node_child(cpu, "maxphysaddr");

	if (!bits)
		return true;
	if (node_is(bits, "@mode", "emulate"))
		return node_has(bits, "@bits") ||
			deny(def, bits, err, "add bits='...'",
			     "<maxphysaddr> mode='emulate' has no bits");
	if (node_has(bits, "@bits"))
		return deny(def, bits, err, "remove bits, or write mode='emulate'",
			    "<maxphysaddr> mode='passthrough' takes the host's bits");
	return is_host_cpu(cpu) ||
		deny(def, bits, err, "use <cpu mode='host-passthrough'>",
		     "<maxphysaddr> mode='passthrough' needs the host's processor");
}

static bool check_topology(const struct domain_def *def, const xmlNode *cpu, struct error **err)
{
	static const char *const parts[] = { "@sockets", "@dies", "@clusters", "@cores", "@threads" };
	const xmlNode *topology = node_child(cpu, "topology");
	uint64_t product = 1;

	if (!topology)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (__builtin_mul_overflow(product, node_u64(topology, parts[i], 1), &product))
			product = UINT64_MAX;
	if (product == def->vcpus)
		return true;
	return deny(def, topology, err, "make sockets * dies * cores * threads the number of vcpus",
		    "the topology has %llu processors, <vcpu> says %u",
		    (unsigned long long)product, def->vcpus);
}

static bool check_features(const struct domain_def *def, const xmlNode *cpu, struct error **err)
{
	AUTO_KEYS struct keys seen = { NULL };

	NODE_EACH(feature, cpu, "feature") {
		const xmlNode *before = keys_add(&seen, feature, "%s", node_get(feature, "@name"));

		if (before)
			return deny(def, feature, err, "keep one of them",
				    "cpu feature '%s' is there already (line %d)",
				    node_get(feature, "@name"), node_line(before));
	}
	return true;
}

bool check_cpu(const struct domain_def *def, struct error **err)
{
	const xmlNode *cpu = node_child(check_root(def), "cpu");

	if (!cpu)
		return true;
	if (node_is(cpu, "@mode", "host-passthrough") && def->virt_type == VIRT_QEMU)
		return deny(def, cpu, err, "use mode='maximum', or <domain type='kvm'>",
			    "<cpu> mode='host-passthrough' needs KVM");
	if (node_has(cpu, "model") && !*node_get(cpu, "model") &&
	    node_is(cpu, "model/@fallback", "forbid") && !node_is(cpu, "@mode", "host-model"))
		return deny(def, cpu, err, "name a model", "<model fallback='forbid'> names no model");
	return check_cache(def, cpu, err) && check_address_bits(def, cpu, err) &&
		check_topology(def, cpu, err) && check_features(def, cpu, err);
}

/* vcpusched and iothreadsched: one scheduler for each thread at most, of those
 * that exist. */
static bool check_schedulers(const struct domain_def *def, const char *element,
			     const char *attribute, const struct cpuset *there, struct error **err)
{
	struct cpuset taken = { { 0 } }, one, missing;
	long highest;

	NODE_EACH(sched, node_child(check_root(def), "cputune"), element) {
		int twice;

		cpuset_parse(node_get(sched, attribute), &one, &highest);
		twice = cpuset_common(&taken, &one);
		if (twice >= 0)
			return deny(def, sched, err, "name each thread once",
				    "<%s> sets the scheduler of %s %d again", element,
				    attribute + 1, twice);
		if (there) {
			missing = one;
			for (size_t i = 0; i < sizeof(missing.bits); i++)
				missing.bits[i] &= (unsigned char)~there->bits[i];
			twice = cpuset_common(&missing, &missing);
			if (twice >= 0)
				return deny(def, sched, err, "add the thread, or remove this",
					    "<%s>: there is no %.*s %d", element,
					    (int)strlen(attribute) - 2, attribute + 1, twice);
		}
		if (node_has(sched, "@priority") && !node_is(sched, "@scheduler", "fifo") &&
		    !node_is(sched, "@scheduler", "rr") && node_u64(sched, "@priority", 0))
			return deny(def, sched, err, "remove it, or use scheduler fifo or rr",
				    "<%s>: only fifo and rr have a priority", element);
		cpuset_add(&taken, &one);
	}
	return true;
}

/* The ids of the iothreads: those listed, then the lowest free numbers. */
static void iothread_ids(const struct domain_def *def, struct cpuset *ids)
{
	unsigned n = 0;

	memset(ids, 0, sizeof(*ids));
	NODE_EACH(thread, node_child(check_root(def), "iothreadids"), "iothread") {
		uint64_t id = node_u64(thread, "@id", 0);

		n++;
		if (id < CPUSET_MAX)
			ids->bits[id / 8] |= (unsigned char)(1 << (id % 8));
	}
	for (unsigned id = 1; n < def->iothreads && id < CPUSET_MAX; id++) {
		unsigned char bit = (unsigned char)(1 << (id % 8));

		if (ids->bits[id / 8] & bit)
			continue;
		ids->bits[id / 8] |= bit;
		n++;
	}
}

bool check_tuning(const struct domain_def *def, struct error **err)
{
	const xmlNode *tune = node_child(check_root(def), "cputune"), *before;
	AUTO_KEYS struct keys seen = { NULL };
	struct cpuset ids;

	iothread_ids(def, &ids);
	NODE_EACH(thread, node_child(check_root(def), "iothreadids"), "iothread") {
		before = keys_add(&seen, thread, "i%llu",
				  (unsigned long long)node_u64(thread, "@id", 0));
		if (before)
			return deny(def, thread, err, "give each iothread an id of its own",
				    "iothread id %s is taken already (line %d)",
				    node_get(thread, "@id"), node_line(before));
	}
	NODE_EACH(pin, tune, "vcpupin") {
		before = keys_add(&seen, pin, "v%llu", (unsigned long long)node_u64(pin, "@vcpu", 0));
		if (before)
			return deny(def, pin, err, "pin each vcpu once",
				    "vcpu %s is pinned already (line %d)", node_get(pin, "@vcpu"),
				    node_line(before));
	}
	DEVICES_EACH(dev, def) {
		uint64_t id = node_u64(dev->node, "driver/@iothread", 0);

		if (id && (id >= CPUSET_MAX || !(ids.bits[id / 8] & (1 << (id % 8)))))
			return deny(def, node_child(dev->node, "driver"), err,
				    "add it: <iothreads>N</iothreads>", "there is no iothread %llu",
				    (unsigned long long)id);
	}
	return check_schedulers(def, "vcpusched", "@vcpus", NULL, err) &&
		check_schedulers(def, "iothreadsched", "@iothreads", &ids, err);
}
