#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: run_live.sh PROGRAM...: runs a test that has libvirt's drivers in its own process, and once
# more where it was libvirt that crashed, as libvirt 9.0 did once on a busy machine while it examined
# a QEMU.
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

"$@" 2>"$log"
status=$?
cat "$log" >&2
if [ "$status" -ne 0 ] && grep -q 'AddressSanitizer: SEGV' "$log" &&
    grep -q '^ *#0 .*/libvirt[^/]*\.so' "$log"; then
    echo "run_live.sh: libvirt itself crashed; once more" >&2
    "$@"
    status=$?
fi
exit "$status"
