/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A host is asked for its capabilities first: they say which emulators and machine types there are;
 * and for the versions of its software, which are handed on as the text that virsh prints of them.
 * Domain capabilities are then asked for each machine family (an alias such as "q35") with KVM, and
 * with plain QEMU where a guest uses that or there is no KVM.
 */

#include "collect_host.h"

#include "documents.h"
#include "version_text_reader.h"

#include <string.h>

/* With one host. */
typedef struct {
    const CollectHost *host;
    const LibvirtClient *libvirt; /* the host's */
    char *name;                   /* that its documents get; NULL: not known yet */
    gboolean is_denied;           /* domain capabilities are not for us */
} Interview;

/* ---- what is said --------------------------------------------------------------------------- */

SourceReading *
collect_host_complaint(const char *uri, const char *host, FindingSeverity severity,
                       const char *member, const char *id, const char *text, const char *remedy)
{
    Source *source = g_new0(Source, 1);
    SourceReading *reading;

    source->path = g_strdup(uri);
    source->member = g_strdup(member);
    reading = source_reading_new(source);
    source_complain(reading, severity, id, 0, text, remedy);
    ((Finding *)g_ptr_array_index(reading->findings, 0))->host = g_strdup(host);
    return reading;
}

/* Takes READING. */
static void
say(const Interview *interview, SourceReading *reading)
{
    interview->host->say(reading, interview->host->user_data);
}

static void
complain(const Interview *interview, FindingSeverity severity, const char *member, const char *id,
         const char *text, const char *remedy)
{
    say(interview, collect_host_complaint(interview->host->uri, interview->name, severity, member,
                                          id, text, remedy));
}

static void
say_error(const Interview *interview, const char *member, const char *what)
{
    g_autofree char *text =
        g_strdup_printf("%s: %s", what, interview->libvirt->GetLastErrorMessage());

    complain(interview, FINDING_ERROR, member, "unreachable", text,
             "check the URI, the host's libvirt daemon and your permission to read");
}

/* Reads XML, which is freed. The reading stays the caller's. */
static SourceReading *
read_document(const Interview *interview, const char *member, char *xml)
{
    IngestOptions options = *interview->host->options;
    SourceReading *reading;

    options.host_name = interview->name;
    reading = documents_read_buffer(interview->host->uri, member, xml, strlen(xml), &options);
    free(xml);
    return reading;
}

/* ---- asking --------------------------------------------------------------------------------- */

/*
 * libvirt counts reading domain capabilities as writing, since it runs an emulator for it. Where
 * that is refused, the host is known by the rest, and one line says what is missing.
 */
static void
say_incomplete(Interview *interview)
{
    g_autofree char *text =
        g_strdup_printf("without domain capabilities, which libvirt gives only to those who may "
                        "write: %s",
                        interview->libvirt->GetLastErrorMessage());

    interview->is_denied = TRUE;
    complain(interview, FINDING_WARNING, "domcapabilities", "incomplete", text,
             "let the user connect to libvirt without '-r'; until then the host is planned by "
             "what its silicon has");
}

static gboolean
is_refusal(int code)
{
    return code == VIR_ERR_OPERATION_DENIED || code == VIR_ERR_ACCESS_DENIED ||
           code == VIR_ERR_AUTH_FAILED || code == VIR_ERR_AUTH_CANCELLED ||
           code == VIR_ERR_AUTH_UNAVAILABLE;
}

static void
ask_domain_capabilities(Interview *interview, virConnectPtr connection, const GuestSupport *guest,
                        const char *machine, DomainTypes type)
{
    const LibvirtClient *libvirt = interview->libvirt;
    const char *arch = cpu_arch_name(guest->arch);

    if (interview->is_denied)
        return;
    g_autofree char *member = g_strdup_printf("domcapabilities/%s/%s/%s", domain_type_name(type),
                                              arch, machine == NULL ? "default" : machine);
    char *xml = libvirt->ConnectGetDomainCapabilities(connection, guest->emulator, arch, machine,
                                                      domain_type_name(type), 0);

    if (xml != NULL)
        say(interview, read_document(interview, member, xml));
    else if (is_refusal(libvirt->GetLastErrorCode()))
        say_incomplete(interview);
    else if (libvirt->GetLastErrorCode() != VIR_ERR_NO_SUPPORT)
        say_error(interview, member, "the domain capabilities cannot be read");
}

static void
ask_families(Interview *interview, virConnectPtr connection, const GuestSupport *guest,
             DomainTypes type)
{
    guint n_families = 0;

    for (guint i = 0; i < guest->machines->len; i++) {
        const MachineType *machine = g_ptr_array_index(guest->machines, i);

        if (machine->canonical == NULL)
            continue; /* families are what aliases stand for */
        ask_domain_capabilities(interview, connection, guest, machine->name, type);
        n_families++;
    }
    if (n_families == 0)
        ask_domain_capabilities(interview, connection, guest, NULL, type);
}

/* What the guests of a host use, as bits 1 << arch. */
typedef struct {
    guint64 any;  /* arches of all guests */
    guint64 qemu; /* of those without KVM */
} UsedArches;

static gboolean
is_used(guint64 arches, CpuArch arch)
{
    return (arches & (G_GUINT64_CONSTANT(1) << arch)) != 0;
}

