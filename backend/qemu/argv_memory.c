/*
 * argv_memory: -m, the memory backends, NUMA nodes and memory devices.
 *
 * Shared and huge-page memory is always memfd memory: nothing to mount, no
 * file to name, gone with the guest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/qemu/argv.h"
#include "backend/qemu/bitlist.h"

#define MIB (1ull << 20)
#define NO_NODE (-1)

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
	return (bytes + unit - 1) / unit * unit;
}

/* --- huge pages ----------------------------------------------------------------- */

/* The page size for a guest node (0: the default). */
static bool page_size(struct builder *b, int node, uint64_t *bytes)
{
	const xmlNode *huge = node_find(b->root, "memoryBacking/hugepages");
	const xmlNode *fallback = NULL;

	*bytes = 0;
	if (!huge)
		return true;
	if (!node_child(huge, "page")) {
		*bytes = 2 * MIB;
		return true;
	}
	NODE_EACH(page, huge, "page") {
		const char *set = node_get(page, "@nodeset");

		if (!set)
			fallback = page;
		else if (bitlist_has(set, node == NO_NODE ? 0 : (unsigned)node))
			return domain_read_size(b->def, page, "@size", bytes, b->err);
	}
	return !fallback || domain_read_size(b->def, fallback, "@size", bytes, b->err);
}

static bool check_pages(struct builder *b, const xmlNode *numa)
{
	unsigned cells = 0;

	NODE_EACH(cell, numa, "cell")
		cells++;
	NODE_EACH(page, node_find(b->root, "memoryBacking/hugepages"), "page") {
		const char *set = node_get(page, "@nodeset");

		if (!set)
			continue;
		if (!bitlist_valid(set))
			return fail(b, page, "<page nodeset='%s'>: not a list of nodes", set);
		if (bitlist_max(set) >= (cells ? cells : 1))
			return fail(b, page, "<page nodeset='%s'>: this guest has %u NUMA nodes", set, cells ? cells : 1);
	}
	return true;
}

/* --- backends ---------------------------------------------------------------------- */

struct backend {
	const char *id;
	uint64_t size;
	int node;			/* guest NUMA node, or NO_NODE */
	const xmlNode *nodemask;	/* host nodes that a memory device names */
	uint64_t page;			/* a memory device's own page size; 0 none */
	const char *path;		/* a memory device's file; NULL none */
	uint64_t align;			/* of that file; 0 as it is */
	bool pmem;			/* that file is persistent memory */
	int share, discard;		/* -1: as memoryBacking says */
};

static const char *qemu_policy(const char *mode)
{
	if (!strcmp(mode, "preferred"))
		return "preferred";
	return !strcmp(mode, "interleave") ? "interleave" : "bind";
}

/* Host nodes and policy for a guest node, from <numatune>. */
static bool add_binding(struct builder *b, struct json_object *o, const struct backend *be)
{
	const xmlNode *tune = node_child(b->root, "numatune");
	const xmlNode *memory = node_child(tune, "memory");
	const char *nodes = node_get(memory, "@nodeset"), *mode = text_at(memory, "@mode");

	if (be->nodemask) {
		nodes = text_at(be->nodemask, "");
	} else if (be->node != NO_NODE) {
		NODE_EACH(m, tune, "memnode")
			if (node_u64(m, "@cellid", UINT64_MAX) == (uint64_t)be->node) {
				nodes = node_get(m, "@nodeset");
				mode = text_at(m, "@mode");
			}
	}
	if (!nodes || !strcmp(mode, "restrictive"))
		return true;
	if (!bitlist_valid(nodes))
		return fail(b, tune ? tune : be->nodemask, "'%s' is not a list of NUMA nodes", nodes);
	json_set(o, "host-nodes", bitlist_json(nodes));
	json_set_str(o, "policy", qemu_policy(mode));
	return true;
}

static bool shared_memory(const struct builder *b, const struct backend *be)
{
	const char *access = node_get(b->root, "memoryBacking/access/@mode");

	if (be->share >= 0)
		return be->share;
	if (be->node != NO_NODE)
		NODE_EACH(cell, node_find(b->root, "cpu/numa"), "cell")
			if (node_u64(cell, "@id", UINT64_MAX) == (uint64_t)be->node && node_has(cell, "@memAccess"))
				access = node_get(cell, "@memAccess");
	return access && !strcmp(access, "shared");
}

