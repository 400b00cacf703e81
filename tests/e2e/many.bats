# many: 300 guests at once, their CPUs stopped; looking at them stays quick.
# alone

load helper

COUNT=300

setup() {
	world_start
}

teardown() {
	world_stop
}

# Milliseconds that a command takes.
milliseconds() {
	local from=${EPOCHREALTIME/./}

	"$@" >/dev/null
	echo $(((${EPOCHREALTIME/./} - from) / 1000))
}

start_all() {
	local number name

	for ((number = 0; number < COUNT; number++)); do
		printf -v name 'many-%03d' $number
		DOMAIN_MEMORY=16 domain_file "$name" >/dev/null
		virtty define "$WORLD/$name.xml" >/dev/null
		virtty start --paused "$name" >/dev/null
	done
}

# The best of five, because the machine may have other work.
quick() {
	local limit=$1 best=999999 took

	shift
	for _ in 1 2 3 4 5; do
		took=$(milliseconds "$@")
		[ "$took" -ge "$best" ] || best=$took
	done
	echo "# $*: $best ms" >&3
	[ "$best" -lt "$limit" ]
}

supervisor_is_small() {
	local kib

	kib=$(awk '/^Private_/ { sum += $2 } END { print sum }' \
		"/proc/$(supervisor_pid many-000)/smaps_rollup")
	echo "# supervisor: $kib KiB of its own" >&3
	[ "$kib" -lt 2048 ]
}

@test "300 guests at once: list and interface stay quick, and all of them end" {
	start_all
	[ "$(virtty list --name | grep -c .)" = $COUNT ]
	quick 500 virtty list
	supervisor_is_small

	term_start 80 24 "$VIRTTY"
	term_wait many-000
	term_keys G
	term_wait many-299 2
	virtty resume many-299
	term_wait 'many-299 +running' 2
	term_keys q
	term_ended

	for name in $(virtty list --name); do
		virtty destroy "$name" >/dev/null
	done
	[ "$(virtty list --name | grep -c .)" = 0 ]
}
