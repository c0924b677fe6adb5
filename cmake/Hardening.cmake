# SPDX-License-Identifier: LGPL-2.1-or-later
# Sanitizers for debug presets, hardening flags for release ones.
include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(VIRT_PLAN_SANITIZE)
  add_compile_options(-fsanitize=${VIRT_PLAN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${VIRT_PLAN_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT VIRT_PLAN_FUZZ)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(LINKER:-z,relro LINKER:-z,now)
endif()
if(VIRT_PLAN_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
# Another engine's flags come with the compiler.
if(VIRT_PLAN_FUZZ AND NOT VIRT_PLAN_FUZZING_ENGINE)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
