/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of what a guest asks of the target's emulator, by its domain capabilities: Hyper-V
 * enlightenments, confidential computing, device models and firmware. They are part of the CPU
 * aspect, since the domain capabilities come with the CPU that guests can have.
 */
/* strverscmp() */
#define _GNU_SOURCE
#include <string.h>

#include "check_input.h"

static gboolean
has_word(const GPtrArray *words, const char *wanted)
{
    for (guint i = 0; i < words->len; i++)
        if (strcmp(g_ptr_array_index(words, i), wanted) == 0)
            return TRUE;
    return FALSE;
}

static void
check_hyperv(const CheckInput *input)
{
    const Guest *guest = input->traveller->guest;
    const DomainCapabilities *domain = input->facts->domain;
    g_autoptr(GString) missing = g_string_new(NULL);

    if (guest == NULL)
        return;
    if (guest->is_hyperv_passthrough && !input->is_start)
        check_add(input, "hyperv", VERDICT_NO,
                  "name the enlightenments in the guest's definition instead",
                  "Hyper-V passthrough takes what the source's kernel has and does not migrate.");
    if (guest->hyperv_features->len == 0)
        return;
    if (!input->is_start && guest->tsc_hz == 0 &&
        has_word(guest->hyperv_features, "reenlightenment"))
        check_add(input, "hyperv", VERDICT_UNKNOWN,
                  "add <timer name='tsc' frequency='...'/> to the guest's clock, or leave "
                  "reenlightenment out",
                  "The guest has reenlightenment without a fixed TSC frequency; once Windows uses "
                  "it, as for guests of its own, QEMU 6.0 and newer do not take it in.");
    if (domain != NULL && domain->hyperv == SUPPORT_NO)
        check_add(input, "hyperv", VERDICT_NO, "move the guest to hosts that have them",
                  "The guest uses Hyper-V enlightenments, and the target has none.");
    if (domain == NULL || !domain_lists_hyperv(domain)) /* its versions may tell */
        return;
    for (guint i = 0; i < guest->hyperv_features->len; i++) {
        const char *name = g_ptr_array_index(guest->hyperv_features, i);

        if (!has_word(domain->hyperv_features, name))
            g_string_append_printf(missing, "%s%s", missing->len > 0 ? ", " : "", name);
    }
    if (missing->len > 0)
        check_add(input, "hyperv", VERDICT_NO,
                  "update the target's kernel and QEMU, or leave the enlightenments out",
                  "The target lacks Hyper-V enlightenments of the guest: %s.", missing->str);
}

static gboolean
offers_security(const DomainCapabilities *domain, const char *type)
{
    return has_word(domain->launch_security_types, type) ||
           (strcmp(type, "sev") == 0 && domain->sev == SUPPORT_YES) ||
           (strcmp(type, "tdx") == 0 && domain->tdx == SUPPORT_YES);
}

static void
check_launch_security(const CheckInput *input)
{
    const Guest *guest = input->traveller->guest;
    const DomainCapabilities *domain = input->facts->domain;

    if (guest == NULL || guest->launch_security == NULL)
        return;
    if (!input->is_start)
        check_add(input, "launch-security", VERDICT_NO,
                  "shut the guest down and start it on the target",
                  "A confidential guest (%s) cannot be migrated live.", guest->launch_security);
    else if (domain == NULL)
        check_add(input, "launch-security", VERDICT_UNKNOWN,
                  "collect the target's domain capabilities",
                  "It is not known whether the target offers %s.", guest->launch_security);
    else if (!offers_security(domain, guest->launch_security))
        check_add(input, "launch-security", VERDICT_NO, "start the guest on a host that offers it",
                  "The target does not offer %s.", guest->launch_security);
}

/* ---- devices and firmware ------------------------------------------------------------------- */

/*
 * Values that libvirt could use before its domain capabilities listed them. KEY NULL: of any key.
 */
