/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a definition says beside its devices that binds a guest to its host, or is needed of
 * another; and what looks like it and does not.
 */

#include "ingest_fixture.h"

#include <string.h>

/* A document with PART in its <domain>; the caller frees the reading. */
static const Guest *
read_guest(const char *part, SourceReading **ret_reading)
{
    g_autofree char *text = g_strdup_printf(
        "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
        "<name>g</name><memory>1024</memory>"
        "<os><type arch='x86_64' machine='pc-q35-9.0'>hvm</type></os>%s</domain>",
        part);

    *ret_reading = fixture_read("host.g.domain.xml", text);
    return fixture_document(*ret_reading)->guest;
}

static const struct {
    const char *part;
    GuestTraitKind kind; /* of the only trait; GUEST_TRAIT_COUNT: there is none */
    const char *detail;
} trait_cases[] = {
    {"<vcpu cpuset='0-3'>4</vcpu>", GUEST_TRAIT_CPU_PINNED, "0-3"},
    {"<vcpu placement='auto'>4</vcpu>", GUEST_TRAIT_NUMAD, "numad"},
    {"<vcpu placement='static'>4</vcpu>", GUEST_TRAIT_COUNT, NULL},
    {"<cputune><vcpupin vcpu='0' cpuset='4'/><vcpupin vcpu='1' cpuset='4'/></cputune>",
     GUEST_TRAIT_CPU_PINNED, "4"},
    {"<cputune><emulatorpin cpuset='6'/></cputune>", GUEST_TRAIT_CPU_PINNED, "6"},
    {"<cputune><iothreadpin iothread='1' cpuset='7'/></cputune>", GUEST_TRAIT_CPU_PINNED, "7"},
    {"<cputune><shares>2048</shares></cputune>", GUEST_TRAIT_COUNT, NULL},

    {"<numatune><memory nodeset='0'/></numatune>", GUEST_TRAIT_NUMA_STRICT, "0"},
    {"<numatune><memory mode='strict' nodeset='0-1'/></numatune>", GUEST_TRAIT_NUMA_STRICT, "0-1"},
    {"<numatune><memory mode='restrictive' nodeset='1'/></numatune>", GUEST_TRAIT_NUMA_STRICT, "1"},
    {"<numatune><memory mode='preferred' nodeset='0'/></numatune>", GUEST_TRAIT_NUMA_WEAK, "0"},
    {"<numatune><memory mode='interleave' nodeset='0-1'/></numatune>", GUEST_TRAIT_NUMA_WEAK,
     "0-1"},
    {"<numatune><memory mode='strict' placement='auto'/></numatune>", GUEST_TRAIT_NUMAD, "numad"},
    {"<resource><partition>/machine</partition></resource>", GUEST_TRAIT_COUNT, NULL},
    {"<resource><partition>/machine/prod</partition></resource>", GUEST_TRAIT_PARTITION,
     "/machine/prod"},

    {"<memoryBacking><hugepages/></memoryBacking>", GUEST_TRAIT_HUGEPAGES, NULL},
    {"<memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>",
     GUEST_TRAIT_HUGEPAGES, "1048576 KiB"},
    {"<memoryBacking><locked/></memoryBacking>", GUEST_TRAIT_MEMORY_LOCKED, "locked"},
    {"<memoryBacking><nosharepages/></memoryBacking>", GUEST_TRAIT_COUNT, NULL},

    {"<clock offset='utc'><timer name='tsc' frequency='2400000000'/></clock>",
     GUEST_TRAIT_CLOCK_TSC, "2400000000 Hz"},
    {"<clock offset='utc'><timer name='tsc' mode='native'/></clock>", GUEST_TRAIT_CLOCK_TSC,
     "native"},
    {"<clock offset='utc'><timer name='tsc' mode='emulate'/></clock>", GUEST_TRAIT_COUNT, NULL},
    {"<clock offset='utc'><timer name='hpet' frequency='2400000000'/></clock>", GUEST_TRAIT_COUNT,
     NULL},

    {"<cputune><shares>16384</shares></cputune>", GUEST_TRAIT_CPU_SHARES, "16384"},
    {"<cputune><shares>10000</shares></cputune>", GUEST_TRAIT_COUNT, NULL},
    {"<blkiotune><weight>500</weight><device><path>/dev/sdx</path><weight>500</weight></device>"
     "</blkiotune>",
     GUEST_TRAIT_HOST_DEVICE, "/dev/sdx"},
    {"<os><varstore path='/v/g.json'/></os>", GUEST_TRAIT_NVRAM, "/v/g.json"},
    {"<features><pmu state='on'/></features>", GUEST_TRAIT_PMU, NULL},
    {"<features><pmu state='off'/></features>", GUEST_TRAIT_COUNT, NULL},
    {"<seclabel type='static' model='selinux'><label>a:b</label></seclabel>",
     GUEST_TRAIT_SECLABEL_STATIC, "selinux: a:b"},
    {"<seclabel type='static' model='selinux'/>", GUEST_TRAIT_SECLABEL_STATIC, "selinux"},
    {"<seclabel type='none' model='selinux'/>", GUEST_TRAIT_SECLABEL_NONE, "selinux"},
    {"<seclabel type='none'/>", GUEST_TRAIT_SECLABEL_NONE, NULL},
    {"<seclabel type='dynamic' model='selinux'><label>a:b</label></seclabel>", GUEST_TRAIT_COUNT,
     NULL},

    {"<qemu:commandline><qemu:arg value='-device'/><qemu:arg value='edu'/></qemu:commandline>",
     GUEST_TRAIT_QEMU_COMMANDLINE, "-device edu"},
    {"<qemu:capabilities><qemu:del capability='usb-host'/></qemu:capabilities>",
     GUEST_TRAIT_QEMU_COMMANDLINE, "usb-host"},
    {"<qemu:commandline/>", GUEST_TRAIT_COUNT, NULL},
};

