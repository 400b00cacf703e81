/*
 * blockdev: the block nodes of a source: where the bytes are (protocol), what
 * they mean (format), and the chain of images below.
 *
 * Names: NAME-storage is a protocol node, NAME-format the format over it;
 * images further down are NAME-b1, NAME-b2 ...  Node names hold 31 characters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/qemu/argv.h"

#define CHAIN_MAX 200

static bool set_number(struct json_object *o, const char *key, const xmlNode *node, const char *path)
{
	if (!node_has(node, path))
		return false;
	copy_int(o, key, node, path);
	return true;
}

/* {"type": "inet", "host", "port"} or {"type": "unix", "path"}. */
static struct json_object *server_of(const xmlNode *host, const char *port)
{
	struct json_object *s = json_object_new_object();

	if (node_is(host, "@transport", "unix")) {
		json_set_str(s, "type", "unix");
		json_set_str(s, "path", text_at(host, "@socket"));
		return s;
	}
	json_set_str(s, "type", "inet");
	json_set_str(s, "host", text_at(host, "@name"));
	json_set_str(s, "port", node_has(host, "@port") ? text_at(host, "@port") : port);
	return s;
}

static bool need_host(struct builder *b, const xmlNode *source)
{
	if (node_child(source, "host"))
		return true;
	return fail(b, source, "<source protocol='%s'> needs a <host>", text_at(source, "@protocol"));
}

/* Name and password of <auth>, inside <source> or, older, beside it. */
static const xmlNode *auth_of(const xmlNode *disk, const xmlNode *source)
{
	const xmlNode *auth = node_child(source, "auth");

	return auth ? auth : node_child(disk, "auth");
}

static bool add_auth(struct builder *b, const xmlNode *disk, const xmlNode *source, const char *name,
		     struct json_object *o, const char *user_key, const char *secret_key)
{
	const xmlNode *auth = auth_of(disk, source);
	AUTO_FREE char *id = mem_printf("%s-auth-secret0", name);

	if (!auth)
		return true;
	if (!add_secret(b, node_child(auth, "secret"), id, !strcmp(user_key, "user") && !strcmp(secret_key, "key-secret") ? "raw" : "raw"))
		return false;
	copy_str(o, user_key, auth, "@username");
	json_set_str(o, secret_key, id);
	return true;
}

static bool add_nbd(struct builder *b, const xmlNode *source, const char *name, struct json_object *o)
{
	const xmlNode *host = node_child(source, "host");

	json_set_str(o, "driver", "nbd");
	json_set(o, "server", server_of(host, "10809"));
	copy_str(o, "export", source, "@name");
	if (node_is(source, "@tls", "yes")) {
		AUTO_FREE char *tls = mem_printf("obj%s_tls0", name);

		if (!add_tls(b, source, tls, "/etc/pki/qemu", false, true))
			return false;
		json_set_str(o, "tls-creds", tls);
		copy_str(o, "tls-hostname", source, "@tlsHostname");
	}
	if (node_has(source, "reconnect/@delay"))
		copy_int(o, "reconnect-delay", source, "reconnect/@delay");
	return true;
}

static char *url_of(const xmlNode *source, const char *protocol)
{
	const xmlNode *host = node_child(source, "host");
	const char *name = text_at(source, "@name");
	struct buf u = BUF_INIT;

	buf_printf(&u, "%s://%s", protocol, text_at(host, "@name"));
	if (node_has(host, "@port"))
		buf_printf(&u, ":%s", text_at(host, "@port"));
	else
		buf_printf(&u, ":%d", !strcmp(protocol, "https") ? 443 : !strcmp(protocol, "http") ? 80 :
			   !strcmp(protocol, "ftps") ? 990 : 21);
	buf_printf(&u, "%s%s", *name == '/' ? "" : "/", name);
	if (node_has(source, "@query"))
		buf_printf(&u, "?%s", text_at(source, "@query"));
	return buf_steal(&u);
}

