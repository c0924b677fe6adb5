/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Devices attached one after the other to running guests, here and on the installed libvirt: the
 * same addresses and controllers, and the same devices refused.
 *
 * The guests are started paused and without a disk; what their QEMU itself refuses, which no
 * definition tells, is counted apart. Skips without a QEMU driver of libvirt of one's own, since a
 * daemon's might keep what a failed run leaves.
 * HOTPLUG_LIVE_GUESTS sets how many guests, and HOTPLUG_LIVE_SEED the first seed; both are printed.
 */

#include "address_compare.h"
#include "live_libvirt.h"

#include <glib/gstdio.h>
#include <ingest/domain_devices_reader.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <planner/hotplug.h>
#include <reports/domain_edit.h>
#include <reports/domain_writer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define DEFAULT_GUESTS 3
#define ATTACHES 8 /* to each guest */

typedef struct {
    virConnectPtr connection;
    guint version;
    char *folder; /* of disks */
    guint n_files;
    guint n_equal, n_refused, n_lacking, n_different;
} Live;

/* ---- guests and devices --------------------------------------------------------------------- */

static const struct {
    const char *machine, *controllers;
} guests[] = {
    {"pc-q35-7.2", "<controller type='pci' model='pcie-root'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='pcie-root-port'><target hotplug='off'/>"
                   "</controller><controller type='usb' model='qemu-xhci'/>"
                   "<controller type='scsi' model='virtio-scsi'/>"},
    {"pc-q35-7.2", "<controller type='pci' model='pcie-root'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='pcie-to-pci-bridge'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='pcie-root-port'/>"
                   "<controller type='pci' model='dmi-to-pci-bridge'/>"
                   "<controller type='usb' model='none'/>"
                   "<controller type='virtio-serial' ports='3'/>"},
    {"pc-q35-7.2", ""},
    {"pc-i440fx-7.2", ""},
    {"pc-i440fx-7.2", "<controller type='pci' index='1' model='pci-bridge'/>"
                      "<controller type='scsi' model='lsilogic'/>"
                      "<controller type='virtio-serial'/><interface type='user'>"
                      "<model type='rtl8139'/></interface>"},
};

/* FILE stands for a disk's file, NAME for a letter that is its own. */
static const char *const elements[] = {
    "<rng model='virtio'><backend model='random'>/dev/urandom</backend>ADDRESS</rng>",
    "<interface type='user'><model type='virtio'/>ADDRESS</interface>",
    "<interface type='user'><model type='e1000'/>ADDRESS</interface>",
    "<interface type='user'><model type='e1000e'/></interface>",
    "<interface type='user'/>",
    "<disk type='file'><source file='FILE'/><target dev='vdNAME' bus='virtio'/>ADDRESS</disk>",
    "<disk type='file'><source file='FILE'/><target dev='vdNAME' bus='virtio'/></disk>",
    "<disk type='file'><source file='FILE'/><target dev='sdNAME' bus='scsi'/></disk>",
    "<disk type='file'><source file='FILE'/><target dev='sdNAME' bus='scsi'/>"
    "<address type='drive' controller='0' bus='0' target='0' unit='9'/></disk>",
    "<disk type='file'><source file='FILE'/><target dev='sdNAME' bus='scsi'/>"
    "<address type='drive' controller='2' bus='0' target='0' unit='1'/></disk>",
    "<disk type='file'><source file='FILE'/><target dev='sdNAME' bus='usb'/></disk>",
    "<disk type='file'><source file='FILE'/><target dev='sdNAME' bus='usb'/>"
    "<address type='usb' bus='0' port='2'/></disk>",
    "<disk type='file'><source file='FILE'/><target dev='sdNAME' bus='sata'/></disk>",
    "<controller type='scsi' model='virtio-scsi'/>",
    "<controller type='scsi' index='3' model='lsilogic'/>",
    "<controller type='scsi'/>",
    "<controller type='virtio-serial'/>",
    "<controller type='usb' model='qemu-xhci'/>",
    "<controller type='pci' model='pcie-root-port'/>",
    "<input type='tablet' bus='usb'/>",
    "<input type='keyboard' bus='usb'><address type='usb' bus='0' port='1'/></input>",
    "<input type='keyboard' bus='virtio'>ADDRESS</input>",
    "<input type='mouse' bus='ps2'/>",
    "<channel type='pty'><target type='virtio' name='org.NAME'/></channel>",
    "<channel type='pty'><target type='virtio' name='org.NAME'/>"
    "<address type='virtio-serial' controller='0' bus='0' port='2'/></channel>",
    "<channel type='pty'><target type='virtio' name='org.NAME'/>"
    "<address type='virtio-serial' controller='4' bus='0' port='2'/></channel>",
    "<serial type='pty'><target type='pci-serial'/></serial>",
    "<serial type='pty'><target type='usb-serial'/></serial>",
    "<serial type='pty'/>",
    "<watchdog model='i6300esb'/>",
    "<watchdog model='ib700'/>",
    "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>",
    "<shmem name='shmNAME'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
    "<sound model='ich6'/>",
    "<hub type='usb'/>",
    "<vsock model='virtio'><cid auto='yes'/></vsock>",
    "<console type='pty'><target type='virtio'/></console>",
    "<filesystem type='mount'><source dir='/tmp'/><target dir='NAME'/></filesystem>",
};