static void
test_each_part_has_its_trait_and_no_other(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(trait_cases); i++) {
        g_autoptr(SourceReading) reading = NULL;
        const Guest *guest = read_guest(trait_cases[i].part, &reading);
        const GuestTrait *only =
            guest->traits->len == 1 ? &g_array_index(guest->traits, GuestTrait, 0) : NULL;

        if (guest->traits->len != (trait_cases[i].kind == GUEST_TRAIT_COUNT ? 0 : 1))
            fail_msg("%s: %u traits", trait_cases[i].part, guest->traits->len);
        if (only != NULL && (only->kind != trait_cases[i].kind ||
                             g_strcmp0(only->detail, trait_cases[i].detail) != 0))
            fail_msg("%s: trait %u, %s", trait_cases[i].part, only->kind, only->detail);
    }
}

/* What names the host's processors and nodes is kept, whichever of them names the furthest. */
static void
test_each_list_of_a_binding_is_a_trait_once(void **state)
{
    static const struct {
        GuestTraitKind kind;
        const char *detail;
    } expected[] = {
        {GUEST_TRAIT_CPU_PINNED, "4"},  {GUEST_TRAIT_CPU_PINNED, "5"},
        {GUEST_TRAIT_NUMA_WEAK, "0"},   {GUEST_TRAIT_NUMA_STRICT, "1"},
        {GUEST_TRAIT_NUMA_STRICT, "2"},
    };
    g_autoptr(SourceReading) reading = NULL;
    const Guest *guest =
        read_guest("<cputune><vcpupin vcpu='0' cpuset='4'/><vcpupin vcpu='1' cpuset='5'/>"
                   "<vcpupin vcpu='2' cpuset='4'/></cputune>"
                   "<numatune><memory mode='interleave' nodeset='0'/>"
                   "<memnode cellid='0' mode='strict' nodeset='1'/>"
                   "<memnode cellid='1' mode='strict' nodeset='2'/></numatune>",
                   &reading);

    (void)state;
    assert_int_equal(guest->traits->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);

        assert_int_equal(trait->kind, expected[i].kind);
        assert_string_equal(trait->detail, expected[i].detail);
    }
}

