/*
 * pci_kind: see pci_kind.h.
 */
#include "backend/qemu/pci_kind.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "backend/base/mem.h"

static const struct pci_model models[] = {
	{ "pci-root", 0, PCI_HOTPLUG | PCI_DEVICE | PCI_BRIDGE | PCI_EXPANDER, 1, 31 },
	{ "pcie-root", 0, PCIE_DEVICE | PCIE_ROOT_PORT | DMI_TO_PCI | PCIE_EXPANDER, 1, 31 },
	{ "pci-bridge", PCI_BRIDGE, PCI_HOTPLUG | PCI_DEVICE | PCI_BRIDGE, 1, 31 },
	{ "dmi-to-pci-bridge", DMI_TO_PCI, PCI_DEVICE | PCI_BRIDGE, 0, 31 },
	{ "pcie-to-pci-bridge", PCIE_TO_PCI, PCI_HOTPLUG | PCI_DEVICE | PCI_BRIDGE, 1, 31 },
	{ "pcie-root-port", PCIE_ROOT_PORT | PCI_SHARE,
	  PCI_HOTPLUG | PCIE_DEVICE | PCIE_UPSTREAM | PCIE_TO_PCI, 0, 0 },
	{ "pcie-switch-upstream-port", PCIE_UPSTREAM, PCIE_DOWNSTREAM, 0, 31 },
	{ "pcie-switch-downstream-port", PCIE_DOWNSTREAM,
	  PCI_HOTPLUG | PCIE_DEVICE | PCIE_UPSTREAM | PCIE_TO_PCI, 0, 0 },
	{ "pci-expander-bus", PCI_EXPANDER, PCI_HOTPLUG | PCI_DEVICE | PCI_BRIDGE, 0, 31 },
	{ "pcie-expander-bus", PCIE_EXPANDER, PCIE_ROOT_PORT | DMI_TO_PCI, 0, 31 },
};

const struct pci_model *pci_model(const char *model)
{
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (!strcmp(models[i].model, model))
			return &models[i];
	return NULL;
}

static unsigned conventional(void)
{
	return PCI_HOTPLUG | PCI_DEVICE;
}

static unsigned express(const struct resolver *r)
{
	return PCI_HOTPLUG | (r->q35 ? PCIE_DEVICE : PCI_DEVICE);
}

/* virtio is PCI Express where there is PCI Express, unless it is transitional. */
static unsigned virtio(const struct resolver *r, const char *model)
{
	return !strcmp(model, "virtio-transitional") ? conventional() : express(r);
}

static bool is_virtio(const char *model)
{
	return !strcmp(model, "virtio") || !strcmp(model, "virtio-transitional") ||
		!strcmp(model, "virtio-non-transitional");
}

static unsigned controller_fit(const struct resolver *r, const struct device *dev)
{
	const char *model = controller_model(dev);
	const struct pci_model *pci;

	if (controller_is(dev, "pci", NULL)) {
		pci = pci_model(model);
		return pci ? pci->needs : 0;
	}
	if (controller_is(dev, "usb", NULL)) {
		if (!strcmp(model, "none"))
			return 0;
		return !strcmp(model, "nec-xhci") || !strcmp(model, "qemu-xhci") ? express(r) : conventional();
	}
	if (controller_is(dev, "scsi", NULL))
		return !strncmp(model, "virtio-", 7) && strcmp(model, "virtio-transitional") ? express(r) : conventional();
	if (controller_is(dev, "virtio-serial", NULL))
		return virtio(r, model);
	/* on pc the IDE controller is part of the chipset */
	if (controller_is(dev, "sata", NULL))
		return conventional();
	return 0;
}

static unsigned interface_fit(const struct resolver *r, const struct device *dev)
{
	const char *model = text_at(dev->node, "model/@type");

	if (node_is(dev->node, "@type", "hostdev") || node_is(dev->node, "@type", "vdpa"))
		return express(r);
	if (!strcmp(model, "usb-net") || !strncmp(model, "ne2k_isa", 8))
		return 0;
	if (!strncmp(model, "virtio", 6))
		return virtio(r, model);
	return !strcmp(model, "e1000e") || !strcmp(model, "vmxnet3") || !strcmp(model, "igb") ? express(r) : conventional();
}

