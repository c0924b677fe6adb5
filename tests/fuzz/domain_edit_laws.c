/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_edit_laws.h"

#include <ingest/domain_devices_reader.h>
#include <reports/domain_edit.h>
#include <string.h>

static gint
compare_begins(gconstpointer a, gconstpointer b)
{
    guint32 left = (*(const Device *const *)a)->place.begin;
    guint32 right = (*(const Device *const *)b)->place.begin;

    return (left > right) - (left < right);
}

GPtrArray *
domain_edit_laws_in_text(const DomainDevices *devices)
{
    GPtrArray *list = g_ptr_array_new();

    for (guint i = 0; i < devices->owned->len; i++) {
        Device *device = g_ptr_array_index(devices->owned, i);

        if (device->place.line != 0)
            g_ptr_array_add(list, device);
    }
    g_ptr_array_sort(list, compare_begins);
    return list;
}

gboolean
domain_edit_laws_is_in(const GPtrArray *list, const Device *device)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        if (((const Device *)g_ptr_array_index(list, i))->place.begin == device->place.begin)
            return TRUE;
    }
    return FALSE;
}

/* What tells a device, without its position among its like, and its address. */
static char *
describe(const DomainDevices *devices, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    gboolean is_counted;
    g_autofree char *stem =
        device->kind == DEVICE_CONTROLLER
            ? g_strdup_printf("controller %d/%d/%d", c->type, c->index, c->model)
            : device_key_stem(devices, device, &is_counted);
    g_autofree char *address = device_address_format(&device->address);

    return g_strdup_printf("%s at %s", stem, address == NULL ? "no address" : address);
}

/*
 * The devices of TEXT but LEAVING are those of NEW but COME, in the same order. TEXT is read anew,
 * since planning changes what was read.
 */
static char *
broken_rest(const char *text, gsize length, const GPtrArray *leaving, const DomainDevices *new,
            const Device *come)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) old = domain_devices_read(text, length, &refusal);
    g_autoptr(GPtrArray) before = domain_edit_laws_in_text(old);
    g_autoptr(GPtrArray) after = domain_edit_laws_in_text(new);
    guint at = 0;

    for (guint i = 0; i < before->len; i++) {
        const Device *device = g_ptr_array_index(before, i);

        if (domain_edit_laws_is_in(leaving, device))
            continue;
        at += at < after->len && g_ptr_array_index(after, at) == come;
        if (at == after->len)
            return g_strdup_printf("the device of line %u is lost", device->place.line);
        g_autofree char *was = describe(old, device);
        g_autofree char *is = describe(new, g_ptr_array_index(after, at++));
        if (strcmp(was, is) != 0)
            return g_strdup_printf("%s has become %s", was, is);
    }
    at += at < after->len && g_ptr_array_index(after, at) == come;
    return at == after->len ? NULL : g_strdup("there is a device more than there should be");
}

static GString *
without_space(const char *text, gsize length)
{
    GString *out = g_string_sized_new(length);

    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isspace(text[i]))
            g_string_append_c(out, text[i]);
    }
    return out;
}

/* TEXT without the elements of LEAVING, and nothing more. */
static GString *
cut(const char *text, gsize length, const DomainDevices *devices, const GPtrArray *leaving)
{
    g_autoptr(GPtrArray) all = domain_edit_laws_in_text(devices);
    GString *out = g_string_sized_new(length);
    gsize at = 0;

    for (guint i = 0; i < all->len; i++) {
        const Device *device = g_ptr_array_index(all, i);

        if (!domain_edit_laws_is_in(leaving, device))
            continue;
        g_string_append_len(out, text + at, (gssize)(device->place.begin - at));
        at = device->place.end;
    }
    return g_string_append_len(out, text + at, (gssize)(length - at));
}

char *
domain_edit_laws_broken_by_removal(const char *text, gsize length, const DomainDevices *devices,
                                   const GPtrArray *leaving)
{
    g_autoptr(GString) left = domain_edit_remove(text, length, leaving);
    g_autoptr(GString) expected = cut(text, length, devices, leaving);
    g_autoptr(GString) bare_expected = without_space(expected->str, expected->len);
    g_autoptr(GString) bare_left = without_space(left->str, left->len);
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) rest = domain_devices_read(left->str, left->len, &refusal);

    if (!g_string_equal(bare_expected, bare_left))
        return g_strdup("more than the element is taken out");
    if (rest == NULL) {
        char *reason = g_strdup_printf("what is left cannot be read: %s", refusal->text);

        finding_free(refusal);
        return reason;
    }
    return broken_rest(text, length, leaving, rest, NULL);
}

/* The element comes into a place of its own, where there was none that could hold it. */
static gboolean
is_wrapped(const DomainDevices *devices, DeviceKind kind)
{
    for (guint i = 0; i < devices->owned->len; i++) {
        const Device *device = g_ptr_array_index(devices->owned, i);

        if (device->kind == kind && device->place.line != 0)
            return FALSE;
    }
    return devices->devices_place.line == 0 || devices->devices_place.is_empty;
}

/* Is there nothing more on the line that ends DEVICE? */
static gboolean
ends_line(const GString *text, const Device *device)
{
    const char *behind = text->str + device->place.end;

    behind += strspn(behind, " \t\r");
    return *behind == '\n' || *behind == '\0';
}

/* INSERTED is taken out of MORE again, which leaves TEXT; but for white space, amid a line. */
static char *
broken_return(const char *text, gsize length, const GString *more, Device *inserted)
{
    g_autoptr(GPtrArray) leaving = g_ptr_array_new();

    g_ptr_array_add(leaving, inserted);
    g_autoptr(GString) back = domain_edit_remove(more->str, more->len, leaving);
    g_autoptr(GString) bare_text = without_space(text, length);
    g_autoptr(GString) bare_back = without_space(back->str, back->len);
    gboolean is_same = ends_line(more, inserted)
                           ? back->len == length && memcmp(back->str, text, length) == 0
                           : g_string_equal(bare_text, bare_back);
    return is_same ? NULL : g_strdup("taken out again, it leaves other bytes behind");
}

char *
domain_edit_laws_broken_by_insertion(const char *text, gsize length, const DomainDevices *devices,
                                     DeviceKind kind, const char *element)
{
    guint32 offset = 0;
    Finding *refusal = NULL;
    g_autoptr(GString) more = domain_edit_insert(text, length, devices, kind, element, &offset);
    g_autoptr(DomainDevices) all = domain_devices_read(more->str, more->len, &refusal);
    g_autoptr(Finding) kept = refusal;
    g_autoptr(Device) alone = domain_device_read(element, strlen(element), &refusal);

    if (all == NULL)
        return g_strdup_printf("with the element it cannot be read: %s", kept->text);
    if (alone == NULL) {
        finding_free(refusal);
        return g_strdup("the element cannot be read by itself");
    }
    Device *inserted = domain_devices_find_place(all, offset);
    if (inserted == NULL)
        return g_strdup("the new device is not where it is said to be");
    g_autofree char *is = describe(all, inserted);
    g_autofree char *should_be = describe(devices, alone);
    if (inserted->kind != kind || strcmp(is, should_be) != 0)
        return g_strdup_printf("%s was put in, and %s was read", should_be, is);
    char *reason = broken_rest(text, length, NULL, all, inserted);
    if (reason != NULL || is_wrapped(devices, kind))
        return reason;
    return broken_return(text, length, more, inserted);
}
