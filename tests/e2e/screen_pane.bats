# screen_pane: guests' graphical screens in the interface.

load helper

setup() {
	world_start
}

teardown() {
	world_stop
}

# open_screen COLUMNS ROWS: the interface, and in it the only guest's screen.
open_screen() {
	term_start "$1" "$2" "$VIRTTY" -c qmp:///session
	term_wait '1 of 1 running'
	term_keys v
}

memtest() {
	"$PROJECT/tests/guests/memtest" --xml --name memtest --into "$GUESTS" >"$WORLD/memtest.xml"
	virtty define "$WORLD/memtest.xml"
	virtty start memtest
	virtty screen memtest --wait 'Errors:' --timeout 60
}

grub() {
	"$PROJECT/tests/guests/grub-rescue" --xml --name grub --into "$GUESTS" >"$WORLD/grub.xml"
	virtty define "$WORLD/grub.xml"
	virtty start grub
	virtty screen grub --wait 'GNU GRUB' --timeout 60
}

@test "memtest86+ at 80x24 is read, and the status line says so" {
	memtest
	open_screen 80 24
	term_wait 'Memtest86\+ v'
	term_wait '^memtest · screen · text 80x25'
	term_shows 'Memory  : +[0-9]+MB'
	# 80x24 shows 23 of its 25 rows; the others are a movement away.
	term_shows_no '<ESC> Exit'
	term_keys 'C-]' '['
	term_keys End
	term_wait '<ESC> Exit'
	term_keys Home q
	term_wait 'Memtest86\+ v'
	term_keys 'C-]' d
	term_wait '1 of 1 running'
	[ "$(virtty domstate memtest | head -n 1)" = running ]
}

@test "GRUB's menu is driven by keys, and its prompt by a paste" {
	grub
	open_screen 80 27
	term_wait '\*GNU/Linux'
	term_keys Down
	term_wait '\*GNU \(aka'
	term_keys Down Down Up
	term_wait '\*FreeBSD \(or GNU/kFreeBSD\), direct'
	term_keys c
	term_wait 'grub> *$'
	term_tmux set-buffer 'echo "A paste: 100% of {these} ~ keys"'
	term_tmux paste-buffer -p
	term_wait 'grub> echo "A paste: 100% of \{these\} ~ keys"'
	term_keys Enter
	term_wait '^A paste: 100% of \{these\} ~ keys'
	# a chord by name: Ctrl+A goes to the start of GRUB's line
	term_type 'cho Q'
	term_wait 'grub> cho Q'
	term_keys 'C-]' k
	term_wait 'keys to press'
	term_type 'Ctrl+a e Ctrl+e Z'
	term_keys Enter
	term_wait 'grub> echo QZ'
}

@test "modes: drawn in every way, and read again" {
	memtest
	open_screen 100 40
	term_wait 'text 80x25'
	for mode in half quadrant sextant braille ascii; do
		term_keys 'C-]' m
		term_wait "720x400 $mode"
		term_shows_no 'Memtest86'
	done
	term_keys 'C-]' m
	term_wait 'text 80x25'
	term_wait 'Memtest86\+ v'
}

@test "a picture of the screen is saved" {
	memtest
	open_screen 80 24
	term_wait 'text 80x25'
	term_keys 'C-]' s
	term_wait 'save a picture as: memtest.png'
	term_keys C-u
	term_type "$WORLD/shot.png"
	term_keys Enter
	term_wait 'written: '
	[ "$(head -c 4 "$WORLD/shot.png" | tail -c 3)" = PNG ]
}

@test "the guest's end is told, and its next start shows again" {
	grub
	open_screen 80 27
	term_wait '\*GNU/Linux'
	virtty destroy grub
	term_wait 'any key leaves'
	virtty start grub
	term_wait '\*GNU/Linux' 60
}

@test "a guest without a screen says what to add" {
	virtty define "$(domain_file bare)"
	virtty start bare
	open_screen 80 24
	term_wait "no VNC screen: add <graphics type='vnc'/>"
	term_keys x
	term_wait '1 of 1 running'
}

# Bytes that a process writes to its terminal within so many seconds.
bytes_written() {
	timeout "$2" strace -f -qq -e trace=write,writev -o "$WORLD/strace" -p "$1" || true
	sed -n 's/.*write(1,.* = \([0-9]*\)$/\1/p' "$WORLD/strace" | awk '{ n += $1 } END { print n + 0 }'
}

@test "an idle screen costs next to nothing: only the guest's cursor blinks" {
	local pid idle busy

	grub
	virtty screen grub --press c
	virtty screen grub --wait 'grub>' --timeout 10
	open_screen 80 27
	term_wait 'grub>'
	pid=$(term_tmux display-message -p '#{pane_pid}')
	idle=$(bytes_written "$pid" 3)
	term_keys h e l p Enter
	busy=$(bytes_written "$pid" 3)
	echo "idle $idle, busy $busy"
	[ "$idle" -lt 600 ]
	[ "$busy" -gt "$idle" ]
}
