#!/usr/bin/env bats
# The interface without a running guest: what it shows in terminals of every
# kind and size, how it takes keys, and how it leaves.

bats_require_minimum_version 1.5.0
load helper

setup() {
	world_start
}

teardown() {
	world_stop
}

# define NAME [EXTRA XML]
define() {
	domain_xml "$@" >"$WORLD/$1.xml"
	virtty -q define "$WORLD/$1.xml"
}

interface() {
	term_start "$1" "$2" "$VIRTTY" -c qmp:///session
	term_wait 'running'
}

pane_pid() {
	term_tmux display-message -p '#{pane_pid}'
}

@test "without a terminal it says so" {
	run -1 virtty </dev/null
	[[ "$output" == *terminal* ]]
	[[ "$output" == *"virtty help"* ]]
}

@test "TERM=dumb and an unknown TERM are refused with a remedy" {
	for name in dumb nosuchterminal; do
		term_start 80 24 env TERM=$name sh -c "'$VIRTTY' -c qmp:///session; echo status \$?; exec cat"
		term_wait 'status 1'
		term_shows "terminal '$name'"
		term_shows 'set TERM'
		term_kill
	done
}

@test "an empty list says what to do" {
	interface 80 24
	term_wait 'virtty define FILE.xml'
	term_shows '0 of 0 running'
}

@test "80x24: list and details side by side, keys below" {
	define web
	define db
	interface 80 24
	term_wait 'db +shut off'
	term_wait '│ db'
	term_keys Down
	term_wait '│ web'
	term_wait 'serial +0'
	term_wait 's start'
	term_shows '\? help$|\? help +$'
	[ "$(term_text | head -n 1 | grep -c 'qmp:///session')" = 1 ]
}

@test "40x12: the list alone, details on Enter" {
	define web
	interface 40 12
	term_wait 'web +shut off'
	term_shows_no '│'
	term_keys Enter
	term_wait 'autostart +off'
	term_keys q
	term_wait 'NAME'
}

@test "132x43: wider columns" {
	define web
	interface 132 43
	term_wait 'web .*shut off'
	term_wait 'Hardware'
	term_wait 'definition /'
}

@test "a list longer than the screen scrolls" {
	for i in $(seq 1 40); do
		define "guest$i"
	done
	interface 80 24
	term_wait 'guest1 '
	term_keys G
	term_wait 'guest9 '
	term_shows_no 'guest1 '
	term_keys g
	term_wait 'guest1 '
	term_keys PageDown PageDown PageDown
	term_wait '│ guest9'
}

@test "every usual terminal, and leaving gives it back" {
	define web
	for name in vt100 linux xterm xterm-256color screen-256color tmux-256color xterm-direct; do
		term_start 80 24 env TERM=$name sh -c "'$VIRTTY' -c qmp:///session; echo status \$?; stty -a; exec cat"
		term_wait 'web +shut off'
		term_keys Down
		term_keys q
		term_wait 'status 0'
		term_wait ' icanon'
		term_shows ' echo '
		term_shows_no 'NAME'
		term_kill
	done
}

@test "LC_ALL=C: nothing but ASCII" {
	define web
	term_start 80 24 env LC_ALL=C "$VIRTTY" -c qmp:///session
	term_wait 'web +shut off'
	term_wait '\| web'
	term_text | tr -d '\n\040-\176' >"$WORLD/strange"
	[ ! -s "$WORLD/strange" ]
}

@test "text from outside is spelt out, never obeyed" {
	sed 's|</name>|</name><title>\&#x202e;evil\&#x9b;31m</title>|' <(domain_xml web) >"$WORLD/web.xml"
	virtty -q define "$WORLD/web.xml"
	interface 80 24
	term_wait '\\u\{202e\}evil'
	term_text >"$WORLD/text"
	run ! grep -qP '\x{202e}|\x{9b}' "$WORLD/text"
}

