/*
 * argv_controllers: PCI bridges and ports first, parents before children; then
 * USB, SCSI, SATA, floppy, virtio-serial and smart card readers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

/* What QEMU counts in, for a controller's disks and ports. */
static void add_numa_node(struct json_object *o, const struct device *dev)
{
	copy_int(o, "numa_node", dev->node, "target/node");
}

/* The machine's own PCI host: only the window for large memory can be chosen. */
static bool add_pci_root(struct builder *b, const struct device *dev)
{
	const xmlNode *hole = node_child(dev->node, "pcihole64");
	uint64_t bytes;

	if (!hole)
		return true;
	if (!domain_read_size(b->def, hole, NULL, &bytes, b->err))
		return false;
	add_optionf(b, "-global", "%s-pcihost.pci-hole64-size=%lluK", b->q35 ? "q35" : "i440FX",
		    (unsigned long long)(bytes / 1024));
	return true;
}

static bool add_pci(struct builder *b, const struct device *dev)
{
	const char *model = controller_model(dev);
	struct json_object *o;

	if (!strcmp(model, "pci-root") || !strcmp(model, "pcie-root"))
		return add_pci_root(b, dev);
	o = device_new(dev, text_at(dev->node, "model/@name"));
	if (!strcmp(model, "pci-bridge")) {
		copy_int(o, "chassis_nr", dev->node, "target/@chassisNr");
	} else if (!strcmp(model, "pci-expander-bus") || !strcmp(model, "pcie-expander-bus")) {
		copy_int(o, "bus_nr", dev->node, "target/@busNr");
		add_numa_node(o, dev);
	} else if (!strcmp(model, "pcie-root-port") || !strcmp(model, "pcie-switch-downstream-port")) {
		copy_int(o, "port", dev->node, "target/@port");
		copy_int(o, "chassis", dev->node, "target/@chassis");
		if (node_has(dev->node, "target/@memReserve"))
			json_set_int(o, "mem-reserve", (int64_t)node_u64(dev->node, "target/@memReserve", 0) * 1024);
	}
	if (node_has(dev->node, "target/@hotplug") && strcmp(model, "pci-bridge"))
		copy_bool(o, "hotplug", dev->node, "target/@hotplug");
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool emitted_before(const bool *done, const struct builder *b, const struct device *dev)
{
	const struct device *parent = controller_find(b->def, "pci", dev->address.pci.bus);

	return dev->address.type != ADDRESS_PCI || !parent || done[parent - b->def->devices];
}

/* A bridge may be declared before the bus it stands on: go round until none is left. */
static bool add_bridges(struct builder *b)
{
	AUTO_FREE bool *done = mem_zalloc(b->def->n_devices + 1);
	bool progress = true;

	while (progress) {
		progress = false;
		for (size_t i = 0; i < b->def->n_devices; i++) {
			const struct device *dev = &b->def->devices[i];

			if (done[i] || !controller_is(dev, "pci", NULL) || !emitted_before(done, b, dev))
				continue;
			b->origin = dev->node;
			if (!add_pci(b, dev))
				return false;
			done[i] = progress = true;
		}
	}
	for (size_t i = 0; i < b->def->n_devices; i++)
		if (!done[i] && controller_is(&b->def->devices[i], "pci", NULL))
			return fail(b, b->def->devices[i].node, "<controller type='pci' index='%u'>: it stands on a bus that stands on it",
				    controller_index(&b->def->devices[i]));
	return true;
}

struct model {
	const char *model, *driver;
};

static const struct model usb_models[] = {
	{ "piix3-uhci", "piix3-usb-uhci" }, { "piix4-uhci", "piix4-usb-uhci" }, { "ehci", "usb-ehci" },
	{ "ich9-ehci1", "ich9-usb-ehci1" }, { "ich9-uhci1", "ich9-usb-uhci1" },
	{ "ich9-uhci2", "ich9-usb-uhci2" }, { "ich9-uhci3", "ich9-usb-uhci3" },
	{ "vt82c686b-uhci", "vt82c686b-usb-uhci" }, { "pci-ohci", "pci-ohci" },
	{ "nec-xhci", "nec-usb-xhci" }, { "qemu-xhci", "qemu-xhci" }, { NULL, NULL },
};

static const struct model scsi_models[] = {
	{ "lsilogic", "lsi53c895a" }, { "buslogic", NULL }, { "lsisas1068", "mptsas1068" },
	{ "lsisas1078", "megasas" }, { "vmpvscsi", "pvscsi" }, { "ncr53c90", NULL }, { "dc390", "dc390" },
	{ "am53c974", "am53c974" }, { NULL, NULL },
};

static const char *find_model(const struct model *table, const char *model)
{
	for (; table->model; table++)
		if (!strcmp(table->model, model))
			return table->driver;
	return NULL;
}

/* QEMU takes the ports of an xHCI controller for USB 2 and USB 3 apart. */
static void add_ports(struct json_object *o, const struct device *dev)
{
	if (!node_has(dev->node, "@ports"))
		return;
	copy_int(o, "p2", dev->node, "@ports");
	copy_int(o, "p3", dev->node, "@ports");
}

static bool add_usb(struct builder *b, const struct device *dev)
{
	const char *model = controller_model(dev), *driver = find_model(usb_models, model);
	struct json_object *o;

	if (!strcmp(model, "none"))
		return true;
	if (!driver)
		return fail(b, dev->node, "<controller type='usb' model='%s'>: QEMU has no such controller", model);
	o = device_new(dev, driver);
	add_ports(o, dev);
	if (!strncmp(model, "ich9-uhci", 9)) {
		AUTO_FREE char *master = mem_printf("%s.0", controller_id(b, "usb", controller_index(dev)));

		json_set_str(o, "masterbus", master);
		copy_int(o, "firstport", dev->node, "master/@startport");
		if (!node_has(dev->node, "master/@startport"))
			json_set_int(o, "firstport", (model[9] - '1') * 2);
	}
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool check_iothread(struct builder *b, const xmlNode *node, uint64_t id)
{
	NODE_EACH(t, node_child(b->root, "iothreadids"), "iothread")
		if (node_u64(t, "@id", 0) == id)
			return true;
	if (id >= 1 && id <= b->def->iothreads)
		return true;
	return fail(b, node, "<driver iothread='%llu'>: there is no such I/O thread; see <iothreads>",
		    (unsigned long long)id);
}

static bool add_iothread(struct builder *b, struct json_object *o, const struct device *dev)
{
	uint64_t id = node_u64(dev->node, "driver/@iothread", 0);
	AUTO_FREE char *name = NULL;

	if (!node_has(dev->node, "driver/@iothread"))
		return true;
	if (!check_iothread(b, dev->node, id))
		return false;
	name = mem_printf("iothread%llu", (unsigned long long)id);
	json_set_str(o, "iothread", name);
	return true;
}

static bool add_virtio_scsi(struct builder *b, const struct device *dev)
{
	const char *model = controller_model(dev);
	AUTO_FREE char *driver = virtio_driver(dev, "virtio-scsi", model);
	struct json_object *o = device_new(dev, driver);

	if (!add_iothread(b, o, dev)) {
		json_object_put(o);
		return false;
	}
	virtio_options(o, dev);
	copy_int(o, "num_queues", dev->node, "driver/@queues");
	copy_int(o, "cmd_per_lun", dev->node, "driver/@cmd_per_lun");
	copy_int(o, "max_sectors", dev->node, "driver/@max_sectors");
	copy_bool(o, "ioeventfd", dev->node, "driver/@ioeventfd");
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool is_virtio_scsi(const char *model)
{
	return !strcmp(model, "virtio-scsi") || !strcmp(model, "virtio-transitional") ||
		!strcmp(model, "virtio-non-transitional");
}

static bool add_scsi(struct builder *b, const struct device *dev)
{
	const char *model = controller_model(dev), *driver;
	struct json_object *o;

	if (is_virtio_scsi(model))
		return add_virtio_scsi(b, dev);
	if (node_has(dev->node, "driver/@iothread") || node_has(dev->node, "driver/@queues"))
		return fail(b, dev->node, "<controller type='scsi' model='%s'>: <driver> options are virtio-scsi's", model);
	driver = find_model(scsi_models, model);
	if (!driver)
		return fail(b, dev->node, "<controller type='scsi' model='%s'>: QEMU has no such controller for PCI", model);
	o = device_new(dev, driver);
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

static bool add_virtio_serial(struct builder *b, const struct device *dev)
{
	AUTO_FREE char *driver = virtio_driver(dev, "virtio-serial", controller_model(dev));
	struct json_object *o = device_new(dev, driver);

	virtio_options(o, dev);
	copy_int(o, "max_ports", dev->node, "@ports");
	copy_int(o, "vectors", dev->node, "@vectors");
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* The first SATA controller of q35 and the first IDE one of pc are part of
 * the machine. */
static bool add_sata(struct builder *b, const struct device *dev)
{
	struct json_object *o;

	if (b->q35 && controller_index(dev) == 0)
		return true;
	o = device_new(dev, "ich9-ahci");
	device_address(b, o, dev);
	return device_add(b, dev, o);
}

/* pc has a floppy controller, q35 does not. */
static bool add_fdc(struct builder *b, const struct device *dev)
{
	return b->q35 ? device_add(b, dev, device_new(dev, "isa-fdc")) : true;
}

static bool add_ccid(struct builder *b, const struct device *dev)
{
	struct json_object *o = device_new(dev, "usb-ccid");

	device_address(b, o, dev);
	return device_add(b, dev, o);
}

struct family {
	const char *type;
	bool (*add)(struct builder *b, const struct device *dev);
};

static bool add_family(struct builder *b, const struct family *f)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_CONTROLLER, &i));) {
		/* companions come behind their master */
		if (!controller_is(dev, f->type, NULL) || controller_companion(dev))
			continue;
		b->origin = dev->node;
		if (!f->add(b, dev))
			return false;
	}
	return true;
}

static bool add_companions(struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_CONTROLLER, &i));) {
		if (!controller_is(dev, "usb", NULL) || !controller_companion(dev))
			continue;
		b->origin = dev->node;
		if (!add_usb(b, dev))
			return false;
	}
	return true;
}

static bool check_types(struct builder *b)
{
	static const char *const known[] = { "pci", "usb", "scsi", "sata", "ide", "fdc", "virtio-serial", "ccid" };
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_CONTROLLER, &i));) {
		size_t k = 0;

		while (k < ARRAY_SIZE(known) && !controller_is(dev, known[k], NULL))
			k++;
		if (k == ARRAY_SIZE(known))
			return fail(b, dev->node, "<controller type='%s'>: QEMU's x86 machines have no such controller",
				    text_at(dev->node, "@type"));
	}
	return true;
}

bool argv_controllers(struct builder *b)
{
	static const struct family families[] = {
		{ "usb", add_usb }, { "scsi", add_scsi }, { "sata", add_sata }, { "fdc", add_fdc },
		{ "virtio-serial", add_virtio_serial }, { "ccid", add_ccid },
	};
	bool good = check_types(b) && add_bridges(b);

	for (size_t i = 0; good && i < ARRAY_SIZE(families); i++) {
		good = add_family(b, &families[i]);
		if (good && i == 0)
			good = add_companions(b);
	}
	b->origin = NULL;
	return good;
}
