/*
 * argv_graphics: VNC, SPICE and the other screens.
 *
 * Unless the XML names a port or an address, VNC and SPICE listen on a unix
 * socket in the guest's own directory (QEMU's working directory, so its name
 * is short whatever the path).  Passwords go over QMP, never through argv.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

/* How and where a screen listens. */
struct listen {
	enum { LISTEN_SOCKET, LISTEN_TCP, LISTEN_NONE } how;
	const char *address;	/* TCP */
	const char *socket;	/* given path; NULL: our own */
	int port;		/* TCP; -1: any */
};

static const char *listen_address(const struct device *dev)
{
	const char *own = node_get(dev->node, "@listen");

	if (own && *own)
		return own;
	NODE_EACH(l, dev->node, "listen")
		if (node_is(l, "@type", "address") && *text_at(l, "@address"))
			return text_at(l, "@address");
	return NULL;
}

static struct listen read_listen(const struct device *dev)
{
	struct listen l = { .how = LISTEN_SOCKET, .address = listen_address(dev), .port = -1 };
	bool autoport = node_bool(dev->node, "@autoport", 0) == 1;
	long port = strtol(text_at(dev->node, "@port"), NULL, 10);

	l.socket = node_get(dev->node, "@socket");
	if (!l.socket)
		l.socket = node_get(dev->node, "listen/@socket");
	if (node_is(dev->node, "listen/@type", "none")) {
		l.how = LISTEN_NONE;
	} else if (!l.socket && !node_is(dev->node, "listen/@type", "socket") &&
		   (l.address || (port > 0 && !autoport) || node_is(dev->node, "listen/@type", "network"))) {
		l.how = LISTEN_TCP;
		l.port = port > 0 && !autoport ? (int)port : -1;
		if (!l.address)
			l.address = "127.0.0.1";
	}
	return l;
}

static void note(struct builder *b, const struct device *dev, const struct listen *l, const char *file)
{
	struct json_object *o = json_object_new_object();
	AUTO_FREE char *own = paths_guest_file(b->paths, b->def->uuid, file);

	json_set_str(o, "type", text_at(dev->node, "@type"));
	if (l->how == LISTEN_SOCKET) {
		json_set_str(o, "socket", l->socket ? l->socket : own);
	} else if (l->how == LISTEN_TCP) {
		json_set_str(o, "listen", l->address);
		json_set_int(o, "port", l->port);
	}
	json_push(b->graphics, o);
}

static void add_command(struct builder *b, const char *execute, struct json_object *arguments)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "execute", execute);
	json_set(o, "arguments", arguments);
	json_push(b->secrets, o);
}

/* passwdValidTo is in UTC, as libvirt has it; QEMU wants seconds since 1970. */
static void add_expiry(struct builder *b, const struct device *dev, const char *protocol)
{
	const char *until = node_get(dev->node, "@passwdValidTo");
	struct json_object *a;
	struct tm tm = { .tm_isdst = 0 };
	AUTO_FREE char *time = NULL;

	if (!until || !strptime(until, "%Y-%m-%dT%H:%M:%S", &tm))
		return;
	time = mem_printf("%lld", (long long)timegm(&tm));
	a = json_object_new_object();
	json_set_str(a, "protocol", protocol);
	json_set_str(a, "time", time);
	add_command(b, "expire_password", a);
}

static void add_password(struct builder *b, const struct device *dev, const char *protocol)
{
	struct json_object *a = json_object_new_object();
	const char *connected = node_get(dev->node, "@connected");

	json_set_str(a, "protocol", protocol);
	copy_str(a, "password", dev->node, "@passwd");
	if (connected && !strcmp(protocol, "spice"))
		json_set_str(a, "connected", connected);
	add_command(b, "set_password", a);
	add_expiry(b, dev, protocol);
}

static bool add_port(struct builder *b, const struct device *dev, const struct listen *l, struct buf *v)
{
	bool v6 = strchr(l->address, ':') != NULL;

	if (l->port >= 0 && (l->port < 5900 || l->port > 65535))
		return fail(b, dev->node, "<graphics type='vnc' port='%d'>: VNC ports are 5900 to 65535", l->port);
	if (strchr(l->address, ',') || strchr(l->address, ']'))
		return fail(b, dev->node, "<graphics listen='%s'>: not an address", l->address);
	buf_printf(v, v6 ? "[%s]:%d" : "%s:%d", l->address, l->port >= 0 ? l->port - 5900 : 0);
	if (l->port < 0)
		buf_add_str(v, ",to=99");
	return true;
}

