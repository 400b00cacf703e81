/* domain_def: the typed definition, its devices and their addresses. */
#include "backend/base/mem.h"
#include "backend/xml/domain_def.h"
#include "backend/xml/node.h"
#include "tests/unit/tap.h"

#define OS "<os><type>hvm</type></os>"
#define HEAD "<domain type='qemu'>" OS "\n  <name>web</name>\n"

#define DISK "    <disk id='1'><target dev='a'/></disk>\n"

static struct domain_def *def_of(const char *text, struct error **err)
{
	struct document *d = document_parse(text, strlen(text), "x.xml", err);

	return d ? domain_def_parse(d, err) : NULL;
}

static void refused(const char *text, const char *want, const char *hint)
{
	struct error *err = NULL;
	struct domain_def *def = def_of(text, &err);

	ok(!def, "refused");
	is_str(error_message(err), want, want);
	if (hint)
		is_str(error_hint_text(err), hint, hint);
	error_free(err);
	domain_def_free(def);
}

static void test_everything(void)
{
	struct error *err = NULL;
	struct domain_def *def = def_of("<domain type='qemu'>\n  <name>web</name>\n"
		"  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n"
		"  <uuid>C7A5FDBD EDAF-9455-926A-D65C16DB1809</uuid>\n"
		"  <title>a title</title>\n  <description>two\nlines</description>\n"
		"  <memory unit='MiB'>64</memory>\n  <currentMemory>32768</currentMemory>\n"
		"  <maxMemory slots='4' unit='GiB'>1</maxMemory>\n"
		"  <vcpu current='2'>4</vcpu>\n  <iothreads>3</iothreads>\n"
				"  <cpu><numa><cell id='0' cpus='0-3' memory='64' unit='MiB'/></numa></cpu>\n"
		"  <on_crash>coredump-restart</on_crash>\n"
		"  <devices><emulator>/usr/bin/q</emulator><vsock/></devices>\n"
		"</domain>\n", &err);

	if (!ok(def != NULL, "a whole definition"))
		printf("# %s\n", error_message(err));
	is_str(def->name, "web", "name");
	is_str(def->uuid, "c7a5fdbd-edaf-9455-926a-d65c16db1809", "uuid, tidied");
	is_str(def->title, "a title", "title");
	is_str(def->description, "two\nlines", "description");
	is_int(def->virt_type, VIRT_QEMU, "type");
	is_int(def->memory, 64 << 20, "memory");
	is_int(def->current_memory, 32 << 20, "current memory");
	is_int(def->max_memory, 1 << 30, "maximum memory");
	is_int(def->max_memory_slots, 4, "slots");
	is_int(def->vcpus, 4, "vcpus");
	is_int(def->current_vcpus, 2, "current vcpus");
	is_int(def->iothreads, 3, "iothreads");
	is_str(def->arch, "x86_64", "arch");
	is_str(def->machine, "q35", "machine");
	is_str(def->emulator, "/usr/bin/q", "emulator");
	is_int(def->on_poweroff, LIFECYCLE_DESTROY, "on_poweroff by default");
	is_int(def->on_reboot, LIFECYCLE_RESTART, "on_reboot by default");
	is_str(lifecycle_action_name(def->on_crash), "coredump-restart", "on_crash");
	is_int(def->n_devices, 1, "one device");
	domain_def_free(def);
}

static void test_refusals(void)
{
	refused("<x/>", "x.xml:1: the root element is <x>, expected <domain>", NULL);
	refused("<domain type='xen'/>", "x.xml:1: domain type 'xen' is not one that runs on QEMU here",
		"write type='kvm', or type='qemu' for emulation");
	refused("<domain type='kvm'>" OS "</domain>", "x.xml:1: <domain> has no <name>", NULL);
	refused("<domain type='kvm'>" OS "\n<name>a/b</name></domain>", "x.xml:2: name 'a/b' contains '/'",
		"choose a name without '/' and control characters");
	refused("<domain type='kvm'>" OS "<name>a\nb</name></domain>",
		"x.xml:1: name 'a\nb' contains a control character", NULL);
	refused("<domain type='kvm'>" OS "<name> </name></domain>", "x.xml:1: the name is empty", NULL);
	refused(HEAD "<uuid>1</uuid></domain>", "x.xml:3: the uuid is not 32 hexadecimal digits", NULL);
	refused(HEAD "</domain>", "x.xml:1: the guest has no memory", NULL);
	refused(HEAD "<memory unit='furlong'>1</memory></domain>",
		"x.xml:3: <memory> unit='furlong': expected bytes, KiB, MiB, GiB, TiB, KB, MB, GB or TB", NULL);
	refused(HEAD "<memory unit='EiB'>99</memory></domain>",
		"x.xml:3: <memory>: '99' EiB is not a size", NULL);
	refused(HEAD "<memory>1024</memory><vcpu current='3'>2</vcpu></domain>",
		"x.xml:3: vcpu current='3' is not between 1 and the maximum 2",
		"lower current or raise the number of vcpus");
	refused(HEAD "<memory>1024</memory><vcpu>0</vcpu></domain>",
		"x.xml:3: <vcpu> is not a number from 1 to 4096", NULL);
	refused(HEAD "<memory>1024</memory>\n<on_reboot>coredump-destroy</on_reboot></domain>",
		"x.xml:4: <on_reboot>: found 'coredump-destroy', expected destroy, restart, preserve or "
		"rename-restart", NULL);
	refused(HEAD "<memory>1024</memory><devices>\n<disk><target dev='a'/><address type='pci' slot='0x20'/></disk>"
		"</devices></domain>",
		"x.xml:4: <address> slot='0x20' is not a number up to 31 (0x1f)", NULL);
	refused(HEAD "<memory>1024</memory><maxMemory>2048</maxMemory></domain>",
		"x.xml:3: <maxMemory> needs a size and slots", NULL);
}

