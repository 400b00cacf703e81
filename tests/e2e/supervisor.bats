#!/usr/bin/env bats
# The supervisor by itself, with guests of a few bytes under TCG: every way a
# guest and its QEMU can end, told apart, with the policy applied once.

load helper
load guests
load supervisor

setup() {
	world_start
	guest_places
}

teardown() {
	world_stop
}

policies='plan["policies"] = dict(on_poweroff="%s", on_reboot="%s", on_crash="%s")'

# shellcheck disable=SC2059
policy() {
	printf "$policies" "$1" "$2" "$3"
}

over() {
	wait_for 20 is_over
}

# restarted N: at least so often.
restarted() {
	[ "$(running restarts)" -ge "$1" ]
}

absent() {
	if grep "$@"; then
		return 1
	fi
}

# --- endings -------------------------------------------------------------------

@test "a guest that switches itself off was shut down by the guest" {
	start poweroff
	over
	[ "$(stopped state)" = "shut off" ]
	[ "$(stopped reason)" = shutdown ]
	[ "$(stopped why)" = "shut down by the guest" ]
	[ ! -e "$RUN" ]
	[ ! -e "$GUEST/monitor.sock" ]
}

@test "a guest that switches off as asked says so" {
	start acpi
	wait_for 20 log_has U
	ask shutdown
	over
	[ "$(stopped reason)" = shutdown ]
	[ "$(stopped why)" = "shut down by the guest, on request" ]
}

@test "a panicked guest is named so, and ended by on_crash destroy" {
	start panic
	over
	[ "$(stopped state)" = "shut off" ]
	[ "$(stopped reason)" = crashed ]
	[ "$(stopped why)" = "the guest panicked" ]
}

@test "on_crash preserve keeps the crashed guest and its QEMU" {
	start panic "$(policy destroy restart preserve)"
	wait_for 20 running_is state crashed
	[ "$(running reason)" = panicked ]
	kill -0 "$(running qemu.pid)"
	qmp query-status | grep -q guest-panicked
	ask destroy
	over
	[ "$(stopped why)" = "the guest panicked" ]
}

@test "on_crash restart resets the guest and lets it run again, once for each panic" {
	start panic "$(policy destroy restart restart)"
	wait_for 20 restarted 3
	[ "$(history_count 'the guest panicked' "$RUNNING")" -ge 3 ]
	# the fourth in a row is not at once any more
	wait_for 20 running_is pending restart
	[ "$(running restarts)" -le 4 ]
	ask destroy
	over
}

@test "on_crash coredump-destroy writes a core file and ends the guest" {
	start panic "$(policy destroy restart coredump-destroy)"
	over
	[ "$(stopped why)" = "the guest panicked" ]
	core=$(echo "$STATE"/dump/"$ID"-*.core)
	[ "$(head -c 4 "$core" | tr -d '\177')" = ELF ]
	[ "$(stat -c %a "$core")" = 600 ]
	[ "$(stat -c %s "$core")" -gt 16000000 ]
	[ "$(find "$STATE/dump" -name '*.core' | wc -l)" = 1 ]
}

@test "on_crash coredump-restart writes a core file and restarts the guest" {
	start panic "$(policy destroy restart coredump-restart)"
	wait_for 20 restarted 1
	compgen -G "$STATE/dump/$ID-*.core"
	ask destroy
	over
}

@test "on_poweroff restart starts the guest again" {
	start poweroff "$(policy restart restart destroy)"
	wait_for 20 restarted 2
	[ "$(history_count 'shut down by the guest' "$RUNNING")" -ge 2 ]
	ask destroy
	over
	[ ! -e "$RUNNING" ]
}

@test "on_poweroff preserve keeps the guest for inspection, until it is reset" {
	start acpi "$(policy preserve restart destroy)"
	wait_for 20 log_has U
	ask shutdown
	wait_for 20 running_is reason "shutting down"
	[ "$(running state)" = paused ]
	qmp query-status | grep -q '"shutdown"'
	run ask resume
	[ "$status" -ne 0 ]
	ask reset
	wait_for 20 running_is state running
	[ "$(running restarts)" = 1 ]
}

