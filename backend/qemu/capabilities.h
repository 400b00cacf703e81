/*
 * capabilities: what one QEMU binary can do, asked of it through QMP.
 *
 * capabilities_get() starts the binary once (machine none, quarter of a
 * second) and keeps the answer in the cache directory, keyed by path, size,
 * modification time and virtty's own version; reading that back takes under a
 * millisecond.  What is kept is what resolve and plan ask for.
 *
 * Everything returned is borrowed from the struct.
 */
#ifndef BACKEND_QEMU_CAPABILITIES_H
#define BACKEND_QEMU_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/base/error.h"
#include "backend/base/json.h"
#include "backend/base/paths.h"
#include "backend/xml/domain_def.h"

struct machine {
	const char *name;		/* "pc-i440fx-7.2" */
	const char *alias;		/* "pc"; NULL when none */
	const char *default_cpu;	/* "qemu64"; NULL when unknown */
	const char *ram_id;		/* "pc.ram": the name of memory-backend; NULL when none */
	unsigned max_cpus;
	bool hotplug_cpus, numa_mem, deprecated, is_default;
};

struct capabilities;

/* emulator: a full path. cache_dir NULL: neither read nor write a cache. */
struct capabilities *capabilities_get(const char *emulator, const char *cache_dir,
				      struct error **err);
/* From the JSON that the cache holds; for tests. */
struct capabilities *capabilities_parse(const char *text, struct error **err);
void capabilities_free(struct capabilities *c);

/* The emulator of this definition: <emulator>, else qemu-system-ARCH from
 * PATH.  A missing one is an error that names the line and the package. */
struct capabilities *capabilities_for(const struct domain_def *def, const struct paths *paths,
				      struct error **err);

const char *capabilities_emulator(const struct capabilities *c);
const char *capabilities_arch(const struct capabilities *c);		/* "x86_64" */
const char *capabilities_version_text(const struct capabilities *c);	/* "7.2.22" */
unsigned capabilities_version(const struct capabilities *c);		/* 7002022 */
bool capabilities_kvm_built(const struct capabilities *c);

/* Sorted as QEMU's -M help is: by name, newest version first. */
const struct machine *capabilities_machines(const struct capabilities *c, size_t *n);
/* By name or alias; NULL when QEMU does not know it. */
const struct machine *capabilities_machine(const struct capabilities *c, const char *name);
/* The error for an unknown machine: names the nearest first, then all. */
void capabilities_unknown_machine(const struct capabilities *c, const char *name,
				  struct error **err);

bool capabilities_has_device(const struct capabilities *c, const char *driver);
bool capabilities_has_object(const struct capabilities *c, const char *type);
bool capabilities_has_cpu(const struct capabilities *c, const char *model);
bool capabilities_has_command(const struct capabilities *c, const char *command);
bool capabilities_has_block_driver(const struct capabilities *c, const char *driver);
bool capabilities_has_netdev(const struct capabilities *c, const char *type);
bool capabilities_has_audio(const struct capabilities *c, const char *driver);
bool capabilities_has_tpm(const struct capabilities *c, const char *type);
bool capabilities_has_display(const struct capabilities *c, const char *type);
/* "spicevmc", "dbus", "socket" ... */
bool capabilities_has_chardev(const struct capabilities *c, const char *type);

/* Names of CPU models, ending in NULL. */
const char *const *capabilities_cpus(const struct capabilities *c);

/* All of it as JSON; the caller puts it. */
struct json_object *capabilities_json(const struct capabilities *c);

#endif
