/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The document's frame, its hosts and its lists of findings.
 *
 * It is written for size as well as for reading: hosts are columns, not objects; everything else
 * names hosts, groups and guests by their position; what is shared (CPUs, outcomes, rows of a
 * matrix) is there once. 5,000 hosts take a few megabytes.
 */

#include "plan_json.h"

#include <cpumodel/version.h>
#include <reports/reports.h>

#define FORMAT_NAME "virt-plan plan"
#define FORMAT_VERSION 1

static void
write_findings(JsonWriter *json, const char *key, const GPtrArray *findings)
{
    json_begin_array(json, key);
    for (guint i = 0; i < findings->len; i++)
        plan_json_finding(json, findings->pdata[i]);
    json_end_array(json);
}

static void
write_summary(JsonWriter *json, const Plan *plan)
{
    PlanSummary summary;

    summary_init(&summary, plan);
    g_autofree char *headline = summary_headline(&summary);
    json_begin_object(json, "summary");
    json_string(json, "headline", headline);
    json_boolean(json, "is_well", summary.is_well);
    json_number(json, "n_hosts", summary.n_hosts);
    json_number(json, "n_hosts_gone", summary.n_hosts_gone);
    json_number(json, "n_hosts_unassigned", summary.n_hosts_unassigned);
    json_number(json, "n_hosts_unplanned", summary.n_hosts_unplanned);
    json_number(json, "n_pools", summary.n_pools);
    json_number(json, "n_classes", summary.n_classes);
    json_number(json, "n_guests", summary.n_guests);
    json_number(json, "n_guests_stuck", summary.n_guests_in[GUEST_STUCK]);
    json_number(json, "n_guests_may_be_stuck", summary.n_guests_in[GUEST_MAY_BE_STUCK]);
    json_number(json, "n_guests_known_stuck", summary.n_guests_known[GUEST_STUCK]);
    json_number(json, "n_guests_known_may_be_stuck", summary.n_guests_known[GUEST_MAY_BE_STUCK]);
    json_number(json, "n_drains_blocked", summary.n_drains_blocked);
    json_number(json, "n_drift", summary.n_drift);
    json_number(json, "n_drift_actionable", summary.n_drift_actionable);
    json_number(json, "n_quarantine", summary.n_quarantine);
    json_begin_object(json, "n_contracts");
    for (ContractState state = 0; state < CONTRACT_COUNT; state++)
        json_number(json, contract_state_name(state), summary.n_contracts[state]);
    json_end_object(json);
    json_begin_object(json, "n_findings");
    for (FindingSeverity severity = 0; severity < FINDING_SEVERITY_COUNT; severity++)
        json_number(json, finding_severity_name(severity), summary.n_findings[severity]);
    json_end_object(json);
    json_begin_object(json, "n_pairs");
    for (Verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        json_number(json, verdict_name(verdict), summary.n_pairs[verdict]);
    json_end_object(json);
    json_number(json, "n_one_way", summary.n_one_way);
    json_end_object(json);
}

/* ---- hosts ---------------------------------------------------------------------------------- */

/* A column of the hosts' table: how one host's cell is written. */
typedef struct {
    const Plan *plan;
    const HostMembership *memberships;
    GHashTable *software_places; /* HostSoftware* -> its place in 'software', plus 1 */
} HostTable;

static const Host *
host_at(const HostTable *table, guint index)
{
    return fleet_host(table->plan->fleet, index);
}

static void
write_host_name(JsonWriter *json, const HostTable *table, guint i)
{
    json_string(json, NULL, host_at(table, i)->name);
}

static void
write_host_pool(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, table->memberships[i].pool, FLEET_NO_INDEX);
}

static void
write_host_class(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, table->memberships[i].class_index, FLEET_NO_INDEX);
}

static void
write_host_group(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, table->memberships[i].group, FLEET_NO_INDEX);
}

static void
write_host_cpu(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, host_at(table, i)->cpu, FLEET_NO_INDEX);
}