static const char *backend_type(const struct builder *b, const struct backend *be, bool huge)
{
	const char *source = text_at(b->root, "memoryBacking/source/@type");

	if (be->path || (!strcmp(source, "file") && !huge))
		return "memory-backend-file";
	if (huge || !strcmp(source, "memfd") || shared_memory(b, be))
		return "memory-backend-memfd";
	return "memory-backend-ram";
}

static bool add_backend(struct builder *b, const xmlNode *node, const struct backend *be)
{
	uint64_t page = be->page;
	struct json_object *o;
	const char *type;
	bool huge;

	if (!page && !be->path && !page_size(b, be->node, &page))
		return false;
	huge = page > 4096;
	if (huge && be->size % page)
		return fail(b, node, "<%s>: %llu bytes of memory are not whole pages of %llu", node_name(node),
			    (unsigned long long)be->size, (unsigned long long)page);
	type = backend_type(b, be, huge);
	o = json_object_new_object();
	json_set_str(o, "qom-type", type);
	json_set_str(o, "id", be->id);
	if (!strcmp(type, "memory-backend-memfd") && huge) {
		json_set_bool(o, "hugetlb", true);
		json_set_int(o, "hugetlbsize", (int64_t)page);
	}
	if (!strcmp(type, "memory-backend-file")) {
		AUTO_FREE char *own = mem_printf("%s.mem", be->id);

		json_set_str(o, "mem-path", be->path ? be->path : own);
		if (be->align)
			json_set_int(o, "align", (int64_t)be->align);
		if (be->pmem)
			json_set_bool(o, "pmem", true);
	}
	/* memory that is no file is gone with the guest anyway */
	if (!strcmp(type, "memory-backend-file") && be->discard != 0 &&
	    (be->discard > 0 || node_has(b->root, "memoryBacking/discard")))
		json_set_bool(o, "discard-data", true);
	if (strcmp(type, "memory-backend-ram"))
		json_set_bool(o, "share", shared_memory(b, be));
	if (node_is(b->root, "memoryBacking/allocation/@mode", "immediate") || huge)
		json_set_bool(o, "prealloc", true);
	if (node_has(b->root, "memoryBacking/allocation/@threads"))
		copy_int(o, "prealloc-threads", b->root, "memoryBacking/allocation/@threads");
	json_set_int(o, "size", (int64_t)be->size);
	if (!add_binding(b, o, be)) {
		json_object_put(o);
		return false;
	}
	return object_add(b, node, o);
}

/* --- -m ------------------------------------------------------------------------------- */

static bool device_sizes(struct builder *b, uint64_t *sum)
{
	const struct device *dev;

	*sum = 0;
	for (size_t i = 0; (dev = next_device(b, DEVICE_MEMORY, &i));) {
		const xmlNode *size = node_find(dev->node, "target/size");
		uint64_t bytes = 0;

		if (size && !domain_read_size(b->def, size, NULL, &bytes, b->err))
			return false;
		*sum += bytes;
	}
	return true;
}

static bool cell_sizes(struct builder *b, const xmlNode *numa, uint64_t *sum)
{
	*sum = 0;
	NODE_EACH(cell, numa, "cell") {
		uint64_t bytes = 0;

		if (node_has(cell, "@memory") && !domain_read_size(b->def, cell, "@memory", &bytes, b->err))
			return false;
		*sum += round_up(bytes, MIB);
	}
	return true;
}

static bool add_size(struct builder *b, uint64_t initial)
{
	if (b->def->max_memory)
		add_optionf(b, "-m", "size=%lluk,slots=%u,maxmem=%lluk", (unsigned long long)(initial / 1024),
			    b->def->max_memory_slots,
			    (unsigned long long)(round_up(b->def->max_memory, MIB) / 1024));
	else
		add_optionf(b, "-m", "size=%lluk", (unsigned long long)(initial / 1024));
	return true;
}

/* --- NUMA ------------------------------------------------------------------------------- */

