/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest's ABI as names and values. An element has a dozen properties, so a list is searched. */

#include <fleet/abi.h>
#include <string.h>

static void
clear_property(gpointer data)
{
    AbiProperty *property = data;

    g_free(property->name);
    g_free(property->value);
}

static AbiElement *
element_new(guint32 begin, guint line)
{
    AbiElement *element = g_new0(AbiElement, 1);

    element->begin = begin;
    element->line = line;
    element->properties = g_array_new(FALSE, FALSE, sizeof(AbiProperty));
    g_array_set_clear_func(element->properties, clear_property);
    return element;
}

static void
element_free(gpointer data)
{
    AbiElement *element = data;

    g_array_unref(element->properties);
    g_free(element);
}

GuestAbi *
guest_abi_new(void)
{
    GuestAbi *abi = g_new0(GuestAbi, 1);

    abi->guest = element_new(0, 0);
    abi->devices = g_hash_table_new_full(NULL, NULL, NULL, element_free);
    return abi;
}

void
guest_abi_free(GuestAbi *abi)
{
    if (abi == NULL)
        return;
    element_free(abi->guest);
    g_hash_table_unref(abi->devices);
    g_free(abi);
}

AbiElement *
guest_abi_device(GuestAbi *abi, guint32 begin, guint line)
{
    AbiElement *element = g_hash_table_lookup(abi->devices, GUINT_TO_POINTER(begin));

    if (element == NULL) {
        element = element_new(begin, line);
        g_hash_table_insert(abi->devices, GUINT_TO_POINTER(begin), element);
    }
    return element;
}

void
abi_element_add(AbiElement *element, const AbiRule *rule, const char *item, const char *value,
                guint line)
{
    g_autofree char *name =
        item == NULL ? g_strdup(rule->name) : g_strdup_printf("%s %s", rule->name, item);

    if (abi_element_find(element, name) != NULL)
        return;
    AbiProperty property = {
        .rule = rule, .name = g_steal_pointer(&name), .value = g_strdup(value), .line = line};
    g_array_append_val(element->properties, property);
}

const AbiProperty *
abi_element_find(const AbiElement *element, const char *name)
{
    for (guint i = 0; element != NULL && i < element->properties->len; i++) {
        const AbiProperty *property = &g_array_index(element->properties, AbiProperty, i);

        if (strcmp(property->name, name) == 0)
            return property;
    }
    return NULL;
}