static char *
guest_text(guint32 seed)
{
    guint row = seed % G_N_ELEMENTS(guests);

    return g_strdup_printf(
        "<domain type='qemu'><name>virt-plan-hotplug-%d</name>"
        "<maxMemory slots='2' unit='MiB'>2048</maxMemory><memory unit='MiB'>64</memory>"
        "<vcpu>1</vcpu><cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu>"
        "<os><type arch='x86_64' machine='%s'>hvm</type></os><features><acpi/></features><devices>"
        "<emulator>/usr/bin/qemu-system-x86_64</emulator>%s</devices></domain>",
        (int)getpid(), guests[row].machine, guests[row].controllers);
}

static char *
address_text(GRand *rand)
{
    if (g_rand_int_range(rand, 0, 3) != 0)
        return g_strdup("");
    return g_strdup_printf("<address type='pci' domain='0' bus='%d' slot='%d' function='%d'/>",
                           g_rand_int_range(rand, 0, 7),
                           g_rand_boolean(rand) ? 0 : g_rand_int_range(rand, 0, 32),
                           g_rand_int_range(rand, 0, 8) == 0 ? 1 : 0);
}

static char *
replaced(const char *text, const char *word, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, word, 0);

    return g_strjoinv(with, parts);
}

static char *
choose_element(Live *live, GRand *rand)
{
    const char *element = elements[g_rand_int_range(rand, 0, G_N_ELEMENTS(elements))];
    guint n = live->n_files++;
    g_autofree char *file = g_strdup_printf("%s/disk%u", live->folder, n);
    g_autofree char *name = g_strdup_printf("%c", 'b' + g_rand_int_range(rand, 0, 18));
    g_autofree char *address = address_text(rand);
    static const char zeros[1 << 16];

    if (strstr(element, "FILE") != NULL)
        g_file_set_contents(file, zeros, sizeof zeros, NULL);
    g_autofree char *filed = replaced(element, "FILE", file);
    g_autofree char *named = replaced(filed, "NAME", name);
    return replaced(named, "ADDRESS", address);
}

/* ---- comparing ------------------------------------------------------------------------------ */

static char *
planned_facts(const Live *live, const char *xml, const char *element, char **ret_refusal)
{
    AddressOptions options = {.libvirt_version = live->version};
    Finding *refusal = NULL;
    guint32 offset = 0;
    g_autoptr(DomainDevices) guest = domain_devices_read(xml, strlen(xml), &refusal);
    g_autoptr(Device) device = domain_device_read(element, strlen(element), &refusal);

    g_assert(guest != NULL);
    if (device != NULL)
        refusal = hotplug_check(guest, device, &options, TRUE);
    if (refusal == NULL) {
        g_autoptr(GString) text =
            domain_edit_insert(xml, strlen(xml), guest, device->kind, element, &offset);
        g_autoptr(DomainDevices) both = domain_devices_read(text->str, text->len, &refusal);

        if (both != NULL)
            refusal = hotplug_attach(both, domain_devices_find_place(both, offset), &options, TRUE);
        if (refusal == NULL) {
            g_autoptr(GString) out = domain_write(text->str, text->len, both);

            return address_facts_of_text(out->str);
        }
    }
    *ret_refusal = finding_format(refusal);
    finding_free(refusal);
    return NULL;
}

