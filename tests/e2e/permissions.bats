# permissions: what a guest leaves in the file system and in /proc is its
# owner's alone, whatever the umask.

load helper

SECRET=s3cr3tpw

setup() {
	umask 000
	world_start
	virtty define "$(domain_file web "<graphics type='vnc' passwd='$SECRET'/>")"
	virtty start web
}

teardown() {
	world_stop
}

# Everything in the directories that virtty made which others may touch.
open_to_others() {
	find "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" \
		"$XDG_RUNTIME_DIR" -mindepth 1 ! -type l -perm /077 -printf '%M %p\n'
}

@test "directories, files and sockets are the owner's alone under umask 000" {
	find "$XDG_RUNTIME_DIR/virtty" -type s | grep -q . # there are some to look at
	[ -z "$(open_to_others)" ] || { open_to_others; false; }
}

@test "what is stored later is the owner's alone as well" {
	virtty define "$(domain_file other)"
	virtty autostart web
	virtty destroy web
	virtty start web
	virtty undefine other
	[ -z "$(open_to_others)" ] || { open_to_others; false; }
}

@test "the sandbox is on: the kernel filters QEMU's system calls" {
	grep -q '^Seccomp:[[:space:]]*2$' "/proc/$(qemu_pid web)/status"
	tr '\0' '\n' <"/proc/$(qemu_pid web)/cmdline" | grep -A 1 -x -- -sandbox |
		grep -q 'on,.*spawn=deny'
}

@test "a password is in no command line, environment, log or record" {
	local pid

	for pid in $(world_processes); do
		tr '\0' '\n' <"/proc/$pid/cmdline" | lacks "$SECRET"
		tr '\0' '\n' <"/proc/$pid/environ" | lacks "$SECRET"
	done
	# the definition that it was started from is a definition like the stored one
	run grep -rlF --exclude=live.xml "$SECRET" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"
	[ "$status" = 1 ] || { echo "$output"; false; }
}

@test "a password is shown only to those who ask for it" {
	virtty plan web | lacks "$SECRET"
	virtty domxml-to-argv "$WORLD/web.xml" | lacks "$SECRET"
	virtty dumpxml web | lacks "$SECRET"
	virtty dumpxml --security-info web | grep -qF "$SECRET"
}

@test "the password is asked for" {
	virtty qemu-monitor-command web query-vnc | grep -q '"vnc"'
	virtty qemu-monitor-command web query-vnc | grep -q '"auth": *"vnc"'
}

@test "another user gets nowhere" {
	[ "$(id -u)" = 0 ] || return 0
	local socket above=$WORLD

	# even with the directories opened, the peer's uid is looked at
	chmod -R a+rwX "$WORLD"
	while [ "$(dirname "$above")" != / ]; do
		chmod a+x "$above"
		above=$(dirname "$above")
	done
	socket=$(find "$XDG_RUNTIME_DIR/virtty" -name supervisor.sock)
	# paths may be longer than an address holds
	run setpriv --reuid=65534 --regid=65534 --clear-groups /usr/bin/python3 - "$socket" <<-'END'
		import os, socket, sys
		os.chdir(os.path.dirname(sys.argv[1]))
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(10)
		s.connect(os.path.basename(sys.argv[1]))
		print("bytes:", len(s.recv(4096)))
	END
	echo "$output"
	[[ $output == *"bytes: 0"* || $output == *reset* ]]
}
