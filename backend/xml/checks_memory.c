/*
 * checks_memory: NUMA nodes, huge pages, where memory comes from.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/checks_private.h"
#include "backend/xml/node.h"

static unsigned count_cells(const struct domain_def *def)
{
	unsigned n = 0;

	NODE_EACH(cell, node_find(check_root(def), "cpu/numa"), "cell")
		n++;
	return n;
}

/* Cells without an id are numbered as they come. */
static bool check_cells(const struct domain_def *def, struct error **err)
{
	AUTO_KEYS struct keys seen = { NULL };
	struct cpuset taken = { { 0 } }, one;
	unsigned n = count_cells(def), next = 0;
	long highest;

	NODE_EACH(cell, node_find(check_root(def), "cpu/numa"), "cell") {
		uint64_t id = node_u64(cell, "@id", next);
		int twice;

		next++;
		if (id >= n)
			return deny(def, cell, err, "number the cells from 0, without gaps",
				    "numa cell %llu, but there are %u", (unsigned long long)id, n);
		if (keys_add(&seen, cell, "%llu", (unsigned long long)id))
			return deny(def, cell, err, NULL, "numa cell %llu is there already",
				    (unsigned long long)id);
		if (!node_has(cell, "@memory"))
			return deny(def, cell, err, NULL, "numa cell %llu has no memory",
				    (unsigned long long)id);
		cpuset_parse(node_get(cell, "@cpus"), &one, &highest);
		twice = cpuset_common(&taken, &one);
		if (twice >= 0)
			return deny(def, cell, err, "put each vcpu into one cell",
				    "vcpu %d is in two numa cells", twice);
		if (highest >= (long)def->vcpus)
			return deny(def, cell, err, "raise <vcpu>, or shorten the list",
				    "numa cell %llu has vcpu %ld, but there are %u",
				    (unsigned long long)id, highest, def->vcpus);
		cpuset_add(&taken, &one);
	}
	return true;
}

static bool check_numatune(const struct domain_def *def, struct error **err)
{
	const xmlNode *tune = node_child(check_root(def), "numatune");
	AUTO_KEYS struct keys seen = { NULL };
	unsigned cells = count_cells(def);

	NODE_EACH(node, tune, "memnode") {
		uint64_t id = node_u64(node, "@cellid", UINT64_MAX);

		if (node_is(tune, "memory/@placement", "auto"))
			return deny(def, node, err, "remove one of them",
				    "<memnode> together with automatic placement");
		if (id >= cells)
			return deny(def, node, err, "add the cell to <cpu><numa>",
				    "<memnode>: there is no numa cell %s", node_get(node, "@cellid"));
		if (keys_add(&seen, node, "%llu", (unsigned long long)id))
			return deny(def, node, err, NULL, "<memnode>: numa cell %s is there already",
				    node_get(node, "@cellid"));
	}
	return true;
}

static bool check_numa_references(const struct domain_def *def, struct error **err)
{
	unsigned cells = count_cells(def);

	DEVICES_EACH(dev, def) {
		const char *path = dev->kind == DEVICE_MEMORY ? "target/node"
			: dev->kind == DEVICE_CONTROLLER ? "target/node" : NULL;

		if (path && node_has(dev->node, path) && node_u64(dev->node, path, 0) >= cells &&
		    (cells || dev->kind == DEVICE_CONTROLLER))
			return deny(def, node_find(dev->node, path), err,
				    "add the cell to <cpu><numa>", "there is no numa cell %s",
				    node_get(dev->node, path));
	}
	return true;
}

bool check_numa(const struct domain_def *def, struct error **err)
{
	return check_cells(def, err) && check_numatune(def, err) && check_numa_references(def, err);
}

static bool check_page(const struct domain_def *def, const xmlNode *page, unsigned cells,
		       struct error **err)
{
	struct cpuset nodes;
	uint64_t size;
	long highest;

	if (!domain_read_size(def, page, "@size", &size, err))
		return false;
	if (size < 4096 || (size & (size - 1)))
		return deny(def, page, err, "x86 has pages of 2 MiB and 1 GiB",
			    "no processor has pages of %llu KiB", (unsigned long long)size / 1024);
	cpuset_parse(node_get(page, "@nodeset"), &nodes, &highest);
	if (highest >= (long)cells)
		return deny(def, page, err, "add the cell to <cpu><numa>",
			    "<page> nodeset: there is no numa cell %ld", highest);
	return true;
}

static bool check_huge_pages(const struct domain_def *def, struct error **err)
{
	const xmlNode *pages = node_find(check_root(def), "memoryBacking/hugepages");
	const xmlNode *everywhere = NULL;
	unsigned cells = count_cells(def);

	NODE_EACH(page, pages, "page") {
		if (!check_page(def, page, cells, err))
			return false;
		if (!node_has(page, "@nodeset") && everywhere)
			return deny(def, page, err, "name the cells of one of them in nodeset",
				    "two page sizes for the same memory");
		if (!node_has(page, "@nodeset"))
			everywhere = page;
	}
	return true;
}

bool check_memory(const struct domain_def *def, struct error **err)
{
	/* Aligned to a MiB it must still be a number that QEMU can hold. */
	if (def->memory > (uint64_t)INT64_MAX - (1 << 20))
		return deny(def, node_child(check_root(def), "memory"), err, NULL,
			    "the memory is beyond any size");
	if (def->max_memory && !count_cells(def))
		return deny(def, node_child(check_root(def), "maxMemory"), err,
			    "add a cell to <cpu><numa> that has all vcpus and the memory",
			    "<maxMemory> needs a numa cell that modules are added to");
	return check_huge_pages(def, err);
}
