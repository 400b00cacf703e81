/*
 * tap: the host's end of a guest's network card, made before QEMU is started
 * because QEMU's sandbox lets it make none.
 *
 * A tap lives as long as its descriptor, so nothing has to be cleaned up.  As
 * root (or with CAP_NET_ADMIN) it is made and put on its bridge here; others
 * ask qemu-bridge-helper, which the administrator allows bridges in
 * /etc/qemu/bridge.conf.
 */
#ifndef BACKEND_SUPERVISOR_TAP_H
#define BACKEND_SUPERVISOR_TAP_H

#include "backend/base/error.h"
#include "backend/base/json.h"

/* An entry of the plan's "taps" (docs/HACKING.md).  Returns the close-on-exec
 * descriptor, -1 on error. */
int tap_open(struct json_object *entry, struct error **err);

#endif
