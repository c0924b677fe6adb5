/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* CPUID text dumps in both forms, of one CPU and of many that differ. */

#include "ingest_fixture.h"

#include <ingest/cpuid_text_reader.h>
#include <string.h>

static const char published[] =
    "------[ Versions ]------\n\nProgram Version : X\n\n"
    "------[ CPUID Registers / Logical CPU #0 ]------\n\n"
    "allcpu: Package 0 / Core 0 / Thread 0: Valid\n\n"
    "CPUID 00000000: 0000000F-756E6547-6C65746E-49656E69 [GenuineIntel]\n"
    "CPUID 00000001: 000306F2-00100800-7FFEFBFF-BFEBFBFF\n"
    "CPUID 00000007: 00000000-000037AB-00000000-9C000400 [SL 00]\n"
    "CPUID 80000008: 0000302E-00000000-00000000-00000000\n\n"
    "------[ CPUID Registers / Logical CPU #1 ]------\n\n"
    "CPUID 00000000: 0000000F-756E6547-6C65746E-49656E69 [GenuineIntel]\n"
    "CPUID 00000001: 000306F2-01100800-7FFEFBFF-BFEBFBFF\n"
    "CPUID 00000007: 00000000-000027AB-00000000-9C000400 [SL 00]\n"
    "CPUID 80000008: 0000302E-00000000-00000000-00000000\n\n"
    "------[ MSR Registers / Logical CPU #0 ]------\n\n"
    "MSR 0000001B: 0000-0000-FEE0-0900\n"
    "MSR 0000010A: 0000-0001-0000-0C08 [S200]\n"
    "MSR 0000010B: < FAILED >\n"
    "------[ MSR Registers / Logical CPU #1 ]------\n\n"
    "MSR 0000010A: 0000-0001-0000-0008\n";

static const char raw[] =
    "CPU 0:\n"
    "   0x00000000 0x00: eax=0x0000000f ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
    "   0x00000001 0x00: eax=0x000306f2 ebx=0x00100800 ecx=0x7ffefbff edx=0xbfebfbff\n"
    "   0x0000000d 0x01: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n"
    "CPU 1:\n"
    "   0x00000000 0x00: eax=0x0000000f ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
    "   0x00000001 0x00: eax=0x000306f2 ebx=0x02100800 ecx=0x7ffefbff edx=0xbfebfbff\n"
    "   0x0000000d 0x01: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n";

static guint32
reg(const CpuidText *text, gboolean is_msr, guint32 leaf, guint32 subleaf, CpuRegister which)
{
    const CpuDataItem *item = cpu_data_find(text->data, is_msr, leaf, subleaf);

    assert_non_null(item);
    return item->regs[which];
}

static void
test_published_dump_has_what_all_its_cpus_have(void **state)
{
    g_autoptr(CpuidText) text = cpuid_text_reader_parse(published, strlen(published), NULL);

    (void)state;
    assert_true(cpuid_text_reader_recognizes(published, strlen(published)));
    assert_int_equal(text->n_cpus, 2);
    assert_int_equal(text->n_differing, 1);
    assert_int_equal(text->first_differing_line, 14);
    assert_int_equal(reg(text, FALSE, 7, 0, CPU_REGISTER_EBX), 0x27ab);
    assert_int_equal(reg(text, FALSE, 1, 0, CPU_REGISTER_EAX), 0x306f2);
    assert_int_equal(reg(text, TRUE, 0x10a, 0, CPU_REGISTER_EAX), 0x8);
    assert_int_equal(reg(text, TRUE, 0x10a, 0, CPU_REGISTER_EDX), 0x1);
    assert_null(cpu_data_find(text->data, TRUE, 0x1b, 0));
}

/* APIC ids differ by nature; that is no warning. */
static void
test_apic_ids_are_no_difference(void **state)
{
    g_autoptr(CpuidText) text = cpuid_text_reader_parse(raw, strlen(raw), NULL);

    (void)state;
    assert_true(cpuid_text_reader_recognizes(raw, strlen(raw)));
    assert_int_equal(text->n_cpus, 2);
    assert_int_equal(text->n_differing, 0);
    assert_int_equal(reg(text, FALSE, 1, 0, CPU_REGISTER_ECX), 0x7ffefbff);
    assert_int_equal(reg(text, FALSE, 0xd, 1, CPU_REGISTER_EAX), 1);
}

/* Old dumps do not say which subleaf a repeated leaf is, and have DOS line ends. */
static void
test_repeated_leaves_of_old_dumps_are_subleaves(void **state)
{
    static const char old[] = "CPUID 00000004: 04000121-01C0003F-0000003F-00000001\r\n"
                              "CPUID 00000004: 04000122-01C0003F-0000003F-00000001\r\n"
                              "CPUID 00000005: 00000040-00000040-00000003-00000020\r\n";
    g_autoptr(CpuidText) text = cpuid_text_reader_parse(old, strlen(old), NULL);

    (void)state;
    assert_int_equal(text->n_cpus, 1);
    assert_int_equal(reg(text, FALSE, 4, 0, CPU_REGISTER_EAX), 0x04000121);
    assert_int_equal(reg(text, FALSE, 4, 1, CPU_REGISTER_EAX), 0x04000122);
}

