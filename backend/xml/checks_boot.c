/*
 * checks_boot: boot order, firmware, and the tables that firmware shows.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/xml/checks_private.h"
#include "backend/xml/node.h"

static bool check_boot_order(const struct domain_def *def, struct error **err)
{
	const xmlNode *os_boot = node_find(check_root(def), "os/boot"), *before;
	AUTO_KEYS struct keys seen = { NULL };

	DEVICES_EACH(dev, def) {
		xmlNode *boot = node_child(dev->node, "boot");

		if (!boot)
			continue;
		if (os_boot)
			return deny(def, boot, err,
				    "keep one: <boot dev> in <os>, or <boot order> in the devices",
				    "<boot order> together with <boot dev> in <os> (line %d)",
				    node_line(os_boot));
		before = keys_add(&seen, boot, "%llu",
				  (unsigned long long)node_u64(boot, "@order", 0));
		if (before)
			return deny(def, boot, err, "give each device a boot order of its own",
				    "boot order %s is taken already (line %d)",
				    node_get(boot, "@order"), node_line(before));
	}
	return true;
}

static bool check_uuid_entry(const struct domain_def *def, struct error **err)
{
	char uuid[UUID_TEXT];

	NODE_EACH(sysinfo, check_root(def), "sysinfo") {
		NODE_EACH(entry, node_child(sysinfo, "system"), "entry") {
			if (!node_is(entry, "@name", "uuid"))
				continue;
			if (!domain_uuid_parse(node_get(entry, ""), uuid))
				return deny(def, entry, err, NULL, "the uuid in <sysinfo> is not one");
			if (def->uuid[0] && strcmp(uuid, def->uuid))
				return deny(def, entry, err, "make them the same, or remove this one",
					    "the uuid in <sysinfo> is not the guest's");
		}
	}
	return true;
}

bool check_boot(const struct domain_def *def, struct error **err)
{
	const xmlNode *os = node_child(check_root(def), "os");
	const char *retry = node_get(os, "bios/@rebootTimeout");
	int64_t ms;

	if (!check_boot_order(def, err) || !check_uuid_entry(def, err))
		return false;
	if (node_u64(os, "bootmenu/@timeout", 0) > 65535)
		return deny(def, node_child(os, "bootmenu"), err, NULL,
			    "<bootmenu> timeout='%s' is above 65535 milliseconds",
			    node_get(os, "bootmenu/@timeout"));
	if (retry && (!units_i64(retry, &ms) || ms < -1 || ms > 65535))
		return deny(def, node_child(os, "bios"), err, NULL,
			    "<bios> rebootTimeout='%s' is not between -1 and 65535 milliseconds", retry);
	if (!node_has(os, "kernel") && (node_has(os, "initrd") || node_has(os, "cmdline")))
		return deny(def, os, err, "add <kernel>, or remove them",
			    "<initrd> or <cmdline> without <kernel>");
	return true;
}

static bool check_chosen_firmware(const struct domain_def *def, const xmlNode *os,
				  struct error **err)
{
	bool efi = node_is(os, "@firmware", "efi");
	const xmlNode *loader = node_child(os, "loader");
	const char *path = node_get(os, "loader");

	if (!efi && node_has(os, "nvram"))
		return deny(def, node_child(os, "nvram"), err, "remove it, or write firmware='efi'",
			    "<nvram> with firmware='bios', which has no variables");
	if (path && *path)
		return deny(def, loader, err, "remove the path, or the firmware attribute of <os>",
			    "<loader> names a file although firmware='%s' chooses it",
			    node_get(os, "@firmware"));
	if (node_is(loader, "@secure", "no"))
		return deny(def, loader, err,
			    "write <firmware><feature enabled='no' name='secure-boot'/></firmware>",
			    "<loader> secure='no' says nothing where the firmware is chosen");
	return true;
}

bool check_firmware(const struct domain_def *def, struct error **err)
{
	const xmlNode *os = node_child(check_root(def), "os"), *loader = node_child(os, "loader");
	const xmlNode *nvram = node_child(os, "nvram");
	const char *path = node_get(os, "loader");
	bool flash = node_is(loader, "@type", "pflash");

	if (node_has(os, "@firmware") && !check_chosen_firmware(def, os, err))
		return false;
	if (!node_has(os, "@firmware")) {
		if (loader && !*path)
			return deny(def, loader, err, "name the file, or write <os firmware='efi'>",
				    "<loader> names no firmware file");
		if (nvram && !loader)
			return deny(def, nvram, err, "add a <loader>, or write <os firmware='efi'>",
				    "<nvram> without a <loader>");
	}
	if (node_bool(loader, "@stateless", 0) == 1 && nvram)
		return deny(def, nvram, err, "remove one of them",
			    "<nvram> although the loader is stateless");
	if ((flash || node_is(os, "@firmware", "efi")) &&
	    !node_has(check_root(def), "features/acpi"))
		return deny(def, loader ? loader : os, err, "add <acpi/> to <features>",
			    "UEFI needs ACPI");
	if (node_bool(loader, "@secure", 0) == 1 && !machine_is_q35(def->machine))
		return deny(def, loader, err, "use machine='q35'",
			    "secure boot needs a q35 machine");
	if (node_has(check_root(def), "features/smm/tseg") && !machine_is_q35(def->machine))
		return deny(def, node_find(check_root(def), "features/smm/tseg"), err,
			    "use machine='q35', or remove it", "<tseg> exists on q35 machines only");
	return true;
}
