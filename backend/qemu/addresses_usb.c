/*
 * addresses_usb: ports on USB controllers and hubs.  Where ports run out, hubs
 * are added, as libvirt adds them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/resolver.h"

#define HUB_PORTS 8
#define MAX_PORTS 32
#define MAX_DEPTH 6	/* a port path has at most so many numbers: QEMU's limit */

struct port {
	const xmlNode *node;		/* of what is plugged in; NULL: free */
	struct hub *hub;		/* when that is a hub */
};

struct hub {
	unsigned n;
	struct port port[MAX_PORTS];
};

struct bus {
	unsigned index;
	struct hub *root;
};

struct tree {
	struct bus *bus;
	size_t n;
};

static unsigned ports_of(const struct device *dev)
{
	const char *model = controller_model(dev);

	if (!strcmp(model, "nec-xhci") || !strcmp(model, "qemu-xhci"))
		return (unsigned)node_u64(dev->node, "@ports", 4);
	if (!strcmp(model, "ich9-ehci1"))
		return 6;
	if (!strcmp(model, "ehci"))
		return 6;
	return !strcmp(model, "pci-ohci") ? 3 : 2;
}

static bool master(const struct device *dev)
{
	return controller_is(dev, "usb", NULL) && !controller_companion(dev) &&
		strcmp(controller_model(dev), "none");
}

static struct hub *hub_new(unsigned ports)
{
	struct hub *h = mem_zalloc(sizeof(*h));

	h->n = ports < MAX_PORTS ? ports : MAX_PORTS - 1;
	return h;
}

static void hub_free(struct hub *h)
{
	if (!h)
		return;
	for (unsigned i = 0; i < MAX_PORTS; i++)
		hub_free(h->port[i].hub);
	free(h);
}

static void tree_done(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		hub_free(t->bus[i].root);
	free(t->bus);
}

static int compare_bus(const void *a, const void *b)
{
	const struct bus *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

static void tree_init(struct tree *t, const struct domain_def *def)
{
	*t = (struct tree){ .n = 0 };
	for (size_t i = 0; i < def->n_devices; i++)
		if (master(&def->devices[i])) {
			struct bus *b = MEM_PUSH(t->bus, t->n);

			b->index = controller_index(&def->devices[i]);
			b->root = hub_new(ports_of(&def->devices[i]));
		}
	if (t->n)
		qsort(t->bus, t->n, sizeof(*t->bus), compare_bus);
}

static bool on_usb(const struct device *dev)
{
	switch (dev->kind) {
	case DEVICE_HUB:
		return true;
	case DEVICE_DISK:
		return node_is(dev->node, "target/@bus", "usb");
	case DEVICE_INPUT:
		return node_is(dev->node, "@bus", "usb");
	case DEVICE_HOSTDEV:
		return node_is(dev->node, "@type", "usb");
	case DEVICE_REDIRDEV:
		return true;
	case DEVICE_SERIAL:
		return node_is(dev->node, "target/@type", "usb-serial");
	case DEVICE_SOUND:
		return node_is(dev->node, "@model", "usb");
	case DEVICE_INTERFACE:
		return node_is(dev->node, "model/@type", "usb-net");
	case DEVICE_CONTROLLER:
		return controller_is(dev, "ccid", NULL);
	default:
		return false;
	}
}

/* The hub and port number that a path like "1.2" names below root. */
static struct port *find(struct hub *hub, const char *path)
{
	for (unsigned depth = 0; hub && depth < MAX_DEPTH; depth++) {
		char *end;
		unsigned long n = strtoul(path, &end, 10);

		if (n < 1 || n > hub->n)
			return NULL;
		if (!*end)
			return &hub->port[n];
		hub = hub->port[n].hub;
		path = end + 1;
	}
	return NULL;
}

static struct bus *find_bus(struct tree *t, unsigned index)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->bus[i].index == index)
			return &t->bus[i];
	return NULL;
}

static void plug(struct port *p, struct device *dev)
{
	p->node = dev->node;
	if (dev->kind == DEVICE_HUB)
		p->hub = hub_new(HUB_PORTS);
}

static bool plug_given(struct resolver *r, struct tree *t, struct device *dev)
{
	struct bus *bus = find_bus(t, dev->address.usb.bus);
	struct port *p;

	if (!bus)
		return refuse(r, dev->node, "<%s>: there is no USB controller with index %u",
			      device_kind_name(dev->kind), dev->address.usb.bus);
	p = find(bus->root, dev->address.usb.port);
	if (!p)
		return refuse(r, dev->node, "<%s>: USB bus %u has no port '%s'",
			      device_kind_name(dev->kind), bus->index, dev->address.usb.port);
	if (p->node)
		return refuse(r, dev->node, "<%s>: USB port %s of bus %u is taken by the <%s> at line %d",
			      device_kind_name(dev->kind), dev->address.usb.port, bus->index,
			      node_name(p->node), node_line(p->node));
	plug(p, dev);
	return true;
}

