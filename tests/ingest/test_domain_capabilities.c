/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What domain capabilities say, and what they leave open: an older libvirt does not mention what it
 * does not know, which is neither yes nor no.
 */

#include "ingest_fixture.h"

#include <string.h>

/* A document with PART in it; the caller frees the reading. */
static const DomainCapabilities *
read_part(const char *part, SourceReading **ret_reading)
{
    g_autofree char *text = g_strdup_printf("<domainCapabilities><path>/q</path>"
                                            "<domain>kvm</domain><machine>pc-q35-9.0</machine>"
                                            "<arch>x86_64</arch>%s</domainCapabilities>",
                                            part);

    *ret_reading = fixture_read("host.domcapabilities.xml", text);
    return fixture_document(*ret_reading)->domain;
}

#define MODE(attributes, content) "<cpu><mode " attributes ">" content "</mode></cpu>"
#define PASSTHROUGH(content) MODE("name='host-passthrough' supported='yes'", content)
#define MIGRATABLE(values) PASSTHROUGH("<enum name='hostPassthroughMigratable'>" values "</enum>")
#define OFFSET(field) G_STRUCT_OFFSET(DomainCapabilities, field)

static const struct {
    const char *part;
    gsize offset; /* of a Support */
    Support expected;
} supports[] = {
    {"", OFFSET(maximum), SUPPORT_UNKNOWN},
    {MODE("name='maximum'", ""), OFFSET(maximum), SUPPORT_UNKNOWN},
    {MODE("name='maximum' supported='no'", ""), OFFSET(maximum), SUPPORT_NO},
    {MODE("name='maximum' supported='yes'", ""), OFFSET(maximum), SUPPORT_YES},
    {MODE("name='host-model' supported='no'", ""), OFFSET(host_model), SUPPORT_NO},
    {MODE("name='host-passthrough' supported='no'", ""), OFFSET(host_passthrough), SUPPORT_NO},

    {PASSTHROUGH(""), OFFSET(host_passthrough_migratable), SUPPORT_UNKNOWN},
    {MIGRATABLE(""), OFFSET(host_passthrough_migratable), SUPPORT_NO},
    {MIGRATABLE("<value>off</value>"), OFFSET(host_passthrough_migratable), SUPPORT_NO},
    {MIGRATABLE("<value>off</value><value>on</value>"), OFFSET(host_passthrough_migratable),
     SUPPORT_YES},

    {"<features><sev/></features>", OFFSET(sev), SUPPORT_UNKNOWN},
    {"<features><sev supported='no'/></features>", OFFSET(sev), SUPPORT_NO},
    {"<features><tdx supported='yes'/></features>", OFFSET(tdx), SUPPORT_YES},
    {"<features><hyperv supported='no'/></features>", OFFSET(hyperv), SUPPORT_NO},
};

static void
test_support_is_yes_no_or_unknown(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(supports); i++) {
        g_autoptr(SourceReading) reading = NULL;
        const DomainCapabilities *domain = read_part(supports[i].part, &reading);
        const Support found = G_STRUCT_MEMBER(Support, domain, supports[i].offset);

        if (found != supports[i].expected)
            fail_msg("%s: %d", supports[i].part, (int)found);
    }
}

#define LOADER(attributes, content) "<os><loader " attributes ">" content "</loader></os>"
#define ENUM(name, value) "<enum name='" name "'><value>" value "</value></enum>"

