/*
 * resolver: what the steps of resolve.c share.  Internal to backend/qemu.
 */
#ifndef BACKEND_QEMU_RESOLVER_H
#define BACKEND_QEMU_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/qemu/capabilities.h"
#include "backend/qemu/resolve.h"
#include "backend/xml/domain_def.h"
#include "backend/xml/node.h"

struct resolver {
	struct domain_def *def;
	const struct capabilities *caps;
	const struct machine *machine;
	unsigned flags;
	bool q35, i440fx;	/* neither: isapc, microvm, none ... */
	bool isapc;
	struct error **err;
};

/* Sets the error at the node's line; always false, for `return refuse(...)`. */
bool refuse(struct resolver *r, const xmlNode *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The steps, in the order in which resolve() takes them. */
bool resolve_identity(struct resolver *r);		/* resolve.c */
bool resolve_controller_models(struct resolver *r);	/* resolve_controllers.c */
bool resolve_consoles(struct resolver *r);		/* resolve_consoles.c */
bool resolve_implicit(struct resolver *r);		/* resolve_implicit.c */
bool resolve_models(struct resolver *r);		/* resolve_models.c */
bool addresses_drive(struct resolver *r);		/* addresses_drive.c */
bool addresses_serial(struct resolver *r);		/* addresses_serial.c */
bool addresses_usb(struct resolver *r);			/* addresses_usb.c */
bool addresses_pci(struct resolver *r);			/* addresses_pci.c */
bool addresses_memory(struct resolver *r);		/* addresses_drive.c */
bool aliases_assign(struct resolver *r);		/* aliases.c */

/* Controllers: <controller type= index= model=>. */
/* The UHCI companions of an EHCI controller share its index; controller_find()
 * finds the EHCI controller. */
bool controller_companion(const struct device *dev);
struct device *controller_find(const struct domain_def *def, const char *type, unsigned index);
struct device *controller_add(struct domain_def *def, const char *type, unsigned index,
			      const char *model);
/* The one there is, or a new one without model. */
struct device *controller_ensure(struct domain_def *def, const char *type, unsigned index);
bool controller_is(const struct device *dev, const char *type, const char *model);
unsigned controller_index(const struct device *dev);
const char *controller_model(const struct device *dev);	/* "" when absent */
/* One more than the highest index of this type; 0 when there is none. */
unsigned controller_count(const struct domain_def *def, const char *type);

/* Set an attribute of a child, adding the child when it is not there. */
void child_set_attr(xmlNode *parent, const char *child, const char *name, const char *value);

/* Text of the path, "" when absent. */
const char *text_at(const xmlNode *node, const char *path);

/* "vdc" -> 2, "sdaa" -> 26, "hda" -> 0; -1 when it ends in no letters. */
int target_index(const char *target);

#endif