@test "on_reboot destroy ends a guest that reboots" {
	start reset "$(policy destroy destroy destroy)"
	over
	[ "$(stopped reason)" = shutdown ]
	[ "$(stopped why)" = "rebooted by the guest" ]
}

@test "on_reboot preserve keeps a guest that reboots" {
	start triple "$(policy destroy preserve destroy)"
	wait_for 20 running_is reason "shutting down"
	[ "$(running why)" = "rebooted by the guest" ]
}

@test "with on_reboot destroy, reset still resets" {
	start halt "$(policy destroy destroy destroy)"
	wait_for 20 log_has ready
	ask reset
	wait_for 20 log_count ready 2
	[ "$(running state)" = running ]
}

log_count() {
	[ "$(grep -ca -- "$1" "$GUEST/serial0.log")" -ge "$2" ]
}

@test "reboot switches off by ACPI and starts again, without ending the guest" {
	start acpi
	wait_for 20 log_has U
	qemu=$(running qemu.pid)
	ask reboot
	wait_for 20 running_is restarts 1
	wait_for 20 log_has UU
	[ "$(running state)" = running ]
	[ "$(running qemu.pid)" = "$qemu" ]
	# that was one reboot, not a way of life
	ask shutdown
	over
	[ "$(stopped why)" = "shut down by the guest, on request" ]
}

@test "a guest in a reset loop is held back, longer and longer" {
	start reset
	wait_for 20 running_is reason "starting up"
	[ "$(running state)" = paused ]
	wait_for 20 grep -q '"what":"the guest rebooted 5 times in a row: held for 2 s"' "$RUNNING"
	grep -q '"what":"the guest rebooted 4 times in a row: held for 1 s"' "$RUNNING"
	wait_for 20 grep -q "6 times in a row: held for 4 s" "$RUNNING"
	qmp query-status | grep -q '"paused"'
	# it can still be ended at once
	ask destroy
	over
	[ "$(stopped why)" = "forced off" ]
}

@test "QEMU killed by SIGKILL, SIGSEGV, SIGABRT is named with its signal" {
	for signal in KILL SEGV ABRT; do
		rm -f "$STOPPED"
		start halt
		kill -$signal "$(running qemu.pid)"
		over
		[ "$(stopped reason)" = crashed ]
		stopped why | grep -q "QEMU was killed by signal $(kill -l $signal) ("
	done
	[ "$(stopped why)" = "QEMU was killed by signal 6 (Aborted)" ]
}

@test "QEMU ended by SIGTERM and SIGINT is named with its signal" {
	for signal in TERM INT; do
		rm -f "$STOPPED"
		start halt
		kill -$signal "$(running qemu.pid)"
		over
		[ "$(stopped reason)" = destroyed ]
		stopped why | grep -q "QEMU was ended by signal $(kill -l $signal) ("
	done
}

@test "QEMU told to quit through its monitor is named so" {
	start halt
	qmp quit
	over
	[ "$(stopped reason)" = destroyed ]
	[ "$(stopped why)" = "QEMU was told to quit through its monitor" ]
}

@test "QEMU that exits by itself is named with its status" {
	start spin 'arg("-device", "isa-debug-exit")'
	# let the guest do what the device waits for: through the monitor
	qmp human-monitor-command '{"command-line": "o /b 0x501 0x10"}' || true
	over
	[ "$(stopped reason)" = crashed ]
	[ "$(stopped why)" = "QEMU exited with status 33" ]
}

@test "destroy answers when QEMU is gone, and says it was forced" {
	start halt
	qemu=$(running qemu.pid)
	ask destroy
	process_gone "$qemu"
	is_over
	[ "$(stopped reason)" = destroyed ]
	[ "$(stopped why)" = "forced off" ]
}

