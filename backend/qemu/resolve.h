/*
 * resolve: fill in what libvirt fills in.
 *
 * uuid, versioned machine name, architecture, emulator, MAC addresses, the
 * devices that come without being asked for (controllers, memory balloon,
 * PS/2 input, the serial port behind a console, video for graphics, audio),
 * models, every address and every alias; in the definition and in its
 * document, so that saving the document keeps all of it and hardware never
 * moves when a device is added later.
 *
 * A pure function of the definition and the capabilities but for the random
 * uuid and MAC addresses; RESOLVE_FIXED derives those from the name instead,
 * for conversions that nobody keeps.  Resolving twice changes nothing.
 * Whatever this version or this QEMU cannot do is refused with the line.
 */
#ifndef BACKEND_QEMU_RESOLVE_H
#define BACKEND_QEMU_RESOLVE_H

#include "backend/qemu/capabilities.h"
#include "backend/xml/domain_def.h"

enum resolve_flags { RESOLVE_FIXED = 1 };

bool resolve(struct domain_def *def, const struct capabilities *c, unsigned flags,
	     struct error **err);

/* Aliases ("virtio-disk0", "net0") are live data: into the document only for
 * what `dumpxml` shows of a running guest. */
void resolve_write_aliases(struct domain_def *def);

#endif
