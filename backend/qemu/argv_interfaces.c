/*
 * argv_interfaces: network cards and where their cables go.
 *
 * A tap device is made by the supervisor, which passes its descriptor; the
 * plan's "taps" say which (docs/HACKING.md).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

/* --- the host's side -------------------------------------------------------------- */

static const char *host_part(const xmlNode *s, const char *fallback)
{
	return node_has(s, "@address") ? text_at(s, "@address") : fallback;
}

static bool add_socket_net(struct builder *b, const struct device *dev, struct json_object *o)
{
	const xmlNode *s = node_child(dev->node, "source"), *local = node_child(s, "local");
	const char *type = text_at(dev->node, "@type");
	AUTO_FREE char *there = mem_printf("%s:%s", host_part(s, ""), text_at(s, "@port"));

	if (!node_has(s, "@port"))
		return fail(b, dev->node, "<interface type='%s'> needs <source port='...'>", type);
	json_set_str(o, "type", "socket");
	if (!strcmp(type, "server")) {
		json_set_str(o, "listen", there);
	} else if (!strcmp(type, "client")) {
		json_set_str(o, "connect", there);
	} else if (!strcmp(type, "mcast")) {
		json_set_str(o, "mcast", there);
	} else {
		AUTO_FREE char *here = mem_printf("%s:%s", text_at(local, "@address"), text_at(local, "@port"));

		json_set_str(o, "udp", there);
		json_set_str(o, "localaddr", here);
	}
	return true;
}

static void push_str(struct json_object *list, char *text)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "str", text);
	json_push(list, o);
	free(text);
}

/* Ports of the host that lead to the guest: libvirt's <portForward>. */
static bool add_forward(struct builder *b, const xmlNode *f, struct json_object *list)
{
	const char *address = text_at(f, "@address"), *proto = text_at(f, "@proto");

	NODE_EACH(r, f, "range") {
		unsigned from = (unsigned)node_u64(r, "@start", 0), last = (unsigned)node_u64(r, "@end", from);
		unsigned to = (unsigned)node_u64(r, "@to", from);

		if (node_bool(r, "@exclude", 0) == 1)
			continue;
		if (from == 0 || last < from || last > 65535 || last - from > 1000)
			return fail(b, r, "<range start='%u' end='%u'>: not a range of ports", from, last);
		for (unsigned p = from; p <= last; p++)
			push_str(list, mem_printf("%s:%s:%u-:%u", *proto ? proto : "tcp", address, p, to + (p - from)));
	}
	return true;
}

static bool add_user(struct builder *b, const struct device *dev, struct json_object *o)
{
	struct json_object *forwards = json_object_new_array();

	if (node_is(dev->node, "backend/@type", "passt")) {
		json_object_put(forwards);
		return fail(b, node_child(dev->node, "backend"), "<backend type='passt'>: not built in this version; leave it out for QEMU's own");
	}
	json_set_str(o, "type", "user");
	NODE_EACH(ip, dev->node, "ip") {
		bool v6 = node_is(ip, "@family", "ipv6");
		const char *prefix = node_get(ip, "@prefix");
		AUTO_FREE char *net = mem_printf("%s/%s", text_at(ip, "@address"), prefix ? prefix : v6 ? "64" : "24");

		if (!v6) {
			json_set_str(o, "net", net);
		} else {
			copy_str(o, "ipv6-prefix", ip, "@address");
			copy_int(o, "ipv6-prefixlen", ip, "@prefix");
		}
	}
	NODE_EACH(f, dev->node, "portForward")
		if (!add_forward(b, f, forwards)) {
			json_object_put(forwards);
			return false;
		}
	if (json_object_array_length(forwards))
		json_set(o, "hostfwd", forwards);
	else
		json_object_put(forwards);
	return true;
}

