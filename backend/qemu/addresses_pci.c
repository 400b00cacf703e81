/*
 * addresses_pci: a stable PCI address for every device that needs one, chosen
 * as libvirt chooses, and the bridges and ports that takes.
 *
 * Slots are handed out in rounds.  The first is a rehearsal: it finds out how
 * many buses are needed and writes nothing.  Missing buses are then added to
 * the definition as controllers, and the second round, in which those take
 * their own slots first, is the real one.  Addresses that are in the XML stay,
 * so a device added later gets what is left and moves nobody.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/pci_kind.h"
#include "backend/qemu/resolver.h"

#define MAX_BUSES 256

struct slot {
	const xmlNode *owner[8];	/* by function; NULL: free */
	bool taken[8];
	bool shared;			/* more functions may join */
};

struct bus {
	const struct pci_model *model;	/* NULL: not there yet */
	struct slot slot[32];
};

struct space {
	struct resolver *r;
	struct bus *bus;
	unsigned n;
	bool rehearsal;			/* grows, writes no addresses */
	bool *placed;			/* by device: served in this round */
	unsigned *need;			/* by device: pci_fit_of() */
	unsigned bridges;		/* that were added and have yet to be plugged in */
};

static struct address pci_address(unsigned bus, unsigned slot, unsigned function)
{
	return (struct address){ .type = ADDRESS_PCI,
		.pci = { .bus = bus, .slot = slot, .function = function, .multifunction = -1 } };
}

/* --- the space -------------------------------------------------------------- */

static bool is_pci_controller(const struct device *dev)
{
	return controller_is(dev, "pci", NULL) && pci_model(controller_model(dev));
}

static void space_init(struct space *s, struct resolver *r, bool rehearsal)
{
	*s = (struct space){ .r = r, .rehearsal = rehearsal };
	s->n = controller_count(r->def, "pci");
	if (s->n > MAX_BUSES)
		s->n = MAX_BUSES;
	s->bus = mem_zalloc((s->n + 1) * sizeof(*s->bus));
	s->placed = mem_zalloc(r->def->n_devices + 1);
	s->need = mem_zalloc((r->def->n_devices + 1) * sizeof(*s->need));
	for (size_t i = 0; i < r->def->n_devices; i++) {
		const struct device *dev = &r->def->devices[i];

		s->need[i] = pci_fit_of(r, dev);
		if (is_pci_controller(dev) && controller_index(dev) < s->n)
			s->bus[controller_index(dev)].model = pci_model(controller_model(dev));
	}
}

static void space_done(struct space *s)
{
	free(s->bus);
	free(s->placed);
	free(s->need);
}

static void add_bus(struct space *s, const char *model)
{
	s->bus = mem_reallocarray(s->bus, s->n + 1, sizeof(*s->bus));
	memset(&s->bus[s->n], 0, sizeof(*s->bus));
	s->bus[s->n++].model = pci_model(model);
}

static const char *plain_bridge(const struct space *s)
{
	return s->r->q35 ? "pcie-root-port" : "pci-bridge";
}

/* Indices below the highest that nobody declared: bridges of the usual kind. */
static void fill_gaps(struct space *s)
{
	for (unsigned i = 1; i < s->n; i++)
		if (!s->bus[i].model)
			s->bus[i].model = pci_model(plain_bridge(s));
}

static bool any_bus_offers(const struct space *s, unsigned need)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->bus[i].model && (s->bus[i].model->offers & need))
			return true;
	return false;
}

/* The kind of bus that would make room for what is needed. */
static const char *growth(const struct space *s, unsigned need)
{
	if (!s->r->q35)
		return need & (PCI_DEVICE | PCI_BRIDGE) ? "pci-bridge" : NULL;
	if (need & (PCIE_DEVICE | PCIE_UPSTREAM | PCIE_TO_PCI))
		return "pcie-root-port";
	if (!(need & (PCI_DEVICE | PCI_BRIDGE)))
		return NULL;
	if (any_bus_offers(s, PCI_BRIDGE))
		return "pci-bridge";
	return capabilities_has_device(s->r->caps, "pcie-pci-bridge") ? "pcie-to-pci-bridge" : "dmi-to-pci-bridge";
}

static bool grow(struct space *s, unsigned need)
{
	const char *model = growth(s, need);

	if (!s->rehearsal || !model || s->n >= MAX_BUSES)
		return false;
	add_bus(s, model);
	/* the bridge to conventional PCI sits in a port, which is then taken */
	if (!strcmp(model, "pcie-to-pci-bridge"))
		s->bridges++;
	return true;
}

