/*
 * checks_private: what the checks_*.c share.
 */
#ifndef BACKEND_XML_CHECKS_PRIVATE_H
#define BACKEND_XML_CHECKS_PRIVATE_H

#include <libxml/hash.h>

#include "backend/xml/checks.h"

/* Set the error at the node, with a hint if not NULL; returns false. */
bool deny(const struct domain_def *def, const xmlNode *node, struct error **err,
	  const char *hint, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

xmlNode *check_root(const struct domain_def *def);
bool check_listed(const char *value, const char *const *list);	/* list ends in NULL */

/* A set of keys, each with the element that has it. */
struct keys {
	xmlHashTable *table;
};
/* The element that had the key before, or NULL (and node has it now). */
const xmlNode *keys_add(struct keys *k, const xmlNode *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void keys_done(struct keys *k);
#define AUTO_KEYS __attribute__((cleanup(keys_done)))

/* A set such as "0-3,^2,8" as bits; numbers from CPUSET_MAX on are left out.
 * *highest is the highest number named, -1 for none. */
#define CPUSET_MAX 4096
struct cpuset {
	unsigned char bits[CPUSET_MAX / 8];
};
void cpuset_parse(const char *text, struct cpuset *set, long *highest);
/* The lowest number that is in both; -1 for none. */
int cpuset_common(const struct cpuset *a, const struct cpuset *b);
void cpuset_add(struct cpuset *to, const struct cpuset *more);

#define DEVICES_EACH(var, def) \
	for (const struct device *var = (def)->devices; \
	     var && var < (def)->devices + (def)->n_devices; var++)
#define DEVICES_OF(var, def, which) \
	DEVICES_EACH(var, def) \
		if (var->kind == (which))

/* The bus a disk is on: as written, or as its target's name says. */
const char *check_disk_bus(const xmlNode *disk);

bool check_boot(const struct domain_def *def, struct error **err);
bool check_firmware(const struct domain_def *def, struct error **err);
bool check_cpu(const struct domain_def *def, struct error **err);
bool check_numa(const struct domain_def *def, struct error **err);
bool check_memory(const struct domain_def *def, struct error **err);
bool check_tuning(const struct domain_def *def, struct error **err);
bool check_disks(const struct domain_def *def, struct error **err);
bool check_controllers(const struct domain_def *def, struct error **err);
bool check_addresses(const struct domain_def *def, struct error **err);
bool check_interfaces(const struct domain_def *def, struct error **err);
bool check_hostdevs(const struct domain_def *def, struct error **err);
bool check_graphics(const struct domain_def *def, struct error **err);
bool check_others(const struct domain_def *def, struct error **err);

#endif