static void
test_what_is_no_dump_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text;
        CpuidTextReaderError code;
        const char *prefix;
    } cases[] = {
        {"", CPUID_TEXT_READER_ERROR_EMPTY, ""},
        {"CPU 0:\nCPU 1:\n", CPUID_TEXT_READER_ERROR_EMPTY, ""},
        {"CPUID Registers\n", CPUID_TEXT_READER_ERROR_EMPTY, ""},
        {"\nCPUID 00000001: 1-2-3-4\n", CPUID_TEXT_READER_ERROR_INVALID, "line 2: "},
        {"0x00000001 0x00: eax=0x1\n", CPUID_TEXT_READER_ERROR_INVALID, "line 1: "},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(cpuid_text_reader_parse(cases[i].text, strlen(cases[i].text), &error));
        assert_true(g_error_matches(error, CPUID_TEXT_READER_ERROR, (gint)cases[i].code));
        assert_true(g_str_has_prefix(error->message, cases[i].prefix));
    }
}

/*
 * As a source, a dump is a host of which only the CPU is known, with a warning where CPUs differ.
 */
static void
test_dump_is_a_host_of_which_the_cpu_is_known(void **state)
{
    g_autoptr(SourceReading) reading = fixture_read("web01.txt", published);
    const Document *document = g_ptr_array_index(reading->documents, 0);
    const Finding *finding = g_ptr_array_index(reading->findings, 0);

    (void)state;
    assert_int_equal(reading->documents->len, 1);
    assert_string_equal(document->host_name, "web01");
    assert_true(document->host->is_raw_cpuid);
    assert_int_equal(document->host->cpu->family, 6);
    assert_int_equal(document->host->cpu->model_number, 63);
    assert_int_equal(document->host->physical_address_bits, 46);
    assert_non_null(document->host->cpu->model);
    assert_int_equal(reading->findings->len, 1);
    assert_string_equal(finding->id, "differing-cpus");
    assert_int_equal(finding->line, 14);
}

/* A 32-bit program does not see syscall on Intel's CPUs; the host that it ran on has it. */
static void
test_dump_of_a_32_bit_program_hides_no_syscall(void **state)
{
    static const struct {
        const char *vendor;   /* EBX-ECX-EDX of leaf 0 */
        const char *extended; /* EDX of leaf 80000001 */
        gboolean has_syscall;
    } cases[] = {
        {"756E6547-6C65746E-49656E69", "20100000", TRUE},  /* long mode: hidden */
        {"756E6547-6C65746E-49656E69", "20100800", TRUE},  /* shown */
        {"756E6547-6C65746E-49656E69", "00100000", FALSE}, /* no long mode */
        {"68747541-444D4163-69746E65", "20100000", FALSE}, /* AMD shows it to all */
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "CPUID 00000000: 0000000A-%s\nCPUID 00000001: 000006F6-00020800-0000E3BD-BFEBFBFF\n"
            "CPUID 80000001: 00000000-00000000-00000001-%s\n",
            cases[i].vendor, cases[i].extended);
        g_autoptr(SourceReading) reading = fixture_read("web01.txt", text);
        g_autoptr(CpuMap) map = cpu_map_new_builtin();
        g_autoptr(CpuDefinition) cpu =
            cpu_engine_expand(map, fixture_document(reading)->host->cpu, CPU_ARCH_NONE, NULL);

        assert_non_null(cpu);
        assert_int_equal(cpu_definition_find_feature(cpu, "syscall") != NULL, cases[i].has_syscall);
    }
}

/* Published dumps of real CPUs, from 1996 to 2024. */
static void
test_published_dumps_of_real_cpus_are_read(void **state)
{
    g_autoptr(GDir) folder = g_dir_open(TEST_CORPUS_DIR "/corpus/cpuid-text", 0, NULL);
    guint n = 0;

    (void)state;
    if (folder == NULL) {
        print_message("skipped: no folder " TEST_CORPUS_DIR "/corpus/cpuid-text\n");
        skip();
    }
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *path = g_build_filename(TEST_CORPUS_DIR "/corpus/cpuid-text", name, NULL);
        g_autofree char *bytes = NULL;
        gsize length;

        assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        g_autoptr(SourceReading) reading = fixture_read_bytes(name, bytes, length);
        const HostCapabilities *host = fixture_document(reading)->host;
        /* The name begins with the vendor and the signature: GenuineIntel00306F2_... */
        assert_true(g_str_has_prefix(name, g_str_equal(host->cpu->vendor, "AMD") ? "AuthenticAMD"
                                                                                 : "GenuineIntel"));
        n++;
    }
    assert_true(n > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_dump_has_what_all_its_cpus_have),
        cmocka_unit_test(test_apic_ids_are_no_difference),
        cmocka_unit_test(test_repeated_leaves_of_old_dumps_are_subleaves),
        cmocka_unit_test(test_what_is_no_dump_is_refused_with_its_line),
        cmocka_unit_test(test_dump_is_a_host_of_which_the_cpu_is_known),
        cmocka_unit_test(test_dump_of_a_32_bit_program_hides_no_syscall),
        cmocka_unit_test(test_published_dumps_of_real_cpus_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
