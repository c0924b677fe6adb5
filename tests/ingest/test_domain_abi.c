/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Values of a guest's ABI that are written in several ways have one form. */

#include <glib.h>
#include <ingest/domain_abi_reader.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* After those that it needs. */
#include <cmocka.h>

/* The guest's property NAME in a domain with CONTENT; "" when it has none. */
static char *
read_property(const char *content, const char *name)
{
    g_autofree char *text = g_strdup_printf(
        "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os>%s</domain>", content);
    g_autoptr(GuestAbi) abi = domain_abi_read(text, strlen(text), NULL);

    assert_non_null(abi);
    const AbiProperty *property = abi_element_find(abi->guest, name);
    return g_strdup(property != NULL ? property->value : "");
}

/* libvirt records since 12.5 which device it made of the model, and does not compare it. */
static void
test_picked_virtio_video_device_is_told_unchecked(void **state)
{
    static const char text[] =
        "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os><devices>"
        "<video><model type='virtio' heads='1' primary='yes' device='virtio-gpu'/></video>"
        "</devices></domain>";
    g_autoptr(GuestAbi) abi = domain_abi_read(text, strlen(text), NULL);
    GHashTableIter iter;
    gpointer element;

    (void)state;
    assert_int_equal(g_hash_table_size(abi->devices), 1);
    g_hash_table_iter_init(&iter, abi->devices);
    assert_true(g_hash_table_iter_next(&iter, NULL, &element));
    const AbiProperty *property = abi_element_find(element, "virtio device");
    assert_non_null(property);
    assert_string_equal(property->value, "virtio-gpu");
    assert_true(property->rule->is_unchecked);
}

static void
test_values_have_one_form(void **state)
{
    static const struct {
        const char *content, *name, *value;
    } cases[] = {
        {"<memory>4194304</memory>", "memory", "4194304 KiB"},
        {"<memory unit=''>4194304</memory>", "memory", "4194304 KiB"},
        {"<memory unit='GiB'>4</memory>", "memory", "4194304 KiB"},
        {"<memory unit='g'>4</memory>", "memory", "4194304 KiB"},
        {"<memory unit='byte'>4096</memory>", "memory", "4 KiB"},
        {"<memory unit='KB'>1</memory>", "memory", "1000 bytes"},
        {"<memory unit='PiB'>1</memory>", "memory", "1099511627776 KiB"},
        /* What cannot be counted is compared as it is written. */
        {"<memory unit='EiB'>4194304</memory>", "memory", "4194304 EiB"},
        {"<memory unit='pages'>4</memory>", "memory", "4 pages"},
        {"<memory>much</memory>", "memory", "much"},
        {"<vcpu>0x10</vcpu>", "vCPUs", "16"},
        {"<vcpu>1</vcpu>", "vCPUs", ""},
        {"<uuid>6BA7B810-9DAD-11D1-80B4-00C04FD430C8</uuid>", "UUID",
         "6ba7b8109dad11d180b400c04fd430c8"},
        {"<cpu><numa><cell memory='4' unit=''/></numa></cpu>", "NUMA cell 0 memory", "4 KiB"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *value = read_property(cases[i].content, cases[i].name);

        if (strcmp(value, cases[i].value) != 0)
            fail_msg("%s: %s is '%s', not '%s'", cases[i].content, cases[i].name, value,
                     cases[i].value);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picked_virtio_video_device_is_told_unchecked),
        cmocka_unit_test(test_values_have_one_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
