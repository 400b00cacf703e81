# hostile: strings made to do harm, in every text field of a definition. They
# never change the shape of QEMU's command line, nor reach a terminal as they
# are; documents made to eat the machine are refused at once.

load helper

setup() {
	world_start
}

teardown() {
	world_stop
}

@test "hostile strings in every field leave the shape of the arguments alone" {
	python3 hostile.py shape "$VIRTTY" "$WORLD"
}

@test "hostile names, titles and descriptions reach no terminal raw" {
	python3 hostile.py terminal "$VIRTTY" "$WORLD"
}

@test "a hostile name stays inside the directory" {
	local before after

	domain_xml '../../../escape' >"$WORLD/x.xml"
	before=$(find "$WORLD" -name '*escape*')
	virtty define "$WORLD/x.xml" || true
	after=$(find "$WORLD" -name '*escape*')
	[ "$before" = "$after" ]
}

@test "any DOCTYPE is refused in under 100 ms and 64 MB" {
	python3 hostile.py doctype "$VIRTTY" "$WORLD"
}
