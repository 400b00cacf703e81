/*
 * The arguments of a plan, element by element: each row is a piece of XML and
 * one argument that must come of it, written down from QEMU's documentation.
 */
#include "tests/unit/planning.h"

#define DISK(attributes, inside) "<disk type='file' " attributes "><source file='/i.img'/>" inside "</disk>"
#define VDA DISK("", "<target dev='vda' bus='virtio'/>")

struct row {
	const char *name, *machine, *os, *top, *devices, *option, *value;
};

static const struct row rows[] = {
	/* identity, memory, processors */
	{ "name", "pc", "", "", "", "-name", "guest=t,debug-threads=on" },
	{ "an alias becomes the versioned machine", "q35", "", "<features><acpi/></features>", "", "-machine",
	  "pc-q35-7.2,usb=off,dump-guest-core=off,memory-backend=pc.ram" },
	{ "no <acpi/>, no ACPI", "pc", "", "", "", "-machine",
	  "pc-i440fx-7.2,usb=off,dump-guest-core=off,acpi=off,memory-backend=pc.ram" },
	{ "memory", "pc", "", "", "", "-m", "size=65536k" },
	{ "its backend", "pc", "", "", "", "-object",
	  "{\"qom-type\":\"memory-backend-ram\",\"id\":\"pc.ram\",\"size\":67108864}" },
	{ "one processor", "pc", "", "", "", "-smp", "1,sockets=1,cores=1,threads=1" },
	{ "fewer now than later", "pc", "", "<vcpu current='2'>4</vcpu>", "", "-smp",
	  "2,maxcpus=4,sockets=4,cores=1,threads=1" },
	{ "topology", "pc", "", "<vcpu>8</vcpu><cpu><topology sockets='2' dies='1' cores='2' threads='2'/></cpu>", "",
	  "-smp", "8,sockets=2,dies=1,cores=2,threads=2" },
	{ "the machine's own processor", "pc", "", "", "", "-cpu", "qemu64" },
	{ "host-model without KVM", "pc", "", "<cpu mode='host-model'/>", "", "-cpu", "max" },
	{ "custom model and features", "pc", "",
	  "<cpu mode='custom'><model>Haswell</model><vendor>Intel</vendor><feature policy='require' name='vmx'/>"
	  "<feature policy='disable' name='lahf_lm'/></cpu>", "", "-cpu",
	  "Haswell,vendor=GenuineIntel,vmx=on,lahf_lm=off" },
	{ "Hyper-V", "pc", "",
	  "<features><hyperv><relaxed state='on'/><spinlocks state='on' retries='8191'/></hyperv></features>"
	  "<clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>", "", "-cpu",
	  "qemu64,hv-time=on,hv-relaxed=on,hv-spinlocks=0x1fff" },
	{ "NUMA", "pc", "",
	  "<vcpu>2</vcpu><cpu><numa><cell cpus='0' memory='32' unit='MiB'/><cell cpus='1' memory='32' unit='MiB'/></numa></cpu>",
	  "", "-numa", "node,nodeid=1,cpus=1,memdev=ram-node1" },
	{ "huge pages", "pc", "",
	  "<memoryBacking><hugepages/></memoryBacking>", "", "-object",
	  "{\"qom-type\":\"memory-backend-memfd\",\"id\":\"pc.ram\",\"hugetlb\":true,\"hugetlbsize\":2097152,"
	  "\"share\":false,\"prealloc\":true,\"size\":67108864}" },
	{ "locked memory", "pc", "", "<memoryBacking><locked/></memoryBacking>", "", "-overcommit", "mem-lock=on" },

	/* clock, power, boot */
	{ "UTC", "pc", "", "<clock offset='utc'/>", "", "-rtc", "base=utc" },
	{ "local time with slew", "pc", "",
	  "<clock offset='localtime'><timer name='rtc' tickpolicy='catchup' track='guest'/></clock>", "", "-rtc",
	  "base=localtime,clock=vm,driftfix=slew" },
	{ "time zone", "pc", "", "<clock offset='timezone' timezone='Europe/Berlin'/>", "", "-rtc", "base=localtime" },
	{ "variable, no difference", "pc", "", "<clock offset='variable' adjustment='0' basis='utc'/>", "", "-rtc", "base=utc" },
	{ "a moment", "pc", "", "<clock offset='absolute' start='86400'/>", "", "-rtc", "base=1970-01-02T00:00:00" },
	{ "no sleep", "q35", "", "<pm><suspend-to-mem enabled='no'/></pm>", "", "-global", "ICH9-LPC.disable_s3=1" },
	{ "boot menu", "pc", "<bootmenu enable='yes' timeout='3000'/>", "", "", "-boot",
	  "menu=on,splash-time=3000,strict=on" },
	{ "kernel", "pc", "<kernel>/k</kernel><initrd>/i</initrd><cmdline>a, b</cmdline>", "", "", "-append", "a, b" },
	{ "initrd", "pc", "<kernel>/k</kernel><initrd>/i</initrd>", "", "", "-initrd", "/i" },
	{ "the first disk boots", "pc", "<boot dev='hd'/>", "", VDA, "-device",
	  "{\"driver\":\"virtio-blk-pci\",\"id\":\"virtio-disk0\",\"drive\":\"disk0-format\",\"bus\":\"pci.0\",\"addr\":\"0x2\",\"bootindex\":1}" },
	{ "the network boots second", "pc", "<boot dev='hd'/><boot dev='network'/>", "",
	  "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='e1000'/></interface>", "-device",
	  "{\"driver\":\"e1000\",\"id\":\"net0\",\"netdev\":\"hostnet0\",\"mac\":\"52:54:00:00:00:01\",\"bus\":\"pci.0\",\"addr\":\"0x2\",\"bootindex\":2}" },
	{ "order of one device", "pc", "", "", DISK("", "<target dev='sda' bus='sata'/><boot order='3'/>"), "-device",
	  "{\"driver\":\"ide-hd\",\"id\":\"sata0-0-0\",\"bus\":\"sata0.0\",\"drive\":\"disk0-format\",\"bootindex\":3}" },
	{ "smbios", "pc", "<smbios mode='sysinfo'/>",
	  "<sysinfo type='smbios'><system><entry name='manufacturer'>A, B</entry></system></sysinfo>", "", "-smbios",
	  "type=1,manufacturer=A,, B" },

	/* disks */
	{ "raw file", "pc", "", "", VDA, "-blockdev",
	  "{\"driver\":\"file\",\"filename\":\"/i.img\",\"node-name\":\"disk0-storage\",\"auto-read-only\":true,\"discard\":\"unmap\"}" },
	{ "qcow2, no cache, native aio, discard", "pc", "", "",
	  DISK("", "<driver name='qemu' type='qcow2' cache='none' io='native' discard='unmap'/><target dev='vda' bus='virtio'/>"),
	  "-blockdev", "{\"node-name\":\"disk0-format\",\"read-only\":false,\"discard\":\"unmap\","
	  "\"cache\":{\"direct\":true,\"no-flush\":false},\"driver\":\"qcow2\",\"file\":\"disk0-storage\"}" },
	{ "native aio reaches the file", "pc", "", "",
	  DISK("", "<driver name='qemu' type='qcow2' cache='none' io='native'/><target dev='vda' bus='virtio'/>"),
	  "-blockdev", "{\"driver\":\"file\",\"filename\":\"/i.img\",\"aio\":\"native\",\"node-name\":\"disk0-storage\","
	  "\"auto-read-only\":true,\"discard\":\"unmap\",\"cache\":{\"direct\":true,\"no-flush\":false}}" },
	{ "block device", "pc", "", "",
	  "<disk type='block'><source dev='/dev/b'/><target dev='vda' bus='virtio'/></disk>", "-blockdev",
	  "{\"driver\":\"host_device\",\"filename\":\"/dev/b\",\"node-name\":\"disk0-storage\",\"auto-read-only\":true,\"discard\":\"unmap\"}" },
	{ "IDE, second bus, serial", "pc", "", "", DISK("", "<target dev='hdc' bus='ide'/><serial>S 1</serial>"), "-device",
	  "{\"driver\":\"ide-hd\",\"id\":\"ide0-1-0\",\"bus\":\"ide.1\",\"unit\":0,\"drive\":\"disk0-format\",\"serial\":\"S 1\",\"bootindex\":1}" },
	{ "CD on q35's own SATA", "q35", "", "", DISK("device='cdrom'", "<target dev='sda' bus='sata'/>"), "-device",
	  "{\"driver\":\"ide-cd\",\"id\":\"sata0-0-0\",\"bus\":\"ide.0\",\"drive\":\"disk0-format\"}" },
	{ "empty CD drive", "pc", "", "", "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>", "-device",
	  "{\"driver\":\"ide-cd\",\"id\":\"ide0-0-0\",\"bus\":\"ide.0\",\"unit\":0}" },
	{ "SCSI", "pc", "", "", "<controller type='scsi' model='virtio-scsi'/>" DISK("", "<target dev='sdb' bus='scsi'/>"),
	  "-device", "{\"driver\":\"scsi-hd\",\"id\":\"scsi0-0-0-1\",\"bus\":\"scsi0.0\",\"channel\":0,\"scsi-id\":0,\"lun\":1,"
	  "\"device_id\":\"drive-scsi0-0-0-1\",\"drive\":\"disk0-format\",\"bootindex\":1}" },
	{ "its controller", "pc", "", "", "<controller type='scsi' model='virtio-scsi'/>" DISK("", "<target dev='sdb' bus='scsi'/>"),
	  "-device", "{\"driver\":\"virtio-scsi-pci\",\"id\":\"scsi0\",\"bus\":\"pci.0\",\"addr\":\"0x2\"}" },
	{ "USB", "pc", "", "", DISK("", "<target dev='sda' bus='usb' removable='on'/>"), "-device",
	  "{\"driver\":\"usb-storage\",\"id\":\"usb-disk0\",\"removable\":true,\"drive\":\"disk0-format\",\"bus\":\"usb.0\",\"port\":\"1\",\"bootindex\":1}" },
	{ "floppy", "pc", "", "", DISK("device='floppy'", "<target dev='fda' bus='fdc'/>"), "-device",
	  "{\"driver\":\"floppy\",\"id\":\"fdc0-0-0\",\"unit\":0,\"drive\":\"disk0-format\"}" },
	{ "a floppy's turn is its controller's", "pc", "<boot dev='fd'/>", "", DISK("device='floppy'", "<target dev='fda' bus='fdc'/>"),
	  "-global", "isa-fdc.bootindexA=1" },
	{ "q35 needs a floppy controller", "q35", "", "", DISK("device='floppy'", "<target dev='fda' bus='fdc'/>"), "-device",
	  "{\"driver\":\"isa-fdc\",\"id\":\"fdc0\"}" },
	{ "read-only", "pc", "", "", DISK("", "<target dev='vda' bus='virtio'/><readonly/>"), "-blockdev",
	  "{\"node-name\":\"disk0-format\",\"read-only\":true,\"driver\":\"raw\",\"file\":\"disk0-storage\"}" },
	{ "a chain that ends", "pc", "", "", DISK("", "<driver type='qcow2'/><backingStore type='file'><format type='qcow2'/>"
	  "<source file='/b.img'/><backingStore/></backingStore><target dev='vda' bus='virtio'/>"), "-blockdev",
	  "{\"node-name\":\"disk0-b1-format\",\"read-only\":true,\"driver\":\"qcow2\",\"file\":\"disk0-b1-storage\",\"backing\":null}" },
	{ "and what stands on it", "pc", "", "", DISK("", "<driver type='qcow2'/><backingStore type='file'><format type='qcow2'/>"
	  "<source file='/b.img'/><backingStore/></backingStore><target dev='vda' bus='virtio'/>"), "-blockdev",
	  "{\"node-name\":\"disk0-format\",\"read-only\":false,\"driver\":\"qcow2\",\"file\":\"disk0-storage\",\"backing\":\"disk0-b1-format\"}" },
	{ "NBD", "pc", "", "", "<disk type='network'><source protocol='nbd' name='x'><host name='h' port='1'/></source>"
	  "<target dev='vda' bus='virtio'/></disk>", "-blockdev",
	  "{\"driver\":\"nbd\",\"server\":{\"type\":\"inet\",\"host\":\"h\",\"port\":\"1\"},\"export\":\"x\",\"node-name\":\"disk0-storage\","
	  "\"auto-read-only\":true,\"discard\":\"unmap\"}" },
	{ "LUKS", "pc", "", "", DISK("", "<driver type='raw'/><encryption format='luks'><secret type='passphrase' "
	  "uuid='5a8d7a2c-5cbd-4f31-9a0f-4f5f4b4a1d00'/></encryption><target dev='vda' bus='virtio'/>"), "-object",
	  "{\"qom-type\":\"secret\",\"id\":\"disk0-luks-secret0\",\"format\":\"raw\",\"file\":\"/x/data/secrets/5a8d7a2c-5cbd-4f31-9a0f-4f5f4b4a1d00\"}" },
	{ "limits", "pc", "", "", DISK("", "<target dev='vda' bus='virtio'/><iotune><total_iops_sec>9</total_iops_sec></iotune>"),
	  "-object", "{\"qom-type\":\"throttle-group\",\"id\":\"throttle-disk0\",\"limits\":{\"iops-total\":9}}" },
	{ "I/O thread", "pc", "", "<iothreads>1</iothreads>", DISK("", "<driver type='raw' iothread='1' queues='2'/><target dev='vda' bus='virtio'/>"),
	  "-device", "{\"driver\":\"virtio-blk-pci\",\"id\":\"virtio-disk0\",\"iothread\":\"iothread1\",\"num-queues\":2,"
	  "\"drive\":\"disk0-format\",\"bus\":\"pci.0\",\"addr\":\"0x2\",\"bootindex\":1}" },

	/* network */
	{ "user network", "pc", "", "", "<interface type='user'/>", "-netdev", "{\"type\":\"user\",\"id\":\"hostnet0\"}" },
	{ "port forward", "pc", "", "", "<interface type='user'><portForward proto='tcp'><range start='2222' to='22'/></portForward></interface>",
	  "-netdev", "{\"type\":\"user\",\"hostfwd\":[{\"str\":\"tcp::2222-:22\"}],\"id\":\"hostnet0\"}" },
	{ "a bridge's tap is the supervisor's", "pc", "", "", "<interface type='bridge'><source bridge='br0'/></interface>", "-netdev",
	  "{\"type\":\"tap\",\"fd\":\"" },

	/* ports of characters */
	{ "serial port of the supervisor", "pc", "", "", "<serial type='pty'/>", "-chardev", "socket,id=charserial0,fd=" },
	{ "a console brings a serial port", "pc", "", "", "<console type='pty'/>", "-device",
	  "{\"driver\":\"isa-serial\",\"id\":\"serial0\",\"chardev\":\"charserial0\",\"index\":0}" },
	{ "serial port into a file", "pc", "", "", "<serial type='file'><source path='/a,b' append='on'/></serial>", "-chardev",
	  "file,id=charserial0,path=/a,,b,append=on" },
	{ "virtio console", "pc", "", "", "<console type='pty'><target type='virtio'/></console>", "-device",
	  "{\"driver\":\"virtconsole\",\"id\":\"console0\",\"chardev\":\"charconsole0\",\"bus\":\"virtio-serial0.0\",\"nr\":0}" },
	{ "agent channel", "pc", "", "", "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>", "-device",
	  "{\"driver\":\"virtserialport\",\"id\":\"channel0\",\"chardev\":\"charchannel0\",\"name\":\"org.qemu.guest_agent.0\","
	  "\"bus\":\"virtio-serial0.0\",\"nr\":1}" },

	/* screens */
	{ "no screen", "pc", "", "", "", "-display", "none" },
	{ "VNC is a socket", "pc", "", "", "<graphics type='vnc'/>", "-vnc", "unix:vnc.sock" },
	{ "autoport asks for no port", "pc", "", "", "<graphics type='vnc' port='-1' autoport='yes'/>", "-vnc", "unix:vnc.sock" },
	{ "VNC with a port", "pc", "", "", "<graphics type='vnc' port='5907'/>", "-vnc", "127.0.0.1:7" },
	{ "VNC with an address", "pc", "", "", "<graphics type='vnc' autoport='yes' listen='::1'/>", "-vnc", "[::1]:0,to=99" },
	{ "VNC with a password", "pc", "", "", "<graphics type='vnc' passwd='geheim'/>", "-vnc", "unix:vnc.sock,password=on" },
	{ "a screen brings a card", "pc", "", "", "<graphics type='vnc'/>", "-device",
	  "{\"driver\":\"cirrus-vga\",\"id\":\"video0\",\"bus\":\"pci.0\",\"addr\":\"0x2\"}" },
	{ "std", "q35", "", "", "<video><model type='vga'/></video>", "-device",
	  "{\"driver\":\"VGA\",\"id\":\"video0\",\"vgamem_mb\":16,\"bus\":\"pcie.0\",\"addr\":\"0x1\"}" },
	{ "qxl", "pc", "", "", "<video><model type='qxl'/></video>", "-device",
	  "{\"driver\":\"qxl-vga\",\"id\":\"video0\",\"max_outputs\":1,\"ram_size\":67108864,\"vram_size\":67108864,"
	  "\"vram64_size_mb\":0,\"vgamem_mb\":16,\"bus\":\"pci.0\",\"addr\":\"0x2\"}" },
	{ "virtio-vga", "q35", "", "", "<video><model type='virtio'/></video>", "-device",
	  "{\"driver\":\"virtio-vga\",\"id\":\"video0\",\"max_outputs\":1,\"bus\":\"pcie.0\",\"addr\":\"0x1\"}" },

	/* the rest */
	{ "tablet", "pc", "", "", "<input type='tablet' bus='usb'/>", "-device",
	  "{\"driver\":\"usb-tablet\",\"id\":\"input0\",\"bus\":\"usb.0\",\"port\":\"1\"}" },
	{ "balloon", "pc", "", "", "<memballoon model='virtio' autodeflate='on'/>", "-device",
	  "{\"driver\":\"virtio-balloon-pci\",\"id\":\"balloon0\",\"deflate-on-oom\":true,\"bus\":\"pci.0\",\"addr\":\"0x2\"}" },
	{ "random numbers", "pc", "", "", "<memballoon model='none'/><rng model='virtio'><rate bytes='9' period='7'/>"
	  "<backend model='random'>/dev/urandom</backend></rng>", "-device",
	  "{\"driver\":\"virtio-rng-pci\",\"id\":\"rng0\",\"rng\":\"objrng0\",\"max-bytes\":9,\"period\":7,\"bus\":\"pci.0\",\"addr\":\"0x2\"}" },
	{ "watchdog", "pc", "", "", "<watchdog model='i6300esb' action='poweroff'/>", "-action", "watchdog=poweroff" },
	{ "panic", "pc", "", "", "<panic model='isa'/>", "-device", "{\"driver\":\"pvpanic\",\"id\":\"panic0\",\"ioport\":1285}" },
	{ "sound", "pc", "", "", "<sound model='ich6'/>", "-device",
	  "{\"driver\":\"hda-duplex\",\"id\":\"sound0-codec0\",\"bus\":\"sound0.0\",\"cad\":0,\"audiodev\":\"audio1\"}" },
	{ "TPM", "q35", "", "", "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>", "-tpmdev",
	  "emulator,id=tpm-tpm0,chardev=chrtpm0" },
	{ "shared directory", "pc", "", "", "<filesystem><source dir='/a,b'/><target dir='tag'/></filesystem>", "-fsdev",
	  "local,security_model=passthrough,id=fsdev-fs0,path=/a,,b" },
	{ "an argument of one's own", "pc", "", "<qemu:commandline><qemu:arg value='-set'/><qemu:arg value='a.b=c'/></qemu:commandline>", "",
	  "-set", "a.b=c" },
	{ "the sandbox", "pc", "", "", "", "-sandbox",
	  "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny" },
	{ "a panicked guest waits", "pc", "", "", "", "-action", "panic=pause" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		AUTO_FREE char *xml = planning_xml(r->machine, r->os, r->top, r->devices);
		struct error *err = NULL;
		struct json_object *plan = planning_plan(xml, &err);

		ok(plan && planning_has(plan, r->option, r->value), "%s", r->name);
		if (err)
			printf("#   %s\n", error_message(err));
		error_free(err);
		json_object_put(plan);
	}
}

