#!/usr/bin/env bats
# The supervisor's consoles, with guests of a few bytes: nothing is lost or
# doubled, and nobody who looks can hold the guest up.

load helper
load guests
load supervisor

setup() {
	world_start
	guest_places
	LOG=$GUEST/serial0.log
}

teardown() {
	world_stop
}

client() {
	python3 "$BATS_TEST_DIRNAME/console_client.py" "$RUN/serial0.sock" "$@"
}

log_grown_to() {
	[ "$(stat -c %s "$LOG")" -ge "$1" ]
}

big_log='plan["consoles"][0]["log_max"] = 1 << 40'

@test "1000 times attached and detached under load: byte for byte what the log has" {
	start lines "$big_log"
	wait_for 20 log_grown_to 100000
	client cycles "$LOG" 1000
}

@test "a viewer that does not read never stops the guest" {
	start flood "$big_log"
	wait_for 20 log_grown_to 100000
	client stall "$LOG" 500000 # more than the viewer's socket holds
	# nor does it make the supervisor grow
	private=$(awk '/^Private_/ { n += $2 } END { print n }' "/proc/$(running supervisor.pid)/smaps_rollup")
	sanitized || [ "$private" -le 4096 ]
}

@test "what is typed reaches the guest, through the socket and through the pty" {
	start echo
	client echo "hello guest"
	python3 - "$RUN/serial0.pty" <<-'END'
		import os, select, sys
		fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
		os.write(fd, b"by pty")
		seen = b""
		while b"by pty" not in seen:
		    if not select.select([fd], [], [], 20)[0]:
		        sys.exit(f"no echo: {seen!r}")
		    seen += os.read(fd, 100)
	END
	grep -qa "hello guestby pty" "$LOG"
}

@test "a pty that is opened and not read stops nothing, and leaves nothing behind" {
	start lines "$big_log"
	python3 - "$RUN/serial0.pty" "$LOG" <<-'END'
		import os, select, sys, time
		device, log = sys.argv[1:]
		fd = os.open(device, os.O_RDWR | os.O_NOCTTY)
		size = os.path.getsize(log)
		end = time.monotonic() + 20
		while os.path.getsize(log) < size + 300000:
		    if time.monotonic() > end:
		        sys.exit("the guest stands still")
		    select.select([], [], [], 0.05)
		os.close(fd)
		# whoever comes next sees only what is said from now on
		select.select([], [], [], 0.3)
		with open(log, "rb") as f:
		    said = f.read()
		said = said[:said.rindex(b"\n")]
		last = int(said[said.rindex(b"\n") + 1:], 16)
		fd = os.open(device, os.O_RDWR | os.O_NOCTTY)
		seen = b""
		while seen.count(b"\n") < 3:
		    if not select.select([fd], [], [], 20)[0]:
		        sys.exit("no output")
		    seen += os.read(fd, 4096)
		first = int(seen.split(b"\n")[1], 16)
		if first <= last - 10:
		    sys.exit(f"stale: {first} after {last}")
	END
}

@test "after adoption the console goes on, with its log and its replay" {
	start halt
	wait_for 20 log_has ready
	pid=$(running supervisor.pid)
	kill -KILL "$pid"
	wait_for 5 process_gone "$pid"
	adopt
	client until ready
	ask reset
	wait_for 20 twice_ready
}

twice_ready() {
	[ "$(grep -ca ready "$LOG")" -ge 2 ]
}

@test "several consoles, a virtio one among them, each with its own socket and log" {
	start halt '
for i in 1, 2, 3:
    name = f"serial{i}"
    arg("-chardev", fd(f"socket,id=char{name},fd=", name, ",server=on,wait=off"))
    arg("-device", json.dumps({"driver": "isa-serial", "chardev": f"char{name}", "id": name}))
arg("-device", "virtio-serial-pci,id=vs0")
arg("-chardev", fd("socket,id=charhvc0,fd=", "hvc0", ",server=on,wait=off"))
arg("-device", json.dumps({"driver": "virtconsole", "chardev": "charhvc0", "id": "console1"}))
for name in "serial1", "serial2", "serial3", "hvc0":
    plan["listen"].append({"fd": name, "path": f"{guest}/{name}.qemu"})
    plan["consoles"].append({"name": name, "qemu": f"{guest}/{name}.qemu", "client": f"{run}/{name}.sock", "log": f"{guest}/{name}.log"})'
	for name in serial0 serial1 serial2 serial3 hvc0; do
		[ -S "$RUN/$name.sock" ]
	done
	[ "$(running consoles | grep -o '"name"' | wc -l)" = 5 ]
	qmp query-chardev | grep -o 'disconnected:unix:[^"]*charserial' | wc -l | grep -qx 0
	# what the guest sends there arrives there: out 0x2f8 through the monitor
	qmp human-monitor-command '{"command-line": "o /b 0x2f8 0x42"}'
	wait_for 10 grep -qa B "$GUEST/serial1.log"
	absent -qa B "$LOG"
}

absent() {
	if grep "$@"; then
		return 1
	fi
}

@test "a log with the time of each line" {
	start lines 'plan["consoles"][0]["timestamps"] = True'
	wait_for 20 log_grown_to 10000
	head -n 20 "$LOG" | tail -n 10 | grep -cE '^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:]{8}\.[0-9]{3}Z [0-9a-f]{8}$' | grep -qx 10
}

@test "a log is rotated, and bounded" {
	start lines 'plan["consoles"][0]["log_max"] = 65536'
	wait_for 30 test -s "$LOG.3"
	# not a byte is lost where one ends and the next begins
	ask destroy
	[ "$(stat -c %s "$LOG.1")" -ge 65536 ]
	[ "$(stat -c %s "$LOG.1")" -le 131072 ]
	[ ! -e "$LOG.4" ]
	[ -e "$LOG" ] || : >"$LOG"
	cat "$LOG.3" "$LOG.2" "$LOG.1" "$LOG" | grep -aE '^[0-9a-f]{8}$' | python3 -c '
import sys
n = [int(x, 16) for x in sys.stdin.read().split()]
sys.exit(len(n) < 20000 or n != list(range(n[0], n[0] + len(n))))'
}

@test "the last output and the bell are in the record; a title is no bell" {
	start bell
	wait_for 20 grep -q '"bell":' "$RUNNING"
	[ "$(running consoles.0.last)" -ge "$(running started)" ]
	ask destroy
	start title
	wait_for 20 grep -q '"last":' "$RUNNING"
	absent '"bell":' "$RUNNING"
}

@test "a break goes to the guest" {
	start halt
	python3 - "$BATS_TEST_DIRNAME" "$RUN/serial0.sock" <<-'END'
		import sys
		sys.path.insert(0, sys.argv[1])
		from console_client import Console, live
		c = Console(sys.argv[2], mode="write")
		c.until(lambda d, notes: live(notes))
		c.send_json({"break": True})
	END
	# the line status register has its break bit (0x10) set
	wait_for 10 break_seen
}

break_seen() {
	qmp human-monitor-command '{"command-line": "i /b 0x3fd"}' | grep -qE '= 0x[0-9a-f]*[13579bdf][0-9a-f]( |\\|")'
}

@test "escape sequences pass through to viewers and log as they are" {
	start escapes
	wait_for 20 log_has PWNED
	python3 - "$LOG" <<-'END'
		import sys
		text = open(sys.argv[1], "rb").read()
		sys.exit(b"\x1b]52;c;cHduZWQ=\x07" not in text)
	END
}
