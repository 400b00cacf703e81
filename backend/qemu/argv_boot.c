/*
 * argv_boot: firmware, boot order and menu, direct kernel boot, ACPI tables.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

/* A flash chip: the file and a format node over it, for -machine pflashN=. */
static void add_flash(struct builder *b, const char *name, const char *file, const char *format, bool readonly)
{
	AUTO_FREE char *storage = mem_printf("%s-storage", name), *top = mem_printf("%s-format", name);
	struct json_object *o = json_object_new_object();

	json_set_str(o, "driver", "file");
	json_set_str(o, "filename", file);
	json_set_str(o, "node-name", storage);
	json_set_bool(o, "auto-read-only", true);
	json_set_str(o, "discard", "unmap");
	add_json(b, "-blockdev", o);
	o = json_object_new_object();
	json_set_str(o, "node-name", top);
	json_set_bool(o, "read-only", readonly);
	json_set_str(o, "driver", format);
	json_set_str(o, "file", storage);
	add_json(b, "-blockdev", o);
}

static bool add_nvram(struct builder *b)
{
	const xmlNode *node = node_find(b->root, "os/nvram");
	const struct block_options options = { .name = "pflash1", .format = b->firmware.nvram_format };
	struct json_object *copy;

	b->origin = node;
	if (node && node_is(node, "@type", "network")) {
		AUTO_FREE char *top = add_blockdev(b, node, &options);

		return top != NULL;
	}
	add_flash(b, "pflash1", b->firmware.nvram, b->firmware.nvram_format, false);
	if (!b->firmware.nvram_template)
		return true;
	copy = json_object_new_object();
	json_set_str(copy, "from", b->firmware.nvram_template);
	json_set_str(copy, "to", b->firmware.nvram);
	json_set_str(copy, "format", b->firmware.nvram_format);
	json_push(b->copies, copy);
	return true;
}

static bool add_firmware(struct builder *b)
{
	b->origin = node_find(b->root, "os/loader");
	if (!b->origin)
		b->origin = node_child(b->root, "os");
	if (!b->firmware.loader)
		return true;
	if (!b->firmware.pflash) {
		add_option(b, "-bios", b->firmware.loader);
		return true;
	}
	add_flash(b, "pflash0", b->firmware.loader, b->firmware.loader_format, b->firmware.loader_readonly);
	if (b->firmware.secure)
		add_option(b, "-global", "driver=cfi.pflash01,property=secure,value=on");
	return !b->firmware.nvram || add_nvram(b);
}

/* <boot dev='...'> in the order of the elements: 1, 2, ... to the first device
 * of each kind. */
static void read_order(struct builder *b)
{
	static const char *const names[] = { "hd", "cdrom", "fd", "network" };
	unsigned n = 1;

	NODE_EACH(boot, node_child(b->root, "os"), "boot")
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (node_is(boot, "@dev", names[i]) && !b->boot[i])
				b->boot[i] = n++;
	/* libvirt's default when nothing is said anywhere: the first disk */
	if (n > 1 || node_has(b->root, "os/kernel"))
		return;
	for (size_t i = 0; i < b->def->n_devices; i++)
		if (node_has(b->def->devices[i].node, "boot/@order"))
			return;
	b->boot[BOOT_DISK] = 1;
}

static void add_boot(struct builder *b)
{
	const xmlNode *os = node_child(b->root, "os");
	int menu = node_bool(os, "bootmenu/@enable", -1);
	AUTO_BUF struct buf v = BUF_INIT;

	b->origin = node_child(os, "boot");
	if (menu >= 0)
		buf_printf(&v, "menu=%s,", menu ? "on" : "off");
	if (menu == 1 && node_has(os, "bootmenu/@timeout"))
		buf_printf(&v, "splash-time=%u,", (unsigned)node_u64(os, "bootmenu/@timeout", 0));
	if (node_has(os, "bios/@rebootTimeout"))
		buf_printf(&v, "reboot-timeout=%ld,", strtol(text_at(os, "bios/@rebootTimeout"), NULL, 10));
	buf_add_str(&v, "strict=on");
	add_option(b, "-boot", buf_text(&v));
}

static void add_file(struct builder *b, const char *element, const char *option)
{
	const xmlNode *node = node_find(b->root, element);
	const char *text = node_get(b->root, element);

	if (!text || !*text)
		return;
	b->origin = node;
	add_option(b, option, text);
}

static bool add_kernel(struct builder *b)
{
	const xmlNode *os = node_child(b->root, "os");

	if (!node_has(os, "kernel")) {
		if (node_has(os, "initrd") || node_has(os, "cmdline"))
			return fail(b, node_child(os, node_has(os, "initrd") ? "initrd" : "cmdline"),
				    "<%s> means nothing without <kernel>", node_has(os, "initrd") ? "initrd" : "cmdline");
		return true;
	}
	add_file(b, "os/kernel", "-kernel");
	add_file(b, "os/initrd", "-initrd");
	add_file(b, "os/cmdline", "-append");
	add_file(b, "os/dtb", "-dtb");
	if (node_has(os, "shim"))
		return fail(b, node_child(os, "shim"), "<shim>: not built in this version");
	return true;
}

static bool add_tables(struct builder *b)
{
	NODE_EACH(t, node_find(b->root, "os/acpi"), "table") {
		AUTO_BUF struct buf v = BUF_INIT;

		b->origin = t;
		buf_add_str(&v, node_is(t, "@type", "slic") ? "sig=SLIC" : "");
		if (!v.len)
			return fail(b, t, "<table type='%s'>: this version knows type 'slic'", text_at(t, "@type"));
		add_escaped(&v, "file", node_get(t, ""));
		add_option(b, "-acpitable", buf_text(&v));
	}
	return true;
}

/* A BIOS that talks to the serial port: an option of the machine. */
static bool add_serial_bios(struct builder *b)
{
	if (node_bool(b->root, "os/bios/@useserial", 0) != 1)
		return true;
	b->origin = node_find(b->root, "os/bios");
	if (capabilities_has_device(b->caps, "sga"))
		add_json(b, "-device", json_tokener_parse("{\"driver\":\"sga\"}"));
	else
		add_option(b, "-machine", "graphics=off");
	return true;
}

bool argv_boot(struct builder *b)
{
	bool good;

	read_order(b);
	good = add_firmware(b);
	if (good)
		add_boot(b);
	good = good && add_kernel(b) && add_tables(b) && add_serial_bios(b);
	b->origin = NULL;
	return good;
}
