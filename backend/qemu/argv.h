/*
 * argv: the words with which plan.c and the argv_*.c files write a launch
 * plan.  Internal to backend/qemu.
 *
 * Each argv_*.c file is one family of devices: it reads the XML elements of
 * the resolved definition and adds arguments.  Text from the XML reaches an
 * argument only as a JSON string or through add_escaped(), so that no
 * character in it means anything to QEMU.
 */
#ifndef BACKEND_QEMU_ARGV_H
#define BACKEND_QEMU_ARGV_H

#include "backend/base/buf.h"
#include "backend/qemu/firmware.h"
#include "backend/qemu/plan.h"
#include "backend/qemu/resolver.h"

struct builder {
	const struct domain_def *def;
	const xmlNode *root;
	const struct capabilities *caps;
	const struct machine *machine;
	const struct paths *paths;
	const struct plan_options *options;
	struct json_object *plan;
	/* borrowed from plan */
	struct json_object *argv, *lines, *listen, *open, *copies, *directories, *helpers, *taps,
		*files, *consoles, *graphics, *secrets, *ignored, *env;
	struct firmware firmware;
	const xmlNode *origin;		/* the element that is being translated; NULL: none */
	bool q35;
	unsigned boot[4];		/* bootindex for the next disk, cdrom, floppy, nic; 0 none */
	struct error **err;
};

/* Arguments. */
void add_word(struct builder *b, const char *word);
void add_option(struct builder *b, const char *option, const char *value);
void add_optionf(struct builder *b, const char *option, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Consumes the object. */
void add_json(struct builder *b, const char *option, struct json_object *o);
/* option and an argument that holds a descriptor's number; shell: what a line
 * for typing has instead. */
void add_fd(struct builder *b, const char *option, const char *prefix, const char *fd,
	    const char *suffix, const char *shell);
/* ,key=value with the value's commas doubled; nothing for a NULL value. */
void add_escaped(struct buf *to, const char *key, const char *value);

/* {"driver": driver, "id": the device's alias}. */
struct json_object *device_new(const struct device *dev, const char *driver);
/* bus and addr of the device's PCI, USB or virtio-serial address. */
void device_address(struct builder *b, struct json_object *o, const struct device *dev);
/* Adds -device; refuses what this QEMU does not have. Consumes the object. */
bool device_add(struct builder *b, const struct device *dev, struct json_object *o);
bool object_add(struct builder *b, const xmlNode *node, struct json_object *o);

/* Copy an attribute of the XML into a JSON argument, when it is there. */
void copy_str(struct json_object *o, const char *key, const xmlNode *node, const char *path);
void copy_int(struct json_object *o, const char *key, const xmlNode *node, const char *path);
void copy_bool(struct json_object *o, const char *key, const xmlNode *node, const char *path);
/* "on"/"off" properties that are enums with "auto". */
void copy_onoff(struct json_object *o, const char *key, const xmlNode *node, const char *path);

/* Options that all virtio devices have, from their <driver>. */
void virtio_options(struct json_object *o, const struct device *dev);
/* base + "-pci", "-pci-transitional" or "-pci-non-transitional" by the model. */
char *virtio_driver(const struct device *dev, const char *base, const char *model);

/* bootindex: per-device <boot order>, else the <os><boot dev> of this kind. */
enum boot_kind { BOOT_DISK, BOOT_CDROM, BOOT_FLOPPY, BOOT_NIC, BOOT_OTHER };
void device_boot(struct builder *b, struct json_object *o, const struct device *dev, enum boot_kind kind);

/* Sets the error at the node's line; always false. */
bool fail(struct builder *b, const xmlNode *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A hint for the error just set. */
bool fail_hint(struct builder *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ignored(struct builder *b, const xmlNode *node, const char *why);
bool is_kvm(const struct builder *b);
const struct device *next_device(const struct builder *b, enum device_kind kind, size_t *i);
/* The id of the bus that a controller's devices plug into. */
const char *controller_id(const struct builder *b, const char *type, unsigned index);

/* The families. */
bool argv_machine(struct builder *b);
bool argv_cpu(struct builder *b);
bool argv_memory(struct builder *b);
bool argv_memory_devices(struct builder *b);
bool argv_clock(struct builder *b);
bool argv_boot(struct builder *b);
bool argv_smbios(struct builder *b);
bool argv_controllers(struct builder *b);
bool argv_iothreads(struct builder *b);		/* argv_disks.c */
bool argv_disks(struct builder *b);
bool argv_filesystems(struct builder *b);
bool argv_interfaces(struct builder *b);
bool argv_chardevs(struct builder *b);
bool argv_hubs(struct builder *b);			/* argv_inputs.c */
bool argv_redirdevs(struct builder *b);		/* argv_inputs.c */
bool argv_inputs(struct builder *b);
bool argv_tpm(struct builder *b);
bool argv_graphics(struct builder *b);
bool argv_videos(struct builder *b);
bool argv_audio(struct builder *b);			/* argv_sound.c */
bool argv_sound(struct builder *b);
bool argv_hostdevs(struct builder *b);
bool argv_early(struct builder *b);			/* argv_misc.c */
bool argv_misc(struct builder *b);
bool argv_qemu_namespace(struct builder *b);
/* <qemu:override> of the device's properties. */
bool apply_overrides(struct builder *b, const struct device *dev, struct json_object *o);

/* chardev.c: -chardev for the element (its type and <source>). */
bool add_chardev(struct builder *b, const xmlNode *node, const char *id);
/* The same for a port that people attach to: the supervisor serves it. */
bool add_console_chardev(struct builder *b, const struct device *dev, const char *id);
/* secret.c: an -object secret for the secret that a <secret> or <auth> names,
 * its value passed apart from argv. */
bool add_secret(struct builder *b, const xmlNode *node, const char *id, const char *format);
/* A file of the guest's own directory, written at start, for what may not be
 * seen on a command line; name is both the file and what argv says. */
void add_private_file(struct builder *b, const char *name, const char *text);
bool add_tls(struct builder *b, const xmlNode *node, const char *id, const char *dir, bool server,
	     bool verify);

/* blockdev.c: the nodes for a disk's source; returns the name of the top node,
 * NULL on failure. The caller frees. */
struct block_options {
	const char *name;		/* base for node names */
	const char *format;
	bool readonly, cdrom, floppy;
};
char *add_blockdev(struct builder *b, const xmlNode *disk, const struct block_options *o);

#endif