static void
test_each_part_has_its_need_and_no_other(void **state)
{
    static const struct {
        const char *part;
        const char *need; /* the only one; NULL: there is none */
    } cases[] = {
        {"<features><gic version='2'/></features>", "gic.version=2"},
        {"<features><gic version='host'/></features>", NULL},
        {"<features><gic/></features>", NULL},
        {"<features><ps2 state='on'/></features>", "ps2.state=on"},
        {"<features><ps2 state='off'/></features>", NULL},
        {"<features><async-teardown enabled='yes'/></features>", "async-teardown.enabled=yes"},
        {"<features><async-teardown enabled='no'/></features>", NULL},
        {"<os firmware='efi'><loader secure='no'/></os>", "os.firmware=efi"},
        {"<os><loader secure='yes'/></os>", "loader.secure=yes"},
        {"<os><loader>/fw.fd</loader></os>", "os.loader=/fw.fd"},
        {"<os><varstore path='/v/g.json'/></os>", "varstore.state=yes"},
        {"<genid/>", "genid.state=on"},
        {"<memoryBacking><source type='memfd'/></memoryBacking>", "memoryBacking.sourceType=memfd"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SourceReading) reading = NULL;
        const Guest *guest = read_guest(cases[i].part, &reading);
        const char *only = guest->needs->len == 1 ? guest->needs->pdata[0] : NULL;

        if (guest->needs->len != (cases[i].need == NULL ? 0 : 1) ||
            g_strcmp0(only, cases[i].need) != 0)
            fail_msg("%s: %u needs, %s", cases[i].part, guest->needs->len, only);
    }
}

/* Only what is switched on is an enlightenment that the target must give. */
static void
test_only_enabled_enlightenments_count(void **state)
{
    g_autoptr(SourceReading) first = NULL, second = NULL;
    const Guest *guest = read_guest("<features><hyperv><vapic state='on'/><relaxed state='on'/>"
                                    "<synic state='off'/><runtime/></hyperv></features>",
                                    &first);
    const Guest *passed = read_guest("<features><hyperv mode='passthrough'/></features>", &second);

    (void)state;
    assert_int_equal(guest->hyperv_features->len, 2);
    assert_string_equal(guest->hyperv_features->pdata[0], "relaxed");
    assert_string_equal(guest->hyperv_features->pdata[1], "vapic");
    assert_false(guest->is_hyperv_passthrough);
    assert_true(passed->is_hyperv_passthrough);
}

/* In KiB, and never less than was asked for. */
static void
test_memory_is_in_kib_and_never_less_than_asked(void **state)
{
    static const struct {
        const char *memory;
        guint64 kib;
    } cases[] = {
        {"<memory>1024</memory>", 1024},          {"<memory unit='b'>1024</memory>", 1},
        {"<memory unit='b'>1025</memory>", 2},    {"<memory unit='KB'>1</memory>", 1},
        {"<memory unit='KB'>1000</memory>", 977}, {"<memory unit='MiB'>1</memory>", 1024},
        {"<memory unit='G'>1</memory>", 1048576},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SourceReading) reading = NULL;
        const Guest *guest = read_guest(cases[i].memory, &reading);

        if (guest->memory_kib != cases[i].kib)
            fail_msg("%s: %" G_GUINT64_FORMAT " KiB", cases[i].memory, guest->memory_kib);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_part_has_its_trait_and_no_other),
        cmocka_unit_test(test_each_list_of_a_binding_is_a_trait_once),
        cmocka_unit_test(test_each_part_has_its_need_and_no_other),
        cmocka_unit_test(test_only_enabled_enlightenments_count),
        cmocka_unit_test(test_memory_is_in_kib_and_never_less_than_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
