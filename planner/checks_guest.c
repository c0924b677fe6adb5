/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of the guest's definition alone: what in it stops or endangers a live migration wherever
 * it goes, or a start on another host than its own. One row for each trait that ingest finds.
 */
#include "check_input.h"

typedef struct {
    const char *check;        /* NULL: handled elsewhere */
    Verdict migration, start; /* YES: nothing to say */
    const char *text;
    const char *remedy;
} TraitRow;

#define DETACH "detach the device before the migration and attach one on the target"
#define NEEDS_ITS_OWN "make sure that the target has one, and change the definition to name it"

static const TraitRow trait_rows[] = {
    [GUEST_TRAIT_HOSTDEV_PCI] = {"hostdev", VERDICT_YES, VERDICT_UNKNOWN,
                                 "A PCI device of the host is passed through", NEEDS_ITS_OWN},
    [GUEST_TRAIT_HOSTDEV_MDEV] = {"hostdev", VERDICT_YES, VERDICT_UNKNOWN,
                                  "A mediated device of the host is passed through", NEEDS_ITS_OWN},
    [GUEST_TRAIT_HOSTDEV_USB] = {"hostdev", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                 "A USB device of the host is passed through",
                                 "detach it, or plug one with the same vendor and product number "
                                 "into the target"},
    [GUEST_TRAIT_HOSTDEV_SCSI] = {"hostdev", VERDICT_YES, VERDICT_UNKNOWN,
                                  "A SCSI device of the host is passed through",
                                  "make sure that the target reaches the same one under the same "
                                  "address"},
    [GUEST_TRAIT_HOSTDEV_VHOST_SCSI] = {"hostdev", VERDICT_NO, VERDICT_UNKNOWN,
                                        "A vhost-scsi target of the host is passed through",
                                        "use the storage as disks on a virtio-scsi controller"},
    [GUEST_TRAIT_HOSTDEV_TEAMED] = {"hostdev", VERDICT_WARN, VERDICT_WARN,
                                    "A passed-through network card is unplugged while the guest "
                                    "migrates (teaming)",
                                    "make sure that the target has a free card of that kind and "
                                    "the network of its partner"},
    [GUEST_TRAIT_HOSTDEV_OTHER] = {"hostdev", VERDICT_NO, VERDICT_UNKNOWN,
                                   "A device of the host is passed through", DETACH},
    [GUEST_TRAIT_INTERFACE_HOSTDEV] = {"network-device", VERDICT_YES, VERDICT_UNKNOWN,
                                       "A network card of the host is passed through",
                                       NEEDS_ITS_OWN},
    [GUEST_TRAIT_INTERFACE_DIRECT] = {"network-device", VERDICT_WARN, VERDICT_WARN,
                                      "A macvtap interface needs a network card of the same name",
                                      "make sure that the target has it, or use a bridge"},
    [GUEST_TRAIT_INTERFACE_VDPA] = {"network-device", VERDICT_YES, VERDICT_UNKNOWN,
                                    "A vDPA interface is bound to the host's hardware",
                                    NEEDS_ITS_OWN},
    [GUEST_TRAIT_INTERFACE_VHOST_USER] = {"network-device", VERDICT_WARN, VERDICT_WARN,
                                          "A network card is served by a process on the host "
                                          "(vhost-user)",
                                          "make sure that the target's switch serves it on the "
                                          "same socket"},
    [GUEST_TRAIT_DISK_LOCAL] = {"storage", VERDICT_WARN, VERDICT_WARN,
                                "A disk is a file or device of the host",
                                "make sure that it is on storage that both hosts share, or copy it "
                                "with the migration"},
    [GUEST_TRAIT_DISK_VOLUME] = {"storage", VERDICT_WARN, VERDICT_WARN,
                                 "A disk is a volume of a storage pool, which may be this host's "
                                 "own",
                                 "make sure that the target has the pool with the same volume, or "
                                 "copy it with the migration"},
    [GUEST_TRAIT_DISK_VHOST_USER] = {"storage", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                     "A disk is served by a process on the host (vhost-user)",
                                     "make sure that the target runs one for the same disk"},
    [GUEST_TRAIT_DISK_NVME] = {"storage", VERDICT_NO, VERDICT_UNKNOWN,
                               "A disk is an NVMe drive in the host",
                               "copy the disk with the migration (--copy-storage-all), or keep it "
                               "on shared storage"},
    [GUEST_TRAIT_DISK_TRANSIENT] = {"storage", VERDICT_NO, VERDICT_YES,
                                    "A disk is transient, which libvirt does not migrate",
                                    "shut the guest down and start it on the target"},
    [GUEST_TRAIT_DISK_MIRROR] = {"storage", VERDICT_NO, VERDICT_YES,
                                 "A block job copies a disk, and libvirt migrates no guest that "
                                 "has one",
                                 "wait until it is done, or end it with virsh blockjob"},
    [GUEST_TRAIT_DISK_FORMAT] = {"storage", VERDICT_NO, VERDICT_YES,
                                 "A disk's image, or one below it, has a format that QEMU does not "
                                 "migrate",
                                 "convert the image to qcow2 or raw (qemu-img convert) while the "
                                 "guest is shut down"},
    [GUEST_TRAIT_DISK_SOCKET] = {"storage", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                 "A network disk is served on a socket of the host",
                                 "make sure that the target serves the same disk on the same "
                                 "socket"},
    [GUEST_TRAIT_DISK_CACHE] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_FILESYSTEM_PASSTHROUGH] = {"filesystem", VERDICT_UNKNOWN, VERDICT_WARN,
                                            "A directory of the host is shared (9p), and QEMU "
                                            "does not migrate the guest while it has it mounted",
                                            "unmount it in the guest before, or use network "
                                            "storage"},
    [GUEST_TRAIT_FILESYSTEM_VIRTIOFS] = {"filesystem", VERDICT_UNKNOWN, VERDICT_WARN,
                                         "A directory of the host is shared (virtiofs)",
                                         "detach it; or test it, if libvirt, QEMU and virtiofsd "
                                         "of both hosts can migrate it and the directory is on "
                                         "shared storage"},
    [GUEST_TRAIT_SHMEM] = {"shared-memory", VERDICT_NO, VERDICT_UNKNOWN,
                           "A shared memory device is not the master of its memory",
                           "detach it first, or give it role='master' where the target has no "
                           "other user of it"},
    [GUEST_TRAIT_TPM_PASSTHROUGH] = {"tpm", VERDICT_NO, VERDICT_UNKNOWN,
                                     "The host's TPM is passed through", "use an emulated TPM"},
    [GUEST_TRAIT_TPM_EMULATOR] = {"tpm", VERDICT_WARN, VERDICT_WARN,
                                  "The emulated TPM's state is a folder of the host",
                                  "let libvirt copy it with the migration; the target's swtpm must "
                                  "not be older than the source's"},
    [GUEST_TRAIT_TPM_EXTERNAL] = {"tpm", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                  "The TPM is emulated by a process that libvirt does not start",
                                  "make sure that one with the same state runs on the target, or "
                                  "let libvirt start it (<backend type='emulator'>)"},
    [GUEST_TRAIT_NVRAM] = {"firmware-state", VERDICT_WARN, VERDICT_WARN,
                           "The UEFI variable store is a file of the host",
                           "make sure that the target can reach or create it"},
    [GUEST_TRAIT_CHARDEV_HOST] = {"host-resource", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                  "A port, or another device, is a device, pipe or socket of the "
                                  "host",
                                  "make sure that the target has the same one"},
    [GUEST_TRAIT_CHARDEV_VDAGENT] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_HOST_DEVICE] = {"host-resource", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                 "A device of the host is used",
                                 "make sure that the target has the same device"},
    [GUEST_TRAIT_HOST_FILE] = {"storage", VERDICT_WARN, VERDICT_WARN,
                               "The guest starts with a file of the host",
                               "make sure that the target has the same file under this path"},
    [GUEST_TRAIT_HOST_ADDRESS] = {"host-resource", VERDICT_WARN, VERDICT_WARN,
                                  "The guest's screen, or a port or network of it, is served on an "
                                  "address of the host",
                                  "write another one into the definition that the migration sends "
                                  "(virsh migrate --xml), or listen on a network of libvirt"},
    [GUEST_TRAIT_SECRET] = {"host-resource", VERDICT_WARN, VERDICT_WARN,
                            "A device needs a secret of libvirt, which each host has for itself",
                            "make sure that the target's libvirt has the same secret with its "
                            "value (virsh secret-list)"},
    [GUEST_TRAIT_NUMAD] = {"host-resource", VERDICT_WARN, VERDICT_WARN,
                           "Where the guest starts on its host, libvirt asks a program of the host",
                           "make sure that the target has the program installed, or leave "
                           "placement='auto' out"},
    [GUEST_TRAIT_NETWORK_FILTER] = {"network-device", VERDICT_WARN, VERDICT_WARN,
                                    "A network card has a filter of libvirt, which each host has "
                                    "for itself",
                                    "make sure that the target's libvirt has the same filter "
                                    "(virsh nwfilter-list)"},
    [GUEST_TRAIT_CPU_SHARES] = {"host-resource", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                "The guest has more CPU shares than 10,000, which hosts with "
                                "control groups of version 2 refuse",
                                "give it no more (virsh schedinfo, cpu_shares), or see that the "
                                "target has control groups of version 1"},
    [GUEST_TRAIT_RESCTRL] = {"host-resource", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                             "The guest has a share of the host's cache or memory bandwidth",
                             "make sure that the target's processor and kernel can give it "
                             "(resctrl)"},
    [GUEST_TRAIT_PARTITION] = {"host-resource", VERDICT_WARN, VERDICT_WARN,
                               "The guest is in a control group (resource partition) that libvirt "
                               "does not make",
                               "make sure that the target has it, with the same limits"},
    [GUEST_TRAIT_HUGEPAGES] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_DEVICE_HUGEPAGES] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_MEMORY_LOCKED] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_MEMORY_NVDIMM] = {"host-resource", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                   "A memory device is backed by the host",
                                   "make sure that the target has the same backing"},
    [GUEST_TRAIT_NUMA_STRICT] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_NUMA_WEAK] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_CPU_PINNED] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_SECLABEL_STATIC] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_SECLABEL_NONE] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_VIDEO_3D] = {"unmigratable-device", VERDICT_NO, VERDICT_YES,
                              "A video device has 3D acceleration (virgl), which QEMU does not "
                              "migrate",
                              "shut the guest down and start it on the target, or start it with "
                              "accel3d='no'"},
    [GUEST_TRAIT_VIDEO_BLOB] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_VIDEO_VHOST_USER] = {"unmigratable-device", VERDICT_UNKNOWN, VERDICT_YES,
                                      "A video device is served by a process on the host "
                                      "(vhost-user), whose state QEMU cannot tell",
                                      "start the guest with a video device of QEMU's own"},
    [GUEST_TRAIT_DEVICE_STATELESS] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_WATCHDOG_ITCO] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_PMU] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
    [GUEST_TRAIT_DEVICE_UNKNOWN] = {"device-model", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                    "The guest has a device of a kind that virt-plan does not know",
                                    "see in the documentation of libvirt whether it can migrate"},
    [GUEST_TRAIT_QEMU_COMMANDLINE] = {"qemu-commandline", VERDICT_UNKNOWN, VERDICT_UNKNOWN,
                                      "The definition hands arguments to QEMU that libvirt does "
                                      "not judge",
                                      "see whether they hold on the target, and leave out or put "
                                      "into libvirt's own elements what can be"},
    [GUEST_TRAIT_CLOCK_TSC] = {NULL, VERDICT_YES, VERDICT_YES, NULL, NULL},
};
G_STATIC_ASSERT(G_N_ELEMENTS(trait_rows) == GUEST_TRAIT_COUNT);