/* --- reserving ---------------------------------------------------------------- */

static bool in_use(const struct space *s, const struct address *a)
{
	return s->bus[a->pci.bus].slot[a->pci.slot].taken[a->pci.function];
}

static bool slot_empty(const struct slot *slot)
{
	for (int f = 0; f < 8; f++)
		if (slot->taken[f])
			return false;
	return true;
}

static void mark(struct space *s, const struct address *a, unsigned need, const xmlNode *owner)
{
	struct slot *slot = &s->bus[a->pci.bus].slot[a->pci.slot];

	if (slot_empty(slot) && (need & PCI_SHARE))
		slot->shared = true;
	slot->taken[a->pci.function] = true;
	slot->owner[a->pci.function] = owner;
}

/* A slot that the chipset keeps for itself. */
static void keep(struct space *s, unsigned slot, unsigned function)
{
	struct address a = pci_address(0, slot, function);

	if (!in_use(s, &a))
		mark(s, &a, 0, NULL);
}

static bool fits_given(const struct space *s, unsigned need, const struct bus *bus)
{
	unsigned offers = bus->model->offers;

	(void)s;
	/* whoever writes the address of an endpoint knows what they do */
	if (need & PCI_ENDPOINT)
		return offers & PCI_ENDPOINT;
	return offers & need & ~(unsigned)(PCI_HOTPLUG | PCI_SHARE);
}

static const char *what(const struct device *dev)
{
	return dev->kind == DEVICE_CONTROLLER && controller_is(dev, "pci", NULL) ? controller_model(dev)
		: device_kind_name(dev->kind);
}

static bool check_bus(struct space *s, const struct device *dev, unsigned need)
{
	const struct address *a = &dev->address;
	const struct bus *bus = &s->bus[a->pci.bus];

	if (a->pci.domain > 0)
		return refuse(s->r, dev->node, "<%s>: PCI domain 0x%x: x86 machines have domain 0 only",
			      device_kind_name(dev->kind), a->pci.domain);
	if (!bus->model)
		return refuse(s->r, dev->node, "<%s>: there is no PCI bus 0x%02x",
			      device_kind_name(dev->kind), a->pci.bus);
	if (!fits_given(s, need, bus))
		return refuse(s->r, dev->node, "<%s>: a %s cannot be plugged into the %s of bus 0x%02x",
			      device_kind_name(dev->kind), what(dev), bus->model->model, a->pci.bus);
	if (a->pci.slot < bus->model->first || a->pci.slot > bus->model->last)
		return refuse(s->r, dev->node, "<%s>: slot 0x%02x: the %s of bus 0x%02x has slots 0x%02x to 0x%02x",
			      device_kind_name(dev->kind), a->pci.slot, bus->model->model, a->pci.bus,
			      bus->model->first, bus->model->last);
	return true;
}

static bool reserve_given(struct space *s, struct device *dev, unsigned need)
{
	const struct address *a = &dev->address;

	/* a bus beyond the last declared one brings itself and those before it */
	while (a->pci.bus >= s->n && s->rehearsal && s->n < MAX_BUSES)
		add_bus(s, plain_bridge(s));
	if (a->pci.bus >= s->n)
		return refuse(s->r, dev->node, "<%s>: there is no PCI bus 0x%02x",
			      device_kind_name(dev->kind), a->pci.bus);
	if (!check_bus(s, dev, need))
		return false;
	if (is_pci_controller(dev) && controller_index(dev) == a->pci.bus)
		return refuse(s->r, dev->node, "<controller index='%u'>: a bridge cannot stand on its own bus",
			      controller_index(dev));
	if (in_use(s, a)) {
		const xmlNode *other = s->bus[a->pci.bus].slot[a->pci.slot].owner[a->pci.function];

		if (!other)
			return refuse(s->r, dev->node, "<%s>: PCI address %02x:%02x.%u is the chipset's",
				      device_kind_name(dev->kind), a->pci.bus, a->pci.slot, a->pci.function);
		return refuse(s->r, dev->node, "<%s>: PCI address %02x:%02x.%u is taken by the <%s> at line %d",
			      device_kind_name(dev->kind), a->pci.bus, a->pci.slot, a->pci.function,
			      node_name(other), node_line(other));
	}
	mark(s, a, need, dev->node);
	return true;
}

