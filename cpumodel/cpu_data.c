/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Raw CPUID and MSR registers: a sorted array of items, one for each key, found by bisection.
 *
 * Raw data is small (a real CPU has fewer than a hundred leaves) and read once; all set algebra is
 * done on CpuSets, which hold only what the CPU map can name.
 */

#include <cpumodel/cpu_data.h>

#include <string.h>

/* Leaf 1 EAX. The reserved bits and the processor type are not part of a signature. */
#define SIGNATURE_MASK 0x0fff3fff

struct CpuData {
    GArray *items; /* of CpuDataItem, sorted by key, keys unique */
};

CpuData *
cpu_data_new(void)
{
    CpuData *data = g_new(CpuData, 1);

    data->items = g_array_new(FALSE, FALSE, sizeof(CpuDataItem));
    return data;
}

CpuData *
cpu_data_copy(const CpuData *data)
{
    CpuData *copy = g_new(CpuData, 1);

    copy->items = g_array_copy(data->items);
    return copy;
}

void
cpu_data_free(CpuData *data)
{
    if (data == NULL)
        return;
    g_array_free(data->items, TRUE);
    g_free(data);
}

static gint
compare_keys(gboolean is_msr, guint32 leaf, guint32 subleaf, const CpuDataItem *item)
{
    if (is_msr != item->is_msr)
        return is_msr ? 1 : -1;
    if (leaf != item->leaf)
        return leaf < item->leaf ? -1 : 1;
    if (subleaf != item->subleaf)
        return subleaf < item->subleaf ? -1 : 1;
    return 0;
}

static CpuDataItem *
item_at(const CpuData *data, guint index)
{
    return &g_array_index(data->items, CpuDataItem, index);
}