/* The values of an enumeration, in the words that guests' needs are told in. */
static void
test_enumerations_are_in_the_words_of_needs(void **state)
{
    static const struct {
        const char *part, *key;
        const char *value; /* the only one; NULL: nothing is told */
    } cases[] = {
        {"<devices><tpm supported='no'/></devices>", "tpm.supported", "no"},
        {"<devices><tpm supported='yes'/></devices>", "tpm.supported", NULL},
        {"<devices><tpm/></devices>", "tpm.supported", NULL},
        {"<devices><tpm supported='yes'>" ENUM("model", "tpm-crb") "</tpm></devices>", "tpm.model",
         "tpm-crb"},
        {"<devices><tpm supported='no'>" ENUM("model", "tpm-crb") "</tpm></devices>", "tpm.model",
         NULL},
        {LOADER("supported='yes'", "<value>/f</value>"), "os.loader", "/f"},
        {LOADER("supported='no'", "<value>/f</value>"), "os.loader", NULL},
        {LOADER("", "<value>/f</value>"), "os.loader", NULL},
        {LOADER("supported='yes'", ENUM("secure", "yes")), "loader.secure", "yes"},
        {LOADER("supported='yes'", ENUM("type", "rom")), "loader.secure", NULL},
        {"<os>" ENUM("firmware", "efi") "</os>", "os.firmware", "efi"},
        {"<os><varstore supported='yes'/></os>", "varstore.state", "yes"},
        {"<os><varstore supported='no'/></os>", "varstore.state", "no"},
        {"<os><varstore/></os>", "varstore.state", NULL},
        {"<os><varstore supported='no'/>" ENUM("firmware", "efi") "</os>", "os.firmware", "efi"},
        {"<features><gic supported='yes'>" ENUM("version", "3") "</gic></features>", "gic.version",
         "3"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SourceReading) reading = NULL;
        const DomainCapabilities *domain = read_part(cases[i].part, &reading);
        const GPtrArray *values = g_hash_table_lookup(domain->device_values, cases[i].key);
        const guint n = values != NULL ? values->len : 0;

        if (n != (cases[i].value != NULL ? 1 : 0) ||
            (n == 1 && strcmp(values->pdata[0], cases[i].value) != 0))
            fail_msg("%s: %u values of %s", cases[i].part, n, cases[i].key);
    }
}

/* Lists that stand beside others of another name. */
static void
test_lists_beside_others_of_another_name_are_read(void **state)
{
    g_autoptr(SourceReading) reading = NULL;
    const DomainCapabilities *domain = read_part(
        "<features><hyperv supported='yes'>" ENUM("features", "vapic")
            ENUM("other", "x") "</hyperv><launchSecurity supported='yes'>" ENUM("sectype", "sev")
                ENUM("other", "x") "</launchSecurity></features>",
        &reading);

    (void)state;
    assert_int_equal(domain->hyperv_features->len, 1);
    assert_string_equal(domain->hyperv_features->pdata[0], "vapic");
    assert_int_equal(domain->launch_security_types->len, 1);
    assert_string_equal(domain->launch_security_types->pdata[0], "sev");
}

/* Older releases of libvirt tell of it by an element of its own alone, newer ones by both. */
static void
test_protected_guests_of_s390x_are_offered_once(void **state)
{
    static const struct {
        const char *part;
        guint n;
    } cases[] = {
        {"<features><s390-pv supported='yes'/></features>", 1},
        {"<features><s390-pv supported='no'/></features>", 0},
        {"<features><s390-pv supported='yes'/><launchSecurity supported='yes'>" ENUM(
             "sectype", "s390-pv") "</launchSecurity></features>",
         1},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SourceReading) reading = NULL;
        const DomainCapabilities *domain = read_part(cases[i].part, &reading);

        assert_int_equal(domain->launch_security_types->len, cases[i].n);
        if (cases[i].n > 0)
            assert_string_equal(domain->launch_security_types->pdata[0], "s390-pv");
    }
}

