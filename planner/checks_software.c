/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks that turn on the versions of QEMU, libvirt and the kernel on both hosts. Versions are
 * ranges: what is certain is told from what is only possible.
 */
#include <cpumodel/text_list.h>
#include <string.h>

#include "check_input.h"
#include "data.h"

/* Is a version within bounds? NO, UNKNOWN (the range reaches over them), or YES. */
static Verdict
is_between(const VersionRange *range, guint32 from, guint32 to)
{
    if (range->high < from || range->low > to)
        return VERDICT_NO;
    return range->low >= from && range->high <= to ? VERDICT_YES : VERDICT_UNKNOWN;
}

/* A bound of a range as people write it: "9.2" for the end of a series, too. The caller's. */
static char *
bound_text(guint32 version)
{
    const gboolean is_end = version % 1000 == VERSION_REST_OF_SERIES;

    return version_format(is_end ? version - VERSION_REST_OF_SERIES : version);
}

static void
check_direction(const CheckInput *input, const SoftwareProfile *source,
                const SoftwareProfile *target)
{
    const VersionRange *from = &source->versions[SOFTWARE_QEMU];
    const VersionRange *to = &target->versions[SOFTWARE_QEMU];

    if (!version_is_told(from) || !version_is_told(to) || to->high >= from->low)
        return;
    g_autofree char *older = bound_text(to->low), *newer = bound_text(from->low);
    check_add(input, "qemu-version", VERDICT_WARN,
              "migrate towards newer releases where there is a choice",
              "The target's QEMU %s is older than the source's %s.", older, newer);
}

/* ---- known-bad pairs ------------------------------------------------------------------------ */

/* The guest's machine type, by its own name where the guest has an alias; NULL: not known. */
static const char *
machine_name(const CheckInput *input)
{
    const Traveller *traveller = input->traveller;
    const MachineProfile *source = endpoint_machines(input->planning, input->from);
    const MachineType *machine =
        source != NULL && traveller->machine != NULL
            ? machine_profile_find(source, traveller->arch, traveller->machine)
            : NULL;

    return machine != NULL ? machine_type_canonical(machine) : traveller->machine;
}

/* "pc-q35-9.2": the version; of distributions' own types only what is ROW's to ask; 0: not known */
static guint32
machine_version(const char *name, const BadPairRow *row)
{
    const guint version = machine_type_qemu_version(name);

    if (version != 0)
        return version;
    /* of trouble between QEMU's releases they do not tell */
    return software_from_name(row->software) == SOFTWARE_KERNEL
               ? machine_type_distribution_release(name)
               : 0;
}

static gboolean
is_machine_of(const CheckInput *input, const BadPairRow *row)
{
    if (row->machine_from == 0 && row->machine_to == G_MAXUINT32)
        return TRUE;
    const char *name = machine_name(input);
    if (name == NULL || (row->machine_not != NULL && strstr(name, row->machine_not) != NULL))
        return FALSE;
    const guint32 version = machine_version(name, row);
    return version != 0 && version >= row->machine_from && version <= row->machine_to;
}

/* FEATURES, which the guest has from its host, as its definition changes them. */
static guint32
with_named_features(const WatchedFeatures *watched, const CpuDefinition *cpu, guint32 features)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);
        const guint32 bit = watched_features_bit(watched, feature->name);

        if (cpu_policy_is_off(feature->policy))
            features &= ~bit;
        else if (feature->policy == CPU_POLICY_REQUIRE)
            features |= bit;
    }
    return features;
}

/* The watched features that the guest has. */
static guint32
guest_features(const CheckInput *input)
{
    const Traveller *traveller = input->traveller;
    const WatchedFeatures *watched = input->planning->watched;

    if (traveller->cpu != NULL && traveller->problem == NULL)
        return watched_features_in(watched, CPU_FAMILY_X86, &traveller->set);
    if (traveller->subject == SUBJECT_TEMPLATE)
        return 0;
    const guint32 given = endpoint_software(input->planning, input->from)->given;
    return traveller->guest != NULL ? with_named_features(watched, traveller->guest->cpu, given)
                                    : given;
}

/*
 * Does libvirt name the features of the guest's CPU, in its definition, so that it compares them
 * with those that the target's QEMU gives? Of a host's own CPU it compares nothing but what the
 * definition disables, and of one without a model nothing at all. Source: libvirt,
 * virCPUx86UpdateLive and qemuProcessUpdateLiveGuestCPU.
 */
