# bash completion for virtty: asks virtty itself what may come next.

_virtty() {
	local line files=
	local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")

	COMPREPLY=()
	while IFS= read -r line; do
		if [ "$line" = :files ]; then
			files=1
		else
			printf -v line %q "${line%%$'\t'*}"
			COMPREPLY+=("$line")
		fi
	done < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)
	if [ -n "$files" ]; then
		compopt -o filenames 2>/dev/null
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
	fi
}

complete -F _virtty virtty