/* Where the key is, or, with FALSE, where it belongs. */
static gboolean
find_index(const CpuData *data, gboolean is_msr, guint32 leaf, guint32 subleaf, guint *ret_index)
{
    guint low = 0, high = data->items->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        gint order = compare_keys(is_msr, leaf, subleaf, item_at(data, middle));

        if (order == 0) {
            *ret_index = middle;
            return TRUE;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *ret_index = low;
    return FALSE;
}

void
cpu_data_add(CpuData *data, const CpuDataItem *item)
{
    CpuDataItem own = *item;
    guint index;

    own.is_msr = item->is_msr != FALSE;
    if (!find_index(data, own.is_msr, own.leaf, own.subleaf, &index)) {
        g_array_insert_val(data->items, index, own);
        return;
    }
    for (guint i = 0; i < CPU_REGISTER_COUNT; i++)
        item_at(data, index)->regs[i] |= own.regs[i];
}

void
cpu_data_intersect(CpuData *data, const CpuData *other)
{
    guint n_kept = 0;

    for (guint i = 0; i < data->items->len; i++) {
        CpuDataItem item = *item_at(data, i);
        const CpuDataItem *partner = cpu_data_find(other, item.is_msr, item.leaf, item.subleaf);

        if (partner == NULL)
            continue;
        for (guint j = 0; j < CPU_REGISTER_COUNT; j++)
            item.regs[j] &= partner->regs[j];
        *item_at(data, n_kept++) = item;
    }
    g_array_set_size(data->items, n_kept);
}

const CpuDataItem *
cpu_data_find(const CpuData *data, gboolean is_msr, guint32 leaf, guint32 subleaf)
{
    guint index;

    return find_index(data, is_msr, leaf, subleaf, &index) ? item_at(data, index) : NULL;
}

guint
cpu_data_n_items(const CpuData *data)
{
    return data->items->len;
}

const CpuDataItem *
cpu_data_item(const CpuData *data, guint index)
{
    return item_at(data, index);
}

static guint32
read_le32(const char *bytes)
{
    const guint8 *b = (const guint8 *)bytes;

    return (guint32)b[0] | (guint32)b[1] << 8 | (guint32)b[2] << 16 | (guint32)b[3] << 24;
}

/* The registers of leaf 0 that spell STRING; note the order EBX, EDX, ECX. */
static CpuDataItem
vendor_item(const char *string)
{
    CpuDataItem item = {0};

    item.regs[CPU_REGISTER_EBX] = read_le32(string);
    item.regs[CPU_REGISTER_EDX] = read_le32(string + 4);
    item.regs[CPU_REGISTER_ECX] = read_le32(string + 8);
    return item;
}

const CpuVendor *
cpu_data_vendor(const CpuData *data, const CpuMap *map)
{
    const CpuDataItem *leaf0 = cpu_data_find(data, FALSE, 0, 0);

    if (leaf0 == NULL)
        return NULL;
    for (guint i = 0; i < cpu_map_n_vendors(map, CPU_FAMILY_X86); i++) {
        const CpuVendor *vendor = cpu_map_vendor(map, CPU_FAMILY_X86, i);

        if (vendor->string == NULL || strlen(vendor->string) != CPU_VENDOR_STRING_LENGTH)
            continue;
        CpuDataItem wanted = vendor_item(vendor->string);
        guint32 lacking = 0;
        for (guint r = 0; r < CPU_REGISTER_COUNT; r++)
            lacking |= wanted.regs[r] & ~leaf0->regs[r];
        if (lacking == 0)
            return vendor;
    }
    return NULL;
}

void
cpu_data_set_vendor(CpuData *data, const char string[CPU_VENDOR_STRING_LENGTH])
{
    CpuDataItem item = vendor_item(string);

    cpu_data_add(data, &item);
}

void
cpu_data_signature(const CpuData *data, guint *ret_family, guint *ret_model, guint *ret_stepping)
{
    const CpuDataItem *leaf1 = cpu_data_find(data, FALSE, 1, 0);
    guint32 eax = leaf1 == NULL ? 0 : leaf1->regs[CPU_REGISTER_EAX] & SIGNATURE_MASK;

    *ret_family = ((eax >> 20) & 0xff) + ((eax >> 8) & 0xf);
    *ret_model = ((eax >> 12) & 0xf0) | ((eax >> 4) & 0xf);
    *ret_stepping = eax & 0xf;
}

void
cpu_data_set_signature(CpuData *data, guint family, guint model, guint stepping)
{
    guint base_family = MIN(family, 15);
    guint extended_family = family - base_family;
    CpuDataItem item = {.leaf = 1};

    item.regs[CPU_REGISTER_EAX] = (extended_family & 0xff) << 20 | ((model >> 4) & 0xf) << 16 |
                                  base_family << 8 | (model & 0xf) << 4 | (stepping & 0xf);
    cpu_data_add(data, &item);
}

guint
cpu_data_physical_address_bits(const CpuData *data)
{
    const CpuDataItem *item = cpu_data_find(data, FALSE, 0x80000008, 0);

    return item == NULL ? 0 : item->regs[CPU_REGISTER_EAX] & 0xff;
}

void
cpu_data_to_set(const CpuData *data, const CpuMap *map, CpuSet *ret_set)
{
    guint n_bits = cpu_map_n_bits(map, CPU_FAMILY_X86);

    memset(ret_set, 0, sizeof *ret_set);
    for (guint i = 0; i < n_bits; i++) {
        const CpuBit *bit = cpu_map_bit(map, CPU_FAMILY_X86, i);
        const CpuDataItem *item = cpu_data_find(data, bit->is_msr, bit->leaf, bit->subleaf);

        if (item != NULL && (item->regs[bit->reg] >> bit->bit) & 1)
            cpu_set_add(ret_set, i);
    }
}

void
cpu_data_add_set(CpuData *data, const CpuMap *map, const CpuSet *set)
{
    cpu_set_foreach (i, set) {
        const CpuBit *bit = cpu_map_bit(map, CPU_FAMILY_X86, i);
        CpuDataItem item = {.is_msr = bit->is_msr, .leaf = bit->leaf, .subleaf = bit->subleaf};

        item.regs[bit->reg] = (guint32)1 << bit->bit;
        cpu_data_add(data, &item);
    }
}

static gboolean
is_zero(const CpuDataItem *item)
{
    guint32 any = 0;

    for (guint i = 0; i < CPU_REGISTER_COUNT; i++)
        any |= item->regs[i];
    return any == 0;
}

void
cpu_data_format(const CpuData *data, GString *out)
{
    g_string_append(out, "<cpudata arch='x86'>\n");
    for (guint i = 0; i < data->items->len; i++) {
        const CpuDataItem *item = item_at(data, i);
        const guint32 *regs = item->regs;

        if (is_zero(item))
            continue;
        if (item->is_msr)
            g_string_append_printf(out, "  <msr index='0x%x' edx='0x%08x' eax='0x%08x'/>\n",
                                   item->leaf, regs[CPU_REGISTER_EDX], regs[CPU_REGISTER_EAX]);
        else
            g_string_append_printf(out,
                                   "  <cpuid eax_in='0x%08x' ecx_in='0x%08x' eax='0x%08x' "
                                   "ebx='0x%08x' ecx='0x%08x' edx='0x%08x'/>\n",
                                   item->leaf, item->subleaf, regs[CPU_REGISTER_EAX],
                                   regs[CPU_REGISTER_EBX], regs[CPU_REGISTER_ECX],
                                   regs[CPU_REGISTER_EDX]);
    }
    g_string_append(out, "</cpudata>\n");
}
