/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_GUEST_H
#define FLEET_GUEST_H

/*
 * What one guest's domain XML says, as far as planning its CPU and its migration needs it. Its
 * devices, for the address plan, are a DomainDevices of fleet/device.h, read from the same text.
 */

#include <cpumodel/cpu_definition.h>
#include <fleet/host.h>

G_BEGIN_DECLS

/* Something in the definition that bears on migration; the planner knows what each means. */
typedef enum {
    GUEST_TRAIT_HOSTDEV_PCI,
    GUEST_TRAIT_HOSTDEV_MDEV,
    GUEST_TRAIT_HOSTDEV_USB,
    GUEST_TRAIT_HOSTDEV_SCSI,
    GUEST_TRAIT_HOSTDEV_VHOST_SCSI, /* type='scsi_host' */
    GUEST_TRAIT_HOSTDEV_TEAMED,     /* passed through, and QEMU unplugs it to migrate */
    GUEST_TRAIT_HOSTDEV_OTHER,
    GUEST_TRAIT_INTERFACE_HOSTDEV, /* <interface type='hostdev'> */
    GUEST_TRAIT_INTERFACE_DIRECT,  /* macvtap: needs the same network card name there */
    GUEST_TRAIT_INTERFACE_VDPA,
    GUEST_TRAIT_INTERFACE_VHOST_USER,
    GUEST_TRAIT_DISK_LOCAL,  /* a file, block or dir source: shared storage cannot be seen */
    GUEST_TRAIT_DISK_VOLUME, /* of a storage pool, which may be local */
    GUEST_TRAIT_DISK_VHOST_USER,
    GUEST_TRAIT_DISK_NVME, /* a drive of the host without a driver of the host */
    GUEST_TRAIT_DISK_TRANSIENT,
    GUEST_TRAIT_DISK_MIRROR, /* a block job copies it at this moment */
    GUEST_TRAIT_DISK_FORMAT, /* an image of a format that QEMU does not migrate; detail: which */
    GUEST_TRAIT_DISK_SOCKET, /* a network disk that is served on a socket of the host */
    GUEST_TRAIT_DISK_CACHE,  /* cache mode other than none/directsync on a writable disk */
    GUEST_TRAIT_FILESYSTEM_PASSTHROUGH, /* 9p */
    GUEST_TRAIT_FILESYSTEM_VIRTIOFS,
    GUEST_TRAIT_SHMEM, /* one that cannot migrate: the legacy model, or not the master */
    GUEST_TRAIT_TPM_PASSTHROUGH,
    GUEST_TRAIT_TPM_EMULATOR,    /* state follows the guest only on shared storage */
    GUEST_TRAIT_TPM_EXTERNAL,    /* emulated by a process that libvirt does not start */
    GUEST_TRAIT_NVRAM,           /* UEFI variable store */
    GUEST_TRAIT_CHARDEV_HOST,    /* serial, parallel on a device, pipe or socket of the host */
    GUEST_TRAIT_CHARDEV_VDAGENT, /* the clipboard of a VNC screen */
    GUEST_TRAIT_HOST_DEVICE,     /* another device file of the host; detail: which */
    GUEST_TRAIT_HOST_FILE,       /* a kernel, an ACPI table, ...: read at the start; detail: path */
    GUEST_TRAIT_HOST_ADDRESS,    /* a screen or port served on an address of the host; detail: it */
    GUEST_TRAIT_SECRET,          /* libvirt needs a secret of its own for it; detail: which */
    GUEST_TRAIT_CPU_SHARES,      /* more than control groups of version 2 allow; detail: how many */
    GUEST_TRAIT_RESCTRL,         /* a share of the processor's cache or memory bandwidth */
    GUEST_TRAIT_PARTITION,       /* a control group other than libvirt's own; detail: it */
    GUEST_TRAIT_HUGEPAGES,       /* detail: their size, "2048 KiB"; NULL: the host's default */
    GUEST_TRAIT_DEVICE_HUGEPAGES, /* a memory device in them; detail: their size */
    GUEST_TRAIT_MEMORY_LOCKED,
    GUEST_TRAIT_MEMORY_NVDIMM,    /* or another memory device that the host backs */
    GUEST_TRAIT_NUMA_STRICT,      /* numatune bound to host nodes */
    GUEST_TRAIT_NUMA_WEAK,        /* numatune names host nodes, but others do too once it runs */
    GUEST_TRAIT_CPU_PINNED,       /* vcpupin: refers to host CPU numbers */
    GUEST_TRAIT_NUMAD,            /* libvirt asks numad where to start it; detail: "numad" */
    GUEST_TRAIT_NETWORK_FILTER,   /* a network card has a filter of libvirt; detail: which */
    GUEST_TRAIT_SECLABEL_STATIC,  /* detail: model and label */
    GUEST_TRAIT_SECLABEL_NONE,    /* runs unconfined; detail: the model, where it is named */
    GUEST_TRAIT_VIDEO_3D,         /* virtio video whose state is in the host's graphics card */
    GUEST_TRAIT_VIDEO_BLOB,       /* virtio video with blob resources */
    GUEST_TRAIT_VIDEO_VHOST_USER, /* served by a process on the host */
    GUEST_TRAIT_DEVICE_STATELESS, /* one whose state QEMU does not migrate; detail: which */
    GUEST_TRAIT_WATCHDOG_ITCO,    /* detail: its action */
    GUEST_TRAIT_PMU,              /* performance counters, which are the host's own */
    GUEST_TRAIT_DEVICE_UNKNOWN,   /* an element that this program does not know; detail: it */
    GUEST_TRAIT_QEMU_COMMANDLINE, /* <qemu:commandline> and the like; detail: the arguments */
    GUEST_TRAIT_CLOCK_TSC,        /* <timer name='tsc'> with a frequency or native mode */
    GUEST_TRAIT_COUNT
} GuestTraitKind;

