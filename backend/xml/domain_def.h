/*
 * domain_def: a guest's definition, typed, beside the document it came from.
 *
 * The document is the truth and is owned by the definition.  The typed part is
 * what many places ask for; everything rarer is read from the element itself
 * (device.node) with node_get() and its friends, after the schema has checked
 * that every value there is well formed.
 *
 * Life: domain_def_parse() checks the document against the schema (schema.h)
 * and the rules that need no host (checks.c), and builds this.
 * resolve() in backend/qemu fills in what libvirt fills in (uuid, mac,
 * machine, implicit controllers and devices, addresses, aliases), here and in
 * the document.  Resolving twice changes nothing.
 */
#ifndef BACKEND_XML_DOMAIN_DEF_H
#define BACKEND_XML_DOMAIN_DEF_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"
#include "backend/xml/document.h"
#include "backend/xml/schema.h"

#define UUID_TEXT 37

/* Names follow libvirt's element names below <devices>. */
#define DEVICE_KINDS(X) \
	X(DISK, "disk") X(CONTROLLER, "controller") X(LEASE, "lease") \
	X(FILESYSTEM, "filesystem") X(INTERFACE, "interface") \
	X(SMARTCARD, "smartcard") X(SERIAL, "serial") X(PARALLEL, "parallel") \
	X(CONSOLE, "console") X(CHANNEL, "channel") X(INPUT, "input") \
	X(TPM, "tpm") X(GRAPHICS, "graphics") X(SOUND, "sound") X(AUDIO, "audio") \
	X(VIDEO, "video") X(HOSTDEV, "hostdev") X(REDIRDEV, "redirdev") \
	X(REDIRFILTER, "redirfilter") X(HUB, "hub") X(WATCHDOG, "watchdog") \
	X(MEMBALLOON, "memballoon") X(RNG, "rng") X(SHMEM, "shmem") \
	X(MEMORY, "memory") X(PANIC, "panic") X(IOMMU, "iommu") X(VSOCK, "vsock") \
	X(NVRAM, "nvram") X(CRYPTO, "crypto") X(PSTORE, "pstore")

enum device_kind {
#define X(id, name) DEVICE_##id,
	DEVICE_KINDS(X)
#undef X
	DEVICE_KIND_COUNT
};

/* <address type='...'>; formatdomain, "Device Addresses". */
enum address_type {
	ADDRESS_NONE, ADDRESS_PCI, ADDRESS_DRIVE, ADDRESS_VIRTIO_SERIAL,
	ADDRESS_CCID, ADDRESS_USB, ADDRESS_SPAPR_VIO, ADDRESS_VIRTIO_MMIO,
	ADDRESS_CCW, ADDRESS_ISA, ADDRESS_DIMM, ADDRESS_UNASSIGNED
};

struct address {
	enum address_type type;
	union {
		struct { unsigned domain, bus, slot, function; int multifunction; /* -1 unset */ } pci;
		struct { unsigned controller, bus, target, unit; } drive;
		struct { unsigned controller, bus, port; } virtio_serial;
		struct { unsigned controller, slot; } ccid;
		struct { unsigned bus; char port[32]; /* "1.2" */ } usb;
		struct { unsigned iobase, irq; } isa;
		struct { unsigned slot; uint64_t base; } dimm;
	};
};

struct device {
	enum device_kind kind;
	xmlNode *node;			/* in the document; never NULL */
	int line;			/* 0 for what resolve added */
	char *alias;			/* "virtio-disk0"; NULL until resolved */
	struct address address;
};

enum virt_type { VIRT_KVM, VIRT_QEMU };

/* Actions of on_poweroff, on_reboot, on_crash (formatdomain, "Events
 * configuration"). */
enum lifecycle_action {
	LIFECYCLE_DESTROY, LIFECYCLE_RESTART, LIFECYCLE_PRESERVE,
	LIFECYCLE_RENAME_RESTART, LIFECYCLE_COREDUMP_DESTROY,
	LIFECYCLE_COREDUMP_RESTART
};

struct domain_def {
	struct document *document;
	char uuid[UUID_TEXT];		/* "" until resolved, if the XML has none */
	char *name;
	char *title;			/* NULL when absent */
	char *description;
	enum virt_type virt_type;
	char *arch;			/* "x86_64", "i686"; NULL until resolved */
	char *machine;			/* as written; resolved to the versioned name */
	char *emulator;			/* NULL until resolved */
	uint64_t memory;		/* bytes, as <memory>: with the memory devices'; numa
					 * cells that name their memory override it */
	uint64_t current_memory;	/* bytes, <currentMemory> */
	uint64_t max_memory;		/* bytes, <maxMemory>; 0 when absent */
	unsigned max_memory_slots;
	unsigned vcpus;			/* maximum */
	unsigned current_vcpus;		/* at boot */
	unsigned iothreads;
	enum lifecycle_action on_poweroff, on_reboot, on_crash;
	struct device *devices;		/* in document order */
	size_t n_devices;
	struct schema_issue *ignored;	/* what the XML says and virtty does not act on */
	size_t n_ignored;
};

/* Takes the document over, also on failure. NULL on error. */
struct domain_def *domain_def_parse(struct document *d, struct error **err);
struct domain_def *domain_def_read(const char *path, struct error **err);
void domain_def_free(struct domain_def *def);

/* Devices of one kind, in document order: i counts from 0; NULL past the end.
 * The pointer is good until a device is added. */
struct device *domain_def_device(const struct domain_def *def, enum device_kind kind, size_t i);

/* A new element below <devices> where libvirt would put it (behind the last
 * of its kind), and its entry here.  Pointers to devices become invalid. */
struct device *domain_def_add_device(struct domain_def *def, enum device_kind kind);

/* With its element; pointers to devices become invalid. */
void domain_def_remove_device(struct domain_def *def, struct device *dev);

/* Typed address <-> <address> element of the device.  A PCI address of zeros
 * only is, as in libvirt, one that is still to be chosen.  Writing what is
 * there already changes nothing; ADDRESS_NONE removes the element. */
bool device_read_address(const struct domain_def *def, struct device *dev, struct error **err);
void device_write_address(struct device *dev);

bool address_equal(const struct address *a, const struct address *b);
const char *address_type_name(enum address_type type);

/* A domain's name: not empty, no '/', no control characters. */
#define DOMAIN_NAME_MAX 255
bool domain_name_valid(const char *name, struct error **err);

/* libvirt's uuids: 32 hexadecimal digits, hyphens and blanks anywhere; out is
 * lower case with hyphens. */
bool domain_uuid_parse(const char *text, char out[UUID_TEXT]);

/* The size in an element's text, or in the attribute ("@memory"), scaled by its
 * unit attribute, KiB by default. */
bool domain_read_size(const struct domain_def *def, const xmlNode *node, const char *attribute,
		      uint64_t *bytes, struct error **err);

/* Add to def->ignored; for what only the planner can know. node may be NULL. */
__attribute__((format(printf, 3, 4)))
void domain_def_ignore(struct domain_def *def, const xmlNode *node, const char *fmt, ...);

const char *device_kind_name(enum device_kind kind);
const char *lifecycle_action_name(enum lifecycle_action action);

#endif
