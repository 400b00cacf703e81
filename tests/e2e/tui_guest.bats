#!/usr/bin/env bats
# The interface on real guests: Debian's kernel and busybox, under TCG.

bats_require_minimum_version 1.5.0
load helper

setup() {
	world_start
}

teardown() {
	[ -z "${OTHER:-}" ] || tmux -S "$OTHER" kill-server 2>/dev/null || true
	world_stop
}

define_linux() {
	virtty -q define "$(linux_file "$1" "${2:-}")"
}

interface() {
	term_start "${1:-80}" "${2:-24}" "$VIRTTY" -c qmp:///session
	term_wait 'running'
}

# A second one, in a tmux of its own.
other_interface() {
	OTHER=$WORLD/other
	tmux -S "$OTHER" -f /dev/null new-session -d -x 80 -y 24 "$VIRTTY" -c qmp:///session
	other_wait 'running'
}

other_wait() {
	wait_for 30 other_shows "$1" || {
		tmux -S "$OTHER" capture-pane -p
		return 1
	}
}

other_shows() {
	tmux -S "$OTHER" capture-pane -p | grep -qE -- "$1"
}

log_in() {
	term_wait 'login:' 120
	term_type root
	term_keys Enter
	term_wait '# *$' 30
}

@test "a session: start, attach, log in, type, read, leave, shut down" {
	define_linux demo
	interface
	term_wait 'demo +shut off'
	term_wait 's start'
	term_keys s
	term_wait 'demo +running' 30
	term_wait '1 of 1 running'
	term_wait 'c console'
	term_keys c
	term_wait 'demo · serial0 · writer'
	log_in
	# shellcheck disable=SC2016
	term_type 'echo $((6*7))'
	term_keys Enter
	term_wait '^42$'
	term_keys C-]
	term_keys d
	term_wait 'NAME'
	term_keys d
	term_wait 'demo +shut off' 60
	term_wait 'shut down by'
	term_wait 'the guest'
	virtty domstate demo --reason | grep -q shutdown
	term_keys q
	[ "$(term_ended)" = 0 ]
}

@test "pause, run on, force off: the word and the reason change at once" {
	define_linux demo
	interface 132 43
	term_keys s
	term_wait 'demo +running' 30
	term_wait 'p pause'
	term_keys p
	term_wait 'demo +paused'
	term_wait 'p run on'
	term_keys p
	term_wait 'demo +running'
	term_keys D
	term_wait "Force off 'demo'\?"
	term_keys n
	term_wait_gone "Force off"
	virtty domstate demo | grep -q running
	term_keys D
	term_wait 'y yes'
	term_keys y
	term_wait 'demo +shut off' 30
	term_wait 'state +shut off: .*(destroy|forced|killed|off)'
}

@test "killed, it takes no guest along" {
	define_linux demo
	interface
	term_keys s
	term_wait 'demo +running' 30
	kill -KILL "$(term_tmux display-message -p '#{pane_pid}')"
	term_ended
	virtty domstate demo | grep -q running
	term_kill
	interface
	term_wait 'demo +running'
	virtty -q destroy demo
	term_wait 'demo +shut off'
}

@test "a console: keys, paste, scrolling, searching, two viewers" {
	define_linux demo
	virtty -q start demo
	interface
	term_wait 'demo +running'
	term_keys c
	log_in

	term_type 'cat -v'
	term_keys Enter
	term_keys F5 C-Left M-x Up Home
	term_keys Enter
	term_wait '\^\[\[15~\^\[\[1;5D\^\[x\^\[\[A\^\[\[H'
	term_keys C-] C-] Enter
	term_wait '\^\]'
	term_keys C-d
	term_wait '# *$'

	term_tmux set-buffer -b text $'echo one; \\\necho two\n'
	term_tmux paste-buffer -p -b text
	term_wait '^one$'
	term_wait '^two$'

	term_type 'seq 1000 1300; echo flooded'
	term_keys Enter
	term_wait '^flooded$' 30
	term_keys C-] '['
	term_keys PageUp
	term_wait 'lines back'
	term_keys /
	term_type '1042'
	term_keys Enter
	term_wait '^1042$'
	term_keys Escape
	term_wait '^flooded$'

	other_interface
	tmux -S "$OTHER" send-keys c
	other_wait 'read only'
	other_wait '^flooded$'
	term_wait '1 other watching'
	tmux -S "$OTHER" send-keys x
	other_wait 'takes over'
	tmux -S "$OTHER" send-keys C-] t
	other_wait 'serial0 · writer'
	term_wait 'read only'
	tmux -S "$OTHER" send-keys 'echo $((40+3))' Enter
	term_wait '^43$'
	tmux -S "$OTHER" send-keys C-] d
	other_wait 'NAME'
}

@test "a console outlives the guest's end, and comes back with it" {
	define_linux demo
	virtty -q start demo
	interface
	term_wait 'demo +running'
	term_keys c
	term_wait 'login:' 120
	virtty -q destroy demo
	term_wait 'any key leaves'
	virtty -q start demo
	term_wait 'serial0 · writer' 30
	virtty -q destroy demo
	term_wait 'any key leaves'
	term_keys x
	term_wait 'NAME'
}

@test "a second console of the same guest" {
	define_linux demo "<serial type='pty'><target port='1'/></serial>"
	virtty -q start demo
	interface
	term_wait 'demo +running'
	term_wait 'serial +1'
	term_keys c
	term_wait 'serial0 · writer'
	term_keys C-] n
	term_wait 'serial1 · writer'
	term_keys C-] n
	term_wait 'serial0 · writer'
}

@test "the log is shown, and the last lines of the console" {
	define_linux demo
	virtty -q start demo
	interface 132 43
	term_wait 'last lines of serial0' 60
	term_wait 'login:' 120
	term_keys l
	term_wait 'demo: log'
	term_keys q
	term_wait 'NAME'
}
