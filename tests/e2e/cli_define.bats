# Definitions on the command line: stored, shown, changed, forgotten.

bats_require_minimum_version 1.5.0
load helper

setup() { world_start; }
teardown() { world_stop; }

fails() {
	local status_wanted=$1 words=$2

	shift 2
	run --separate-stderr virtty "$@"
	echo "status $status; stdout: $output; stderr: $stderr"
	[ "$status" -eq "$status_wanted" ]
	[[ $stderr == "virtty: "*"$words"* ]]
}

@test "define, list, undefine" {
	run virtty define "$(domain_file web)"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "Domain 'web' defined from $WORLD/web.xml" ]
	run virtty list --all
	[ "${lines[0]}" = " Id   Name   State" ]
	[ "${lines[1]}" = "-----------------------" ]
	[ "${lines[2]}" = " -    web    shut off" ]
	run virtty list
	[ "${#lines[@]}" -eq 2 ]
	run virtty undefine web
	[ "$output" = "Domain 'web' has been undefined" ]
	[ -z "$(virtty list --all --name)" ]
}

@test "quiet says nothing but what was asked for" {
	run virtty -q define "$(domain_file web)"
	[ -z "$output" ]
	[ "$(virtty list --all --quiet)" = " -    web    shut off" ]
}

@test "a definition from standard input" {
	domain_xml web | virtty define -
	[ "$(virtty list --all --name)" = web ]
}

@test "which guests are listed" {
	local name

	for name in a b c; do
		virtty -q define "$(domain_file $name)"
	done
	virtty -q autostart b
	[ "$(virtty list --all --name | paste -sd,)" = a,b,c ]
	[ "$(virtty list --all --autostart --name)" = b ]
	[ "$(virtty list --inactive --no-autostart --name | paste -sd,)" = a,c ]
	[ -z "$(virtty list --all --transient --name)" ]
	[ "$(virtty list --all --persistent --name | wc -l)" -eq 3 ]
	[ -z "$(virtty list --state-running --state-paused --name)" ]
	[ "$(virtty list --state-shutoff --uuid | head -n 1)" = "$(virtty domuuid a)" ]
	[ "$(virtty list --all --uuid --name | head -n 1)" = "$(virtty domuuid a) a" ]
	[ "$(virtty list --all --json | json 1.name)" = b ]
	[ "$(virtty list --all --json | json 1.autostart)" = True ]
	virtty -q autostart b --disable
	[ -z "$(virtty list --all --autostart --name)" ]
}

@test "a guest is named by its name or uuid" {
	local uuid

	virtty -q define "$(domain_file web)"
	uuid=$(virtty domuuid web)
	[ "$(virtty domname "$uuid")" = web ]
	[ "$(virtty domname "${uuid^^}")" = web ]
	[ "$(virtty domid web)" = - ]
	[ "$(virtty domid web --json | json id)" = null ]
	[ "$(virtty domstate web)" = "shut off" ]
	[ "$(virtty domname --domain web)" = web ]
}

@test "dominfo of a guest that does not run" {
	virtty -q define "$(domain_file web)"
	run virtty dominfo web
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "Id:             -" ]]
	[[ ${lines[1]} == "Name:           web" ]]
	[[ $output == *"State:          shut off"* ]]
	[[ $output == *"Max memory:     32768 KiB"* ]]
	[[ $output == *"Autostart:      disable"* ]]
	[ "$(virtty dominfo web --json | json max_memory)" -eq $((32 << 20)) ]
}

@test "what cannot be defined is refused with the place" {
	echo "<domain type='qemu'><name>x</name>" >"$WORLD/x.xml"
	fails 1 "define '$WORLD/x.xml': $WORLD/x.xml:" define "$WORLD/x.xml"
	fails 1 "define '$WORLD/none.xml': " define "$WORLD/none.xml"
	[[ $stderr == *"No such file or directory"* ]]
	printf 'a\0b' >"$WORLD/nul.xml"
	fails 1 NUL define "$WORLD/nul.xml"
	fails 1 "define '$WORLD'" define "$WORLD"
	printf '<!DOCTYPE x [<!ENTITY a "b">]>\n' >"$WORLD/d.xml"
	fails 1 DOCTYPE define "$WORLD/d.xml"
	[ -z "$(virtty list --all --name)" ]
}

@test "a second guest of the same name is refused" {
	virtty -q define "$(domain_file web)"
	domain_xml web | sed "s|<name>|<uuid>6a5bdf32-1111-4222-8333-444455556666</uuid><name>|" >"$WORLD/other.xml"
	fails 1 "web" define "$WORLD/other.xml"
	[ "$(virtty list --all --name)" = web ]
}