static void
ask_all_domain_capabilities(Interview *interview, virConnectPtr connection,
                            const MachineProfile *machines, CpuArch host_arch, UsedArches used)
{
    gboolean has_kvm = FALSE;

    for (guint i = 0; i < machines->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(machines->guests, i);

        has_kvm = has_kvm || (guest->domain_types & DOMAIN_TYPE_KVM) != 0;
    }
    for (guint i = 0; i < machines->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(machines->guests, i);
        gboolean is_own = guest->arch == host_arch;

        if ((guest->domain_types & DOMAIN_TYPE_KVM) != 0 &&
            (is_own || is_used(used.any, guest->arch)))
            ask_families(interview, connection, guest, DOMAIN_TYPE_KVM);
        if ((guest->domain_types & DOMAIN_TYPE_QEMU) != 0 &&
            ((is_own && !has_kvm) || is_used(used.qemu, guest->arch)))
            ask_families(interview, connection, guest, DOMAIN_TYPE_QEMU);
    }
}
G_STATIC_ASSERT(CPU_ARCH_COUNT <= 64);

/* A running guest as it runs, another one as it is defined. Adds to USED. */
static void
ask_guest(Interview *interview, virDomainPtr domain, UsedArches *used)
{
    const LibvirtClient *libvirt = interview->libvirt;
    gboolean is_active = libvirt->DomainIsActive(domain) == 1;
    g_autofree char *member = g_strdup_printf("domain/%s", libvirt->DomainGetName(domain));
    char *xml = libvirt->DomainGetXMLDesc(domain, is_active ? 0 : VIR_DOMAIN_XML_INACTIVE);

    if (xml == NULL) {
        /* A guest may go away between being listed and being asked for. */
        if (libvirt->GetLastErrorCode() != VIR_ERR_NO_DOMAIN)
            say_error(interview, member, "the guest's definition cannot be read");
        return;
    }
    SourceReading *reading = read_document(interview, member, xml);
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        if (document->guest == NULL)
            continue;
        used->any |= G_GUINT64_CONSTANT(1) << document->guest->arch;
        if (document->guest->domain_type == DOMAIN_TYPE_QEMU)
            used->qemu |= G_GUINT64_CONSTANT(1) << document->guest->arch;
    }
    say(interview, reading);
}

static UsedArches
ask_guests(Interview *interview, virConnectPtr connection)
{
    const LibvirtClient *libvirt = interview->libvirt;
    virDomainPtr *domains = NULL;
    UsedArches used = {0};
    int n = libvirt->ConnectListAllDomains(connection, &domains, 0);

    if (n < 0)
        say_error(interview, "domain", "the guests cannot be listed");
    for (int i = 0; i < n; i++) {
        ask_guest(interview, domains[i], &used);
        libvirt->DomainFree(domains[i]);
    }
    free(domains);
    return used;
}

/* Over a second connection, which is the only one that could change anything. */
static void
ask_writably(Interview *interview, const MachineProfile *machines, CpuArch host_arch,
             UsedArches used)
{
    const LibvirtClient *libvirt = interview->libvirt;
    virConnectPtr connection = libvirt->ConnectOpen(interview->host->uri);

    if (connection == NULL) {
        say_incomplete(interview);
        return;
    }
    ask_all_domain_capabilities(interview, connection, machines, host_arch, used);
    libvirt->ConnectClose(connection);
}

/* As libvirt numbers releases; 0 is one that it does not know. */
static void
append_version(GString *text, const char *label, gulong version)
{
    if (version != 0)
        g_string_append_printf(text, "%s %lu.%lu.%lu\n", label, version / 1000000,
                               version / 1000 % 1000, version % 1000);
}

/*
 * libvirt does not tell the kernel's version. A host that does not answer this is known by the
 * rest.
 */
static void
ask_versions(Interview *interview, virConnectPtr connection)
{
    const LibvirtClient *libvirt = interview->libvirt;
    g_autoptr(GString) text = g_string_new(NULL);
    gulong version = 0;

    if (libvirt->ConnectGetLibVersion(connection, &version) == 0)
        append_version(text, VERSION_TEXT_DAEMON, version);
    version = 0;
    if (g_strcmp0(libvirt->ConnectGetType(connection), "QEMU") == 0 &&
        libvirt->ConnectGetVersion(connection, &version) == 0)
        append_version(text, VERSION_TEXT_QEMU, version);
    if (text->len > 0)
        say(interview, read_document(interview, "versions", strdup(text->str)));
}

static void
name_host(Interview *interview, virConnectPtr connection)
{
    const LibvirtClient *libvirt = interview->libvirt;
    char *name = libvirt->ConnectGetHostname(connection);

    interview->name = g_strdup(name == NULL ? interview->host->uri : name);
    free(name);
}

static void
ask_host(Interview *interview, virConnectPtr connection)
{
    const LibvirtClient *libvirt = interview->libvirt;
    char *xml = libvirt->ConnectGetCapabilities(connection);
    MachineProfile *machines = NULL;
    CpuArch host_arch = CPU_ARCH_NONE;

    if (interview->name == NULL)
        name_host(interview, connection);
    if (xml == NULL) {
        say_error(interview, "capabilities", "the capabilities cannot be read");
        return;
    }
    SourceReading *reading = read_document(interview, "capabilities", xml);
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        if (document->host == NULL || machines != NULL)
            continue;
        machines = machine_profile_ref(document->host->machines);
        host_arch = document->host->cpu->arch;
    }
    say(interview, reading);
    ask_versions(interview, connection);
    UsedArches used = ask_guests(interview, connection);
    if (machines != NULL && machines->guests->len > 0)
        ask_writably(interview, machines, host_arch, used);
    machine_profile_unref(machines);
}

void
collect_host(const CollectHost *host)
{
    const LibvirtClient *libvirt = host->libvirt;
    Interview interview = {.host = host, .libvirt = libvirt, .name = g_strdup(host->name)};
    virConnectPtr connection = libvirt->ConnectOpenReadOnly(host->uri);

    if (connection == NULL) {
        say_error(&interview, NULL, "the host cannot be reached");
    } else {
        ask_host(&interview, connection);
        libvirt->ConnectClose(connection);
    }
    g_free(interview.name);
}
