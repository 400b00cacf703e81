# bash completion for virtty: asks virtty itself what may come next.

_virtty() {
	local line files='' cur=${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD
	local -a words=("${COMP_WORDS[@]}")

	# bash cuts words at : and =; its completion package puts them together
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n := cur words cword
	fi
	COMPREPLY=()
	while IFS= read -r line; do
		if [ "$line" = :files ]; then
			files=1
		else
			printf -v line %q "${line%%$'\t'*}"
			COMPREPLY+=("$line")
		fi
	done < <("${COMP_WORDS[0]}" complete -- "${words[@]:1:cword}" 2>/dev/null)
	if [ -n "$files" ]; then
		compopt -o filenames 2>/dev/null
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -f -- "$cur")
	fi
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

complete -F _virtty virtty