struct refusal {
	const char *name, *machine, *os, *top, *devices, *message;
};

static const struct refusal refusals[] = {
	{ "unknown machine", "q36", "", "", "", "no machine type 'q36'" },
	{ "IDE on q35", "q35", "", "", DISK("", "<target dev='hda' bus='ide'/>"), "has no IDE" },
	{ "unknown CPU", "pc", "", "<cpu><model>Hasswell</model></cpu>", "", "no CPU model 'Hasswell'" },
	{ "passthrough without KVM", "pc", "", "<cpu mode='host-passthrough'/>", "", "KVM" },
	{ "topology that does not add up", "pc", "", "<vcpu>3</vcpu><cpu><topology sockets='2' cores='1' threads='1'/></cpu>", "", "" },
	{ "more CPUs than the machine has room for", "pc", "", "<vcpu>256</vcpu>", "", "room for (255)" },
	{ "two on one PCI address", "pc", "", "",
	  VDA "<interface type='user'><address type='pci' bus='0' slot='7'/></interface>"
	  "<rng model='virtio'><backend model='builtin'/><address type='pci' bus='0' slot='7'/></rng>", "taken" },
	{ "on the chipset's address", "pc", "", "", "<memballoon model='virtio'><address type='pci' bus='0' slot='1' function='1'/></memballoon>", "" },
	{ "two on one drive address", "pc", "", "", DISK("", "<target dev='hda' bus='ide'/><address type='drive' unit='1'/>")
	  DISK("", "<target dev='hdc' bus='ide'/><address type='drive' unit='1'/>"), "" },
	{ "a device this QEMU has not", "pc", "", "", "<sound model='virtio'/>", "" },
	{ "a disk without a source", "pc", "", "", "<disk type='file'><target dev='vda' bus='virtio'/></disk>", "" },
	{ "a CD on virtio", "pc", "", "", DISK("device='cdrom'", "<target dev='vda' bus='virtio'/>"), "" },
	{ "virtiofs without shared memory", "pc", "", "", "<filesystem><driver type='virtiofs'/><source dir='/a'/><target dir='t'/></filesystem>", "shared" },
	{ "a bridge on its own bus", "pc", "", "", "<controller type='pci' index='1' model='pci-bridge'><address type='pci' bus='1' slot='1'/></controller>", "" },
	{ "no USB but USB devices", "pc", "", "", "<controller type='usb' model='none'/><input type='tablet' bus='usb'/>", "" },
	{ "VNC port below 5900", "pc", "", "", "<graphics type='vnc' port='80'/>", "5900" },
};

