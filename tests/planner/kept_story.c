/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kept_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fleet/device_identity.h>
#include <ingest/domain_devices_reader.h>
#include <string.h>

void
story_begin(Story *story, const char *machine)
{
    *story = (Story){.arch = "x86_64", .machine = machine};
    story->kept.addresses = kept_address_list_new();
}

void
story_end(Story *story)
{
    g_array_unref(story->kept.addresses);
}

static gint
compare_kept(gconstpointer a, gconstpointer b)
{
    return strcmp(((const KeptAddress *)a)->device, ((const KeptAddress *)b)->device);
}

/* Remembers NOW; what is not in it any more is no longer in force. */
static void
remember(Story *story, const GArray *now)
{
    GArray *addresses = story->kept.addresses;

    for (guint i = 0; i < addresses->len; i++) {
        KeptAddress *old = &g_array_index(addresses, KeptAddress, i);
        if (old->last_run == 0)
            old->last_run = story->run;
    }
    story->run++;
    for (guint i = 0; i < now->len; i++) {
        const KeptAddress *one = &g_array_index(now, KeptAddress, i);
        KeptAddress copy = {.device = g_strdup(one->device),
                            .address = g_strdup(one->address),
                            .model = g_strdup(one->model),
                            .is_planned = one->is_planned,
                            .first_run = story->run};

        for (guint k = 0; k < addresses->len; k++) {
            if (strcmp(g_array_index(addresses, KeptAddress, k).device, copy.device) == 0)
                g_array_remove_index(addresses, k--);
        }
        g_array_append_val(addresses, copy);
    }
    g_array_sort(addresses, compare_kept);
}

void
night(Story *story, const char *devices)
{
    g_autofree char *text = g_strdup_printf(
        "<domain type='kvm'><maxMemory slots='4' unit='KiB'>8388608</maxMemory>"
        "<os><type arch='%s' machine='%s'>hvm</type></os><devices>%s</devices></domain>",
        story->arch, story->machine, devices);
    AddressOptions options = {.is_load = story->is_load,
                              .spare_ports = story->spare_ports,
                              .reserved_slots = story->reserved_slots,
                              .kept = story->run > 0 ? &story->kept : NULL};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) planned = domain_devices_read(text, strlen(text), &refusal);

    if (refusal == NULL)
        refusal = address_plan_guest(planned, &options);
    if (refusal != NULL)
        fail_msg("%s: %s", devices, refusal->text);
    g_autoptr(GArray) now = address_list(planned);
    for (guint i = 1; i < now->len; i++)
        assert_string_not_equal(g_array_index(now, KeptAddress, i - 1).device,
                                g_array_index(now, KeptAddress, i).device);
    remember(story, now);
}

const char *
place(const Story *story, const char *device)
{
    const KeptAddress *kept = kept_addresses_find(&story->kept, device);

    return kept == NULL || kept->last_run != 0 ? "" : kept->address;
}

GHashTable *
places(const Story *story)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < story->kept.addresses->len; i++) {
        const KeptAddress *kept = &g_array_index(story->kept.addresses, KeptAddress, i);
        if (kept->last_run == 0)
            g_hash_table_insert(table, g_strdup(kept->device), g_strdup(kept->address));
    }
    return table;
}

void
assert_none_moved(GHashTable *before, const Story *story)
{
    GHashTableIter iter;
    gpointer device, address;

    g_hash_table_iter_init(&iter, before);
    while (g_hash_table_iter_next(&iter, &device, &address)) {
        const char *now = place(story, device);
        if (*now != '\0' && strcmp(now, address) != 0)
            fail_msg("%s moved from %s to %s", (char *)device, (char *)address, now);
    }
}
