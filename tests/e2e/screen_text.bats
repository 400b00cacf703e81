# screen_text: text read off guests' screens, against the VGA's own memory.
#
# The guests here are bare QEMUs: what is tried is a VNC server's picture, and
# the monitor must answer for what is in it.

load helper
# shellcheck source=tests/packages.bash
. "$PROJECT/tests/packages.bash"

setup() {
	world_start
	VNC=$WORLD/vnc.sock
	MONITOR=$WORLD/qmp.sock
}

teardown() {
	world_stop
}

# qemu ARGUMENT...: under TCG, in the background; world_stop ends it.
qemu() {
	(
		cd "$WORLD" || exit
		exec qemu-system-x86_64 -accel tcg -m 64 -nodefaults -vga std -display none \
			-vnc "unix:$VNC" -qmp "unix:$MONITOR,server=on,wait=off" "$@" \
			3>&- >"$WORLD/qemu.log" 2>&1
	) &
	wait_for 10 test -S "$VNC"
}

screen() {
	virtty screen --vnc "$VNC" "$@"
}

# At least 99.5 % of the characters. The guest is stopped, so that both look at
# the same; the picture may come a moment later.
read_right() {
	python3 "$PROJECT/tests/e2e/vga_text.py" stop "$MONITOR"
	wait_for 10 read_agrees || {
		cat "$WORLD/verdict"
		return 1
	}
	cat "$WORLD/verdict"
}

read_agrees() {
	screen --text >"$WORLD/text" &&
		python3 "$PROJECT/tests/e2e/vga_text.py" compare "$MONITOR" "$WORLD/text" \
			>"$WORLD/verdict"
}

# A boot sector that fills the screen: es = 0xb800; 2000 times character al with
# attribute ah, the next one every 256 characters; then it stops for ever.
charset_image() {
	printf '\xb8\x00\xb8\x8e\xc0\x31\xff\x31\xc0\xb4\x07\xb9\xd0\x07'
	printf '\xab\xfe\xc0\x75\x02\xfe\xc4\xe2\xf7\xfa\xf4\xeb\xfd'
}

@test "every character of code page 437, in many colours" {
	charset_image >"$WORLD/charset.img"
	truncate -s 510 "$WORLD/charset.img"
	printf '\x55\xaa' >>"$WORLD/charset.img"
	truncate -s 1474560 "$WORLD/charset.img"
	qemu -drive "if=floppy,format=raw,file=$WORLD/charset.img"
	screen --wait 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' --timeout 30
	read_right
	# Eight rows of attributes are there, so all characters in the last, too.
	[ "$(grep -c 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' "$WORLD/text")" -ge 5 ]
}

@test "SeaBIOS and iPXE" {
	qemu -nic user,model=virtio
	screen --wait 'iPXE' --timeout 60
	read_right
	grep -q SeaBIOS "$WORLD/text"
}

@test "memtest86+" {
	"$PROJECT/tests/guests/memtest" --into "$GUESTS"
	qemu -kernel "$GUESTS/memtest.bin"
	screen --wait 'Memtest86+ v' --timeout 60
	screen --wait 'Errors:' --timeout 60
	read_right
}

@test "GRUB's menu, moved through by keys, and its prompt" {
	"$PROJECT/tests/guests/grub-rescue" --into "$GUESTS"
	qemu -cdrom "$GUESTS/grub-rescue.iso"
	screen --wait 'GNU GRUB' --timeout 60
	screen --wait '*GNU/Linux' --press 'Down Down' --timeout 10
	screen --wait '*FreeBSD (or GNU/kFreeBSD), direct' --timeout 10
	read_right
	python3 "$PROJECT/tests/e2e/vga_text.py" cont "$MONITOR"
	screen --press c
	screen --wait 'grub>' --timeout 30
	screen --press 'e c h o Space A Shift+z Enter'
	screen --wait $'\nAZ\n' --timeout 30
	read_right
}

