/* checks: each rule refuses what breaks it, with the line, and only that. */
#include "backend/base/mem.h"
#include "backend/xml/checks.h"
#include "tests/unit/tap.h"

struct rule {
	const char *machine;	/* NULL: pc */
	const char *body;	/* outside <devices>; %s of nothing */
	const char *devices;
	const char *want;	/* behind "x.xml:"; NULL: must pass */
};

#define PCI(slot, function) "<address type='pci' bus='0' slot='" slot "' function='" function "'/>"
#define DISK(dev, inside) "<disk><target dev='" dev "'/>" inside "</disk>"
#define NUMA "<cpu><numa><cell id='0' cpus='0-1' memory='1024'/></numa></cpu>"
#define PCIDEV "<source><address bus='1' slot='2' function='0'/></source>"

static const struct rule rules[] = {
	/* boot */
	{ NULL, "", DISK("a", "<boot order='1'/>") "\n" DISK("b", "<boot order='1'/>"),
	  "4: boot order 1 is taken already (line 3)" },
	{ NULL, "", DISK("a", "<boot order='1'/>") DISK("b", "<boot order='2'/>"), NULL },
	{ NULL, "<sysinfo type='smbios'><system><entry name='uuid'>x</entry></system></sysinfo>", "",
	  "3: the uuid in <sysinfo> is not one" },
	/* cpu */
	{ NULL, "<cpu mode='host-passthrough'/>", "", "3: <cpu> mode='host-passthrough' needs KVM" },
	{ NULL, "<cpu mode='maximum'><cache level='3' mode='passthrough'/></cpu>", "",
	  "3: <cache> mode='passthrough' is for all levels" },
	{ NULL, "<cpu mode='maximum'><cache mode='passthrough'/></cpu>", "", NULL },
	{ NULL, "<cpu mode='maximum'><maxphysaddr mode='emulate'/></cpu>", "",
	  "3: <maxphysaddr> mode='emulate' has no bits" },
	{ NULL, "<cpu><topology sockets='1' cores='3' threads='1'/></cpu>", "",
	  "3: the topology has 3 processors, <vcpu> says 2" },
	{ NULL, "<cpu><topology sockets='1' cores='2' threads='1'/></cpu>", "", NULL },
	{ NULL, "<cpu><topology sockets='4294967296' cores='4294967296' threads='2'/></cpu>", "",
	  "3: the topology has 18446744073709551615 processors, <vcpu> says 2" },
	{ NULL, "<cpu><model>m</model><feature name='a'/>\n<feature name='a'/></cpu>", "",
	  "4: cpu feature 'a' is there already (line 3)" },
	/* numa */
	{ NULL, "<cpu><numa><cell id='1' cpus='0' memory='1'/></numa></cpu>", "",
	  "3: numa cell 1, but there are 1" },
	{ NULL, "<cpu><numa><cell id='0' cpus='0-2' memory='1'/></numa></cpu>", "",
	  "3: numa cell 0 has vcpu 2, but there are 2" },
	{ NULL, "<cpu><numa><cell cpus='0-1' memory='1'/><cell cpus='1' memory='1'/></numa></cpu>", "",
	  "3: vcpu 1 is in two numa cells" },
	{ NULL, "<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>", "",
	  "3: <memnode>: there is no numa cell 0" },
	{ NULL, "<maxMemory slots='2'>4096</maxMemory>", "",
	  "3: <maxMemory> needs a numa cell that modules are added to" },
	{ NULL, "<maxMemory slots='2'>4096</maxMemory>" NUMA, "", NULL },
	{ NULL, "<memoryBacking><hugepages><page size='3' unit='MiB'/></hugepages></memoryBacking>", "",
	  "3: no processor has pages of 3072 KiB" },
	{ NULL, "<memoryBacking><hugepages><page size='2048' nodeset='1'/></hugepages></memoryBacking>",
	  "", "3: <page> nodeset: there is no numa cell 1" },
	/* tuning */
	{ NULL, "<cputune><vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='0' cpuset='1'/></cputune>", "",
	  "3: vcpu 0 is pinned already (line 3)" },
	{ NULL, "<iothreads>1</iothreads><cputune><iothreadsched iothreads='2' scheduler='batch'/></cputune>",
	  "", "3: <iothreadsched>: there is no iothread 2" },
	{ NULL, "<iothreadids><iothread id='7'/></iothreadids><cputune>"
		"<iothreadsched iothreads='7' scheduler='batch'/></cputune>", "", NULL },
	{ NULL, "", DISK("vda", "<driver iothread='1'/>"), "3: there is no iothread 1" },
	/* disks */
	{ NULL, "", DISK("vda", "") "\n" DISK("vda", ""), "4: target dev 'vda' is taken already (line 3)" },
	{ NULL, "", DISK("vda", "<address type='drive'/>"),
	  "3: a disk on bus 'virtio' cannot have a drive address" },
	{ NULL, "", DISK("sda", PCI("3", "0")), "3: a disk on bus 'scsi' cannot have a pci address" },
	{ NULL, "", "<disk device='lun'><target dev='sda'/></disk>",
	  "3: device='lun' needs a block device or an iSCSI target" },
	{ NULL, "", "<disk type='block' device='lun'><target dev='sda'/></disk>", NULL },
	{ NULL, "", "<disk device='cdrom'><target dev='vda'/></disk>",
	  "3: a CD-ROM cannot be on bus 'virtio'" },
	{ NULL, "", "<disk device='floppy'><target dev='sda' bus='sata'/></disk>",
	  "3: device='floppy' on bus 'sata'" },
	{ NULL, "", DISK("vda", "<iotune><total_iops_sec>1</total_iops_sec>"
			 "<read_iops_sec>1</read_iops_sec></iotune>"),
	  "3: total_iops_sec together with read or write iops_sec" },
	/* controllers and addresses */
	{ NULL, "", "<controller type='scsi' index='1'/>\n<controller type='scsi' index='1'/>",
	  "4: scsi controller 1 is there already (line 3)" },
	{ NULL, "", "<controller type='usb' index='0' model='ich9-ehci1'/>"
		    "<controller type='usb' index='0' model='ich9-uhci1'/>", NULL },
	{ "q35", "", "<controller type='pci' index='0' model='pci-root'/>",
	  "3: a q35 machine cannot have a pci-root controller" },
	{ NULL, "", "<controller type='pci' index='1' model='pcie-root-port'/>",
	  "3: this machine has no PCI Express: no pcie-root-port controller" },
	{ NULL, "", "<controller type='pci' index='7' model='pci-root'/>",
	  "3: the pci-root controller has index 7" },
	{ NULL, "", "<controller type='usb' model='qemu-xhci' ports='16'/>",
	  "3: an xhci controller has at most 15 ports" },
	{ NULL, "", DISK("vda", PCI("3", "0")) "\n<vsock>" PCI("3", "0") "</vsock>",
	  "4: this pci address is taken already by <disk> (line 3)" },
	{ NULL, "", DISK("vda", PCI("3", "0")) "\n<vsock>" PCI("3", "1") "</vsock>",
	  "3: function 0 of a slot that <vsock> (line 4) is in as well" },
	{ NULL, "", DISK("vda", "<address type='pci' slot='3' multifunction='on'/>")
		    "<vsock>" PCI("3", "1") "</vsock>", NULL },
	{ NULL, "", DISK("vda", PCI("3", "2")) "<vsock>" PCI("3", "1") "</vsock>", NULL },
	{ NULL, "", DISK("vda", PCI("0", "0")) "<vsock>" PCI("0", "0") "</vsock>", NULL },
	{ NULL, "", DISK("sda", "<address type='drive' unit='1'/>")
		    "\n" DISK("sdb", "<address type='drive' unit='1'/>"),
	  "4: this drive address is taken already by <disk> (line 3)" },
	{ NULL, "", "<disk><target dev='sda' bus='sata'/><address type='drive' unit='1'/></disk>"
		    DISK("hdb", "<address type='drive' unit='1'/>"), NULL },
	{ NULL, "", "<input type='mouse' bus='usb'><address type='usb' bus='0' port='1'/></input>"
		    "<hub type='usb'><address type='usb' bus='0' port='1'/></hub>",
	  "3: this usb address is taken already by <input> (line 3)" },
	/* interfaces */
	{ NULL, "", "<interface type='bridge'/>", "3: <interface> type='bridge' has no bridge" },
	{ NULL, "", "<interface type='user'><driver rx_queue_size='511'/></interface>",
	  "3: rx_queue_size='511' is not a power of two up to 1024" },
	{ NULL, "", "<interface type='user'><filterref filter='f'/></interface>",
	  "3: an <interface> type='user' cannot be filtered" },
	{ NULL, "", "<interface type='ethernet'><target dev='t'/></interface>"
		    "<interface type='ethernet'><target dev='t'/></interface>",
	  "3: target dev 't' is taken already (line 3)" },
	/* host devices */
	{ NULL, "", "<hostdev type='pci'>" PCIDEV "</hostdev>\n<hostdev type='pci'>" PCIDEV "</hostdev>",
	  "4: this device of the host is there already (line 3)" },
	{ NULL, "", "<hostdev type='mdev'><source><address domain='0'/></source></hostdev>",
	  "3: a mediated device is named by its uuid" },
	/* screens and the rest */
	{ NULL, "", "<graphics type='vnc'/><graphics type='vnc'/>",
	  "3: graphics of type 'vnc' are there already (line 3)" },
	{ NULL, "", "<graphics type='sdl'/><graphics type='egl-headless'/>",
	  "3: egl-headless beside <graphics type='sdl'>, which draws by itself" },
	{ NULL, "", "<iommu model='intel'/>", "3: an IOMMU needs a q35 machine" },
	{ "q35", "", "<iommu model='intel'/>", NULL },
	{ NULL, "", "<video><model type='vga' primary='yes'/></video>\n"
		    "<video><model type='vga' primary='yes'/></video>",
	  "4: there is a primary <video> already (line 3)" },
	{ NULL, "", "<tpm><backend type='emulator'/></tpm><tpm><backend type='emulator'/></tpm>",
	  "3: a second <tpm>" },
	{ NULL, "", "<sound model='ich6'><audio id='2'/></sound>", "3: there is no <audio> with id 2" },
	{ NULL, "", "<sound model='ich6'><audio id='2'/></sound><audio id='2' type='none'/>", NULL },
	{ NULL, "", "<vsock><cid address='2'/></vsock>", "3: <cid> address='2' is reserved" },
	{ NULL, "", "<vsock><alias name='ua-x'/></vsock><hub type='usb'><alias name='ua-x'/></hub>",
	  "3: alias 'ua-x' is taken already by <vsock> (line 3)" },
};

