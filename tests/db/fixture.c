/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

/* Runs are an hour apart, by a clock that the tests do not look at. */
#define RUN_TIME_S 3600

int
fixture_setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    /* In memory where possible: nothing here needs a disk, and some tests make many files. */
    fixture->folder = g_mkdtemp(g_strdup("/dev/shm/virt-plan-db-XXXXXX"));
    if (fixture->folder == NULL)
        fixture->folder = g_dir_make_tmp("virt-plan-db-XXXXXX", NULL);
    if (fixture->folder == NULL)
        return -1;
    fixture->path = g_build_filename(fixture->folder, "inventory.db", NULL);
    *state = fixture;
    return 0;
}

int
fixture_teardown(void **state)
{
    Fixture *fixture = *state;
    GDir *dir;
    const char *name;

    g_chmod(fixture->folder, 0700);
    dir = g_dir_open(fixture->folder, 0, NULL);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

        g_unlink(path);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
    g_free(fixture);
    return 0;
}

void
assert_no_error(const GError *error)
{
    if (error != NULL)
        fail_msg("%s", error->message);
}

Inventory *
fixture_open(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    Inventory *inventory = inventory_open(fixture->path, FALSE, &error);

    assert_no_error(error);
    assert_non_null(inventory);
    return inventory;
}

/* ---- readings -------------------------------------------------------------------------------- */

SourceReading *
reading_new(const char *path, const char *member, guint64 content)
{
    Source *source = g_new0(Source, 1);

    source->path = g_strdup(path);
    source->member = g_strdup(member);
    source->size = 1000 + content;
    source->mtime_ns = 1000000 + (gint64)content;
    source->hash[0] = content;
    source->hash[1] = ~content;
    return source_reading_new(source);
}

static Document *
add_document(SourceReading *reading, DocumentKind kind, const char *host)
{
    Document *document = g_new0(Document, 1);

    document->kind = kind;
    document->host_name = g_strdup(host);
    document->line = 1;
    g_ptr_array_add(reading->documents, document);
    return document;
}

static void
fill_cpu(CpuDefinition *cpu, guint variant)
{
    cpu->arch = CPU_ARCH_X86_64;
    cpu->model = g_strdup("Skylake-Server");
    cpu->vendor = g_strdup("Intel");
    cpu->family = 6;
    cpu->model_number = 85;
    cpu->stepping = 4;
    for (guint i = 0; i <= variant; i++) {
        g_autofree char *name = g_strdup_printf("f%u", i);

        cpu_definition_append_feature(cpu, name, CPU_POLICY_NONE);
    }
}

void
reading_add_host(SourceReading *reading, const char *host, guint cpu, guint32 microcode)
{
    HostCapabilities *said = host_capabilities_new();
    GuestSupport *guest = guest_support_new(CPU_ARCH_X86_64);
    SecurityModel *security = security_model_new("selinux", "0");

    fill_cpu(said->cpu, cpu);
    said->cpu->microcode = microcode;
    said->cpu->tsc_hz = 2500000000;
    said->cpu->tsc_scaling = CPU_SWITCH_OFF;
    said->cpu->sockets = 2;
    said->cpu->cores = 16;
    said->cpu->threads = 2;
    said->uuid = g_strdup_printf("00000000-0000-0000-0000-%012x", g_str_hash(host));
    said->physical_address_bits = 46;
    said->memory_kib = 512 * 1024 * 1024;
    said->n_cpus = 64;
    said->n_numa_cells = 2;
    guest->os_type = g_strdup("hvm");
    guest->emulator = g_strdup("/usr/bin/qemu-system-x86_64");
    guest->domain_types = DOMAIN_TYPE_KVM | DOMAIN_TYPE_QEMU;
    g_ptr_array_add(guest->machines, machine_type_new("pc-q35-9.2", NULL));
    g_ptr_array_add(guest->machines, machine_type_new("q35", "pc-q35-9.2"));
    g_ptr_array_add(said->machines->guests, guest);
    g_ptr_array_add(security->baselabels, g_strdup("kvm=system_u:system_r:svirt_t:s0"));
    said->capabilities->can_live_migrate = TRUE;
    g_ptr_array_add(said->capabilities->transports, g_strdup("tcp"));
    g_ptr_array_add(said->capabilities->security_models, security);
    machine_profile_seal(said->machines);
    capability_profile_seal(said->capabilities);
    add_document(reading, DOCUMENT_HOST_CAPABILITIES, host)->host = said;
}

void
reading_add_raw_host(SourceReading *reading, const char *host, guint cpu)
{
    HostCapabilities *said = host_capabilities_new();

    fill_cpu(said->cpu, cpu);
    said->is_raw_cpuid = TRUE;
    machine_profile_seal(said->machines);
    capability_profile_seal(said->capabilities);
    add_document(reading, DOCUMENT_HOST_CAPABILITIES, host)->host = said;
}

