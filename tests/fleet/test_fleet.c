/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that a fleet finds its hosts by name, that the domain capabilities that tell most about a
 * guest are chosen, and that findings are printed and ordered as documented.
 */

#include <fleet/device_address.h>
#include <fleet/finding.h>
#include <fleet/fleet.h>
#include <fleet/words.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
add_host(Fleet *fleet, const char *name, guint32 domain_set)
{
    Host host = {.name = g_strdup(name), .domain_set = domain_set};

    g_array_append_val(fleet->hosts, host);
}

static void
test_hosts_are_found_by_name(void **state)
{
    (void)state;
    g_autoptr(Fleet) fleet = fleet_new();

    assert_int_equal(fleet_find_host(fleet, "a"), FLEET_NO_INDEX);
    add_host(fleet, "a", FLEET_NO_INDEX);
    add_host(fleet, "b", FLEET_NO_INDEX);
    add_host(fleet, "c", FLEET_NO_INDEX);
    assert_int_equal(fleet_find_host(fleet, "a"), 0);
    assert_int_equal(fleet_find_host(fleet, "c"), 2);
    assert_int_equal(fleet_find_host(fleet, "bb"), FLEET_NO_INDEX);
}

static void
add_domain_capabilities(Fleet *fleet, CpuArch arch, DomainTypes type, const char *machine)
{
    DomainCapabilities *capabilities = domain_capabilities_new();

    capabilities->arch = arch;
    capabilities->domain_type = type;
    capabilities->machine = g_strdup(machine);
    g_ptr_array_add(fleet->domain_capabilities, capabilities);
}

static void
test_nearest_domain_capabilities_are_chosen(void **state)
{
    (void)state;
    g_autoptr(Fleet) fleet = fleet_new();
    DomainSet set = {.n_indexes = 4, .indexes = g_new(guint32, 4)};
    static const struct {
        CpuArch arch;
        DomainTypes type;
        const char *machine;
        guint32 expected;
    } cases[] = {
        {CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "pc-q35-9.2", 1}, /* the same machine */
        {CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "pc-q35-8.0", 1}, /* the same family */
        {CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "q35", 1},
        {CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "pc-i440fx-8.0", 0},
        {CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "microvm", 0}, /* any of that arch and type */
        {CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, NULL, 0},
        {CPU_ARCH_X86_64, DOMAIN_TYPE_QEMU, "pc-q35-9.2", 2},
        {CPU_ARCH_S390X, DOMAIN_TYPE_KVM, "s390-ccw-virtio-9.2", 3},
        {CPU_ARCH_AARCH64, DOMAIN_TYPE_KVM, "virt-9.2", FLEET_NO_INDEX},
    };

    add_domain_capabilities(fleet, CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "pc-i440fx-9.2");
    add_domain_capabilities(fleet, CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "pc-q35-9.2");
    add_domain_capabilities(fleet, CPU_ARCH_X86_64, DOMAIN_TYPE_QEMU, "pc-i440fx-9.2");
    add_domain_capabilities(fleet, CPU_ARCH_S390X, DOMAIN_TYPE_KVM, "s390-ccw-virtio-9.1");
    for (guint32 i = 0; i < 4; i++)
        set.indexes[i] = i;
    g_array_append_val(fleet->domain_sets, set);
    add_host(fleet, "a", 0);
    add_host(fleet, "b", FLEET_NO_INDEX);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(fleet_host_domain_capabilities(fleet, fleet_host(fleet, 0), cases[i].arch,
                                                        cases[i].type, cases[i].machine),
                         cases[i].expected);
    }
    assert_int_equal(fleet_host_domain_capabilities(fleet, fleet_host(fleet, 1), CPU_ARCH_X86_64,
                                                    DOMAIN_TYPE_KVM, NULL),
                     FLEET_NO_INDEX);
}

/* What capabilities say counts; what they leave out, the host-model under KVM tells. */
static void
test_hosts_are_told_by_domain_capabilities_too(void **state)
{
    (void)state;
    g_autoptr(Fleet) fleet = fleet_new();
    DomainSet set = {.n_indexes = 3, .indexes = g_new(guint32, 3)};
    CpuProfile *profile = g_new0(CpuProfile, 1);
    static const char *const vendors[] = {"ARM", "Hygon", "Intel"};

    add_domain_capabilities(fleet, CPU_ARCH_AARCH64, DOMAIN_TYPE_QEMU, "virt-9.2");
    add_domain_capabilities(fleet, CPU_ARCH_I686, DOMAIN_TYPE_KVM, "pc-q35-9.2");
    add_domain_capabilities(fleet, CPU_ARCH_X86_64, DOMAIN_TYPE_KVM, "pc-q35-9.2");
    for (guint32 i = 0; i < 3; i++) {
        DomainCapabilities *domain = fleet->domain_capabilities->pdata[i];

        domain->host_model_cpu = cpu_definition_new(CPU_TYPE_GUEST);
        domain->host_model_cpu->vendor = g_strdup(vendors[i]);
        set.indexes[i] = i;
    }
    g_array_append_val(fleet->domain_sets, set);
    profile->cpu = cpu_definition_new(CPU_TYPE_GUEST);
    profile->cpu->arch = CPU_ARCH_I686;
    profile->cpu->vendor = g_strdup("AMD");
    g_ptr_array_add(fleet->cpus, profile);
    add_host(fleet, "a", 0);
    add_host(fleet, "b", FLEET_NO_INDEX);
    Host *alone = &g_array_index(fleet->hosts, Host, 0);
    Host *silent = &g_array_index(fleet->hosts, Host, 1);
    alone->cpu = silent->cpu = FLEET_NO_INDEX;
    assert_int_equal(fleet_host_arch(fleet, alone), CPU_ARCH_X86_64);
    assert_string_equal(fleet_host_vendor(fleet, alone), "Intel");
    alone->cpu = 0;
    assert_int_equal(fleet_host_arch(fleet, alone), CPU_ARCH_I686);
    assert_string_equal(fleet_host_vendor(fleet, alone), "AMD");
    g_clear_pointer(&profile->cpu->vendor, g_free);
    assert_string_equal(fleet_host_vendor(fleet, alone), "Hygon");
    assert_int_equal(fleet_host_arch(fleet, silent), CPU_ARCH_NONE);
    assert_null(fleet_host_vendor(fleet, silent));
    assert_null(fleet_host_model(fleet, silent));
}