static bool add_cookies(struct builder *b, const xmlNode *source, const char *name, const char *cookies,
			struct json_object *o)
{
	AUTO_FREE char *id = mem_printf("%s-cookie-secret0", name), *file = mem_printf("%s.cookies", name);
	struct json_object *secret = json_object_new_object();

	add_private_file(b, file, cookies);
	json_set_str(secret, "qom-type", "secret");
	json_set_str(secret, "id", id);
	json_set_str(secret, "format", "raw");
	json_set_str(secret, "file", file);
	json_set_str(o, "cookie-secret", id);
	return object_add(b, source, secret);
}

static bool add_curl(struct builder *b, const xmlNode *disk, const xmlNode *source, const char *name,
		     struct json_object *o)
{
	const char *protocol = text_at(source, "@protocol");
	AUTO_FREE char *url = url_of(source, protocol);
	AUTO_BUF struct buf cookies = BUF_INIT;

	json_set_str(o, "driver", protocol);
	json_set_str(o, "url", url);
	if (node_is(source, "ssl/@verify", "no"))
		json_set_bool(o, "sslverify", false);
	NODE_EACH(c, node_child(source, "cookies"), "cookie")
		buf_printf(&cookies, "%s%s=%s", cookies.len ? "; " : "", text_at(c, "@name"), text_at(c, ""));
	if (cookies.len && !add_cookies(b, source, name, buf_text(&cookies), o))
		return false;
	copy_int(o, "readahead", source, "readahead/@size");
	copy_int(o, "timeout", source, "timeout/@seconds");
	return add_auth(b, disk, source, name, o, "username", "password-secret");
}

static bool add_iscsi(struct builder *b, const xmlNode *disk, const xmlNode *source, const char *name,
		      struct json_object *o)
{
	const xmlNode *host = node_child(source, "host");
	AUTO_FREE char *target = mem_strdup(text_at(source, "@name"));
	AUTO_FREE char *portal = mem_printf("%s:%s", text_at(host, "@name"),
					    node_has(host, "@port") ? text_at(host, "@port") : "3260");
	char *slash = strchr(target, '/');

	json_set_str(o, "driver", "iscsi");
	json_set_str(o, "portal", portal);
	if (slash)
		*slash = '\0';
	json_set_str(o, "target", target);
	json_set_int(o, "lun", slash ? strtol(slash + 1, NULL, 10) : 0);
	json_set_str(o, "transport", node_is(host, "@transport", "iser") ? "iser" : "tcp");
	copy_str(o, "initiator-name", source, "initiator/iqn/@name");
	return add_auth(b, disk, source, name, o, "user", "password-secret");
}

static bool add_rbd(struct builder *b, const xmlNode *disk, const xmlNode *source, const char *name,
		    struct json_object *o)
{
	AUTO_FREE char *pool = mem_strdup(text_at(source, "@name"));
	char *slash = strchr(pool, '/');
	struct json_object *servers = json_object_new_array();

	json_set_str(o, "driver", "rbd");
	if (slash)
		*slash = '\0';
	json_set_str(o, "pool", pool);
	json_set_str(o, "image", slash ? slash + 1 : "");
	copy_str(o, "snapshot", source, "snapshot/@name");
	copy_str(o, "conf", source, "config/@file");
	NODE_EACH(host, source, "host") {
		struct json_object *s = json_object_new_object();

		json_set_str(s, "host", text_at(host, "@name"));
		json_set_str(s, "port", node_has(host, "@port") ? text_at(host, "@port") : "6789");
		json_push(servers, s);
	}
	if (json_object_array_length(servers))
		json_set(o, "server", servers);
	else
		json_object_put(servers);
	return add_auth(b, disk, source, name, o, "user", "key-secret");
}

