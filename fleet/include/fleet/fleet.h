/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_FLEET_H
#define FLEET_FLEET_H

/*
 * All hosts and guests of one inventory run, loaded for planning.
 *
 * What hosts share is held once, in the tables below, and a host points into them by index; work
 * on CPUs and machine types grows with those tables, not with the number of hosts. A fleet is
 * immutable after loading; the planner and the reports only read it.
 */

#include <fleet/document.h>
#include <fleet/guest.h>
#include <fleet/host.h>

G_BEGIN_DECLS

#define FLEET_NO_INDEX G_MAXUINT32

/* A distinct host CPU: see host_cpu_digest(). */
typedef struct {
    gint64 id;          /* of the inventory */
    CpuDefinition *cpu; /* host type; microcode, TSC and topology are the hosts' own and not set */
    guint physical_address_bits;
} CpuProfile;

typedef struct {
    char *name;
    char *uuid;       /* NULL when not known */
    guint32 cpu;      /* index in Fleet.cpus; FLEET_NO_INDEX when only domain capabilities came */
    guint32 machines; /* index in Fleet.machines, or FLEET_NO_INDEX */
    guint32 capabilities;         /* index in Fleet.capabilities, or FLEET_NO_INDEX */
    guint32 domain_set;           /* index in Fleet.domain_sets, or FLEET_NO_INDEX when none came */
    const HostSoftware *software; /* in Fleet.software; NULL: not told */
    guint32 microcode;            /* 0: not stated */
    CpuSwitch tsc_scaling;
    guint64 tsc_hz;     /* 0: not stated */
    guint64 memory_kib; /* 0: not stated */
    guint32 n_cpus;     /* 0: not stated */
    guint32 n_numa_cells;
    char *huge_pages; /* as in HostCapabilities; NULL: not stated */
    guint32 sockets, cores, threads;
    gint64 first_run, last_change_run; /* inventory runs */
} Host;

/*
 * The domain capabilities of one host (one per emulator, machine and type), shared by equal hosts.
 */
typedef struct {
    guint n_indexes;
    guint32 *indexes; /* in Fleet.domain_capabilities, ascending */
} DomainSet;

/* A template as it was published; see the planner's contracts. */
typedef struct {
    char *pool;
    char *class_name;
    gint64 run;                  /* when it was published */
    gint64 published_at;         /* seconds since 1970, UTC */
    gint64 retired_at;           /* 0: it was not, or was replaced */
    CpuDefinition *cpu;          /* guest type */
    guint physical_address_bits; /* 0: none kept */
    guint64 tsc_hz;              /* 0: none kept */
    GPtrArray *machines;         /* of char*, canonical, sorted */
    char *digest;
} PublishedTemplate;

/* One device address of a guest as the inventory remembers it. */
typedef struct {
    char *device;  /* stable key: "disk/vda", "interface/52:54:00:12:34:56", "controller/pci/1" */
    char *address; /* "pci 0000:00:02.0", "drive 0:0:0:0", "usb 0:1.2" */
    gint64 first_run;
    gint64 first_at;     /* when that run began: seconds since 1970, UTC; 0: not known */
    gint64 last_run;     /* 0: it is in force */
    gboolean is_planned; /* virt-plan chose it; else it was written in the definition */
    char *model;         /* of PCI controllers, as libvirt names it; else NULL */
} KeptAddress;

/* It is the device's place, not one of a device that is gone. */
static inline gboolean
kept_address_is_in_force(const KeptAddress *kept)
{
    return kept->last_run == 0;
}

typedef struct {
    char *guest;       /* UUID where there is one, else host/name */
    GArray *addresses; /* of KeptAddress, sorted by device */
} KeptAddresses;

