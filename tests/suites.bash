# shellcheck shell=bash
# suites: what ./dev test runs, and the sums at its end.
#
# A suite is a function suite_NAME that prints TAP.  Its whole output goes to
# build/test-logs/NAME.log; on the screen it is one line, and after it what
# failed.  A skipped test counts as failed: what was not looked at is not known
# to be right.  The last line is "N passed, N failed".
#
# All suites share a private TMPDIR; at the end nothing of it may be running.

SUITES="lint unit sanitize e2e e2e_sanitize fuzz corpus"

suites_main() {
	local wanted=${*:-$SUITES} name

	packages_need build run test fuzz
	LOGS=$BUILD/test-logs
	PASSED=0 FAILED=0
	rm -rf "$LOGS"
	mkdir -p "$LOGS"
	suites_private
	trap suites_end EXIT
	for name in $wanted; do
		declare -F "suite_$name" >/dev/null || { say "no such suite: $name"; exit 2; }
	done
	suites_prepare "$wanted"
	for name in $wanted; do
		suite_run "$name"
	done
	suite_run leftovers
	exit $((FAILED > 0))
}

# Nothing of the user's own is touched by any test.
suites_private() {
	PRIVATE=$(mktemp -d "${TMPDIR:-/tmp}/virtty-test.XXXXXX")
	export TMPDIR=$PRIVATE HOME=$PRIVATE/home LC_ALL=C.UTF-8
	export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share
	export XDG_STATE_HOME=$HOME/.local/state XDG_CACHE_HOME=$HOME/.cache
	export XDG_RUNTIME_DIR=$PRIVATE/run VIRTTY_GUESTS=$GUESTS
	export VIRTTY_DEFAULT_URI=qmp:///session
	unset VIRTTY_SUPERVISOR VIRTTY_BUILD DISPLAY TMUX
	mkdir -m 700 "$HOME" "$XDG_RUNTIME_DIR"
}

suites_end() {
	local pids

	pids=$(suites_running)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
	rm -rf "$PRIVATE"
	printf '%d passed, %d failed\n' "$PASSED" "$((FAILED + (PASSED == 0 && FAILED == 0)))"
}

# Builds and guests first: a tree that does not build is one failure.
suites_prepare() {
	suites_say "building (gcc)"
	build_normal || suites_cannot "the build with gcc"
	case $1 in
	*sanitize* | *fuzz*)
		suites_say "building (clang, with sanitizers and fuzzers)"
		build_sanitized || suites_cannot "the build with clang"
		;;
	esac
	suites_say "making guests"
	for guest in linux memtest grub-rescue; do
		"$PROJECT/tests/guests/$guest" --into "$GUESTS" || suites_cannot "the guest $guest"
	done
}

suites_say() {
	printf '%s ...\n' "$*"
}

suites_cannot() {
	printf 'not ok - %s\n' "$1"
	FAILED=$((FAILED + 1))
	exit 1
}

# Pids of what runs out of our private directory, but for the shells that ask.
# Two looks, one after the other: what looks is new in each.
suites_running() {
	local first

	first=$(suites_look)
	comm -12 <(echo "$first") <(suites_look) | grep -vxFf <(suites_shells) || true
}

# By working directory or environment.
suites_look() {
	{
		grep -lzsFx "TMPDIR=$PRIVATE" /proc/[0-9]*/environ || true
		find /proc/[0-9]*/cwd -maxdepth 0 -lname "$PRIVATE/*" 2>/dev/null || true
	} | sed -n 's|^/proc/\([0-9]*\)/.*|\1|p' | sort -u
}

# This shell and the shells it runs in.
suites_shells() {
	local pid=$BASHPID

	while [ "${pid:-0}" -gt 1 ]; do
		echo "$pid"
		pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status")
	done
}

# --- running one -------------------------------------------------------------

suite_run() {
	local name=$1 log=$LOGS/$1.log from=$SECONDS status=0 passed failed

	("suite_$name") </dev/null >"$log" 2>&1 || status=$?
	passed=$(grep -cE '^ok ' "$log" || true)
	failed=$(grep -ciE '^(not ok |ok .*# *skip)' "$log" || true)
	passed=$((passed - $(grep -ciE '^ok .*# *skip' "$log" || true)))
	if [ $status != 0 ] && [ "$failed" = 0 ]; then
		failed=1
		printf 'not ok - %s ended with status %d\n' "$name" $status >>"$log"
	fi
	PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
	printf '%-13s %5d passed %5d failed %6d s\n' "$name" "$passed" "$failed" $((SECONDS - from))
	sed -n 's/^# note: //p' "$log"
	[ "$failed" = 0 ] || suite_failures "$log"
}

# The failed tests with what they said; of a log without any, its end.
suite_failures() {
	awk '/^not ok|^ok .*# *skip/ { show = 1; print; next }
	     /^ok |^1\.\.|^runner:|^# test_/ { show = 0 }
	     show' "$1" | head -n 200
	if ! grep -qE '^not ok .*[^0-9]$' "$1"; then
		tail -n 20 "$1"
	fi
	printf '(all of it: %s)\n' "$1"
}

# --- the suites --------------------------------------------------------------

suite_lint() {
	"$PROJECT/tests/lint/quick"
}

suite_unit() {
	suite_ctest "$BUILD"
}

suite_sanitize() {
	export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
	suite_ctest "$SANITIZED"
}

# ctest keeps each program's TAP in its log; a program that fails without
# saying "not ok" crashed, hung or leaked.
suite_ctest() {
	local status=0

	ctest --test-dir "$1" -j "$(nproc)" --timeout 120 >"$LOGS/ctest.out" 2>&1 || status=$?
	awk '/^[0-9]+\/[0-9]+ Test: / { name = $3; bad = 0; print "# " name }
	     /^<end of output>/ { inside = 0 }
	     inside { print }
	     inside && /^not ok/ { bad++ }
	     /^-----/ && wait { wait = 0; inside = 1 }
	     /^Output:$/ { wait = 1 }
	     /^Test (Fail|time.*Timeout)/ && !bad { bad++; print "not ok - " name " did not end well" }
	    ' "$1/Testing/Temporary/LastTest.log"
	return $status
}

suite_e2e() {
	local status=0

	e2e_together "$BUILD" || status=$?
	e2e_alone "$BUILD" || status=$?
	return $status
}

# Once more with the sanitizers: their complaints fail the test (helper.bash).
suite_e2e_sanitize() {
	e2e_together "$SANITIZED"
}

e2e_together() {
	export VIRTTY_BUILD=$1 BATS_TEST_TIMEOUT=240
	cd "$PROJECT/tests/e2e" || return
	# shellcheck disable=SC2046
	bats --formatter tap --jobs "$(nproc)" $(grep -Lx '# alone' -- *.bats)
}

# Files that measure say "# alone" and get the machine for themselves.
e2e_alone() {
	export VIRTTY_BUILD=$1 BATS_TEST_TIMEOUT=240
	cd "$PROJECT/tests/e2e" || return
	# shellcheck disable=SC2046
	bats --formatter tap $(grep -lx '# alone' -- *.bats)
}

suite_fuzz() {
	"$PROJECT/tests/fuzz/run" --seconds 10 --same 50000 --build "$SANITIZED"
}

suite_corpus() {
	"$PROJECT/tests/corpus" "$BUILD/virtty" "$GUESTS"
}

suite_leftovers() {
	local pid any=0

	for pid in $(suites_running); do
		any=1
		printf 'not ok - left running: %s %s\n' "$pid" \
			"$(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -c 1-200)"
	done
	[ $any = 1 ] || echo "ok - nothing is left running"
}