static void add_gluster(const xmlNode *source, struct json_object *o)
{
	AUTO_FREE char *volume = mem_strdup(text_at(source, "@name"));
	char *slash = strchr(volume, '/');
	struct json_object *servers = json_object_new_array();

	json_set_str(o, "driver", "gluster");
	if (slash)
		*slash = '\0';
	json_set_str(o, "volume", volume);
	json_set_str(o, "path", slash ? slash + 1 : "");
	NODE_EACH(host, source, "host")
		json_push(servers, server_of(host, "24007"));
	json_set(o, "server", servers);
}

static void add_nfs(const xmlNode *source, struct json_object *o)
{
	struct json_object *server = json_object_new_object();

	json_set_str(o, "driver", "nfs");
	json_set_str(server, "type", "inet");
	json_set_str(server, "host", text_at(source, "host/@name"));
	json_set(o, "server", server);
	copy_str(o, "path", source, "@name");
	if (node_has(source, "identity/@user"))
		json_set_int(o, "user", strtol(text_at(source, "identity/@user") + (*text_at(source, "identity/@user") == '+'), NULL, 10));
	if (node_has(source, "identity/@group"))
		json_set_int(o, "group", strtol(text_at(source, "identity/@group") + (*text_at(source, "identity/@group") == '+'), NULL, 10));
}

static void add_ssh(const xmlNode *source, struct json_object *o)
{
	struct json_object *server = json_object_new_object();

	json_set_str(o, "driver", "ssh");
	copy_str(o, "path", source, "@name");
	json_set_str(server, "host", text_at(source, "host/@name"));
	json_set_str(server, "port", node_has(source, "host/@port") ? text_at(source, "host/@port") : "22");
	json_set(o, "server", server);
	copy_str(o, "user", source, "identity/@username");
}

static bool add_network(struct builder *b, const xmlNode *disk, const xmlNode *source, const char *name,
			struct json_object *o)
{
	const char *p = text_at(source, "@protocol");

	if (strcmp(p, "rbd") && !need_host(b, source))
		return false;
	if (!strcmp(p, "nbd"))
		return add_nbd(b, source, name, o);
	if (!strcmp(p, "http") || !strcmp(p, "https") || !strcmp(p, "ftp") || !strcmp(p, "ftps"))
		return add_curl(b, disk, source, name, o);
	if (!strcmp(p, "iscsi"))
		return add_iscsi(b, disk, source, name, o);
	if (!strcmp(p, "rbd"))
		return add_rbd(b, disk, source, name, o);
	if (!strcmp(p, "gluster")) {
		add_gluster(source, o);
		return true;
	}
	if (!strcmp(p, "nfs")) {
		add_nfs(source, o);
		return true;
	}
	if (!strcmp(p, "ssh")) {
		add_ssh(source, o);
		return true;
	}
	return fail(b, source, "<source protocol='%s'>: QEMU has no such protocol any more", p);
}

static bool add_nvme(struct builder *b, const xmlNode *source, struct json_object *o)
{
	const xmlNode *a = node_child(source, "address");
	AUTO_FREE char *device = NULL;

	if (!node_is(source, "@type", "pci") || !a)
		return fail(b, source, "<source type='%s'>: an NVMe source is of type 'pci' and has an <address>", text_at(source, "@type"));
	device = mem_printf("%04x:%02x:%02x.%x", (unsigned)node_u64(a, "@domain", 0), (unsigned)node_u64(a, "@bus", 0),
			    (unsigned)node_u64(a, "@slot", 0), (unsigned)node_u64(a, "@function", 0));
	json_set_str(o, "driver", "nvme");
	json_set_str(o, "device", device);
	json_set_int(o, "namespace", (int64_t)node_u64(source, "@namespace", 1));
	return true;
}

static void add_aio(const xmlNode *disk, struct json_object *o)
{
	const char *io = node_get(disk, "driver/@io");

	if (io)
		json_set_str(o, "aio", io);
}

