/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * QEMU knows nearly every feature by libvirt's name with hyphens, so only what differs is listed.
 * Linux shows a part of the features, under names of its own: here the list is of what it shows,
 * since a flag that no host reports would keep every host out.
 */

#include "spelling.h"

#include <stdlib.h>
#include <string.h>

/* From QEMU's target/i386/cpu.c: its name, or NULL where it has no property for the bit. */
static const struct {
    const char *name, *qemu;
} qemu_differs[] = {
    {"cmt", NULL},
    {"cvt16", NULL},
    {"mbm_local", NULL},
    {"mbm_total", NULL},
    {"ospke", NULL},   /* the guest's system sets it */
    {"osxsave", NULL}, /* and this */
    {"pconfig", NULL},
    {"pclmuldq", "pclmulqdq"},
    {"vmx-invvpid-single-context-noglobals", "vmx-invept-single-context-noglobals"},
};

/*
 * What /proc/cpuinfo of Linux 6.1 and 6.12 both can show (arch/x86/include/asm/cpufeatures.h), of
 * the features that CPU maps name. Left out is what KVM gives to guests on hosts without it, such
 * as x2apic. In the order of strcmp().
 */
/* clang-format off */
static const char *const linux_flags[] = {
    "3dnow", "3dnowext", "3dnowprefetch", "abm", "ace2", "ace2_en", "acpi", "adx", "aes",
    "amx_bf16", "amx_int8", "amx_tile", "apic", "arch_lbr", "avic", "avx", "avx2",
    "avx512_4fmaps", "avx512_4vnniw", "avx512_bf16", "avx512_bitalg", "avx512_fp16",
    "avx512_vbmi2", "avx512_vnni", "avx512_vp2intersect", "avx512_vpopcntdq", "avx512bw",
    "avx512cd", "avx512dq", "avx512er", "avx512f", "avx512ifma", "avx512pf", "avx512vbmi",
    "avx512vl", "avx_vnni", "bmi1", "bmi2", "bus_lock_detect", "cid", "cldemote", "clflush",
    "clflushopt", "clwb", "clzero", "cmov", "cmp_legacy", "cqm", "cqm_mbm_local",
    "cqm_mbm_total", "cr8_legacy", "cx16", "cx8", "dca", "de", "decodeassists", "ds_cpl",
    "dtes64", "dts", "erms", "est", "extapic", "f16c", "flush_l1d", "flushbyasid", "fma",
    "fma4", "fpu", "fsgsbase", "fsrm", "fxsr", "fxsr_opt", "gfni", "hle", "ht", "ia64", "ibpb",
    "ibrs", "ibs", "ibt", "intel_pt", "invpcid", "la57", "lahf_lm", "lbrv", "lm", "lwp", "mca",
    "mce", "md_clear", "misalignsse", "mmx", "mmxext", "monitor", "movbe", "movdir64b",
    "movdiri", "mpx", "msr", "mtrr", "nodeid_msr", "nonstop_tsc", "npt", "nrip_save", "nx",
    "osvw", "overflow_recov", "pae", "pat", "pausefilter", "pbe", "pcid", "pclmulqdq",
    "pconfig", "pdcm", "pdpe1gb", "perfctr_core", "perfctr_nb", "perfmon_v2", "pfthreshold",
    "pge", "phe", "phe_en", "pku", "pmm", "pmm_en", "pn", "pni", "popcnt", "pse", "pse36",
    "rdpid", "rdrand", "rdseed", "rdtscp", "rtm", "sep", "serialize", "sgx", "sgx_lc", "sha_ni",
    "skinit", "smap", "smep", "smx", "split_lock_detect", "ssbd", "sse", "sse2", "sse4_1",
    "sse4_2", "sse4a", "ssse3", "stibp", "succor", "svm", "svm_lock", "syscall", "tbm", "tce",
    "tm", "tm2", "topoext", "tsc", "tsc_scale", "tsxldtrk", "v_vmsave_vmload", "vaes", "vgif",
    "virt_ssbd", "vmcb_clean", "vme", "vmx", "vnmi", "vpclmulqdq", "waitpkg", "wbnoinvd", "wdt",
    "xgetbv1", "xop", "xsave", "xsavec", "xsaveerptr", "xsaveopt", "xsaves", "xtpr",
};
/* clang-format on */

/*
 * The models that Proxmox VE takes as reported-model (qemu-server, PVE::QemuServer::CPUConfig, of
 * August 2026), but host and max, which are no models. In the order of strcmp().
 */