/* Enumerations and sections that libvirt 12 has beside those of older releases. */
static void
test_newer_sections_are_passed_over(void **state)
{
    g_autoptr(SourceReading) reading = NULL;
    const DomainCapabilities *domain = read_part(
        "<iothreads supported='yes'/>"
        "<os supported='yes'><enum name='firmware'><value>efi</value></enum>"
        "<firmwareFeatures supported='yes'>"
        "<enum name='secureBoot'><value>yes</value></enum>"
        "<enum name='enrolledKeys'><value>no</value></enum></firmwareFeatures>"
        "<loader supported='yes'><value>/fw</value>"
        "<enum name='secure'><value>no</value></enum></loader>"
        "<varstore supported='yes'/></os>"
        "<features><sgx supported='yes'><flc>yes</flc><section_size unit='KiB'>2</section_size>"
        "<sections><section node='0' size='1' unit='KiB'/></sections></sgx>"
        "<hyperv supported='yes'><enum name='features'><value>vapic</value></enum>"
        "<defaults><spinlocks>4095</spinlocks></defaults></hyperv></features>",
        &reading);
    static const char *const told[][2] = {{"os.firmware", "efi"},
                                          {"os.loader", "/fw"},
                                          {"loader.secure", "no"},
                                          {"varstore.state", "yes"}};

    (void)state;
    assert_int_equal(reading->findings->len, 0);
    assert_int_equal(g_hash_table_size(domain->device_values), G_N_ELEMENTS(told));
    for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
        const GPtrArray *values = g_hash_table_lookup(domain->device_values, told[i][0]);

        assert_non_null(values);
        assert_int_equal(values->len, 1);
        assert_string_equal(values->pdata[0], told[i][1]);
    }
    assert_int_equal(domain->sgx, SUPPORT_YES);
    assert_int_equal(domain->hyperv_features->len, 1);
}

/* What another hypervisor than KVM tells is never taken for KVM's. */
static void
test_other_hypervisors_are_apart(void **state)
{
    static const struct {
        const char *name;
        DomainTypes type;
    } cases[] = {
        {"kvm", DOMAIN_TYPE_KVM},         {"qemu", DOMAIN_TYPE_QEMU}, {"mshv", DOMAIN_TYPE_OTHER},
        {"hvf", DOMAIN_TYPE_OTHER},       {"xen", DOMAIN_TYPE_OTHER}, {"bhyve", DOMAIN_TYPE_OTHER},
        {"brand-new", DOMAIN_TYPE_OTHER},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("<domainCapabilities><path>/q</path><domain>%s</domain>"
                            "<arch>x86_64</arch></domainCapabilities>",
                            cases[i].name);
        g_autoptr(SourceReading) reading = fixture_read("host.domcapabilities.xml", text);

        assert_int_equal(fixture_document(reading)->domain->domain_type, cases[i].type);
    }
}

/* What stands in a mode that the host does not offer is no host-model. */
static void
test_host_model_of_a_mode_that_is_offered(void **state)
{
    static const struct {
        const char *part;
        gboolean is_there;
    } cases[] = {
        {MODE("name='host-model' supported='yes'", "<model>Haswell</model>"), TRUE},
        {MODE("name='host-model' supported='no'", "<model>Haswell</model>"), FALSE},
        {MODE("name='host-model'", "<model>Haswell</model>"), FALSE},
        {PASSTHROUGH("<model>Haswell</model>"), FALSE},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SourceReading) reading = NULL;

        if ((read_part(cases[i].part, &reading)->host_model_cpu != NULL) != cases[i].is_there)
            fail_msg("%s", cases[i].part);
    }
}

static void
test_documents_that_do_not_say_what_they_are_about(void **state)
{
    static const char *const texts[] = {
        "<domain>kvm</domain><arch>x86_64</arch>",
        "<path>/q</path><arch>x86_64</arch>",
        "<path>/q</path><domain>kvm</domain>",
        "<path>/q</path><domain>kvm</domain><arch>newarch</arch>",
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text =
            g_strdup_printf("<domainCapabilities>%s</domainCapabilities>", texts[i]);
        g_autoptr(SourceReading) reading = fixture_read("host.domcapabilities.xml", text);

        assert_string_equal(fixture_finding(reading)->id, "incomplete");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_support_is_yes_no_or_unknown),
        cmocka_unit_test(test_enumerations_are_in_the_words_of_needs),
        cmocka_unit_test(test_lists_beside_others_of_another_name_are_read),
        cmocka_unit_test(test_protected_guests_of_s390x_are_offered_once),
        cmocka_unit_test(test_newer_sections_are_passed_over),
        cmocka_unit_test(test_other_hypervisors_are_apart),
        cmocka_unit_test(test_host_model_of_a_mode_that_is_offered),
        cmocka_unit_test(test_documents_that_do_not_say_what_they_are_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