@test "destroy with graceful ends QEMU by SIGTERM only" {
	start halt
	ask destroy '{"graceful": true}'
	over
	[ "$(stopped reason)" = destroyed ]
	absent -q SIGKILL "$GUEST/qemu.log"
}

@test "a hung QEMU is noticed, named, and can be destroyed" {
	start halt
	kill -STOP "$(running qemu.pid)"
	run qmp query-status
	[ "$status" -ne 0 ]
	[ "$(running state)" = running ]
	[ "$(running why)" = "QEMU does not answer" ]
	kill -CONT "$(running qemu.pid)"
	wait_for 10 running_is why started
	kill -STOP "$(running qemu.pid)"
	ask destroy
	is_over
	[ "$(stopped why)" = "forced off" ]
	grep -q SIGKILL "$GUEST/qemu.log"
}

@test "a watchdog that pauses, and one that resets, are named" {
	start halt 'arg("-device", "ib700", "-action", "watchdog=pause")'
	# arm the smallest time-out (I/O port 0x443)
	qmp human-monitor-command '{"command-line": "o /b 0x443 0xf"}'
	wait_for 20 running_is reason watchdog
	[ "$(running state)" = paused ]
	ask destroy
}

@test "crash-loaded is only noted" {
	start crashload
	wait_for 20 grep -q "saves its own dump" "$RUNNING"
	[ "$(running state)" = running ]
}

@test "suspend and resume" {
	start halt
	ask suspend
	wait_for 5 running_is state paused
	[ "$(running reason)" = user ]
	ask resume
	wait_for 5 running_is state running
	[ "$(running reason)" = unpaused ]
}

# --- starting ------------------------------------------------------------------

@test "started paused, the guest waits for resume" {
	start poweroff 'plan["paused"] = True' | grep -q '"state":"paused"'
	[ "$(running reason)" = user ]
	ask resume
	over
	[ "$(stopped why)" = "shut down by the guest" ]
}

@test "what QEMU says about a start that fails is the answer" {
	run start halt 'arg("-device", "no-such-device")'
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *'{"failed":"QEMU: '*"no-such-device"* ]]
	[[ $output == *'"hint":"its log is '* ]]
	[ "$(stopped reason)" = failed ]
	[ ! -e "$RUNNING" ]
	[ ! -e "$RUN" ]
}

@test "an emulator that is not there, a plan that is none" {
	EMULATOR=/nowhere/qemu run start halt
	[ "$status" -ne 0 ]
	[[ $output == *"/nowhere/qemu: No such file or directory"* ]]
	[ ! -e "$RUNNING" ]
	echo "{]" >"$WORLD/plan.json"
	run start_plan "$WORLD/plan.json"
	[[ $output == *'"failed":"launch plan: not JSON'* ]]
	echo '{"version": 1}' >"$WORLD/plan.json"
	run start_plan "$WORLD/plan.json"
	[[ $output == *"launch plan: 'uuid' is missing"* ]]
}

@test "100 simultaneous starts of one guest make one QEMU" {
	plan halt >"$WORLD/plan.json"
	for i in $(seq 100); do
		setsid "$SUPERVISOR" start <"$WORLD/plan.json" >"$WORLD/answer.$i" 3>&- &
	done
	wait_for 60 all_answered 100
	[ "$(cat "$WORLD"/answer.* | grep -c '^{"started"')" = 1 ]
	[ "$(cat "$WORLD"/answer.* | grep -c '"failed":"domain is already running"')" = 99 ]
	[ "$(world_processes | while read -r p; do cat "/proc/$p/comm"; done | grep -c qemu)" = 1 ]
	[ "$(running state)" = running ]
}

all_answered() {
	[ "$(cat "$WORLD"/answer.* | wc -l)" = "$1" ]
}