@test "dumpxml gives back what was defined, and is a fixed point" {
	domain_xml web | sed 's|<name>|<!-- mine -->\n<name>|' >"$WORLD/web.xml"
	virtty -q define "$WORLD/web.xml"
	virtty dumpxml web >"$WORLD/once.xml"
	grep -q '<!-- mine -->' "$WORLD/once.xml"
	virtty -q define "$WORLD/once.xml"
	virtty dumpxml web >"$WORLD/twice.xml"
	cmp "$WORLD/once.xml" "$WORLD/twice.xml"
}

@test "a guest is renamed" {
	virtty -q define "$(domain_file old)"
	run virtty domrename old new
	[ "$status" -eq 0 ]
	[ "$output" = "Domain 'old' renamed to 'new'" ]
	[ "$(virtty list --all --name)" = new ]
	virtty dumpxml new | grep -q '<name>new</name>'
	virtty -q define "$(domain_file other)"
	fails 1 other domrename new other
}

@test "history keeps what was, and undo goes back" {
	virtty -q define "$(domain_file web)"
	DOMAIN_MEMORY=64 domain_file web >/dev/null
	virtty dumpxml web | sed 's|<title>.*||; s|<vcpu[^<]*<|<vcpu>2<|' >"$WORLD/web.xml"
	virtty -q define "$WORLD/web.xml"
	[ "$(virtty dominfo web --json | json vcpus)" -eq 2 ]
	[ "$(virtty history web --json | json 0.current)" = True ]
	run virtty undo web
	[ "$status" -eq 0 ]
	[ "$(virtty dominfo web --json | json vcpus)" -eq 1 ]
	run virtty undo web
	[ "$(virtty dominfo web --json | json vcpus)" -eq 2 ]
	virtty history web 1 | grep -q '<vcpu>1<\|<vcpu[^>]*>1<'
	fails 2 "'x' is no number" history web x
	fails 1 "" history web 999
}

@test "a guest that was undefined comes back" {
	local uuid

	virtty -q define "$(domain_file web)"
	uuid=$(virtty domuuid web)
	virtty -q undefine web
	virtty history | grep -q "$uuid   web "
	[ "$(virtty history --json | json 0.name)" = web ]
	run virtty undo web
	[ "$status" -eq 0 ]
	[ "$output" = "Domain 'web' is defined again" ]
	[ "$(virtty domuuid web)" = "$uuid" ]
	fails 1 "failed to get domain 'other'" undo other
}

# --- edit --------------------------------------------------------------------

# editor COMMAND: $EDITOR is a script with it; "$1" is the file.
editor() {
	printf '#!/bin/sh\n%s\n' "$1" >"$WORLD/editor"
	chmod +x "$WORLD/editor"
	export EDITOR=$WORLD/editor
}

@test "edit saves what the editor wrote" {
	virtty -q define "$(domain_file web)"
	editor 'sed -i "s|<vcpu[^<]*<|<vcpu>2<|" "$1"'
	run virtty edit web
	[ "$status" -eq 0 ]
	[ "$output" = "Domain 'web' XML configuration edited" ]
	[ "$(virtty dominfo web --json | json vcpus)" -eq 2 ]
}

@test "edit that changes nothing says so" {
	virtty -q define "$(domain_file web)"
	editor true
	run virtty edit web
	[ "$status" -eq 0 ]
	[ "$output" = "Domain 'web' XML configuration not changed" ]
}

@test "an editor that fails changes nothing" {
	virtty -q define "$(domain_file web)"
	editor 'echo junk >"$1"; exit 3'
	fails 1 "the editor '$EDITOR' failed" edit web
	[ "$(virtty dominfo web --json | json vcpus)" -eq 1 ]
}

@test "VISUAL comes before EDITOR, and may hold options" {
	virtty -q define "$(domain_file web)"
	editor 'exit 1'
	VISUAL="sed -i -e 's|<vcpu[^<]*<|<vcpu>2<|'" virtty edit web
	[ "$(virtty dominfo web --json | json vcpus)" -eq 2 ]
}

@test "a text that cannot be saved is kept, and said where" {
	local kept

	virtty -q define "$(domain_file web)"
	export TMPDIR=$WORLD
	editor 'echo "<domain" >"$1"'
	fails 1 "" edit web </dev/null
	kept=$(sed -n "s/.*your text is in '\(.*\)'/\1/p" <<<"$stderr")
	[ "$(cat "$kept")" = "<domain" ]
	[ "$(virtty domstate web)" = "shut off" ]
}