static bool add_directory(struct builder *b, const xmlNode *source, const struct block_options *bo, struct json_object *o)
{
	const char *dir = text_at(source, "@dir");

	if (!bo->readonly)
		return fail(b, source, "<source dir='%s'>: a directory can be a read-only disk only; add <readonly/>", dir);
	json_set_str(o, "driver", "vvfat");
	json_set_str(o, "dir", dir);
	json_set_bool(o, "floppy", bo->floppy);
	json_set_bool(o, "rw", false);
	return true;
}

/* Our one pool is the directory of images. */
static bool add_volume(struct builder *b, const xmlNode *source, struct json_object *o)
{
	const char *volume = text_at(source, "@volume");
	AUTO_FREE char *images = paths_images_dir(b->paths), *path = mem_printf("%s/%s", images, volume);

	if (!node_is(source, "@pool", "default"))
		return fail(b, source, "<source pool='%s'>: there is the pool 'default' (%s); for others give the volume's path with type='file'",
			    text_at(source, "@pool"), images);
	if (!*volume || *volume == '.' || strchr(volume, '/'))
		return fail(b, source, "<source volume='%s'>: not the name of a volume", volume);
	json_set_str(o, "driver", "file");
	json_set_str(o, "filename", path);
	return true;
}

/* Where the bytes are; disk carries type='...' and <source>. */
static bool add_location(struct builder *b, const xmlNode *disk, const struct block_options *bo, const char *name,
			 struct json_object *o)
{
	const xmlNode *source = node_child(disk, "source");
	const char *type = text_at(disk, "@type");

	if (!strcmp(type, "network"))
		return add_network(b, disk, source, name, o);
	if (!strcmp(type, "nvme"))
		return add_nvme(b, source, o);
	if (!strcmp(type, "dir"))
		return add_directory(b, source, bo, o);
	if (!strcmp(type, "block")) {
		json_set_str(o, "driver", bo->cdrom && !strcmp(bo->format, "raw") && !strncmp(text_at(source, "@dev"), "/dev/sr", 7)
			     ? "host_cdrom" : "host_device");
		json_set_str(o, "filename", text_at(source, "@dev"));
		return true;
	}
	if (!strcmp(type, "volume"))
		return add_volume(b, source, o);
	if (*type && strcmp(type, "file"))
		return fail(b, disk, "<disk type='%s'>: not built in this version", type);
	json_set_str(o, "driver", "file");
	json_set_str(o, "filename", text_at(source, "@file"));
	return true;
}

static void add_cache(const xmlNode *disk, struct json_object *o)
{
	const char *mode = text_at(disk, "driver/@cache");
	struct json_object *c;

	if (!*mode || !strcmp(mode, "default"))
		return;
	c = json_object_new_object();
	json_set_bool(c, "direct", !strcmp(mode, "none") || !strcmp(mode, "directsync"));
	json_set_bool(c, "no-flush", !strcmp(mode, "unsafe"));
	json_set(o, "cache", c);
}

/* A part of a raw image. */
static bool add_slice(struct builder *b, const xmlNode *disk, struct json_object *o)
{
	const xmlNode *slice = node_find(disk, "source/slices/slice");

	if (!slice || !node_is(slice, "@type", "storage"))
		return slice ? fail(b, slice, "<slice type='%s'>: QEMU knows slices of type 'storage'", text_at(slice, "@type")) : true;
	set_number(o, "offset", slice, "@offset");
	set_number(o, "size", slice, "@size");
	return true;
}

/* A part of a file that holds an image in a format: a raw node between. */
static bool add_slice_node(struct builder *b, const xmlNode *disk, const char *storage, const char *name)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "node-name", name);
	json_set_str(o, "driver", "raw");
	json_set_str(o, "file", storage);
	if (!add_slice(b, disk, o)) {
		json_object_put(o);
		return false;
	}
	add_json(b, "-blockdev", o);
	return true;
}