static gboolean
is_cpu_named(const Traveller *traveller)
{
    const CpuDefinition *cpu = traveller->guest != NULL ? traveller->guest->cpu : NULL;

    if (cpu == NULL)
        return traveller->subject != SUBJECT_HOST_PASSTHROUGH;
    return cpu->mode == CPU_MODE_HOST_MODEL || (cpu->mode == CPU_MODE_CUSTOM && cpu->model != NULL);
}

/*
 * Has a processor of the guest several cores or threads? One without a topology has a processor for
 * each virtual CPU. Source: libvirt, qemuBuildSmpCommandLine.
 */
static gboolean
has_several_threads(const CpuDefinition *cpu)
{
    return MAX(cpu->dies, 1) * MAX(cpu->clusters, 1) * MAX(cpu->cores, 1) * MAX(cpu->threads, 1) >
           1;
}

static gboolean
has_features_of(const CheckInput *input, const BadPairRow *row, const SoftwareProfile *source)
{
    const WatchedFeatures *watched = input->planning->watched;

    if (row->guest_has == NULL && row->guest_lacks == NULL && row->source_has == NULL)
        return TRUE;
    if (cpu_arch_family(input->traveller->arch) != CPU_FAMILY_X86)
        return FALSE;
    const guint32 features = guest_features(input);
    return (row->guest_has == NULL ||
            (features & watched_features_bit(watched, row->guest_has)) != 0) &&
           (row->guest_lacks == NULL ||
            (features & watched_features_bit(watched, row->guest_lacks)) == 0) &&
           (row->source_has == NULL ||
            (source->offered & watched_features_bit(watched, row->source_has)) != 0);
}

/* An imagined guest has no devices. */
static gboolean
needs_device(const Guest *guest, const char *need)
{
    return guest != NULL && text_list_has(guest->needs, need);
}

static gboolean
is_guest_of(const CheckInput *input, const BadPairRow *row)
{
    const Guest *guest = input->traveller->guest;

    if (row->arch != NULL && (!bad_pair_is_of_arch(row, input->traveller->arch) ||
                              input->traveller->type != DOMAIN_TYPE_KVM))
        return FALSE;
    if (guest != NULL && row->several_threads != 0 && !has_several_threads(guest->cpu))
        return FALSE;
    if (row->without_counters != 0 && guest_has_trait(guest, GUEST_TRAIT_PMU))
        return FALSE;
    if (row->named_cpu != 0 && !is_cpu_named(input->traveller))
        return FALSE;
    if (row->guest_needs != NULL && !needs_device(guest, row->guest_needs))
        return FALSE;
    return is_machine_of(input, row);
}

static gboolean
is_target_bound(const BadPairRow *row)
{
    return row->target_from != 0 || row->target_to != G_MAXUINT32;
}

/* Are these hosts such a pair? NO, UNKNOWN: they may be, or YES. */
static Verdict
is_bad_pair(const BadPairRow *row, const SoftwareProfile *source, const SoftwareProfile *target)
{
    const Software software = software_from_name(row->software);
    const VersionRange *from = &source->versions[software], *to = &target->versions[software];

    if (!version_is_told(from) || (!version_is_told(to) && is_target_bound(row)))
        return VERDICT_NO;
    const Verdict parts[] = {
        is_between(from, row->source_from, row->source_to),
        is_between(to, row->target_from, row->target_to),
        is_between(&source->versions[SOFTWARE_QEMU], row->source_qemu_from, VERSION_MAX),
        is_between(&target->versions[SOFTWARE_QEMU], 0, row->target_qemu_to),
        row->cured_by != 0 ? is_between(&target->versions[SOFTWARE_LIBVIRT], 0, row->cured_by - 1)
                           : VERDICT_YES,
    };
    Verdict all = VERDICT_YES;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        all = MAX(all, parts[i]);
    return all;
}

static Verdict
verdict_of_word(const char *word)
{
    for (Verdict verdict = VERDICT_YES; verdict < VERDICT_COUNT; verdict++)
        if (strcmp(verdict_name(verdict), word) == 0)
            return verdict;
    return VERDICT_UNKNOWN;
}

static void
check_bad_pairs(const CheckInput *input, const SoftwareProfile *source,
                const SoftwareProfile *target)
{
    for (guint i = 0; i < n_bad_pair_rows; i++) {
        const BadPairRow *row = &bad_pair_rows[i];
        const Verdict is_pair = is_bad_pair(row, source, target);
        const Verdict severity = verdict_of_word(row->severity);

        if (is_pair == VERDICT_NO || (is_pair == VERDICT_UNKNOWN && row->only_certain != 0) ||
            !is_guest_of(input, row) || !has_features_of(input, row, source))
            continue;
        if (is_pair == VERDICT_YES)
            check_add(input, "known-bad-versions", severity, row->remedy, "Known trouble: %s (%s).",
                      row->text, row->source);
        else
            check_add(input, "known-bad-versions", MIN(severity, VERDICT_UNKNOWN), row->remedy,
                      "Known trouble between versions that these hosts may have: %s (%s).",
                      row->text, row->source);
    }
}

