/*
 * preflight: what would fail at start, found by looking at the host; see
 * plan.h.
 */
#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/qemu/host.h"
#include "backend/qemu/plan.h"
#include "backend/qemu/resolver.h"

struct flight {
	const struct domain_def *def;
	const struct paths *paths;
	struct json_object *findings;
};

static void found(struct flight *f, const xmlNode *node, char *problem, const char *hint)
{
	struct json_object *o = json_object_new_object();

	json_set_int(o, "line", node ? node_line(node) : 0);
	json_set_str(o, "element", node ? node_name(node) : NULL);
	json_set_str(o, "problem", problem);
	json_set_str(o, "hint", hint);
	json_push(f->findings, o);
	free(problem);
}

/* The first directory on the way to path that cannot be entered; NULL: none. */
static char *closed_directory(const char *path)
{
	char *copy = mem_strdup(path);

	for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (access(copy, X_OK) < 0 && errno == EACCES)
			return copy;
		*p = '/';
	}
	free(copy);
	return NULL;
}

static void check_file(struct flight *f, const xmlNode *node, const char *path, bool write)
{
	AUTO_FREE char *closed = NULL;
	AUTO_FREE char *hint = NULL;

	if (!path || !*path || access(path, write ? R_OK | W_OK : R_OK) == 0)
		return;
	if (errno == ENOENT || errno == ENOTDIR) {
		found(f, node, mem_printf("'%s' is not there", path), "create it, or name the file that is meant");
		return;
	}
	closed = closed_directory(path);
	if (closed) {
		hint = mem_printf("setfacl -m u:%u:x '%s', or move the file", (unsigned)geteuid(), closed);
		found(f, node, mem_printf("'%s' cannot be reached: user %u may not enter '%s'", path, (unsigned)geteuid(), closed), hint);
		return;
	}
	found(f, node, mem_printf("user %u may not %s '%s'", (unsigned)geteuid(), write ? "write" : "read", path),
	      write ? "change its permissions, or add <readonly/>" : "change its permissions");
}

static void check_source(struct flight *f, const xmlNode *disk, bool write)
{
	const xmlNode *source = node_child(disk, "source");
	const char *path = node_get(source, "@file");

	if (!path)
		path = node_get(source, "@dev");
	if (!path)
		path = node_get(source, "@dir");
	if (node_is(source, "@startupPolicy", "optional"))
		return;
	check_file(f, source ? source : disk, path, write);
	if (node_child(disk, "backingStore"))
		check_source(f, node_child(disk, "backingStore"), false);
}

static void check_disks(struct flight *f)
{
	struct device *dev;

	for (size_t i = 0; (dev = domain_def_device(f->def, DEVICE_DISK, i)); i++)
		check_source(f, dev->node, !node_child(dev->node, "readonly") && !node_is(dev->node, "@device", "cdrom"));
}

static void check_boot(struct flight *f, struct json_object *plan)
{
	const xmlNode *os = node_child(document_root(f->def->document), "os");
	static const char *const files[] = { "kernel", "initrd", "dtb", "loader" };
	struct json_object *copies = json_get(plan, "copies");

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		check_file(f, node_child(os, files[i]), node_get(os, files[i]), false);
	for (size_t i = 0; copies && i < json_object_array_length(copies); i++) {
		struct json_object *c = json_object_array_get_idx(copies, i);

		if (json_str(c, "to") && access(json_str(c, "to"), F_OK) < 0)
			check_file(f, node_child(os, "nvram") ? node_child(os, "nvram") : os, json_str(c, "from"), false);
	}
	for (size_t i = 0; copies && i < json_object_array_length(copies); i++)
		return;
	if (*text_at(os, "nvram"))
		check_file(f, node_child(os, "nvram"), node_get(os, "nvram"), true);
}

static const char *package_hint(const char *program)
{
	if (strstr(program, "swtpm"))
		return "install it (Debian: apt install swtpm)";
	return strstr(program, "virtiofsd") ? "install it (Debian 12: it is in qemu-system-common; later: apt install virtiofsd)" : "install it";
}

