/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each kind of document becomes its record, with everything that planning needs. */

#include "ingest_fixture.h"

#include <ingest/guest_reader.h>
#include <string.h>

static void
test_host_capabilities_are_read_whole(void **state)
{
    g_autoptr(SourceReading) reading = fixture_read("web01.xml", fixture_capabilities);
    const Document *document = fixture_document(reading);
    const HostCapabilities *host = document->host;
    const GuestSupport *guest = g_ptr_array_index(host->machines->guests, 0);
    const SecurityModel *security = g_ptr_array_index(host->capabilities->security_models, 0);

    (void)state;
    assert_int_equal(document->kind, DOCUMENT_HOST_CAPABILITIES);
    assert_string_equal(document->host_name, "web01");
    assert_string_equal(host->uuid, "11111111-2222-3333-4444-555555555555");
    assert_string_equal(host->cpu->model, "Haswell-noTSX");
    assert_int_equal(host->cpu->microcode, 67);
    assert_int_equal(host->cpu->model_number, 63);
    assert_int_equal(host->cpu->tsc_hz, 2394000000);
    assert_int_equal(host->cpu->tsc_scaling, CPU_SWITCH_OFF);
    assert_int_equal(host->cpu->threads, 2);
    assert_int_equal(host->physical_address_bits, 46);
    assert_int_equal(host->memory_kib, 2024);
    assert_int_equal(host->n_cpus, 3);
    assert_int_equal(host->n_numa_cells, 2);
    assert_int_equal(host->capabilities->iommu, CPU_SWITCH_ON);
    assert_true(host->capabilities->can_live_migrate);
    assert_int_equal(host->capabilities->transports->len, 2);
    assert_string_equal(g_ptr_array_index(host->capabilities->power_management, 1), "suspend_disk");
    assert_string_equal(security->model, "dac");
    assert_string_equal(g_ptr_array_index(security->baselabels, 0), "kvm=+64055:+64055");
    assert_int_equal(host->machines->guests->len, 1);
    assert_int_equal(guest->domain_types, DOMAIN_TYPE_KVM | DOMAIN_TYPE_QEMU);
    assert_int_equal(guest->machines->len, 4); /* the one under <domain>, without its repetition */
    assert_string_equal(machine_profile_find(host->machines, CPU_ARCH_X86_64, "q35")->canonical,
                        "pc-q35-7.2");
    assert_true(
        machine_profile_find(host->machines, CPU_ARCH_X86_64, "pc-i440fx-1.7")->is_deprecated);
    assert_int_equal(
        machine_profile_find(host->machines, CPU_ARCH_X86_64, "pc-i440fx-7.2")->max_vcpus, 255);
    assert_non_null(host->machines->digest);
    assert_non_null(host->capabilities->digest);
}

