# SPDX-License-Identifier: LGPL-2.1-or-later
# virt_plan_data(TARGET TABLE FILE): makes the facts in FILE, a YAML sequence of flat mappings, a
# table of TARGET, which declares it in its data.h:
#   extern const ROW TABLE[]; extern const guint n_TABLE;
# cpumodel/tools/compile_data.c knows the columns of each.
function(virt_plan_data target table file)
  get_filename_component(input ${file} ABSOLUTE)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${table}.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND compile-data ${table} ${input} ${output}
    DEPENDS compile-data ${input}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
