/*
 * firmware: which BIOS or UEFI image a guest boots, by QEMU's own descriptors.
 *
 * Descriptors (QEMU's docs/interop/firmware.json) are read from
 * $XDG_CONFIG_HOME/qemu/firmware, /etc/qemu/firmware and
 * /usr/share/qemu/firmware; of equal file names the first directory wins, and
 * files are tried in the order of their names.
 */
#ifndef BACKEND_QEMU_FIRMWARE_H
#define BACKEND_QEMU_FIRMWARE_H

#include "backend/base/error.h"
#include "backend/base/paths.h"
#include "backend/xml/domain_def.h"

struct firmware {
	char *loader;			/* NULL: QEMU's default BIOS */
	char *loader_format;		/* "raw", "qcow2" */
	bool pflash;			/* else -bios */
	bool loader_readonly;
	bool secure;			/* needs SMM and the pflash guard */
	char *nvram;			/* the guest's own variable store; NULL when none */
	char *nvram_format;
	char *nvram_template;		/* copied to nvram when that does not exist; may be NULL */
	char *template_format;
};

/* def is resolved. Looks at descriptors and nothing else on disk. */
bool firmware_find(const struct domain_def *def, const struct paths *paths,
		   struct firmware *f, struct error **err);
void firmware_done(struct firmware *f);

#endif
