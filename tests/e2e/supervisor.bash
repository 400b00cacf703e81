# shellcheck shell=bash
# supervisor: a supervisor without the rest: plans made by hand, its answers,
# its records, its sockets.  To be loaded after helper and guests.

SUPERVISOR=$BUILD/virtty-supervisor
# An uuid and the places that follow from it (backend/base/paths.h).
ID=11111111-2222-4333-8444-555555555555

guest_places() {
	STATE=$XDG_STATE_HOME/virtty
	RUNNING=$STATE/running/$ID.json
	STOPPED=$STATE/stopped/$ID.json
	GUEST=$STATE/guests/$ID
	RUN=$XDG_RUNTIME_DIR/virtty/$ID
	CONTROL=$RUN/supervisor.sock
	(umask 077 && mkdir -p "$STATE"/{running,stopped,guests})
}

# plan KIND [PYTHON]: prints the plan of a guest that boots such a sector.  The
# Python code may change "plan" (a dict); arg(...) appends arguments.
plan() {
	guest_places
	bootsector "$1" "$WORLD/$1.img"
	python3 - "$1" "${2:-}" "$ID" "$STATE" "$RUN" "$WORLD" "${EMULATOR:-/usr/bin/qemu-system-x86_64}" <<-'END'
		import json, sys
		kind, code, uuid, state, run, world, emulator = sys.argv[1:]
		guest = f"{state}/guests/{uuid}"
		def fd(prefix, name, suffix=""):
		    return {"prefix": prefix, "fd": name, "suffix": suffix}
		plan = {
		    "version": 1, "uuid": uuid, "name": "test", "virt_type": "qemu",
		    "emulator": emulator,
		    "argv": [
		        "-name", "guest=test", "-S", "-no-shutdown", "-action", "panic=pause",
		        "-nodefaults", "-no-user-config", "-display", "none", "-uuid", uuid,
		        "-machine", "pc,accel=tcg", "-m", "16",
		        "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
		        "-chardev", fd("socket,id=charmonitor,fd=", "monitor", ",server=on,wait=off"),
		        "-mon", "chardev=charmonitor,mode=control",
		        "-chardev", fd("socket,id=charrescue,fd=", "rescue", ",server=on,wait=off"),
		        "-mon", "chardev=charrescue,mode=control",
		        "-chardev", fd("socket,id=charserial0,fd=", "serial0", ",server=on,wait=off"),
		        "-device", json.dumps({"driver": "isa-serial", "chardev": "charserial0", "id": "serial0"}),
		        "-device", json.dumps({"driver": "pvpanic"}),
		        "-boot", "a",
		        "-blockdev", json.dumps({"driver": "file", "filename": f"{world}/{kind}.img", "node-name": "boot", "read-only": True}),
		        "-device", json.dumps({"driver": "floppy", "drive": "boot", "unit": 0}),
		    ],
		    "env": {},
		    "listen": [{"fd": "monitor", "path": f"{guest}/monitor.sock"},
		               {"fd": "rescue", "path": f"{guest}/rescue.sock"},
		               {"fd": "serial0", "path": f"{guest}/serial0.qemu"}],
		    "open": [],
		    "monitor": {"fd": "monitor", "path": f"{guest}/monitor.sock", "rescue": f"{guest}/rescue.sock"},
		    "consoles": [{"name": "serial0", "qemu": f"{guest}/serial0.qemu", "client": f"{run}/serial0.sock",
		                  "pty": f"{run}/serial0.pty", "log": f"{guest}/serial0.log", "append": False}],
		    "graphics": [], "secrets": [],
		    "policies": {"on_poweroff": "destroy", "on_reboot": "restart", "on_crash": "destroy"},
		    "memory": 16 << 20, "vcpus": 1, "paused": False,
		    "runtime_dir": run, "guest_dir": guest, "log": f"{guest}/qemu.log",
		    "running_record": f"{state}/running/{uuid}.json",
		    "stopped_record": f"{state}/stopped/{uuid}.json",
		    "coredump_dir": f"{state}/dump",
		}
		def arg(*words):
		    plan["argv"] += words
		def without(word):
		    i = plan["argv"].index(word)
		    del plan["argv"][i:i + 2]
		exec(code)
		print(json.dumps(plan))
	END
}

# launch ARGUMENTS...: the supervisor as a client starts it: in a session of its
# own, and waited for only until its one line of an answer is there.
launch() {
	setsid -f "$SUPERVISOR" "$@" 3>&- | cat >"$WORLD/answer"
	cat "$WORLD/answer"
}

# start KIND [PYTHON]: prints the answer; true when it was started.
start() {
	plan "$@" >"$WORLD/plan.json"
	start_plan "$WORLD/plan.json"
}

start_plan() {
	launch start <"$1" | grep '^{"started":' || {
		cat "$WORLD/answer"
		return 1
	}
}

adopt() {
	launch adopt "$GUEST" | grep -E '^\{"(adopted|gone)":' || {
		cat "$WORLD/answer"
		return 1
	}
}

# field PATH FILE
field() {
	json "$1" <"$2" 2>/dev/null
}

running() {
	field "$1" "$RUNNING"
}

stopped() {
	field "$1" "$STOPPED"
}

running_is() {
	[ "$(running "$1")" = "$2" ]
}

# The run is over: its final record is there, and the lock is free again.
is_over() {
	[ ! -e "$RUNNING" ] && [ -e "$STOPPED" ] && flock -n "$GUEST/lock" true
}

# ask EXECUTE [ARGUMENTS]: one request to the supervisor; prints its answer.
ask() {
	python3 - "$CONTROL" "$1" "${2:-{\}}" <<-'END'
		import json, os, socket, sys
		path, execute, arguments = sys.argv[1:]
		os.chdir(os.path.dirname(path))
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(60)
		s.connect(os.path.basename(path))
		f = s.makefile("rw")
		f.readline()
		f.write(json.dumps({"id": 7, "execute": execute, "arguments": json.loads(arguments)}) + "\n")
		f.flush()
		while True:
		    line = f.readline()
		    if not line:
		        sys.exit("no answer")
		    o = json.loads(line)
		    if o.get("id") == 7:
		        break
		print(json.dumps(o))
		sys.exit("error" in o)
	END
}

qmp() {
	ask qmp "{\"execute\": \"$1\", \"arguments\": ${2:-{\}}}"
}

# Descend to a console's text: the bytes of its log.
log_has() {
	grep -qa -- "$1" "$GUEST/serial0.log"
}

history_count() {
	grep -o "\"what\":\"$1" "$2" | wc -l
}

# A sanitized build needs memory of its own.
sanitized() {
	grep -qa __asan_init "$SUPERVISOR"
}
