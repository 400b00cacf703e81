# shellcheck shell=bash
# guests: operating systems of a few bytes.
#
#	bootsector KIND FILE	makes a floppy image whose boot sector does one thing
#
# They know the machine "pc": SeaBIOS puts the power management ports at 0x600
# there, and COM1 is at 0x3f8.
#
#	poweroff   switches off			reset     resets at once
#	triple     triple fault			panic     pvpanic: panicked
#	crashload  pvpanic: crash loaded	spin      busy for ever
#	halt       says "ready", then idle	acpi      says "U", then idle until the power
#	lines      numbered lines for ever:		  button is pressed: switches off
#	           "00000000\n" ...		echo      COM1 back to COM1
#	flood      "A" for ever			escapes   escape sequences for ever
#	title      a window title with its BEL	bell      rings once, then idle
#	           and "ready", then idle

bootsector() {
	local kind=$1 file=$2

	bootsector_code "$kind" >"$file" || return
	truncate -s 510 "$file"
	printf '\x55\xaa' >>"$file"
	truncate -s 1474560 "$file"
}

bootsector_code() {
	case $1 in
	# mov dx,0x604; mov ax,0x2000; out dx,ax; jmp $
	poweroff) printf '\xba\x04\x06\xb8\x00\x20\xef\xeb\xfe' ;;
	# mov al,0xfe; out 0x64,al; jmp $
	reset) printf '\xb0\xfe\xe6\x64\xeb\xfe' ;;
	# cli; lidt [0x7c20], which is zero; int3; jmp $
	triple) printf '\xfa\x0f\x01\x1e\x20\x7c\xcc\xeb\xfe' ;;
	# mov dx,0x505; mov al,1; out dx,al; jmp $
	panic) printf '\xba\x05\x05\xb0\x01\xee\xeb\xfe' ;;
	crashload) printf '\xba\x05\x05\xb0\x02\xee\xeb\xfe' ;;
	spin) printf '\xeb\xfe' ;;
	# mov dx,0x3f8; mov al,'A'; out dx,al; jmp out
	flood) printf '\xba\xf8\x03\xb0\x41\xee\xeb\xfd' ;;
	lines) bootsector_lines ;;
	echo) bootsector_echo ;;
	acpi) bootsector_acpi ;;
	escapes)
		bootsector_say '\xf8'
		printf '\033]0;PWNED\007\033[2J\033]52;c;cHduZWQ=\007\033P$q"p\033\\\033[c\033[6n\x9b31mX\r\n'
		;;
	halt) bootsector_say '\x03' && printf 'ready\r\n' ;;
	title) bootsector_say '\x03' && printf '\033]0;title\007ready\r\n' ;;
	bell) bootsector_say '\x03' && printf 'ready\007\r\n' ;;
	*)
		echo "bootsector: unknown kind '$1'" >&2
		return 1
		;;
	esac
}

# ds = 0; mov dx,0x3f8; again: mov si,0x7c20; next: lodsb; test al,al; jz DONE;
# out dx,al; jmp next; sti; idle: hlt; jmp idle.  DONE is the jump's distance:
# 0xf8 to "again", 0x03 to the sti.  The text follows at 0x20.
bootsector_say() {
	printf '\x31\xc0\x8e\xd8\xba\xf8\x03\xbe\x20\x7c\xac\x84\xc0\x74'
	printf '%b' "$1"
	printf '\xee\xeb\xf8\xfb\xf4\xeb\xfd'
	printf '\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90'
}

# ebx counts; its eight hexadecimal digits and a line feed go out through a
# routine that waits for the transmitter (bit 5 of 0x3fd).
bootsector_lines() {
	printf '\x66\x31\xdb\xb9\x08\x00\x66\xc1\xc3\x04\x88\xd8\x24\x0f\x3c\x0a\x72\x02\x04\x27\x04\x30'
	printf '\xe8\x0b\x00\xe2\xeb\xb0\x0a\xe8\x04\x00\x66\x43\xeb\xdf'
	printf '\x50\xba\xfd\x03\xec\xa8\x20\x74\xfb\x58\xba\xf8\x03\xee\xc3'
}

# Wait for a byte (bit 0 of 0x3fd), take it, wait for the transmitter, send it.
bootsector_echo() {
	printf '\xba\xfd\x03\xec\xa8\x01\x74\xf8\xba\xf8\x03\xec\x88\xc4'
	printf '\xba\xfd\x03\xec\xa8\x20\x74\xfb\x88\xe0\xba\xf8\x03\xee\xeb\xe2'
}

# Enable the power button (0x602), say "U", hlt until its status bit (0x600) is
# set, then switch off (0x604).
bootsector_acpi() {
	printf '\xba\x02\x06\xb8\x00\x01\xef\xba\xf8\x03\xb0\x55\xee\xfb'
	printf '\xf4\xba\x00\x06\xed\xf6\xc4\x01\x74\xf6\xba\x04\x06\xb8\x00\x20\xef\xf4\xeb\xfd'
}
