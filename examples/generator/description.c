/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "description.h"

#include "yaml_tree.h"

#include <glib.h>
#include <stdlib.h>

#define FIELD(type, member, kind, required)                                                        \
    {                                                                                              \
#member, kind, G_STRUCT_OFFSET(type, member), required, NULL, 0                            \
    }
#define ROWS(type, member, key, element, table)                                                    \
    {                                                                                              \
        key, YAML_STRUCTS, G_STRUCT_OFFSET(type, member), TRUE, table, sizeof(element)             \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, YAML_IGNORED, 0, FALSE, NULL, 0                                                      \
    }

static const YamlField microcode_fields[] = {
    FIELD(Microcode, name, YAML_STRING, TRUE),    FIELD(Microcode, version, YAML_UINT, TRUE),
    FIELD(Microcode, plus, YAML_STRINGS, FALSE),  FIELD(Microcode, host_only, YAML_STRINGS, FALSE),
    FIELD(Microcode, minus, YAML_STRINGS, FALSE), END,
};

static const YamlField processor_fields[] = {
    FIELD(Processor, name, YAML_STRING, TRUE),
    FIELD(Processor, title, YAML_STRING, TRUE),
    FIELD(Processor, vendor, YAML_STRING, TRUE),
    FIELD(Processor, model, YAML_STRING, TRUE),
    FIELD(Processor, signature, YAML_UINTS, TRUE),
    FIELD(Processor, sockets, YAML_UINT, TRUE),
    FIELD(Processor, cores, YAML_UINT, TRUE),
    FIELD(Processor, threads, YAML_UINT, TRUE),
    FIELD(Processor, nodes, YAML_UINT, FALSE),
    FIELD(Processor, l3_mib, YAML_UINT, TRUE),
    FIELD(Processor, l3_cores, YAML_UINT, FALSE),
    FIELD(Processor, tsc_khz, YAML_UINT, TRUE),
    {"tsc_scaling", YAML_FLAG, G_STRUCT_OFFSET(Processor, has_tsc_scaling), FALSE, NULL, 0},
    FIELD(Processor, address_bits, YAML_UINT, TRUE),
    FIELD(Processor, nested, YAML_STRING, TRUE),
    FIELD(Processor, plus, YAML_STRINGS, FALSE),
    FIELD(Processor, host_only, YAML_STRINGS, FALSE),
    FIELD(Processor, minus, YAML_STRINGS, FALSE),
    ROWS(Processor, microcodes, "microcode", Microcode, microcode_fields),
    END,
};

static const YamlField qemu_fields[] = {
    FIELD(QemuRelease, version, YAML_STRING, TRUE),
    FIELD(QemuRelease, oldest_pc, YAML_STRING, TRUE),
    FIELD(QemuRelease, oldest_q35, YAML_STRING, TRUE),
    FIELD(QemuRelease, deprecated_through, YAML_STRING, TRUE),
    FIELD(QemuRelease, max_vcpus, YAML_UINT, TRUE),
    FIELD(QemuRelease, new_models, YAML_STRINGS, FALSE),
    END,
};

static const YamlField arch_fields[] = {
    FIELD(ForeignArch, name, YAML_STRING, TRUE),
    FIELD(ForeignArch, emulator, YAML_STRING, TRUE),
    FIELD(ForeignArch, wordsize, YAML_UINT, TRUE),
    FIELD(ForeignArch, versioned, YAML_STRING, FALSE),
    FIELD(ForeignArch, oldest, YAML_STRING, FALSE),
    FIELD(ForeignArch, boards, YAML_STRINGS, FALSE),
    END,
};

static const YamlField enum_fields[] = {
    FIELD(DeviceEnum, name, YAML_STRING, TRUE),
    FIELD(DeviceEnum, values, YAML_STRINGS, FALSE),
    END,
};

static const YamlField device_fields[] = {
    FIELD(DeviceKind, element, YAML_STRING, TRUE),
    ROWS(DeviceKind, enums, "enums", DeviceEnum, enum_fields),
    END,
};

static const YamlField device_set_fields[] = {
    FIELD(DeviceSet, name, YAML_STRING, TRUE),
    ROWS(DeviceSet, devices, "devices", DeviceKind, device_fields),
    FIELD(DeviceSet, hyperv, YAML_STRINGS, FALSE),
    END,
};

static const YamlField software_fields[] = {
    FIELD(Software, name, YAML_STRING, TRUE),
    FIELD(Software, libvirt, YAML_STRING, TRUE),
    FIELD(Software, qemu, YAML_STRING, TRUE),
    FIELD(Software, security, YAML_STRING, TRUE),
    FIELD(Software, device_set, YAML_STRING, TRUE),
    FIELD(Software, arches, YAML_STRINGS, FALSE),
    END,
};

static const YamlField host_fields[] = {
    FIELD(HostRow, name, YAML_STRING, TRUE),
    FIELD(HostRow, count, YAML_UINT, TRUE),
    FIELD(HostRow, processor, YAML_STRING, TRUE),
    FIELD(HostRow, microcode, YAML_STRING, TRUE),
    FIELD(HostRow, software, YAML_STRING, TRUE),
    FIELD(HostRow, memory_gib, YAML_UINT, TRUE),
    END,
};

static const YamlField snippet_fields[] = {
    FIELD(Snippet, name, YAML_STRING, TRUE),
    FIELD(Snippet, text, YAML_STRING, TRUE),
    END,
};

