/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cases of known trouble between versions of QEMU, libvirt and the kernel: for each row of
 * bad_pairs.yaml the pairs and the guests that it is of, and those next to them that it is not of.
 */
#include "check_cases.h"

static void
use_virtio_card(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("interface.model=virtio"));
}

static void
use_virtio_video(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("video.modelType=virtio"));
}

static void
run_without_kvm(Guest *guest)
{
    guest->domain_type = DOMAIN_TYPE_QEMU;
}

static void
show_counters(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_PMU, NULL, 1);
}

static void
have_two_cores(Guest *guest)
{
    guest->n_vcpus = 4;
    guest->cpu->sockets = guest->cpu->cores = 2;
    guest->cpu->dies = guest->cpu->threads = 1;
}

static void
have_two_threads(Guest *guest)
{
    guest->n_vcpus = guest->cpu->threads = 2;
    guest->cpu->sockets = guest->cpu->dies = guest->cpu->cores = 1;
}

static void
have_four_sockets(Guest *guest)
{
    guest->n_vcpus = guest->cpu->sockets = 4;
    guest->cpu->dies = guest->cpu->clusters = guest->cpu->cores = guest->cpu->threads = 1;
}

/* clang-format off */
#define WITH_PDCM HOST, .features = "pdcm"
#define NAMES_PDCM .name = "g", CUSTOM, .features = "pdcm"
#define ARM .arch = CPU_ARCH_AARCH64, .is_host_model_refused = TRUE, .model = "Neoverse-N1", .vendor = "ARM"
#define ARM_HOST ARM, .machines = "virt-8.2"
#define ARM_HOST_OF_11_1 ARM, .machines = "virt-8.2 virt-11.1"
#define ARM_GUEST .name = "g", .arch = CPU_ARCH_AARCH64, .mode = CPU_MODE_HOST_PASSTHROUGH, .machine = "virt-8.2"

