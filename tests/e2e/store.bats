#!/usr/bin/env bats
# store: a definition on disk is the old one or the new one, whatever happens
# while it is saved, and nobody's change is lost.

load helper

setup() {
	world_start
	virtty define "$(domain_file web)"
	virtty dumpxml --inactive web >"$WORLD/old.xml"
	sed "s|<memory unit='MiB'>32<|<memory unit='MiB'>48<|" "$WORLD/old.xml" >"$WORLD/new.xml"
	UUID=$(virtty domuuid web | head -n 1)
	STORED=$XDG_DATA_HOME/virtty/domains/$UUID.xml
	cmp "$STORED" "$WORLD/old.xml"
}

teardown() { world_stop; }

# strace counts calls by thread, and virtty saves on a thread of its own: a
# program that only saves is interrupted instead.
traced_save() {
	ASAN_OPTIONS=detect_leaks=0 timeout 60 strace -qq "$@" \
		"$BUILD/tests/test_store" save "$UUID" web "$WORLD/new.xml" 3>&-
}

# The system calls of a save, from making the directories to the end of the
# program, as "NAME N": the N-th of that name since the program's start.
calls_of_a_save() {
	put_old
	traced_save -o "$WORLD/trace"
	awk '/^[a-z0-9_]+\(/ {
			name = substr($0, 1, index($0, "(") - 1)
			count[name]++
			if (name == "openat" && /domains\/lock"/) saving = 1
			if (saving && name !~ /^exit/) print name, count[name]
		}' "$WORLD/trace"
}

put_old() {
	rm -rf "$XDG_DATA_HOME/virtty/domains/history"
	cp "$WORLD/old.xml" "$STORED"
}

is_whole() {
	cmp -s "$STORED" "$WORLD/old.xml" || cmp -s "$STORED" "$WORLD/new.xml" || {
		echo "torn after $1:"
		cat "$STORED"
		return 1
	}
}

@test "killed at every system call of a save, the file is the old one or the new one" {
	local name n old=0 new=0

	while read -r name n; do
		put_old
		traced_save -o /dev/null -e trace="$name" \
			-e inject="$name:signal=KILL:when=$n" >/dev/null 2>&1 || true
		is_whole "SIGKILL at $name $n"
		if cmp -s "$STORED" "$WORLD/old.xml"; then
			old=$((old + 1))
		else
			new=$((new + 1))
		fi
	done < <(calls_of_a_save)
	echo "$old old, $new new"
	[ "$old" -ge 10 ]
	[ "$new" -ge 3 ]
	virtty define "$WORLD/new.xml"
	cmp "$STORED" "$WORLD/new.xml"
	[ -z "$(find "$XDG_DATA_HOME" -name '.tmp-*')" ]
}

# fails NAME ERROR WORDS: at each such call of a save; when the program says
# that it failed, the old file is there, and it names the reason.
fails() {
	local name n status refused=0

	while read -r name n; do
		[ "$name" = "$1" ] || continue
		put_old
		status=0
		traced_save -o /dev/null -e trace="$name" -e inject="$name:error=$2:when=$n" \
			>"$WORLD/out" 2>&1 || status=$?
		is_whole "$2 at $name $n"
		if [ "$status" -eq 0 ]; then
			cmp -s "$STORED" "$WORLD/new.xml"
		else
			refused=$((refused + 1))
			[ "$status" -eq 1 ]
			cmp "$STORED" "$WORLD/old.xml"
			grep -qi -- "$3" "$WORLD/out" || {
				echo "$2 at $name $n says:"
				cat "$WORLD/out"
				return 1
			}
		fi
	done < <(calls_of_a_save)
	echo "refused $refused times"
	[ "$refused" -ge 1 ]
}

@test "a full disk keeps the old file and says so" {
	fails write ENOSPC "No space left on device"
}

@test "an error of the disk keeps the old file and says so" {
	fails fsync EIO "Input/output error"
	fails rename EIO "Input/output error"
}

