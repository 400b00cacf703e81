# guest_boot: a real Linux, driven from the command line: defined, started,
# logged in to over its serial console, and shut down.

load helper

setup() {
	world_start
	virtty define "$(linux_file web)"
}

teardown() {
	world_stop
}

log_in() {
	term_wait 'virtty-guest login:' 60
	term_type root
	term_keys Enter
	term_wait 'root@virtty-guest:.*#'
}

@test "start, log in, compute, leave, shut down: the reason is the guest's" {
	virtty start web
	term_start 80 24 "$VIRTTY" console web
	log_in
	# shellcheck disable=SC2016
	term_type 'echo $((6*7))'
	term_keys Enter
	term_wait '^42$'
	term_keys C-]
	[ "$(term_ended)" = 0 ]
	[ "$(virtty domstate web | head -n 1)" = running ]
	virtty shutdown web
	wait_state web "shut off" 30
	virtty domstate web --reason | grep -q 'shut down by the guest'
}

@test "start --console attaches at once, and what was said before is shown" {
	virtty start web
	wait_grep 60 GUEST-READY "$(console_log web)"
	term_start 80 24 "$VIRTTY" console web
	term_wait GUEST-READY
	log_in
}

@test "the guest turns itself off" {
	virtty start web
	term_start 80 24 "$VIRTTY" console web
	log_in
	term_type 'poweroff -f'
	term_keys Enter
	term_ended 30
	wait_state web "shut off" 30
	virtty domstate web --reason | grep -q 'shut down by the guest'
}

@test "a panic is named, and on_crash is obeyed" {
	virtty start web
	term_start 80 24 "$VIRTTY" console web
	log_in
	term_type 'echo c > /proc/sysrq-trigger'
	term_keys Enter
	term_ended 30
	wait_for 30 state_is_not web running
	virtty domstate web --reason | grep -qi panic
}

state_is_not() {
	! state_is "$1" "$2"
}

console_log() {
	echo "$XDG_STATE_HOME/virtty/guests/$(virtty domuuid "$1" | head -n 1)/serial0.log"
}
