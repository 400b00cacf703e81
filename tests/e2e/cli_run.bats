# A guest's life on the command line, with guests of a few bytes.

bats_require_minimum_version 1.5.0
load helper
load guests

setup() { world_start; }
teardown() { world_stop; }

# sector NAME KIND [DEVICES]: defines a guest that does one thing.
sector() {
	sector_file "$@"
	virtty -q define "$WORLD/$1.xml"
}

sector_file() {
	bootsector "$2" "$WORLD/$1.img"
	domain_file "$1" "<disk type='file' device='floppy'><driver name='qemu' type='raw'/>
		<source file='$WORLD/$1.img'/><target dev='fda' bus='fdc'/></disk>${3:-}" >/dev/null
}

fails() {
	local status_wanted=$1 words=$2

	shift 2
	run --separate-stderr virtty "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
	[ "$status" -eq "$status_wanted" ]
	[[ $stderr == "virtty: "*"$words"* ]]
}

says() {
	local words=$1

	shift
	run --separate-stderr virtty "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
	[ "$status" -eq 0 ]
	[ "$output" = "$words" ]
}

@test "start, suspend, resume, reset, destroy, and what each says" {
	sector web halt
	says "Domain 'web' started" start web
	[ "$(virtty domstate web)" = running ]
	[ "$(virtty list --name)" = web ]
	says "Domain 'web' suspended" suspend web
	[ "$(virtty domstate web)" = paused ]
	[ "$(virtty list --state-paused --name)" = web ]
	[[ "$(virtty domstate web --reason)" == "paused (user)"* ]]
	says "Domain 'web' resumed" resume web
	[ "$(virtty domstate web)" = running ]
	says "Domain 'web' was reset" reset web
	[ "$(virtty domstate web)" = running ]
	says "Domain 'web' got an NMI" inject-nmi web
	says "Domain 'web' destroyed" destroy web
	[[ "$(virtty domstate web --reason)" == "shut off (destroyed)"* ]]
	[ "$(virtty domstate web --json | json reason)" = destroyed ]
}

@test "starting twice, stopping what is not running" {
	sector web halt
	virtty -q start web
	fails 1 running start web
	virtty -q destroy web
	fails 1 "not running" destroy web
	fails 1 "not running" suspend web
	fails 1 "not running" shutdown web
	fails 1 "not running" console web --readonly
	fails 1 "not running" qemu-monitor-command web query-status
}

@test "a guest is named by its id while it runs" {
	local id

	sector web halt
	virtty -q start web
	id=$(virtty domid web)
	[[ $id =~ ^[0-9]+$ ]]
	[ "$(virtty domname "$id")" = web ]
	[ "$(virtty list | sed -n 3p)" = " $id    web    running" ]
	[ "$(virtty list --id)" = "$id" ]
	[ "$(virtty domid web --json | json id)" = "$id" ]
	virtty -q destroy "$id"
	fails 1 "failed to get domain '$id'" domname "$id"
}

@test "start --paused leaves the processors stopped" {
	sector web lines
	virtty -q start web --paused
	[ "$(virtty domstate web)" = paused ]
	[ "$(virtty qemu-monitor-command web query-status | json return.running)" = False ]
	virtty -q resume web
	[ "$(virtty domstate web)" = running ]
}

@test "shutdown is asked for and obeyed" {
	sector web acpi
	virtty -q start web
	wait_for 20 console_says web U
	says "Domain 'web' is being shutdown" shutdown web
	wait_state web "shut off"
	[[ "$(virtty domstate web --reason)" == "shut off (shutdown)"* ]]
}

console_says() {
	virtty log "$1" --console serial0 | grep -qa "$2"
}

@test "dominfo of a running guest" {
	sector web halt
	virtty -q start web
	run virtty dominfo web
	[ "$status" -eq 0 ]
	[[ $output == *"State:          running"* ]]
	[[ $output == *"Accelerator:    tcg"* ]]
	[[ $output == *"CPU time:"* ]]
	[[ $output == *"Process:        $(qemu_pid web)"* ]]
	[ "$(virtty dominfo web --json | json state)" = running ]
	[ "$(virtty dominfo web --json | json pid)" = "$(qemu_pid web)" ]
}