static void
check_trait(const CheckInput *input, const GuestTrait *trait)
{
    const TraitRow *row = &trait_rows[trait->kind];
    const Verdict verdict = input->is_start ? row->start : row->migration;

    if (row->check == NULL || verdict == VERDICT_YES)
        return;
    if (trait->detail != NULL)
        check_add(input, row->check, verdict, row->remedy, "%s: %s.", row->text, trait->detail);
    else
        check_add(input, row->check, verdict, row->remedy, "%s.", row->text);
}

/* A definition that has not been started yet leaves some things to the host it is started on. */
static void
check_policies(const CheckInput *input)
{
    const Guest *guest = input->traveller->guest;

    if (guest->cpu->check == CPU_CHECK_NONE && guest->cpu->mode == CPU_MODE_CUSTOM &&
        guest->cpu->model != NULL)
        check_add(input, "cpu-check", VERDICT_WARN, "use check='partial' or 'full'",
                  "With check='none' the guest starts even where the host lacks its features, "
                  "without them.");
    for (guint i = 0; i < guest->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(guest->cpu, i);

        if (feature->policy == CPU_POLICY_FORCE)
            check_add(input, "cpu-policy", VERDICT_WARN, "use policy 'require'",
                      "The guest is told to have %s wherever it runs, emulated or not.",
                      feature->name);
        else if (feature->policy == CPU_POLICY_OPTIONAL && !guest->is_running)
            check_add(input, "cpu-policy", VERDICT_WARN, "use policy 'require' or 'disable'",
                      "Whether the guest has %s is decided by the host it is started on.",
                      feature->name);
    }
}

void
checks_guest(const CheckInput *input)
{
    const Guest *guest = input->traveller->guest;

    if (guest == NULL)
        return;
    check_policies(input);
    if (input->traveller->is_at_home) /* what the traits bind it to is here */
        return;
    for (guint i = 0; i < guest->traits->len; i++)
        check_trait(input, &g_array_index(guest->traits, GuestTrait, i));
}
