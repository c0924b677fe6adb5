/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading once what documents have in common changes nothing: for a set of texts, in which each
 * kind of trap stands beside the text it could be taken for, in every order of two, the records are
 * those that a reader without sharing gives.
 */

#include "ingest_fixture.h"

#include "reading_description.h"

#include "../../ingest/documents.h"

#include <string.h>

#define HOST(uuid)                                                                                 \
    "<host><uuid>" uuid "</uuid><cpu><arch>x86_64</arch><model>qemu64</model></cpu></host>"
#define GUEST(machine)                                                                             \
    "<guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/q</emulator><machine>" machine    \
    "</machine><domain type='kvm'/></arch></guest>"
#define CUSTOM(inside) "<mode name='custom' supported='yes'>" inside "</mode>"
#define MODEL(model) CUSTOM("<model usable='yes'>" model "</model>")
#define DOMAIN_OF(root, before, modes, behind)                                                     \
    "<domainCapabilities" root "><path>/q</path><domain>kvm</domain><arch>x86_64</arch>" before    \
    "<cpu>" modes "</cpu>" behind "</domainCapabilities>"
#define DOMAIN(model) DOMAIN_OF("", "", MODEL(model), "")
#define PASSTHROUGH                                                                                \
    "<mode name='host-passthrough' supported='yes'><enum name='hostPassthroughMigratable'>"        \
    "<value>on</value></enum></mode>"

static const char *const texts[] = {
    "<capabilities>" HOST("1") GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("2") GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("2") GUEST("q35") "</capabilities>",
    "<capabilities>" HOST("2") "</capabilities>",
    /* The mark in a comment, before and around the same tail. */
    "<capabilities>" HOST("3") "<!--" GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("3") "<!-- <guest> -->" GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("3") "<!-- -->" GUEST("pc") "</capabilities>",
    /* The same tail deeper, and in a namespace. */
    "<capabilities>" HOST("4") "<x>" GUEST("pc") "</capabilities>",
    "<capabilities xmlns='urn:x'>" HOST("4") GUEST("pc") "</capabilities>",
    "<capabilities a='1'>" HOST("4") GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("4") "<x a='" GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("4") "<![CDATA[" GUEST("pc") "</capabilities>",
    /* A second document, and a second host, before the tail. */
    "<capabilities>" HOST("5") "</capabilities><capabilities>" HOST("6")
        GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("5") GUEST("pc") HOST("6") "</capabilities>",
    "<capabilities>" GUEST("pc") "</capabilities>",
    "<capabilities>" GUEST("pc") HOST("7") "</capabilities>",
    /* What follows the document. */
    "<capabilities>" HOST("1") GUEST("pc") "</capabilities>\n \n",
    "<capabilities>" HOST("1") GUEST("pc") "</capabilities>" DOMAIN("kvm64"),
    "<capabilities>" HOST("1") GUEST("pc") "</capabilities>rest",
    DOMAIN("kvm64"),
    DOMAIN("qemu64"),
    DOMAIN("kvm64") "\n",
    DOMAIN("kvm64") DOMAIN("qemu64"),
    "<?xml version='1.0'?>" DOMAIN("kvm64"),
    DOMAIN("kvm64</model></mode>"),
    /* What says the same, and what does not, in another text. */
    DOMAIN("kvm64") "<!-- -->",
    DOMAIN("kvm<!-- -->64"),
    DOMAIN("kvm64</model><model usable='yes'>qemu64"),
    DOMAIN("kvm64</model><model usable='no'>qemu64"),
    /* The same section between other things. */
    DOMAIN_OF("", "<vcpu max='8'/>", MODEL("kvm64"), ""),
    DOMAIN_OF(" a='1'", "", PASSTHROUGH MODEL("kvm64"),
              "<devices><disk supported='no'/></devices>"),
    DOMAIN_OF("", "", MODEL("kvm64") "<!-- </mode> -->", "<!-- </domainCapabilities> -->"),
    DOMAIN_OF("", "", MODEL("kvm64"), "<unclosed>"),
    DOMAIN_OF("", "\n\n<vcpu max='x'/>", MODEL("kvm64"), ""),
    DOMAIN_OF("", "", MODEL("kvm64"),
              "\n\n<features><sev><maxESGuests>x</maxESGuests></sev></features>"),
    "<domainCapabilities><path>/q</path><cpu>" MODEL("kvm64") "</cpu></domainCapabilities>",
    /* Two sections, a section and what it stands in for, and where it is none. */
    DOMAIN_OF("", "", MODEL("kvm64") MODEL("qemu64"), ""),
    DOMAIN_OF("", "",
              MODEL("kvm64") "<mode supported='yes' name='custom'><model>486</model></mode>", ""),
    DOMAIN_OF("", "",
              "<mode supported='yes' name='custom'><model>486</model></mode>" MODEL("kvm64"), ""),
    DOMAIN_OF("", "", "<mode name='custom'/>", ""),
    DOMAIN_OF("", "", "<mode name='custom'/>" MODEL("kvm64"), ""),
    DOMAIN_OF("", "", MODEL("kvm64") PASSTHROUGH, ""),
    DOMAIN_OF("", MODEL("kvm64"), "", ""),
    DOMAIN_OF("", "", "<!--" MODEL("kvm64") "-->", ""),
    DOMAIN_OF("", "", "<x>" MODEL("kvm64") "</x>", ""),
    DOMAIN_OF("", "", "<x a=\"" MODEL("kvm64") "\"/>", ""),
    DOMAIN_OF("", "", "<![CDATA[" MODEL("kvm64") "]]>", ""),
    DOMAIN_OF(" xmlns='urn:x'", "", MODEL("kvm64"), ""),
    /* Sections that depend on what is around them, or tell more than models. */
    DOMAIN_OF(" xmlns:p='urn:x'", "", CUSTOM("<p:model usable='yes'>kvm64</p:model>"), ""),
    DOMAIN_OF("", "", CUSTOM("<p:model usable='yes'>kvm64</p:model>"), ""),
    DOMAIN_OF("", "", CUSTOM("<enum name='hostPassthroughMigratable'><value>on</value></enum>"),
              ""),
    DOMAIN_OF("", "<cpu>" PASSTHROUGH "</cpu>", CUSTOM("<enum name='hostPassthroughMigratable'/>"),
              ""),
    DOMAIN_OF("", "", "<mode name='custom' supported='no'><model>kvm64</model></mode>", ""),
    DOMAIN_OF("", "<vcpu max='8'/>",
              "<mode name='custom' supported='no'><model>kvm64</model></mode>", ""),
    "<capabilities>" HOST("8") GUEST("pc") "<!-- between -->" GUEST("q35") "</capabilities>",
    "<capabilities>" HOST("9")
        GUEST("pc") "<!-- between -->" GUEST("q35") "<!-- 9 --></capabilities>",
    "<capabilities>" HOST("9") "<guest/>" GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("9") "<guest a='1'>"
                               "<os_type>xen</os_type></guest>" GUEST("pc") "</capabilities>",
    "<capabilities>" HOST("9")
        GUEST("pc") "<guest a='1'><os_type>xen</os_type></guest></capabilities>",
    "<capabilities>" GUEST("pc") "<!-- 9 --></capabilities>",
    "<capabilities>" HOST("9") GUEST("pc") "</capabilities>"
                                           "<capabilities>" HOST("10")
                                               GUEST("pc") "</capabilities>",
};

