/*
 * vnc_library: see vnc_library.h.
 */
#include "console/vnc_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#include "backend/base/mem.h"

#define LIBRARY "libvncclient.so.1"

struct vnc_library vnc_library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char problem[256];

/* A function's address comes as an object pointer, so it is copied. */
static bool find(void *handle, const char *name, void *to, size_t size)
{
	void *address = dlsym(handle, name);

	if (address)
		__builtin_memcpy(to, &address, size);
	else
		snprintf(problem, sizeof(problem), "%s has no %s", LIBRARY, name);
	return address;
}

static void load(void)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!handle) {
		snprintf(problem, sizeof(problem), "%s", dlerror());
		return;
	}
#define X(name) \
	if (!find(handle, #name, &vnc_library.name, sizeof(vnc_library.name))) \
		return;
	VNC_FUNCTIONS(X)
	X(rfbClientLog)
	X(rfbClientErr)
#undef X
}

bool vnc_library_load(struct error **err)
{
	pthread_once(&once, load);
	if (!*problem)
		return true;
	error_set(err, "load libvncclient: %s", problem);
	error_hint(err, "apt install libvncclient1");
	return false;
}
