/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "documents.h"

#include <string.h>

/* Appends TEXT, its lines indented, with $(guest) and $(mac) filled in. */
static void
append_snippet(const char *text, guint indent, const GuestIdentity *guest, guint64 *random,
               GString *out)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_autoptr(GString) line = g_string_new(lines[i]);

        if (line->len == 0)
            continue;
        g_string_replace(line, "$(guest)", guest->name, 0);
        if (strstr(line->str, "$(mac)") != NULL) {
            guint64 bits = roster_random(random);
            char mac[18];

            /* 52:54:00 is the prefix that libvirt and QEMU give their guests. */
            g_snprintf(mac, sizeof mac, "52:54:00:%02x:%02x:%02x", (guint)bits & 0xff,
                       (guint)(bits >> 8) & 0xff, (guint)(bits >> 16) & 0xff);
            g_string_replace(line, "$(mac)", mac, 0);
        }
        g_string_append_printf(out, "%*s%s\n", (int)indent, "", line->str);
    }
}

static void
append_named_snippet(const Description *description, const char *name, guint indent,
                     const GuestIdentity *guest, guint64 *random, GString *out)
{
    const Snippet *snippet = description_find(description->snippets, name);

    if (snippet != NULL)
        append_snippet(snippet->text, indent, guest, random, out);
}

void
guest_write(const Description *description, const GuestIdentity *guest, GString *out)
{
    const GuestRow *row = guest->row;
    guint64 random = guest->random;
    guint64 memory_kib = (guint64)row->memory_mib * 1024;
    char uuid[37];

    documents_format_uuid(&random, uuid);
    g_string_append_printf(out,
                           "<domain type='kvm'>\n"
                           "  <name>%s</name>\n"
                           "  <uuid>%s</uuid>\n"
                           "  <memory unit='KiB'>%" G_GUINT64_FORMAT "</memory>\n"
                           "  <currentMemory unit='KiB'>%" G_GUINT64_FORMAT "</currentMemory>\n"
                           "  <vcpu placement='static'>%u</vcpu>\n"
                           "  <os>\n"
                           "    <type arch='x86_64' machine='%s'>hvm</type>\n"
                           "    <boot dev='hd'/>\n"
                           "  </os>\n"
                           "  <features>\n"
                           "    <acpi/>\n"
                           "    <apic/>\n",
                           guest->name, uuid, memory_kib, memory_kib, row->vcpus, row->machine);
    append_named_snippet(description, row->features, 4, guest, &random, out);
    g_string_append(out, "  </features>\n");
    append_named_snippet(description, row->cpu, 2, guest, &random, out);
    g_string_append(out, "  <clock offset='utc'/>\n"
                         "  <on_poweroff>destroy</on_poweroff>\n"
                         "  <on_reboot>restart</on_reboot>\n"
                         "  <on_crash>destroy</on_crash>\n"
                         "  <devices>\n"
                         "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n");
    for (guint i = 0; i < row->devices->len; i++)
        append_named_snippet(description, g_ptr_array_index(row->devices, i), 4, guest, &random,
                             out);
    g_string_append(out, "  </devices>\n</domain>\n");
}