static bool add_vhost_user(struct builder *b, const struct device *dev, struct json_object *o)
{
	const xmlNode *s = node_child(dev->node, "source");
	AUTO_FREE char *id = mem_printf("char%s", dev->alias);
	AUTO_BUF struct buf v = BUF_INIT;

	if (!node_is(s, "@type", "unix"))
		return fail(b, dev->node, "<interface type='vhostuser'>: the source is of type 'unix'");
	buf_add_str(&v, "socket");
	add_escaped(&v, "id", id);
	add_escaped(&v, "path", text_at(s, "@path"));
	if (node_is(s, "@mode", "server"))
		buf_add_str(&v, ",server=on");
	else if (node_is(s, "reconnect/@enabled", "yes"))
		buf_printf(&v, ",reconnect=%u", (unsigned)node_u64(s, "reconnect/@timeout", 0));
	add_option(b, "-chardev", buf_text(&v));
	json_set_str(o, "type", "vhost-user");
	json_set_str(o, "chardev", id);
	copy_int(o, "queues", dev->node, "driver/@queues");
	return true;
}

static bool wants_vhost(const struct device *dev)
{
	return node_is(dev->node, "driver/@name", "vhost") && !strncmp(text_at(dev->node, "model/@type"), "virtio", 6);
}

/* libvirt's network 'default' is the bridge virbr0; any other network is taken
 * for the bridge of its name. */
static const char *network_bridge(const struct device *dev)
{
	const char *network = text_at(dev->node, "source/@network"), *bridge = node_get(dev->node, "source/@bridge");

	if (bridge && *bridge)
		return bridge;
	return !strcmp(network, "default") ? "virbr0" : network;
}

static void describe_tap(const struct device *dev, struct json_object *tap)
{
	const char *type = text_at(dev->node, "@type");
	const xmlNode *s = node_child(dev->node, "source");

	if (!strcmp(type, "bridge")) {
		json_set_str(tap, "kind", "bridge");
		copy_str(tap, "bridge", s, "@bridge");
	} else if (!strcmp(type, "network")) {
		json_set_str(tap, "kind", "network");
		copy_str(tap, "network", s, "@network");
		json_set_str(tap, "bridge", network_bridge(dev));
	} else if (!strcmp(type, "direct")) {
		json_set_str(tap, "kind", "macvtap");
		copy_str(tap, "device", s, "@dev");
		json_set_str(tap, "mode", node_has(s, "@mode") ? text_at(s, "@mode") : "vepa");
	} else {
		json_set_str(tap, "kind", "tap");
		copy_str(tap, "script", dev->node, "script/@path");
		json_set_bool(tap, "managed", node_bool(dev->node, "target/@managed", 1) == 1);
	}
	copy_str(tap, "name", dev->node, "target/@dev");
	copy_str(tap, "mac", dev->node, "mac/@address");
	copy_int(tap, "mtu", dev->node, "mtu/@size");
	copy_str(tap, "virtualport", dev->node, "virtualport/@type");
	copy_int(tap, "queues", dev->node, "driver/@queues");
}

/* What a line for typing has instead of a descriptor. */
static char *shell_netdev(const struct device *dev, const char *id)
{
	const char *type = text_at(dev->node, "@type");
	struct json_object *o = json_object_new_object();
	char *text;

	if (!strcmp(type, "bridge") || !strcmp(type, "network")) {
		json_set_str(o, "type", "bridge");
		json_set_str(o, "br", !strcmp(type, "bridge") ? text_at(dev->node, "source/@bridge") : network_bridge(dev));
	} else {
		json_set_str(o, "type", "tap");
		copy_str(o, "ifname", dev->node, "target/@dev");
		json_set_str(o, "script", "no");
		json_set_str(o, "downscript", "no");
	}
	json_set_str(o, "id", id);
	text = mem_strdup(json_text(o));
	json_object_put(o);
	return text;
}

static void add_tap(struct builder *b, const struct device *dev, const char *id)
{
	struct json_object *tap = json_object_new_object(), *id_json = json_object_new_string(id);
	AUTO_FREE char *fd = mem_printf("tap%zu", json_object_array_length(b->taps));
	AUTO_FREE char *suffix = NULL, *shell = shell_netdev(dev, id);
	AUTO_BUF struct buf more = BUF_INIT;

	if (wants_vhost(dev))
		buf_add_str(&more, ",\"vhost\":true");
	if (node_has(dev->node, "tune/sndbuf"))
		buf_printf(&more, ",\"sndbuf\":%llu", (unsigned long long)node_u64(dev->node, "tune/sndbuf", 0));
	suffix = mem_printf("\"%s,\"id\":%s}", buf_text(&more), json_object_to_json_string_ext(id_json, JSON_C_TO_STRING_PLAIN));
	json_object_put(id_json);
	json_set_str(tap, "fd", fd);
	describe_tap(dev, tap);
	json_push(b->taps, tap);
	add_fd(b, "-netdev", "{\"type\":\"tap\",\"fd\":\"", fd, suffix, shell);
}

