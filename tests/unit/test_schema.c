/* schema: the description loads, validates, reports, completes. */
#include <time.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/xml/domain_def.h"
#include "backend/xml/node.h"
#include "backend/xml/schema.h"
#include "backend/xml/schema_private.h"
#include "tests/unit/tap.h"

#define HEAD "<domain type='kvm'>\n<name>n</name><memory>1024</memory><os><type>hvm</type></os>\n"

static struct document *parsed(const char *body)
{
	AUTO_FREE char *text = mem_printf(HEAD "%s</domain>\n", body);

	return document_parse(text, strlen(text), "x.xml", NULL);
}

/* The first error must read so. */
static void wrong(const char *body, const char *want, const char *hint)
{
	struct document *d = parsed(body);
	struct schema_report report;
	struct error *err = NULL;

	schema_check(d, &report);
	ok(!schema_report_good(d, &report, &err), "refused");
	is_str(error_message(err), want, want);
	is_str(error_hint_text(err), hint, hint ? hint : "no hint");
	error_free(err);
	schema_report_done(&report);
	document_free(d);
}

/* No error, and this one thing ignored (NULL: nothing). */
static void ignored(const char *body, int line, const char *path, const char *what, const char *why)
{
	struct document *d = parsed(body);
	struct schema_report report;

	schema_check(d, &report);
	is_int(report.n_errors, 0, "no error");
	is_int(report.n_ignored, what ? 1 : 0, "so many ignored");
	if (report.n_ignored) {
		is_int(report.ignored->line, line, "line");
		is_str(report.ignored->path, path, path);
		is_str(report.ignored->what, what, what);
		is_str(report.ignored->why, why, why);
	}
	schema_report_done(&report);
	document_free(d);
}

static void test_errors(void)
{
	wrong("<devices>\n<disk device='cdrum'><target dev='a'/></disk></devices>",
	      "x.xml:4: <disk> device='cdrum': expected disk, cdrom, floppy or lun",
	      "did you mean 'cdrom'?");
	wrong("<vcpu>two</vcpu>", "x.xml:3: <vcpu>: found 'two', expected a number, 0 or more", NULL);
	wrong("<devices><disk/></devices>", "x.xml:3: <disk> has no <target>", NULL);
	wrong("<devices><disk><target/></disk></devices>", "x.xml:3: <target> has no dev", NULL);
	wrong("<features><gic version='3'/></features>", "x.xml:3: <gic>: only ARM guests have it", NULL);
	wrong("<devices><interface type='user'><mac address='01:00:00:00:00:01'/></interface></devices>",
	      "x.xml:3: <mac> address='01:00:00:00:00:01': expected a unicast MAC address such as "
	      "52:54:00:12:34:56", NULL);
	wrong("<devices><panic model='s390'/></devices>",
	      "x.xml:3: <panic> model 's390': only s390 guests have it", NULL);
	wrong("<devices><rng model='virtio'><backend model='random'/><address type='ccw'/></rng></devices>",
	      "x.xml:3: <address> type 'ccw': only s390 guests have channel devices", NULL);
	wrong("<devices><disk type='network'><source protocol='nbb'/><target dev='a'/></disk></devices>",
	      "x.xml:3: <source> protocol='nbb': expected nbd, iscsi, rbd, sheepdog, gluster, http, "
	      "https, ftp, ftps, tftp, ssh, nfs or vxhs", "did you mean 'nbd'?");
	wrong("<cputune><vcpupin vcpu='0' cpuset='1-'/></cputune>",
	      "x.xml:3: <vcpupin> cpuset='1-': expected a set such as 0-3,^2,8", NULL);
}

