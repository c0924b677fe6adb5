# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion of virt-plan: the program itself says what could come next.
_virt_plan()
{
    local line
    local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")

    COMPREPLY=()
    while IFS= read -r line; do
        if [ "$line" = ":files" ]; then
            compopt -o filenames
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${words[-1]}")
        else
            COMPREPLY+=("${line%%$'\t'*}")
        fi
    done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
}
complete -F _virt_plan virt-plan
