# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion of virt-plan: the program itself says what could come next.
function __virt_plan_complete
    set -l words (commandline -opc)[2..-1] (commandline -ct)
    for line in (virt-plan __complete $words 2>/dev/null)
        if test "$line" = ":files"
            # The part of "--option=value" that is the value.
            set -l before (string match -r -- '^--[^=]*=' (commandline -ct))
            for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' (commandline -ct)))
                echo "$before$path"
            end
        else
            echo $line
        end
    end
end
complete -c virt-plan -f -a '(__virt_plan_complete)'