/* ---- CPU models ----------------------------------------------------------------------------- */

/* NULL: nothing is known of its release. */
static const QemuModelRow *
find_model_row(const char *name)
{
    for (guint i = 0; i < n_qemu_model_rows; i++)
        if (strcmp(qemu_model_rows[i].model, name) == 0)
            return &qemu_model_rows[i];
    return NULL;
}

/* Distributions bring models to older releases, so a model that came later may be there. */
static void
check_model_age(const CheckInput *input, const QemuModelRow *row, const VersionRange *version)
{
    if (row->release == 0 || version->high >= row->release)
        return;
    g_autofree char *since = version_format(row->release);
    g_autofree char *older = bound_text(version->high);

    check_add(input, "cpu-model", VERDICT_UNKNOWN,
              "collect the target's domain capabilities (virsh domcapabilities), which list its "
              "CPU models, or use a template with an older model",
              "The CPU model %s came with QEMU %s, and the target's is %s.", row->model, since,
              older);
}

/* A start may be given another model, which only the target's list of models would tell. */
static void
check_model_removal(const CheckInput *input, const QemuModelRow *row, const VersionRange *version)
{
    if (row->removed == 0 || version->low < row->removed)
        return;
    g_autofree char *since = version_format(row->removed);
    g_autofree char *newer = bound_text(version->low);

    check_add(input, "cpu-model", input->is_start ? VERDICT_UNKNOWN : VERDICT_NO,
              "restart the guest with another CPU model, or on its class's template",
              "QEMU has no CPU model %s since %s, and the target's is %s.", row->model, since,
              newer);
}

static void
check_model_release(const CheckInput *input, const SoftwareProfile *target)
{
    const CpuDefinition *cpu = input->traveller->cpu;
    const VersionRange *version = &target->versions[SOFTWARE_QEMU];
    const QemuModelRow *row = cpu != NULL && cpu->model != NULL ? find_model_row(cpu->model) : NULL;

    if (row == NULL || target->is_models_told || !version_is_told(version))
        return;
    check_model_age(input, row, version);
    check_model_removal(input, row, version);
}

/* ---- devices -------------------------------------------------------------------------------- */

/* Devices whose migration came with a QEMU release; what they say before and since. */
typedef struct {
    GuestTraitKind kind;
    const char *check;
    guint32 since;
    Verdict before, after;
    const char *text_before, *text_after;
    const char *remedy;
} DeviceRow;

#define DETACH "detach the device before the migration and attach one on the target"
/* QEMU releases: migration of VFIO devices is no experiment any more. */
#define VFIO_SINCE VERSION_NUMBER(8, 1)
/* QEMU tells libvirt what blocks, and libvirt asks no more. */
#define BLOCKERS_SINCE VERSION_NUMBER(6, 0)
/* QEMU migrates the blob resources of virtio video. */
#define BLOB_SINCE VERSION_NUMBER(8, 2)
/* Releases before this one save nothing of these devices. */
#define STATELESS_UNTIL VERSION_NUMBER(10, 1)
/* QEMU migrates the state of its clipboard agent. */
#define VDAGENT_SINCE VERSION_NUMBER(10, 1)
/* QEMU drops the page cache of a migrated disk by itself. */
#define DROPS_CACHE_SINCE VERSION_NUMBER(4, 0)

/*
 * Sources: of blob resources, QEMU's change "virtio-gpu: add virtio-gpu/blob vmstate subsection" of
 * November 2023, before which 8.1.3 refuses such migrations; of devices without state, the
 * "unmigratable" of their VMStateDescription in hw/usb/dev-audio.c, dev-network.c, dev-serial.c and
 * dev-mtp.c, hw/vfio/ap.c and ccw.c, hw/audio/virtio-snd.c, hw/virtio/virtio-crypto.c,
 * hw/nvme/ctrl.c, hw/input/virtio-input-host.c and hw/i386/amd_iommu.c of QEMU 10.0, of which the
 * last got one that migrates since, and of memory tags the blocker in target/arm/kvm.c; of the
 * clipboard that in ui/vdagent.c until 10.0.
 */
