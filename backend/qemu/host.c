/*
 * host: see host.h.
 */
#include "backend/qemu/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/qemu/probe.h"

/* A small file of /proc or /sys, whole; "" when it is not there. */
static const char *slurp(const char *path, char *out, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && len + 1 < size) {
		n = read(fd, out + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
	}
	out[len] = '\0';
	return out;
}

/* The value behind "key   : " in a text of such lines. */
static const char *field(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	p = p ? strchr(p, ':') : NULL;
	return p ? p + 1 + strspn(p + 1, " \t") : NULL;
}

static void read_cpuinfo(struct host *h)
{
	char text[16384];
	const char *v;

	slurp("/proc/cpuinfo", text, sizeof(text));
	v = field(text, "model name");
	if (v)
		snprintf(h->cpu_model, sizeof(h->cpu_model), "%.*s", (int)strcspn(v, "\n"), v);
	v = field(text, "cpu MHz");
	h->mhz = v ? (unsigned)strtoul(v, NULL, 10) : 0;
}

static unsigned topology(unsigned cpu, const char *what)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/topology/%s", cpu, what);
	return (unsigned)strtoul(slurp(path, text, sizeof(text)), NULL, 10);
}

/* CPUs named in a list like "0-3,8": how many. */
static unsigned list_count(const char *list)
{
	unsigned count = 0;

	while (*list >= '0' && *list <= '9') {
		char *end;
		unsigned long from = strtoul(list, &end, 10), to = from;

		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		count += to >= from ? (unsigned)(to - from + 1) : 0;
		list = *end == ',' ? end + 1 : end;
	}
	return count;
}

static unsigned list_file_count(const char *path)
{
	char text[4096];

	return list_count(slurp(path, text, sizeof(text)));
}

static void read_topology(struct host *h)
{
	unsigned packages = 0;
	unsigned long long seen = 0;

	for (unsigned i = 0; i < h->cpus; i++) {
		unsigned id = topology(i, "physical_package_id") % 64;

		packages += !(seen & (1ull << id));
		seen |= 1ull << id;
	}
	h->sockets = packages ? packages : 1;
	h->threads = list_file_count("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list");
	if (h->threads == 0)
		h->threads = 1;
	h->cores = h->cpus / (h->sockets * h->threads);
	if (h->cores == 0 || h->sockets * h->cores * h->threads != h->cpus) {
		h->sockets = h->threads = 1;
		h->cores = h->cpus;
	}
	h->nodes = list_file_count("/sys/devices/system/node/online");
	if (h->nodes == 0)
		h->nodes = 1;
}

static void read_memory(struct host *h)
{
	char text[8192];
	const char *v;

	slurp("/proc/meminfo", text, sizeof(text));
	v = field(text, "MemTotal");
	h->memory = v ? strtoull(v, NULL, 10) * 1024 : 0;
	v = field(text, "MemAvailable");
	h->free_memory = v ? strtoull(v, NULL, 10) * 1024 : 0;
}

void host_read(struct host *h)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct utsname u;

	*h = (struct host){ .cpus = cpus > 0 ? (unsigned)cpus : 1 };
	if (uname(&u) == 0)
		snprintf(h->arch, sizeof(h->arch), "%.31s", u.machine);
	read_cpuinfo(h);
	read_topology(h);
	read_memory(h);
}

struct json_object *host_json(const struct host *h)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "arch", h->arch);
	json_set_str(o, "cpu_model", h->cpu_model);
	json_set_int(o, "cpus", h->cpus);
	json_set_int(o, "mhz", h->mhz);
	json_set_int(o, "nodes", h->nodes);
	json_set_int(o, "sockets", h->sockets);
	json_set_int(o, "cores", h->cores);
	json_set_int(o, "threads", h->threads);
	json_set_int(o, "memory", (int64_t)h->memory);
	json_set_int(o, "free_memory", (int64_t)h->free_memory);
	return o;
}

void kvm_state_done(struct kvm_state *k)
{
	free(k->why);
	*k = (struct kvm_state){ .usable = false };
}

void kvm_probe_device(struct kvm_state *k)
{
	AUTO_CLOSE int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	*k = (struct kvm_state){ .usable = fd >= 0 };
	if (fd >= 0)
		return;
	if (errno == ENOENT)
		k->why = mem_strdup("there is no /dev/kvm: enable virtualization in the firmware and load kvm_intel or kvm_amd");
	else if (errno == EACCES)
		k->why = mem_strdup("/dev/kvm may not be opened by this user: join the group kvm (usermod -aG kvm USER) and log in again");
	else
		k->why = mem_printf("/dev/kvm cannot be opened: %s", strerror(errno));
}

/* The answer of an earlier try in this boot: 1 works, 0 fails (*why), -1 none. */
static int remembered(const char *path, const struct capabilities *c, char **why)
{
	AUTO_JSON struct json_object *o = json_read_file(path, 65536, NULL);
	struct json_object *entry = json_get(o, capabilities_emulator(c));
	const char *boot = json_str(entry, "boot_id"), *version = json_str(entry, "version");

	if (!boot || strcmp(boot, process_boot_id()) ||
	    !version || strcmp(version, capabilities_version_text(c)))
		return -1;
	*why = mem_strdup(json_str(entry, "why"));
	return *why ? 0 : 1;
}

static void remember(const struct paths *paths, const char *path, const struct capabilities *c,
		     const char *why)
{
	struct json_object *o = json_read_file(path, 65536, NULL);
	struct json_object *entry = json_object_new_object();
	const char *text;

	if (!json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		o = json_object_new_object();
	}
	json_set_str(entry, "boot_id", process_boot_id());
	json_set_str(entry, "version", capabilities_version_text(c));
	json_set_str(entry, "why", why);
	json_set(o, capabilities_emulator(c), entry);
	text = json_text(o);
	if (file_make_dirs(paths->cache, false, NULL))
		file_replace(path, text, strlen(text), 0600, NULL);
	json_object_put(o);
}

static const char *probe_machine(const struct capabilities *c)
{
	return capabilities_machine(c, "pc") ? "pc" : capabilities_machine(c, "virt") ? "virt" : "none";
}

void kvm_probe(struct kvm_state *k, const struct capabilities *c, const struct paths *paths)
{
	AUTO_FREE char *path = mem_printf("%s/kvm.json", paths->cache);
	struct error *err = NULL;
	int known;

	kvm_probe_device(k);
	if (!k->usable)
		return;
	if (!capabilities_kvm_built(c)) {
		k->usable = false;
		k->why = mem_printf("%s is built without KVM", capabilities_emulator(c));
		return;
	}
	known = remembered(path, c, &k->why);
	if (known < 0) {
		if (!probe_kvm(capabilities_emulator(c), probe_machine(c), &err))
			k->why = mem_printf("/dev/kvm opens, but QEMU cannot start a processor with it (%s)",
					    error_message(err));
		error_free(err);
		remember(paths, path, c, k->why);
	}
	k->usable = !k->why;
}