@test "no descriptors left keeps the old file and says so" {
	fails openat EMFILE "Too many open files"
}

@test "of two editors who loaded the same version the second is refused" {
	local slow status editor=$WORLD/editor

	mkfifo "$WORLD/go"
	cat >"$editor" <<-'END'
		#!/bin/sh
		sed -i "s|<memory unit='MiB'>32<|<memory unit='MiB'>$MEMORY<|" "$1"
		[ -z "$GO" ] || read -r _ <"$GO"
	END
	chmod +x "$editor"
	EDITOR=$editor MEMORY=40 GO=$WORLD/go "$VIRTTY" edit web </dev/null >"$WORLD/slow" 2>&1 3>&- &
	slow=$!
	wait_for 10 pgrep -f "$editor"
	EDITOR=$editor MEMORY=50 virtty edit web
	echo >"$WORLD/go"
	status=0
	wait "$slow" || status=$? # not with run: its subshell has no such child
	cat "$WORLD/slow"
	[ "$status" -ne 0 ]
	grep -q "changed by someone else" "$WORLD/slow"
	grep -q "'MiB'>50<" "$STORED"
}

@test "many editors at once lose no update" {
	local i pids=() editor=$WORLD/editor

	cat >"$editor" <<-'END'
		#!/usr/bin/python3
		import re, sys
		text = open(sys.argv[1]).read()
		text = re.sub(r"('MiB'>)(\d+)", lambda m: m[1] + str(int(m[2]) + 1), text)
		open(sys.argv[1], "w").write(text)
	END
	chmod +x "$editor"
	for i in 1 2 3 4 5 6 7 8; do
		(EDITOR=$editor virtty edit web </dev/null >/dev/null 2>&1 3>&- && touch "$WORLD/saved.$i") &
		pids+=($!)
	done
	for i in "${pids[@]}"; do # wait alone would wait for bats' own clock too
		wait "$i" || true
	done
	run find "$WORLD" -name 'saved.*'
	[ "${#lines[@]}" -ge 1 ]
	grep -q "'MiB'>$((32 + ${#lines[@]}))<" "$STORED"
}

@test "a taken name and a taken uuid are refused with the remedy" {
	run virtty define "$(domain_file web)"
	[ "$status" -eq 1 ]
	[[ $output == *"domain 'web' already exists with uuid"* ]]
	[[ $output == *"→"* ]]
	sed 's|<name>web<|<name>other<|' "$WORLD/old.xml" >"$WORLD/other.xml"
	run virtty define "$WORLD/other.xml"
	[ "$status" -eq 1 ]
	[[ $output == *"is domain 'web' already"* ]]
}

@test "what is undefined is in the history" {
	virtty undefine web
	[ ! -e "$STORED" ]
	cmp "$XDG_DATA_HOME/virtty/domains/history/$UUID/1.xml" "$WORLD/old.xml"
	virtty define "$WORLD/old.xml"
	cmp "$STORED" "$WORLD/old.xml"
}

@test "foreign and broken files do not hide the others" {
	echo "not xml" >"$XDG_DATA_HOME/virtty/domains/notes.txt"
	printf '<domain><na' >"$XDG_DATA_HOME/virtty/domains/aaaaaaaa-0000-4000-8000-000000000001.xml"
	mkdir "$XDG_DATA_HOME/virtty/domains/aaaaaaaa-0000-4000-8000-000000000002.xml"
	run virtty list --all
	[ "$status" -eq 0 ]
	[[ $output == *" web "* ]]
	[[ $output == *"aaaaaaaa-0000-4000-8000-000000000001"*"no state"* ]]
	[[ $output != *"000000000002"* ]]
}

@test "a definition that is edited by hand is seen, whatever the index says" {
	virtty list --all
	sed -i 's|<name>web<|<name>wob<|' "$STORED"
	run virtty list --all --name
	[[ $output == *wob* ]]
	echo garbage >"$XDG_CACHE_HOME/virtty/index"
	run virtty list --all --name
	[[ $output == *wob* ]]
}