static bool free_function(const struct slot *slot, unsigned need, unsigned *function)
{
	if (slot_empty(slot)) {
		*function = 0;
		return true;
	}
	if (!(need & PCI_SHARE) || !slot->shared)
		return false;
	for (unsigned f = 0; f < 8; f++)
		if (!slot->taken[f]) {
			*function = f;
			return true;
		}
	return false;
}

static bool bus_takes(const struct bus *bus, unsigned need)
{
	unsigned kinds = need & ~(unsigned)(PCI_HOTPLUG | PCI_SHARE);

	return bus->model && (bus->model->offers & kinds) &&
		(!(need & PCI_HOTPLUG) || (bus->model->offers & PCI_HOTPLUG));
}

/* Whether a bridge may stand on this bus without standing on itself: ports and
 * bridges that could be on the root bus always have a place; others once they
 * are plugged in. */
static bool reachable(const struct space *s, unsigned bus)
{
	unsigned needs = s->bus[bus].model->needs & ~(unsigned)PCI_SHARE;
	const struct device *dev = controller_find(s->r->def, "pci", bus);

	if (bus == 0 || (s->bus[0].model->offers & needs) || !dev)
		return true;
	return dev->address.type == ADDRESS_PCI || s->placed[dev - s->r->def->devices];
}

/* The first free slot on the first bus that fits, growing where there is none. */
static bool next_free(struct space *s, unsigned need, struct address *a)
{
	for (unsigned b = 0;; b++) {
		if (b == s->n && !grow(s, need))
			return false;
		if (b >= s->n)
			return false;
		if (!bus_takes(&s->bus[b], need) || (!(need & PCI_ENDPOINT) && !reachable(s, b))) {
			if (b + 1 < s->n || grow(s, need))
				continue;
			return false;
		}
		for (unsigned slot = s->bus[b].model->first; slot <= s->bus[b].model->last; slot++) {
			unsigned f;

			if (free_function(&s->bus[b].slot[slot], need, &f)) {
				*a = pci_address(b, slot, f);
				return true;
			}
		}
	}
}

static void give(struct space *s, struct device *dev, unsigned need, struct address a)
{
	mark(s, &a, need, dev->node);
	s->placed[dev - s->r->def->devices] = true;
	if (s->rehearsal)
		return;
	dev->address = a;
	device_write_address(dev);
}

static bool reserve_next(struct space *s, struct device *dev, unsigned need)
{
	struct address a;

	if (!next_free(s, need, &a))
		return refuse(s->r, dev->node, "<%s>: no free PCI slot for a %s", device_kind_name(dev->kind), what(dev));
	give(s, dev, need, a);
	return true;
}

/* A particular place, if it is free. */
static bool take_at(struct space *s, struct device *dev, unsigned need, unsigned slot, unsigned function)
{
	struct address a = pci_address(0, slot, function);

	if (in_use(s, &a))
		return false;
	give(s, dev, need, a);
	return true;
}

/* --- the chipsets' own places ---------------------------------------------------- */

static bool wants(const struct space *s, const struct device *dev)
{
	return dev->address.type == ADDRESS_NONE && s->need[dev - s->r->def->devices];
}

static bool claimed(const struct space *s, const struct device *dev)
{
	return s->placed[dev - s->r->def->devices];
}

static struct device *first_video(struct space *s)
{
	struct device *dev = domain_def_device(s->r->def, DEVICE_VIDEO, 0);

	return dev && wants(s, dev) ? dev : NULL;
}

/* What the machine has on board whether the XML says so or not: the bridges to
 * ISA, the disk controller, the power management. */
static void keep_chipset(struct space *s)
{
	static const unsigned piix3[] = { 0, 1, 3 }, ich9[] = { 0, 2, 3 };

	for (size_t i = 0; i < 3; i++)
		keep(s, s->r->q35 ? 0x1f : 1, s->r->q35 ? ich9[i] : piix3[i]);
}

/* On q35, EHCI controllers go to 1d and 1a with their companions beside them. */
static void chipset_ehci(struct space *s)
{
	static const unsigned places[] = { 0x1d, 0x1a };
	size_t used = 0;

	for (size_t i = 0; i < s->r->def->n_devices; i++) {
		struct device *dev = &s->r->def->devices[i];

		if (!controller_is(dev, "usb", "ich9-ehci1") || !wants(s, dev) || claimed(s, dev))
			continue;
		while (used < ARRAY_SIZE(places) && !slot_empty(&s->bus[0].slot[places[used]]))
			used++;
		if (used < ARRAY_SIZE(places))
			take_at(s, dev, PCI_DEVICE, places[used++], 7);
	}
}