static bool add_audio(struct builder *b, const struct device *dev, struct buf *v)
{
	uint64_t id = node_u64(dev->node, "audio/@id", 0);

	(void)b;
	if (node_has(dev->node, "audio/@id"))
		buf_printf(v, ",audiodev=audio%llu", (unsigned long long)id);
	return true;
}

static bool add_vnc(struct builder *b, const struct device *dev)
{
	struct listen l = read_listen(dev);
	AUTO_BUF struct buf v = BUF_INIT;
	int power = node_bool(dev->node, "@powerControl", -1);

	if (l.how == LISTEN_NONE) {
		buf_add_str(&v, "none");
	} else if (l.how == LISTEN_SOCKET) {
		/* with its key, or a '=' in the path would make one */
		buf_add_str(&v, l.socket ? "vnc=unix:" : "unix:");
		add_escaped(&v, "", l.socket ? l.socket : "vnc.sock");
	} else if (!add_port(b, dev, &l, &v)) {
		return false;
	}
	note(b, dev, &l, "vnc.sock");
	if (node_has(dev->node, "@websocket"))
		buf_printf(&v, ",websocket=%s", node_is(dev->node, "@websocket", "-1") ? "on" :
			   text_at(dev->node, "@websocket"));
	if (node_has(dev->node, "@sharePolicy"))
		add_escaped(&v, "share", text_at(dev->node, "@sharePolicy"));
	if (node_has(dev->node, "@passwd")) {
		buf_add_str(&v, ",password=on");
		add_password(b, dev, "vnc");
	}
	if (power >= 0)
		buf_printf(&v, ",power-control=%s", power ? "on" : "off");
	add_audio(b, dev, &v);
	add_option(b, "-vnc", buf_text(&v));
	return true;
}

/* --- SPICE ------------------------------------------------------------------------- */

static void copy_option(struct buf *v, const char *key, const struct device *dev, const char *path)
{
	add_escaped(v, key, node_get(dev->node, path));
}

static void add_spice_settings(struct builder *b, const struct device *dev, struct buf *v)
{
	const char *mouse = node_get(dev->node, "mouse/@mode");

	NODE_EACH(c, dev->node, "channel")
		if (node_is(c, "@mode", "insecure") || node_is(c, "@mode", "secure"))
			buf_printf(v, ",%s-channel=%s", node_is(c, "@mode", "secure") ? "tls" : "plaintext",
				   text_at(c, "@name"));
	if (node_is(dev->node, "@defaultMode", "insecure"))
		buf_add_str(v, ",plaintext-channel=default");
	else if (node_is(dev->node, "@defaultMode", "secure"))
		buf_add_str(v, ",tls-channel=default");
	copy_option(v, "image-compression", dev, "image/@compression");
	copy_option(v, "jpeg-wan-compression", dev, "jpeg/@compression");
	copy_option(v, "zlib-glz-wan-compression", dev, "zlib/@compression");
	copy_option(v, "playback-compression", dev, "playback/@compression");
	copy_option(v, "streaming-video", dev, "streaming/@mode");
	if (mouse && !strcmp(mouse, "server"))
		buf_add_str(v, ",agent-mouse=off");
	else if (mouse)
		buf_add_str(v, ",agent-mouse=on");
	if (node_bool(dev->node, "clipboard/@copypaste", 1) == 0)
		buf_add_str(v, ",disable-copy-paste=on");
	if (node_bool(dev->node, "filetransfer/@enable", 1) == 0)
		buf_add_str(v, ",disable-agent-file-xfer=on");
	if (node_bool(dev->node, "gl/@enable", 0) == 1) {
		buf_add_str(v, ",gl=on");
		copy_option(v, "rendernode", dev, "gl/@rendernode");
	}
	(void)b;
}

static bool add_spice(struct builder *b, const struct device *dev)
{
	struct listen l = read_listen(dev);
	long tls = strtol(text_at(dev->node, "@tlsPort"), NULL, 10);
	AUTO_BUF struct buf v = BUF_INIT;

	if (!capabilities_has_chardev(b->caps, "spicevmc")) {
		fail(b, dev->node, "<graphics type='spice'>: this QEMU has no SPICE");
		return fail_hint(b, "install its module (Debian: apt install qemu-system-modules-spice)");
	}
	if (l.how == LISTEN_TCP && (l.port > 0 || tls <= 0))
		buf_printf(&v, "port=%d,", l.port > 0 ? l.port : 5900);
	if (tls > 0)
		buf_printf(&v, "tls-port=%ld,x509-dir=/etc/pki/qemu,", tls);
	if (l.how == LISTEN_TCP || tls > 0) {
		buf_add_str(&v, "addr=");
		add_escaped(&v, "", l.address ? l.address : "127.0.0.1");
	} else if (l.how == LISTEN_SOCKET) {
		buf_add_str(&v, "unix=on");
		add_escaped(&v, "addr", l.socket ? l.socket : "spice.sock");
	} else {
		buf_add_str(&v, "port=0");
	}
	note(b, dev, &l, "spice.sock");
	if (node_has(dev->node, "@passwd"))
		add_password(b, dev, "spice");
	else
		buf_add_str(&v, ",disable-ticketing=on");
	add_spice_settings(b, dev, &v);
	buf_add_str(&v, ",seamless-migration=on");
	add_option(b, "-spice", buf_text(&v));
	return true;
}

