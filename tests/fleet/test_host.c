/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that digests tell records apart by everything that matters and by nothing that does not,
 * and that machine types and QEMU versions are found in a profile.
 */

#include <cpumodel/version.h>
#include <fleet/guest.h>
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
test_cpu_digest_ignores_order_microcode_and_tsc(void **state)
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
test_cpu_digest_sees_features_model_and_address_bits(void **state)
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
test_machines_are_found_by_arch_and_name(void **state)
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
test_qemu_version_is_the_newest_upstream_machine(void **state)
{
    (void)state;
    g_autoptr(MachineProfile) profile = sample_machines();
    g_autoptr(MachineProfile) empty = machine_profile_new();

    assert_int_equal(machine_profile_qemu_version(profile, CPU_ARCH_X86_64), VERSION_NUMBER(10, 0));
    assert_int_equal(machine_profile_qemu_version(profile, CPU_ARCH_S390X), 0);
    assert_int_equal(machine_profile_qemu_version(empty, CPU_ARCH_X86_64), 0);
}

static void
test_machine_digest_follows_content(void **state)
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
test_domain_capabilities_digest_follows_content(void **state)
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

/* Every member that the digest covers is another than that of an empty record. */
static DomainCapabilities *
sample_domain(void)
{
    DomainCapabilities *domain = domain_capabilities_new();
    GPtrArray *buses = g_ptr_array_new_with_free_func(g_free);

    domain->emulator = g_strdup("/usr/bin/qemu");
    domain->domain_type = DOMAIN_TYPE_KVM;
    domain->machine = g_strdup("pc-q35-9.2");
    domain->arch = CPU_ARCH_X86_64;
    domain->max_vcpus = 288;
    domain->host_passthrough = domain->host_passthrough_migratable = SUPPORT_YES;
    domain->maximum = domain->host_model = domain->hyperv = SUPPORT_YES;
    domain->host_model_cpu = cpu_definition_new(CPU_TYPE_GUEST);
    cpu_definition_set_feature(domain->host_model_cpu, "vmx", CPU_POLICY_REQUIRE);
    g_ptr_array_add(domain->models, cpu_hypervisor_model_new("Haswell", CPU_USABLE_YES));
    g_ptr_array_add(domain->hyperv_features, g_strdup("relaxed"));
    domain->sev = domain->tdx = domain->sgx = SUPPORT_NO;
    domain->sev_reduced_phys_bits = 5;
    domain->sev_max_es_guests = 450;
    g_ptr_array_add(domain->launch_security_types, g_strdup("sev"));
    g_ptr_array_add(buses, g_strdup("virtio"));
    g_hash_table_insert(domain->device_values, g_strdup("disk.bus"), buses);
    domain->is_qemu_reply = TRUE;
    return domain;
}

static void
test_copy_of_domain_capabilities_says_the_same_until_it_is_changed(void **state)
{
    (void)state;
    DomainCapabilities *domain = sample_domain();
    g_autoptr(DomainCapabilities) copy = domain_capabilities_copy(domain);
    g_autoptr(DomainCapabilities) again = domain_capabilities_copy(copy);

    domain_capabilities_seal(domain);
    domain_capabilities_seal(copy);
    domain_capabilities_seal(again);
    assert_string_equal(copy->digest, domain->digest);
    assert_string_equal(again->digest, domain->digest);
    cpu_definition_set_feature(copy->host_model_cpu, "vmx", CPU_POLICY_DISABLE);
    g_ptr_array_set_size(copy->hyperv_features, 0);
    g_hash_table_remove_all(copy->device_values);
    domain_capabilities_seal(copy);
    assert_string_not_equal(copy->digest, domain->digest);
    domain_capabilities_seal(domain);
    assert_string_equal(again->digest, domain->digest);
    /* The models are there as long as a copy is. */
    domain_capabilities_unref(domain);
    domain_capabilities_seal(again);
    assert_non_null(cpu_hypervisor_models_find(again->models, "Haswell"));
}

static void
test_guests_of_one_name_are_in_the_order_of_their_uuids(void **state)
{
    (void)state;
    g_autoptr(Guest) first = guest_new();
    g_autoptr(Guest) second = guest_new();
    const Guest *const a = first, *const b = second;

    first->host = g_strdup("h1");
    second->host = g_strdup("h1");
    first->name = g_strdup("mail");
    second->name = g_strdup("mail");
    assert_int_equal(guest_compare(&a, &b), 0);
    first->uuid = g_strdup("0a");
    second->uuid = g_strdup("0b");
    assert_true(guest_compare(&a, &b) < 0);
    assert_true(guest_compare(&b, &a) > 0);
}

static void
test_huge_pages_are_read_size_by_size_to_the_end(void **state)
{
    static const char *const ends[] = {NULL, "", "x", "-"};
    const char *at = "2048:1024 1048576:0 4:18446744073709551615";
    guint64 size_kib, kib;

    (void)state;
    assert_true(host_next_huge_pages(&at, &size_kib, &kib));
    assert_int_equal(size_kib, 2048);
    assert_int_equal(kib, 2048 * 1024);
    assert_true(host_next_huge_pages(&at, &size_kib, &kib));
    assert_int_equal(size_kib, 1048576);
    assert_int_equal(kib, 0);
    assert_true(host_next_huge_pages(&at, &size_kib, &kib));
    assert_int_equal(kib, G_MAXINT64);
    assert_false(host_next_huge_pages(&at, &size_kib, &kib));
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        const char *end = ends[i];

        assert_false(host_next_huge_pages(&end, &size_kib, &kib));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cpu_digest_ignores_order_microcode_and_tsc),
        cmocka_unit_test(test_cpu_digest_sees_features_model_and_address_bits),
        cmocka_unit_test(test_machines_are_found_by_arch_and_name),
        cmocka_unit_test(test_qemu_version_is_the_newest_upstream_machine),
        cmocka_unit_test(test_machine_digest_follows_content),
        cmocka_unit_test(test_domain_capabilities_digest_follows_content),
        cmocka_unit_test(test_copy_of_domain_capabilities_says_the_same_until_it_is_changed),
        cmocka_unit_test(test_huge_pages_are_read_size_by_size_to_the_end),
        cmocka_unit_test(test_guests_of_one_name_are_in_the_order_of_their_uuids),
    };

    return cmocka_run_group_tests_name("fleet.host", tests, NULL, NULL);
}