static void chipset_q35(struct space *s)
{
	struct domain_def *def = s->r->def;
	struct device *dev = controller_find(def, "sata", 0);

	if (dev && dev->address.type == ADDRESS_NONE)
		give(s, dev, PCI_DEVICE, pci_address(0, 0x1f, 2));
	chipset_ehci(s);
	for (size_t i = 0; i < def->n_devices; i++)
		if (controller_is(&def->devices[i], "pci", "dmi-to-pci-bridge") && wants(s, &def->devices[i])) {
			take_at(s, &def->devices[i], DMI_TO_PCI, 0x1e, 0);
			break;
		}
	dev = first_video(s);
	if (dev)
		take_at(s, dev, PCI_DEVICE, 1, 0);
	for (size_t i = 0; (dev = domain_def_device(def, DEVICE_SOUND, i)); i++)
		if (node_is(dev->node, "@model", "ich9") && wants(s, dev)) {
			take_at(s, dev, PCI_DEVICE, 0x1b, 0);
			break;
		}
}

static void chipset_i440fx(struct space *s)
{
	struct device *dev = controller_find(s->r->def, "ide", 0);

	if (dev && dev->address.type == ADDRESS_NONE)
		give(s, dev, PCI_DEVICE, pci_address(0, 1, 1));
	dev = controller_find(s->r->def, "usb", 0);
	if (dev && controller_is(dev, "usb", "piix3-uhci") && wants(s, dev))
		take_at(s, dev, PCI_DEVICE, 1, 2);
	for (unsigned f = 0; f < 8; f++)
		keep(s, 1, f);
	dev = first_video(s);
	if (dev)
		take_at(s, dev, PCI_DEVICE, 2, 0);
}

/* --- a round ------------------------------------------------------------------------ */

static bool given(const struct device *dev)
{
	return dev->address.type == ADDRESS_PCI;
}

/* The IDE controller of pc has its place in the chipset. */
static bool check_chipset_places(struct space *s, struct device *dev)
{
	const struct address *a = &dev->address;
	unsigned slot = s->r->q35 ? 0x1f : 1, function = s->r->q35 ? 2 : 1;

	if (a->pci.bus == 0 && a->pci.slot == slot && a->pci.function == function)
		return true;
	return refuse(s->r, dev->node, "<controller type='%s'>: this machine has it at PCI address 00:%02x.%u",
		      text_at(dev->node, "@type"), slot, function);
}

static bool fixed_place(const struct space *s, const struct device *dev)
{
	if (controller_index(dev) > 0)
		return false;
	return s->r->q35 ? controller_is(dev, "sata", NULL) : controller_is(dev, "ide", NULL);
}

static bool reserve_all_given(struct space *s)
{
	for (size_t i = 0; i < s->r->def->n_devices; i++) {
		struct device *dev = &s->r->def->devices[i];
		unsigned need = s->need[i];

		if (!given(dev))
			continue;
		if (fixed_place(s, dev)) {
			if (!check_chipset_places(s, dev))
				return false;
			mark(s, &dev->address, PCI_DEVICE, dev->node);
			continue;
		}
		if (need && !reserve_given(s, dev, need))
			return false;
	}
	return true;
}

static int companion_function(const struct device *dev)
{
	static const char *const names[] = { "ich9-uhci1", "ich9-uhci2", "ich9-uhci3" };

	for (int i = 0; i < 3; i++)
		if (controller_is(dev, "usb", names[i]))
			return i;
	return controller_is(dev, "usb", "ich9-ehci1") ? 7 : -1;
}

/* Where a controller of this index's group already is; false when nowhere. */
static bool group_slot(struct space *s, const struct device *dev, unsigned *bus, unsigned *slot)
{
	for (unsigned b = 0; b < s->n; b++)
		for (unsigned i = 0; i < 32; i++)
			for (int f = 0; f < 8; f++) {
				const xmlNode *o = s->bus[b].slot[i].owner[f];

				if (!o || strcmp(node_name(o), "controller") || !node_is(o, "@type", "usb") ||
				    strncmp(text_at(o, "@model"), "ich9-", 5) ||
				    node_u64(o, "@index", 0) != controller_index(dev))
					continue;
				*bus = b;
				*slot = i;
				return true;
			}
	return false;
}