static void
write_host_qemu(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, host_at(table, i)->machines, FLEET_NO_INDEX);
}

static void
write_host_microcode(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, host_at(table, i)->microcode, 0);
}

static void
write_host_software(JsonWriter *json, const HostTable *table, guint i)
{
    gpointer place = g_hash_table_lookup(table->software_places, host_at(table, i)->software);

    json_number_or_null(json, NULL, (guint64)GPOINTER_TO_UINT(place) - 1, G_MAXUINT64);
}

static void
write_host_memory(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, host_at(table, i)->memory_kib, 0);
}

static void
write_host_n_cpus(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, host_at(table, i)->n_cpus, 0);
}

static void
write_host_tsc(JsonWriter *json, const HostTable *table, guint i)
{
    json_number_or_null(json, NULL, host_at(table, i)->tsc_hz, 0);
}

static const struct {
    const char *name;
    void (*write)(JsonWriter *json, const HostTable *table, guint i);
} host_columns[] = {
    {"name", write_host_name},
    {"pool", write_host_pool},
    {"class", write_host_class},
    {"group", write_host_group},
    {"cpu", write_host_cpu},
    {"machines", write_host_qemu},
    {"microcode", write_host_microcode},
    {"software", write_host_software},
    {"memory_kib", write_host_memory},
    {"n_cpus", write_host_n_cpus},
    {"tsc_hz", write_host_tsc},
};

/* The distinct answers of hosts, in the hosts' order. Returns their places, as in HostTable. */
static GHashTable *
write_software(JsonWriter *json, const Plan *plan)
{
    GHashTable *places = g_hash_table_new(NULL, NULL);

    json_begin_array(json, "software");
    for (guint i = 0; i < plan->fleet->hosts->len; i++) {
        const HostSoftware *software = fleet_host(plan->fleet, i)->software;

        if (software == NULL || g_hash_table_contains(places, software))
            continue;
        g_hash_table_insert(places, (gpointer)(guintptr)software,
                            GUINT_TO_POINTER(g_hash_table_size(places) + 1));
        json_begin_object(json, NULL);
        json_string(json, "qemu", software->versions[SOFTWARE_QEMU]);
        json_string(json, "libvirt", software->versions[SOFTWARE_LIBVIRT]);
        json_string(json, "kernel", software->versions[SOFTWARE_KERNEL]);
        json_end_object(json);
    }
    json_end_array(json);
    return places;
}

static void
write_hosts(JsonWriter *json, const Plan *plan, const PlanJsonOptions *options)
{
    guint n_listed = plan_json_n_listed(options, plan->fleet->hosts->len);
    g_autofree HostMembership *memberships = summary_host_memberships(plan);
    g_autoptr(GHashTable) software_places = write_software(json, plan);
    HostTable table = {plan, memberships, software_places};

    json_begin_object(json, "hosts");
    for (gsize c = 0; c < G_N_ELEMENTS(host_columns); c++) {
        json_begin_line(json, host_columns[c].name);
        for (guint i = 0; i < n_listed; i++) {
            host_columns[c].write(json, &table, i);
            output_checkpoint(json->output);
        }
        json_end_line(json);
    }
    json_end_object(json);
    json_number(json, "n_hosts_left_out", plan->fleet->hosts->len - n_listed);
}

static void
write_cpus(JsonWriter *json, const Plan *plan)
{
    json_begin_array(json, "cpus");
    for (guint i = 0; i < plan->fleet->cpus->len; i++) {
        const CpuProfile *profile = plan->fleet->cpus->pdata[i];
        const CpuDefinition *cpu = profile->cpu;

        json_begin_object(json, NULL);
        json_string(json, "arch", cpu_arch_name(cpu->arch));
        json_string(json, "vendor", cpu->vendor);
        json_string(json, "model", cpu->model);
        json_number_or_null(json, "family", cpu->family, 0);
        json_number_or_null(json, "model_number", cpu->model_number, 0);
        json_number(json, "stepping", cpu->stepping);
        json_number_or_null(json, "physical_address_bits", profile->physical_address_bits, 0);
        json_begin_line(json, "features");
        for (guint f = 0; f < cpu->features->len; f++)
            json_string(json, NULL, cpu_definition_feature(cpu, f)->name);
        json_end_line(json);
        json_end_object(json);
    }
    json_end_array(json);
}

