#!/usr/bin/env bats
# A plan's command line is one that QEMU takes: each definition is converted,
# started stopped (-S), and every device of it is there.

load helper

setup() {
	world_start
	cd "$BATS_TEST_TMPDIR" || return 1
	for image in disk cd floppy; do truncate -s 1440K "$image.img"; done
	qemu-img create -q -f qcow2 base.qcow2 8M
	qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 top.qcow2
	mkdir -p shared
}

teardown() { world_stop; }

# define MACHINE OS TOP DEVICES > guest.xml
domain_with() {
	cat > guest.xml <<-XML
	<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
	  <name>accepted, "quoted" -and</name>
	  <memory unit='MiB'>64</memory>
	  <vcpu current='1'>2</vcpu>
	  <os><type arch='x86_64' machine='$1'>hvm</type>$2</os>
	  $3
	  <devices>$4</devices>
	</domain>
	XML
}

# Start what is in guest.xml; the ids of its devices, one a line, in ids.
start_stopped() {
	virtty domxml-to-argv guest.xml > line
	printf '%s\n' '{"execute":"qmp_capabilities"}' '{"execute":"query-status"}' \
		'{"execute":"qom-list","arguments":{"path":"/machine/peripheral"}}' '{"execute":"quit"}' |
		timeout 60 bash -c "$(cat line) -qmp stdio" > answers 2> complaints || {
		cat complaints line
		return 1
	}
	grep -q '"status": "prelaunch"' answers
	grep -o '"name": "[^"]*"' answers > ids
}

@test "pc with every device of the base" {
	domain_with pc "<boot dev='hd'/><boot dev='cdrom'/><bootmenu enable='yes' timeout='1000'/>" \
		"<features><acpi/><apic/><pae/></features>
		 <cpu mode='custom'><model>qemu64</model><topology sockets='1' dies='1' cores='2' threads='1'/></cpu>
		 <clock offset='variable' adjustment='3600' basis='utc'/>" \
		"<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='writeback' discard='unmap'/>
		   <source file='$PWD/top.qcow2'/><target dev='vda' bus='virtio'/><serial>S,1</serial></disk>
		 <disk type='file' device='disk'><source file='$PWD/disk.img'/><target dev='hda' bus='ide'/></disk>
		 <disk type='file' device='cdrom'><source file='$PWD/cd.img'/><target dev='hdc' bus='ide'/></disk>
		 <disk type='file' device='cdrom'><target dev='hdd' bus='ide'/></disk>
		 <disk type='file' device='floppy'><source file='$PWD/floppy.img'/><target dev='fda' bus='fdc'/></disk>
		 <controller type='scsi' index='0' model='virtio-scsi'/>
		 <interface type='user'><model type='virtio'/></interface>
		 <interface type='user'><model type='e1000'/><link state='down'/></interface>
		 <serial type='pty'/><serial type='file'><source path='$PWD/serial, file'/></serial>
		 <console type='pty'><target type='serial'/></console>
		 <console type='pty'><target type='virtio'/></console>
		 <channel type='unix'><source mode='bind' path='$PWD/agent,sock'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
		 <input type='tablet' bus='usb'/>
		 <graphics type='vnc'/><video><model type='vga'/></video>
		 <sound model='ich6'/>
		 <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
		 <filesystem><source dir='$PWD/shared'/><target dir='tag'/></filesystem>
		 <watchdog model='i6300esb' action='reset'/><panic model='isa'/>
		 <memballoon model='virtio'/>"
	start_stopped
	for id in virtio-disk0 ide0-0-0 ide0-1-0 ide0-1-1 fdc0-0-0 net0 net1 serial0 serial1 console1 channel0 input0 \
		video0 sound0 rng0 fs0 watchdog0 panic0 balloon0; do
		grep -q "\"$id\"" ids || { echo "no $id"; cat ids; return 1; }
	done
}

@test "q35 with ports, bridges, buses, NUMA and shared memory" {
	domain_with q35 "<smbios mode='sysinfo'/>" \
		"<sysinfo type='smbios'><system><entry name='serial'>a,b=c</entry></system></sysinfo>
		 <iothreads>2</iothreads>
		 <features><acpi/><hyperv><relaxed state='on'/><spinlocks state='on' retries='8191'/></hyperv></features>
		 <cpu mode='maximum'><numa><cell id='0' cpus='0' memory='32' unit='MiB' memAccess='shared'/>
		   <cell id='1' cpus='1' memory='32' unit='MiB' memAccess='shared'/></numa></cpu>
		 <clock offset='timezone' timezone='Europe/Berlin'><timer name='hpet' present='no'/></clock>
		 <pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm>" \
		"<disk type='file'><driver type='raw' iothread='1' queues='2'/><source file='$PWD/disk.img'/><target dev='vda' bus='virtio'/></disk>
		 <disk type='file' device='cdrom'><source file='$PWD/cd.img'/><target dev='sda' bus='sata'/></disk>
		 <disk type='file'><source file='$PWD/base.qcow2'/><driver type='qcow2'/><target dev='sdb' bus='scsi'/><readonly/>
		   <iotune><total_bytes_sec>1000000</total_bytes_sec></iotune></disk>
		 <disk type='file' device='floppy'><source file='$PWD/floppy.img'/><target dev='fda' bus='fdc'/><boot order='1'/></disk>
		 <controller type='scsi' index='0' model='virtio-scsi'><driver iothread='2'/></controller>
		 <controller type='usb' index='0' model='ich9-ehci1'/><controller type='usb' index='0' model='ich9-uhci1'/>
		 <controller type='usb' index='0' model='ich9-uhci2'/><controller type='usb' index='0' model='ich9-uhci3'/>
		 <interface type='user'><model type='e1000'/></interface>
		 <interface type='user'><model type='virtio'/><driver queues='1' rx_queue_size='512'/></interface>
		 <hub type='usb'/><input type='keyboard' bus='usb'/><input type='mouse' bus='virtio'/>
		 <graphics type='vnc' passwd='secret'/><video><model type='virtio'/></video>
		 <iommu model='intel'/>
		 <memballoon model='none'/>"
	start_stopped
	for id in virtio-disk0 sata0-0-0 scsi0-0-0-1 fdc0 fdc0-0-0 scsi0 usb hub0 net0 net1 input0 input1 video0 iommu0; do
		grep -q "\"$id\"" ids || { echo "no $id"; cat ids; return 1; }
	done
}

@test "UEFI by its descriptor" {
	domain_with q35 "" "<features><acpi/></features>" "<memballoon model='none'/>"
	sed -i "s/<os>/<os firmware='efi'>/; s/<\/type>/&<firmware><feature enabled='no' name='secure-boot'\/><\/firmware>/" guest.xml
	virtty domxml-to-argv guest.xml > line
	variables=$(grep -o '"filename":"[^"]*_VARS.fd"' line | cut -d'"' -f4)
	mkdir -p "$(dirname "$variables")"
	cp "$(virtty plan ./guest.xml | jq -r '.copies[0].from')" "$variables"
	start_stopped
}