static bool add_vdpa(struct json_object *o, const struct device *dev)
{
	json_set_str(o, "type", "vhost-vdpa");
	copy_str(o, "vhostdev", dev->node, "source/@dev");
	return true;
}

static bool is_tap(const char *type)
{
	return !strcmp(type, "bridge") || !strcmp(type, "network") || !strcmp(type, "direct") || !strcmp(type, "ethernet");
}

static bool add_netdev(struct builder *b, const struct device *dev, const char *id)
{
	const char *type = text_at(dev->node, "@type");
	struct json_object *o;
	bool good;

	if (is_tap(type)) {
		add_tap(b, dev, id);
		return true;
	}
	o = json_object_new_object();
	if (!strcmp(type, "user"))
		good = add_user(b, dev, o);
	else if (!strcmp(type, "vhostuser"))
		good = add_vhost_user(b, dev, o);
	else if (!strcmp(type, "vdpa"))
		good = add_vdpa(o, dev);
	else if (!strcmp(type, "server") || !strcmp(type, "client") || !strcmp(type, "mcast") || !strcmp(type, "udp"))
		good = add_socket_net(b, dev, o);
	else
		good = fail(b, dev->node, "<interface type='%s'>: not built in this version", type);
	if (!good) {
		json_object_put(o);
		return false;
	}
	json_set_str(o, "id", id);
	add_json(b, "-netdev", o);
	return true;
}

/* --- the guest's side ----------------------------------------------------------------- */

struct offload {
	const char *path, *property;
};

static const struct offload offloads[] = {
	{ "driver/host/@csum", "csum" }, { "driver/host/@gso", "gso" }, { "driver/host/@tso4", "host_tso4" },
	{ "driver/host/@tso6", "host_tso6" }, { "driver/host/@ecn", "host_ecn" }, { "driver/host/@ufo", "host_ufo" },
	{ "driver/host/@mrg_rxbuf", "mrg_rxbuf" }, { "driver/guest/@csum", "guest_csum" },
	{ "driver/guest/@tso4", "guest_tso4" }, { "driver/guest/@tso6", "guest_tso6" },
	{ "driver/guest/@ecn", "guest_ecn" }, { "driver/guest/@ufo", "guest_ufo" },
};

static void add_virtio(struct json_object *o, const struct device *dev)
{
	uint64_t queues = node_u64(dev->node, "driver/@queues", 0);

	if (node_is(dev->node, "driver/@txmode", "iothread") || node_is(dev->node, "driver/@txmode", "timer"))
		json_set_str(o, "tx", node_is(dev->node, "driver/@txmode", "iothread") ? "bh" : "timer");
	copy_bool(o, "ioeventfd", dev->node, "driver/@ioeventfd");
	copy_bool(o, "event_idx", dev->node, "driver/@event_idx");
	for (size_t i = 0; i < ARRAY_SIZE(offloads); i++)
		copy_bool(o, offloads[i].property, dev->node, offloads[i].path);
	if (queues > 1) {
		json_set_bool(o, "mq", true);
		json_set_int(o, "vectors", (int64_t)(2 * queues + 2));
	}
	copy_int(o, "rx_queue_size", dev->node, "driver/@rx_queue_size");
	copy_int(o, "tx_queue_size", dev->node, "driver/@tx_queue_size");
	copy_bool(o, "rss", dev->node, "driver/@rss");
	copy_bool(o, "hash", dev->node, "driver/@rss_hash_report");
	copy_int(o, "host_mtu", dev->node, "mtu/@size");
	virtio_options(o, dev);
}

static bool power_of_two(struct builder *b, const struct device *dev, const char *path)
{
	uint64_t n = node_u64(dev->node, path, 0);

	if (!node_has(dev->node, path) || (n >= 256 && n <= 1024 && !(n & (n - 1))))
		return true;
	return fail(b, dev->node, "<driver %s='%llu'>: a power of two from 256 to 1024", strrchr(path, '@') + 1,
		    (unsigned long long)n);
}

