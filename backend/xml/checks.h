/*
 * checks: the rules of a definition that need neither a host nor a QEMU.
 *
 * The schema has looked at each value by itself; these look at several
 * together: what must be unique, what refers to what, what excludes what.  The
 * first rule that is broken is the error, with the line and a remedy.
 *
 * domain_def_parse() has called this.  Call it again after addresses, indexes
 * or aliases were filled in: what was chosen must not collide with what was
 * written.
 */
#ifndef BACKEND_XML_CHECKS_H
#define BACKEND_XML_CHECKS_H

#include "backend/xml/domain_def.h"

bool domain_check(const struct domain_def *def, struct error **err);

/* Whether the machine, as written, is of the q35 or i440fx family; a missing
 * machine is i440fx, as in libvirt. */
bool machine_is_q35(const char *machine);
bool machine_is_i440fx(const char *machine);

#endif
