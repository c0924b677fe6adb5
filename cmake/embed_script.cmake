# SPDX-License-Identifier: LGPL-2.1-or-later
# Run by virt_plan_embed(): turns INPUT into a C array named SYMBOL in OUTPUT. Bytes are written as
# character constants, which are chars whether char is signed or not.
file(READ ${INPUT} hex HEX)
string(LENGTH "${hex}" hex_length)
math(EXPR length "${hex_length} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
string(REPEAT "'.x..'," 16 line)
string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT}
"#include <stddef.h>
extern const char ${SYMBOL}[];
extern const size_t ${SYMBOL}_len;
const char ${SYMBOL}[] = {
${bytes}'\\0'};
const size_t ${SYMBOL}_len = ${length};
")