static const DeviceRow device_rows[] = {
    {GUEST_TRAIT_HOSTDEV_PCI, "hostdev", VFIO_SINCE, VERDICT_NO, VERDICT_UNKNOWN,
     "A PCI device of the host is passed through",
     "A PCI device of the host is passed through, and whether its driver can migrate it is not "
     "told",
     DETACH},
    {GUEST_TRAIT_HOSTDEV_MDEV, "hostdev", VFIO_SINCE, VERDICT_NO, VERDICT_UNKNOWN,
     "A mediated device of the host is passed through",
     "A mediated device of the host is passed through, and whether its driver can migrate it is "
     "not told",
     DETACH},
    {GUEST_TRAIT_INTERFACE_HOSTDEV, "network-device", VFIO_SINCE, VERDICT_NO, VERDICT_UNKNOWN,
     "A network card of the host is passed through",
     "A network card of the host is passed through, and whether its driver can migrate it is not "
     "told",
     "give it a virtio card as its failover partner (teaming), or detach it first"},
    {GUEST_TRAIT_HOSTDEV_SCSI, "hostdev", BLOCKERS_SINCE, VERDICT_NO, VERDICT_UNKNOWN,
     "A SCSI device of the host is passed through",
     "A SCSI device of the host is passed through, and the target must reach the same one under "
     "the same address",
     "use the device as a disk (type='block', device='lun'), or detach it first"},
    {GUEST_TRAIT_INTERFACE_VDPA, "network-device", BLOCKERS_SINCE, VERDICT_NO, VERDICT_UNKNOWN,
     "A vDPA interface is bound to the host's hardware",
     "A vDPA interface is bound to the host's hardware, and whether that can migrate it is not "
     "told",
     DETACH},
    {GUEST_TRAIT_VIDEO_BLOB, "unmigratable-device", BLOB_SINCE, VERDICT_NO, VERDICT_YES,
     "A video device has blob resources, which QEMU before 8.2 does not migrate", NULL,
     "update QEMU on both hosts, or start the guest with blob='off'"},
    {GUEST_TRAIT_DEVICE_STATELESS, "unmigratable-device", STATELESS_UNTIL, VERDICT_NO,
     VERDICT_UNKNOWN, "QEMU does not migrate a device of the guest",
     "QEMU up to 10.0 does not migrate a device of the guest, and whether this one does is not "
     "told",
     "detach the device before the migration, or start the guest with another model of it"},
    {GUEST_TRAIT_CHARDEV_VDAGENT, "unmigratable-device", VDAGENT_SINCE, VERDICT_NO, VERDICT_YES,
     "The guest shares a clipboard with its VNC screen (qemu-vdagent), which QEMU before 10.1 does "
     "not migrate",
     NULL, "detach the channel before the migration, or update QEMU on both hosts"},
    {GUEST_TRAIT_DISK_CACHE, "storage", DROPS_CACHE_SINCE, VERDICT_UNKNOWN, VERDICT_YES,
     "A writable disk uses the host's page cache, and a QEMU older than 4.0 may read stale data",
     NULL, "use cache='none'"},
};

static const DeviceRow *
find_device_row(GuestTraitKind kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(device_rows); i++)
        if (device_rows[i].kind == kind)
            return &device_rows[i];
    return NULL;
}

/* Where a version is not told, the device is judged as with an old one if that is the graver. */
static void
check_device(const CheckInput *input, const GuestTrait *trait, const SoftwareProfile *source,
             const SoftwareProfile *target)
{
    const DeviceRow *row = find_device_row(trait->kind);

    if (row == NULL)
        return;
    const Verdict is_old =
        MAX(is_between(&source->versions[SOFTWARE_QEMU], row->since, VERSION_MAX),
            is_between(&target->versions[SOFTWARE_QEMU], row->since, VERSION_MAX));
    const Verdict verdict = is_old == VERDICT_NO        ? row->before
                            : is_old == VERDICT_UNKNOWN ? MIN(row->before, VERDICT_UNKNOWN)
                                                        : row->after;
    const char *text =
        is_old == VERDICT_NO || row->text_after == NULL ? row->text_before : row->text_after;

    if (verdict == VERDICT_YES)
        return;
    if (trait->detail != NULL)
        check_add(input, row->check, verdict, row->remedy, "%s: %s.", text, trait->detail);
    else
        check_add(input, row->check, verdict, row->remedy, "%s.", text);
}