@test "filter: as you type, kept on Enter, gone on Esc" {
	define web
	define db
	interface 80 24
	term_wait 'db '
	term_keys /
	term_type we
	term_wait_gone '^  db'
	term_keys Enter
	term_wait '/we +1 shown'
	term_shows_no '^  db'
	term_keys /
	term_wait '^/we'
	term_keys C-u
	term_type 'off !web'
	term_wait_gone '^  web'
	term_wait '^  db'
	term_keys Escape
	term_wait '^  web'
	term_wait '^  db'
}

@test "the help tells the keys of where you are" {
	define web
	interface 132 43
	term_wait 'web '
	term_keys '?'
	term_wait 'Keys: list'
	term_wait 'force|plug'
	term_wait 'virtty destroy'
	term_keys q
	term_wait 'NAME'
	term_keys Enter
	term_wait 'autostart'
	term_keys F1
	term_wait 'Keys: details'
}

@test "keys that do nothing, or cannot now, say so" {
	define web
	interface 80 24
	term_wait 'web '
	term_keys Z
	term_wait 'Z does nothing here'
	term_keys d
	term_wait "shutdown: 'web' is shut off"
	term_keys Down
	term_wait_gone 'is shut off$'
}

@test "an error stays until it is read, with its hint" {
	mkdir -p "$XDG_CONFIG_HOME/virtty"
	echo 'list s strat' >"$XDG_CONFIG_HOME/virtty/keys"
	define web
	interface 80 24
	term_wait "'strat'"
	term_keys Down
	term_keys '?'
	term_wait 'Keys: list'
	term_shows "'strat'"
	term_keys Escape
	term_wait_gone 'strat'
	term_shows 'Keys: list'
}

@test "keys are the user's: the key bar and the help follow" {
	mkdir -p "$XDG_CONFIG_HOME/virtty"
	printf '%s\n' '# mine' 'list s none' 'list F9 start' >"$XDG_CONFIG_HOME/virtty/keys"
	define web
	interface 80 24
	term_wait 'F9 start'
	term_keys s
	term_wait 's does nothing here'
}

@test "a theme by name, and one of one's own" {
	mkdir -p "$XDG_CONFIG_HOME/virtty/themes"
	echo 'theme = mine' >"$XDG_CONFIG_HOME/virtty/virtty.conf"
	echo 'header bold red/green 1/2' >"$XDG_CONFIG_HOME/virtty/themes/mine"
	define web
	interface 80 24
	term_wait 'web '
	term_colours | head -n 1 | grep -qF $'\e[31m\e[42m'
}

@test "a theme and keys are loaded again when they change" {
	mkdir -p "$XDG_CONFIG_HOME/virtty/themes"
	define web
	interface 80 24
	term_wait 's start'
	echo 'list F9 start' >"$XDG_CONFIG_HOME/virtty/keys"
	echo 'list s none' >>"$XDG_CONFIG_HOME/virtty/keys"
	term_wait 'F9 start'
	echo 'header bold red/green' >"$XDG_CONFIG_HOME/virtty/themes/mine"
	echo 'theme = mine' >"$XDG_CONFIG_HOME/virtty/virtty.conf"
	wait_for 15 header_is_red
}

header_is_red() {
	term_colours | head -n 1 | grep -qF $'\e[31m\e[42m'
}

@test "a resize storm leaves a whole screen" {
	define web
	interface 80 24
	term_wait 'web '
	for size in 10x2 200x50 40x12 1x1 300x100 81x25 20x5 132x43 80x24; do
		term_tmux resize-window -x "${size%x*}" -y "${size#*x}"
	done
	term_wait '│ web'
	term_wait '\? help'
	term_shows 'web +shut off'
}

@test "idle, it sleeps for ever" {
	define web
	interface 80 24
	term_wait 'serial +0'
	# epoll_wait(fd, events, n, -1): no timer is set, so nothing can be written
	wait_for 10 sleeps_for_ever "$(pane_pid)"
}