/* The architecture that a profile's QEMU version is told by: its first guest's. */
static char *
qemu_version(const MachineProfile *profile)
{
    for (guint i = 0; i < profile->guests->len; i++) {
        const GuestSupport *guest = profile->guests->pdata[i];
        guint version = machine_profile_qemu_version(profile, guest->arch);

        if (version > 0)
            return version_format(version);
    }
    return NULL;
}

static void
write_machines(JsonWriter *json, const Plan *plan)
{
    json_begin_array(json, "machines");
    for (guint i = 0; i < plan->fleet->machines->len; i++) {
        g_autofree char *version = qemu_version(plan->fleet->machines->pdata[i]);

        json_begin_object(json, NULL);
        json_string(json, "qemu_version", version);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
write_groups(JsonWriter *json, const Plan *plan)
{
    g_autofree HostMembership *memberships = summary_host_memberships(plan);

    json_begin_array(json, "groups");
    for (guint i = 0; i < plan->groups->len; i++) {
        const HostGroup *group = plan->groups->pdata[i];

        json_begin_object(json, NULL);
        json_string(json, "name", group->name);
        json_number(json, "pool", group->pool);
        json_number_or_null(json, "class", summary_group_class(group, memberships), FLEET_NO_INDEX);
        json_number(json, "n_hosts", group->hosts->len);
        json_indexes(json, "hosts", group->hosts);
        json_end_object(json);
    }
    json_end_array(json);
}

/* ---- the frame ------------------------------------------------------------------------------ */

static void
write_drift(JsonWriter *json, const Plan *plan)
{
    json_begin_array(json, "drift");
    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = plan->drift->pdata[i];

        json_begin_object(json, NULL);
        json_string(json, "id", item->id);
        json_boolean(json, "is_actionable", item->is_actionable);
        json_string(json, "host", item->host);
        json_string(json, "subject", item->subject);
        json_string(json, "text", item->text);
        json_string(json, "cause", item->cause);
        json_strings(json, "features", item->features);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
write_run(JsonWriter *json, const Plan *plan)
{
    g_autofree char *at = summary_time(plan->fleet->run_at);

    json_begin_object(json, "run");
    json_number(json, "id", (guint64)plan->fleet->run);
    json_string(json, "at", plan->fleet->run_at > 0 ? at : NULL);
    json_number_or_null(json, "earlier", (guint64)plan->drift_run, 0);
    json_end_object(json);
}

void
plan_json_write(const Plan *plan, const PlanJsonOptions *options, Output *output)
{
    g_autoptr(BlockerTable) blockers = blocker_table_new();
    JsonWriter json;

    json_writer_init(&json, output, options->is_compact);
    json.index_limit = options->max_listed;
    json_begin_object(&json, NULL);
    json_string(&json, "format", FORMAT_NAME);
    json_number(&json, "version", FORMAT_VERSION);
    json_string(&json, "generator", "virt-plan " VIRT_PLAN_VERSION);
    json_string(&json, "cpu_map", plan->map != NULL ? cpu_map_origin(plan->map) : NULL);
    write_run(&json, plan);
    write_summary(&json, plan);
    plan_json_pools(&json, plan, blockers);
    write_groups(&json, plan);
    write_hosts(&json, plan, options);
    json_indexes(&json, "unassigned", plan->unassigned);
    write_cpus(&json, plan);
    write_machines(&json, plan);
    plan_json_guests(&json, plan, options, blockers);
    plan_json_blockers(&json, blockers);
    plan_json_addresses(&json, plan, options);
    write_drift(&json, plan);
    write_findings(&json, "quarantine", plan->fleet->quarantine);
    write_findings(&json, "findings", plan->findings);
    json_end_object(&json);
}
