/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The scanner of plain XML beside libxml2: what is plain gives the same events, lines and end, and
 * what is not, or is wrong, is left to libxml2.
 */

#include "../fuzz/xml_twin.h"
#include "ingest_fixture.h"

#include "../../ingest/plain_xml.h"

#include <stdlib.h>
#include <string.h>

static const char *const plain[] = {
    "<a/>",
    "<a></a>",
    "<a />",
    "<a\n b='1'\n\tc=\"2\"\n/>",
    "<a b='\"' c=\"'\" d='>' e=']]>' f=''/>",
    "<a>text\n\n<b>more</b>\n</a>",
    "<a>] ]]</a>",
    "<a-1.x_y><_/></a-1.x_y>",
    "<a><!-- a - b <c> & ' --><b/>\n<!----><!--\n-->x</a>",
    "<a>1<!-- -->2</a>",
    "<a/><b/>",
    "<a/>rest & more",
    "<a><aa></aa><a></a></a>",
    "<xml xmlxns='1'/>",
};

static const char *const unusual[] = {
    "",
    "a",
    "<",
    "<a",
    "<a>",
    "<a></a",
    "<a></b>",
    "<a></aa>",
    "<aa></a>",
    "</a>",
    "<a b/>",
    "<a b='1'c='2'/>",
    "<a b = '1'/>",
    "<a b='1' b='2'/>",
    "<a b='<'/>",
    "<a b='&lt;'/>",
    "<a b='x\ny'/>",
    "<a b='x\ty'/>",
    "<a b='1/>",
    "<a b=1/>",
    "<a></a >",
    "<a/ >",
    "< a/>",
    "<1/>",
    "<a>&amp;</a>",
    "<a>]]></a>",
    "<a>\r\n</a>",
    "<a>\x01</a>",
    "<a>\xc3\xa4</a>",
    "<a b='\xc3\xa4'/>",
    "<a><!-- -- --></a>",
    "<a><!-- --->x</a>",
    "<a><!--></a>",
    "<a><!-- \xc3\xa4 --></a>",
    "<a><![CDATA[x]]></a>",
    "<a><?pi?></a>",
    "<!-- --><a/>",
    "<?xml version='1.0'?><a/>",
    "<!DOCTYPE a><a/>",
    "<a xmlns='urn:x'/>",
    "<a xmlns:x='urn:x'/>",
    "<x:a/>",
    "<a xml:space='preserve'/>",
    "<a b='1' x:c='2'/>",
};

static void
test_plain_is_the_same_to_libxml2(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(plain); i++) {
        g_autofree char *ours = xml_twin_plain(plain[i], strlen(plain[i]));
        g_autofree char *theirs = xml_twin_libxml(plain[i], strlen(plain[i]));

        if (ours == NULL || theirs == NULL)
            fail_msg("%s: is not read", plain[i]);
        assert_string_equal(ours, theirs);
    }
}

static void
test_all_else_is_left_to_libxml2(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(unusual); i++) {
        g_autofree char *ours = xml_twin_plain(unusual[i], strlen(unusual[i]));

        if (ours != NULL)
            fail_msg("%s: is read: %s", unusual[i], ours);
    }
}

/* From blocks of their own size, so that reading too far is seen. */
static void
test_cut_anywhere_is_unusual(void **state)
{
    static const char text[] = "<a b='1'>\n<!-- c --><d/>e</a>";

    (void)state;
    for (gsize length = 0; length < strlen(text); length++) {
        g_autofree char *cut = g_memdup2(text, length);
        g_autofree char *ours = xml_twin_plain(cut, length);

        assert_null(ours);
    }
}

/* Which make up nearly all that is read. */
static const char *const capabilities[] = {fixture_capabilities, fixture_domain_capabilities};

static void
test_capabilities_are_plain(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(capabilities); i++) {
        const char *text = capabilities[i];
        g_autofree char *ours = xml_twin_plain(text, strlen(text));
        g_autofree char *theirs = xml_twin_libxml(text, strlen(text));

        assert_non_null(ours);
        assert_string_equal(ours, theirs);
    }
}

/* Values and names that are too long for libxml2, or the caller. */
static void
test_length_is_left_to_libxml2(void **state)
{
    g_autofree char *letters = g_strnfill(60000, 'a');
    g_autofree char *name = g_strdup_printf("<%s/>", letters);
    g_autofree char *value = g_strdup_printf("<a b='%s'/>", letters);
    g_autofree char *comment = g_strdup_printf("<a><!--%s--></a>", letters);
    const char *texts[] = {name, value, comment};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *ours = xml_twin_plain(texts[i], strlen(texts[i]));

        assert_null(ours);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_is_the_same_to_libxml2),
        cmocka_unit_test(test_all_else_is_left_to_libxml2),
        cmocka_unit_test(test_cut_anywhere_is_unusual),
        cmocka_unit_test(test_capabilities_are_plain),
        cmocka_unit_test(test_length_is_left_to_libxml2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