static void add_cache_size(const xmlNode *disk, struct json_object *o)
{
	const xmlNode *size = node_find(disk, "driver/metadata_cache/max_size");
	uint64_t bytes;

	if (size && units_bytes(node_get(size, ""), node_get(size, "@unit"), 1, &bytes))
		json_set_int(o, "cache-size", (int64_t)bytes);
}

static const xmlNode *encryption_of(const xmlNode *disk)
{
	const xmlNode *e = node_find(disk, "source/encryption");

	return e ? e : node_child(disk, "encryption");
}

static bool add_encryption(struct builder *b, const xmlNode *disk, const char *name, const char *driver,
			   struct json_object *o)
{
	const xmlNode *e = encryption_of(disk);
	AUTO_FREE char *id = mem_printf("%s-luks-secret0", name);
	const char *format = text_at(e, "@format");

	if (!e || !strcmp(format, "default"))
		return true;
	if (strcmp(format, "luks"))
		return fail(b, e, "<encryption format='%s'>: QEMU opens luks only", format);
	if (node_is(e, "@engine", "librbd"))
		return fail(b, e, "<encryption engine='librbd'>: not built in this version");
	if (strcmp(driver, "luks") && strcmp(driver, "qcow2"))
		return fail(b, e, "<encryption>: images of format '%s' cannot be encrypted", driver);
	if (!add_secret(b, node_child(e, "secret"), id, "raw"))
		return false;
	if (!strcmp(driver, "luks")) {
		json_set_str(o, "key-secret", id);
	} else {
		struct json_object *c = json_object_new_object();

		json_set_str(c, "format", "luks");
		json_set_str(c, "key-secret", id);
		json_set(o, "encrypt", c);
	}
	return true;
}

/* QEMU's driver for libvirt's name of a format. */
static const char *format_driver(const char *format, bool encrypted)
{
	static const char *const table[][2] = {
		{ "raw", "raw" }, { "qcow2", "qcow2" }, { "qcow", "qcow" }, { "qed", "qed" }, { "vmdk", "vmdk" },
		{ "vdi", "vdi" }, { "vhd", "vpc" }, { "vpc", "vpc" }, { "vhdx", "vhdx" }, { "luks", "luks" },
		{ "bochs", "bochs" }, { "cloop", "cloop" }, { "dmg", "dmg" }, { "ploop", "parallels" },
		{ "iso", "raw" }, { "aio", "raw" }, { "fat", "raw" },
	};

	if (encrypted && (!strcmp(format, "raw") || !strcmp(format, "luks")))
		return "luks";
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i][0], format))
			return table[i][1];
	return NULL;
}

static bool needs_driver(struct builder *b, const xmlNode *node, const char *driver)
{
	if (capabilities_has_block_driver(b->caps, driver))
		return true;
	fail(b, node, "<%s>: this QEMU has no block driver '%s'", node_name(node), driver);
	return fail_hint(b, "it may come as a module (Debian: apt install qemu-block-extra)");
}

static bool add_storage(struct builder *b, const xmlNode *disk, const struct block_options *bo, const char *name)
{
	AUTO_FREE char *storage = mem_printf("%s-storage", name);
	struct json_object *o = json_object_new_object();
	const char *driver;

	if (!add_location(b, disk, bo, name, o)) {
		json_object_put(o);
		return false;
	}
	driver = json_str(o, "driver");
	if (!needs_driver(b, disk, driver)) {
		json_object_put(o);
		return false;
	}
	if (!strcmp(driver, "file") || !strncmp(driver, "host_", 5))
		add_aio(disk, o);
	json_set_str(o, "node-name", storage);
	json_set_bool(o, "auto-read-only", true);
	json_set_str(o, "discard", node_is(disk, "driver/@discard", "ignore") ? "ignore" : "unmap");
	if (!strcmp(driver, "file") && node_has(disk, "source/reservations"))
		json_set_str(o, "pr-manager", "pr-helper0");
	add_cache(disk, o);
	add_json(b, "-blockdev", o);
	return true;
}

