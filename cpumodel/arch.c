/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <cpumodel/arch.h>

#include <string.h>

const char *const cpu_arch_names[] = {
    [CPU_ARCH_NONE] = "none",
    [CPU_ARCH_AARCH64] = "aarch64",
    [CPU_ARCH_ALPHA] = "alpha",
    [CPU_ARCH_ARMV6L] = "armv6l",
    [CPU_ARCH_ARMV7B] = "armv7b",
    [CPU_ARCH_ARMV7L] = "armv7l",
    [CPU_ARCH_CRIS] = "cris",
    [CPU_ARCH_I686] = "i686",
    [CPU_ARCH_ITANIUM] = "ia64",
    [CPU_ARCH_LM32] = "lm32",
    [CPU_ARCH_LOONGARCH64] = "loongarch64",
    [CPU_ARCH_M68K] = "m68k",
    [CPU_ARCH_MICROBLAZE] = "microblaze",
    [CPU_ARCH_MICROBLAZEEL] = "microblazeel",
    [CPU_ARCH_MIPS] = "mips",
    [CPU_ARCH_MIPS64] = "mips64",
    [CPU_ARCH_MIPS64EL] = "mips64el",
    [CPU_ARCH_MIPSEL] = "mipsel",
    [CPU_ARCH_OR32] = "or32",
    [CPU_ARCH_PARISC] = "parisc",
    [CPU_ARCH_PARISC64] = "parisc64",
    [CPU_ARCH_PPC] = "ppc",
    [CPU_ARCH_PPC64] = "ppc64",
    [CPU_ARCH_PPC64LE] = "ppc64le",
    [CPU_ARCH_PPCEMB] = "ppcemb",
    [CPU_ARCH_RISCV32] = "riscv32",
    [CPU_ARCH_RISCV64] = "riscv64",
    [CPU_ARCH_S390] = "s390",
    [CPU_ARCH_S390X] = "s390x",
    [CPU_ARCH_SH4] = "sh4",
    [CPU_ARCH_SH4EB] = "sh4eb",
    [CPU_ARCH_SPARC] = "sparc",
    [CPU_ARCH_SPARC64] = "sparc64",
    [CPU_ARCH_UNICORE32] = "unicore32",
    [CPU_ARCH_X86_64] = "x86_64",
    [CPU_ARCH_XTENSA] = "xtensa",
    [CPU_ARCH_XTENSAEB] = "xtensaeb",
};
G_STATIC_ASSERT(G_N_ELEMENTS(cpu_arch_names) == CPU_ARCH_COUNT);

/* Those that are not here have no CPU driver. */
static const CpuFamily arch_families[CPU_ARCH_COUNT] = {
    [CPU_ARCH_AARCH64] = CPU_FAMILY_ARM,     [CPU_ARCH_ARMV6L] = CPU_FAMILY_ARM,
    [CPU_ARCH_ARMV7B] = CPU_FAMILY_ARM,      [CPU_ARCH_ARMV7L] = CPU_FAMILY_ARM,
    [CPU_ARCH_I686] = CPU_FAMILY_X86,        [CPU_ARCH_LOONGARCH64] = CPU_FAMILY_LOONGARCH64,
    [CPU_ARCH_PPC64] = CPU_FAMILY_PPC64,     [CPU_ARCH_PPC64LE] = CPU_FAMILY_PPC64,
    [CPU_ARCH_RISCV64] = CPU_FAMILY_RISCV64, [CPU_ARCH_S390] = CPU_FAMILY_S390,
    [CPU_ARCH_S390X] = CPU_FAMILY_S390,      [CPU_ARCH_X86_64] = CPU_FAMILY_X86,
};

static const char *const family_names[] = {
    [CPU_FAMILY_NONE] = "none",
    [CPU_FAMILY_X86] = "x86",
    [CPU_FAMILY_PPC64] = "ppc64",
    [CPU_FAMILY_ARM] = "arm",
    [CPU_FAMILY_S390] = "s390",
    [CPU_FAMILY_RISCV64] = "riscv64",
    [CPU_FAMILY_LOONGARCH64] = "loongarch64",
};
G_STATIC_ASSERT(G_N_ELEMENTS(family_names) == CPU_FAMILY_COUNT);

CpuArch
cpu_arch_from_name(const char *name)
{
    /* Their first letters tell most of them apart, without a call. */
    for (CpuArch arch = CPU_ARCH_NONE + 1; name != NULL && arch < CPU_ARCH_COUNT; arch++) {
        if (*cpu_arch_names[arch] == *name && strcmp(cpu_arch_names[arch], name) == 0)
            return arch;
    }
    return CPU_ARCH_NONE;
}

const char *
cpu_arch_name(CpuArch arch)
{
    return cpu_arch_names[arch];
}

CpuFamily
cpu_arch_family(CpuArch arch)
{
    return arch_families[arch];
}

const char *
cpu_family_name(CpuFamily family)
{
    return family_names[family];
}
