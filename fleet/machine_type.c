/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A name is a board, a dash and a release: a version of QEMU, one of RHEL behind "rhel", or the
 * word of a distribution's release, behind which a variant and an edition may stand.
 */

#include <fleet/machine_type.h>

#include <cpumodel/version.h>
#include <string.h>

#include "data.h"

#define RHEL_ADDRESS_BITS 48
#define PROCESSOR_ADDRESS_BITS 52

MachineType *
machine_type_new(const char *name, const char *canonical)
{
    MachineType *machine = g_new0(MachineType, 1);

    machine->name = g_strdup(name);
    machine->canonical = g_strdup(canonical);
    return machine;
}

void
machine_type_free(MachineType *machine)
{
    if (machine == NULL)
        return;
    g_free(machine->name);
    g_free(machine->canonical);
    g_free(machine);
}

guint
machine_type_qemu_version(const char *name)
{
    const char *dash = strrchr(name, '-'), *rest;
    guint version;

    return dash != NULL && version_read(dash + 1, &version, &rest) == 2 && *rest == '\0' ? version
                                                                                         : 0;
}

/* Sets *RET_AT to where the row's name stands in NAME; NULL: none does. */
static const DistributionMachineRow *
find_distribution(const char *name, const char **ret_at)
{
    for (guint i = 0; i < n_distribution_machine_rows; i++) {
        const DistributionMachineRow *row = &distribution_machine_rows[i];
        const char *at = strstr(name, row->name);
        const char *end = at != NULL ? at + strlen(row->name) : NULL;

        /* "pc-q35-noble", "pc-i440fx-jammy-hpb" */
        if (at != NULL && at > name && at[-1] == '-' && (*end == '\0' || *end == '-')) {
            *ret_at = at;
            return row;
        }
    }
    return NULL;
}

guint
machine_type_distribution_release(const char *name)
{
    const char *at;
    const DistributionMachineRow *row = find_distribution(name, &at);

    return row != NULL ? row->release : 0;
}

gboolean
machine_type_is_versioned(const char *name)
{
    static const char *const families[] = {"pc-", "virt-", "pseries-", "s390-ccw-virtio-"};

    for (guint i = 0; i < G_N_ELEMENTS(families); i++)
        if (g_str_has_prefix(name, families[i]))
            return TRUE;
    return FALSE;
}

/* ---- boards --------------------------------------------------------------------------------- */

/*
 * What stands before the first dash, of *RET_LENGTH: "pc", "s390". Of the two boards whose names
 * begin with "pc-", q35 is another one than the "pc" of old.
 */
static const char *
family_of(const char *name, gsize *ret_length)
{
    const char *family = g_str_has_prefix(name, "pc-q35") ? name + strlen("pc-") : name;

    *ret_length = strcspn(family, "-");
    return family;
}

gboolean
machine_type_is_same_family(const char *a, const char *b)
{
    gsize length_a, length_b;
    const char *family_a = family_of(a, &length_a), *family_b = family_of(b, &length_b);

    return length_a == length_b && strncmp(family_a, family_b, length_a) == 0;
}

/* ---- address bits --------------------------------------------------------------------------- */

/* Is WORD one of the parts of NAME between dashes? */
static gboolean
has_part(const char *name, const char *word)
{
    const gsize length = strlen(word);

    for (const char *dash = strchr(name, '-'); dash != NULL; dash = strchr(dash + 1, '-'))
        if (strncmp(dash + 1, word, length) == 0 &&
            (dash[1 + length] == '\0' || dash[1 + length] == '-'))
            return TRUE;
    return FALSE;
}

guint
machine_type_most_address_bits(const char *name)
{
    if (name != NULL && has_part(name, "hpb")) /* "pc-q35-jammy-hpb-maxcpus" */
        return PROCESSOR_ADDRESS_BITS;
    return name != NULL && strstr(name, "-rhel") != NULL ? RHEL_ADDRESS_BITS
                                                         : MACHINE_TYPE_DEFAULT_ADDRESS_BITS;
}