static void check_helpers(struct flight *f, struct json_object *plan)
{
	struct json_object *helpers = json_get(plan, "helpers");

	for (size_t i = 0; helpers && i < json_object_array_length(helpers); i++) {
		struct json_object *h = json_object_array_get_idx(helpers, i);
		const char *program = json_object_get_string(json_object_array_get_idx(json_get(h, "argv"), 0));
		AUTO_FREE char *path = program ? process_find(program) : NULL;
		const char *name = json_str(h, "name");
		const struct device *dev = NULL;

		for (size_t k = 0; k < f->def->n_devices; k++)
			if (name && f->def->devices[k].alias && !strcmp(f->def->devices[k].alias, name))
				dev = &f->def->devices[k];
		if (!path)
			found(f, dev ? dev->node : NULL, mem_printf("%s is not installed", program ? program : "a helper"),
			      package_hint(program ? program : ""));
	}
}

static void check_kvm(struct flight *f, const struct capabilities *c)
{
	struct kvm_state k;

	if (f->def->virt_type != VIRT_KVM)
		return;
	kvm_probe(&k, c, f->paths);
	if (!k.usable)
		found(f, document_root(f->def->document), mem_printf("KVM does not work here: %s", k.why),
		      "or use <domain type='qemu'>, which is slower but needs no KVM");
	kvm_state_done(&k);
}

static bool port_taken(const char *address, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int one = 1;
	bool taken;
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || inet_pton(AF_INET, address, &a.sin_addr) != 1)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	taken = bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 && errno == EADDRINUSE;
	return taken;
}

static void check_ports(struct flight *f, struct json_object *plan)
{
	struct json_object *graphics = json_get(plan, "graphics");

	for (size_t i = 0; graphics && i < json_object_array_length(graphics); i++) {
		struct json_object *g = json_object_array_get_idx(graphics, i);
		const char *address = json_str(g, "listen");
		int port = (int)json_int(g, "port", -1);
		const struct device *dev = domain_def_device(f->def, DEVICE_GRAPHICS, i);

		if (address && port > 0 && port_taken(address, port))
			found(f, dev ? dev->node : NULL, mem_printf("port %d of %s is taken", port, address),
			      "choose another port, or autoport='yes'");
	}
}

static void check_taps(struct flight *f, struct json_object *plan)
{
	struct json_object *taps = json_get(plan, "taps");

	for (size_t i = 0; taps && i < json_object_array_length(taps); i++) {
		struct json_object *t = json_object_array_get_idx(taps, i);
		const char *bridge = json_str(t, "bridge"), *port = json_str(t, "virtualport");

		if (json_str(t, "kind") && !strcmp(json_str(t, "kind"), "macvtap"))
			found(f, NULL, mem_printf("<interface type='direct'>: not built in this version"), "use type='bridge' or type='user'");
		if (port)
			found(f, NULL, mem_printf("<virtualport type='%s'>: not built in this version", port), NULL);
		if (bridge && if_nametoindex(bridge) == 0)
			found(f, NULL, mem_printf("the host has no bridge '%s'", bridge), "ip link add NAME type bridge, or <interface type='user'>");
	}
}

struct json_object *preflight(const struct domain_def *def, const struct capabilities *c,
			      const struct paths *paths, struct json_object *plan)
{
	struct flight f = { .def = def, .paths = paths, .findings = json_object_new_array() };

	check_disks(&f);
	check_boot(&f, plan);
	check_helpers(&f, plan);
	check_ports(&f, plan);
	check_taps(&f, plan);
	check_kvm(&f, c);
	return f.findings;
}

bool preflight_check(const struct domain_def *def, const struct capabilities *c,
		     const struct paths *paths, struct json_object *plan, struct error **err)
{
	AUTO_JSON struct json_object *all = preflight(def, c, paths, plan);
	struct json_object *first = json_object_array_get_idx(all, 0);
	int64_t line = json_int(first, "line", 0);

	if (!first)
		return true;
	if (line > 0)
		error_set(err, "%s:%lld: <%s>: %s", document_name(def->document), (long long)line,
			  json_str(first, "element"), json_str(first, "problem"));
	else
		error_set(err, "%s", json_str(first, "problem"));
	if (json_str(first, "hint"))
		error_hint(err, "%s", json_str(first, "hint"));
	return false;
}
