/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/guest.h>

static void
clear_trait(gpointer data)
{
    g_free(((GuestTrait *)data)->detail);
}

Guest *
guest_new(void)
{
    Guest *guest = g_new0(Guest, 1);

    guest->cpu = cpu_definition_new(CPU_TYPE_GUEST);
    guest->hyperv_features = g_ptr_array_new_with_free_func(g_free);
    guest->needs = g_ptr_array_new_with_free_func(g_free);
    guest->traits = g_array_new(FALSE, TRUE, sizeof(GuestTrait));
    g_array_set_clear_func(guest->traits, clear_trait);
    guest->claims = g_array_new(FALSE, FALSE, sizeof(GuestClaim));
    return guest;
}

void
guest_free(Guest *guest)
{
    if (guest == NULL)
        return;
    g_free(guest->name);
    g_free(guest->uuid);
    g_free(guest->host);
    g_free(guest->machine);
    g_free(guest->type_name);
    g_free(guest->emulator);
    g_free(guest->os_type);
    cpu_definition_free(guest->cpu);
    g_ptr_array_unref(guest->hyperv_features);
    g_ptr_array_unref(guest->needs);
    g_free(guest->launch_security);
    g_array_unref(guest->traits);
    g_array_unref(guest->claims);
    g_free(guest->xml);
    g_free(guest);
}

void
guest_add_trait(Guest *guest, GuestTraitKind kind, const char *detail, guint line)
{
    GuestTrait trait = {.kind = kind, .detail = g_strdup(detail), .line = line};

    g_array_append_val(guest->traits, trait);
}

gboolean
guest_has_trait(const Guest *guest, GuestTraitKind kind)
{
    for (guint i = 0; guest != NULL && i < guest->traits->len; i++)
        if (g_array_index(guest->traits, GuestTrait, i).kind == kind)
            return TRUE;
    return FALSE;
}

gint
guest_compare(gconstpointer a, gconstpointer b)
{
    const Guest *left = *(const Guest *const *)a, *right = *(const Guest *const *)b;
    gint order = g_strcmp0(left->host, right->host);

    if (order == 0)
        order = g_strcmp0(left->name, right->name);
    return order != 0 ? order : g_strcmp0(left->uuid, right->uuid);
}
