/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that digests tell records apart by everything that matters and by nothing that does not,
 * and that machine types and QEMU versions are found in a profile.
 */

#include <fleet/host.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static CpuDefinition *
sample_cpu(void)
{
    CpuDefinition *cpu = cpu_definition_new(CPU_TYPE_HOST);

    cpu->arch = CPU_ARCH_X86_64;
    cpu->model = g_strdup("Haswell");
    cpu->vendor = g_strdup("Intel");
    cpu_definition_append_feature(cpu, "vmx", CPU_POLICY_NONE);
    cpu_definition_append_feature(cpu, "pdpe1gb", CPU_POLICY_NONE);
    return cpu;
}

static void
cpu_digest_ignores_order_microcode_and_tsc(void **state)
{
    (void)state;
    g_autoptr(CpuDefinition) a = sample_cpu();
    g_autoptr(CpuDefinition) b = cpu_definition_new(CPU_TYPE_HOST);

    b->arch = CPU_ARCH_X86_64;
    b->model = g_strdup("Haswell");
    b->vendor = g_strdup("Intel");
    b->microcode = 7;
    b->tsc_hz = 2600000000;
    cpu_definition_append_feature(b, "pdpe1gb", CPU_POLICY_NONE);
    cpu_definition_append_feature(b, "vmx", CPU_POLICY_NONE);
    g_autofree char *digest_a = host_cpu_digest(a, 46);
    g_autofree char *digest_b = host_cpu_digest(b, 46);
    assert_string_equal(digest_a, digest_b);
}

static void
cpu_digest_sees_features_model_and_address_bits(void **state)
{
    (void)state;
    g_autoptr(CpuDefinition) plain = sample_cpu();
    g_autoptr(CpuDefinition) more = sample_cpu();
    g_autoptr(CpuDefinition) renamed = sample_cpu();

    cpu_definition_append_feature(more, "rtm", CPU_POLICY_NONE);
    g_free(renamed->model);
    renamed->model = g_strdup("Haswell-noTSX");
    g_autofree char *digest = host_cpu_digest(plain, 46);
    g_autofree char *digest_more = host_cpu_digest(more, 46);
    g_autofree char *digest_renamed = host_cpu_digest(renamed, 46);
    g_autofree char *digest_narrow = host_cpu_digest(plain, 39);
    assert_string_not_equal(digest, digest_more);
    assert_string_not_equal(digest, digest_renamed);
    assert_string_not_equal(digest, digest_narrow);
}

static MachineProfile *
sample_machines(void)
{
    MachineProfile *profile = machine_profile_new();
    GuestSupport *guest = guest_support_new(CPU_ARCH_X86_64);

    guest->os_type = g_strdup("hvm");
    g_ptr_array_add(guest->machines, machine_type_new("q35", "pc-q35-9.2"));
    g_ptr_array_add(guest->machines, machine_type_new("pc-q35-9.2", NULL));
    g_ptr_array_add(guest->machines, machine_type_new("pc-i440fx-10.0", NULL));
    g_ptr_array_add(guest->machines, machine_type_new("pc-q35-rhel9.4.0", NULL));
    g_ptr_array_add(profile->guests, guest);
    return profile;
}

static void
machines_are_found_by_arch_and_name(void **state)
{
    (void)state;
    g_autoptr(MachineProfile) profile = sample_machines();
    const MachineType *alias = machine_profile_find(profile, CPU_ARCH_X86_64, "q35");

    assert_non_null(alias);
    assert_string_equal(alias->canonical, "pc-q35-9.2");
    assert_null(machine_profile_find(profile, CPU_ARCH_I686, "q35"));
    assert_null(machine_profile_find(profile, CPU_ARCH_X86_64, "pc-q35-9.1"));
}

static void
qemu_version_is_the_newest_upstream_machine(void **state)
{
    (void)state;
    g_autoptr(MachineProfile) profile = sample_machines();
    g_autoptr(MachineProfile) empty = machine_profile_new();

    assert_int_equal(machine_profile_qemu_version(profile, CPU_ARCH_X86_64), 10000);
    assert_int_equal(machine_profile_qemu_version(profile, CPU_ARCH_S390X), 0);
    assert_int_equal(machine_profile_qemu_version(empty, CPU_ARCH_X86_64), 0);
}

static void
machine_digest_follows_content(void **state)
{
    (void)state;
    g_autoptr(MachineProfile) a = sample_machines();
    g_autoptr(MachineProfile) b = sample_machines();

    machine_profile_seal(a);
    machine_profile_seal(b);
    assert_string_equal(a->digest, b->digest);
    ((MachineType *)((GuestSupport *)b->guests->pdata[0])->machines->pdata[1])->is_deprecated =
        TRUE;
    machine_profile_seal(b);
    assert_string_not_equal(a->digest, b->digest);
}

static void
domain_capabilities_digest_follows_content(void **state)
{
    (void)state;
    g_autoptr(DomainCapabilities) a = domain_capabilities_new();
    g_autoptr(DomainCapabilities) b = domain_capabilities_new();

    domain_capabilities_seal(a);
    domain_capabilities_seal(b);
    assert_string_equal(a->digest, b->digest);
    CpuHypervisorModel *model = cpu_hypervisor_model_new("Haswell", CPU_USABLE_NO);
    g_ptr_array_add(model->blockers, g_strdup("hle"));
    g_ptr_array_add(b->models, model);
    domain_capabilities_seal(b);
    assert_string_not_equal(a->digest, b->digest);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu_digest_ignores_order_microcode_and_tsc),
        cmocka_unit_test(cpu_digest_sees_features_model_and_address_bits),
        cmocka_unit_test(machines_are_found_by_arch_and_name),
        cmocka_unit_test(qemu_version_is_the_newest_upstream_machine),
        cmocka_unit_test(machine_digest_follows_content),
        cmocka_unit_test(domain_capabilities_digest_follows_content),
    };

    return cmocka_run_group_tests_name("fleet.host", tests, NULL, NULL);
}