sleeps_for_ever() {
	awk '{ exit !(($1 == 232 || $1 == 281) && $5 ~ /^0x(ffffffff|ffffffffffffffff)$/) }' "/proc/$1/syscall"
}

@test "what changes elsewhere shows at once, in two interfaces" {
	define web
	interface 80 24
	term_wait 'web '
	other=$WORLD/other
	tmux -S "$other" -f /dev/null new-session -d -x 80 -y 24 "$VIRTTY" -c qmp:///session
	define db
	term_wait 'db +shut off'
	wait_for 15 other_shows 'db +shut off'
	virtty -q autostart db
	term_keys g
	tmux -S "$other" send-keys g
	term_wait 'autostart +on'
	wait_for 15 other_shows 'autostart +on'
	virtty -q undefine db
	term_wait_gone 'db +shut off'
	wait_for 15 other_shows '0 of 1 running'
	tmux -S "$other" kill-server
}

other_shows() {
	tmux -S "$other" capture-pane -p | grep -qE -- "$1"
}

@test "ended by a signal, it gives the terminal back" {
	define web
	for signal in TERM HUP SEGV ABRT; do
		term_start 80 24 sh -c "'$VIRTTY' -c qmp:///session; echo status \$?; stty -a; exec cat"
		term_wait 'web +shut off'
		kill -$signal "$(pgrep -P "$(pane_pid)" -x virtty)"
		term_wait 'status [0-9]+'
		term_wait ' icanon'
		term_shows ' echo '
		term_shows_no 'NAME'
		term_kill
	done
}

@test "edit: saved when right, given back when not" {
	define web
	cat >"$WORLD/editor" <<-'END'
		#!/bin/sh
		n=$(cat "$WORLD/count" 2>/dev/null || echo 0)
		echo $((n + 1)) >"$WORLD/count"
		case $n in
		0) sed -i 's|<vcpu>.*</vcpu>|<vcpu>many</vcpu>|' "$1" ;;
		1) sed -i 's|<vcpu>.*</vcpu>|<vcpu>3</vcpu>|' "$1" ;;
		esac
	END
	chmod +x "$WORLD/editor"
	export EDITOR=$WORLD/editor
	interface 80 24
	term_wait 'web '
	term_keys e
	term_wait 'cannot be taken'
	term_shows 'many'
	term_keys e
	term_wait "'web' is saved"
	term_wait '3 vCPU'
	virtty dumpxml web | grep -q '<vcpu>3</vcpu>'
	term_keys e
	term_wait "'web' is as it was"
}

@test "edit: thrown away on request" {
	define web
	export EDITOR='sed -i s/memory/memery/g'
	interface 80 24
	term_wait 'web '
	term_keys e
	term_wait 'throw away'
	term_keys t
	term_wait "'web' is as it was"
	virtty dumpxml web | grep -q '<memory'
}

@test "the XML and the mouse" {
	define web
	define db
	interface 80 24
	term_wait 'web '
	term_tmux send-keys -l $'\e[<0;5;4M\e[<0;5;4m'
	term_wait '│ web'
	term_keys x
	term_wait '<name>web</name>'
	term_keys /
	term_type '<serial'
	term_keys Enter
	term_wait "<serial type="
	term_keys q
	term_wait 'NAME'
}

@test "keys pasted at full speed do what they say" {
	for i in $(seq 1 30); do
		define "guest$i"
	done
	interface 80 24
	term_wait 'guest1 '
	term_type "$(printf 'j%.0s' $(seq 1 25))$(printf 'k%.0s' $(seq 1 5))"
	# the list is in the order of bytes: the 21st row
	term_wait "│ $(virtty list --all --name | grep . | sed -n 21p)\$|│ $(virtty list --all --name | grep . | sed -n 21p) "
}

