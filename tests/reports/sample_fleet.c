/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sample_fleet.h"

#include "sample_plan.h"

#include <string.h>

const SampleKind sample_kinds[SAMPLE_N_KINDS] = {
    {"prod", "intel-skylake", "Skylake (server, no TSX)", "Intel", "Skylake-Server-noTSX-IBRS", 1,
     46, 402653184, 64, "+ssbd +md-clear +invtsc -mpx"},
    {"prod", "intel-icelake", "Ice Lake (server)", "Intel", "Icelake-Server-noTSX", 2, 52,
     805306368, 96, "+ssbd +md-clear +lahf_lm"},
    {"prod", "amd-milan", "Milan", "AMD", "EPYC-Milan", 1, 48, 1073741824, 128,
     "+amd-ssbd +cmp_legacy -svm"},
    {"edge", "class-1", NULL, "Intel", "Haswell-noTSX-IBRS", 1, 39, 67108864, 8,
     "+pdpe1gb -hle -rtm"},
    {"edge", "class-2", NULL, "Intel", "Skylake-Client-noTSX-IBRS", 2, 39, 134217728, 16, "+ssbd"},
};

#define GUESTS_MAX 5000

guint
sample_hosts_per_group(guint n_hosts)
{
    return MAX(4, n_hosts / 1500);
}

GPtrArray *
sample_strings(const char *words)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) split = g_strsplit(words, " ", -1);

    for (guint i = 0; split[i] != NULL; i++)
        g_ptr_array_add(list, g_strdup(split[i]));
    return list;
}

CpuDefinition *
sample_kind_cpu(gsize kind, CpuType type)
{
    CpuDefinition *cpu = cpu_definition_new(type);
    g_auto(GStrv) words = g_strsplit(sample_kinds[kind].features, " ", -1);

    cpu->arch = CPU_ARCH_X86_64;
    cpu->model = g_strdup(sample_kinds[kind].model);
    cpu->vendor = g_strdup(sample_kinds[kind].vendor);
    if (type == CPU_TYPE_GUEST) {
        cpu->mode = CPU_MODE_CUSTOM;
        cpu->check = CPU_CHECK_FULL;
        cpu->fallback = CPU_FALLBACK_FORBID;
    } else {
        cpu->family = 6;
        cpu->model_number = 85 + (guint)kind;
        cpu->stepping = 4;
    }
    for (guint i = 0; words[i] != NULL; i++) {
        CpuPolicy policy = words[i][0] == '-' ? CPU_POLICY_DISABLE : CPU_POLICY_REQUIRE;

        if (type == CPU_TYPE_GUEST || policy == CPU_POLICY_REQUIRE)
            cpu_definition_append_feature(cpu, words[i] + 1,
                                          type == CPU_TYPE_HOST ? CPU_POLICY_NONE : policy);
    }
    return cpu;
}

static char *
host_name(guint i)
{
    static const char *const hostile[] = {SAMPLE_HOSTILE_HOST, SAMPLE_HOSTILE_FORMULA,
                                          SAMPLE_HOSTILE_TERMINAL, SAMPLE_HOSTILE_PATH};

    if (i > 5 && i < 6 + G_N_ELEMENTS(hostile))
        return g_strdup(hostile[i - 6]);
    return g_strdup_printf("kvm%04u.example.org", i);
}

/* Each third host tells nothing; the others have one of two releases. */
static const HostSoftware *
host_software(const Fleet *fleet, guint i)
{
    return i % 3 == 2 ? NULL : g_ptr_array_index(fleet->software, i % 3);
}

static void
add_software(Fleet *fleet)
{
    for (guint i = 0; i < 2; i++) {
        HostSoftware *software = host_software_new();

        software->versions[SOFTWARE_QEMU] = g_strdup_printf("10.%u.3", i);
        software->versions[SOFTWARE_LIBVIRT] = i == 0 ? g_strdup("11.3.0") : NULL;
        software->versions[SOFTWARE_KERNEL] = g_strdup("6.12.0-<b>");
        g_ptr_array_add(fleet->software, software);
    }
}

static void
add_hosts(Fleet *fleet, guint n_hosts)
{
    for (guint i = 0; i < n_hosts; i++) {
        gsize kind = (gsize)i * SAMPLE_N_KINDS / n_hosts;
        Host host = {
            .name = host_name(i),
            .cpu = (guint32)kind,
            .machines = FLEET_NO_INDEX,
            .capabilities = FLEET_NO_INDEX,
            .domain_set = FLEET_NO_INDEX,
            .software = host_software(fleet, i),
            .microcode = 0x5003000u + (guint32)(i % 3),
            .tsc_hz = 2100000000u + (guint64)(i / sample_hosts_per_group(n_hosts)) * 1000,
            .memory_kib = sample_kinds[kind].memory_kib,
            .n_cpus = sample_kinds[kind].n_cpus,
            .first_run = 1,
            .last_change_run = 3,
        };
        g_array_append_val(fleet->hosts, host);
    }
}

static void
add_guests(Fleet *fleet, guint n_guests)
{
    for (guint i = 0; i < n_guests; i++) {
        Guest *guest = guest_new();

        guest->name =
            i == 1 ? g_strdup("<img src=x onerror=alert(2)>") : g_strdup_printf("web%04u", i);
        guest->uuid = g_strdup_printf("00000000-0000-4000-8000-%012u", i);
        guest->host = g_strdup(fleet_host(fleet, (i * 2) % fleet->hosts->len)->name);
        guest->arch = CPU_ARCH_X86_64;
        guest->is_running = TRUE;
        guest->machine = g_strdup(i % 3 == 0 ? "pc-i440fx-9.2" : "pc-q35-9.2");
        guest->memory_kib = 8388608;
        guest->n_vcpus = 4;
        guest->has_cpu = TRUE;
        if (i % 4 == 3) {
            guest->cpu->mode = CPU_MODE_HOST_PASSTHROUGH;
        } else {
            guest->cpu->mode = CPU_MODE_CUSTOM;
            guest->cpu->model = g_strdup(sample_kinds[i % SAMPLE_N_KINDS].model);
        }
        g_ptr_array_add(fleet->guests, guest);
    }
}

Fleet *
sample_fleet_new(guint n_hosts)
{
    Fleet *fleet = fleet_new();
    PublishedTemplate *published;

    fleet->run = 8;
    fleet->run_at = 1763866800;
    fleet->n_gone_hosts = 1;
    for (gsize k = 0; k < SAMPLE_N_KINDS; k++) {
        CpuProfile *profile = g_new0(CpuProfile, 1);

        profile->id = (gint64)k + 1;
        profile->cpu = sample_kind_cpu(k, CPU_TYPE_HOST);
        profile->physical_address_bits = sample_kinds[k].bits;
        g_ptr_array_add(fleet->cpus, profile);
    }
    add_software(fleet);
    add_hosts(fleet, n_hosts);
    add_guests(fleet, MIN(n_hosts / 2, GUESTS_MAX));
    published = published_template_new("prod", "intel-skylake");
    published->run = 3;
    published->published_at = 1763434800;
    published->cpu = sample_kind_cpu(0, CPU_TYPE_GUEST);
    published->digest = g_strdup("5d41402abc4b2a76");
    published->machines = sample_strings("pc-q35-9.2");
    g_ptr_array_add(fleet->templates, published);
    Finding *bad = finding_new(FINDING_ERROR, "not-xml", "the document ends inside an element",
                               "collect it again");
    bad->source = g_strdup("hosts/\033]0;title\007.xml");
    bad->line = 12;
    g_ptr_array_add(fleet->quarantine, bad);
    return fleet;
}