static bool check_nic(struct builder *b, const struct device *dev, bool virtio)
{
	if (!virtio && (node_has(dev->node, "driver/@rx_queue_size") || node_has(dev->node, "driver/@queues")))
		return fail(b, dev->node, "<driver>: queues are for model 'virtio', not '%s'", text_at(dev->node, "model/@type"));
	return power_of_two(b, dev, "driver/@rx_queue_size") && power_of_two(b, dev, "driver/@tx_queue_size");
}

static char *nic_driver(const struct device *dev, const char *model)
{
	if (!strcmp(model, "virtio") || !strcmp(model, "virtio-transitional") || !strcmp(model, "virtio-non-transitional"))
		return virtio_driver(dev, "virtio-net", model);
	if (!strcmp(model, "netfront") || !*model)
		return NULL;
	return mem_strdup(model);
}

/* Unplugged at the start: said over QMP before the guest runs. */
static void add_link_down(struct builder *b, const struct device *dev)
{
	struct json_object *command, *arguments;

	if (!node_is(dev->node, "link/@state", "down"))
		return;
	command = json_object_new_object();
	arguments = json_object_new_object();
	json_set_str(command, "execute", "set_link");
	json_set_str(arguments, "name", dev->alias);
	json_set_bool(arguments, "up", false);
	json_set(command, "arguments", arguments);
	json_push(b->secrets, command);
}

static bool add_nic(struct builder *b, const struct device *dev, const char *netdev)
{
	const char *model = text_at(dev->node, "model/@type");
	bool virtio = !strncmp(model, "virtio", 6);
	AUTO_FREE char *driver = nic_driver(dev, model);
	struct json_object *o;

	if (!driver)
		return fail(b, dev->node, "<model type='%s'>: QEMU has no such network card", model);
	o = device_new(dev, driver);
	if (virtio)
		add_virtio(o, dev);
	json_set_str(o, "netdev", netdev);
	copy_str(o, "mac", dev->node, "mac/@address");
	if (node_is(dev->node, "teaming/@type", "persistent"))
		json_set_bool(o, "failover", true);
	device_address(b, o, dev);
	device_boot(b, o, dev, BOOT_NIC);
	add_link_down(b, dev);
	return device_add(b, dev, o);
}

/* A network card of the host, given to the guest whole. */
static bool add_hostdev_nic(struct builder *b, const struct device *dev)
{
	const xmlNode *a = node_find(dev->node, "source/address");
	struct json_object *o = device_new(dev, "vfio-pci");
	AUTO_FREE char *host = mem_printf("%04x:%02x:%02x.%x", (unsigned)node_u64(a, "@domain", 0),
					  (unsigned)node_u64(a, "@bus", 0), (unsigned)node_u64(a, "@slot", 0),
					  (unsigned)node_u64(a, "@function", 0));

	json_set_str(o, "host", host);
	if (node_is(dev->node, "teaming/@type", "transient")) {
		AUTO_FREE char *partner = mem_strdup(text_at(dev->node, "teaming/@persistent"));

		json_set_str(o, "failover_pair_id", partner);
	}
	device_address(b, o, dev);
	device_boot(b, o, dev, BOOT_NIC);
	return device_add(b, dev, o);
}

static bool add_interface(struct builder *b, const struct device *dev, unsigned n)
{
	AUTO_FREE char *id = mem_printf("hostnet%u", n);
	bool virtio = !strncmp(text_at(dev->node, "model/@type"), "virtio", 6);

	if (node_is(dev->node, "@type", "hostdev"))
		return add_hostdev_nic(b, dev);
	if (node_is(dev->node, "@type", "vhostuser") && !virtio)
		return fail(b, dev->node, "<interface type='vhostuser'>: model 'virtio' only");
	return check_nic(b, dev, virtio) && add_netdev(b, dev, id) && add_nic(b, dev, id);
}

bool argv_interfaces(struct builder *b)
{
	const struct device *dev;
	unsigned n = 0;

	for (size_t i = 0; (dev = next_device(b, DEVICE_INTERFACE, &i));) {
		b->origin = dev->node;
		if (!add_interface(b, dev, n++))
			return false;
	}
	b->origin = NULL;
	return true;
}