/* libvirt takes a UUID with or without hyphens, in capitals or not, and writes it in one form. */
static void
test_uuid_of_a_host_is_canonical(void **state)
{
    static const struct {
        const char *written, *kept;
    } uuids[] = {
        {"4C4C4544-0031-4810-8057-B4C04F4E3732", "4c4c4544-0031-4810-8057-b4c04f4e3732"},
        {"4c4c4544003148108057b4c04f4e3732", "4c4c4544-0031-4810-8057-b4c04f4e3732"},
        {" 4C4C4544 00314810 8057B4C0 4F4E3732\n", "4c4c4544-0031-4810-8057-b4c04f4e3732"},
        {"Not Settable", "Not Settable"},
        {"4c4c4544003148108057b4c04f4e37321", "4c4c4544003148108057b4c04f4e37321"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(uuids); i++) {
        g_autofree char *text =
            g_strdup_printf("<capabilities><host><uuid>%s</uuid><cpu><arch>x86_64</arch></cpu>"
                            "</host></capabilities>",
                            uuids[i].written);
        g_autoptr(SourceReading) reading = fixture_read("h.xml", text);

        assert_string_equal(fixture_document(reading)->host->uuid, uuids[i].kept);
    }
}

static void
test_kvm_with_an_emulator_of_its_own_stands_apart(void **state)
{
    static const char text[] =
        "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
        "<arch name='x86_64'><emulator>/usr/bin/qemu</emulator><machine>pc</machine>"
        "<domain type='qemu'/><domain type='kvm'><emulator>/usr/bin/kvm</emulator>"
        "<machine>pc-1.0</machine></domain></arch></guest></capabilities>";
    g_autoptr(SourceReading) reading = fixture_read("h.xml", text);
    const MachineProfile *machines = fixture_document(reading)->host->machines;
    const GuestSupport *kvm = g_ptr_array_index(machines->guests, 0);
    const GuestSupport *qemu = g_ptr_array_index(machines->guests, 1);

    (void)state;
    assert_string_equal(kvm->emulator, "/usr/bin/kvm");
    assert_int_equal(kvm->domain_types, DOMAIN_TYPE_KVM);
    assert_int_equal(kvm->machines->len, 2);
    assert_string_equal(qemu->emulator, "/usr/bin/qemu");
    assert_int_equal(qemu->domain_types, DOMAIN_TYPE_QEMU);
    assert_int_equal(qemu->machines->len, 1);
}

static void
assert_domain_offers(const DomainCapabilities *domain, const char *key, const char *value)
{
    const GPtrArray *values = g_hash_table_lookup(domain->device_values, key);

    assert_non_null(values);
    assert_int_equal(values->len, 1);
    assert_string_equal(g_ptr_array_index(values, 0), value);
}

static void
test_domain_capabilities_are_read_whole(void **state)
{
    g_autoptr(SourceReading) reading =
        fixture_read("web01.domcapabilities.xml", fixture_domain_capabilities);
    const Document *document = fixture_document(reading);
    const DomainCapabilities *domain = document->domain;
    const CpuHypervisorModel *epyc = cpu_hypervisor_models_find(domain->models, "EPYC");
    const GPtrArray *buses = g_hash_table_lookup(domain->device_values, "disk.bus");

    (void)state;
    assert_string_equal(document->host_name, "web01");
    assert_string_equal(domain->machine, "pc-q35-9.2");
    assert_int_equal(domain->domain_type, DOMAIN_TYPE_KVM);
    assert_int_equal(domain->max_vcpus, 4096);
    assert_int_equal(domain->host_passthrough, SUPPORT_YES);
    assert_int_equal(domain->host_passthrough_migratable, SUPPORT_YES);
    assert_int_equal(domain->maximum, SUPPORT_NO);
    assert_int_equal(domain->host_model, SUPPORT_YES);
    assert_string_equal(domain->host_model_cpu->model, "Skylake-Server-IBRS");
    assert_int_equal(cpu_definition_find_feature(domain->host_model_cpu, "mpx")->policy,
                     CPU_POLICY_DISABLE);
    assert_int_equal(domain->host_model_cpu->maxphysaddr_limit, 46);
    assert_int_equal(domain->models->len, 3);
    assert_int_equal(epyc->usable, CPU_USABLE_NO);
    assert_true(epyc->is_deprecated);
    assert_int_equal(epyc->blockers->len, 2);
    assert_string_equal(cpu_hypervisor_models_find(domain->models, "Haswell-noTSX")->canonical,
                        "Haswell-v2");
    assert_int_equal(cpu_hypervisor_models_find(domain->models, "qemu64")->usable,
                     CPU_USABLE_UNKNOWN);
    assert_int_equal(buses->len, 2);
    assert_domain_offers(domain, "os.loader", "/fw/CODE.fd");
    assert_domain_offers(domain, "os.firmware", "efi");
    assert_domain_offers(domain, "tpm.supported", "no");
    assert_int_equal(domain->sev, SUPPORT_YES);
    assert_int_equal(domain->sev_reduced_phys_bits, 5);
    assert_int_equal(domain->sev_max_es_guests, 450);
    assert_int_equal(domain->sgx, SUPPORT_NO);
    assert_int_equal(domain->tdx, SUPPORT_UNKNOWN);
    assert_string_equal(g_ptr_array_index(domain->hyperv_features, 0), "relaxed");
    assert_int_equal(domain->launch_security_types->len, 2);
}

static void
assert_trait(const Guest *guest, GuestTraitKind kind, const char *detail, guint line)
{
    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);

        if (trait->kind != kind)
            continue;
        assert_string_equal(trait->detail, detail);
        assert_int_equal(trait->line, line);
        return;
    }
    fail_msg("no trait %u", kind);
}

