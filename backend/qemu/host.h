/*
 * host: the machine virtty runs on: processors, memory, and whether KVM works.
 */
#ifndef BACKEND_QEMU_HOST_H
#define BACKEND_QEMU_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/base/json.h"
#include "backend/base/paths.h"
#include "backend/qemu/capabilities.h"

struct host {
	char arch[32];			/* uname's machine */
	char cpu_model[128];		/* "AMD EPYC ..."; "" when unknown */
	unsigned cpus;			/* online */
	unsigned mhz;			/* 0 unknown */
	unsigned nodes, sockets, cores, threads;	/* cores per socket, threads per core */
	uint64_t memory;		/* bytes */
	uint64_t free_memory;		/* bytes that a new guest could have */
};

void host_read(struct host *h);

/*
 * KVM is usable when /dev/kvm can be opened AND QEMU can start a virtual CPU
 * of the host's model with it (nested or broken KVM often opens and then
 * fails).  The second is tried once a boot for each QEMU binary and
 * remembered in the cache directory.
 */
struct kvm_state {
	bool usable;
	char *why;			/* why not, with the remedy; NULL when usable */
};
void kvm_probe(struct kvm_state *k, const struct capabilities *c, const struct paths *paths);
/* Only the cheap half: whether /dev/kvm can be opened; no process is started. */
void kvm_probe_device(struct kvm_state *k);
void kvm_state_done(struct kvm_state *k);

/* `virtty nodeinfo --json`, `virtty capabilities` as libvirt's XML and as
 * JSON.  capabilities_xml: the caller frees. */
struct json_object *host_json(const struct host *h);
char *host_capabilities_xml(const struct host *h, const struct capabilities *c,
			    const struct kvm_state *k);
struct json_object *host_capabilities_json(const struct host *h, const struct capabilities *c,
					   const struct kvm_state *k);

#endif
