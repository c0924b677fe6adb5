/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The map compiled into the program: declarations that the map compiler made of cpumodel/map/, fed
 * to the same builder that reads any other map. The compiler has fed them to it once already, so
 * that nothing can be refused here.
 */

#include "cpu_map_private.h"

static void
add_family(CpuMapBuilder *builder, const CpuMapTables *tables)
{
    gboolean is_well = TRUE;

    for (guint i = 0; i < tables->n_vendors; i++)
        is_well &= cpu_map_builder_add_vendor(builder, tables->family, &tables->vendors[i], NULL);
    for (guint i = 0; i < tables->n_features; i++)
        is_well &= cpu_map_builder_add_feature(builder, tables->family, &tables->features[i], NULL);
    for (guint i = 0; i < tables->n_models; i++)
        is_well &= cpu_map_builder_add_model(builder, tables->family, &tables->models[i], NULL);
    g_assert(is_well);
}

CpuMap *
cpu_map_new_builtin(void)
{
    CpuMapBuilder *builder = cpu_map_builder_new("built-in");

    for (guint i = 0; i < cpu_map_builtin_n_tables; i++)
        add_family(builder, &cpu_map_builtin_tables[i]);
    return cpu_map_builder_finish(builder);
}
