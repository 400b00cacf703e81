# shellcheck shell=bash disable=SC2034
# common: what the makers of guests share: the command line, a cache directory
# that one maker at a time fills, and files of Debian packages without
# installing them.

GUESTS_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
GUESTS_PROJECT=$(cd "$GUESTS_HERE/../.." && pwd)
# shellcheck source=tests/packages.bash
. "$GUESTS_HERE/../packages.bash"

INTO=$GUESTS_PROJECT/build/guests
ACTION="make"
NAME=
TYPE=qemu
DEVICES=
MEMORY=256
CMDLINE=

guests_usage() {
	sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}

guests_arguments() {
	while [ $# -gt 0 ]; do
		case $1 in
		--into) INTO=$2; shift ;;
		--xml) ACTION=xml ;;
		--name) NAME=$2; shift ;;
		--type) TYPE=$2; shift ;;
		--memory) MEMORY=$2; shift ;;
		--devices) DEVICES=$2; shift ;;
		--cmdline) CMDLINE=$2; shift ;;
		--help) guests_usage; exit 0 ;;
		*) echo "$0: unknown argument: $1" >&2; guests_usage >&2; exit 2 ;;
		esac
		shift
	done
	mkdir -p "$INTO"
	INTO=$(cd "$INTO" && pwd)
}

# guests_make MAKER FILE...: run MAKER unless all files are there and newer
# than the maker's own sources; one at a time.
guests_make() {
	local maker=$1 lock

	shift
	guests_stale "$@" || return 0
	exec {lock}>"$INTO/.lock"
	flock "$lock"
	if guests_stale "$@"; then
		WORK=$(mktemp -d "$INTO/.work.XXXXXX")
		trap 'rm -rf "$WORK"' EXIT
		"$maker"
		rm -rf "$WORK"
	fi
	exec {lock}>&-
}

guests_stale() {
	local file source

	for file; do
		[ -s "$INTO/$file" ] || return 0
		for source in "$0" "$0".*; do
			[ ! -e "$source" ] || [ ! "$source" -nt "$INTO/$file" ] || return 0
		done
	done
	return 1
}

# guests_file PACKAGE PATH-PATTERN: prints the file's path: the installed one,
# else from the package, fetched and unpacked below $WORK.
guests_file() {
	local found

	found=$(guests_newest "$2")
	if [ -z "$found" ]; then
		[ -d "$WORK/$1" ] || {
			packages_say "fetching $1 for a guest (not installing it)"
			packages_extract "$1" "$WORK/$1"
		}
		found=$(guests_newest "$WORK/$1$2")
	fi
	[ -n "$found" ] || { echo "$1 has no $2" >&2; return 1; }
	echo "$found"
}

guests_newest() {
	local file newest=

	while read -r file; do
		[ ! -r "$file" ] || newest=$file
	done < <(compgen -G "$1" | sort -V)
	echo "$newest"
}

# Into place in one step, so that nobody sees half a file.
guests_install() {
	mv -f "$1" "$INTO/$2"
}