static void test_ignored(void)
{
	ignored("<devices>\n\n<disck/></devices>", 5, "domain/devices/disck", "<disck>",
		"not known here; did you mean 'disk'?");
	ignored("<vcpu currant='1'>1</vcpu>", 3, "domain/vcpu/@currant", "currant of <vcpu>",
		"not known here; did you mean 'current'?");
	ignored("<devices><disk type='file'><source dev='/x'/><target dev='a'/></disk></devices>", 3,
		"domain/devices/disk/source/@dev", "dev of <source>", "it has a meaning only with type block");
	ignored("<x:y xmlns:x='http://x'/>", 3, "domain/y", "<y>", "it is in another namespace");
	ignored("<title>a</title><title>b</title>", 3, "domain/title", "<title>", "only the first counts");
	ignored("<devices>words</devices>", 3, "domain/devices", "<devices>",
		"text has no meaning directly inside it");
	ignored("<seclabel type='none'/>", 3, "domain/seclabel", "<seclabel>",
		"guests are not labelled by SELinux, AppArmor or DAC here; the supervisor confines QEMU");
	ignored("<metadata><any><thing x='1'/></any></metadata>", 0, NULL, NULL, NULL);
	ignored("<q:commandline xmlns:q='" NODE_QEMU_NAMESPACE "'><q:arg value='-x'/></q:commandline>",
		0, NULL, NULL, NULL);
}

static void test_bounded(void)
{
	AUTO_BUF struct buf b = BUF_INIT;
	struct schema_report report;
	struct document *d;

	for (int i = 0; i < 5000; i++)
		buf_add_str(&b, "<a/><devices b='1'/>");
	d = parsed(b.data);
	schema_check(d, &report);
	is_int(report.n_ignored, SCHEMA_ISSUES_MAX, "no more reports than that");
	schema_report_done(&report);
	document_free(d);
}

static void test_version(void)
{
	struct document *d = parsed("<devices>\n<audio id='1' type='pipewire'/></devices>");
	struct error *err = NULL;

	ok(!schema_check_version(d, 7002, &err), "too new");
	is_str(error_message(err), "x.xml:4: <audio> type='pipewire': needs QEMU 8.1, this one is 7.2",
	       "says which QEMU it needs");
	error_free(err);
	ok(schema_check_version(d, 8001, NULL), "new enough");
	document_free(d);
}

static void test_completion(void)
{
	const struct schema_item **items;
	const struct schema_item *disk = schema_find("domain/devices/disk");
	AUTO_FREE char *expected = NULL;
	size_t n, found = 0;

	ok(disk && disk->many && disk->help, "a disk is described");
	schema_inside(disk, SCHEMA_ELEMENT, &items, &n);
	for (size_t i = 0; i < n; i++)
		found += !strcmp(items[i]->name, "source") || !strcmp(items[i]->name, "address");
	is_int(found, 2, "its children, those of groups too");
	free(items);
	schema_inside(schema_find("domain/devices/disk/@device"), SCHEMA_VALUE, &items, &n);
	is_int(n, 4, "words of a value");
	is_str(items[1]->name, "cdrom", "in order");
	free(items);
	expected = schema_expected(schema_find("domain/vcpu"));
	is_str(expected, "a number, 0 or more", "what a text must be");
	ok(schema_find("domain/devices/disk/backingStore/backingStore/source/@file") != NULL,
	   "groups may contain themselves");
	ok(!schema_find("domain/nothing") && !schema_find("x") && !schema_find("domain/@x/y"), "unknown");
}

static void test_nearest(void)
{
	static const char *const words[] = { "virtio", "e1000", "yes" };

	is_str(schema_nearest("virtoi", words, 3), "virtio", "two letters swapped");
	is_str(schema_nearest("VIRTIO", words, 3), "virtio", "letter case");
	is_str(schema_nearest("banana", words, 3), NULL, "like none");
	is_str(schema_nearest("", words, 3), NULL, "empty");
}

static void test_load_time(void)
{
	struct timespec from, to;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	schema_root();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("# loaded in %ld us\n",
	       (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000);
	ok(to.tv_sec - from.tv_sec == 0, "loads");
}

int main(void)
{
	test_load_time();
	test_errors();
	test_ignored();
	test_bounded();
	test_version();
	test_completion();
	test_nearest();
	return tap_done();
}
