/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A libvirt of the tests' own, to be found by the program in place of the real one. What a host
 * does is its URI: "fake://open" gives everything; "fake://reader" refuses connections that may
 * write; "fake://denied" refuses domain capabilities alone; "fake://hung" never answers;
 * "fake://late" has its thread end late; "fake://xen" has another hypervisor than QEMU, and
 * "fake://mute" tells no versions. Hosts have one machine type and no guests.
 */

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char capabilities[] =
    "<capabilities><host><cpu><arch>x86_64</arch><model>Haswell</model><vendor>Intel</vendor></cpu>"
    "</host><guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize>"
    "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
    "<machine canonical='pc-q35-9.0'>q35</machine><machine>pc-q35-9.0</machine>"
    "<domain type='kvm'/></arch></guest></capabilities>";
static const char domain_capabilities[] =
    "<domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain>"
    "<machine>pc-q35-9.0</machine><arch>x86_64</arch><cpu><mode name='host-model' supported='yes'>"
    "<model fallback='forbid'>Haswell</model><vendor>Intel</vendor></mode></cpu>"
    "</domainCapabilities>";

/* A connection is the host's URI. */
struct _virConnect {
    char uri[64];
};

static __thread int last_error;

static virConnectPtr
connect_to(const char *uri)
{
    virConnectPtr connection = calloc(1, sizeof *connection);

    g_strlcpy(connection->uri, uri, sizeof connection->uri);
    return connection;
}

static gboolean
is_host(const char *uri, const char *name)
{
    return g_str_has_prefix(uri, "fake://") && strcmp(uri + strlen("fake://"), name) == 0;
}

#define LATE_US (G_USEC_PER_SEC / 2)

static gboolean is_in_use; /* by a thread that never comes back */
static gint n_late;        /* threads that have not let go of what is theirs */

/* What the real one has for each thread. */
static void
let_go(gpointer data)
{
    (void)data;
    g_usleep(LATE_US);
    g_atomic_int_add(&n_late, -1);
}

static GPrivate late = G_PRIVATE_INIT(let_go);

static void
begin_to_be_late(void)
{
    if (g_private_get(&late) != NULL)
        return;
    g_private_set(&late, &n_late);
    g_atomic_int_inc(&n_late);
}

/* What would pull the real one from under its callers. */
__attribute__((destructor)) static void
tear_down(void)
{
    if (is_in_use || g_atomic_int_get(&n_late) > 0)
        fputs("libvirt is torn down while a thread is inside of it\n", stderr);
}

virConnectPtr
virConnectOpenReadOnly(const char *uri)
{
    is_in_use |= is_host(uri, "hung");
    while (is_host(uri, "hung"))
        pause();
    if (is_host(uri, "late"))
        begin_to_be_late();
    return connect_to(uri);
}

virConnectPtr
virConnectOpen(const char *uri)
{
    if (!is_host(uri, "reader"))
        return connect_to(uri);
    last_error = VIR_ERR_AUTH_FAILED;
    return NULL;
}

int
virConnectClose(virConnectPtr connection)
{
    free(connection);
    return 0;
}

char *
virConnectGetCapabilities(virConnectPtr connection)
{
    (void)connection;
    return strdup(capabilities);
}

char *
virConnectGetDomainCapabilities(virConnectPtr connection, const char *emulator, const char *arch,
                                const char *machine, const char *virt_type, unsigned int flags)
{
    (void)emulator;
    (void)arch;
    (void)machine;
    (void)virt_type;
    (void)flags;
    if (!is_host(connection->uri, "denied"))
        return strdup(domain_capabilities);
    last_error = VIR_ERR_OPERATION_DENIED;
    return NULL;
}

char *
virConnectGetHostname(virConnectPtr connection)
{
    return strdup(connection->uri);
}

const char *
virConnectGetType(virConnectPtr connection)
{
    return is_host(connection->uri, "xen") ? "Xen" : "QEMU";
}

int
virConnectGetLibVersion(virConnectPtr connection, unsigned long *version)
{
    *version = 9010002;
    return is_host(connection->uri, "mute") ? -1 : 0;
}

int
virConnectGetVersion(virConnectPtr connection, unsigned long *version)
{
    *version = 8002001;
    return is_host(connection->uri, "mute") ? -1 : 0;
}

int
virConnectListAllDomains(virConnectPtr connection, virDomainPtr **domains, unsigned int flags)
{
    (void)connection;
    (void)flags;
    *domains = NULL;
    return 0;
}

int
virDomainFree(virDomainPtr domain)
{
    (void)domain;
    return 0;
}

const char *
virDomainGetName(virDomainPtr domain)
{
    (void)domain;
    return "none";
}

char *
virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
    (void)domain;
    (void)flags;
    return NULL;
}

int
virDomainIsActive(virDomainPtr domain)
{
    (void)domain;
    return 0;
}

int
virGetLastErrorCode(void)
{
    return last_error;
}

const char *
virGetLastErrorMessage(void)
{
    return "no such right";
}

int
virInitialize(void)
{
    return 0;
}

void
virSetErrorFunc(void *user_data, virErrorFunc handler)
{
    (void)user_data;
    (void)handler;
}
