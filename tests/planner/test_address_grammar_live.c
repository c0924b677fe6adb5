/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Guests of the fuzz targets' grammar, planned here and defined on the installed libvirt
 * (address_live.h): the seeds of fuzz.devices, and random decisions.
 *
 * Skips without a QEMU driver of libvirt.
 * TEST_COUNT sets how many random guests, TEST_SEED the first seed; both are printed. TEST_INPUTS
 * names a folder of inputs to compare beside the seeds, such as a fuzzer's corpus.
 */

#include "address_live.h"
#include "guest_grammar.h"
#include "live_libvirt.h"

#include <stdio.h>
#include <string.h>

#define EXIT_SKIP 77
#define DEFAULT_GUESTS 40
#define MAX_DEVICES 8
#define MAX_DECISIONS 12

/*
 * What keeps libvirt from looking at places, and what stands for it: another type of guest, numbers
 * by which libvirt allocates more memory than there is before it looks at them, features that the
 * driver may not know, sources that are not told.
 */
static const struct {
    const char *pattern, *replacement;
} changes[] = {
    {"^<domain type='[a-z]*'><name>g</name>",
     "<domain type='qemu'><name>virt-plan-grammar</name><memoryBacking>"
     "<source type='memfd'/><access mode='shared'/>"
     "</memoryBacking>"},
    {">(exe|xen|linux)</type>", ">hvm</type>"},
    {"<vcpu>[^<]*<", "<vcpu>1<"},
    {"(?<=ports='|index='|controller='|bus=')(-[0-9]+|[0-9]{5,})(?=')", "40"},
    {"<interface type='[a-z]*'>(?!<mac)", "\\0<mac address='52:54:00:00:00:01'/>"},
    {"(<source><address type='pci')(?: domain='[^']*')?( bus='[^']*' slot='[^']*') "
     "function='[^']*'",
     "\\1 domain='0x7'\\2 function='0'"},
    {"uid='0'", "uid='40'"},
    {"(type='(?:usb|mdev|scsi)'[^>]*><source) protocol='[^']*' wwpn='[^']*'", "\\1"},
    {"<ps2 state='[a-z]*'/>", ""},
    {"(arch='(?!x86_64|i686).*)<acpi/>", "\\1"},
    {"<disk type='file'([^>]*)>", "<disk type='block'\\1><source dev='/dev/null'/>"},
    {"<smartcard mode='passthrough'>", "<smartcard mode='passthrough' type='spicevmc'>"},
};

/* What the grammar leaves out or overdoes, and has nothing to do with places. */
static const char *const beyond[] = {
    "unable to parse mac address",
    "'address' must be specified for scsi hostdev source",
    "in <hostdev> is only supported when",
    "Missing <address> element",
    "Missing required attribute",
    "Missing scsi_host subsystem protocol",
    "Unknown SCSI subsystem protocol",
    "server option enabled",
    "input evdev doesn't support bus",
    "guest has no NUMA nodes configured",
    "block size must be a power of two",
    "path is required for model 'nvdimm'",
    "Missing 'uuid' attribute",
    "Maximum supported number of ISA serial ports", /* which port counts depends on the text */
    "'maxMemory' is not defined", /* for enclave memory, which some versions want it for */
    NULL,
};

static char *
adapt(const char *guest)
{
    char *xml = g_strdup(guest);

    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GRegex) regex =
            g_regex_new(changes[i].pattern, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, &error);
        g_assert_no_error(error);
        char *changed =
            g_regex_replace(regex, xml, -1, 0, changes[i].replacement, G_REGEX_MATCH_DEFAULT, NULL);

        g_free(xml);
        xml = changed;
    }
    return xml;
}

/*
 * On pSeries the plan takes the slots of the host's cards for their groups, where the host has such
 * cards. What this version of libvirt passes over stays in the text.
 */
static gboolean
is_comparable(const AddressLive *live, const char *xml)
{
    return !(strstr(xml, "arch='ppc64'") != NULL && strstr(xml, "<source><address type='pci'")) &&
           !(live->version < VERSION_NUMBER(9, 1) && strstr(xml, "<crypto") != NULL) &&
           !(live->version < VERSION_NUMBER(10, 6) && strstr(xml, "<pstore") != NULL);
}

static void
compare(AddressLive *live, const char *label, const guint8 *bytes, gsize length)
{
    GuestDecisions input = {.at = bytes, .end = bytes + length};

    guest_grammar_take_line(&input);
    g_autofree char *guest = guest_grammar_guest(input, GUEST_GRAMMAR_MAX_DEVICES);
    g_autofree char *xml = adapt(guest);
    if (!is_comparable(live, xml))
        return;
    address_live_compare(live, label, xml);
}

static void
compare_folder(AddressLive *live, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *bytes = NULL;
        gsize length = 0;

        if (g_file_get_contents(path, &bytes, &length, NULL))
            compare(live, name, (const guint8 *)bytes, length);
    }
}

/* Half of the decisions are for the first part, so that most addresses are left out. */
static void
compare_random(AddressLive *live, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree char *label = g_strdup_printf("seed-%u", seed);
    gint n_lines = 2 + g_rand_int_range(random, 0, MAX_DEVICES);

    for (gint i = 0; i < n_lines; i++) {
        for (guint j = 0; j < MAX_DECISIONS; j++) {
            guint8 byte = (guint8)g_rand_int_range(random, 0, 256);

            if (byte == '\n' || (j > 0 && g_rand_boolean(random)))
                byte = 0;
            g_byte_array_append(bytes, &byte, 1);
        }
        g_byte_array_append(bytes, (const guint8 *)"\n", 1);
    }
    compare(live, label, bytes->data, bytes->len);
}

int
main(void)
{
    AddressLive live;
    guint n = live_libvirt_setting("TEST_COUNT", DEFAULT_GUESTS);
    guint seed = live_libvirt_setting("TEST_SEED", 1);
    const char *inputs = g_getenv("TEST_INPUTS");

    if (!address_live_open(&live))
        return EXIT_SKIP;
    live.beyond = beyond;
    printf("%u guests from seed %u\n", n, seed);
    compare_folder(&live, TEST_SOURCE_DIR "/../fuzz/seeds/devices");
    if (inputs != NULL)
        compare_folder(&live, inputs);
    for (guint i = 0; i < n; i++)
        compare_random(&live, seed + i);
    return address_live_close(&live);
}
