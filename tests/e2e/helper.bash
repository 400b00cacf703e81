# shellcheck shell=bash
# helper: a world of one's own for every end-to-end test, and eyes and hands
# for the terminal.
#
#	load helper
#	setup() { world_start; }
#	teardown() { world_stop; }
#
#	@test "a guest that shuts itself down says so" {
#		virtty define "$(domain_file web)"
#		virtty start web
#		...
#	}
#
# The world is a directory ($WORLD) with all XDG directories in it; nothing in
# a test touches the user's own.  world_stop ends every process of this world,
# waits until it is gone, and fails the test when a sanitizer had to complain.
#
# Nothing here sleeps for a fixed time: wait_for asks again until what is
# wanted is so, or the limit is over.
#
# Environment: VIRTTY_BUILD, the build directory (default: build beside tests);
# VIRTTY_GUESTS, where the real guests are (default: build/guests).

PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${VIRTTY_BUILD:-$PROJECT/build}
GUESTS=${VIRTTY_GUESTS:-$PROJECT/build/guests}
VIRTTY=$BUILD/virtty

# --- the world ---------------------------------------------------------------

world_start() {
	WORLD=$(mktemp -d "${BATS_TEST_TMPDIR:-${TMPDIR:-/tmp}}/w.XXXXXX")
	export WORLD
	export HOME=$WORLD/home
	export XDG_CONFIG_HOME=$WORLD/config XDG_DATA_HOME=$WORLD/data
	export XDG_STATE_HOME=$WORLD/state XDG_CACHE_HOME=$WORLD/cache
	export XDG_RUNTIME_DIR=$WORLD/run
	export VIRTTY_DEFAULT_URI=qmp:///session VIRTTY_WORLD=$WORLD
	export LC_ALL=C.UTF-8
	unset VIRTTY_SUPERVISOR TMUX EDITOR VISUAL
	mkdir -m 700 "$HOME" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" \
		"$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"
	mkfifo "$WORLD/tick"
	exec {TICK}<>"$WORLD/tick"
	world_sanitizers
}

# Reports go to files: a supervisor's stderr would be lost.
world_sanitizers() {
	export ASAN_OPTIONS="detect_leaks=1:exitcode=99:log_path=$WORLD/sanitizer"
	export UBSAN_OPTIONS="print_stacktrace=1:log_path=$WORLD/sanitizer"
}

world_stop() {
	local pids unsafe=0

	[ -n "${WORLD:-}" ] || return 0
	if [ -S "$WORLD/tmux" ]; then
		term_kill
	fi
	world_sandboxed || unsafe=1
	pids=$(world_processes)
	if [ -n "$pids" ]; then
		# shellcheck disable=SC2086
		kill -CONT $pids 2>/dev/null || true
		# shellcheck disable=SC2086
		kill -KILL $pids 2>/dev/null || true
	fi
	wait_for 20 world_empty || {
		echo "still running in this world:"
		world_list
		return 1
	}
	world_complaints && [ $unsafe = 0 ]
}

# Every QEMU of a guest has its system calls filtered, in every test.
world_sandboxed() {
	local pid

	for pid in $(world_processes); do
		[[ $(readlink "/proc/$pid/exe") == */qemu-system-* ]] || continue
		[[ $(readlink "/proc/$pid/cwd") == $XDG_STATE_HOME/virtty/guests/* ]] || continue
		wait_for 5 world_is_filtered "$pid" || return
	done
}

world_is_filtered() {
	process_gone "$1" || grep -q '^Seccomp:[[:space:]]*2$' "/proc/$1/status"
}

# What a sanitizer wrote, as the test's failure.
world_complaints() {
	local file bad=0

	for file in "$WORLD"/sanitizer.*; do
		[ -s "$file" ] || continue
		cat "$file"
		bad=1
	done
	return $bad
}

# Pids of everything this world started: a supervisor is known by its
# environment, QEMU by its working directory.
world_processes() {
	{
		grep -lzsFx "VIRTTY_WORLD=$WORLD" /proc/[0-9]*/environ
		find /proc/[0-9]*/cwd -maxdepth 0 -lname "$WORLD/*" 2>/dev/null
	} | sed -n 's|^/proc/\([0-9]*\)/.*|\1|p' | sort -un | world_without_us
}

# The test itself, its ancestors and children that only look are not meant.
world_without_us() {
	local pid name

	while read -r pid; do
		name=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
		case $name in
		virtty | virtty-supervi* | qemu-* | swtpm* | strace | tmux*) echo "$pid" ;;
		esac
	done
}

world_empty() {
	local pid

	# a zombie whose parent is slow to ask holds nothing any more
	for pid in $(world_processes); do
		grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null || return 1
	done
}

world_list() {
	local pid

	for pid in $(world_processes); do
		printf '%s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -c 1-200)"
	done
}

# The program under test.
virtty() {
	"$VIRTTY" "$@" 3>&-
}

# --- waiting -----------------------------------------------------------------

# tick: let others run for a moment.
tick() {
	read -r -t 0.03 -u "$TICK" _ || true
}

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time is over.
wait_for() {
	local limit=$((SECONDS + $1 + 1))

	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$limit" ]; then
			echo "waited in vain for: $*"
			return 1
		fi
		tick
	done
}

# wait_state NAME STATE [SECONDS]: virsh's word, e.g. "shut off".
wait_state() {
	wait_for "${3:-30}" state_is "$1" "$2" || {
		echo "$1 is: $(virtty domstate "$1" --reason 2>&1)"
		return 1
	}
}

