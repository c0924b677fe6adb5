/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_HOST_H
#define FLEET_HOST_H

/*
 * What one host's documents say.
 *
 * HostCapabilities is what the silicon and the host system have (`virsh capabilities`, or a CPUID
 * dump); DomainCapabilities is what guests can really use there through one emulator, machine type
 * and virtualization type (`virsh domcapabilities`, or QEMU's query-cpu-model-expansion reply);
 * HostSoftware is which software runs there (`virsh version`, `uname -sr`).
 *
 * Hosts bought together say the same, so the parts that repeat are records of their own
 * (MachineProfile, CapabilityProfile, DomainCapabilities and the CPU definition): the inventory
 * stores each distinct one once, and a loaded fleet shares them.
 */

#include <cpumodel/cpu_definition.h>
#include <cpumodel/cpu_engine.h>
#include <fleet/machine_type.h>

G_BEGIN_DECLS

typedef enum {
    DOMAIN_TYPE_NONE = 0,
    DOMAIN_TYPE_KVM = 1 << 0,
    DOMAIN_TYPE_QEMU = 1 << 1,
    DOMAIN_TYPE_OTHER = 1 << 2, /* one that virt-plan does not plan for */
} DomainTypes;                  /* bit set */

/* What a `<domain type=''>` says: the single bit; DOMAIN_TYPE_OTHER for NULL and other names. */
DomainTypes domain_type_from_name(const char *name);
/* "kvm", "qemu", "other" for a single bit */
const char *domain_type_name(DomainTypes type);

/* One `<guest>` of the capabilities: what can be run for one architecture. */
typedef struct {
    CpuArch arch;
    char *os_type;  /* "hvm" */
    char *emulator; /* path */
    DomainTypes domain_types;
    GPtrArray *machines; /* of MachineType*, in the document's order */
} GuestSupport;

/*
 * All guest architectures of a host. Hosts with the same emulators may share one: see
 * machine_profile_ref().
 */
typedef struct {
    gatomicrefcount references;
    GPtrArray *guests; /* of GuestSupport* */
    char *digest;      /* hex; equal profiles have equal digests */
} MachineProfile;

typedef struct {
    char *model; /* "selinux", "apparmor", "dac", "none" */
    char *doi;
    GPtrArray *baselabels; /* of char*, "TYPE=LABEL" */
} SecurityModel;

/*
 * What the host system can do about migration and security. The inventory stores each distinct one
 * once, as with MachineProfile; in memory each belongs to one host or fleet.
 */
typedef struct {
    gboolean can_live_migrate;
    GPtrArray *transports;      /* of char*: "tcp", "rdma" */
    GPtrArray *security_models; /* of SecurityModel* */
    CpuSwitch iommu;
    GPtrArray *power_management; /* of char*: "suspend_mem", ... */
    char *digest;
} CapabilityProfile;

typedef struct {
    char *uuid;         /* NULL when not stated */
    CpuDefinition *cpu; /* host type, never NULL; its model is NULL when libvirt could not say */
    guint physical_address_bits; /* 0: not stated */
    char *cpu_digest;            /* host_cpu_digest() of the two above; NULL: not asked for yet */
    guint64 memory_kib;          /* sum of the NUMA cells; 0: not stated */
    guint n_cpus;                /* logical CPUs in the NUMA cells; 0: not stated */
    guint n_numa_cells;
    /* "2048:1024 1048576:0": the huge pages of all NUMA cells, by their size in KiB, ascending; ""
     * when the host has none; NULL: not stated */
    char *huge_pages;
    MachineProfile *machines;        /* owned, never NULL; empty when not stated */
    CapabilityProfile *capabilities; /* owned, never NULL */
    gboolean is_raw_cpuid; /* made from a CPUID dump or QEMU reply: only the CPU is known */
} HostCapabilities;

/* The software of a host whose versions decide what can go wrong. */
typedef enum { SOFTWARE_QEMU, SOFTWARE_LIBVIRT, SOFTWARE_KERNEL, SOFTWARE_COUNT } Software;

/* "QEMU", "libvirt", "kernel" */
const char *software_name(Software software);

/*
 * What a host says of the software that it runs: "7.2.22", "9.0.0", "6.1.0-28-amd64". Each begins
 * with two or three numbers; NULL: not told.
 */
typedef struct {
    char *versions[SOFTWARE_COUNT];
} HostSoftware;

HostSoftware *host_software_new(void);
void host_software_free(HostSoftware *software);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostSoftware, host_software_free)

/* TRUE, FALSE or not stated; in domain capabilities `supported='yes|no'` */
typedef enum { SUPPORT_UNKNOWN, SUPPORT_YES, SUPPORT_NO, SUPPORT_COUNT } Support;

/* Of a device's key in DomainCapabilities.device_values, where it is not supported at all. */
#define DEVICE_SUPPORTED "supported"