static void test_refusals(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *r = &refusals[i];
		AUTO_FREE char *xml = planning_xml(r->machine, r->os, r->top, r->devices);
		struct error *err = NULL;
		struct json_object *plan = planning_plan(xml, &err);
		const char *text = err ? error_message(err) : "";

		ok(!plan && err && !strncmp(text, "t.xml:", 6) && strstr(text, r->message), "refused: %s", r->name);
		if (plan || !strstr(text, r->message))
			printf("#   %s\n", text);
		error_free(err);
		json_object_put(plan);
	}
}

/* The nearest machine comes first in the hint. */
static void test_nearest_machine(void)
{
	AUTO_FREE char *xml = planning_xml("pc-q35-7.1", "", "", "");
	struct error *err = NULL;

	ok(!planning_plan(xml, &err), "an unknown version is refused");
	ok(err && error_hint_text(err) && !strncmp(error_hint_text(err), "it knows: pc-q35-7.2", 20), "the nearest is named first");
	error_free(err);
}

static void test_secrets(void)
{
	AUTO_FREE char *xml = planning_xml("pc", "", "", "<graphics type='vnc' passwd='geheim'/>");
	struct json_object *plan = planning_plan(xml, NULL), *first;

	ok(plan && !strstr(json_text(json_get(plan, "argv")), "geheim"), "a password is not in argv");
	first = json_object_array_get_idx(json_get(plan, "secrets"), 0);
	is_str(json_str(first, "execute"), "set_password", "it goes over QMP");
	is_str(json_str(json_get(first, "arguments"), "password"), "geheim", "as it is");
	plan_hide_secrets(plan);
	ok(!strstr(json_text(plan), "geheim"), "and is hidden from who looks at the plan");
	json_object_put(plan);
}