/* What QEMU, or what it was built with, says no to. */
static gboolean
is_qemus(void)
{
    const char *message = virGetLastErrorMessage();

    return strstr(message, "QEMU command") != NULL || strstr(message, "vhost") != NULL ||
           live_libvirt_is_lacking();
}

static int
compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* MAC addresses that libvirt invents and memory bases that QEMU chooses are not compared. */
static char *
without_inventions(char *facts)
{
    g_autoptr(GRegex) inventions = g_regex_new(
        "(?<=interface/)(([0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9]+)| base [0-9a-f]+", 0, 0, NULL);
    if (facts == NULL)
        return NULL;
    g_autofree char *text = g_regex_replace_literal(inventions, facts, -1, 0, "", 0, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);

    g_free(facts);
    qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
    return g_strjoinv("\n", lines);
}

static void
attach(Live *live, virDomainPtr domain, guint32 seed, const char *element)
{
    char *before = virDomainGetXMLDesc(domain, 0);
    g_autofree char *refusal = NULL;
    g_autofree char *actual = without_inventions(planned_facts(live, before, element, &refusal));
    gboolean is_attached = virDomainAttachDeviceFlags(domain, element, VIR_DOMAIN_AFFECT_LIVE) == 0;
    gboolean is_lacking = !is_attached && is_qemus();
    g_autofree char *message = g_strdup(virGetLastErrorMessage());
    char *after = virDomainGetXMLDesc(domain, 0);
    g_autofree char *expected =
        is_attached ? without_inventions(address_facts_of_text(after)) : NULL;

    if (expected == NULL && actual == NULL)
        live->n_refused++;
    else if (expected != NULL && actual != NULL && strcmp(expected, actual) == 0)
        live->n_equal++;
    else if (expected == NULL && is_lacking)
        live->n_lacking++;
    else {
        live->n_different++;
        printf("seed %u: %s\n", seed, element);
        if (expected == NULL)
            printf("  only libvirt refuses it: %s\n", message);
        else if (actual == NULL)
            printf("  only the plan refuses it: %s\n", refusal);
        else
            address_facts_print_difference(expected, actual);
    }
    free(before);
    free(after);
}

static void
compare(Live *live, guint32 seed)
{
    g_autofree char *xml = guest_text(seed);
    GRand *rand = g_rand_new_with_seed(seed);
    virDomainPtr domain = virDomainCreateXML(live->connection, xml, VIR_DOMAIN_START_PAUSED);

    if (domain == NULL)
        printf("seed %u cannot be started: %s\n", seed, virGetLastErrorMessage());
    for (guint i = 0; domain != NULL && i < ATTACHES; i++) {
        g_autofree char *element = choose_element(live, rand);

        attach(live, domain, seed, element);
    }
    if (domain != NULL) {
        virDomainDestroy(domain);
        virDomainFree(domain);
    }
    g_rand_free(rand);
}

static void
remove_files(Live *live)
{
    for (guint i = 0; i < live->n_files; i++) {
        g_autofree char *file = g_strdup_printf("%s/disk%u", live->folder, i);

        g_unlink(file);
    }
    g_rmdir(live->folder);
    g_free(live->folder);
}

int
main(void)
{
    Live live = {0};
    guint n = live_libvirt_setting("HOTPLUG_LIVE_GUESTS", DEFAULT_GUESTS);
    guint seed = live_libvirt_setting("HOTPLUG_LIVE_SEED", 1);
    gulong version = 0;
    g_autofree char *emulator = g_find_program_in_path("qemu-system-x86_64");

    live.connection = geteuid() == 0 && emulator != NULL ? live_libvirt_open_qemu() : NULL;
    if (live.connection == NULL || virConnectGetLibVersion(live.connection, &version) != 0) {
        printf("skipped: no QEMU driver of libvirt of one's own\n");
        return EXIT_SKIP;
    }
    live.folder = g_dir_make_tmp("virt-plan-hotplug-XXXXXX", NULL);
    live.version = (guint)version;
    printf("%u guests from seed %u, libvirt %lu\n", n, seed, version);
    for (guint i = 0; i < n; i++)
        compare(&live, seed + i);
    printf("%u equal, %u refused by both, %u refused by QEMU, %u different\n", live.n_equal,
           live.n_refused, live.n_lacking, live.n_different);
    live_libvirt_close(live.connection);
    remove_files(&live);
    return live.n_different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
