/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Documents in UTF-16 and UTF-32: read as UTF-8, and byte for byte what they were when written.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ingest/document_encoding.h>
#include <ingest/domain_devices_reader.h>
#include <string.h>

#define DOMAIN                                                                                     \
    "<domain type='kvm'>\n<title>gr\xc3\xbcn</title><os><type arch='x86_64' machine='q35'>hvm"     \
    "</type></os><devices>\n<rng model='virtio'/></devices></domain>\n"

typedef struct {
    const char *encoding, *mark;
    gsize n_mark;
    const char *text; /* in UTF-8 */
} Case;

static const Case cases[] = {
    {"UTF-16LE", "\xff\xfe", 2, "<?xml version='1.0' encoding='UTF-16'?>\n" DOMAIN},
    {"UTF-16BE", "\xfe\xff", 2, "<?xml version=\"1.0\" encoding = \"utf-16\" ?>\r\n" DOMAIN},
    {"UTF-16LE", "\xff\xfe", 2, DOMAIN},
    {"UTF-16BE", "", 0, "<?xml version='1.0' encoding='UTF-16BE'?>" DOMAIN},
    {"UTF-32LE", "\xff\xfe\0\0", 4, "<?xml version='1.0' encoding='UTF-32'?>" DOMAIN},
};

static char *
document_of(const Case *c, gsize *ret_length)
{
    gsize n_text = 0;
    g_autofree char *text =
        g_convert(c->text, (gssize)strlen(c->text), c->encoding, "UTF-8", NULL, &n_text, NULL);
    char *document = g_malloc(c->n_mark + n_text + 1);

    memcpy(document, c->mark, c->n_mark);
    memcpy(document + c->n_mark, text, n_text);
    document[c->n_mark + n_text] = '\0';
    *ret_length = c->n_mark + n_text;
    return document;
}

/* Its devices are read at the line where they are, and it comes back byte for byte. */
static void
test_wide_documents_are_read_and_come_back(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(DocumentEncoding) encoding = {0};
        gsize n_document = 0, length = 0;
        g_autofree char *document = document_of(&cases[i], &n_document);
        g_autofree char *text = document_of(&cases[i], &length);
        Finding *refusal = NULL;

        assert_true(document_encoding_decode(&encoding, &text, &length, NULL));
        assert_int_equal(length, strlen(cases[i].text));
        g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);
        if (devices == NULL)
            fail_msg("case %u: %s", i, refusal->text);
        guint n_before = 0;
        for (const char *c = cases[i].text; c < strstr(cases[i].text, "<rng"); c++)
            n_before += *c == '\n';
        assert_int_equal(domain_devices_get(devices, DEVICE_RNG, 0)->place.line, n_before + 1);
        g_autoptr(GString) back = g_string_new_len(text, (gssize)length);
        assert_true(document_encoding_encode(&encoding, back, NULL));
        assert_int_equal(back->len, n_document);
        assert_memory_equal(back->str, document, n_document);
    }
}

static void
test_other_documents_are_left_alone(void **state)
{
    static const char *const texts[] = {
        DOMAIN,
        "\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><domain/>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><domain><title>gr\xfcn</title></domain>",
        "<?xml version='1.0' encoding='UTF-16'?><domain/>",
        "",
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_auto(DocumentEncoding) encoding = {0};
        g_autofree char *text = g_strdup(texts[i]);
        gsize length = strlen(text);

        assert_true(document_encoding_decode(&encoding, &text, &length, NULL));
        assert_string_equal(text, texts[i]);
        assert_null(encoding.name);
    }
}

static void
test_what_is_not_what_it_claims_is_refused(void **state)
{
    g_auto(DocumentEncoding) encoding = {0};
    g_autoptr(GError) error = NULL;
    gsize length = 7;
    g_autofree char *text = g_memdup2("\xff\xfe<\0\0\xd8<\0", length + 1);

    (void)state;
    assert_false(document_encoding_decode(&encoding, &text, &length, &error));
    assert_int_equal(error->domain, G_CONVERT_ERROR);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_documents_are_read_and_come_back),
        cmocka_unit_test(test_other_documents_are_left_alone),
        cmocka_unit_test(test_what_is_not_what_it_claims_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
