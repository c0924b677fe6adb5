/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_ARCH_H
#define CPUMODEL_ARCH_H

/*
 * Guest and host architectures, by the names libvirt gives them.
 *
 * Each architecture belongs to one CPU family, which decides how its CPUs are decoded and compared;
 * families are what libvirt calls CPU drivers.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    CPU_ARCH_NONE = 0, /* not stated */
    CPU_ARCH_AARCH64,
    CPU_ARCH_ALPHA,
    CPU_ARCH_ARMV6L,
    CPU_ARCH_ARMV7B,
    CPU_ARCH_ARMV7L,
    CPU_ARCH_CRIS,
    CPU_ARCH_I686,
    CPU_ARCH_ITANIUM,
    CPU_ARCH_LM32,
    CPU_ARCH_LOONGARCH64,
    CPU_ARCH_M68K,
    CPU_ARCH_MICROBLAZE,
    CPU_ARCH_MICROBLAZEEL,
    CPU_ARCH_MIPS,
    CPU_ARCH_MIPS64,
    CPU_ARCH_MIPS64EL,
    CPU_ARCH_MIPSEL,
    CPU_ARCH_OR32,
    CPU_ARCH_PARISC,
    CPU_ARCH_PARISC64,
    CPU_ARCH_PPC,
    CPU_ARCH_PPC64,
    CPU_ARCH_PPC64LE,
    CPU_ARCH_PPCEMB,
    CPU_ARCH_RISCV32,
    CPU_ARCH_RISCV64,
    CPU_ARCH_S390,
    CPU_ARCH_S390X,
    CPU_ARCH_SH4,
    CPU_ARCH_SH4EB,
    CPU_ARCH_SPARC,
    CPU_ARCH_SPARC64,
    CPU_ARCH_UNICORE32,
    CPU_ARCH_X86_64,
    CPU_ARCH_XTENSA,
    CPU_ARCH_XTENSAEB,
    CPU_ARCH_COUNT
} CpuArch;

typedef enum {
    CPU_FAMILY_NONE = 0, /* libvirt has no CPU driver for it */
    CPU_FAMILY_X86,
    CPU_FAMILY_PPC64,
    CPU_FAMILY_ARM,
    CPU_FAMILY_S390,
    CPU_FAMILY_RISCV64,
    CPU_FAMILY_LOONGARCH64,
    CPU_FAMILY_COUNT
} CpuFamily;

/* The architecture of that name ("x86_64"), CPU_ARCH_NONE when there is none. */
CpuArch cpu_arch_from_name(const char *name);

/* libvirt's names; "none" for CPU_ARCH_NONE. */
extern const char *const cpu_arch_names[CPU_ARCH_COUNT];

/* That of ARCH. Static. */
const char *cpu_arch_name(CpuArch arch);

CpuFamily cpu_arch_family(CpuArch arch);

/*
 * The family's name as CPU maps and raw CPUID documents spell it ("x86", "ppc64", "arm"). Static.
 */
const char *cpu_family_name(CpuFamily family);

G_END_DECLS

#endif