static bool add_cell(struct builder *b, const xmlNode *cell, const char *cpus)
{
	unsigned id = (unsigned)node_u64(cell, "@id", 0);
	AUTO_FREE char *backend = mem_printf("ram-node%u", id);
	AUTO_BUF struct buf n = BUF_INIT;
	struct backend be = { .id = backend, .node = (int)id, .share = -1, .discard = -1 };

	b->origin = cell;
	buf_printf(&n, "node,nodeid=%u", id);
	if (cpus && *cpus && !bitlist_each(cpus, &n, ",cpus="))
		return fail(b, cell, "<cell cpus='%s'>: not a list of CPUs", cpus);
	if (node_has(cell, "@memory")) {
		if (!domain_read_size(b->def, cell, "@memory", &be.size, b->err))
			return false;
		be.size = round_up(be.size, MIB);
		be.discard = node_bool(cell, "@discard", -1);
		if (be.size && !add_backend(b, cell, &be))
			return false;
		if (be.size)
			buf_printf(&n, ",memdev=%s", backend);
	}
	add_option(b, "-numa", buf_text(&n));
	return true;
}

static bool add_distances(struct builder *b, const xmlNode *numa)
{
	NODE_EACH(cell, numa, "cell")
		NODE_EACH(s, node_child(cell, "distances"), "sibling")
			add_optionf(b, "-numa", "dist,src=%u,dst=%u,val=%u", (unsigned)node_u64(cell, "@id", 0),
				    (unsigned)node_u64(s, "@id", 0), (unsigned)node_u64(s, "@value", 10));
	return true;
}

static bool hmat_value(struct builder *b, const xmlNode *node, struct buf *n)
{
	uint64_t value = node_u64(node, "@value", 0);

	if (!strcmp(node_name(node), "bandwidth")) {
		if (!domain_read_size(b->def, node, "@value", &value, b->err))
			return false;
		buf_printf(n, ",bandwidth=%lluK", (unsigned long long)(value / 1024));
	} else {
		buf_printf(n, ",latency=%llu", (unsigned long long)value);
	}
	return true;
}

static bool add_interconnects(struct builder *b, const xmlNode *numa)
{
	const xmlNode *list = node_child(numa, "interconnects");

	for (const xmlNode *i = node_first_element(list); i; i = node_next_element(i)) {
		const char *type = text_at(i, "@type");
		uint64_t cache = node_u64(i, "@cache", 0);
		AUTO_BUF struct buf n = BUF_INIT;

		if (strcmp(node_name(i), "latency") && strcmp(node_name(i), "bandwidth"))
			continue;
		b->origin = i;
		buf_printf(&n, "hmat-lb,initiator=%u,target=%u,hierarchy=", (unsigned)node_u64(i, "@initiator", 0),
			   (unsigned)node_u64(i, "@target", 0));
		if (cache)
			buf_printf(&n, "%s-level", cache == 1 ? "first" : cache == 2 ? "second" : "third");
		else
			buf_add_str(&n, "memory");
		buf_printf(&n, ",data-type=%s-%s", !strcmp(type, "read") || !strcmp(type, "write") ? type : "access",
			   node_name(i));
		if (!hmat_value(b, i, &n))
			return false;
		add_option(b, "-numa", buf_text(&n));
	}
	return true;
}

static bool add_caches(struct builder *b, const xmlNode *numa)
{
	NODE_EACH(cell, numa, "cell") {
		NODE_EACH(c, cell, "cache") {
			uint64_t size = 0, line = 0;
			const char *assoc = text_at(c, "@associativity"), *policy = text_at(c, "@policy");

			if (!domain_read_size(b->def, node_child(c, "size"), "@value", &size, b->err))
				return false;
			if (node_has(c, "line") &&
			    !units_bytes(text_at(c, "line/@value"), node_get(c, "line/@unit"), 1, &line))
				return fail(b, node_child(c, "line"), "<line value='%s'>: not a size", text_at(c, "line/@value"));
			b->origin = c;
			add_optionf(b, "-numa", "hmat-cache,node-id=%u,size=%lluK,level=%u,associativity=%s,policy=%s,line=%u",
				    (unsigned)node_u64(cell, "@id", 0), (unsigned long long)(size / 1024),
				    (unsigned)node_u64(c, "@level", 1),
				    !strcmp(assoc, "direct") ? "direct" : !strcmp(assoc, "full") ? "complex" : "none",
				    !strcmp(policy, "writeback") ? "write-back" :
				    !strcmp(policy, "writethrough") ? "write-through" : "none",
				    (unsigned)line);
		}
	}
	return true;
}