/* --- the local ones ---------------------------------------------------------------------- */

static bool needs_display(struct builder *b, const struct device *dev, const char *type)
{
	if (capabilities_has_display(b->caps, type))
		return true;
	return fail(b, dev->node, "<graphics type='%s'>: this QEMU has no '%s' display", text_at(dev->node, "@type"), type);
}

static bool add_sdl(struct builder *b, const struct device *dev)
{
	const char *xauth = node_get(dev->node, "@xauth"), *display = node_get(dev->node, "@display");
	int gl = node_bool(dev->node, "gl/@enable", -1);

	if (!needs_display(b, dev, "sdl"))
		return false;
	json_set_str(b->env, "XAUTHORITY", xauth);
	json_set_str(b->env, "DISPLAY", display);
	if (node_bool(dev->node, "@fullscreen", 0) == 1)
		add_word(b, "-full-screen");
	add_optionf(b, "-display", "sdl%s", gl == 1 ? ",gl=on" : gl == 0 ? ",gl=off" : "");
	return true;
}

static bool add_headless(struct builder *b, const struct device *dev)
{
	AUTO_BUF struct buf v = BUF_INIT;

	if (!needs_display(b, dev, "egl-headless"))
		return false;
	buf_add_str(&v, "egl-headless");
	copy_option(&v, "rendernode", dev, "gl/@rendernode");
	add_option(b, "-display", buf_text(&v));
	return true;
}

static bool add_dbus(struct builder *b, const struct device *dev)
{
	AUTO_BUF struct buf v = BUF_INIT;
	int gl = node_bool(dev->node, "gl/@enable", -1);

	if (!needs_display(b, dev, "dbus"))
		return false;
	buf_add_str(&v, "dbus");
	if (node_bool(dev->node, "@p2p", 0) == 1)
		buf_add_str(&v, ",p2p=on");
	else if (node_has(dev->node, "@address"))
		copy_option(&v, "addr", dev, "@address");
	if (gl >= 0)
		buf_printf(&v, ",gl=%s", gl ? "on" : "off");
	copy_option(&v, "rendernode", dev, "gl/@rendernode");
	add_audio(b, dev, &v);
	add_option(b, "-display", buf_text(&v));
	return true;
}

static bool add_one(struct builder *b, const struct device *dev)
{
	const char *type = text_at(dev->node, "@type");

	if (!strcmp(type, "vnc"))
		return add_vnc(b, dev);
	if (!strcmp(type, "spice"))
		return add_spice(b, dev);
	if (!strcmp(type, "sdl"))
		return add_sdl(b, dev);
	if (!strcmp(type, "egl-headless"))
		return add_headless(b, dev);
	if (!strcmp(type, "dbus"))
		return add_dbus(b, dev);
	return fail(b, dev->node, "<graphics type='%s'>: QEMU has no such screen", type);
}

/* One of each type, and egl-headless only draws for another. */
static bool check(struct builder *b)
{
	const struct device *dev, *o;

	for (size_t i = 0; (dev = next_device(b, DEVICE_GRAPHICS, &i));)
		for (size_t j = i; (o = next_device(b, DEVICE_GRAPHICS, &j));)
			if (!strcmp(text_at(dev->node, "@type"), text_at(o->node, "@type")))
				return fail(b, o->node, "<graphics type='%s'>: one is all QEMU has", text_at(o->node, "@type"));
	return true;
}

static void add_keymap(struct builder *b)
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, DEVICE_GRAPHICS, &i));)
		if (node_has(dev->node, "@keymap")) {
			b->origin = dev->node;
			add_option(b, "-k", text_at(dev->node, "@keymap"));
			return;
		}
}

bool argv_graphics(struct builder *b)
{
	const struct device *dev;
	bool any = false;

	if (!check(b))
		return false;
	add_keymap(b);
	for (size_t i = 0; (dev = next_device(b, DEVICE_GRAPHICS, &i));) {
		b->origin = dev->node;
		any = true;
		if (!add_one(b, dev))
			return false;
	}
	b->origin = NULL;
	if (!any)
		add_option(b, "-display", "none");
	return true;
}