@test "what somebody else stored meanwhile is not lost" {
	virtty -q define "$(domain_file web)"
	virtty dumpxml web | sed 's|<vcpu[^<]*<|<vcpu>3<|' >"$WORLD/theirs.xml"
	export TMPDIR=$WORLD
	editor "'$VIRTTY' -q define '$WORLD/theirs.xml'; sed -i 's|<vcpu[^<]*<|<vcpu>2<|' \"\$1\""
	fails 1 "" edit web </dev/null
	[[ $stderr == *"your text is in"* ]]
	[ "$(virtty dominfo web --json | json vcpus)" -eq 3 ]
}

@test "after a mistake the editor opens again on the same text" {
	virtty -q define "$(domain_file web)"
	editor '
		if grep -q "<broken" "$1"; then
			sed -i "s|<broken|<vcpu>2</vcpu|" "$1"
		else
			sed -i "s|<vcpu[^<]*</vcpu|<broken|" "$1"
		fi'
	term_start 80 24 env "EDITOR=$EDITOR" "$VIRTTY" edit web
	term_wait 'Try again\? \[y,n,f,\?\]:'
	term_keys '?' Enter
	term_wait 'edit again'
	term_keys y Enter
	term_wait 'configuration edited'
	[ "$(term_ended)" = 0 ]
	[ "$(virtty dominfo web --json | json vcpus)" -eq 2 ]
}

@test "over what somebody else stored one can save on purpose" {
	virtty -q define "$(domain_file web)"
	virtty dumpxml web | sed 's|<vcpu[^<]*<|<vcpu>3<|' >"$WORLD/theirs.xml"
	editor "'$VIRTTY' -q define '$WORLD/theirs.xml'; sed -i 's|<vcpu[^<]*<|<vcpu>2<|' \"\$1\""
	term_start 80 24 env "EDITOR=$EDITOR" "$VIRTTY" edit web
	term_wait 'Try again\?'
	term_keys f Enter
	term_wait 'configuration edited'
	[ "$(virtty dominfo web --json | json vcpus)" -eq 2 ]
}

# --- hostile words -----------------------------------------------------------

@test "a hostile title reaches no terminal raw" {
	domain_xml web | sed 's|</name>|</name><title>t\&#x9b;31m\&#x202e;e\&#9;v</title>|' >"$WORLD/web.xml"
	virtty -q define "$WORLD/web.xml"
	term_start 80 24 "$VIRTTY" list --all --title
	term_wait 't\\x9b31m\\u\{202e\}e'
	virtty list --all --json >"$WORLD/json"
	LC_ALL=C run grep -qP '[\x80-\x9f\x1b]' "$WORLD/json"
	[ "$status" = 1 ]
	grep -qF '\u009b31m\u202e' "$WORLD/json"
}

@test "dumpxml is harmless on a terminal and untouched in a pipe" {
	domain_xml web | sed 's|</name>|</name><title>t\xc2\x9b31m</title>|' >"$WORLD/web.xml"
	virtty -q define "$WORLD/web.xml"
	virtty dumpxml web | LC_ALL=C grep -qP '\xc2\x9b31m'
	term_start 100 50 "$VIRTTY" dumpxml web
	term_wait '<title>t\\x9b31m</title>'
}

@test "undefine removes images only when asked, and never shared or read-only ones" {
	local dir=$WORLD/images disks=

	mkdir "$dir"
	for name in mine shared readonly; do
		truncate -s 1M "$dir/$name.raw"
	done
	disks="<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$dir/mine.raw'/><target dev='vda' bus='virtio'/></disk>
	<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$dir/shared.raw'/><target dev='vdb' bus='virtio'/><shareable/></disk>
	<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='$dir/readonly.raw'/><target dev='sda' bus='sata'/><readonly/></disk>"
	virtty -q define "$(domain_file web "$disks")"
	virtty -q undefine web
	[ "$(find "$dir" -type f | wc -l)" -eq 3 ]
	virtty -q define "$WORLD/web.xml"
	run --separate-stderr virtty undefine web --remove-all-storage
	[ "$status" -eq 0 ]
	[[ $output == *"Deleted $dir/mine.raw"* ]]
	[[ $stderr == *"kept '$dir/shared.raw'"* ]]
	[ ! -e "$dir/mine.raw" ]
	[ -e "$dir/shared.raw" ]
	[ -e "$dir/readonly.raw" ]
}
