/*
 * pci_kind: which PCI slots a device fits in, and which a PCI controller
 * offers.  Internal to backend/qemu.
 */
#ifndef BACKEND_QEMU_PCI_KIND_H
#define BACKEND_QEMU_PCI_KIND_H

#include "backend/qemu/resolver.h"

enum pci_fit {
	PCI_DEVICE = 1 << 0,		/* conventional PCI endpoint */
	PCIE_DEVICE = 1 << 1,		/* PCI Express endpoint */
	PCIE_ROOT_PORT = 1 << 2,
	PCIE_UPSTREAM = 1 << 3,
	PCIE_DOWNSTREAM = 1 << 4,
	DMI_TO_PCI = 1 << 5,
	PCI_BRIDGE = 1 << 6,
	PCIE_TO_PCI = 1 << 7,
	PCI_EXPANDER = 1 << 8,
	PCIE_EXPANDER = 1 << 9,
	PCI_HOTPLUG = 1 << 10,		/* wants, or offers, a slot that can be unplugged */
	PCI_SHARE = 1 << 11,		/* may share its slot, a function each */
};
#define PCI_ENDPOINT (PCI_DEVICE | PCIE_DEVICE)

/* What the device needs; 0 when it is no PCI device (or needs no address). */
unsigned pci_fit_of(const struct resolver *r, const struct device *dev);

struct pci_model {
	const char *model;		/* libvirt's name */
	unsigned needs;			/* of its own slot */
	unsigned offers;
	unsigned first, last;		/* slots */
};

/* NULL for a name that is none. */
const struct pci_model *pci_model(const char *model);

#endif
