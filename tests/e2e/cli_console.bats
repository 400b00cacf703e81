# The console on the command line: what one types arrives, what one leaves is as
# it was.

bats_require_minimum_version 1.5.0
load helper
load guests

setup() { world_start; }
teardown() { world_stop; }

sector() {
	bootsector "$2" "$WORLD/$1.img"
	virtty -q define "$(domain_file "$1" "<disk type='file' device='floppy'><driver name='qemu' type='raw'/>
		<source file='$WORLD/$1.img'/><target dev='fda' bus='fdc'/></disk>")"
	virtty -q start "$1"
}

# A shell in the terminal, so that the terminal outlives the console.
shell() {
	term_start 80 24 env "PS1=here> " bash --norc --noprofile
	term_wait '^here>'
}

type_line() {
	term_type "$1"
	term_keys Enter
}

# The terminal's settings as the shell sees them.
settings() {
	type_line "stty -a >$WORLD/$1; echo did \$((1+1))$1"
	term_wait "^did 2$1"
}

@test "what is typed arrives, ^] leaves, and the terminal is as before" {
	sector web echo
	shell
	settings before
	type_line "$VIRTTY console web"
	term_wait "Connected to domain 'web'"
	term_wait "Escape character is \^\]"
	term_type hello
	term_wait '^hello$'
	term_keys C-]
	term_wait '^here>'
	settings after
	cmp "$WORLD/before" "$WORLD/after"
}

@test "the last word typed before leaving arrives" {
	sector web echo
	shell
	type_line "$VIRTTY console web"
	term_wait Connected
	term_type $'last words\x1d'
	settings after
	wait_for 10 grep -qa 'last words' <(virtty log web --console serial0) ||
		virtty log web --console serial0 | grep -qa 'last words'
}

@test "the terminal is restored when the console is killed" {
	local pid

	sector web echo
	shell
	settings before
	type_line "$VIRTTY console web"
	term_wait Connected
	pid=$(pgrep -P "$(term_tmux display-message -p '#{pane_pid}')")
	kill -TERM "$pid"
	term_wait Terminated
	settings after
	cmp "$WORLD/before" "$WORLD/after"
}

@test "the terminal is restored when the console crashes" {
	local pid

	sector web echo
	shell
	settings before
	type_line "$VIRTTY console web"
	term_wait Connected
	pid=$(pgrep -P "$(term_tmux display-message -p '#{pane_pid}')")
	kill -SEGV "$pid"
	term_wait '[Ss]egmentation|^here>'
	settings after
	cmp "$WORLD/before" "$WORLD/after"
}

@test "the guest's end ends the console" {
	sector web halt
	shell
	type_line "$VIRTTY console web; echo status \$?"
	term_wait ready
	virtty -q destroy web
	term_wait '^status 0'
}

@test "what the guest did to the terminal is undone" {
	sector web escapes
	shell
	type_line "$VIRTTY console web; echo status \$?"
	term_wait X
	term_keys C-]
	term_wait 'status 0'
	[ "$(term_tmux display-message -p '#{cursor_flag}')" = 1 ]
}

@test "another key can leave" {
	sector web echo
	shell
	type_line "$VIRTTY console web --escape ^O; echo status \$?"
	term_wait 'Escape character is \^O'
	term_keys C-]
	term_type x
	term_keys C-o
	term_wait '^status 0'
	run virtty console web --readonly --escape xx
	[ "$status" -eq 2 ]
}

@test "one writes, others watch; who comes by force takes over" {
	sector web echo
	shell
	type_line "$VIRTTY console web"
	term_wait Connected
	run --separate-stderr timeout 20 script -qec "$VIRTTY console web" /dev/null
	[ "$status" -ne 0 ]
	"$VIRTTY" console web --readonly >"$WORLD/watched" 3>&- &
	term_type watched
	wait_for 10 grep -qa watched "$WORLD/watched"
	kill $!
	script -qfc "$VIRTTY console web --force" "$WORLD/second" <"$WORLD/tick" >/dev/null 3>&- &
	term_wait 'you are watching'
	kill $!
	term_keys C-]
	term_wait '^here>'
}

@test "read-only needs no terminal and types nothing" {
	sector web lines
	"$VIRTTY" console web --readonly </dev/null >"$WORLD/out" 3>&- &
	wait_for 20 grep -qa '^0000000' "$WORLD/out"
	kill $!
	run --separate-stderr virtty console web </dev/null
	[ "$status" -eq 1 ]
	[[ $stderr == *"needs a terminal"* ]]
}

@test "start --console attaches at once" {
	sector web echo
	virtty -q destroy web
	shell
	type_line "$VIRTTY start web --console"
	term_wait "Domain 'web' started"
	term_wait "Connected to domain 'web'"
	term_type here
	term_wait '^here$'
	term_keys C-]
	term_wait '^here>'
}

@test "any terminal device by its path" {
	sector web echo
	shell
	type_line "$VIRTTY console --pty $(virtty ttyconsole web); echo status \$?"
	term_wait 'Connected to'
	term_type through
	term_wait '^through'
	term_keys C-]
	term_wait '^status 0'
	run --separate-stderr virtty console --pty "$WORLD/web.img" --readonly
	[ "$status" -eq 1 ]
	[[ $stderr == *"is not a terminal device"* ]]
}

@test "a console that there is not" {
	sector web echo
	run --separate-stderr virtty console web --devname serial7 --readonly
	[ "$status" -eq 1 ]
	[[ $stderr == *"has no console 'serial7'"* ]]
}