static void
test_domain_is_read_whole(void **state)
{
    g_autoptr(SourceReading) reading = fixture_read("web01.mail.domain.xml", fixture_domain);
    const Document *document = fixture_document(reading);
    const Guest *guest = document->guest;

    (void)state;
    assert_string_equal(document->host_name, "web01");
    assert_string_equal(guest->host, "web01");
    assert_string_equal(guest->name, "mail");
    assert_true(guest->is_running);
    assert_int_equal(guest->memory_kib, 2 * 1024 * 1024);
    assert_int_equal(guest->n_vcpus, 4);
    assert_string_equal(guest->machine, "pc-q35-9.2");
    assert_int_equal(guest->arch, CPU_ARCH_X86_64);
    assert_true(guest->has_cpu);
    assert_string_equal(guest->cpu->model, "Haswell-noTSX");
    assert_int_equal(guest->tsc_hz, 2394000000);
    assert_int_equal(guest->hyperv_features->len, 1);
    assert_string_equal(guest->emulator, "/usr/bin/qemu-system-x86_64");
    assert_trait(guest, GUEST_TRAIT_CPU_PINNED, "0-3", 5);
    assert_trait(guest, GUEST_TRAIT_NVRAM, "/var/lib/libvirt/qemu/nvram/mail.fd", 8);
    assert_trait(guest, GUEST_TRAIT_CLOCK_TSC, "2394000000 Hz", 15);
    assert_trait(guest, GUEST_TRAIT_DISK_LOCAL, "vda: /images/mail & news.qcow2", 18);
    assert_trait(guest, GUEST_TRAIT_HOSTDEV_PCI, "0000:06:12.5", 25);
    assert_trait(guest, GUEST_TRAIT_SECLABEL_STATIC, "selinux: a:b:c", 29);
    assert_int_equal(guest->traits->len, 6); /* no cache trait, none of the empty drive */
    assert_true(g_str_has_prefix(guest->xml, "<domain type='kvm' id='7'>"));
    assert_true(g_str_has_suffix(guest->xml, "</domain>"));
}

static void
test_status_file_is_the_domain_of_a_running_guest(void **state)
{
    static const char text[] = "<!-- by libvirt -->\n<domstatus state='running' pid='1'>\n"
                               "  <monitor path='/x'/>\n  <domain type='qemu'><name>g</name>"
                               "<devices/></domain>\n</domstatus>\n";
    g_autoptr(SourceReading) reading = fixture_read("h.g.domain.xml", text);
    const Document *document = fixture_document(reading);

    (void)state;
    assert_true(document->guest->is_running);
    assert_int_equal(document->line, 4);
    assert_string_equal(document->guest->xml,
                        "<domain type='qemu'><name>g</name><devices/></domain>");
}

/*
 * Where a document ends is known however much follows it: beyond 32000 bytes libxml2's own count of
 * consumed bytes is wrong, and the rest of the file would be lost.
 */
static void
test_end_is_known_however_much_follows(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(fixture_capabilities);

    for (guint i = 0; i < 4000; i++)
        g_string_append(text, "<!-- padding -->\n");
    g_string_append(text, fixture_domain);
    g_string_append(text, fixture_domain_capabilities);
    g_autoptr(SourceReading) reading = fixture_read("host7.xml", text->str);

    assert_int_equal(reading->findings->len, 0);
    assert_int_equal(reading->documents->len, 3);
    const Document *guest = g_ptr_array_index(reading->documents, 1);
    assert_int_equal(guest->kind, DOCUMENT_DOMAIN);
    assert_string_equal(guest->guest->host, "host7");
}

/* Several documents of several kinds in one file, with and without declarations. */
static void
test_several_documents_of_a_file_are_read(void **state)
{
    g_autofree char *text = g_strconcat(
        "<?xml version='1.0' encoding='UTF-8'?>\n", fixture_capabilities, "<!-- next -->\n",
        fixture_domain_capabilities, "\n\n<?xml version=\"1.0\"?>", fixture_domain, NULL);
    g_autoptr(SourceReading) reading = fixture_read("h.xml", text);
    static const DocumentKind kinds[] = {DOCUMENT_HOST_CAPABILITIES, DOCUMENT_DOMAIN_CAPABILITIES,
                                         DOCUMENT_DOMAIN};

    (void)state;
    assert_int_equal(reading->findings->len, 0);
    assert_int_equal(reading->documents->len, G_N_ELEMENTS(kinds));
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        assert_int_equal(document->kind, kinds[i]);
        assert_string_equal(document->host_name, "h");
    }
    assert_int_equal(((Document *)g_ptr_array_index(reading->documents, 0))->line, 2);
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 2))->guest->host, "h");
}

/* Hosts in one file stay apart, and what follows a host is its own. */
static void
test_hosts_of_one_file_stay_apart(void **state)
{
    g_autofree char *text =
        g_strconcat(fixture_capabilities, fixture_capabilities, fixture_domain_capabilities, NULL);
    g_autoptr(SourceReading) reading = fixture_read("all.xml", text);
    const Finding *finding = g_ptr_array_index(reading->findings, 0);

    (void)state;
    assert_int_equal(reading->documents->len, 3);
    assert_int_equal(finding->severity, FINDING_WARNING);
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 0))->host_name, "all");
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 1))->host_name, "all#2");
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 2))->host_name, "all#2");
}

