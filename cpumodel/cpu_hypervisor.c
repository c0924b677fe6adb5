/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The models that a hypervisor offers: a list in its order, looked up by name. */

#include <cpumodel/cpu_engine.h>

#include <string.h>

CpuHypervisorModel *
cpu_hypervisor_model_new(const char *name, CpuUsable usable)
{
    CpuHypervisorModel *model = g_new0(CpuHypervisorModel, 1);

    model->name = g_strdup(name);
    model->usable = usable;
    model->blockers = g_ptr_array_new_with_free_func(g_free);
    return model;
}

void
cpu_hypervisor_model_free(CpuHypervisorModel *model)
{
    if (model == NULL)
        return;
    g_free(model->name);
    g_free(model->vendor);
    g_free(model->canonical);
    g_ptr_array_unref(model->blockers);
    g_free(model);
}

CpuHypervisorModels *
cpu_hypervisor_models_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)cpu_hypervisor_model_free);
}

CpuHypervisorModels *
cpu_hypervisor_models_copy(const CpuHypervisorModels *models)
{
    CpuHypervisorModels *copies = cpu_hypervisor_models_new();

    for (guint i = 0; i < models->len; i++) {
        const CpuHypervisorModel *model = g_ptr_array_index(models, i);
        CpuHypervisorModel *copy = cpu_hypervisor_model_new(model->name, model->usable);

        copy->is_deprecated = model->is_deprecated;
        copy->vendor = g_strdup(model->vendor);
        copy->canonical = g_strdup(model->canonical);
        for (guint j = 0; j < model->blockers->len; j++)
            g_ptr_array_add(copy->blockers, g_strdup(g_ptr_array_index(model->blockers, j)));
        g_ptr_array_add(copies, copy);
    }
    return copies;
}

const CpuHypervisorModel *
cpu_hypervisor_models_find(const CpuHypervisorModels *models, const char *name)
{
    for (guint i = 0; models != NULL && i < models->len; i++) {
        const CpuHypervisorModel *model = models->pdata[i];

        if (strcmp(model->name, name) == 0)
            return model;
    }
    return NULL;
}