# The lines on the screen that begin like a kernel's must stand in what the same
# kernel wrote to its serial line. Prints how many they are.
kernel_lines_right() {
	local line n=0

	while IFS= read -r line; do
		[[ $line =~ ^\[\ *[0-9]+\.[0-9]+\]\  ]] || continue
		# Wrapped; at 80 columns before the framebuffer came.
		[[ ${#line} -lt $1 && ! ${#line} =~ ^(79|80)$ ]] || continue
		grep -qxF -- "$line" <(tr -d '\r' <"$WORLD/serial") || {
			echo "not on the serial line: $line"
			return 1
		}
		n=$((n + 1))
	done <"$WORLD/text"
	echo $n
}

# linux_screen COLUMNS WORDS: boot with its messages on both consoles.
linux_screen() {
	"$PROJECT/tests/guests/linux" --into "$GUESTS"
	qemu -m 256 -kernel "$GUESTS/vmlinuz" -initrd "$GUESTS/initrd.img" \
		-append "console=ttyS0 console=tty0 $2" -serial "file:$WORLD/serial"
	screen --wait 'login:' --timeout 120 --text >"$WORLD/text"
	kernel_lines_right "$1"
	[ "$(kernel_lines_right "$1")" -ge 10 ]
}

@test "Linux's text console in VGA's text mode" {
	linux_screen 80 ""
}

# The fonts of Debian's consoles, and QEMU's.
linux_fonts() {
	[ -d "$GUESTS/fonts" ] || packages_extract console-setup-linux "$GUESTS/fonts"
	export VIRTTY_FONT_PATH=/usr/share/seabios/vgabios-stdvga.bin:$GUESTS/fonts/usr/share/consolefonts
}

@test "Linux's framebuffer console, 1024x768, in its own font" {
	linux_fonts
	linux_screen 128 vga=0x318
	[ "$(wc -l <"$WORLD/text")" = 48 ]
}

@test "Linux's framebuffer console, 1280x1024" {
	linux_fonts
	linux_screen 160 vga=0x31b
	[ "$(wc -l <"$WORLD/text")" = 64 ]
}

@test "the EFI shell" {
	local line

	cp /usr/share/OVMF/OVMF_VARS.fd "$WORLD/vars.fd"
	qemu -m 256 -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd \
		-drive "if=pflash,format=raw,file=$WORLD/vars.fd" -serial "file:$WORLD/serial"
	screen --wait 'Shell>' --timeout 90 --press 'v e r Enter'
	screen --wait $'Shell> ver\n' --timeout 30
	screen --text >"$WORLD/text"
	sed 's/\x1b\[[0-9;=]*[A-Za-z]//g' "$WORLD/serial" | tr -d '\r' >"$WORLD/plain"
	while read -r line; do
		[ -z "$line" ] || grep -qF -- "${line% }" "$WORLD/plain" || {
			echo "not on the serial line: $line"
			return 1
		}
	done <"$WORLD/text"
	grep -q 'UEFI Interactive Shell' "$WORLD/text"
}

@test "a picture is written, and --wait ends when its time is over" {
	qemu
	screen --wait 'SeaBIOS' --timeout 30
	screen --png "$WORLD/screen.png" --ppm "$WORLD/screen.ppm"
	[ "$(head -c 4 "$WORLD/screen.png" | tail -c 3)" = PNG ]
	[ "$(head -n 2 "$WORLD/screen.ppm" | tail -n 1)" = "720 400" ]
	[ "$(stat -c %s "$WORLD/screen.ppm")" = $((15 + 720 * 400 * 3)) ]
	run screen --wait 'no such text' --timeout 1
	[ "$status" = 1 ]
	[[ $output == *"wait for 'no such text'"* ]]
}

@test "--watch prints each change until its time is over" {
	qemu
	screen --watch --timeout 3 >"$WORLD/pages"
	grep -q SeaBIOS "$WORLD/pages"
}

@test "without a screen, a server or fonts there is a plain message" {
	run virtty screen
	[ "$status" = 2 ]
	run virtty screen --vnc nonsense
	[ "$status" = 1 ]
	[[ $output == *"neither the path of a socket nor HOST:PORT"* ]]
	run virtty screen --vnc "$WORLD/nowhere.sock"
	[ "$status" = 1 ]
	[[ $output == *"No such file or directory"* ]]
	VIRTTY_FONT_PATH=/nonexistent run virtty screen --vnc "$WORLD/nowhere.sock"
	[ "$status" = 1 ]
	[[ $output == *seabios* ]]
}
