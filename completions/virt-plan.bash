# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion of virt-plan: the program itself says what could come next.
_virt_plan()
{
    local line word before="" i
    local -a words=()

    # bash takes "--option=value" for three words; the program and the user take it for one.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((${#words[@]})) && { [[ $word == "=" ]] || [[ ${COMP_WORDS[i - 1]} == "=" ]]; }; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    [[ ${words[-1]} != --*=* ]] || before=${words[-1]%%=*}=

    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == ":files" ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${words[-1]#"$before"}")
        else
            line=${line%%$'\t'*}
            printf -v line %q "${line#"$before"}"
            COMPREPLY+=("$line")
        fi
    done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
}
complete -F _virt_plan virt-plan
