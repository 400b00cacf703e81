# The command line itself: how it is called, what it refuses, where its words go.

bats_require_minimum_version 1.5.0
load helper

setup() { world_start; }
teardown() { world_stop; }

# refused STATUS MESSAGE ARGUMENT...: nothing on stdout, and the message first.
refused() {
	local status_wanted=$1 message=$2

	shift 2
	run --separate-stderr virtty "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
	[ "$status" -eq "$status_wanted" ]
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "virtty: $message" ]
}

@test "without a terminal the interface says so and how to go on" {
	refused 1 "the interface needs a terminal"
	[[ $stderr == *"virtty help"* ]]
}

@test "an unknown command is refused with the nearest one" {
	refused 2 "unknown command 'strat'" strat web
	[ "${stderr_lines[1]}" = "  → did you mean 'start'?" ]
}

@test "hints are plain ASCII where the locale is" {
	export LC_ALL=C
	refused 2 "unknown command 'strat'" strat
	[ "${stderr_lines[1]}" = "  -> did you mean 'start'?" ]
}

@test "wrong calls exit with 2 and name what is wrong" {
	refused 2 "start: DOMAIN is missing" start
	refused 2 "start: 'b' is one too many" start a b
	refused 2 "start: unknown option '--pausd'" start --pausd a
	[[ $stderr == *"did you mean --paused?"* ]]
	refused 2 "event: option '--timeout' wants a value: SECONDS" event --timeout
	refused 2 "event: --timeout 'soon' is not a whole number" event --timeout soon
	refused 2 "event: there is no event 'lifecicle'" event --event lifecicle
	refused 2 "shutdown: --mode 'hard' is neither acpi nor agent" shutdown x --mode hard
	refused 2 "send-key: 'KEY_FOO1' is no key" send-key x KEY_FOO1
	refused 2 "console: either DOMAIN or --pty PATH is wanted" console
	refused 2 "help: there is no command 'strat'" help strat
}

@test "an unknown guest is 1, not 2" {
	refused 1 "failed to get domain 'nobody'" start nobody
	refused 1 "failed to get domain 'nobody'" dominfo nobody --json
	virtty -q define "$(domain_file webserver)"
	refused 1 "failed to get domain 'websrver'" start websrver
	[[ $stderr == *"did you mean 'webserver'?"* ]]
}

@test "an unknown connection is refused by name" {
	run --separate-stderr virtty -c nonsense:///x list
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == *nonsense:///x* ]]
}

@test "control characters in arguments never reach the terminal raw" {
	run --separate-stderr virtty start $'a\e[31mb\nc'
	[ "$status" -eq 1 ]
	[[ $stderr == *'a\e[31mb\nc'* ]]
	[[ $stderr != *$'\e'* ]]
	run --separate-stderr virtty $'st\e]0;x\a'
	[ "$status" -eq 2 ]
	[[ $stderr != *$'\e'* ]]
}

@test "every command explains itself" {
	local verb

	for verb in $(virtty complete -- ''  | cut -f 1); do
		run virtty help "$verb"
		[ "$status" -eq 0 ]
		[[ ${lines[0]} == "virtty $verb"* ]]
		run virtty "$verb" --help
		[ "$status" -eq 0 ]
		[[ ${lines[0]} == "virtty $verb"* ]]
	done
	run virtty --help
	[ "$status" -eq 0 ]
	[[ $output == *"virtty help COMMAND"* ]]
}

@test "the version, three ways" {
	run virtty --version
	[[ $output == "virtty "[0-9]* ]]
	[ "$output" = "$(virtty -V)" ]
	[ "$output" = "$(virtty version)" ]
	[ "virtty $(virtty version --json | json virtty)" = "$output" ]
}

@test "an answer that does not arrive is a failure" {
	run virtty list --all >/dev/null
	[ "$status" -eq 0 ]
	run -1 bash -c '"$0" help >/dev/full' "$VIRTTY"
	[[ $output == *"No space left on device"* ]]
	# the reader is gone: no complaint, but no success either
	run -1 bash -c '"$0" help 2>&1 >&4 4>&- | cat; exit "${PIPESTATUS[0]}"' "$VIRTTY" 4> >(exec true)
}

@test "the connection can be told in three ways" {
	[ "$(virtty uri)" = qmp:///session ]
	[ "$(virtty uri -c qmp:///session --json | json uri)" = qmp:///session ]
	[ "$(VIRTTY_DEFAULT_URI=nonsense:/// virtty -c qmp:///session uri)" = qmp:///session ]
}

@test "nodeinfo tells of this host" {
	run virtty nodeinfo
	[ "$status" -eq 0 ]
	[[ $output == *"CPU(s):"*"Memory size:"*KiB* ]]
	[ "$(virtty nodeinfo --json | json cpus)" -eq "$(nproc --all)" ]
}

@test "completion offers verbs, options, guests and files" {
	virtty define "$(domain_file web)"
	[ "$(virtty complete -- und | cut -f 1)" = $'undefine\nundo' ]
	[ "$(virtty complete -- start --pa | cut -f 1)" = --paused ]
	[ "$(virtty complete -- -c qmp:///session start w)" = $'web\tshut off' ]
	[ "$(virtty complete -- define '')" = :files ]
	[ "$(virtty complete -- shutdown web --mode ag)" = agent ]
	[ "$(virtty complete -- event --event watch | cut -f 1)" = watchdog ]
	[ "$(virtty complete -- send-key web KEY_LEFTC)" = KEY_LEFTCTRL ]
	[ -z "$(virtty complete -- start -- --pa)" ]
}

@test "bash completes with it" {
	virtty define "$(domain_file 'two words')"
	run bash -c '
		PATH=$(dirname "$1"):$PATH
		. "$2/docs/completion/virtty.bash"
		COMP_WORDS=(virtty start two) COMP_CWORD=2
		_virtty
		printf "<%s>" "${COMPREPLY[@]}"
	' - "$VIRTTY" "$PROJECT"
	[ "$output" = '<two\ words>' ]
}

@test "the manual is well formed" {
	run man --warnings=w -l "$PROJECT/docs/virtty.1"
	[ "$status" -eq 0 ]
	[[ $output != *warning* ]]
	[[ $output == *qemu-monitor-command* ]]
}