static void
check_maxphysaddr(const CheckInput *input, const SoftwareProfile *target)
{
    const Traveller *traveller = input->traveller;
    const CpuDefinition *cpu = traveller->guest != NULL ? traveller->guest->cpu : traveller->cpu;

    if (cpu == NULL || !cpu->has_maxphysaddr || !cpu->is_maxphysaddr_emulated ||
        is_between(&target->versions[SOFTWARE_LIBVIRT], LIBVIRT_KNOWS_MAXPHYSADDR, VERSION_MAX) !=
            VERDICT_NO)
        return;
    check_add(input, "physical-address-bits", VERDICT_UNKNOWN,
              "update the target's libvirt, or say so in the plan file (versions) where it took "
              "the element over",
              "The target's libvirt, older than 8.7, passes over <maxphysaddr>, and its QEMU gives "
              "the guest as many bits as it would without.");
}

/* ---- Hyper-V -------------------------------------------------------------------------------- */

/* Only KVM has enlightenments whatever else there is. */
static gboolean
is_hyperv_proven(const char *enlightenment, const Guest *guest, const SoftwareProfile *target)
{
    for (guint i = 0; i < n_hyperv_rows && guest->domain_type == DOMAIN_TYPE_KVM; i++)
        if (strcmp(hyperv_rows[i].enlightenment, enlightenment) == 0)
            return target->versions[SOFTWARE_KERNEL].low >= hyperv_rows[i].kernel &&
                   target->versions[SOFTWARE_QEMU].low >= hyperv_rows[i].qemu;
    return FALSE;
}

/* Enlightenments of which the target's documents do not tell; see also checks_domain.c. */
static void
check_untold_hyperv(const CheckInput *input, const SoftwareProfile *target)
{
    const Guest *guest = input->traveller->guest;
    g_autoptr(GString) untold = g_string_new(NULL);

    for (guint i = 0; guest != NULL && !target->is_hyperv_told && i < guest->hyperv_features->len;
         i++) {
        const char *name = g_ptr_array_index(guest->hyperv_features, i);

        if (!is_hyperv_proven(name, guest, target))
            g_string_append_printf(untold, "%s%s", untold->len > 0 ? ", " : "", name);
    }
    if (untold->len > 0)
        check_add(
            input, "hyperv", VERDICT_UNKNOWN,
            "collect the target's domain capabilities with libvirt 9 or newer, or the "
            "versions of its kernel and QEMU",
            "The target does not tell whether it has Hyper-V enlightenments of the guest: %s.",
            untold->str);
}

void
checks_software(const CheckInput *input)
{
    const SoftwareProfile *target = endpoint_software(input->planning, input->to);

    check_model_release(input, target);
    check_untold_hyperv(input, target);
    if (input->is_start || input->from == NULL)
        return;
    const SoftwareProfile *source = endpoint_software(input->planning, input->from);
    check_maxphysaddr(input, target);
    check_direction(input, source, target);
    check_bad_pairs(input, source, target);
}

/* libvirt leaves it out of what it sends to another host where its action is the default. */
static void
check_itco(const CheckInput *input, const GuestTrait *trait, const SoftwareProfile *target)
{
    const VersionRange *libvirt = &target->versions[SOFTWARE_LIBVIRT];
    const Verdict is_known = is_between(libvirt, LIBVIRT_KNOWS_ITCO, VERSION_MAX);

    if (trait->kind != GUEST_TRAIT_WATCHDOG_ITCO || is_known != VERDICT_NO ||
        (!input->is_start && strcmp(trait->detail, "reset") == 0))
        return;
    check_add(input, "device-model", VERDICT_NO,
              input->is_start
                  ? "leave the element out of the definition, or update libvirt"
                  : "update the target's libvirt, or set the watchdogs' action to reset "
                    "in the definition that the migration sends (virsh migrate --xml)",
              "The target's libvirt, older than 9.1, does not know the watchdog itco (action %s), "
              "which newer ones add to each guest of type q35.",
              trait->detail);
}

void
checks_devices(const CheckInput *input)
{
    const Guest *guest = input->traveller->guest;
    const SoftwareProfile *target = endpoint_software(input->planning, input->to);

    for (guint i = 0; guest != NULL && !input->traveller->is_at_home && i < guest->traits->len; i++)
        check_itco(input, &g_array_index(guest->traits, GuestTrait, i), target);
    if (input->is_start || input->from == NULL || guest == NULL)
        return;
    for (guint i = 0; i < guest->traits->len; i++)
        check_device(input, &g_array_index(guest->traits, GuestTrait, i),
                     endpoint_software(input->planning, input->from), target);
}
