/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu_random.h"

#include <string.h>

#define MAX_FEATURES 60

/* Children that mean nothing, something, or an error, wherever they stand. */
static const char *const oddities[] = {
    "<topology sockets='1' cores='2' threads='2'/>",
    "<topology sockets='1' dies='2' cores='2' threads='2'/>",
    "<topology sockets='1' cores='0' threads='1'/>",
    "<topology sockets='1' cores='2'/>",
    "<topology sockets=' +1' cores='2' threads='1 '/>",
    "<cache mode='emulate' level='3'/>",
    "<cache mode='disable'/>",
    "<cache mode='emulate' level='4'/>",
    "<cache level='3'/>",
    "<cache mode='disable'/><cache mode='disable'/>",
    "<maxphysaddr mode='passthrough'/>",
    "<maxphysaddr mode='emulate' bits='42'/>",
    "<maxphysaddr mode='emulate' bits='-1'/>",
    "<maxphysaddr bits='42'/>",
    "<counter name='tsc' frequency='2500000000' scaling='yes'/>",
    "<counter name='tsc'/>",
    "<counter name='hpet'/>",
    "<counter name='tsc' frequency='1' scaling='maybe'/>",
    "<signature family='6' model='85' stepping='4'/>",
    "<signature family='0' model='85' stepping='4'/>",
    "<signature family='6' model='85'/>",
    "<microcode version='33554509'/>",
    "<microcode version='0x1'/>",
    "<feature/>",
    "<feature name=''/>",
    "<feature name='sse'/><feature name='sse'/>",
    "<feature policy='require' name='rdtscp'/>",
    "<feature policy='sometimes' name='rdtscp'/>",
    "<numa><cell id='0' cpus='0' memory='1'/></numa>",
    "<model>486</model>",
    "<vendor>AMD</vendor>",
    "<vendor></vendor>",
    "<unknown><feature name='nothing'/></unknown>",
    "some text",
    "<!-- a comment -->",
};

/* Names that no map has as features. */
static const char *const strange_features[] = {"bogus", "sse4-1", "SSE2", "xd", "hv-vapic"};

gboolean
cpu_random_chance(const CpuRandom *random, guint percent)
{
    return (guint)g_rand_int_range(random->rand, 0, 100) < percent;
}

const CpuModel *
cpu_random_model(const CpuRandom *random)
{
    guint n = cpu_map_n_models(random->map, CPU_FAMILY_X86);

    return cpu_map_model(random->map, CPU_FAMILY_X86,
                         (guint)g_rand_int_range(random->rand, 0, (gint32)n));
}

const char *
cpu_random_feature(const CpuRandom *random)
{
    guint n = cpu_map_n_features(random->map, CPU_FAMILY_X86);

    if (!random->is_clean && g_rand_int_range(random->rand, 0, 1000) < 2)
        return strange_features[g_rand_int_range(random->rand, 0, G_N_ELEMENTS(strange_features))];
    return cpu_map_feature(random->map, CPU_FAMILY_X86,
                           (guint)g_rand_int_range(random->rand, 0, (gint32)n))
        ->name;
}

/* Features of a model that is not the definition's own: CPUs that nearly are another one. */
static void
add_model_features(const CpuRandom *random, CpuDefinition *cpu, CpuPolicy policy)
{
    const CpuModel *other = cpu_random_model(random);

    for (guint i = 0; i < cpu_map_n_features(random->map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(random->map, CPU_FAMILY_X86, i);

        if (cpu_set_contains(&other->set, &feature->bits) && cpu_random_chance(random, 95))
            cpu_definition_set_feature(cpu, feature->name, policy);
    }
}

static void
add_vendor(const CpuRandom *random, CpuDefinition *cpu, const CpuModel *model)
{
    static const char *const vendors[] = {"Intel", "AMD", "Hygon", "Nope"};

    if (!cpu_random_chance(random, 60))
        return;
    if (model->vendor != NULL && (random->is_clean || !cpu_random_chance(random, 5)))
        cpu->vendor = g_strdup(model->vendor->name);
    else if (!random->is_clean && cpu_random_chance(random, 20))
        cpu->vendor = g_strdup(vendors[g_rand_int_range(random->rand, 0, G_N_ELEMENTS(vendors))]);
}

CpuDefinition *
cpu_random_host(const CpuRandom *random, const CpuModel *model)
{
    CpuDefinition *cpu = cpu_definition_new(CPU_TYPE_HOST);
    gint n = cpu_random_chance(random, 30) ? 0 : g_rand_int_range(random->rand, 0, MAX_FEATURES);

    if (model == NULL)
        model = cpu_random_model(random);
    cpu->arch = cpu_random_chance(random, 10) ? CPU_ARCH_I686 : CPU_ARCH_X86_64;
    cpu->model = g_strdup(model->name);
    if (!random->is_clean && cpu_random_chance(random, 1))
        cpu->model[0] = 'B';
    add_vendor(random, cpu, model);
    if (cpu_random_chance(random, 40))
        add_model_features(random, cpu, CPU_POLICY_NONE);
    for (gint i = 0; i < n; i++)
        cpu_definition_set_feature(cpu, cpu_random_feature(random), CPU_POLICY_NONE);
    return cpu;
}

CpuDefinition *
cpu_random_guest(const CpuRandom *random)
{
    CpuDefinition *cpu = cpu_definition_new(CPU_TYPE_GUEST);
    const CpuModel *model = cpu_random_model(random);
    gint n = g_rand_int_range(random->rand, 0, 8);

    if (cpu_random_chance(random, 15))
        cpu->mode = (CpuMode)g_rand_int_range(random->rand, 0, CPU_MODE_COUNT);
    if (cpu_random_chance(random, 30))
        cpu->match = (CpuMatch)g_rand_int_range(random->rand, 0, CPU_MATCH_COUNT);
    if (cpu->mode == CPU_MODE_CUSTOM) {
        cpu->model = g_strdup(model->name);
        add_vendor(random, cpu, model);
        if (cpu_random_chance(random, 30))
            cpu->fallback = CPU_FALLBACK_FORBID;
    }
    if (cpu_random_chance(random, 10))
        add_model_features(random, cpu, CPU_POLICY_DISABLE);
    for (gint i = 0; i < n; i++)
        cpu_definition_set_feature(cpu, cpu_random_feature(random),
                                   (CpuPolicy)g_rand_int_range(random->rand, 0, CPU_POLICY_COUNT));
    return cpu;
}

char *
cpu_random_text(const CpuRandom *random, const CpuDefinition *cpu)
{
    GString *text = g_string_new(NULL);

    cpu_definition_format(cpu, 0, text);
    if (!cpu_random_chance(random, 4))
        return g_string_free(text, FALSE);
    const char *oddity = oddities[g_rand_int_range(random->rand, 0, G_N_ELEMENTS(oddities))];
    const char *place =
        cpu_random_chance(random, 50) ? strchr(text->str, '>') : g_strrstr(text->str, "</cpu>") - 1;
    if (place != NULL && place[0] != '\0' && place > text->str && place[-1] != '/')
        g_string_insert(text, place - text->str + 1, oddity);
    return g_string_free(text, FALSE);
}