void
reading_add_domain(SourceReading *reading, const char *host, const char *machine, guint variant)
{
    DomainCapabilities *domain = domain_capabilities_new();
    CpuHypervisorModel *usable = cpu_hypervisor_model_new("Broadwell", CPU_USABLE_YES);
    CpuHypervisorModel *blocked = cpu_hypervisor_model_new("EPYC", CPU_USABLE_NO);
    GPtrArray *buses = g_ptr_array_new_with_free_func(g_free);

    domain->emulator = g_strdup("/usr/bin/qemu-system-x86_64");
    domain->domain_type = DOMAIN_TYPE_KVM;
    domain->machine = g_strdup(machine);
    domain->arch = CPU_ARCH_X86_64;
    domain->max_vcpus = 255;
    domain->host_passthrough = SUPPORT_YES;
    domain->host_model = SUPPORT_YES;
    domain->host_model_cpu = cpu_definition_new(CPU_TYPE_GUEST);
    domain->host_model_cpu->model = g_strdup("Skylake-Server-IBRS");
    domain->host_model_cpu->fallback = CPU_FALLBACK_FORBID;
    for (guint i = 0; i <= variant; i++) {
        g_autofree char *name = g_strdup_printf("g%u", i);

        cpu_definition_append_feature(domain->host_model_cpu, name,
                                      i == 0 ? CPU_POLICY_DISABLE : CPU_POLICY_REQUIRE);
    }
    g_ptr_array_add(blocked->blockers, g_strdup("sse4a"));
    g_ptr_array_add(blocked->blockers, g_strdup("odd \"name\"\\,\n\x01"));
    blocked->vendor = g_strdup("AMD");
    blocked->canonical = g_strdup("EPYC-v1");
    g_ptr_array_add(domain->models, usable);
    g_ptr_array_add(domain->models, blocked);
    domain->hyperv = SUPPORT_YES;
    g_ptr_array_add(domain->hyperv_features, g_strdup("relaxed"));
    domain->sev = SUPPORT_NO;
    g_ptr_array_add(buses, g_strdup("virtio"));
    g_ptr_array_add(buses, g_strdup("usb"));
    g_hash_table_insert(domain->device_values, g_strdup("disk.bus"), buses);
    domain_capabilities_seal(domain);
    add_document(reading, DOCUMENT_DOMAIN_CAPABILITIES, host)->domain = domain;
}

void
reading_add_software(SourceReading *reading, const char *host, const char *versions)
{
    g_auto(GStrv) words = g_strsplit(versions, " ", -1);
    HostSoftware *software = host_software_new();

    for (guint i = 0; words[i] != NULL; i += 2) {
        for (guint j = 0; j < SOFTWARE_COUNT; j++) {
            if (strcmp(words[i], software_name((Software)j)) == 0)
                software->versions[j] = g_strdup(words[i + 1]);
        }
    }
    add_document(reading, DOCUMENT_HOST_SOFTWARE, host)->software = software;
}

void
reading_add_guest(SourceReading *reading, const char *host, const char *name, const char *uuid,
                  const char *xml)
{
    Guest *guest = guest_new();

    guest->name = g_strdup(name);
    guest->uuid = g_strdup(uuid);
    guest->host = g_strdup(host);
    guest->arch = CPU_ARCH_X86_64;
    guest->domain_type = DOMAIN_TYPE_KVM;
    guest->machine = g_strdup("pc-q35-9.2");
    guest->n_vcpus = 2;
    guest->memory_kib = 1048576;
    guest->xml = g_strdup(xml);
    add_document(reading, DOCUMENT_DOMAIN, host)->guest = guest;
}

void
reading_add_finding(SourceReading *reading, FindingSeverity severity, const char *id,
                    const char *text)
{
    Finding *finding = finding_new(severity, id, text, "mend it");

    finding->source = source_format(reading->source);
    finding->line = 7;
    g_ptr_array_add(reading->findings, finding);
}

SourceReading *
host_file(const char *path, guint64 content, const char *host, guint cpu, guint32 microcode)
{
    SourceReading *reading = reading_new(path, NULL, content);

    reading_add_host(reading, host, cpu, microcode);
    return reading;
}

SourceReading *
broken_file(const char *path, guint64 content)
{
    SourceReading *reading = reading_new(path, NULL, content);

    reading_add_finding(reading, FINDING_ERROR, "not-xml", "it is not XML");
    return reading;
}

/* ---- runs ------------------------------------------------------------------------------------ */

void
record(Inventory *inventory, SourceReading *reading)
{
    g_autoptr(GError) error = NULL;

    if (inventory_knows_source(inventory, reading->source, TRUE))
        inventory_record_unchanged(inventory, reading->source, &error);
    else
        inventory_record_reading(inventory, reading, &error);
    source_reading_free(reading);
    assert_no_error(error);
}

void
begin(Inventory *inventory, gboolean is_complete)
{
    g_autoptr(GError) error = NULL;

    if (inventory_begin_run(inventory, RUN_TIME_S, is_complete, &error))
        inventory_recall_sources(inventory, NULL, 0, &error);
    assert_no_error(error);
}

InventoryRun
finish(Inventory *inventory)
{
    g_autoptr(GError) error = NULL;
    InventoryRun run = {0};

    inventory_finish_run(inventory, RUN_TIME_S, &run, &error);
    assert_no_error(error);
    return run;
}