static const YamlField guest_fields[] = {
    FIELD(GuestRow, name, YAML_STRING, TRUE),      FIELD(GuestRow, count, YAML_UINT, TRUE),
    FIELD(GuestRow, on, YAML_STRINGS, TRUE),       FIELD(GuestRow, machine, YAML_STRING, TRUE),
    FIELD(GuestRow, vcpus, YAML_UINT, TRUE),       FIELD(GuestRow, memory_mib, YAML_UINT, TRUE),
    FIELD(GuestRow, features, YAML_STRING, FALSE), FIELD(GuestRow, cpu, YAML_STRING, FALSE),
    FIELD(GuestRow, devices, YAML_STRINGS, FALSE), END,
};

static const YamlField broken_fields[] = {
    FIELD(BrokenFile, name, YAML_STRING, TRUE),
    FIELD(BrokenFile, text, YAML_STRING, FALSE),
    FIELD(BrokenFile, like, YAML_STRING, FALSE),
    FIELD(BrokenFile, keep_percent, YAML_UINT, FALSE),
    END,
};

static const YamlField root_fields[] = {
    {"lists", YAML_IGNORED, 0, FALSE, NULL, 0},
    FIELD(Description, seed, YAML_UINT, TRUE),
    FIELD(Description, kvm, YAML_STRINGS, FALSE),
    ROWS(Description, processors, "processors", Processor, processor_fields),
    ROWS(Description, qemu, "qemu", QemuRelease, qemu_fields),
    FIELD(Description, map_only_models, YAML_STRINGS, FALSE),
    FIELD(Description, machine_versions, YAML_STRINGS, TRUE),
    ROWS(Description, foreign_arches, "foreign_arches", ForeignArch, arch_fields),
    ROWS(Description, device_sets, "device_sets", DeviceSet, device_set_fields),
    ROWS(Description, software, "software", Software, software_fields),
    ROWS(Description, hosts, "hosts", HostRow, host_fields),
    ROWS(Description, snippets, "snippets", Snippet, snippet_fields),
    ROWS(Description, guests, "guests", GuestRow, guest_fields),
    ROWS(Description, broken, "broken", BrokenFile, broken_fields),
    END,
};

/* Every row's struct begins with its name. */
typedef struct {
    const char *name;
} NamedRow;

const void *
description_find(GArray *rows, const char *name)
{
    gsize size = g_array_get_element_size(rows);

    for (guint i = 0; i < rows->len; i++) {
        const NamedRow *row = (const void *)(rows->data + i * size);

        if (g_strcmp0(row->name, name) == 0)
            return row;
    }
    return NULL;
}

guint
description_version(const char *text)
{
    const char *rest;
    guint version = 0;

    version_read(text, &version, &rest);
    return version;
}

static gboolean
check_name(GArray *rows, const char *name, const char *kind, const char *user, GError **error)
{
    if (name == NULL || *name == '\0' || description_find(rows, name) != NULL)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s names the %s '%s', which is not there",
                user, kind, name);
    return FALSE;
}

static gboolean
check_host(const Description *description, const HostRow *host, GError **error)
{
    if (!check_name(description->processors, host->processor, "processor", host->name, error) ||
        !check_name(description->software, host->software, "software", host->name, error))
        return FALSE;
    const Processor *processor = description_find(description->processors, host->processor);
    if (processor == NULL || *host->software == '\0') {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s needs the names of a processor and of software", host->name);
        return FALSE;
    }
    return check_name(processor->microcodes, host->microcode, "microcode", host->name, error);
}

static gboolean
check_guest(const Description *description, const GuestRow *guest, GError **error)
{
    if (!check_name(description->snippets, guest->cpu, "snippet", guest->name, error) ||
        !check_name(description->snippets, guest->features, "snippet", guest->name, error))
        return FALSE;
    for (guint i = 0; i < guest->devices->len; i++) {
        if (!check_name(description->snippets, g_ptr_array_index(guest->devices, i), "snippet",
                        guest->name, error))
            return FALSE;
    }
    for (guint i = 0; i < guest->on->len; i++) {
        g_autofree char *row = g_strconcat(g_ptr_array_index(guest->on, i), "%", NULL);

        if (!check_name(description->hosts, row, "host row", guest->name, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_names(const Description *description, GError **error)
{
    for (guint i = 0; i < description->hosts->len; i++) {
        if (!check_host(description, &g_array_index(description->hosts, HostRow, i), error))
            return FALSE;
    }
    for (guint i = 0; i < description->guests->len; i++) {
        if (!check_guest(description, &g_array_index(description->guests, GuestRow, i), error))
            return FALSE;
    }
    for (guint i = 0; i < description->software->len; i++) {
        const Software *software = &g_array_index(description->software, Software, i);

        if (!check_name(description->device_sets, software->device_set, "device set",
                        software->name, error) ||
            !check_name(description->qemu, software->qemu, "QEMU release", software->name, error))
            return FALSE;
    }
    for (guint i = 0; i < description->processors->len; i++) {
        const Processor *processor = &g_array_index(description->processors, Processor, i);

        if (processor->signature->len != 3 || processor->sockets * processor->cores == 0) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "%s: the signature needs three numbers, the topology none that is 0",
                        processor->name);
            return FALSE;
        }
    }
    return TRUE;
}

Description *
description_read(const char *path, GError **error)
{
    g_autoptr(Description) description = g_new0(Description, 1);

    description->tree = yaml_tree_read(path, error);
    if (description->tree == NULL ||
        !yaml_tree_fill(description->tree, root_fields, description, error))
        return NULL;
    if (!check_names(description, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer(&description);
}

void
description_free(Description *description)
{
    if (description == NULL)
        return;
    yaml_tree_free(description->tree);
    g_free(description);
}
