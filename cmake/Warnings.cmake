# SPDX-License-Identifier: LGPL-2.1-or-later
# The warnings every target of the project is built with; VIRT_PLAN_WERROR makes them errors.
set(VIRT_PLAN_C_WARNINGS
  -Wall -Wextra -Wshadow -Wvla -Wconversion -Wno-sign-conversion -Wcast-qual
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings
  -Wformat=2 -Wundef -Wpointer-arith -Wswitch-enum -Wno-switch-default)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  list(APPEND VIRT_PLAN_C_WARNINGS -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init)
endif()
if(VIRT_PLAN_WERROR)
  list(APPEND VIRT_PLAN_C_WARNINGS -Werror)
endif()
add_compile_options(${VIRT_PLAN_C_WARNINGS})
