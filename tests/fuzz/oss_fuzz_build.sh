#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds the fuzz targets as OSS-Fuzz calls for it: with $CC and $CFLAGS, linked with
# $LIB_FUZZING_ENGINE, below $WORK; puts each program with its seeds and dictionary into $OUT.
set -euo pipefail
: "${OUT:?the folder for what is built}" "${WORK:?the folder to build in}" "${LIB_FUZZING_ENGINE:?}"
source=$(cd "$(dirname "$0")/../.." && pwd)

# The build type adds no flags to those that are given.
cmake -S "$source" -B "$WORK/virt-plan" -G Ninja -DCMAKE_BUILD_TYPE=None -DVIRT_PLAN_FUZZ=ON \
    -DVIRT_PLAN_FUZZING_ENGINE="$LIB_FUZZING_ENGINE"
cmake --build "$WORK/virt-plan" --target fuzz_targets

for program in "$WORK"/virt-plan/tests/fuzz/fuzz.*; do
    target=${program##*/fuzz.}
    cp "$program" "$OUT/virt-plan-$target"
    cp "$source/tests/fuzz/xml.dict" "$OUT/virt-plan-$target.dict"
    (cd "$source/tests/fuzz/seeds/$target" && zip -qr "$OUT/virt-plan-${target}_seed_corpus.zip" .)
done
