/*
 * chardev: the host's end of serial ports, channels and their like.
 *
 * A console that people attach to (serial or console of type pty) is a socket
 * whose listening descriptor the supervisor holds: it drains, logs and shares
 * it.  Every other type is what libvirt makes of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

static const xmlNode *source_with(const xmlNode *node, const char *mode)
{
	NODE_EACH(s, node, "source")
		if (node_is(s, "@mode", mode) || (!node_has(s, "@mode") && !strcmp(mode, "connect")))
			return s;
	return NULL;
}

/* A copy of the traffic in a file. */
static void add_log(struct buf *v, const xmlNode *node)
{
	if (!node_has(node, "log/@file"))
		return;
	add_escaped(v, "logfile", node_get(node, "log/@file"));
	buf_printf(v, ",logappend=%s", node_bool(node, "log/@append", 0) == 1 ? "on" : "off");
}

static void add_reconnect(struct buf *v, const xmlNode *source)
{
	const xmlNode *r = node_child(source, "reconnect");

	if (r && node_bool(r, "@enabled", 0) == 1)
		buf_printf(v, ",reconnect=%u", (unsigned)node_u64(r, "@timeout", 0));
}

static bool add_tcp(struct builder *b, const xmlNode *node, const char *id, struct buf *v)
{
	const xmlNode *bind = source_with(node, "bind"), *s = bind ? bind : source_with(node, "connect");
	const char *protocol = text_at(node, "protocol/@type");

	if (!s || !node_has(s, "@service"))
		return fail(b, node, "<%s type='tcp'> needs <source> with a service (port)", node_name(node));
	buf_add_str(v, "socket");
	add_escaped(v, "id", id);
	add_escaped(v, "host", node_has(s, "@host") ? text_at(s, "@host") : "127.0.0.1");
	add_escaped(v, "port", text_at(s, "@service"));
	if (!strcmp(protocol, "telnet") || !strcmp(protocol, "telnets"))
		buf_add_str(v, ",telnet=on");
	if (bind)
		buf_add_str(v, ",server=on,wait=off");
	if (node_is(s, "@tls", "yes") || !strcmp(protocol, "tls")) {
		AUTO_FREE char *tls = mem_printf("obj%s_tls0", id);

		if (!add_tls(b, s, tls, "/etc/pki/qemu", bind != NULL, true))
			return false;
		add_escaped(v, "tls-creds", tls);
	}
	if (!bind)
		add_reconnect(v, s);
	return true;
}

static bool add_udp(struct builder *b, const xmlNode *node, const char *id, struct buf *v)
{
	const xmlNode *bind = source_with(node, "bind"), *s = source_with(node, "connect");

	if (!s || !node_has(s, "@service"))
		return fail(b, node, "<%s type='udp'> needs <source mode='connect'> with a service (port)", node_name(node));
	buf_add_str(v, "udp");
	add_escaped(v, "id", id);
	add_escaped(v, "host", text_at(s, "@host"));
	add_escaped(v, "port", text_at(s, "@service"));
	add_escaped(v, "localaddr", bind ? text_at(bind, "@host") : "");
	add_escaped(v, "localport", bind && node_has(bind, "@service") ? text_at(bind, "@service") : "0");
	return true;
}

/* A socket without a path of its own gets one beside the guest's others. */
static void add_unix(const xmlNode *node, const char *id, struct buf *v)
{
	const xmlNode *source = node_child(node, "source");
	const char *path = node_get(source, "@path");
	AUTO_FREE char *own = mem_printf("%s.sock", id);
	bool connect = node_is(source, "@mode", "connect");

	buf_add_str(v, "socket");
	add_escaped(v, "id", id);
	add_escaped(v, "path", path && *path ? path : own);
	if (!connect)
		buf_add_str(v, ",server=on,wait=off");
	else
		add_reconnect(v, source);
}

static bool add_path(struct builder *b, const xmlNode *node, const char *id, const char *driver,
		     const char *path, struct buf *v)
{
	if (!path || !*path)
		return fail(b, node, "<%s type='%s'> needs a <source> path", node_name(node), text_at(node, "@type"));
	buf_add_str(v, driver);
	add_escaped(v, "id", id);
	add_escaped(v, "path", path);
	return true;
}

static const char *spice_channel(const xmlNode *node)
{
	if (!strcmp(node_name(node), "smartcard"))
		return "smartcard";
	return strcmp(node_name(node), "redirdev") ? "vdagent" : "usbredir";
}

static bool needs(struct builder *b, const xmlNode *node, const char *driver)
{
	if (capabilities_has_chardev(b->caps, driver))
		return true;
	fail(b, node, "<%s type='%s'>: this QEMU has no '%s'", node_name(node), text_at(node, "@type"), driver);
	return fail_hint(b, "it may come as a module (Debian: apt install qemu-system-modules-spice)");
}

static bool add_named(struct builder *b, const xmlNode *node, const char *id, const char *driver,
		      const char *name, struct buf *v)
{
	if (!needs(b, node, driver))
		return false;
	buf_add_str(v, driver);
	add_escaped(v, "id", id);
	add_escaped(v, "name", name);
	return true;
}