static void
test_other_encodings_are_read(void **state)
{
    static const char text[] = "<?xml version='1.0' encoding='ISO-8859-1'?>"
                               "<domain type='kvm'><name>b\xfc"
                               "ro</name></domain>";
    static const char *const encodings[] = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"};
    g_autoptr(SourceReading) latin = fixture_read("h.g.domain.xml", text);

    (void)state;
    assert_string_equal(fixture_document(latin)->guest->name, "b\xc3\xbcro");
    for (guint i = 0; i < G_N_ELEMENTS(encodings); i++) {
        gsize length;
        g_autofree char *bytes =
            g_convert("<?xml version='1.0'?><domain type='kvm'><name>b\xc3\xbcro</name></domain>",
                      -1, encodings[i], "UTF-8", NULL, &length, NULL);
        g_autoptr(SourceReading) reading = fixture_read_bytes("h.g.domain.xml", bytes, length);

        assert_string_equal(fixture_document(reading)->guest->name, "b\xc3\xbcro");
    }
}

static void
test_guest_reader_reads_or_names_the_line(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Guest) guest = guest_reader_parse(fixture_domain, strlen(fixture_domain), &error);
    static const char broken[] =
        "<domain type='kvm'>\n<name>g</name>\n<vcpu>many</vcpu>\n</domain>";

    (void)state;
    assert_non_null(guest);
    assert_null(guest_reader_parse(broken, strlen(broken), &error));
    assert_true(g_error_matches(error, GUEST_READER_ERROR, GUEST_READER_ERROR_INVALID));
    assert_true(g_str_has_prefix(error->message, "line 3: "));
    g_clear_error(&error);
    assert_null(guest_reader_parse("<capabilities/>", 15, &error));
    assert_non_null(error);
}

/* A guest's file name is no host's. */
static void
test_guest_of_no_known_host_is_told(void **state)
{
    static const char *const names[] = {"f/h1/mail01.xml", "domains/h1.mail01.xml", "-"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(SourceReading) reading =
            fixture_read(names[i], "<domain type='kvm'><name>mail01</name></domain>");
        const Document *document = g_ptr_array_index(reading->documents, 0);

        assert_null(document->guest->host);
        assert_string_equal(document->host_name, DOCUMENT_HOST_UNKNOWN);
        assert_int_equal(reading->findings->len, 1);
        const Finding *finding = g_ptr_array_index(reading->findings, 0);
        assert_string_equal(finding->id, "guest-without-host");
        assert_non_null(strstr(finding->text, "mail01"));
        assert_non_null(strstr(finding->remedy, "HOST.mail01.domain.xml"));
    }
}

/* QEMU's replies do not tell the architecture: "ibs" is a feature on s390x too. */
static void
test_qemu_reply_about_no_x86_cpu_is_refused(void **state)
{
    const char *const refused[] = {
        "{\"return\": {\"model\": {\"name\": \"z14-base\", \"props\": {\"vx\": true, \"ibs\": "
        "true}}}}",
        "{\"return\": {\"model\": {\"name\": \"host\", \"props\": {\"aarch64\": true, \"sve\": "
        "true}}}}",
        "{\"return\": [{\"name\": \"cortex-a57\"}, {\"name\": \"max\"}, {\"name\": \"host\"}]}",
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(SourceReading) reading = fixture_read("kvm01/qmp.json", refused[i]);
        const Finding *finding = fixture_finding(reading);

        assert_string_equal(finding->id, "invalid-qemu-reply");
        assert_non_null(strstr(finding->text, "no x86 CPU"));
        assert_non_null(strstr(finding->remedy, "domcapabilities"));
    }
    g_autoptr(SourceReading) reading = fixture_read(
        "kvm01/qmp.json", "{\"return\": [{\"name\": \"qemu64\", \"unavailable-features\": "
                          "[\"sse4-1\", \"sse4.1\", \"pku\", \"pku\"]}, {\"name\": \"max\"}]}");
    const CpuHypervisorModel *model =
        cpu_hypervisor_models_find(fixture_document(reading)->domain->models, "qemu64");
    assert_int_equal(model->blockers->len, 3); /* each spelling once */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_qemu_reply_about_no_x86_cpu_is_refused),
        cmocka_unit_test(test_guest_of_no_known_host_is_told),
        cmocka_unit_test(test_host_capabilities_are_read_whole),
        cmocka_unit_test(test_uuid_of_a_host_is_canonical),
        cmocka_unit_test(test_kvm_with_an_emulator_of_its_own_stands_apart),
        cmocka_unit_test(test_domain_capabilities_are_read_whole),
        cmocka_unit_test(test_domain_is_read_whole),
        cmocka_unit_test(test_status_file_is_the_domain_of_a_running_guest),
        cmocka_unit_test(test_several_documents_of_a_file_are_read),
        cmocka_unit_test(test_end_is_known_however_much_follows),
        cmocka_unit_test(test_hosts_of_one_file_stay_apart),
        cmocka_unit_test(test_other_encodings_are_read),
        cmocka_unit_test(test_guest_reader_reads_or_names_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