typedef struct DomainCapabilities {
    gatomicrefcount references; /* see domain_capabilities_ref() */
    char *emulator;             /* path */
    DomainTypes domain_type;
    char *machine; /* canonical, as the document names it */
    CpuArch arch;
    guint max_vcpus;
    Support host_passthrough;
    Support host_passthrough_migratable; /* YES when the enumeration offers "on" */
    Support maximum;
    Support host_model;
    CpuDefinition *host_model_cpu; /* guest type; NULL when host-model is not supported */
    /* Never NULL; empty when custom is not supported. What is in it lives as long as the record. */
    CpuHypervisorModels *models;
    Support hyperv;
    GPtrArray *hyperv_features; /* of char*, sorted */
    Support sev;
    guint sev_reduced_phys_bits;
    guint sev_max_es_guests;
    Support tdx;
    Support sgx;
    GPtrArray *launch_security_types; /* of char*: "sev", "sev-snp", "tdx", "s390-pv" */
    /* "disk.bus" -> GPtrArray of char*: the enumerations under <devices>, <os>, <memoryBacking> and
     * of some <features>; "os.loader": firmware images; "tpm.supported" -> "no" */
    GHashTable *device_values;
    gboolean is_qemu_reply; /* made from query-cpu-model-expansion: only the CPU is known */
    /* What models and their blockers may point into, as there are thousands; or NULL. */
    GStringChunk *names;
    struct DomainCapabilities *lender; /* whose the models are; NULL: its own */
    char *digest;
} DomainCapabilities;

/*
 * A profile has one owner to begin with. When it is sealed it does not change any more and may have
 * several, also in several threads; the last machine_profile_unref() frees it.
 */
MachineProfile *machine_profile_new(void);
MachineProfile *machine_profile_ref(MachineProfile *profile);
void machine_profile_unref(MachineProfile *profile);
GuestSupport *guest_support_new(CpuArch arch);
void guest_support_free(GuestSupport *guest);
/* The machine type of that name, be it an alias; NULL when ARCH has none. Borrowed. Linear. */
const MachineType *machine_profile_find(const MachineProfile *profile, CpuArch arch,
                                        const char *name);
/*
 * Takes the next size of pages off the list at *AT, which is as HostCapabilities.huge_pages, and
 * sets how much memory is in them, no more than G_MAXINT64. FALSE, with nothing set, at its end,
 * where no number follows, or where it is NULL.
 */
gboolean host_next_huge_pages(const char **at, guint64 *ret_size_kib, guint64 *ret_kib);
CapabilityProfile *capability_profile_new(void);
void capability_profile_free(CapabilityProfile *profile);
SecurityModel *security_model_new(const char *model, const char *doi);
void security_model_free(SecurityModel *model);
HostCapabilities *host_capabilities_new(void);
void host_capabilities_free(HostCapabilities *host);
/* Shared like a MachineProfile. */
DomainCapabilities *domain_capabilities_new(void);
DomainCapabilities *domain_capabilities_ref(DomainCapabilities *capabilities);
void domain_capabilities_unref(DomainCapabilities *capabilities);
/* One that says the same, to be changed and sealed; the models are shared. Owned by the caller. */
DomainCapabilities *domain_capabilities_copy(DomainCapabilities *capabilities);
/* Gives CAPABILITIES, which nobody shares yet, the models of LENDER in place of its own. */
void domain_capabilities_borrow_models(DomainCapabilities *capabilities,
                                       DomainCapabilities *lender);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MachineProfile, machine_profile_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CapabilityProfile, capability_profile_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostCapabilities, host_capabilities_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainCapabilities, domain_capabilities_unref)

/*
 * Each fills in the record's digest from its content: a hash of every member but the digest, in a
 * fixed order, so that records that say the same have the same digest on every machine.
 */
void machine_profile_seal(MachineProfile *profile);
void capability_profile_seal(CapabilityProfile *profile);
void domain_capabilities_seal(DomainCapabilities *capabilities);

/*
 * What digests are made of: records that say the same, and no others, give the same bytes. Making
 * them takes a tenth of the time that a digest takes. Owned by the caller.
 */
GByteArray *machine_profile_content(const MachineProfile *profile);
/* Of domain capabilities: their models; and all else, with the address of the list of models. */
GByteArray *domain_capabilities_models_content(const DomainCapabilities *capabilities);
GByteArray *domain_capabilities_content_but_models(const DomainCapabilities *capabilities);

/*
 * A digest of what makes two host CPUs the same for planning: arch, model, vendor, signature,
 * features, physical address bits. Not the microcode version, the TSC or the topology, which change
 * or differ without changing what guests can use. Owned by the caller.
 */
char *host_cpu_digest(const CpuDefinition *cpu, guint physical_address_bits);

/* The greatest machine_type_qemu_version() of ARCH's machine types; 0 when none tells. */
guint machine_profile_qemu_version(const MachineProfile *profile, CpuArch arch);

G_END_DECLS

#endif