static void
test_findings_name_file_line_and_remedy(void **state)
{
    (void)state;
    g_autoptr(Finding) finding =
        finding_new(FINDING_ERROR, "not-xml", "is not XML", "collect it again");

    g_autofree char *bare = finding_format(finding);
    assert_string_equal(bare, "is not XML: collect it again");
    finding->host = g_strdup("kvm01");
    g_autofree char *of_host = finding_format(finding);
    assert_string_equal(of_host, "kvm01: is not XML: collect it again");
    finding->source = g_strdup("kvm01/capabilities.xml");
    finding->line = 12;
    g_autofree char *of_file = finding_format(finding);
    assert_string_equal(of_file, "kvm01/capabilities.xml:12: is not XML: collect it again");
}

static void
test_findings_sort_by_source_and_line(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    static const struct {
        const char *source;
        guint line;
    } rows[] = {{"b", 1}, {"a", 10}, {"a", 9}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        Finding *finding = finding_new(FINDING_NOTE, "id", "text", "remedy");

        finding->source = g_strdup(rows[i].source);
        finding->line = rows[i].line;
        g_ptr_array_add(findings, finding);
    }
    g_ptr_array_sort(findings, finding_compare);
    assert_int_equal(((Finding *)findings->pdata[0])->line, 9);
    assert_int_equal(((Finding *)findings->pdata[1])->line, 10);
    assert_string_equal(((Finding *)findings->pdata[2])->source, "b");
}

static void
test_numbers_have_their_thousands_apart(void **state)
{
    static const struct {
        guint64 number;
        const char *words;
    } cases[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {11033, "11,033"},
                 {G_MAXUINT64, "18,446,744,073,709,551,615"}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = words_number(cases[i].number);
        assert_string_equal(words, cases[i].words);
    }
}

static void
test_memory_keeps_one_unit_where_hosts_are_compared(void **state)
{
    static const struct {
        guint64 kib;
        const char *words;
    } cases[] = {{0, "-"},
                 {512, "512 KiB"},
                 {512 * 1024, "512 MiB"},
                 {4096 * 1024 - 1, "4,096 MiB"},
                 {4096 * 1024, "4 GiB"},
                 {G_GUINT64_CONSTANT(3768) << 20, "3,768 GiB"},
                 {(G_GUINT64_CONSTANT(99) << 20) + (1 << 19), "100 GiB"},
                 {G_GUINT64_CONSTANT(102400) << 20, "100 TiB"}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = words_memory(cases[i].kib);
        assert_string_equal(words, cases[i].words);
    }
}

/* "and 1 more" is no shorter than the name itself. */
static void
test_lists_count_what_they_leave_out_when_it_is_several(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    static const char *const lists[] = {"", "a", "a, b", "a, b, c", "a, b and 2 more"};
    g_autoptr(GPtrArray) some = g_ptr_array_new();

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *list = words_list(some, 2);

        assert_string_equal(list, lists[i]);
        if (i < G_N_ELEMENTS(names))
            g_ptr_array_add(some, (gpointer)(guintptr)names[i]);
    }
}

/* They are written alike, "<address type='pci'/>", but for zPCI identifiers. */
static void
test_pci_addresses_without_a_place_are_the_same(void **state)
{
    const DeviceAddress none = {.type = ADDRESS_PCI};
    DeviceAddress other = {.type = ADDRESS_PCI,
                           .pci = {.function = 2, .multifunction = CPU_SWITCH_OFF}};

    (void)state;
    assert_true(device_address_equal(&none, &other));
    other.pci.slot = 1;
    assert_false(device_address_equal(&none, &other));
    other = none;
    other.pci.has_uid = TRUE;
    assert_false(device_address_equal(&none, &other));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_are_found_by_name),
        cmocka_unit_test(test_nearest_domain_capabilities_are_chosen),
        cmocka_unit_test(test_hosts_are_told_by_domain_capabilities_too),
        cmocka_unit_test(test_findings_name_file_line_and_remedy),
        cmocka_unit_test(test_findings_sort_by_source_and_line),
        cmocka_unit_test(test_numbers_have_their_thousands_apart),
        cmocka_unit_test(test_memory_keeps_one_unit_where_hosts_are_compared),
        cmocka_unit_test(test_lists_count_what_they_leave_out_when_it_is_several),
        cmocka_unit_test(test_pci_addresses_without_a_place_are_the_same),
    };

    return cmocka_run_group_tests_name("fleet.fleet", tests, NULL, NULL);
}