/* CPUs that no cell names belong to the first. */
static char *first_cell_cpus(const struct builder *b, const xmlNode *numa)
{
	struct buf all = BUF_INIT;

	buf_add_str(&all, text_at(node_child(numa, "cell"), "@cpus"));
	for (unsigned cpu = 0; cpu < b->def->vcpus; cpu++) {
		bool named = false;

		NODE_EACH(cell, numa, "cell")
			named = named || bitlist_has(text_at(cell, "@cpus"), cpu);
		if (!named)
			buf_printf(&all, "%s%u", all.len ? "," : "", cpu);
	}
	return buf_steal(&all);
}

static bool check_cell_cpus(struct builder *b, const xmlNode *numa)
{
	NODE_EACH(cell, numa, "cell") {
		const char *cpus = node_get(cell, "@cpus");

		if (!cpus)
			continue;
		if (!bitlist_valid(cpus))
			return fail(b, cell, "<cell cpus='%s'>: not a list of CPUs", cpus);
		if (bitlist_max(cpus) >= b->def->vcpus)
			return fail(b, cell, "<cell cpus='%s'>: this guest has CPUs 0 to %u", cpus, b->def->vcpus - 1);
		NODE_EACH(other, numa, "cell") {
			if (other == cell)
				break;
			for (unsigned cpu = 0; cpu < b->def->vcpus; cpu++)
				if (bitlist_has(cpus, cpu) && bitlist_has(text_at(other, "@cpus"), cpu))
					return fail(b, cell, "<cell cpus='%s'>: CPU %u is in the cell at line %d too",
						    cpus, cpu, node_line(other));
		}
	}
	return true;
}

static bool add_numa(struct builder *b, const xmlNode *numa)
{
	AUTO_FREE char *rest = first_cell_cpus(b, numa);
	unsigned cells = 0;

	if (!check_cell_cpus(b, numa))
		return false;
	NODE_EACH(cell, numa, "cell")
		cells++;
	/* QEMU wants them in the order of their numbers */
	for (unsigned id = 0; id < cells; id++) {
		const xmlNode *found = NULL;

		NODE_EACH(cell, numa, "cell")
			if (node_u64(cell, "@id", id) == id && !found)
				found = cell;
		if (!found)
			return fail(b, numa, "<numa>: there is no cell with id %u; ids count from 0", id);
		if (!add_cell(b, found, found == node_child(numa, "cell") ? rest : node_get(found, "@cpus")))
			return false;
	}
	return add_distances(b, numa) && add_interconnects(b, numa) && add_caches(b, numa);
}

static bool add_ram(struct builder *b, uint64_t size)
{
	struct backend be = { .id = b->machine->ram_id, .size = size, .node = NO_NODE, .share = -1, .discard = -1 };

	b->origin = node_child(b->root, "memory");
	return !be.id || add_backend(b, b->origin ? b->origin : b->root, &be);
}

bool argv_memory(struct builder *b)
{
	const xmlNode *numa = node_find(b->root, "cpu/numa");
	uint64_t hot = 0, initial;
	bool good;

	if (!node_child(numa, "cell"))
		numa = NULL;
	if (!check_pages(b, numa) || !device_sizes(b, &hot))
		return false;
	initial = b->def->memory > hot ? b->def->memory - hot : b->def->memory;
	if (numa && !cell_sizes(b, numa, &initial))
		return false;
	initial = round_up(initial, MIB);
	b->origin = node_child(b->root, "memory");
	good = add_size(b, initial) && (numa ? add_numa(b, numa) : add_ram(b, initial));
	b->origin = node_child(b->root, "memoryBacking");
	add_optionf(b, "-overcommit", "mem-lock=%s", node_has(b->root, "memoryBacking/locked") ? "on" : "off");
	b->origin = NULL;
	return good;
}