static void test_numa_sum(void)
{
	struct domain_def *def = def_of(HEAD "<memory unit='MiB'>1</memory><cpu><numa>"
		"<cell id='0' cpus='0' memory='64' unit='MiB'/><cell id='1' memory='64' unit='MiB'/>"
		"</numa></cpu></domain>", NULL);

	is_int(def->memory, 128 << 20, "numa cells say how much memory there is");
	domain_def_free(def);
}

static void test_addresses(void)
{
	static const char body[] =
		"    <disk>\n"
		"      <target dev='sda'/>\n"
		"      <address type='drive' controller='1' bus='2' target='3' unit='4'/>\n"
		"    </disk>\n"
		"    <interface type='user'>\n"
		"      <address type='pci' domain='0x0000' bus='0x01' slot='0x1f' function='0x7' multifunction='on'/>\n"
		"    </interface>\n"
		"    <channel type='pty'><target type='virtio'/><address type='virtio-serial' controller='0' bus='0' port='9'/></channel>\n"
		"    <input type='tablet'><address type='usb' bus='0' port='1.2'/></input>\n"
		"    <panic><address type='isa' iobase='0x505'/></panic>\n"
		"    <memory model='dimm'><target><size>0</size></target><address type='dimm' slot='1' base='0x100000000'/></memory>\n";
	AUTO_FREE char *text = mem_printf(HEAD "  <memory>1024</memory>\n  <devices>\n%s"
					  "  </devices>\n</domain>\n", body);
	struct domain_def *def = def_of(text, NULL);
	AUTO_FREE char *out = NULL;
	struct device *nic;

	is_int(def->n_devices, 6, "devices");
	is_int(def->devices[0].address.drive.unit, 4, "drive");
	nic = domain_def_device(def, DEVICE_INTERFACE, 0);
	is_int(nic->address.pci.slot, 31, "pci slot");
	is_int(nic->address.pci.multifunction, 1, "pci multifunction");
	is_int(def->devices[2].address.virtio_serial.port, 9, "virtio-serial");
	is_str(def->devices[3].address.usb.port, "1.2", "usb");
	is_int(def->devices[4].address.isa.iobase, 0x505, "isa");
	is_int(def->devices[5].address.dimm.base, 0x100000000, "dimm");
	ok(!domain_def_device(def, DEVICE_DISK, 1), "past the end");
	for (size_t i = 0; i < def->n_devices; i++)
		device_write_address(&def->devices[i]);
	out = document_text(def->document);
	is_str(out, text, "writing what is there changes nothing");
	domain_def_free(def);
}

static void test_add_and_remove(void)
{
	struct domain_def *def = def_of(HEAD "  <memory>1024</memory>\n  <devices>\n"
		"    <emulator>/q</emulator>\n" DISK "    <!-- nic -->\n    <interface type='user'/>\n"
		"  </devices>\n</domain>\n", NULL);
	AUTO_FREE char *out = NULL;
	struct device *dev = domain_def_add_device(def, DEVICE_DISK);

	dev->address = (struct address){ .type = ADDRESS_PCI, .pci = { 0, 0, 3, 0, -1 } };
	device_write_address(dev);
	is_int(dev - def->devices, 1, "behind the first disk");
	domain_def_add_device(def, DEVICE_RNG);
	domain_def_remove_device(def, domain_def_device(def, DEVICE_INTERFACE, 0));
	out = document_text(def->document);
	is_str(out, HEAD "  <memory>1024</memory>\n  <devices>\n"
	       "    <emulator>/q</emulator>\n" DISK "    <disk>\n"
	       "      <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>\n"
	       "    </disk>\n    <!-- nic -->\n    <rng/>\n  </devices>\n</domain>\n",
	       "placed where libvirt would, written in the document's style");
	domain_def_free(def);
}

int main(void)
{
	test_everything();
	test_refusals();
	test_numa_sum();
	test_addresses();
	test_add_and_remove();
	return tap_done();
}