static struct domain_def *define(const char *machine, const char *os, const char *body,
				 const char *devices, struct error **err)
{
	AUTO_FREE char *text = mem_printf(
		"<domain type='qemu'><name>n</name><memory>4096</memory>\n<vcpu>2</vcpu><os>"
		"<type machine='%s'>hvm</type>%s</os>\n%s<devices>%s</devices></domain>\n",
		machine ? machine : "pc", os, body, devices);
	struct document *d = document_parse(text, strlen(text), "x.xml", err);

	return d ? domain_def_parse(d, err) : NULL;
}

static void test_rules(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];
		struct error *err = NULL;
		struct domain_def *def = define(r->machine, "", r->body, r->devices, &err);
		const char *message = error_message(err);

		is_str(def ? NULL : strncmp(message, "x.xml:", 6) ? message : message + 6, r->want,
		       r->want ? r->want : r->devices);
		error_free(err);
		domain_def_free(def);
	}
}

static void test_firmware(void)
{
	static const struct { const char *os, *body, *want; } cases[] = {
		{ "<bootmenu enable='yes' timeout='65536'/>", "",
		  "x.xml:2: <bootmenu> timeout='65536' is above 65535 milliseconds" },
		{ "<initrd>/i</initrd>", "", "x.xml:2: <initrd> or <cmdline> without <kernel>" },
		{ "<loader type='pflash'/>", "", "x.xml:2: <loader> names no firmware file" },
		{ "<loader type='pflash'>/f</loader>", "", "x.xml:2: UEFI needs ACPI" },
		{ "<loader type='pflash'>/f</loader>", "<features><acpi/></features>", NULL },
		{ "<loader type='pflash' stateless='yes'>/f</loader><nvram>/n</nvram>",
		  "<features><acpi/></features>", "x.xml:2: <nvram> although the loader is stateless" },
		{ "<nvram>/n</nvram>", "", "x.xml:2: <nvram> without a <loader>" },
		{ "<boot dev='hd'/>", "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error *err = NULL;
		struct domain_def *def = define(NULL, cases[i].os, cases[i].body, "", &err);

		is_str(def ? NULL : error_message(err), cases[i].want, cases[i].os);
		error_free(err);
		domain_def_free(def);
	}
}

static void test_machines(void)
{
	ok(machine_is_q35("q35") && machine_is_q35("pc-q35-7.2") && !machine_is_q35("pc"), "q35");
	ok(machine_is_i440fx(NULL) && machine_is_i440fx("pc-i440fx-7.2") && machine_is_i440fx("pc-1.3") &&
	   !machine_is_i440fx("pc-q35-7.2") && !machine_is_i440fx("microvm"), "i440fx");
}

int main(void)
{
	test_rules();
	test_firmware();
	test_machines();
	return tap_done();
}