static unsigned sound_fit(const struct resolver *r, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");

	if (!strcmp(model, "pcspk") || !strcmp(model, "sb16") || !strcmp(model, "usb"))
		return 0;
	return !strcmp(model, "virtio") ? express(r) : conventional();
}

static unsigned video_fit(const struct resolver *r, const struct device *dev)
{
	const char *model = text_at(dev->node, "model/@type");

	if (!strcmp(model, "none") || !strcmp(model, "ramfb") || !strcmp(model, "gop"))
		return 0;
	return !strcmp(model, "virtio") || !strcmp(model, "bochs") ? express(r) : conventional();
}

/* A host device with less than 257 bytes of configuration space is
 * conventional; one that cannot be asked is taken for PCI Express. */
static unsigned host_pci_fit(const struct resolver *r, const struct device *dev)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%04x:%02x:%02x.%u/config",
		 (unsigned)node_u64(dev->node, "source/address/@domain", 0) & 0xffff,
		 (unsigned)node_u64(dev->node, "source/address/@bus", 0) & 0xff,
		 (unsigned)node_u64(dev->node, "source/address/@slot", 0) & 0x1f,
		 (unsigned)node_u64(dev->node, "source/address/@function", 0) & 7);
	if (stat(path, &st) == 0 && st.st_size <= 256)
		return conventional();
	return express(r);
}

static unsigned hostdev_fit(const struct resolver *r, const struct device *dev)
{
	const char *type = text_at(dev->node, "@type");

	if (dev->address.type == ADDRESS_UNASSIGNED)
		return 0;
	if (!strcmp(type, "pci"))
		return host_pci_fit(r, dev);
	if (!strcmp(type, "mdev"))
		return node_is(dev->node, "@model", "vfio-pci") ? express(r) : 0;
	return !strcmp(type, "scsi_host") ? virtio(r, text_at(dev->node, "@model")) : 0;
}

unsigned pci_fit_of(const struct resolver *r, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model");

	switch (dev->kind) {
	case DEVICE_CONTROLLER:
		return controller_fit(r, dev);
	case DEVICE_DISK:
		return node_is(dev->node, "target/@bus", "virtio") ? virtio(r, model) : 0;
	case DEVICE_INTERFACE:
		return interface_fit(r, dev);
	case DEVICE_SOUND:
		return sound_fit(r, dev);
	case DEVICE_VIDEO:
		return video_fit(r, dev);
	case DEVICE_HOSTDEV:
		return hostdev_fit(r, dev);
	case DEVICE_MEMBALLOON:
	case DEVICE_RNG:
	case DEVICE_VSOCK:
		return is_virtio(model) ? virtio(r, model) : 0;
	case DEVICE_FILESYSTEM:
		return virtio(r, model);
	case DEVICE_INPUT:
		return node_is(dev->node, "@bus", "virtio") ? virtio(r, model) : 0;
	case DEVICE_WATCHDOG:
		return !strcmp(model, "i6300esb") ? conventional() : 0;
	case DEVICE_SHMEM:
	case DEVICE_PSTORE:
		return conventional();
	case DEVICE_SERIAL:
		return node_is(dev->node, "target/@type", "pci-serial") ? conventional() : 0;
	case DEVICE_MEMORY:
		return !strncmp(model, "virtio-", 7) ? express(r) : 0;
	case DEVICE_CRYPTO:
		return express(r);
	case DEVICE_IOMMU:
		return !strcmp(model, "virtio") ? (r->q35 ? PCIE_DEVICE : PCI_DEVICE) : 0;
	case DEVICE_PANIC:
		return !strcmp(model, "pvpanic") ? (r->q35 ? PCIE_DEVICE : PCI_DEVICE) : 0;
	default:
		return 0;
	}
}
