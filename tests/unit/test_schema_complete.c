/* schema_complete: what could stand where somebody is typing; and adding
 * elements where the description has them. */
#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"
#include "backend/xml/schema.h"
#include "tests/unit/tap.h"

/* The names offered at the '|' in the text, joined; want may name only some
 * that must be there ("+a b") or none that may be ("-a b"). */
static void offers(const char *text, const char *want, const char *path)
{
	const char *bar = strchr(text, '|');
	AUTO_FREE char *whole = mem_printf("%.*s%s", (int)(bar - text), text, bar + 1);
	struct schema_completions c;
	AUTO_BUF struct buf got = BUF_INIT;

	schema_complete(whole, (size_t)(bar - text), &c);
	for (size_t i = 0; i < c.n; i++)
		buf_printf(&got, "%s%s", i ? " " : "", c.items[i]->name);
	if (*want == '+')
		ok(strstr(buf_text(&got), want + 1) != NULL, "%s offers %s", text, want + 1);
	else if (*want == '-')
		ok(!strstr(buf_text(&got), want + 1), "%s does not offer %s", text, want + 1);
	else
		is_str(buf_text(&got), want, text);
	if (path)
		is_str(c.path, path, path);
	schema_completions_done(&c);
}

static void test_names(void)
{
	offers("<|", "domain", "");
	offers("<dom|", "domain", "");
	offers("<domain><dev|", "devices", "domain");
	offers("<domain>\n  <vcpu>1</vcpu>\n  <on_|", "on_poweroff on_reboot on_crash on_lockfailure",
	       "domain");
	offers("<domain><devices><disk><|", "+driver source", "domain/devices/disk");
	offers("<domain><!-- <devices> --><tit|", "title", "domain");
	offers("<domain><devices><disk/><rng|", "rng", "domain/devices");
	offers("<domain><devices></devices><dev|", "devices", "domain");
	offers("<domain><unknown><|", "", "domain/unknown");
	offers("<domain><!-- <dev|", "", "domain");
}

static void test_attributes(void)
{
	offers("<domain><devices><disk d|", "device", "domain/devices/disk");
	offers("<domain><devices><disk type='file' |>", "-type", "domain/devices/disk");
	offers("<domain><devices><disk type='file' |>", "+device", NULL);
	offers("<domain><devices><disk type='block'><source |", "+dev", NULL);
	offers("<domain><devices><disk type='block'><source |", "-file", NULL);
	offers("<domain><devices><rng><address type='pci' |", "domain bus slot function multifunction",
	       NULL);
	offers("<domain><devices><rng><address type='drive' |", "controller bus target unit", NULL);
}

static void test_values(void)
{
	offers("<domain><devices><disk device='|", "disk cdrom floppy lun", NULL);
	offers("<domain><devices><disk device=\"c|\"/>", "cdrom", NULL);
	offers("<domain type='|", "kvm qemu", NULL);
	offers("<domain><on_crash>co|", "coredump-destroy coredump-restart", "domain/on_crash");
	offers("<domain><devices><disk><driver cache='none' discard='|", "unmap ignore", NULL);
	offers("<domain><name>|", "", "domain/name");
	offers("<domain><devices><disk wwn='a>|", "", "domain/devices/disk");
	offers("<domain type='kvm'|", "-type", "domain");
}

static void test_close_and_help(void)
{
	struct schema_completions c;
	static const char text[] = "<domain><devices><disk type='file'></";

	schema_complete(text, strlen(text), &c);
	is_str(c.close, "disk", "what an end tag closes");
	is_int(c.from, strlen(text), "where the word begins");
	schema_completions_done(&c);
	schema_complete("<domain><vcpu current='", 23, &c);
	ok(c.about && c.about->help, "help on the attribute whose value is written");
	is_int(c.from, 23, "behind the quote");
	schema_completions_done(&c);
	for (size_t i = 0; i <= strlen(text); i++) {
		schema_complete(text, i, &c);
		ok(c.from <= i, "every prefix");
		schema_completions_done(&c);
	}
}

static void test_add_child(void)
{
	static const char text[] = "<domain>\n  <name>n</name>\n  <os/>\n  <devices>\n    <disk>\n"
		"      <target/>\n      <address/>\n    </disk>\n  </devices>\n</domain>\n";
	struct document *d = document_parse(text, strlen(text), "x", NULL), *from;
	xmlNode *disk = node_find(document_root(d), "devices/disk");
	AUTO_FREE char *out = NULL;
	static const char other[] = "<rng model='virtio'><backend model='random'>/dev/random</backend>\n"
		"\t\t<x:y xmlns:x='http://x' x:z='1'/></rng>";

	schema_add_child(document_root(d), "uuid");
	schema_add_child(disk, "alias");
	schema_add_child(disk, "source");
	schema_add_child(disk, "nonsense");
	from = document_parse(other, strlen(other), "y", NULL);
	node_add_copy(node_child(document_root(d), "devices"), document_root(from), NULL);
	document_free(from);
	out = document_text(d);
	is_str(out, "<domain>\n  <name>n</name>\n  <uuid/>\n  <os/>\n  <devices>\n    <disk>\n"
	       "      <source/>\n      <target/>\n      <alias/>\n      <address/>\n      <nonsense/>\n"
	       "    </disk>\n    <rng model='virtio'>\n"
	       "      <backend model='random'>/dev/random</backend>\n"
	       "      <x:y xmlns:x='http://x' x:z='1'/>\n    </rng>\n  </devices>\n</domain>\n",
	       "each where the description has it; a copy takes this document's layout");
	document_free(d);
}

int main(void)
{
	test_names();
	test_attributes();
	test_values();
	test_close_and_help();
	test_add_child();
	return tap_done();
}
