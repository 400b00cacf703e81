#!/usr/bin/env bats
# connection: what the command line says of guests is true, whoever died, and
# definition and running guest are kept apart.

load helper

setup() { world_start; }
teardown() { world_stop; }

kill_and_wait() {
	kill -KILL "$@"
	local pid

	for pid in "$@"; do
		wait_for 10 process_gone "$pid"
	done
}

uuid_of() {
	virtty domuuid "$1" | head -n 1
}

@test "a supervisor is killed: the guest runs on and the next command takes it over" {
	local qemu

	virtty define "$(domain_file web)"
	virtty start web
	qemu=$(qemu_pid web)
	kill_and_wait "$(supervisor_pid web)"
	run virtty list
	[[ $output == *web*running* ]]
	[ "$(qemu_pid web)" = "$qemu" ]
	virtty suspend web
	state_is web paused
	virtty resume web
	virtty destroy web
	process_gone "$qemu"
}

@test "supervisor and QEMU are killed: the guest is not said to run" {
	virtty define "$(domain_file web)"
	virtty start web
	kill_and_wait "$(supervisor_pid web)" "$(qemu_pid web)"
	run virtty list
	[[ $output != *web* ]]
	run virtty domstate web --reason
	[[ ${lines[0]} == "shut off (crashed)" ]]
	virtty start web
	state_is web running
}

@test "the runtime directory and the supervisor are lost: all of it comes back" {
	virtty define "$(domain_file web)"
	virtty start web
	rm -rf "$XDG_RUNTIME_DIR/virtty"
	kill_and_wait "$(supervisor_pid web)"
	virtty suspend web
	state_is web paused
	[ -S "$XDG_RUNTIME_DIR/virtty/$(uuid_of web)/supervisor.sock" ]
}

@test "after a restart of the host no guest is said to run" {
	local uuid file

	virtty define "$(domain_file web)"
	uuid=$(uuid_of web)
	virtty start web
	file=$XDG_STATE_HOME/virtty/running/$uuid.json
	cp "$file" "$WORLD/record"
	virtty destroy web
	sed 's|"boot_id":"[^"]*"|"boot_id":"00000000-1111-4222-8333-444444444444"|' "$WORLD/record" >"$file"
	run virtty list --all
	[[ $output == *web*"shut off"* ]]
	run virtty domstate web --reason
	[[ $output == *restarted* || $output == *reboot* ]]
	[ ! -e "$file" ]
}

@test "100 simultaneous starts make one guest" {
	local i started pids=()

	virtty define "$(domain_file web)"
	for ((i = 0; i < 100; i++)); do
		virtty start web >"$WORLD/start.$i" 2>&1 && touch "$WORLD/started.$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do # wait alone would wait for bats' own clock too
		wait "$i" || true
	done
	started=$(find "$WORLD" -name 'started.*' | wc -l)
	[ "$started" -eq 1 ]
	[ "$(grep -l "already running" "$WORLD"/start.* | wc -l)" -eq 99 ]
	state_is web running
}

@test "an image that another guest writes to is refused with that guest's name" {
	local disk

	truncate -s 1M "$WORLD/disk.img"
	disk="<disk type='file'><source file='$WORLD/disk.img'/><target dev='vda' bus='virtio'/></disk>"
	virtty define "$(domain_file first "$disk")"
	virtty define "$(domain_file second "$disk")"
	virtty start first
	run virtty start second
	[ "$status" -eq 1 ]
	[[ $output == *"start domain 'second'"*"$WORLD/disk.img"*"'first' (running)"* ]]
	[[ $output == *"→ shut 'first' down"* ]]
	state_is second "shut off"
	virtty destroy first
	virtty start second
}

@test "a definition changed under a running guest counts from the next start" {
	virtty define "$(domain_file web)"
	virtty start web
	virtty dumpxml --inactive web | sed 's|>32</memory>|>48</memory>|' >"$WORLD/new.xml"
	virtty define "$WORLD/new.xml"
	[ "$(virtty dominfo --json web | json changed)" = True ]
	virtty dumpxml web | grep -q ">32</memory>"
	virtty dumpxml --inactive web | grep -q ">48</memory>"
	virtty destroy web
	[ "$(virtty dominfo --json web | json changed)" = False ]
	virtty start web
	virtty dumpxml web | grep -q ">48</memory>"
	[ "$(virtty dominfo --json web | json changed)" = False ]
}

@test "a running guest shows what it really got" {
	local pty

	virtty define "$(domain_file web "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>")"
	virtty start web
	virtty dumpxml web >"$WORLD/live.xml"
	grep -q "<domain type='qemu' id='1'>" "$WORLD/live.xml"
	pty=$(virtty ttyconsole web | head -n 1)
	[ -c "$pty" ]
	grep -q "<source path='$pty'/>" "$WORLD/live.xml"
	grep -q "<alias name='serial0'/>" "$WORLD/live.xml"
	grep -qE "<graphics [^>]*port='59[0-9]+'" "$WORLD/live.xml"
	virtty dumpxml --inactive web | grep -v audio >"$WORLD/inactive"
	lacks alias <"$WORLD/inactive"
	lacks "id='1'>" <"$WORLD/inactive"
	virtty destroy web
	virtty define "$WORLD/live.xml"
	virtty start web
}

@test "a running guest that is undefined lives on until it stops" {
	virtty define "$(domain_file web)"
	virtty start web
	virtty undefine web
	state_is web running
	[ "$(virtty dominfo --json web | json persistent)" = False ]
	virtty destroy web
	run virtty domstate web
	[ "$status" -eq 1 ]
}

listening() {
	virtty -q define "$WORLD/web.xml"
	virtty -q undefine web
	grep -q Undefined "$WORLD/events"
}

@test "a client sees what others do, as it happens" {
	local watcher

	domain_file web
	"$VIRTTY" event --loop >"$WORLD/events" 2>&1 3>&- &
	watcher=$!
	wait_for 20 listening
	: >"$WORLD/events"
	virtty define "$WORLD/web.xml"
	wait_grep 10 "'web': Defined" "$WORLD/events"
	virtty start web
	wait_grep 10 "'web': Started" "$WORLD/events"
	virtty suspend web
	wait_grep 10 "'web': Suspended" "$WORLD/events"
	kill_and_wait "$(supervisor_pid web)"
	wait_for 20 has_supervisor web
	virtty destroy web
	wait_grep 10 "'web': Stopped" "$WORLD/events"
	virtty undefine web
	wait_grep 10 "'web': Undefined" "$WORLD/events"
	kill "$watcher"
}

# Without a word from us: the watching client saw to it.
has_supervisor() {
	local pid

	pid=$(record_of "$1" supervisor.pid) && ! process_gone "$pid"
}

record_of() {
	python3 -c '
import glob, json, sys
value = json.load(open(glob.glob(sys.argv[1])[0]))
for key in sys.argv[2].split("."):
    value = value[key]
print(value)' "$XDG_STATE_HOME/virtty/running/*.json" "$2"
}
