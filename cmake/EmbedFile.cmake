# SPDX-License-Identifier: LGPL-2.1-or-later
# virt_plan_embed(TARGET SYMBOL FILE): makes FILE's bytes, NUL-terminated, available to TARGET as
#   extern const char SYMBOL[]; extern const size_t SYMBOL_len;
set(VIRT_PLAN_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_script.cmake)
function(virt_plan_embed target symbol file)
  get_filename_component(input ${file} ABSOLUTE)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DSYMBOL=${symbol}
            -P ${VIRT_PLAN_EMBED_SCRIPT}
    DEPENDS ${input} ${VIRT_PLAN_EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
