/*
 * op_host: what the host is and what its QEMU can do.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/connection/internal.h"
#include "backend/qemu/capabilities.h"
#include "backend/qemu/host.h"

void op_nodeinfo(struct call *call)
{
	struct host h;

	host_read(&h);
	call_return(call, host_json(&h));
}

/* qemu-system-ARCH of this host. */
static char *default_emulator(struct error **err)
{
	struct utsname name;
	AUTO_FREE char *program = NULL;
	char *path;

	uname(&name);
	program = mem_printf("qemu-system-%s", name.machine[0] == 'i' ? "x86_64" : name.machine);
	path = process_find(program);
	if (!path) {
		error_set(err, "%s is not installed", program);
		error_hint(err, "on Debian: apt install qemu-system-x86");
	}
	return path;
}

static void run_capabilities(struct call *call)
{
	const char *given = json_str(call->args, "emulator");
	AUTO_FREE char *emulator = given ? mem_strdup(given) : default_emulator(&call->err);
	struct capabilities *c = emulator ?
		capabilities_get(emulator, call->c->paths.cache, &call->err) : NULL;
	struct kvm_state kvm;
	struct host host;
	AUTO_FREE char *xml = NULL;

	if (!c)
		return;
	host_read(&host);
	kvm_probe(&kvm, c, &call->c->paths);
	xml = host_capabilities_xml(&host, c, &kvm);
	call->result = host_capabilities_json(&host, c, &kvm);
	json_set_str(call->result, "xml", xml);
	kvm_state_done(&kvm);
	capabilities_free(c);
}

void op_capabilities(struct call *call)
{
	call_work(call, run_capabilities, NULL);
}