const CheckCase version_check_cases[] = {
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores, .told_to = "libvirt=12.5"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_four_sockets},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}, .told_to = "qemu=8.0.4"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_threads},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH, .machine = "pc-q35-9.2"}, .adapt = have_two_cores},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", .mode = CPU_MODE_MAXIMUM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", .mode = CPU_MODE_CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .machine = "pc-q35-9.2"}, .adapt = have_two_cores},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.0.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .told_from = "libvirt=11.3", .told_to = "libvirt=10.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .told_from = "libvirt=10.1", .told_to = "libvirt=9.9.0"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.0.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "-vmx"}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.0.0"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .told_from = "qemu=4.0.1"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH, .features = "-vmx"}, .told_from = "qemu=4.0.1"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.0.0"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=9.9.0", .told_to = "libvirt=9.10.0"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=9.9", .told_to = "libvirt=10.1"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=9.10.0", .told_to = "libvirt=10.1"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=10.1", .told_to = "libvirt=9.9.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.2"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=11.3", .told_to = "libvirt=10.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=11.3", .told_to = "libvirt=9.9"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.0.0"},
    /* a host-model without vmx does not show that its libvirt names no vmx-* */
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .models = MODEL}, .to = {HOST, .models = MODEL, .features = "vmx vmx-ept"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .models = MODEL, .features = "vmx"}, .to = {HOST, .models = MODEL, .features = "vmx vmx-ept"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .models = MODEL, .features = "vmx vmx-ept"}, .to = {HOST, .models = MODEL, .features = "vmx vmx-ept"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .features = "pku"}, .to = {HOST, .features = "pku"}, .guest = {.name = "g", .model = "Haswell-noTSX"}, .told_from = "kernel=5.15.0-91-generic", .told_to = "kernel=6.8"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "pku"}, .to = {HOST, .features = "pku"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "pku"}, .told_from = "kernel=5.15", .told_to = "kernel=6.8"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "pku"}, .to = {HOST, .features = "pku"}, .guest = {.name = "g", .model = "Haswell-noTSX"}, .told_to = "kernel=6.8"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = use_virtio_card, .told_from = "kernel=6.12", .told_to = "kernel=6.1"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-noble"}, .to = {HOST, .machines = "pc-q35-noble"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-noble"}, .adapt = use_virtio_card, .told_from = "kernel=6.8", .told_to = "kernel=5.15"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-i440fx-noble-hpb"}, .to = {HOST, .machines = "pc-i440fx-noble-hpb"}, .guest = {.name = "g", CUSTOM, .machine = "pc-i440fx-noble-hpb"}, .adapt = use_virtio_card, .told_from = "kernel=6.8", .told_to = "kernel=5.15"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-rhel9.4.0"}, .to = {HOST, .machines = "pc-q35-rhel9.4.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel9.4.0"}, .adapt = use_virtio_card, .told_from = "kernel=6.12", .told_to = "kernel=5.14"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-rhel9.6.0"}, .to = {HOST, .machines = "pc-q35-rhel9.6.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel9.6.0"}, .adapt = use_virtio_card, .told_from = "kernel=6.12", .told_to = "kernel=5.14"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-rhel10.0.0"}, .to = {HOST, .machines = "pc-q35-rhel10.0.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel10.0.0"}, .adapt = use_virtio_card, .told_from = "kernel=6.12", .told_to = "kernel=5.14"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-jammy"}, .to = {HOST, .machines = "pc-q35-jammy"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-jammy"}, .adapt = use_virtio_card, .told_from = "kernel=6.8", .told_to = "kernel=5.15"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-rhel8.6.0"}, .to = {HOST, .machines = "pc-q35-rhel8.6.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel8.6.0"}, .adapt = use_virtio_card, .told_from = "kernel=6.8", .told_to = "kernel=5.15"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-lunar"}, .to = {HOST, .machines = "pc-q35-lunar"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-lunar"}, .adapt = use_virtio_card, .told_from = "qemu=7.2", .told_to = "qemu=8.0.0"},
    /* kernels of aarch64 give guests registers that others lack, and x86 has no such rows */
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.1", .told_to = "kernel=5.15"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=5.15", .told_to = "kernel=6.1"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.8", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.8", .told_to = "kernel=6.1"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.8", .told_to = "kernel=6.12"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.1", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.17", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.14", .told_to = "kernel=6.17"},
    /* QEMU 11.1 takes in what it knows to be of no use, but not all registers */
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.8", .told_to = "kernel=6.14 qemu=11.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.8", .told_to = "kernel=6.14 qemu=11.0.2"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.8", .told_to = "kernel=6.1 qemu=11.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST_OF_11_1}, .guest = {ARM_GUEST}, .told_from = "kernel=6.17", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "qemu=11.1.0 kernel=6.17", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .told_from = "kernel=6.1", .told_to = "kernel=5.15 qemu=11.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {ARM_HOST}, .to = {ARM_HOST}, .guest = {ARM_GUEST}, .adapt = run_without_kvm, .told_from = "kernel=6.8", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "kernel=6.8", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "kernel=6.1", .told_to = "kernel=6.12"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "kernel=6.12", .told_to = "kernel=6.1"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-10.2"}, .to = {HOST, .machines = "pc-q35-10.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-10.2"}, .adapt = use_virtio_card, .told_from = "kernel=6.17", .told_to = "kernel=6.12"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-10.1"}, .to = {HOST, .machines = "pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-10.1"}, .adapt = use_virtio_card, .told_from = "kernel=6.17", .told_to = "kernel=6.12"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-resolute"}, .to = {HOST, .machines = "pc-q35-resolute"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-resolute"}, .adapt = use_virtio_card, .told_from = "kernel=7.0", .told_to = "kernel=6.14"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-rhel10.2.0"}, .to = {HOST, .machines = "pc-q35-rhel10.2.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel10.2.0"}, .adapt = use_virtio_card, .told_from = "kernel=6.12", .told_to = "kernel=5.14"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-i440fx-noble-v2"}, .to = {HOST, .machines = "pc-i440fx-noble-v2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-i440fx-noble-v2"}, .adapt = use_virtio_card, .told_from = "kernel=6.8", .told_to = "kernel=5.15"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "qemu=4.0.1"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM}, .told_from = "qemu=4.0.1"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "qemu=4.2 kernel=4.15"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "qemu=2.11.1 kernel=4.15"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = use_virtio_video, .told_from = "qemu=8.2.2", .told_to = "qemu=9.0.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = use_virtio_video, .told_from = "qemu=8.2.2", .told_to = "qemu=9.0.1"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = use_virtio_video, .told_from = "qemu=9.0.0", .told_to = "qemu=8.2.2"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "qemu=8.2.2", .told_to = "qemu=9.0.0"},
    /* pdcm without performance counters: QEMU 10.0.4, 10.0.5, 10.1.0 and 10.1.1 take it away */
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .told_from = "qemu=7.2.15", .told_to = "qemu=10.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .told_from = "qemu=10.0.6", .told_to = "qemu=10.1.1"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .told_from = "qemu=9.2.4", .told_to = "qemu=10.0.4"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .told_from = "qemu=9.2.4", .told_to = "qemu=10.0.6"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .told_from = "qemu=9.2.4", .told_to = "qemu=10.1.2"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .told_from = "qemu=10.1.0", .told_to = "qemu=10.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .told_from = "qemu=9.2.4", .told_to = "qemu=10.1"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {NAMES_PDCM}, .adapt = show_counters, .told_from = "qemu=9.2.4", .told_to = "qemu=10.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {.name = "g", CUSTOM}, .told_from = "qemu=9.2.4", .told_to = "qemu=10.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}, .told_from = "qemu=9.2.4", .told_to = "qemu=10.1.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {WITH_PDCM}, .to = {WITH_PDCM}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .told_from = "qemu=9.2.4", .told_to = "qemu=10.1.0"},
    /* what hosts tell themselves decides, and the plan file counts for more, version by version */
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1", .software = "QEMU=10.1.2 libvirt=12.5.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1", .software = "QEMU=10.1.2 libvirt=12.3.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1", .software = "libvirt=12.5.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores, .told_to = "libvirt=12.3"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1", .software = "libvirt=12.3.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores, .told_to = "libvirt=12.5"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1", .software = "libvirt=12.5.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_two_cores, .told_to = "qemu=10.1"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx", .software = "libvirt=9.0.0"}, .to = {HOST, .features = "vmx", .software = "libvirt=10.0.0"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx", .software = "libvirt=9.0.0"}, .to = {HOST, .features = "vmx", .software = "libvirt=10.2.0"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx", .software = "libvirt=9.0.0"}, .to = {HOST, .features = "vmx", .software = "libvirt=10.2.0"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_to = "libvirt=10.1"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.0", .software = "QEMU=8.0.4"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-7.2", .software = "QEMU=7.2.22"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.0", .software = "QEMU=8.0.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    /* older than the newest machine type */
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-7.2", .software = "QEMU=7.1.0"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.0", .software = "QEMU=8.0.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .software = "kernel=6.12.9-200.fc41.x86_64"}, .to = {HOST, .software = "kernel=6.1.0-28-amd64"}, .guest = {.name = "g", CUSTOM}, .adapt = use_virtio_card},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .software = "kernel=6.12.9-200.fc41.x86_64"}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .software = "kernel=6.12.9-200.fc41.x86_64"}, .to = {HOST, .software = "kernel=6.1.0-28-amd64"}, .guest = {.name = "g", CUSTOM}, .told_to = "kernel=6.12"},
};
/* clang-format on */

const guint n_version_check_cases = G_N_ELEMENTS(version_check_cases);