static void test_shell(void)
{
	AUTO_FREE char *xml = planning_xml("pc", "<kernel>/k</kernel><cmdline>it's</cmdline>",
					   "<clock offset='timezone' timezone='Europe/Berlin'/>", "<serial type='pty'/>");
	struct json_object *plan = planning_plan(xml, NULL);
	AUTO_FREE char *line = plan ? plan_shell_line(plan) : NULL;

	ok(line && !strncmp(line, "TZ=Europe/Berlin /usr/bin/qemu-system-x86_64 -name ", 51), "environment first");
	ok(line && strstr(line, " -chardev pty,id=charserial0 "), "a console is a pty");
	ok(line && strstr(line, "path=monitor.sock,server=on,wait=off "), "a monitor is a path");
	ok(line && strstr(line, " -append 'it'\\''s' "), "quoted for a shell");
	ok(line && !strchr(line, '\n') && !strstr(line, "fd="), "one line without descriptors");
	json_object_put(plan);
}

static void test_explain(void)
{
	AUTO_FREE char *xml = planning_xml("pc", "", "", VDA);
	struct domain_def *def = planning_define(xml, NULL);
	struct plan_options options = { .explain = true };
	struct json_object *plan = plan_build(def, planning_caps(), &planning_paths, &options, NULL);
	struct json_object *all = plan_explain(plan, def);
	bool seen = false;

	is_int(json_object_array_length(json_get(plan, "lines")), planning_words(plan), "a line for each argument");
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *o = json_object_array_get_idx(all, i);

		if (json_int(o, "line", 0) == 7 && json_str(o, "element") && !strcmp(json_str(o, "element"), "disk"))
			seen = true;
	}
	ok(seen, "the disk's arguments point at its line");
	json_object_put(all);
	json_object_put(plan);
	domain_def_free(def);
}

int main(void)
{
	test_rows();
	test_refusals();
	test_nearest_machine();
	test_secrets();
	test_shell();
	test_explain();
	return tap_done();
}
