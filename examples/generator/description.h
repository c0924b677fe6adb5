/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GENERATOR_DESCRIPTION_H
#define GENERATOR_DESCRIPTION_H

/*
 * The compact description of an example fleet: examples/fleet.yaml in memory. What each value means
 * is said there. Strings and arrays belong to the description.
 */

#include <cpumodel/version.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *name;
    guint version;
    GPtrArray *plus, *host_only, *minus; /* of const char* */
} Microcode;

typedef struct {
    const char *name, *title, *vendor, *model;
    GArray *signature; /* of guint: family, model, stepping */
    guint sockets, cores, threads;
    guint nodes; /* NUMA nodes in each socket; 0: one */
    guint l3_mib;
    guint l3_cores; /* cores that share one L3 cache; 0: those of a socket */
    guint tsc_khz;
    gboolean has_tsc_scaling;
    guint address_bits;
    const char *nested;                  /* "vmx", "svm" */
    GPtrArray *plus, *host_only, *minus; /* of const char* */
    GArray *microcodes;                  /* of Microcode */
} Processor;

typedef struct {
    const char *version, *oldest_pc, *oldest_q35, *deprecated_through;
    guint max_vcpus;
    GPtrArray *new_models; /* of const char* */
} QemuRelease;

typedef struct {
    const char *name, *emulator;
    guint wordsize;
    const char *versioned, *oldest; /* "virt" gives "virt-9.1" ...; NULL for none */
    GPtrArray *boards;              /* of const char* */
} ForeignArch;

typedef struct {
    const char *name;
    GPtrArray *values;
} DeviceEnum;

typedef struct {
    const char *element;
    GArray *enums; /* of DeviceEnum */
} DeviceKind;

typedef struct {
    const char *name;
    GArray *devices; /* of DeviceKind */
    GPtrArray *hyperv;
} DeviceSet;

typedef struct {
    const char *name, *libvirt, *qemu, *security, *device_set;
    GPtrArray *arches;
} Software;

typedef struct {
    const char *name, *processor, *microcode, *software;
    guint count, memory_gib;
} HostRow;

typedef struct {
    const char *name, *text;
} Snippet;

typedef struct {
    const char *name;
    guint count;
    GPtrArray *on; /* of const char*: names of host rows without "%" */
    const char *machine;
    guint vcpus, memory_mib;
    const char *features, *cpu; /* of snippets; NULL or "" for none */
    GPtrArray *devices;         /* of snippets */
} GuestRow;

typedef struct {
    const char *name, *text;
    const char *like; /* a host whose document it is a part of */
    guint keep_percent;
} BrokenFile;

typedef struct {
    guint seed;
    GPtrArray *kvm;
    GArray *processors; /* of Processor */
    GArray *qemu;       /* of QemuRelease, oldest first */
    GPtrArray *map_only_models;
    GPtrArray *machine_versions;
    GArray *foreign_arches; /* of ForeignArch */
    GArray *device_sets;    /* of DeviceSet */
    GArray *software;       /* of Software */
    GArray *hosts;          /* of HostRow */
    GArray *snippets;       /* of Snippet */
    GArray *guests;         /* of GuestRow */
    GArray *broken;         /* of BrokenFile */
    struct YamlTree *tree;
} Description;

/* Reads PATH and checks that every name in it leads somewhere. */
Description *description_read(const char *path, GError **error);
void description_free(Description *description);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Description, description_free)

/*
 * The elements of ROWS, all of whose structs begin with their name, by name: NULL when there is
 * none.
 */
const void *description_find(GArray *rows, const char *name);

/* "10.1" as version.h numbers it; 0 for what is no version. */
guint description_version(const char *text);

G_END_DECLS

#endif
