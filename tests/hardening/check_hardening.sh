#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: check_hardening.sh PROGRAM
#        check_hardening.sh --probe CMAKE COMPILER FOLDER
# Is a program what cmake/Hardening.cmake promises of a release? With --probe, of one that is built
# in FOLDER with those flags.
set -eu
export LC_ALL=C

if [ "$1" = --probe ]; then
    "$2" -S "$(dirname "$0")" -B "$4" -DCMAKE_C_COMPILER="$3" > "$4.log" 2>&1 &&
        "$2" --build "$4" >> "$4.log" 2>&1 || { cat "$4.log"; exit 1; }
    set -- "$4/probe"
fi

status=0
# must TEXT PATTERN WHAT
must() {
    grep -Eq -- "$2" <<< "$1" || { echo "$program: $3"; status=1; }
}

program=$1
must "$(readelf -hW "$program")" 'Type: +DYN' 'it is not position independent'
must "$(readelf -lW "$program")" 'GNU_RELRO' 'it has no read-only relocations'
must "$(readelf -lW "$program")" 'GNU_STACK .* RW +0x' 'its stack is executable'
must "$(readelf -dW "$program")" 'FLAGS.*(BIND_NOW|NOW)' 'symbols are bound late'
must "$(readelf -sW --dyn-syms "$program")" '__stack_chk_fail' 'stacks are not protected'
must "$(readelf -sW --dyn-syms "$program")" '__[a-z]+_chk@' 'copies are not checked'
exit $status