static const struct {
    const char *key, *value;
} listed_late[] = {
    {NULL, "none"},       {NULL, "default"}, {NULL, "egl-headless"}, {NULL, "dbus"},
    {NULL, "rdp"},        {NULL, "ramfb"},   {NULL, "external"},     {NULL, "gop"},
    {NULL, "vgahgc"},     {NULL, "xen"},     {"disk.bus", "sata"},   {"disk.bus", "sd"},
    {"disk.bus", "nvme"},
};

static gboolean
is_listed_late(const char *key, const char *value)
{
    for (guint i = 0; i < G_N_ELEMENTS(listed_late); i++)
        if (strcmp(value, listed_late[i].value) == 0 &&
            (listed_late[i].key == NULL || strcmp(key, listed_late[i].key) == 0))
            return TRUE;
    return FALSE;
}

/* Does the target have VALUE of KEY ("video.modelType")? UNKNOWN where it does not tell. */
static Verdict
offers_value(const DomainCapabilities *domain, const char *key, const char *value)
{
    g_autofree char *device = g_strndup(key, strcspn(key, "."));
    g_autofree char *support = g_strconcat(device, "." DEVICE_SUPPORTED, NULL);
    const GPtrArray *values = g_hash_table_lookup(domain->device_values, key);

    if (g_hash_table_contains(domain->device_values, support))
        return VERDICT_NO;
    /* an enumeration without values says that there are none; firmware images are no enumeration */
    if (values == NULL || is_listed_late(key, value) ||
        (values->len == 0 && strcmp(key, "os.loader") == 0))
        return VERDICT_UNKNOWN;
    return has_word(values, value) ? VERDICT_YES : VERDICT_NO;
}

/*
 * A libvirt that tells of firmware and not of the store does not know the element: it would pass it
 * over, and QEMU take in no guest with a device that it has not. One that knows it says no where it
 * finds no firmware for it, too, and such a guest brings the name of its own.
 */
static void
check_varstore(const CheckInput *input)
{
    GHashTable *told = input->facts->domain->device_values;
    const GPtrArray *values = g_hash_table_lookup(told, "varstore.state");
    const gboolean is_known = values != NULL || (!g_hash_table_contains(told, "os.firmware") &&
                                                 !g_hash_table_contains(told, "os.loader"));

    if (is_known && (values == NULL || input->facts->is_other_machine || has_word(values, "yes")))
        return;
    check_add(
        input, "firmware", VERDICT_UNKNOWN,
        "update libvirt and QEMU on the target, and install the same firmware package on both "
        "hosts",
        "The guest's UEFI variables are kept by QEMU itself (<varstore>), and the target's "
        "libvirt does not tell that it can have that.");
}

static void
check_firmware(const CheckInput *input, const char *key, const char *value)
{
    if (strcmp(key, "os.firmware") == 0 && input->facts->is_other_machine)
        check_add(input, "firmware", VERDICT_UNKNOWN,
                  "collect the target's domain capabilities for the guest's machine type",
                  "The target's libvirt finds no firmware of kind %s for machine type %s, and what "
                  "it finds for the guest's is not told.",
                  value, input->facts->domain->machine);
    else if (strcmp(key, "os.firmware") == 0)
        check_add(input, "firmware", VERDICT_NO,
                  "install the firmware's package on the target (OVMF, AAVMF or edk2)",
                  "The target's libvirt finds no firmware of kind %s.", value);
    else if (strcmp(key, "loader.secure") == 0)
        check_add(input, "firmware", VERDICT_UNKNOWN,
                  "install firmware with Secure Boot on the target, or make sure that it is there",
                  "The guest's firmware has Secure Boot, and the target's libvirt lists none.");
    else
        check_add(input, "firmware", VERDICT_UNKNOWN,
                  "make sure that the file is there, or install the same firmware package on both "
                  "hosts",
                  "The guest's firmware %s is not among those that the target's libvirt lists.",
                  value);
}