static SourceReading *
read_source(DocumentsReader *reader, const char *text)
{
    Source *source = g_new0(Source, 1);
    SourceReading *reading = source_reading_new(source);
    /* Without a NUL behind it, so that reading too far is seen. */
    g_autofree char *bytes = g_memdup2(text, strlen(text));

    source->path = g_strdup("h.xml");
    documents_read(reader, reading, NULL, bytes, strlen(text));
    return reading;
}

static char *
read_text(DocumentsReader *reader, const char *text)
{
    g_autoptr(SourceReading) reading = read_source(reader, text);

    return reading_describe(reading);
}

static void
test_sharing_changes_nothing_for_any_pair(void **state)
{
    const IngestOptions options = {0};
    g_autoptr(DocumentsReader) alone = documents_reader_new(&options, NULL);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        for (guint k = 0; k < G_N_ELEMENTS(texts); k++) {
            SharedRecords *shared = shared_records_new();
            g_autoptr(DocumentsReader) reader = documents_reader_new(&options, shared);
            g_autofree char *first = read_text(reader, texts[i]);
            g_autofree char *second = read_text(reader, texts[k]);
            g_autofree char *expected = read_text(alone, texts[k]);

            if (strcmp(second, expected) != 0)
                fail_msg("after\n%s\nthe text\n%s\ngives\n%sand not\n%s", texts[i], texts[k],
                         second, expected);
            shared_records_free(shared);
        }
    }
}