static bool add_vdagent(struct builder *b, const xmlNode *node, const char *id, struct buf *v)
{
	int clipboard = node_bool(node, "source/clipboard/@copypaste", -1);
	const char *mouse = node_get(node, "source/mouse/@mode");

	if (!add_named(b, node, id, "qemu-vdagent", "vdagent", v))
		return false;
	if (clipboard >= 0)
		buf_printf(v, ",clipboard=%s", clipboard ? "on" : "off");
	if (mouse)
		buf_printf(v, ",mouse=%s", strcmp(mouse, "client") ? "off" : "on");
	return true;
}

static bool add_simple(const char *id, const char *driver, struct buf *v)
{
	buf_add_str(v, driver);
	add_escaped(v, "id", id);
	return true;
}

static bool add_file(struct builder *b, const xmlNode *node, const char *id, struct buf *v)
{
	if (!add_path(b, node, id, "file", node_get(node, "source/@path"), v))
		return false;
	if (node_has(node, "source/@append"))
		buf_printf(v, ",append=%s", node_bool(node, "source/@append", 0) == 1 ? "on" : "off");
	return true;
}

static bool write_chardev(struct builder *b, const xmlNode *node, const char *id, struct buf *v)
{
	const char *type = text_at(node, "@type");
	const char *device = !strcmp(node_name(node), "parallel") ? "parallel" : "serial";

	if (!strcmp(type, "pty") || !strcmp(type, "null") || !strcmp(type, "vc") || !strcmp(type, "stdio"))
		return add_simple(id, type, v);
	if (!strcmp(type, "file"))
		return add_file(b, node, id, v);
	if (!strcmp(type, "dev"))
		return add_path(b, node, id, device, node_get(node, "source/@path"), v);
	if (!strcmp(type, "nmdm"))
		return add_path(b, node, id, "serial", node_get(node, "source/@master"), v);
	if (!strcmp(type, "pipe"))
		return add_path(b, node, id, "pipe", node_get(node, "source/@path"), v);
	if (!strcmp(type, "unix")) {
		add_unix(node, id, v);
		return true;
	}
	if (!strcmp(type, "tcp"))
		return add_tcp(b, node, id, v);
	if (!strcmp(type, "udp"))
		return add_udp(b, node, id, v);
	if (!strcmp(type, "spicevmc"))
		return add_named(b, node, id, "spicevmc", spice_channel(node), v);
	if (!strcmp(type, "spiceport"))
		return add_named(b, node, id, "spiceport", text_at(node, "source/@channel"), v);
	if (!strcmp(type, "dbus"))
		return add_named(b, node, id, "dbus", text_at(node, "source/@channel"), v);
	if (!strcmp(type, "qemu-vdagent"))
		return add_vdagent(b, node, id, v);
	return fail(b, node, "<%s type='%s'>: QEMU has no such backend", node_name(node), type);
}

bool add_chardev(struct builder *b, const xmlNode *node, const char *id)
{
	AUTO_BUF struct buf v = BUF_INIT;

	if (!write_chardev(b, node, id, &v))
		return false;
	add_log(&v, node);
	add_option(b, "-chardev", buf_text(&v));
	return true;
}

static void add_listen(struct builder *b, const char *fd, const char *path)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "fd", fd);
	json_set_str(o, "path", path);
	json_push(b->listen, o);
}

/* name is the alias, which for serial ports and consoles is ours or "ua-...";
 * files are named by count instead, so that no alias names a path. */
bool add_console_chardev(struct builder *b, const struct device *dev, const char *id)
{
	size_t n = json_object_array_length(b->consoles);
	AUTO_FREE char *name = mem_printf("%s%zu", dev->kind == DEVICE_SERIAL ? "serial" : "console", n);
	AUTO_FREE char *file = mem_printf("%s.qemu", name), *sock = mem_printf("%s.sock", name);
	AUTO_FREE char *link = mem_printf("%s.pty", name), *log = mem_printf("%s.log", name);
	AUTO_FREE char *qemu = paths_guest_file(b->paths, b->def->uuid, file);
	AUTO_FREE char *client = paths_runtime_file(b->paths, b->def->uuid, sock);
	AUTO_FREE char *pty = paths_runtime_file(b->paths, b->def->uuid, link);
	AUTO_FREE char *own_log = paths_guest_file(b->paths, b->def->uuid, log);
	AUTO_FREE char *prefix = NULL, *shell = NULL;
	struct json_object *console = json_object_new_object();
	AUTO_BUF struct buf v = BUF_INIT;

	add_escaped(&v, "id", id);
	prefix = mem_printf("socket%s,fd=", buf_text(&v));
	shell = mem_printf("pty%s", buf_text(&v));
	add_fd(b, "-chardev", prefix, name, ",server=on,wait=off", shell);
	add_listen(b, name, qemu);
	json_set_str(console, "name", name);
	json_set_str(console, "alias", dev->alias);
	json_set_str(console, "qemu", qemu);
	json_set_str(console, "client", client);
	json_set_str(console, "pty", pty);
	json_set_str(console, "log", node_has(dev->node, "log/@file") ? node_get(dev->node, "log/@file") : own_log);
	json_set_bool(console, "append", node_bool(dev->node, "log/@append", 1) == 1);
	json_push(b->consoles, console);
	return true;
}