/* EHCI and its companions are functions of one slot. */
static bool reserve_usb_group(struct space *s, struct device *dev, unsigned function)
{
	struct address a;
	unsigned bus, slot;

	if (group_slot(s, dev, &bus, &slot)) {
		a = pci_address(bus, slot, function);
		if (in_use(s, &a))
			return refuse(s->r, dev->node, "<controller type='usb' model='%s'>: two with index %u",
				      controller_model(dev), controller_index(dev));
	} else {
		if (!next_free(s, PCI_HOTPLUG | PCI_DEVICE, &a))
			return refuse(s->r, dev->node, "<controller type='usb'>: no free PCI slot");
		a.pci.function = function;
	}
	if (function == 0)
		a.pci.multifunction = 1;
	give(s, dev, PCI_DEVICE, a);
	return true;
}

typedef bool select_fn(const struct device *dev);

static bool serve(struct space *s, select_fn *select)
{
	for (size_t i = 0; i < s->r->def->n_devices; i++) {
		struct device *dev = &s->r->def->devices[i];
		int companion;

		if (!select(dev) || !wants(s, dev) || claimed(s, dev))
			continue;
		companion = companion_function(dev);
		if (companion >= 0 ? !reserve_usb_group(s, dev, (unsigned)companion)
				   : !reserve_next(s, dev, s->need[i]))
			return false;
	}
	return true;
}

static bool is_pci(const struct device *d) { return controller_is(d, "pci", NULL); }
static bool is_filesystem(const struct device *d) { return d->kind == DEVICE_FILESYSTEM; }
static bool is_interface(const struct device *d) { return d->kind == DEVICE_INTERFACE; }
static bool is_sound(const struct device *d) { return d->kind == DEVICE_SOUND; }
static bool is_other_controller(const struct device *d) { return d->kind == DEVICE_CONTROLLER && !is_pci(d); }
static bool is_disk(const struct device *d) { return d->kind == DEVICE_DISK; }
static bool is_hostdev(const struct device *d) { return d->kind == DEVICE_HOSTDEV; }
static bool is_memballoon(const struct device *d) { return d->kind == DEVICE_MEMBALLOON; }
static bool is_rng(const struct device *d) { return d->kind == DEVICE_RNG; }
static bool is_watchdog(const struct device *d) { return d->kind == DEVICE_WATCHDOG; }
static bool is_video(const struct device *d) { return d->kind == DEVICE_VIDEO; }
static bool is_any(const struct device *d) { (void)d; return true; }

/* libvirt's order; what it does not name comes in document order behind. */
static bool serve_all(struct space *s)
{
	static select_fn *const order[] = {
		is_pci, is_filesystem, is_interface, is_sound, is_other_controller, is_disk,
		is_hostdev, is_memballoon, is_rng, is_watchdog, is_video, is_any,
	};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (!serve(s, order[i]))
			return false;
	return true;
}

static bool has_free_slot(const struct space *s)
{
	for (unsigned b = 0; b < s->n; b++)
		for (unsigned i = s->bus[b].model ? s->bus[b].model->first : 32;
		     s->bus[b].model && i <= s->bus[b].model->last; i++)
			if (slot_empty(&s->bus[b].slot[i]))
				return true;
	return false;
}

/*
 * Room to plug something in later.  On pc: always one slot, so that a bridge
 * can follow.  On q35: one more port, but only for somebody who left the
 * choice of ports to us.
 */
static void leave_room(struct space *s, unsigned declared, bool had_room)
{
	struct address a;

	if (s->r->i440fx && had_room)
		next_free(s, PCI_HOTPLUG | PCI_DEVICE, &a);
	if (s->r->q35 && declared <= 1 && s->n > declared)
		next_free(s, PCI_HOTPLUG | PCIE_DEVICE, &a);
}

static bool play(struct space *s, bool *had_room)
{
	fill_gaps(s);
	keep_chipset(s);
	if (!reserve_all_given(s))
		return false;
	if (s->r->q35)
		chipset_q35(s);
	else
		chipset_i440fx(s);
	*had_room = has_free_slot(s);
	if (!serve_all(s))
		return false;
	for (; s->bridges > 0; s->bridges--) {
		struct address a;

		if (next_free(s, PCIE_TO_PCI, &a))
			mark(s, &a, PCIE_TO_PCI, NULL);
	}
	return true;
}

