# Nothing is left out in silence: what nobody reads while a guest is planned is
# reported, and what the description says works is read.

bats_require_minimum_version 1.5.0
load helper

setup() { world_start; }
teardown() { world_stop; }

@test "all that docs/xml.md says works is read when a guest is planned" {
	local planned=0 file why

	for file in "$PROJECT"/tests/xml/*.xml; do
		if ! virtty plan "$file" >"$WORLD/plan" 2>"$WORLD/why"; then
			# What this host or this QEMU lacks is named.
			why=$(cat "$WORLD/why")
			case ${file##*/} in
			newer-* | hostdev-scsi.xml) [[ $why == *"${file##*/}:"* ]] && continue ;;
			esac
			echo "$why"
			return 1
		fi
		if json ignored <"$WORLD/plan" | grep 'nothing acts on it'; then
			echo "in ${file##*/}"
			return 1
		fi
		planned=$((planned + 1))
	done
	[ "$planned" -gt 45 ]
}

@test "what is not acted on is named with its line" {
	sed "s|<devices>|<devices>\n<dsik/>\n|; s|</vcpu>|</vcpu><seclabel type='none'/>|" "$PROJECT/tests/xml/minimal.xml" >"$WORLD/a.xml"
	virtty plan "$WORLD/a.xml" | json ignored >"$WORLD/ignored"
	grep -q "did you mean 'disk'" "$WORLD/ignored"
	grep -q 'domain/devices/dsik' "$WORLD/ignored"
	grep -q 'not labelled' "$WORLD/ignored"
}