@test "a start right behind the end of the last run does not find it running" {
	for _ in 1 2 3 4 5; do
		start halt
		ask destroy
	done
	for _ in 1 2 3 4 5; do
		rm -f "$STOPPED"
		start poweroff
		wait_for 20 test -e "$STOPPED"
	done
}

@test "everything is the owner's alone, whatever the umask" {
	umask 0
	start halt
	[ "$(find "$GUEST" "$RUN" "$RUNNING" -perm /077 ! -type l)" = "" ]
	[ "$(stat -c %a "$CONTROL" "$RUN/serial0.sock" "$GUEST/monitor.sock" "$GUEST/qemu.log" | sort -u)" = 600 ]
	[ "$(stat -c %a "$GUEST" "$RUN" | sort -u)" = 700 ]
	[ "$(stat -c %a "$(readlink "$RUN/serial0.pty")")" = 600 ]
}

@test "QEMU runs in its sandbox, in a session of its own, with nothing of ours" {
	start halt
	pid=$(running qemu.pid)
	grep -q '^Seccomp:[[:space:]]*2' "/proc/$pid/status"
	[ "$(awk '{print $6}' "/proc/$pid/stat")" = "$pid" ]
	[ "$(readlink "/proc/$pid/cwd")" = "$GUEST" ]
	[ "$(tr '\0' '\n' <"/proc/$pid/environ" | cut -d= -f1 | sort | tr '\n' ' ')" = "HOME LC_ALL PATH " ]
	[ "$(grep -c 'Umask:.*0077' "/proc/$pid/status")" = 1 ]
}

@test "secrets are in no file and no command line" {
	start halt 'plan["secrets"] = [{"execute": "object-add", "arguments": {"qom-type": "secret", "id": "sec0", "data": "hunter2hunter2"}}]
plan["policies"]["on_crash"] = "destroy"'
	qmp qom-get '{"path": "/objects/sec0", "property": "format"}'
	absent -rqa hunter2hunter2 "$STATE" "$XDG_RUNTIME_DIR"
	for pid in $(world_processes); do
		absent -qa hunter2hunter2 "/proc/$pid/cmdline" "/proc/$pid/environ"
	done
}

@test "a copy is made once, and kept" {
	echo template >"$WORLD/template"
	copy='plan["copies"] = [{"from": world + "/template", "to": world + "/var/vars.fd"}]'
	start poweroff "$copy"
	over
	[ "$(cat "$WORLD/var/vars.fd")" = template ]
	[ "$(stat -c %a "$WORLD/var/vars.fd")" = 600 ]
	echo changed >"$WORLD/var/vars.fd"
	start poweroff "$copy"
	over
	[ "$(cat "$WORLD/var/vars.fd")" = changed ]
}

@test "the port that QEMU found for VNC is in the record" {
	start halt 'plan["graphics"] = [{"type": "vnc", "listen": "127.0.0.1", "port": -1}]
without("-display")
arg("-device", "VGA", "-vnc", "127.0.0.1:0,to=99")'
	[ "$(running graphics.0.port)" -ge 5900 ]
}