static const char *
device_title(const char *key)
{
    static const struct {
        const char *key, *title;
    } titles[] = {
        {"video.modelType", "video model"},
        {"graphics.type", "graphics of type"},
        {"rng.model", "random number device"},
        {"rng.backendModel", "source of random numbers"},
        {"tpm.model", "TPM model"},
        {"tpm.backendModel", "TPM backend"},
        {"tpm.backendVersion", "TPM of version"},
        {"filesystem.driverType", "filesystem driver"},
        {"redirdev.bus", "device redirection by"},
        {"channel.type", "channel of type"},
        {"crypto.model", "crypto device"},
        {"crypto.backendModel", "crypto backend"},
        {"panic.model", "panic device"},
        {"disk.bus", "disk bus"},
        {"gic.version", "interrupt controller (GIC) of version"},
        {"memoryBacking.sourceType", "memory of type"},
        {"vmcoreinfo.state", "VM core info:"},
        {"genid.state", "VM generation ID:"},
        {"async-teardown.enabled", "asynchronous teardown:"},
        {"ps2.state", "choice of PS/2:"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
        if (strcmp(titles[i].key, key) == 0)
            return titles[i].title;
    return key;
}

/* What depends on the machine type, so that another one's documents do not tell. */
static gboolean
is_of_machine(const char *key)
{
    return g_str_has_prefix(key, "os.") || g_str_has_prefix(key, "loader.") ||
           g_str_has_prefix(key, "disk.") || g_str_has_prefix(key, "gic.");
}

/* What the target does not tell is not worth a word: nearly every QEMU has nearly every device. */
static void
check_needs(const CheckInput *input)
{
    const Guest *guest = input->traveller->guest;
    const DomainCapabilities *domain = input->facts->domain;

    for (guint i = 0; guest != NULL && domain != NULL && i < guest->needs->len; i++) {
        const char *need = g_ptr_array_index(guest->needs, i);
        g_autofree char *key = g_strndup(need, strcspn(need, "="));
        const char *value = need + strcspn(need, "=") + 1;

        if (strcmp(key, "varstore.state") == 0) {
            check_varstore(input);
            continue;
        }
        if (offers_value(domain, key, value) != VERDICT_NO)
            continue;
        if (g_str_has_prefix(key, "os.") || g_str_has_prefix(key, "loader."))
            check_firmware(input, key, value);
        else if (!input->facts->is_other_machine || !is_of_machine(key))
            check_add(input, "device-model", VERDICT_NO,
                      "install the QEMU package that has it on the target, or shut the guest down "
                      "and give it another one",
                      "The target's QEMU has no %s %s, which the guest uses.", device_title(key),
                      value);
    }
}

/* The limit of machine type and KVM together; a newer machine type may have a higher one. */
static void
check_vcpus(const CheckInput *input)
{
    const Traveller *traveller = input->traveller;
    const DomainCapabilities *domain = input->facts->domain;

    if (traveller->guest == NULL || domain == NULL || domain->max_vcpus == 0 ||
        traveller->guest->n_vcpus <= domain->max_vcpus)
        return;
    const gboolean is_limit = !input->facts->is_other_machine && domain->machine != NULL &&
                              traveller->machine != NULL &&
                              strverscmp(domain->machine, traveller->machine) >= 0;
    check_add(input, "vcpus", is_limit ? VERDICT_NO : VERDICT_UNKNOWN,
              is_limit ? "give the guest fewer virtual CPUs"
                       : "collect the target's domain capabilities for the guest's machine type",
              "The guest has %u virtual CPUs; the target's domain capabilities (machine type %s) "
              "allow %u.",
              traveller->guest->n_vcpus, domain->machine != NULL ? domain->machine : "not told",
              domain->max_vcpus);
}

void
checks_domain(const CheckInput *input)
{
    check_vcpus(input);
    check_hyperv(input);
    check_launch_security(input);
    check_needs(input);
}