state_is() {
	[ "$(virtty domstate "$1" | head -n 1)" = "$2" ]
}

# wait_grep SECONDS PATTERN FILE
wait_grep() {
	wait_for "$1" grep -qaE -- "$2" "$3" || {
		echo "--- the end of $3:"
		tail -n 20 "$3"
		return 1
	}
}

# ... | lacks TEXT: there is something, and the text is not in it.
lacks() {
	local all

	all=$(cat)
	[ -n "$all" ] && [[ $all != *"$1"* ]]
}

process_gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

# --- guests ------------------------------------------------------------------

# The run record of a running guest, or one field of it by jq-like path:
# record NAME qemu.pid
record() {
	local uuid

	uuid=$(virtty domuuid "$1" | head -n 1)
	python3 - "$XDG_STATE_HOME/virtty" "$uuid" "${2:-}" <<-'END'
		import json, os, sys
		state, uuid, path = sys.argv[1:]
		for kind in "running", "stopped":
		    file = f"{state}/{kind}/{uuid}.json"
		    if os.path.exists(file):
		        break
		value = json.load(open(file))
		for key in filter(None, path.split(".")):
		    value = value[int(key)] if key.isdigit() else value[key]
		print(value if isinstance(value, (str, int)) else json.dumps(value))
	END
}

# json PATH: a value from the JSON on standard input, e.g. json argv.0
json() {
	python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in filter(None, sys.argv[1].split(".")):
    value = value[int(key)] if key.isdigit() else value[key]
print(value if isinstance(value, (str, int)) else json.dumps(value))' "$1"
}

qemu_pid() {
	record "$1" qemu.pid
}

supervisor_pid() {
	record "$1" supervisor.pid
}

# domain_xml NAME [DEVICES-XML]: a small guest without a disk: it stays in the
# firmware.  Under TCG, because KVM is not everywhere.
domain_xml() {
	cat <<-END
		<domain type='qemu'>
		  <name>$1</name>
		  <memory unit='MiB'>${DOMAIN_MEMORY:-32}</memory>
		  <vcpu>1</vcpu>
		  <os><type arch='x86_64' machine='pc'>hvm</type></os>
		  <features><acpi/></features>
		  <devices>
		    <serial type='pty'/>
		    ${2:-}
		  </devices>
		</domain>
	END
}

# domain_file NAME [DEVICES-XML]: the same in a file; prints its path.
domain_file() {
	domain_xml "$@" >"$WORLD/$1.xml"
	echo "$WORLD/$1.xml"
}

# linux_file NAME [DEVICES-XML]: a real Linux guest (tests/guests/linux).
linux_file() {
	"$PROJECT/tests/guests/linux" --xml --name "$1" --devices "${2:-}" \
		--into "$GUESTS" >"$WORLD/$1.xml"
	echo "$WORLD/$1.xml"
}

# --- the terminal ------------------------------------------------------------

# term_start COLUMNS ROWS COMMAND...: in a tmux of its own; TERM inside is
# ${TERM_INSIDE:-tmux-256color}.
term_start() {
	local columns=$1 rows=$2 command

	shift 2
	printf -v command '%q ' "$@"
	term_tmux new-session -d -x "$columns" -y "$rows" \; \
		set-option -g status off \; \
		set-option -g remain-on-exit on \; \
		set-option -g escape-time 0 \; \
		set-option -g default-terminal "${TERM_INSIDE:-tmux-256color}" \; \
		respawn-pane -k "exec $command"
}

term_tmux() {
	tmux -S "$WORLD/tmux" -f /dev/null "$@"
}

term_kill() {
	local server

	server=$(term_tmux display-message -p '#{pid}' 2>/dev/null) || return 0
	term_tmux kill-server 2>/dev/null || true
	[ -z "$server" ] || wait_for 10 process_gone "$server"
}

# term_keys KEY...: tmux's names (Enter, C-], F10, M-x); term_type TEXT: as is.
term_keys() {
	term_tmux send-keys "$@"
}

term_type() {
	term_tmux send-keys -l -- "$1"
}

# The screen now, as text; term_colours: with its escape sequences.
term_text() {
	term_tmux capture-pane -p
}

term_colours() {
	term_tmux capture-pane -p -e
}

# term_wait PATTERN [SECONDS]: until the extended regular expression is seen.
term_wait() {
	wait_for "${2:-15}" term_shows "$1" || {
		echo "--- the screen, without: $1"
		term_text
		return 1
	}
}

# term_wait_gone PATTERN [SECONDS]
term_wait_gone() {
	wait_for "${2:-15}" term_shows_no "$1" || {
		echo "--- the screen, still with: $1"
		term_text
		return 1
	}
}

term_shows() {
	term_text | grep -qE -- "$1"
}

term_shows_no() {
	! term_shows "$1"
}

# Until the program in the terminal has ended; prints its exit status.
term_ended() {
	wait_for "${1:-15}" term_is_dead || {
		term_text
		return 1
	}
	term_tmux display-message -p '#{pane_dead_status}'
}

# tmux learns first that the pty is closed and then how the program ended; now
# and then it misses that signal, and is told again.
term_is_dead() {
	local state

	state=$(term_tmux display-message -p '#{pane_dead} #{pane_dead_status}#{pane_dead_signal}')
	case $state in
	"1 ") kill -CHLD "$(term_tmux display-message -p '#{pid}')" && return 1 ;;
	"1 "?*) return 0 ;;
	*) return 1 ;;
	esac
}
