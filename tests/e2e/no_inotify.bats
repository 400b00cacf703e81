#!/usr/bin/env bats
# A user has few inotify instances, and other programs may hold them all: guests
# and commands do without.

load helper

setup() {
	world_start
}

teardown() {
	world_stop
}

# Run a command in a user namespace that allows no inotify instance.
without_inotify() {
	unshare --user --map-root-user sh -c \
		'echo 0 >/proc/sys/user/max_inotify_instances && exec "$@"' sh "$@"
}

@test "without inotify a guest is started, looked at and ended" {
	domain_xml web >"$WORLD/web.xml"
	virtty define "$WORLD/web.xml"
	without_inotify "$VIRTTY" start web
	run without_inotify "$VIRTTY" domstate web
	[ "$output" = running ]
	# its supervisor was started there as well, and still finds its runtime directory gone
	socket=$(echo "$XDG_RUNTIME_DIR"/virtty/*/supervisor.sock)
	[ -S "$socket" ]
	rm -rf "$XDG_RUNTIME_DIR/virtty"
	wait_for 20 test -S "$socket"
	without_inotify "$VIRTTY" destroy web
	run virtty domstate --reason web
	[[ $output == "shut off (destroyed)"* ]]
}