static bool rehearse(struct resolver *r)
{
	unsigned declared = controller_count(r->def, "pci");
	struct space s;
	bool room, good;

	space_init(&s, r, true);
	good = play(&s, &room);
	if (good)
		leave_room(&s, declared, room);
	for (unsigned i = 1; good && i < s.n; i++)
		if (!controller_find(r->def, "pci", i))
			controller_add(r->def, "pci", i, s.bus[i].model->model);
	space_done(&s);
	return good;
}

/* --- what is known once the addresses are ---------------------------------------- */

static void set_number(struct device *dev, const char *attribute, const char *format, unsigned n)
{
	AUTO_FREE char *path = mem_printf("target/@%s", attribute);
	char text[16];

	if (node_has(dev->node, path))
		return;
	if (format[1] == '#')
		snprintf(text, sizeof(text), "0x%x", n);
	else
		snprintf(text, sizeof(text), "%u", n);
	child_set_attr(dev->node, "target", attribute, text);
}

static const char *qemu_model(const struct resolver *r, const char *model)
{
	static const char *const table[][2] = {
		{ "pci-bridge", "pci-bridge" }, { "dmi-to-pci-bridge", "i82801b11-bridge" },
		{ "pcie-to-pci-bridge", "pcie-pci-bridge" }, { "pcie-switch-upstream-port", "x3130-upstream" },
		{ "pcie-switch-downstream-port", "xio3130-downstream" }, { "pci-expander-bus", "pxb" },
		{ "pcie-expander-bus", "pxb-pcie" },
	};

	if (!strcmp(model, "pcie-root-port"))
		return capabilities_has_device(r->caps, "pcie-root-port") ? "pcie-root-port" : "ioh3420";
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i][0], model))
			return table[i][1];
	return NULL;
}

/* Expander buses count their bus numbers down from the top. */
static unsigned expander_number(const struct resolver *r)
{
	unsigned lowest = 256;

	for (size_t i = 0; i < r->def->n_devices; i++) {
		const struct device *dev = &r->def->devices[i];
		unsigned n = is_pci(dev) ? (unsigned)node_u64(dev->node, "target/@busNr", 256) : 256;

		if (n < lowest)
			lowest = n;
	}
	return lowest > 2 ? lowest - 2 : 1;
}

static void number_controller(struct resolver *r, struct device *dev)
{
	const char *model = controller_model(dev), *name = qemu_model(r, model);
	unsigned port = dev->address.pci.slot << 3 | dev->address.pci.function;

	if (!name)
		return;
	if (!node_has(dev->node, "model/@name"))
		child_set_attr(dev->node, "model", "name", name);
	if (!strcmp(model, "pci-bridge")) {
		set_number(dev, "chassisNr", "%u", controller_index(dev));
	} else if (!strcmp(model, "pcie-root-port") || !strcmp(model, "pcie-switch-downstream-port")) {
		set_number(dev, "chassis", "%u", controller_index(dev));
		set_number(dev, "port", "%#x", port);
	} else if (!strcmp(model, "pci-expander-bus") || !strcmp(model, "pcie-expander-bus")) {
		set_number(dev, "busNr", "%u", expander_number(r));
	}
}

/* A slot with more than function 0 says so in function 0. */
static void set_multifunction(struct resolver *r)
{
	for (size_t i = 0; i < r->def->n_devices; i++) {
		struct device *zero = &r->def->devices[i];

		if (!given(zero) || zero->address.pci.function || zero->address.pci.multifunction >= 0)
			continue;
		for (size_t j = 0; j < r->def->n_devices; j++) {
			const struct device *o = &r->def->devices[j];

			if (!given(o) || o->address.pci.function == 0 || o->address.pci.bus != zero->address.pci.bus ||
			    o->address.pci.slot != zero->address.pci.slot)
				continue;
			zero->address.pci.multifunction = 1;
			device_write_address(zero);
			break;
		}
	}
}

bool addresses_pci(struct resolver *r)
{
	struct space s;
	bool room, good;

	if (r->isapc) {
		for (size_t i = 0; i < r->def->n_devices; i++)
			if (pci_fit_of(r, &r->def->devices[i]))
				return refuse(r, r->def->devices[i].node, "<%s>: machine '%s' has no PCI bus for it",
					      device_kind_name(r->def->devices[i].kind), r->def->machine);
		return true;
	}
	if (!rehearse(r))
		return false;
	space_init(&s, r, false);
	good = play(&s, &room);
	space_done(&s);
	for (size_t i = 0; good && i < r->def->n_devices; i++)
		if (is_pci(&r->def->devices[i]))
			number_controller(r, &r->def->devices[i]);
	if (good)
		set_multifunction(r);
	return good;
}