@test "a client hands QEMU a socket: VNC without a listener" {
	start halt 'without("-display")
arg("-device", "VGA", "-vnc", "none")'
	python3 - "$CONTROL" <<-'END'
		import array, json, os, socket, sys
		os.chdir(os.path.dirname(sys.argv[1]))
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(20)
		s.connect(os.path.basename(sys.argv[1]))
		f = s.makefile("r")
		f.readline()
		ours, theirs = socket.socketpair()
		def ask(command, arguments, fds=()):
		    text = json.dumps({"id": 1, "execute": "qmp", "arguments": {"execute": command, "arguments": arguments}})
		    s.sendmsg([text.encode() + b"\n"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else [])
		    answer = json.loads(f.readline())
		    if "return" not in answer:
		        sys.exit(f"{command}: {answer}")
		ask("getfd", {"fdname": "v"}, [theirs.fileno()])
		theirs.close()
		ask("add_client", {"protocol": "vnc", "fdname": "v"})
		ours.settimeout(20)
		sys.exit(not ours.recv(12).startswith(b"RFB 003."))
	END
}

@test "the guest agent: a guest without its channel says so; one that is silent, too" {
	start halt
	run ask shutdown '{"mode": "agent"}'
	[ "$status" -ne 0 ]
	[[ $output == *"no guest agent channel"* ]]
	ask destroy
	start halt 'arg("-device", "virtio-serial-pci,id=vs0")
arg("-chardev", fd("socket,id=charagent,fd=", "agent", ",server=on,wait=off"))
arg("-device", json.dumps({"driver": "virtserialport", "chardev": "charagent", "name": "org.qemu.guest_agent.0", "id": "channel0"}))
plan["listen"].append({"fd": "agent", "path": f"{guest}/agent.sock"})
plan["agent"] = f"{guest}/agent.sock"'
	run ask shutdown '{"mode": "agent"}'
	[ "$status" -ne 0 ]
	[[ $output == *"the guest agent does not answer"* ]]
	[ "$(running state)" = running ]
}

@test "the guest agent: its answers come through, and it can be asked to shut down" {
	cat >"$WORLD/agent.py" <<-'END'
		import json, socket, sys
		world = sys.argv[1]
		s = socket.socket(socket.AF_UNIX)
		s.bind(f"{world}/agent.sock")
		s.listen()
		while True:
		    f = s.accept()[0].makefile("rw")
		    for line in f:
		        o = json.loads(line)
		        if o["execute"] == "guest-sync":
		            # the end of somebody else's conversation comes first
		            f.write('{"return": {}}\n{"return": %d}\n' % o["arguments"]["id"])
		        elif o["execute"] == "guest-ping":
		            f.write('{"return": {"pong": true}}\n')
		        elif o["execute"] == "guest-shutdown":
		            open(f"{world}/asked", "w").write(o["arguments"]["mode"])
		        else:
		            f.write('{"error": {"class": "CommandNotFound", "desc": "what?"}}\n')
		        f.flush()
	END
	start halt 'plan["agent"] = world + "/agent.sock"
plan["helpers"] = [{"name": "agent", "socket": world + "/agent.sock", "argv": ["/usr/bin/python3", world + "/agent.py", world]}]'
	ask agent '{"execute": "guest-ping"}' | grep -q '"pong": true'
	run ask agent '{"execute": "guest-fly"}'
	[ "$status" -ne 0 ]
	[[ $output == *"what?"* ]]
	ask shutdown '{"mode": "agent"}'
	[ "$(cat "$WORLD/asked")" = powerdown ]
	ask reboot '{"mode": "agent"}'
	[ "$(cat "$WORLD/asked")" = reboot ]
	pid=$(running helpers.0.pid)
	ask destroy
	wait_for 10 process_gone "$pid"
}

helper='plan["helpers"] = [{"name": "tpm0", "socket": world + "/tpm.sock", "argv": ["/usr/bin/python3", "-c",
    "import signal, socket; s = socket.socket(socket.AF_UNIX); s.bind(\"" + world + "/tpm.sock\"); s.listen(); signal.pause()"]}]'

@test "a helper is there before QEMU, and ends with it, also with another supervisor" {
	start halt "$helper"
	[ -S "$WORLD/tpm.sock" ]
	pid=$(running helpers.0.pid)
	kill -0 "$pid"
	kill_supervisor
	adopt
	kill -0 "$pid"
	ask destroy
	wait_for 10 process_gone "$pid"
}

@test "a helper that ends without its socket is the reason of the failure" {
	run start halt 'plan["helpers"] = [{"name": "tpm0", "argv": ["/bin/false"], "socket": world + "/tpm.sock"}]'
	[ "$status" -ne 0 ]
	[[ $output == *"helper 'tpm0' did not make its socket"* ]]
	[ ! -e "$RUNNING" ]
}