static bool add_format(struct builder *b, const xmlNode *disk, const struct block_options *bo, const char *name,
		       const char *backing)
{
	AUTO_FREE char *storage = mem_printf("%s-storage", name), *top = mem_printf("%s-format", name);
	AUTO_FREE char *part = mem_printf("%s-slice", name);
	const xmlNode *slice = node_find(disk, "source/slices/slice");
	const char *driver = format_driver(bo->format, encryption_of(disk) != NULL);
	struct json_object *o;
	const char *zeroes = node_get(disk, "driver/@detect_zeroes");

	if (!driver)
		return fail(b, disk, "<format type='%s'>: QEMU has no such image format", bo->format);
	if (!needs_driver(b, disk, driver))
		return false;
	if (slice && strcmp(driver, "raw") && !add_slice_node(b, disk, storage, part))
		return false;
	o = json_object_new_object();
	json_set_str(o, "node-name", top);
	json_set_bool(o, "read-only", bo->readonly);
	if (node_has(disk, "driver/@discard"))
		copy_str(o, "discard", disk, "driver/@discard");
	json_set_str(o, "detect-zeroes", zeroes && !strcmp(zeroes, "unmap") && !node_is(disk, "driver/@discard", "unmap")
		     ? "on" : zeroes);
	add_cache(disk, o);
	json_set_str(o, "driver", driver);
	if (!add_encryption(b, disk, name, driver, o) || (!strcmp(driver, "raw") && !add_slice(b, disk, o))) {
		json_object_put(o);
		return false;
	}
	add_cache_size(disk, o);
	copy_bool(o, "discard-no-unref", disk, "driver/@discard_no_unref");
	json_set_str(o, "file", slice && strcmp(driver, "raw") ? part : storage);
	if (backing && *backing)
		json_set_str(o, "backing", backing);
	else if (backing && (!strcmp(driver, "qcow2") || !strcmp(driver, "qed") || !strcmp(driver, "vmdk") || !strcmp(driver, "qcow")))
		json_set(o, "backing", NULL);
	add_json(b, "-blockdev", o);
	return true;
}

static bool chain_ends(const xmlNode *store)
{
	return !node_has(store, "@type") && !node_child(store, "source");
}

/* The images below, the lowest first.  *backing: its node's name, "" for an
 * explicit end of the chain, NULL where the XML says nothing and QEMU goes by
 * the image itself. */
static bool add_backing(struct builder *b, const xmlNode *disk, const struct block_options *bo, unsigned depth,
			char **backing)
{
	const xmlNode *store = node_child(disk, "backingStore");
	AUTO_FREE char *name = mem_printf("%s-b%u", bo->name, depth);
	AUTO_FREE char *below = NULL;
	const char *format = node_get(store, "format/@type");
	struct block_options o = { .name = bo->name, .format = format ? format : "raw", .readonly = true };

	*backing = NULL;
	if (!store)
		return true;
	if (chain_ends(store)) {
		*backing = mem_strdup("");
		return true;
	}
	if (depth > CHAIN_MAX)
		return fail(b, store, "<backingStore>: more than %d images in a chain", CHAIN_MAX);
	b->origin = store;
	if (!add_backing(b, store, &o, depth + 1, &below))
		return false;
	if (!add_storage(b, store, &o, name) || !add_format(b, store, &o, name, below))
		return false;
	*backing = mem_printf("%s-format", name);
	return true;
}

char *add_blockdev(struct builder *b, const xmlNode *disk, const struct block_options *o)
{
	const xmlNode *origin = b->origin;
	AUTO_FREE char *backing = NULL;

	if (!add_backing(b, disk, o, 1, &backing))
		return NULL;
	b->origin = origin;
	if (!add_storage(b, disk, o, o->name) || !add_format(b, disk, o, o->name, backing))
		return NULL;
	return mem_printf("%s-format", o->name);
}
