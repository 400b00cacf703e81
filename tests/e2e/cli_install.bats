# What `cmake --install` puts where, and that it runs from there.

bats_require_minimum_version 1.5.0
load helper

# Both install from one build tree, where the units are filled in.
setup_file() { export BATS_NO_PARALLELIZE_WITHIN_FILE=true; }
setup() { world_start; }
teardown() { world_stop; }

@test "everything is installed, and the installed program starts a guest" {
	local prefix=$WORLD/prefix file

	cmake --install "$BUILD" --prefix "$prefix" >/dev/null
	for file in bin/virtty libexec/virtty/virtty-supervisor share/man/man1/virtty.1 \
		share/virtty/themes/dark.theme lib/systemd/system/virtty-autostart.service \
		lib/systemd/user/virtty-autostart.service \
		share/bash-completion/completions/virtty share/zsh/site-functions/_virtty \
		share/fish/vendor_completions.d/virtty.fish; do
		[ -s "$prefix/$file" ] || { echo "missing: $file"; false; }
	done
	# shellcheck disable=SC2034 # the helper's
	VIRTTY=$prefix/bin/virtty
	virtty -q define "$(domain_file web)"
	virtty -q start web
	[ "$(readlink "/proc/$(supervisor_pid web)/exe")" = "$prefix/libexec/virtty/virtty-supervisor" ]
	virtty -q destroy web
}

@test "the units run what the manual says" {
	local unit

	for unit in system user; do
		cmake --install "$BUILD" --prefix "$WORLD/prefix" >/dev/null
		grep -q "^ExecStart=$WORLD/prefix/bin/virtty -c qmp:///[a-z]* autostart-all\$" \
			"$WORLD/prefix/lib/systemd/$unit/virtty-autostart.service"
		grep -q '^ExecStop=/.*/virtty -c qmp:///[a-z]* shutdown-all --timeout 120$' \
			"$WORLD/prefix/lib/systemd/$unit/virtty-autostart.service"
	done
	virtty help autostart-all | grep -q '^virtty autostart-all'
	virtty help shutdown-all | grep -q -- '--timeout SECONDS'
}