typedef struct {
    GuestTraitKind kind;
    char *detail; /* what it is: a target name, a PCI address, a path */
    guint line;
} GuestTrait;

/* What a guest has of its host that no other guest of that host can have. */
typedef enum {
    GUEST_CLAIM_SCREEN_PORT, /* TCP port of VNC or SPICE, whatever address it is served on */
    GUEST_CLAIM_VSOCK_CID,   /* context ID of AF_VSOCK */
    GUEST_CLAIM_COUNT
} GuestClaimKind;

typedef struct {
    GuestClaimKind kind;
    guint32 number;
    gboolean is_fixed; /* wherever the guest is; otherwise each host gives it another one */
} GuestClaim;

typedef struct {
    char *name;
    char *uuid;          /* NULL when not stated */
    char *host;          /* where its definition was found; NULL when the source does not tell */
    gboolean is_running; /* the document carries an id='' (live XML) */
    CpuArch arch;
    DomainTypes domain_type;
    char *type_name; /* the type as written: "kvm", "xen"; NULL when not stated */
    char *machine;   /* as written; NULL when not stated */
    char *emulator;  /* NULL when not stated */
    char *os_type;
    guint64 memory_kib;
    guint n_vcpus;              /* maximum */
    gboolean has_cpu;           /* FALSE: no <cpu> element; cpu is then an empty guest definition */
    CpuDefinition *cpu;         /* guest type, never NULL */
    guint64 tsc_hz;             /* <timer name='tsc' frequency=''>; 0: none */
    GPtrArray *hyperv_features; /* of char*, enabled ones, sorted */
    gboolean is_hyperv_passthrough;
    char *launch_security; /* "sev", "sev-snp", "tdx", "s390-pv", or NULL */
    GArray *traits;        /* of GuestTrait, in document order */
    GArray *claims;        /* of GuestClaim, in document order */
    GPtrArray *needs;      /* of char*: what it needs of the emulator, in the words of domain
                              capabilities, "video.modelType=qxl"; sorted, each once */
    char *xml;             /* the whole document */
} Guest;

Guest *guest_new(void);
void guest_free(Guest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guest, guest_free)

/* Orders by host, name and UUID, as guests of a fleet are; for a GPtrArray of Guest*. */
gint guest_compare(gconstpointer a, gconstpointer b);

/* Appends a trait at LINE of the document; DETAIL, which may be NULL, is copied. */
void guest_add_trait(Guest *guest, GuestTraitKind kind, const char *detail, guint line);
/* FALSE when GUEST is NULL. */
gboolean guest_has_trait(const Guest *guest, GuestTraitKind kind);

G_END_DECLS

#endif