@test "hostile clients: nonsense, floods, hundreds of connections; the rest goes on" {
	start reset
	python3 - "$CONTROL" <<-'END'
		import json, os, socket, sys
		os.chdir(os.path.dirname(sys.argv[1]))
		def connect():
		    s = socket.socket(socket.AF_UNIX)
		    s.connect("supervisor.sock")
		    s.settimeout(20)
		    return s
		for nonsense in b"{]\n", b"\0" * 100 + b"\n", b"[1]\n", b'"x"\n', b"{" * 100000 + b"\n":
		    s = connect()
		    s.recv(1000)
		    s.sendall(nonsense)
		    if s.recv(1000):
		        sys.exit(f"{nonsense[:20]!r} was answered")
		for odd in {}, {"execute": 1}, {"execute": "no-such"}, {"execute": "qmp"}, {"execute": "send-key", "arguments": []}:
		    s = connect()
		    f = s.makefile("rw")
		    f.readline()
		    f.write(json.dumps({"id": 1, **odd}) + "\n")
		    f.flush()
		    if "error" not in json.loads(f.readline()):
		        sys.exit(f"{odd} was obeyed")
		# asks and asks, and never reads
		s = connect()
		try:
		    for _ in range(200000):
		        s.sendall(b'{"execute":"status"}\n')
		except (BrokenPipeError, ConnectionResetError, TimeoutError):
		    pass
		crowd = [connect() for _ in range(300)]
	END
	ask status | grep -q '"return"'
	private=$(awk '/^Private_/ { n += $2 } END { print n }' "/proc/$(running supervisor.pid)/smaps_rollup")
	echo "private memory: $private kB"
	sanitized || [ "$private" -le 40000 ]
}

# --- the supervisor dies ---------------------------------------------------------

kill_supervisor() {
	local pid

	pid=$(running supervisor.pid)
	kill -KILL "$pid"
	wait_for 5 process_gone "$pid"
}

@test "a supervisor killed, its guest runs on and is adopted, console and all" {
	start echo
	kill_supervisor
	adopt | grep -q '^{"adopted":'
	[ "$(running state)" = running ]
	kill -0 "$(running supervisor.pid)"
	qmp query-status | grep -q '"running"'
	[ -S "$CONTROL" ] && [ -S "$RUN/serial0.sock" ]
	ask destroy
	over
	[ "$(stopped why)" = "forced off" ]
}

# The guest ends while nobody watches: QEMU itself says that it is so.
orphan_ended() {
	python3 - "$GUEST/rescue.sock" "$1" <<-'END'
		import json, os, socket, sys
		os.chdir(os.path.dirname(sys.argv[1]))
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(10)
		s.connect(os.path.basename(sys.argv[1]))
		f = s.makefile("rw")
		f.readline()
		def ask(what):
		    f.write(json.dumps({"execute": what}) + "\n")
		    f.flush()
		    while True:
		        o = json.loads(f.readline())
		        if "return" in o:
		            return o["return"]
		ask("qmp_capabilities")
		sys.exit(ask("query-status")["status"] != sys.argv[2])
	END
}