/* The second of two like documents is the same record. */
static void
test_like_documents_share_one_record(void **state)
{
    const IngestOptions options = {0};
    SharedRecords *shared = shared_records_new();
    g_autoptr(DocumentsReader) reader = documents_reader_new(&options, shared);
    const HostCapabilities *hosts[2];
    const DomainCapabilities *domains[2];
    SourceReading *readings[4];

    (void)state;
    for (guint i = 0; i < 4; i++) {
        const char *text = i < 2 ? texts[i] : DOMAIN("kvm64");
        Source *source = g_new0(Source, 1);

        source->path = g_strdup("h.xml");
        readings[i] = source_reading_new(source);
        documents_read(reader, readings[i], NULL, text, strlen(text));
        if (i < 2)
            hosts[i] = fixture_document(readings[i])->host;
        else
            domains[i - 2] = fixture_document(readings[i])->domain;
    }
    assert_ptr_equal(hosts[0]->machines, hosts[1]->machines);
    assert_string_not_equal(hosts[0]->uuid, hosts[1]->uuid);
    assert_ptr_equal(domains[0], domains[1]);
    /* Records outlive what shared them. */
    g_clear_pointer(&reader, documents_reader_free);
    shared_records_free(shared);
    assert_string_equal(domains[1]->emulator, "/q");
    for (guint i = 0; i < 4; i++)
        source_reading_free(readings[i]);
}

/* What documents differ in around their sections costs them no second copy of these. */
static void
test_like_sections_of_different_documents_are_shared(void **state)
{
    static const char *const like[] = {
        DOMAIN_OF("", "<vcpu max='8'/>", MODEL("kvm64"), ""),
        DOMAIN_OF("", "<vcpu max='9'/>", MODEL("kvm64"), "<!-- -->"),
        DOMAIN_OF("", "<vcpu max='10'/>", MODEL("kvm<!-- -->64"), ""),
    };
    const IngestOptions options = {0};
    SharedRecords *shared = shared_records_new();
    g_autoptr(DocumentsReader) reader = documents_reader_new(&options, shared);
    g_autoptr(GPtrArray) readings =
        g_ptr_array_new_with_free_func((GDestroyNotify)source_reading_free);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(like); i++) {
        SourceReading *reading = read_source(reader, like[i]);
        const DomainCapabilities *domain = fixture_document(reading)->domain;

        g_ptr_array_add(readings, reading);
        assert_ptr_equal(domain->models,
                         fixture_document(g_ptr_array_index(readings, 0))->domain->models);
        assert_int_equal(domain->max_vcpus, 8 + i);
    }
    g_clear_pointer(&reader, documents_reader_free);
    shared_records_free(shared);
    /* The models outlive the record that they were read for. */
    g_ptr_array_remove_range(readings, 0, 2);
    const DomainCapabilities *last = fixture_document(g_ptr_array_index(readings, 0))->domain;
    assert_string_equal(((CpuHypervisorModel *)g_ptr_array_index(last->models, 0))->name, "kvm64");
}

/* Documents that say the same in different texts give one record, with the digest of each. */
static void
test_same_content_is_shared(void **state)
{
    static const char *const same[] = {DOMAIN("kvm64"), DOMAIN("kvm<!-- another -->64"),
                                       DOMAIN("kv&#109;64")};
    const IngestOptions options = {0};
    SharedRecords *shared = shared_records_new();
    g_autoptr(DocumentsReader) reader = documents_reader_new(&options, shared);
    SourceReading *readings[G_N_ELEMENTS(same)];

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(SourceReading) alone = fixture_read("h.xml", same[i]);
        Source *source = g_new0(Source, 1);

        source->path = g_strdup("h.xml");
        readings[i] = source_reading_new(source);
        documents_read(reader, readings[i], NULL, same[i], strlen(same[i]));
        assert_ptr_equal(fixture_document(readings[i])->domain,
                         fixture_document(readings[0])->domain);
        assert_string_equal(fixture_document(readings[i])->domain->digest,
                            fixture_document(alone)->domain->digest);
    }
    for (guint i = 0; i < G_N_ELEMENTS(same); i++)
        source_reading_free(readings[i]);
    g_clear_pointer(&reader, documents_reader_free);
    shared_records_free(shared);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sharing_changes_nothing_for_any_pair),
        cmocka_unit_test(test_like_documents_share_one_record),
        cmocka_unit_test(test_like_sections_of_different_documents_are_shared),
        cmocka_unit_test(test_same_content_is_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
