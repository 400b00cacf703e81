/*
 * probe: ask a QEMU binary what it can do.
 */
#ifndef BACKEND_QEMU_PROBE_H
#define BACKEND_QEMU_PROBE_H

#include <stdbool.h>

#include "backend/base/error.h"
#include "backend/base/json.h"

/* Counts up whenever what is kept changes. */
#define PROBE_FORMAT "3"

/* Starts the binary with machine none, talks QMP, quits it: what
 * capabilities.c keeps; NULL with its complaint when it is no QEMU. */
struct json_object *probe_emulator(const char *emulator, struct error **err);

/* Whether the binary can start a CPU of the host's model under KVM on this
 * machine; false with *err holding QEMU's own words. */
bool probe_kvm(const char *emulator, const char *machine, struct error **err);

#endif
