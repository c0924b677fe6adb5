# SPDX-License-Identifier: LGPL-2.1-or-later
# virt_plan_library(NAME DEPENDS TARGET... SOURCES FILE...)
#
# A stage of the flow. Its public headers live in include/NAME/ and are all that those who link it
# can include; its private headers lie beside its sources. A stage that is not named after DEPENDS
# cannot be included, so a wrong arrow does not build.
function(virt_plan_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;SOURCES" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC include PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS})
endfunction()