@test "marks: one question for many, saying who is left out" {
	define web
	define db
	define build
	interface 80 24
	term_wait 'web '
	term_keys Space
	term_wait '\+build'
	term_wait '1 marked'
	term_keys '*'
	term_wait '3 marked'
	term_keys D
	term_wait 'destroy: 0 guests\?'
	term_wait 'db \(shut off\)'
	term_keys n
	term_wait_gone '0 guests'
	term_keys a
	term_wait 'autostart: 3 guests\?'
	term_keys y
	term_wait_gone 'marked'
	wait_for 15 all_start
}

all_start() {
	[ "$(for n in web db build; do virtty dominfo $n; done | grep -c 'Autostart: *enable')" = 3 ]
}

@test "palette: actions and commands by name, for the selected guest" {
	define web
	interface 80 24
	term_wait 'web '
	term_keys :
	term_type 'domu'
	term_wait 'virtty +domuuid'
	term_keys Enter
	term_wait "$(virtty domuuid web | head -n 1)"
	term_keys :
	term_type 'dominfo'
	term_keys Enter
	term_wait 'Max memory'
	term_keys q
	term_wait 'NAME'
	term_keys :
	term_type 'shutd'
	term_keys Enter
	term_wait 'shutdown: shut off'
	term_keys :
	term_type 'nonsense'
	term_keys Enter
	term_wait "there is no command 'nonsense'"
	term_keys :
	term_type "domrename web 'w 2'"
	term_keys Enter
	term_wait '^  w 2 '
}

@test "order: by name, state, CPU, memory, age" {
	define web
	DOMAIN_MEMORY=64 define zebra
	interface 80 24
	term_wait 'web '
	term_keys o o o
	term_wait 'ordered by memory'
	wait_for 15 first_is zebra
	term_keys o o
	wait_for 15 first_is web
}

first_is() {
	term_text | sed -n 3p | grep -q "^  $1 "
}

@test "it goes on where it was left, also after a dropped line" {
	define web
	define db
	define zebra
	interface 80 24
	term_wait 'web '
	term_keys G
	term_wait '│ zebra'
	term_keys o
	term_wait 'ordered by state'
	kill -HUP "$(pane_pid)"
	term_ended
	term_kill
	interface 80 24
	term_wait '│ zebra'
	term_wait 'ordered by state'
	term_keys q
	[ "$(term_ended)" = 0 ]
}

@test "columns are the user's" {
	mkdir -p "$XDG_CONFIG_HOME/virtty"
	echo 'list_columns = vcpus autostart state' >"$XDG_CONFIG_HOME/virtty/virtty.conf"
	define web
	interface 80 24
	term_wait 'NAME +VCPU AUTO +STATE'
	term_wait 'web +1 +shut off'
	term_kill
	echo 'list_columns = vcups' >"$XDG_CONFIG_HOME/virtty/virtty.conf"
	interface 80 24
	term_wait "no column 'vcups'"
}

@test "what is typed at the editor is not for virtty" {
	define web
	cat >"$WORLD/editor" <<-'END'
		#!/bin/bash
		trap 'echo TRAPPED' INT
		trap 'echo QUITTED' QUIT
		echo EDITING
		until read -r line && [ "$line" = done ]; do :; done
	END
	chmod +x "$WORLD/editor"
	export EDITOR=$WORLD/editor
	interface 80 24
	term_wait 'web '
	term_keys e
	term_wait 'EDITING'
	term_keys C-c
	term_wait 'TRAPPED'
	term_keys 'C-\'
	term_wait 'QUITTED'
	term_type 'done'
	term_keys Enter
	term_wait "'web' is as it was"
	term_shows 'web +shut off'
	term_keys q
	[ "$(term_ended)" = 0 ]
}

@test "to the shell and back" {
	define web
	term_start 80 24 bash --norc -i
	term_type "'$VIRTTY' -c qmp:///session"
	term_keys Enter
	term_wait 'web +shut off'
	term_keys C-z
	term_wait 'Stopped'
	term_shows_no 'NAME'
	term_type 'fg'
	term_keys Enter
	term_wait 'web +shut off'
	term_keys Down
	term_wait 'NAME'
	term_keys q
	term_wait_gone 'NAME'
}