/* ---- which is newer ------------------------------------------------------------------------- */

/* What a name is made of; RELEASE is 0 where the name tells none, and then there is no more. */
typedef struct {
    gsize kind_length;   /* of what stands in front of the release, "pc-q35-" */
    guint release;       /* comparable among names of one kind alone */
    guint edition;       /* of the machine type in this release: 1 where it does not say "-v2" */
    const char *variant; /* what else stands behind the release: "-hpb" */
    gsize variant_length;
} MachineName;

/* Where its release begins: behind the last dash, and behind the word that RHEL puts there. */
static const char *
release_part(const char *name)
{
    const char *dash = strrchr(name, '-');

    if (dash == NULL)
        return name + strlen(name);
    return g_str_has_prefix(dash, "-rhel") ? dash + strlen("-rhel") : dash + 1;
}

/* What stands behind a distribution's release: "", "-hpb", "-v2". */
static void
read_variant(const char *rest, MachineName *machine)
{
    const char *dash = strrchr(rest, '-');
    guint64 edition;

    machine->variant = rest;
    machine->variant_length = strlen(rest);
    if (dash == NULL || dash[1] != 'v' ||
        !g_ascii_string_to_unsigned(dash + 2, 10, 1, G_MAXUINT, &edition, NULL))
        return;
    machine->edition = (guint)edition;
    machine->variant_length = (gsize)(dash - rest);
}

static MachineName
split_name(const char *name)
{
    MachineName machine = {.edition = 1, .variant = ""};
    const char *at = release_part(name);
    const DistributionMachineRow *row;

    if (version_parse(at, &machine.release)) {
        machine.kind_length = (gsize)(at - name);
        return machine;
    }
    row = find_distribution(name, &at);
    machine.release = row != NULL ? row->release : 0;
    if (row == NULL)
        return machine;
    machine.kind_length = (gsize)(at - name);
    read_variant(at + strlen(row->name), &machine);
    return machine;
}

static gboolean
is_same_kind(const char *a, const MachineName *of_a, const char *b, const MachineName *of_b)
{
    return of_a->kind_length == of_b->kind_length && strncmp(a, b, of_a->kind_length) == 0 &&
           of_a->variant_length == of_b->variant_length &&
           strncmp(of_a->variant, of_b->variant, of_a->variant_length) == 0;
}

/* Is A, which is made of OF_A, of the kind of B, and newer? */
static gboolean
is_newer(const char *a, const MachineName *of_a, const char *b, const MachineName *of_b)
{
    if (of_b->release == 0 || !is_same_kind(a, of_a, b, of_b))
        return FALSE;
    return of_a->release != of_b->release ? of_a->release > of_b->release
                                          : of_a->edition > of_b->edition;
}

GPtrArray *
machine_type_newest(const GPtrArray *names)
{
    g_autofree MachineName *parts = g_new(MachineName, names->len + 1);
    GPtrArray *newest = g_ptr_array_new();

    for (guint i = 0; i < names->len; i++)
        parts[i] = split_name(g_ptr_array_index(names, i));
    for (guint i = 0; i < names->len; i++) {
        guint k = 0;

        while (k < names->len && !is_newer(g_ptr_array_index(names, k), &parts[k],
                                           g_ptr_array_index(names, i), &parts[i]))
            k++;
        if (k == names->len)
            g_ptr_array_add(newest, g_ptr_array_index(names, i));
    }
    return newest;
}

gboolean
machine_type_is_newest(const GPtrArray *names, const char *name)
{
    const MachineName parts = split_name(name);
    const gboolean is_told = parts.release != 0 && machine_type_is_versioned(name);

    for (guint i = 0; is_told && i < names->len; i++) {
        const char *other = g_ptr_array_index(names, i);
        const MachineName of_other = split_name(other);

        if (is_newer(other, &of_other, name, &parts))
            return FALSE;
    }
    return is_told;
}