InventoryRun
record_run(Inventory *inventory, gboolean is_complete, SourceReading *readings, ...)
{
    va_list list;

    begin(inventory, is_complete);
    va_start(list, readings);
    for (SourceReading *reading = readings; reading != NULL;
         reading = va_arg(list, SourceReading *))
        record(inventory, reading);
    va_end(list);
    return finish(inventory);
}

/* ---- looking --------------------------------------------------------------------------------- */

static char *
between(const char *text, const char *first, const char *second)
{
    const char *start = strstr(text, first);
    const char *end = start != NULL ? strstr(start, second) : NULL;

    return end != NULL ? g_strndup(start + strlen(first), (gsize)(end - start) - strlen(first))
                       : NULL;
}

Guest *
read_guest(const char *xml, gsize length, GError **error)
{
    g_autofree char *name = between(xml, "<name>", "</name>");
    Guest *guest;

    assert_int_equal(length, strlen(xml));
    if (name == NULL) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "no name");
        return NULL;
    }
    guest = guest_new();
    guest->name = g_steal_pointer(&name);
    guest->uuid = between(xml, "<uuid>", "</uuid>");
    return guest;
}

static void
print_host(const Fleet *fleet, const Host *host, gboolean with_runs, GString *out)
{
    g_string_append_printf(out,
                           "%s %s ucode %x tsc %" G_GUINT64_FORMAT "/%d mem %" G_GUINT64_FORMAT
                           " cpus %u/%u "
                           "%u.%u.%u",
                           host->name, host->uuid != NULL ? host->uuid : "-", host->microcode,
                           host->tsc_hz, host->tsc_scaling, host->memory_kib, host->n_cpus,
                           host->n_numa_cells, host->sockets, host->cores, host->threads);
    for (guint i = 0; host->software != NULL && i < SOFTWARE_COUNT; i++)
        g_string_append_printf(
            out, " %s", host->software->versions[i] != NULL ? host->software->versions[i] : "-");
    if (with_runs)
        g_string_append_printf(out, " since %d changed %d", (int)host->first_run,
                               (int)host->last_change_run);
    if (host->cpu != FLEET_NO_INDEX) {
        const CpuProfile *profile = g_ptr_array_index(fleet->cpus, host->cpu);

        g_string_append_printf(out, "\n  %u bits, ", profile->physical_address_bits);
        cpu_definition_format(profile->cpu, 2, out);
    }
    if (host->machines != FLEET_NO_INDEX)
        g_string_append_printf(
            out, "  machines %s",
            ((MachineProfile *)g_ptr_array_index(fleet->machines, host->machines))->digest);
    if (host->capabilities != FLEET_NO_INDEX)
        g_string_append_printf(
            out, " capabilities %s",
            ((CapabilityProfile *)g_ptr_array_index(fleet->capabilities, host->capabilities))
                ->digest);
    for (guint i = 0; host->domain_set != FLEET_NO_INDEX &&
                      i < g_array_index(fleet->domain_sets, DomainSet, host->domain_set).n_indexes;
         i++) {
        guint index = g_array_index(fleet->domain_sets, DomainSet, host->domain_set).indexes[i];
        const DomainCapabilities *domain = g_ptr_array_index(fleet->domain_capabilities, index);

        g_string_append_printf(out, "\n  domain %u %s %s", index, domain->machine, domain->digest);
    }
    g_string_append_c(out, '\n');
}

char *
fleet_text(Inventory *inventory, gint64 run, gboolean with_runs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, run, read_guest, &error);
    GString *out = g_string_new(NULL);

    assert_no_error(error);
    for (guint i = 0; i < fleet->hosts->len; i++)
        print_host(fleet, fleet_host(fleet, i), with_runs, out);
    for (guint i = 0; i < fleet->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(fleet->guests, i);

        g_string_append_printf(out, "guest %s on %s: %s\n", guest->name, guest->host, guest->xml);
    }
    for (guint i = 0; i < fleet->quarantine->len; i++) {
        g_autofree char *line = finding_format(g_ptr_array_index(fleet->quarantine, i));

        g_string_append_printf(out, "%s\n", line);
    }
    for (guint i = 0; i < fleet->findings->len; i++) {
        g_autofree char *line = finding_format(g_ptr_array_index(fleet->findings, i));

        g_string_append_printf(out, "%s\n", line);
    }
    if (with_runs)
        g_string_append_printf(out, "%u gone\n", fleet->n_gone_hosts);
    return g_string_free(out, FALSE);
}

char *
host_names(Inventory *inventory, gint64 run)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, run, NULL, &error);
    GString *names = g_string_new(NULL);

    assert_no_error(error);
    for (guint i = 0; i < fleet->hosts->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "", fleet_host(fleet, i)->name);
    return g_string_free(names, FALSE);
}

void
assert_hosts(Inventory *inventory, gint64 run, const char *expected)
{
    g_autofree char *names = host_names(inventory, run);

    assert_string_equal(names, expected);
}

gint64
query_number(const Fixture *fixture, const char *sql)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    gint64 number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return number;
}