/* --- memory devices ------------------------------------------------------------------------ */

static bool add_memory_device(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");
	AUTO_FREE char *id = mem_printf("mem%s", dev->alias);
	struct backend be = { .id = id, .node = NO_NODE, .share = -1, .discard = -1,
		.path = node_get(dev->node, "source/path"), .nodemask = node_find(dev->node, "source/nodemask") };
	const xmlNode *size = node_find(dev->node, "target/size");
	const xmlNode *page = node_find(dev->node, "source/pagesize");
	struct json_object *o;
	uint64_t label = 0, block = 0, requested = 0;
	const char *driver;

	if (!size || !domain_read_size(b->def, size, NULL, &be.size, b->err))
		return size ? false : fail(b, dev->node, "<memory> needs <target><size>");
	if (page && !domain_read_size(b->def, page, NULL, &be.page, b->err))
		return false;
	if (!strcmp(model, "nvdimm") || !strcmp(model, "virtio-pmem")) {
		if (!be.path)
			return fail(b, dev->node, "<memory model='%s'> needs <source><path>", model);
		be.share = !node_is(dev->node, "@access", "private");
	} else if (node_has(dev->node, "@access")) {
		be.share = node_is(dev->node, "@access", "shared");
	}
	if (node_has(dev->node, "source/alignsize") &&
	    !domain_read_size(b->def, node_find(dev->node, "source/alignsize"), NULL, &be.align, b->err))
		return false;
	be.pmem = node_has(dev->node, "source/pmem");
	if (node_has(dev->node, "target/node"))
		be.node = (int)node_u64(dev->node, "target/node", 0);
	be.discard = node_bool(dev->node, "@discard", -1);
	be.size = round_up(be.size, MIB);
	if (!be.page && !be.path && !page_size(b, be.node, &be.page))
		return false;
	if (be.page > MIB)
		be.size = round_up(be.size, be.page);
	if (!add_backend(b, dev->node, &be))
		return false;
	driver = !strcmp(model, "dimm") ? "pc-dimm" : !strcmp(model, "nvdimm") ? "nvdimm" :
		 !strcmp(model, "virtio-mem") ? "virtio-mem-pci" : !strcmp(model, "virtio-pmem") ? "virtio-pmem-pci" : NULL;
	if (!driver)
		return fail(b, dev->node, "<memory model='%s'>: this version builds dimm, nvdimm, virtio-mem and virtio-pmem", model);
	o = device_new(dev, driver);
	if (node_has(dev->node, "target/node"))
		copy_int(o, "node", dev->node, "target/node");
	if (node_child(node_child(dev->node, "target"), "label") &&
	    domain_read_size(b->def, node_find(dev->node, "target/label/size"), NULL, &label, b->err))
		json_set_int(o, "label-size", (int64_t)label);
	if (node_has(dev->node, "target/readonly"))
		json_set_bool(o, "unarmed", true);
	if (node_has(dev->node, "target/block") &&
	    domain_read_size(b->def, node_find(dev->node, "target/block"), NULL, &block, b->err))
		json_set_int(o, "block-size", (int64_t)block);
	if (node_has(dev->node, "target/requested") &&
	    domain_read_size(b->def, node_find(dev->node, "target/requested"), NULL, &requested, b->err))
		json_set_int(o, "requested-size", (int64_t)requested);
	copy_bool(o, "dynamic-memslots", dev->node, "target/@dynamicMemslots");
	json_set_str(o, "memdev", id);
	if (!strcmp(model, "nvdimm") && node_has(dev->node, "uuid"))
		copy_str(o, "uuid", dev->node, "uuid");
	if (dev->address.type == ADDRESS_DIMM) {
		json_set_int(o, "slot", dev->address.dimm.slot);
		if (dev->address.dimm.base)
			json_set_int(o, "addr", (int64_t)dev->address.dimm.base);
	}
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

bool argv_memory_devices(struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_MEMORY, &i));) {
		b->origin = dev->node;
		if (!add_memory_device(b, dev))
			return false;
	}
	b->origin = NULL;
	return true;
}
