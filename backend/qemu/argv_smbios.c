/*
 * argv_smbios: what the guest's DMI tables and firmware configuration say.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

struct entry {
	const char *name, *option, *dmi;	/* libvirt's, QEMU's, the host's in /sys/class/dmi/id */
};

struct table {
	const char *element;
	int type;
	struct entry entry[8];
};

static const struct table tables[] = {
	{ "bios", 0, { { "vendor", "vendor", "bios_vendor" }, { "version", "version", "bios_version" },
		       { "date", "date", "bios_date" }, { "release", "release", "bios_release" } } },
	{ "system", 1, { { "manufacturer", "manufacturer", "sys_vendor" }, { "product", "product", "product_name" },
			 { "version", "version", "product_version" }, { "serial", "serial", NULL },
			 { "uuid", "uuid", NULL }, { "sku", "sku", "product_sku" },
			 { "family", "family", "product_family" } } },
	{ "baseBoard", 2, { { "manufacturer", "manufacturer", "board_vendor" }, { "product", "product", "board_name" },
			    { "version", "version", "board_version" }, { "serial", "serial", NULL },
			    { "asset", "asset", NULL }, { "location", "location", NULL } } },
	{ "chassis", 3, { { "manufacturer", "manufacturer", "chassis_vendor" }, { "version", "version", "chassis_version" },
			  { "serial", "serial", NULL }, { "asset", "asset", NULL }, { "sku", "sku", NULL } } },
};

static const char *entry_value(const xmlNode *section, const char *name)
{
	NODE_EACH(e, section, "entry")
		if (node_is(e, "@name", name))
			return text_at(e, "");
	return NULL;
}

static const struct entry *known_entry(const struct table *t, const char *name)
{
	for (const struct entry *e = t->entry; e < t->entry + ARRAY_SIZE(t->entry) && e->name; e++)
		if (!strcmp(e->name, name))
			return e;
	return NULL;
}

/* The uuid in the table and the guest's are one and the same thing. */
static bool check_uuid(struct builder *b, const xmlNode *section)
{
	const char *uuid = entry_value(section, "uuid");
	char text[UUID_TEXT];

	if (!uuid || (domain_uuid_parse(uuid, text) && !strcmp(text, b->def->uuid)))
		return true;
	return fail(b, section, "<entry name='uuid'>: '%s' is not the guest's <uuid>", uuid);
}

static bool add_section(struct builder *b, const struct table *t, const xmlNode *section)
{
	AUTO_BUF struct buf v = BUF_INIT;

	b->origin = section;
	buf_printf(&v, "type=%d", t->type);
	if (t->type == 1 && !check_uuid(b, section))
		return false;
	NODE_EACH(e, section, "entry")
		if (!known_entry(t, text_at(e, "@name")))
			return fail(b, e, "<entry name='%s'>: not an entry of <%s>", text_at(e, "@name"), t->element);
	for (const struct entry *e = t->entry; e < t->entry + ARRAY_SIZE(t->entry) && e->name; e++)
		add_escaped(&v, e->option, entry_value(section, e->name));
	add_option(b, "-smbios", buf_text(&v));
	return true;
}

static void add_strings(struct builder *b, const xmlNode *section)
{
	AUTO_BUF struct buf v = BUF_INIT;

	if (!section)
		return;
	b->origin = section;
	buf_add_str(&v, "type=11");
	NODE_EACH(e, section, "entry")
		add_escaped(&v, "value", text_at(e, ""));
	add_option(b, "-smbios", buf_text(&v));
}

static bool add_sysinfo(struct builder *b, const xmlNode *info)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		NODE_EACH(section, info, tables[i].element)
			if (!add_section(b, &tables[i], section))
				return false;
	add_strings(b, node_child(info, "oemStrings"));
	return true;
}

/* The host's own tables, as far as everybody may read them. */
static void add_host(struct builder *b)
{
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF struct buf v = BUF_INIT;

		buf_printf(&v, "type=%d", tables[i].type);
		for (const struct entry *e = tables[i].entry; e->name; e++) {
			AUTO_FREE char *path = e->dmi ? mem_printf("/sys/class/dmi/id/%s", e->dmi) : NULL;
			char text[256] = "";
			AUTO_CLOSE int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
			ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

			text[n > 0 ? n : 0] = '\0';
			text[strcspn(text, "\n")] = '\0';
			if (*text)
				add_escaped(&v, e->option, text);
		}
		add_option(b, "-smbios", buf_text(&v));
	}
}

static const xmlNode *sysinfo(const struct builder *b, const char *type)
{
	NODE_EACH(s, b->root, "sysinfo")
		if (node_is(s, "@type", type))
			return s;
	return NULL;
}

static bool add_smbios(struct builder *b)
{
	const char *mode = text_at(b->root, "os/smbios/@mode");
	const xmlNode *info = sysinfo(b, "smbios");
	char hardware[UUID_TEXT];

	if (node_has(b->root, "hwuuid")) {
		b->origin = node_child(b->root, "hwuuid");
		add_optionf(b, "-smbios", "type=1,uuid=%s", domain_uuid_parse(text_at(b->root, "hwuuid"), hardware) ? hardware : b->def->uuid);
	}
	b->origin = node_find(b->root, "os/smbios");
	if (!strcmp(mode, "host")) {
		add_host(b);
		return true;
	}
	if (strcmp(mode, "sysinfo"))
		return true;
	if (!info)
		return fail(b, b->origin, "<smbios mode='sysinfo'>: there is no <sysinfo type='smbios'>");
	return add_sysinfo(b, info);
}

static bool add_fw_cfg(struct builder *b)
{
	NODE_EACH(e, sysinfo(b, "fwcfg"), "entry") {
		const char *name = text_at(e, "@name"), *file = node_get(e, "@file");
		AUTO_BUF struct buf v = BUF_INIT;

		b->origin = e;
		if (strncmp(name, "opt/", 4))
			return fail(b, e, "<entry name='%s'>: names of firmware configuration begin with 'opt/'", name);
		buf_add_str(&v, "name=");
		add_escaped(&v, "", name);
		add_escaped(&v, file ? "file" : "string", file ? file : text_at(e, ""));
		add_option(b, "-fw_cfg", buf_text(&v));
	}
	return true;
}

bool argv_smbios(struct builder *b)
{
	bool good = add_smbios(b) && add_fw_cfg(b);

	b->origin = NULL;
	return good;
}
