# shellcheck shell=bash disable=SC2034,SC2086
# packages: what each purpose needs from Debian, and getting it.
#
# One list per purpose.  packages_need PURPOSE... installs what is missing,
# with apt, as root or through sudo; when nothing is missing that costs a few
# milliseconds and asks for no right.

PACKAGES_build="
	ca-certificates
	cmake
	gcc
	libc6-dev
	libevent-dev
	libjson-c-dev
	liblzma-dev
	libncurses-dev
	libpng-dev
	libvncserver-dev
	libvterm-dev
	libxml2-dev
	make
	mandoc
	pkg-config
	uuid-dev
	zlib1g-dev
"

# cpio and xz-utils make the small guest.
PACKAGES_run="
	cpio
	ncurses-base
	qemu-system-x86
	qemu-utils
	xz-utils
"

PACKAGES_test="
	bats
	clang-14
	git
	iproute2
	libclang-rt-14-dev
	llvm-14
	locales
	man-db
	mount
	parallel
	ncurses-bin
	ncurses-term
	ovmf
	procps
	python3
	shellcheck
	strace
	swtpm
	swtpm-tools
	tmux
	util-linux
"

PACKAGES_lint="
	clang-14
	clang-tidy-14
	cppcheck
	mandoc
	shellcheck
"

PACKAGES_fuzz="
	clang-14
	libclang-rt-14-dev
	llvm-14
"

PACKAGES_bench="
	procps
	python3
	strace
"

# packages_need PURPOSE...
packages_need() {
	local missing

	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	packages_say "installing what is missing: ${missing//$'\n'/ }"
	packages_install $missing
}

packages_say() {
	printf '%s\n' "$*" | fold -s -w 76 | sed '1s/^/virtty: /; 2,$s/^/        /' >&2
}

# Those of the purposes' packages that are not installed.
packages_missing() {
	local purpose list wanted

	for purpose; do
		list=PACKAGES_$purpose
		wanted+=" ${!list}"
	done
	comm -23 <(printf '%s\n' $wanted | sort -u) <(packages_installed $wanted | sort -u)
}

packages_installed() {
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
		sed -n 's/^installed //p'
}

# Debian's lists of packages are fetched only when the first try fails.
packages_install() {
	packages_apt install -y --no-install-recommends "$@" 2>/dev/null && return
	packages_update
	packages_apt install -y --no-install-recommends "$@"
}

packages_update() {
	packages_say "fetching Debian's lists of packages (apt-get update)"
	packages_apt update
}

# Quiet, and never a question; what apt says is shown when it fails.
packages_apt() {
	local log status=0

	log=$(mktemp)
	packages_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" \
		</dev/null >"$log" 2>&1 || status=$?
	[ $status = 0 ] || tail -n 5 "$log" >&2
	rm -f "$log"
	return $status
}

packages_as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		packages_say "this needs root, and there is no sudo; as root, run: $*"
		return 1
	fi
}

# packages_extract PACKAGE DIRECTORY: a package's files, without installing it.
packages_extract() {
	local package=$1 into=$2 work

	work=$(mktemp -d)
	(
		cd "$work" || exit
		apt-get -q download "$package" >log 2>&1 ||
			{ packages_update && apt-get -q download "$package" >log 2>&1; } ||
			{ tail -n 5 log >&2; exit 1; }
	) || { rm -rf "$work"; return 1; }
	mkdir -p "$into"
	dpkg-deb -x "$work"/*.deb "$into"
	rm -rf "$work"
}