@test "where the console and the screen are" {
	sector web halt "<graphics type='vnc'/><video><model type='vga'/></video>"
	fails 1 "" ttyconsole web
	virtty -q start web
	[ -c "$(virtty ttyconsole web)" ]
	[ "$(virtty ttyconsole web --json | json 0.name)" = serial0 ]
	[[ "$(virtty domdisplay web)" == vnc+unix://* ]]
	[ -S "$(virtty domdisplay web --type vnc | sed 's|^vnc+unix://||')" ]
	fails 1 "no spice screen" domdisplay web --type spice
}

@test "a transient guest comes and goes with its run" {
	sector_file web halt
	says "Domain 'web' created from $WORLD/web.xml" create "$WORLD/web.xml"
	[ "$(virtty list --transient --name)" = web ]
	[ "$(virtty dominfo web --json | json persistent)" = False ]
	virtty -q destroy web
	[ -z "$(virtty list --all --name)" ]
}

@test "what cannot start is refused with the reason" {
	sector web halt
	rm "$WORLD/web.img"
	fails 1 "web.img" start web
	[ "$(virtty domstate web)" = "shut off" ]
}

@test "QEMU's monitor answers through the supervisor" {
	sector web halt
	virtty -q start web
	[ "$(virtty qemu-monitor-command web query-name | json return.name)" = web ]
	[ "$(virtty qemu-monitor-command web '{"execute": "query-status"}' --return-value | json status)" = running ]
	virtty qemu-monitor-command web --hmp info status | grep -q 'VM status: running'
	virtty qemu-monitor-command web query-status --pretty | grep -q '^  "return"'
	fails 1 "no-such-command" qemu-monitor-command web no-such-command
	fails 2 "" qemu-monitor-command web '{"execute'
	fails 2 "execute" qemu-monitor-command web '{"exe": 1}'
}

@test "keys are pressed by any of their names" {
	sector web halt
	virtty -q start web
	says "" send-key web KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE
	says "" send-key web 29 56 111 --holdtime 50
	says "" send-key web --codeset qcode ctrl alt delete
	says "" send-key web --codeset qnum 0x1d 0x38 0xd3
	fails 2 "is none of linux, qnum, qcode" send-key web --codeset usb 1
}

@test "the log tells of the runs" {
	sector web halt
	virtty -q start web
	virtty -q destroy web
	[ "$(virtty log web | wc -l)" -gt 0 ]
	fails 1 "serial9" log web --console serial9
}

# --- all at once -------------------------------------------------------------

@test "autostart-all starts those that are marked, shutdown-all stops what runs" {
	sector one acpi
	sector two acpi
	sector three halt
	virtty -q autostart one
	virtty -q autostart two
	run virtty autostart-all
	[ "$status" -eq 0 ]
	[ "$output" = $'Domain \'one\' started\nDomain \'two\' started' ]
	[ "$(virtty list --name | paste -sd,)" = one,two ]
	wait_for 20 console_says one U
	wait_for 20 console_says two U
	run virtty shutdown-all --timeout 20
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$(virtty list --name)" ]
}

@test "one guest that cannot start keeps no other from it" {
	sector bad halt
	sector good halt
	rm "$WORLD/bad.img"
	virtty -q autostart bad
	virtty -q autostart good
	fails 1 bad autostart-all
	[ "$(virtty list --name)" = good ]
}

@test "a guest that does not listen is still running after shutdown-all" {
	sector deaf spin
	virtty -q start deaf
	run --separate-stderr virtty shutdown-all --timeout 1
	[ "$status" -eq 1 ]
	[[ $stderr == *"'deaf' is still running"* ]]
}

# --- events ------------------------------------------------------------------

@test "events of a life, in order" {
	sector web poweroff
	"$VIRTTY" event --loop --json >"$WORLD/events" 3>&- &
	wait_for 20 watching $! "$WORLD/events"
	virtty -q start web
	wait_for 30 grep -q Stopped "$WORLD/events"
	kill -INT $!
	wait $!
	grep '"web"' "$WORLD/events" | python3 -c '
import json, sys
print(",".join(json.loads(line)["detail"].split()[0] for line in sys.stdin))' >"$WORLD/order"
	cat "$WORLD/events" "$WORLD/order"
	grep -qE '^Started,(Resumed,)?(Shutdown,)?Stopped$' "$WORLD/order"
}

# Until it has shown that it is listening: other guests come and go.
watching() {
	domain_xml canary | virtty -q define -
	virtty -q undefine canary
	grep -q canary "$2"
}

@test "event waits for one and ends" {
	sector web halt
	"$VIRTTY" event web >"$WORLD/event" 3>&- &
	# whichever of the two it saw
	wait_for 20 nudged $!
	wait $!
	grep -qE "^event 'lifecycle' for domain 'web': (Started Booted|Stopped Destroyed)" "$WORLD/event"
	grep -q '^events received: 1$' "$WORLD/event"
}

nudged() {
	virtty -q start web || virtty -q destroy web
	[ ! -e "/proc/$1" ] || [ -s "$WORLD/event" ]
}

@test "event of another kind: a reset" {
	sector web halt
	virtty -q start web
	"$VIRTTY" event web --event reboot --timestamp >"$WORLD/event" 3>&- &
	wait_for 20 reset_seen
	wait $!
	grep -qE "^[0-9-]+ [0-9:.]+\+0000: event 'reboot' for domain 'web'" "$WORLD/event"
}

reset_seen() {
	virtty -q reset web
	[ -s "$WORLD/event" ]
}

@test "event ends with 1 when the time is over" {
	run virtty event --timeout 0
	[ "$status" -eq 1 ]
	[ "$output" = $'event loop timed out\nevents received: 0' ]
}