static unsigned path_depth(const char *path)
{
	unsigned n = 1;

	for (; *path; path++)
		n += *path == '.';
	return n;
}

/* By the length of their paths, so that each hub is there before what hangs on it. */
static bool plug_all_given(struct resolver *r, struct tree *t)
{
	for (unsigned depth = 1; depth <= MAX_DEPTH + 1; depth++)
		for (size_t i = 0; i < r->def->n_devices; i++) {
			struct device *dev = &r->def->devices[i];

			if (on_usb(dev) && dev->address.type == ADDRESS_USB && dev->address.usb.port[0] &&
			    path_depth(dev->address.usb.port) == depth && !plug_given(r, t, dev))
				return false;
		}
	return true;
}

/* The first free port of a hub, then of the hubs on it. */
static struct port *free_port(struct hub *hub, unsigned depth, char *path, size_t size)
{
	size_t len = strlen(path);

	for (unsigned i = 1; i <= hub->n; i++)
		if (!hub->port[i].node) {
			snprintf(path + len, size - len, "%s%u", len ? "." : "", i);
			return &hub->port[i];
		}
	for (unsigned i = 1; depth < MAX_DEPTH - 1 && i <= hub->n; i++) {
		struct port *p;

		if (!hub->port[i].hub)
			continue;
		snprintf(path + len, size - len, "%s%u", len ? "." : "", i);
		p = free_port(hub->port[i].hub, depth + 1, path, size);
		if (p)
			return p;
		path[len] = '\0';
	}
	return NULL;
}

static bool plug_next(struct resolver *r, struct tree *t, struct device *dev)
{
	bool fixed = dev->address.type == ADDRESS_USB;

	for (size_t i = 0; i < t->n; i++) {
		char path[32] = "";
		struct port *p;

		if (fixed && t->bus[i].index != dev->address.usb.bus)
			continue;
		p = free_port(t->bus[i].root, 0, path, sizeof(path));
		if (!p)
			continue;
		dev->address = (struct address){ .type = ADDRESS_USB, .usb = { .bus = t->bus[i].index } };
		snprintf(dev->address.usb.port, sizeof(dev->address.usb.port), "%s", path);
		device_write_address(dev);
		plug(p, dev);
		return true;
	}
	return refuse(r, dev->node, "<%s>: no free USB port; add a <controller type='usb'> or a <hub type='usb'>",
		      device_kind_name(dev->kind));
}

static unsigned count_free(const struct hub *hub)
{
	unsigned n = 0;

	for (unsigned i = 1; i <= hub->n; i++)
		n += hub->port[i].hub ? count_free(hub->port[i].hub) : !hub->port[i].node;
	return n;
}

static bool waits(const struct device *dev)
{
	return on_usb(dev) && (dev->address.type == ADDRESS_NONE ||
			       (dev->address.type == ADDRESS_USB && !dev->address.usb.port[0]));
}

/* Ports of controllers and of hubs that are there or will be. */
static unsigned hubs_missing(const struct resolver *r, const struct tree *t)
{
	unsigned ports = 0, devices = 0, hubs = 0;

	for (size_t i = 0; i < t->n; i++)
		ports += count_free(t->bus[i].root);
	for (size_t i = 0; i < r->def->n_devices; i++)
		if (waits(&r->def->devices[i])) {
			hubs += r->def->devices[i].kind == DEVICE_HUB;
			devices += r->def->devices[i].kind != DEVICE_HUB;
		}
	ports += hubs * (HUB_PORTS - 1);
	if (devices <= ports)
		return 0;
	return (devices - ports + 1 + HUB_PORTS - 2) / (HUB_PORTS - 1);
}

static bool needs_usb(struct resolver *r, const struct tree *t)
{
	for (size_t i = 0; t->n == 0 && i < r->def->n_devices; i++)
		if (on_usb(&r->def->devices[i]))
			return refuse(r, r->def->devices[i].node, "<%s>: this guest has no USB controller",
				      device_kind_name(r->def->devices[i].kind));
	return true;
}

static bool plug_waiting(struct resolver *r, struct tree *t, bool hubs)
{
	for (size_t i = 0; i < r->def->n_devices; i++) {
		struct device *dev = &r->def->devices[i];

		if (waits(dev) && (dev->kind == DEVICE_HUB) == hubs && !plug_next(r, t, dev))
			return false;
	}
	return true;
}

bool addresses_usb(struct resolver *r)
{
	struct tree t;
	bool good;

	tree_init(&t, r->def);
	good = needs_usb(r, &t) && plug_all_given(r, &t);
	if (good && t.n > 0) {
		for (unsigned n = hubs_missing(r, &t); n > 0 && n < 64; n--)
			node_set_attr(domain_def_add_device(r->def, DEVICE_HUB)->node, "type", "usb");
		good = plug_waiting(r, &t, true) && plug_waiting(r, &t, false);
	}
	tree_done(&t);
	return good;
}
