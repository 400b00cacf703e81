#!/usr/bin/env bats
# Guests on a bridge of the host.  Each test runs in a network of its own, so
# that the machine's is never touched.

load helper

setup() {
	world_start
	# not root: be it in a user namespace of one's own
	ALONE=(unshare --net)
	[ "$(id -u)" = 0 ] || ALONE=(unshare --user --map-root-user --net)
}

teardown() { world_stop; }

bridged_guest() {
	cat > "$BATS_TEST_TMPDIR/guest.xml" <<-XML
	<domain type='qemu'><name>bridged</name><memory unit='MiB'>32</memory>
	  <os><type machine='pc'>hvm</type></os>
	  <devices><interface type='bridge'><mac address='52:54:00:01:02:03'/><source bridge='br7'/><model type='virtio'/></interface>
	  <memballoon model='none'/></devices></domain>
	XML
}

@test "a card on a bridge is a port of that bridge, and gone with the guest" {
	bridged_guest
	cat > "$BATS_TEST_TMPDIR/run" <<-'SH'
	set -e
	ip link add br7 type bridge
	ip link set br7 up
	"$@" define guest.xml
	"$@" start bridged --paused
	ip -o link show master br7
	"$@" destroy bridged
	echo "ports after: $(ip -o link show master br7 | wc -l)"
	SH
	cd "$BATS_TEST_TMPDIR"
	run "${ALONE[@]}" bash run "$VIRTTY" -c qmp:///session
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"vnet0"*"fe:54:00:01:02:03"* ]]
	[[ $output == *"ports after: 0"* ]]
}

@test "a bridge that is not there is said before anything is started" {
	bridged_guest
	cd "$BATS_TEST_TMPDIR"
	run "${ALONE[@]}" "$VIRTTY" -c qmp:///session create guest.xml
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"no bridge 'br7'"* ]]
}
