/*
 * What resolve fills in, and that it stays: resolving twice, saving and
 * reading again, and adding a device later move nothing.
 */
#include "tests/unit/planning.h"

#define BIG \
	"<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>\n" \
	"<disk type='file'><source file='/b'/><target dev='sda' bus='scsi'/></disk>\n" \
	"<interface type='user'/>\n<interface type='user'><model type='virtio'/></interface>\n" \
	"<serial type='pty'/>\n<channel type='unix'><target type='virtio' name='a'/></channel>\n" \
	"<input type='tablet' bus='usb'/>\n<graphics type='vnc'/>\n<sound model='ich6'/>\n" \
	"<rng model='virtio'><backend model='builtin'/></rng>\n"

static char *resolved_text(const char *xml)
{
	struct error *err = NULL;
	struct domain_def *def = planning_define(xml, &err);
	char *text = def ? document_text(def->document) : NULL;

	if (err)
		printf("#   %s\n", error_message(err));
	error_free(err);
	domain_def_free(def);
	return text;
}

static void test_fixed_point(const char *machine)
{
	AUTO_FREE char *xml = planning_xml(machine, "", "", BIG), *once = resolved_text(xml);
	AUTO_FREE char *twice = once ? resolved_text(once) : NULL;
	struct domain_def *def = planning_define(xml, NULL);
	AUTO_FREE char *again = NULL;

	is_str(twice, once, "resolving what was resolved and saved changes nothing");
	ok(def && resolve(def, planning_caps(), RESOLVE_FIXED, NULL), "resolving the same definition twice");
	again = def ? document_text(def->document) : NULL;
	is_str(again, once, "changes nothing either");
	domain_def_free(def);
}

/* Every <address> of the first text, in order, must be in the second. */
static void test_adding_moves_nothing(const char *machine)
{
	AUTO_FREE char *xml = planning_xml(machine, "", "", BIG), *once = resolved_text(xml);
	char *end = once ? strstr(once, "</devices>") : NULL;
	AUTO_FREE char *more = NULL, *then = NULL;
	struct domain_def *before, *after;
	size_t moved = 0;

	if (!ok(end != NULL, "resolved"))
		return;
	more = mem_printf("%.*s<disk type='file'><source file='/c'/><target dev='vdb' bus='virtio'/></disk>"
			  "<filesystem><source dir='/d'/><target dir='d'/></filesystem>"
			  "<input type='mouse' bus='usb'/><input type='keyboard' bus='usb'/>%s", (int)(end - once), once, end);
	then = resolved_text(more);
	before = planning_define(once, NULL);
	after = then ? planning_define(then, NULL) : NULL;
	for (size_t i = 0; before && after && i < before->n_devices; i++) {
		const struct device *d = &before->devices[i], *found = NULL;

		for (size_t k = 0; k < after->n_devices; k++)
			if (after->devices[k].alias && d->alias && !strcmp(after->devices[k].alias, d->alias) &&
			    after->devices[k].kind == d->kind)
				found = &after->devices[k];
		if (d->alias && (!found || !address_equal(&found->address, &d->address)))
			moved++;
	}
	ok(after && moved == 0, "adding devices moves none of the others");
	domain_def_free(before);
	domain_def_free(after);
}

static unsigned usb_controllers(const struct domain_def *def)
{
	unsigned n = 0;

	for (size_t i = 0; i < def->n_devices; i++)
		n += def->devices[i].kind == DEVICE_CONTROLLER && node_is(def->devices[i].node, "@type", "usb");
	return n;
}

static void test_filled_in(void)
{
	AUTO_FREE char *xml = planning_xml("pc", "", "", "<graphics type='vnc'/><interface type='user'/>");
	struct domain_def *def = planning_define(xml, NULL);

	is_str(def->machine, "pc-i440fx-7.2", "versioned machine");
	is_int(strlen(def->uuid), 36, "uuid");
	ok(usb_controllers(def) == 1, "USB controller");
	ok(domain_def_device(def, DEVICE_MEMBALLOON, 0) != NULL, "memory balloon");
	ok(domain_def_device(def, DEVICE_VIDEO, 0) != NULL, "video for the screen");
	ok(domain_def_device(def, DEVICE_INPUT, 1) != NULL, "mouse and keyboard");
	ok(!strncmp(node_get(domain_def_device(def, DEVICE_INTERFACE, 0)->node, "mac/@address"), "52:54:00:", 9), "MAC address");
	domain_def_free(def);
}

static void test_random(void)
{
	AUTO_FREE char *xml = planning_xml("pc", "", "", "<interface type='user'/>");
	struct domain_def *a = domain_def_parse(document_parse(xml, strlen(xml), "t.xml", NULL), NULL);
	struct domain_def *b = domain_def_parse(document_parse(xml, strlen(xml), "t.xml", NULL), NULL);

	resolve(a, planning_caps(), 0, NULL);
	resolve(b, planning_caps(), 0, NULL);
	ok(strcmp(a->uuid, b->uuid), "two definitions have two uuids");
	ok(strcmp(node_get(domain_def_device(a, DEVICE_INTERFACE, 0)->node, "mac/@address"),
		  node_get(domain_def_device(b, DEVICE_INTERFACE, 0)->node, "mac/@address")), "and two MAC addresses");
	domain_def_free(a);
	domain_def_free(b);
}

/* 60 devices on pc need bridges; 20 on q35 need ports. */
static void test_many(const char *machine, unsigned n)
{
	AUTO_BUF struct buf devices = BUF_INIT;
	AUTO_FREE char *xml = NULL;
	struct error *err = NULL;
	struct json_object *plan;

	for (unsigned i = 0; i < n; i++)
		buf_printf(&devices, "<interface type='user'><model type='%s'/></interface>\n", i % 2 ? "virtio" : "e1000");
	xml = planning_xml(machine, "", "", buf_text(&devices));
	plan = planning_plan(xml, &err);
	ok(plan != NULL, "%u cards on %s have room", n, machine);
	if (err)
		printf("#   %s\n", error_message(err));
	error_free(err);
	json_object_put(plan);
}

int main(void)
{
	test_fixed_point("pc");
	test_fixed_point("q35");
	test_adding_moves_nothing("pc");
	test_adding_moves_nothing("q35");
	test_filled_in();
	test_random();
	test_many("pc", 70);
	test_many("q35", 40);
	return tap_done();
}