# start_orphan KIND [PYTHON]: the guest begins only when its supervisor is dead.
start_orphan() {
	start "$1" "${2:-}
plan[\"paused\"] = True"
	kill_supervisor
	rescue cont
}

# rescue COMMAND: to a QEMU without a supervisor.
rescue() {
	python3 - "$GUEST/rescue.sock" "$1" <<-'END'
		import os, socket, sys
		os.chdir(os.path.dirname(sys.argv[1]))
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(20)
		s.connect(os.path.basename(sys.argv[1]))
		f = s.makefile("rw")
		f.readline()
		for what in "qmp_capabilities", sys.argv[2]:
		    f.write('{"execute": "%s"}\n' % what)
		    f.flush()
		    while "return" not in f.readline():
		        pass
	END
}

@test "orphaned, the guest powers off: adopted as shut down" {
	start_orphan poweroff
	wait_for 20 orphan_ended shutdown
	qemu=$(running qemu.pid)
	adopt
	over
	[ "$(stopped reason)" = shutdown ]
	[ "$(stopped why)" = "shut down by the guest" ]
	process_gone "$qemu"
}

@test "orphaned, the guest panics: adopted as crashed, on_crash applied once" {
	start_orphan panic
	wait_for 20 orphan_ended guest-panicked
	adopt
	over
	[ "$(stopped reason)" = crashed ]
	[ "$(stopped why)" = "the guest panicked" ]

	rm "$STOPPED"
	start_orphan panic "$(policy destroy restart coredump-destroy)"
	wait_for 20 orphan_ended guest-panicked
	adopt
	over
	[ "$(find "$STATE/dump" -name '*.core' | wc -l)" = 1 ]
}

@test "orphaned, on_poweroff restart: adopted and restarted once" {
	start acpi "$(policy restart restart destroy)"
	wait_for 20 log_has U
	kill_supervisor
	# the button, while nobody watches
	rescue system_powerdown
	wait_for 20 orphan_ended shutdown
	adopt
	wait_for 20 running_is restarts 1
	wait_for 20 running_is state running
	wait_for 20 log_has UU
	[ "$(running restarts)" = 1 ]
}

@test "orphaned, on_reboot destroy: a reboot does not go on unwatched" {
	start_orphan reset "$(policy destroy destroy destroy)"
	wait_for 20 orphan_ended shutdown
	adopt
	over
	[ "$(stopped reason)" = shutdown ]
	stopped why | grep -q "or rebooted"
}

@test "killed between reset and cont, the next one finishes the restart" {
	start_orphan poweroff "$(policy restart restart destroy)"
	wait_for 20 orphan_ended shutdown
	# what a supervisor that died right behind its system_reset leaves
	python3 - "$GUEST/rescue.sock" "$RUNNING" <<-'END'
		import json, os, socket, sys
		os.chdir(os.path.dirname(sys.argv[1]))
		s = socket.socket(socket.AF_UNIX)
		s.connect(os.path.basename(sys.argv[1]))
		s.settimeout(20)
		f = s.makefile("rw")
		f.readline()
		f.write('{"execute": "qmp_capabilities"}\n{"execute": "system_reset"}\n')
		f.flush()
		seen = ""
		while seen.count('"return"') < 2 or '"RESET"' not in seen:
		    seen += f.readline()
		record = json.load(open(sys.argv[2]))
		record.update(pending="restart", state="in shutdown")
		json.dump(record, open(sys.argv[2], "w"))
	END
	adopt
	wait_for 20 grep -q '"restarts":[1-9]' "$RUNNING"
}

@test "supervisor and QEMU both killed: the record tells the truth" {
	start halt
	qemu=$(running qemu.pid)
	kill_supervisor
	kill -KILL "$qemu"
	wait_for 5 process_gone "$qemu"
	adopt | grep -q '^{"gone":'
	is_over
	[ "$(stopped state)" = "shut off" ]
	[ "$(stopped reason)" = crashed ]
	[ "$(stopped why)" = "QEMU vanished while nobody watched" ]
	start poweroff
}

@test "after a reboot of the host the record tells the truth" {
	start halt
	qemu=$(running qemu.pid)
	kill_supervisor
	# the same pid may be anybody's by then
	sed -i 's/"boot_id":"[^"]*"/"boot_id":"00000000-0000-0000-0000-000000000000"/' "$RUNNING"
	adopt | grep -q '^{"gone":'
	[ "$(stopped why)" = "the host was rebooted" ]
	kill -0 "$qemu"
	kill -KILL "$qemu"
}

@test "a pid that is somebody else's by now is not taken for QEMU" {
	start halt
	qemu=$(running qemu.pid)
	kill_supervisor
	kill -KILL "$qemu"
	sed -i "s/\"qemu\":{\"pid\":$qemu,/\"qemu\":{\"pid\":$$,/" "$RUNNING"
	adopt | grep -q '^{"gone":'
	[ "$(stopped why)" = "QEMU vanished while nobody watched" ]
	kill -0 $$
}

@test "of many who adopt at once, one does" {
	start halt
	kill_supervisor
	for i in $(seq 20); do
		setsid "$SUPERVISOR" adopt "$GUEST" >"$WORLD/answer.$i" 3>&- &
	done
	wait_for 30 all_answered 20
	[ "$(cat "$WORLD"/answer.* | grep -c '^{"adopted"')" = 1 ]
	[ "$(cat "$WORLD"/answer.* | grep -c '"busy":true')" = 19 ]
}

@test "a second start finds a guest that has lost its supervisor" {
	start halt
	kill_supervisor
	run start halt
	[ "$status" -ne 0 ]
	[[ $output == *"domain is already running"* ]]
	[ "$(world_processes | while read -r p; do cat "/proc/$p/comm"; done | grep -c qemu)" = 1 ]
}

@test "a foreign client sits in the monitor: adoption goes through the rescue door" {
	start halt
	kill_supervisor
	coproc SQUATTER { cd "$GUEST" && python3 -c '
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("monitor.sock")
print(s.makefile().readline(), flush=True)
input()'; }
	read -r -u "${SQUATTER[0]}" line
	[[ $line == *QMP* ]]
	adopt
	qmp query-status | grep -q running
	ask destroy
	over
}

@test "a QEMU that hangs is adopted all the same, and can be destroyed" {
	start halt
	kill_supervisor
	kill -STOP "$(running qemu.pid)"
	adopt
	[ "$(running why)" = "QEMU does not answer" ]
	ask destroy
	is_over
}

# --- the runtime directory vanishes -----------------------------------------------

@test "the runtime directory is removed: all of it comes back" {
	start echo
	rm -rf "$XDG_RUNTIME_DIR/virtty"
	wait_for 10 test -S "$CONTROL"
	wait_for 10 test -S "$RUN/serial0.sock"
	wait_for 10 test -L "$RUN/serial0.pty"
	[ "$(stat -c %a "$RUN")" = 700 ]
	ask status | grep -q '"running"'
}

@test "the runtime directory cannot be made for a while: it comes back later" {
	start halt
	rm -rf "$XDG_RUNTIME_DIR"
	echo >"$XDG_RUNTIME_DIR"
	# it has tried, and waits for the way to be free
	wait_for 10 grep -q "runtime directory" "$GUEST/qemu.log"
	rm "$XDG_RUNTIME_DIR"
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	wait_for 10 test -S "$CONTROL"
	ask status | grep -q '"running"'
}

@test "runtime directory lost and supervisor killed: adopted, and all is there again" {
	start halt
	kill_supervisor
	rm -rf "$XDG_RUNTIME_DIR"
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	adopt
	ask status | grep -q '"running"'
}

# --- idle ------------------------------------------------------------------------

@test "an idle supervisor does not wake up, and is small" {
	start halt
	wait_for 20 log_has ready
	# the one record about that output
	wait_for 10 grep -q '"last":' "$RUNNING"
	pid=$(running supervisor.pid)
	before=$(awk '/ctxt/ { n += $2 } END { print n }' "/proc/$pid/status")
	python3 -c 'import select; select.select([], [], [], 3)'
	after=$(awk '/ctxt/ { n += $2 } END { print n }' "/proc/$pid/status")
	[ "$before" = "$after" ]
	private=$(awk '/^Private_/ { n += $2 } END { print n }' "/proc/$pid/smaps_rollup")
	echo "private memory: $private kB"
	sanitized || [ "$private" -le 1536 ]
}