typedef struct {
    gint64 run;                      /* the inventory run this is the state of */
    gint64 run_at;                   /* seconds since 1970, UTC */
    GPtrArray *cpus;                 /* of CpuProfile* */
    GPtrArray *machines;             /* of MachineProfile* */
    GPtrArray *capabilities;         /* of CapabilityProfile* */
    GPtrArray *domain_capabilities;  /* of DomainCapabilities* */
    GArray *domain_sets;             /* of DomainSet */
    GPtrArray *software;             /* of HostSoftware*, in no order */
    GArray *hosts;                   /* of Host, sorted by name (bytes) */
    GPtrArray *guests;               /* of Guest*, sorted with guest_compare() */
    GPtrArray *templates;            /* of PublishedTemplate*, sorted by pool, class */
    GPtrArray *superseded_templates; /* of PublishedTemplate*: those that were replaced or
                                        retired, sorted by pool, class, oldest first */
    GPtrArray *kept_addresses;       /* of KeptAddresses*, sorted by guest */
    GPtrArray *quarantine;           /* of Finding*: open quarantine entries */
    GPtrArray *findings;             /* of Finding*: open warnings and notes about documents */
    guint n_gone_hosts;              /* known to the inventory, absent from this run */
    guint n_unread_sources;          /* of the plan file's, that gave nothing tonight; 0 where no
                                        night is planned */
} Fleet;

Fleet *fleet_new(void);
void fleet_free(Fleet *fleet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fleet, fleet_free)

static inline const Host *
fleet_host(const Fleet *fleet, guint index)
{
    return &g_array_index(fleet->hosts, Host, index);
}

void cpu_profile_free(CpuProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuProfile, cpu_profile_free)
/* Frees what HOST owns; its indexes and borrowed records stay as they are. */
void host_clear(Host *host);

/* The order of two indexes (of guint32), for sorting and for searching. */
gint fleet_compare_indexes(gconstpointer a, gconstpointer b);

/* Index of the host of that name, FLEET_NO_INDEX when there is none. Binary search. */
guint32 fleet_find_host(const Fleet *fleet, const char *name);

/* The version of SOFTWARE as HOST tells it; NULL: not told. Borrowed. */
const char *fleet_host_told_version(const Host *host, Software software);

/* "7.2.22" as HOST tells it, else "7.2" by its newest machine type; NULL: not known. Owned. */
char *fleet_host_qemu(const Fleet *fleet, const Host *host);

/* GUEST's key in kept_addresses and reports: its UUID, or "host/name". Owned by the caller. */
char *fleet_guest_key(const Guest *guest);
/* The addresses that the inventory remembers of GUEST; NULL when it has none. Binary search. */
const KeptAddresses *fleet_kept_addresses(const Fleet *fleet, const Guest *guest);

/* Empty but for their names. */
PublishedTemplate *published_template_new(const char *pool, const char *class_name);
KeptAddresses *kept_addresses_new(const char *guest);
/* An empty GArray of KeptAddress that owns what is in them. */
GArray *kept_address_list_new(void);
void published_template_free(PublishedTemplate *published);
void kept_addresses_free(KeptAddresses *kept);

/*
 * The index of the domain capabilities of HOST that tell most about guests of ARCH and TYPE with
 * MACHINE (NULL: any): the same machine, else the same family, else any of that arch and type.
 * FLEET_NO_INDEX when there is none.
 */
guint32 fleet_host_domain_capabilities(const Fleet *fleet, const Host *host, CpuArch arch,
                                       DomainTypes type, const char *machine);

/*
 * The architecture of HOST's CPU: where no capabilities tell it, the widest that its domain
 * capabilities have KVM for. CPU_ARCH_NONE: nothing tells.
 */
CpuArch fleet_host_arch(const Fleet *fleet, const Host *host);
/* The host-model that HOST offers guests of that architecture under KVM. Borrowed; NULL: none. */
const CpuDefinition *fleet_host_model(const Fleet *fleet, const Host *host);
/* The vendor of HOST's CPU, as its capabilities tell or else its host-model. NULL: not told. */
const char *fleet_host_vendor(const Fleet *fleet, const Host *host);

G_END_DECLS

#endif
