# What would be run, without running it.

bats_require_minimum_version 1.5.0
load helper

setup() { world_start; }
teardown() { world_stop; }

@test "the plan of a definition and of a guest are one" {
	domain_xml web | sed 's|<name>|<uuid>6a5bdf32-1111-4222-8333-444455556666</uuid><name>|' >"$WORLD/web.xml"
	virtty -q define "$WORLD/web.xml"
	virtty plan web >"$WORLD/guest"
	virtty plan "$WORLD/web.xml" >"$WORLD/file"
	[ "$(json name <"$WORLD/guest")" = web ]
	[ "$(json argv <"$WORLD/guest")" = "$(json argv <"$WORLD/file")" ]
	[ "$(json policies.on_reboot <"$WORLD/guest")" = restart ]
	json argv <"$WORLD/guest" | grep -q -- '-no-shutdown'
}

@test "planning leaves nothing behind" {
	domain_file web >/dev/null
	find "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR" -type f >"$WORLD/before"
	virtty plan "$WORLD/web.xml" >/dev/null
	virtty domxml-to-argv "$WORLD/web.xml" >/dev/null
	find "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR" -type f | cmp - "$WORLD/before"
	[ -z "$(virtty list --all --name)" ]
}

@test "explained: each argument beside its line, what is ignored, what would fail" {
	domain_xml web "<foo/><disk type='file' device='disk'><driver name='qemu' type='raw'/>
		<source file='$WORLD/none.img'/><target dev='vda' bus='virtio'/></disk>" >"$WORLD/web.xml"
	run virtty plan "$WORLD/web.xml" --explain
	[ "$status" -eq 0 ]
	grep -qE '^ +8  serial +-device .*isa-serial' <<<"$output"
	grep -qE '^ +3  memory +-m ' <<<"$output"
	grep -A 1 '^ignored' <<<"$output" | grep -qE '^ +9  .*foo'
	grep -A 2 '^would fail now' <<<"$output" | grep -q "$WORLD/none.img"
	virtty plan "$WORLD/web.xml" --explain --json >"$WORLD/json"
	[ "$(json plan.name <"$WORLD/json")" = web ]
	[ "$(json ignored.0.line <"$WORLD/json")" = 9 ]
	[[ "$(json problems.0.problem <"$WORLD/json")" == *none.img* ]]
}

@test "neither guest nor file" {
	run --separate-stderr virtty plan nobody
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == "virtty: "*nobody* ]]
}

@test "one line for a shell, and QEMU takes it" {

	domain_xml "two 'words' \$HOME" | sed "s|type='pty'|type='null'|" >"$WORLD/web.xml"
	run --separate-stderr virtty domxml-to-argv "$WORLD/web.xml"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	cd "$WORLD"
	eval "set -- $output"
	[ -x "$1" ]
	printf '%s\n' "$@" | grep -qF "two 'words' \$HOME"

}

@test "from standard input too, and quickly" {
	local from

	domain_xml web | virtty domxml-to-argv - | grep -q qemu-system
	domain_file web >/dev/null
	from=${EPOCHREALTIME/./}
	virtty domxml-to-argv "$WORLD/web.xml" >/dev/null
	[ $((${EPOCHREALTIME/./} - from)) -lt 300000 ]
}

@test "several files: one line each, and what is refused keeps nothing back" {
	domain_file one >/dev/null
	domain_file two >/dev/null
	echo '<domain/>' >"$WORLD/bad.xml"
	run --separate-stderr virtty domxml-to-argv "$WORLD/one.xml" "$WORLD/bad.xml" "$WORLD/two.xml"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == *guest=two,* ]]
	[[ $stderr == "virtty: domxml-to-argv '$WORLD/bad.xml': "* ]]
	[ "$(virtty domxml-to-argv "$WORLD/one.xml" --json | json file)" = "$WORLD/one.xml" ]
}

@test "secrets are not in it" {
	domain_xml web "<graphics type='vnc' port='5999' passwd='geheim12'/>" >"$WORLD/web.xml"
	virtty plan "$WORLD/web.xml" >"$WORLD/plan"
	run ! grep -q geheim12 "$WORLD/plan"
	virtty domxml-to-argv "$WORLD/web.xml" >"$WORLD/argv"
	run ! grep -q geheim12 "$WORLD/argv"
}

@test "a mistake is told with its line" {
	domain_xml web | sed "s|hvm|hvn|" >"$WORLD/web.xml"
	run --separate-stderr virtty domxml-to-argv "$WORLD/web.xml"
	[ "$status" -eq 1 ]
	[[ $stderr == "virtty: domxml-to-argv '$WORLD/web.xml': $WORLD/web.xml:5: "* ]]
}