/* clang-format off */
static const char *const proxmox_models[] = {
    "486", "Broadwell", "Broadwell-IBRS", "Broadwell-noTSX", "Broadwell-noTSX-IBRS",
    "Cascadelake-Server", "Cascadelake-Server-noTSX", "Cascadelake-Server-v2",
    "Cascadelake-Server-v4", "Cascadelake-Server-v5", "ClearwaterForest", "Conroe", "Cooperlake",
    "Cooperlake-v2", "EPYC", "EPYC-Genoa", "EPYC-Genoa-v2", "EPYC-IBPB", "EPYC-Milan",
    "EPYC-Milan-v2", "EPYC-Milan-v3", "EPYC-Rome", "EPYC-Rome-v2", "EPYC-Rome-v3",
    "EPYC-Rome-v4", "EPYC-Rome-v5", "EPYC-Turin", "EPYC-v3", "EPYC-v4", "EPYC-v5",
    "GraniteRapids", "GraniteRapids-v2", "GraniteRapids-v3", "Haswell", "Haswell-IBRS",
    "Haswell-noTSX", "Haswell-noTSX-IBRS", "Icelake-Server", "Icelake-Server-noTSX",
    "Icelake-Server-v3", "Icelake-Server-v4", "Icelake-Server-v5", "Icelake-Server-v6",
    "Icelake-Server-v7", "IvyBridge", "IvyBridge-IBRS", "KnightsMill", "Nehalem",
    "Nehalem-IBRS", "Opteron_G1", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5",
    "Penryn", "SandyBridge", "SandyBridge-IBRS", "SapphireRapids", "SapphireRapids-v2",
    "SapphireRapids-v3", "SapphireRapids-v4", "SierraForest", "SierraForest-v2",
    "SierraForest-v3", "Skylake-Client", "Skylake-Client-IBRS", "Skylake-Client-noTSX-IBRS",
    "Skylake-Client-v4", "Skylake-Server", "Skylake-Server-IBRS", "Skylake-Server-noTSX-IBRS",
    "Skylake-Server-v4", "Skylake-Server-v5", "Westmere", "Westmere-IBRS", "athlon",
    "core2duo", "coreduo", "kvm32", "kvm64", "pentium", "pentium2", "pentium3", "phenom",
    "qemu32", "qemu64",
};
/* clang-format on */

char *
spelling_for_qemu(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(qemu_differs); i++) {
        if (strcmp(qemu_differs[i].name, name) == 0)
            return g_strdup(qemu_differs[i].qemu);
    }
    return g_strdelimit(g_strdup(name), "_", '-');
}

static int
compare_flags(const void *word, const void *flag)
{
    return strcmp(word, *(const char *const *)flag);
}

/* The flag that is NAME, or NAME with underscores. */
static const char *
find_flag(const char *name)
{
    g_autofree char *word = g_strdelimit(g_strdup(name), "-", '_');
    const char *const *flag =
        bsearch(word, linux_flags, G_N_ELEMENTS(linux_flags), sizeof linux_flags[0], compare_flags);

    return flag == NULL ? NULL : *flag;
}

const char *
spelling_for_linux(const CpuFeature *feature, const char *name)
{
    const char *flag = NULL;

    /* Linux's own word first: its "ds" would be another flag than libvirt's. */
    for (guint i = 0; flag == NULL && feature != NULL && i < feature->n_aliases; i++) {
        if (g_strcmp0(feature->aliases[i].source, "linux") == 0)
            flag = find_flag(feature->aliases[i].name);
    }
    if (flag == NULL)
        flag = find_flag(name);
    for (guint i = 0; flag == NULL && feature != NULL && i < feature->n_aliases; i++)
        flag = find_flag(feature->aliases[i].name);
    return flag;
}

static const char *
find_proxmox_model(const char *name)
{
    const char *const *found = bsearch(name, proxmox_models, G_N_ELEMENTS(proxmox_models),
                                       sizeof proxmox_models[0], compare_flags);

    return found == NULL ? NULL : *found;
}

const char *
spelling_proxmox_model(const CpuMap *map, const char *model)
{
    const char *name = find_proxmox_model(model);
    const CpuModel *known =
        name == NULL && map != NULL ? cpu_map_find_model(map, CPU_FAMILY_X86, model) : NULL;

    if (known == NULL)
        return name;
    const CpuModel *own = known->canonical != NULL ? known->canonical : known;
    for (guint i = 0; i < cpu_map_n_models(map, CPU_FAMILY_X86) && name == NULL; i++) {
        const CpuModel *other = cpu_map_model(map, CPU_FAMILY_X86, i);

        if (other == own || other->canonical == own)
            name = find_proxmox_model(other->name);
    }
    return name;
}
