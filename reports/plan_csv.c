/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One function for each table, row by row straight into the output: a table of a million hosts is
 * never in memory. A field ends with a comma; the end of the row takes the last one back.
 */

#include "plan_csv.h"

#include "summary.h"

#include <reports/escape.h>

void
csv_text(Output *output, const char *text)
{
    escape_csv(output->text, text);
    g_string_append_c(output->text, ',');
}

void
csv_number(Output *output, guint64 number)
{
    g_string_append_printf(output->text, "%" G_GUINT64_FORMAT ",", number);
}

/* A NUMBER of 0 is one that is not known. */
static void
csv_number_or_empty(Output *output, guint64 number)
{
    if (number == 0)
        g_string_append_c(output->text, ',');
    else
        csv_number(output, number);
}

static void
csv_decimal(Output *output, gdouble number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(output->text, g_ascii_formatd(text, sizeof text, "%.4f", number));
    g_string_append_c(output->text, ',');
}

static void
csv_boolean(Output *output, gboolean is_true)
{
    g_string_append(output->text, is_true ? "yes," : "no,");
}

void
csv_list(Output *output, const GPtrArray *items)
{
    g_autoptr(GString) joined = g_string_new(NULL);

    for (guint i = 0; items != NULL && i < items->len; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? " " : "", (const char *)items->pdata[i]);
    csv_text(output, joined->str);
}

void
csv_end_row(Output *output)
{
    g_string_overwrite(output->text, output->text->len - 1, "\n");
    output_checkpoint(output);
}

/* ---- hosts ---------------------------------------------------------------------------------- */

static void
write_host(const Plan *plan, const HostMembership *membership, const Host *host, Output *output)
{
    const PlanPool *pool =
        membership->pool != FLEET_NO_INDEX ? plan->pools->pdata[membership->pool] : NULL;
    const PlanClass *klass = summary_class(plan, membership);
    const CpuProfile *profile =
        host->cpu != FLEET_NO_INDEX ? plan->fleet->cpus->pdata[host->cpu] : NULL;
    const HostGroup *group =
        membership->group != FLEET_NO_INDEX ? plan->groups->pdata[membership->group] : NULL;

    g_autofree char *microcode =
        host->microcode != 0 ? g_strdup_printf("0x%x", host->microcode) : NULL;
    g_autofree char *qemu = fleet_host_qemu(plan->fleet, host);

    csv_text(output, host->name);
    csv_text(output, host->uuid);
    csv_text(output, pool != NULL ? pool->settings->name : NULL);
    csv_text(output, klass != NULL ? klass->name : NULL);
    csv_text(output, group != NULL ? group->name : NULL);
    csv_boolean(output, klass != NULL);
    csv_text(output, fleet_host_vendor(plan->fleet, host));
    csv_text(output, profile != NULL ? profile->cpu->model : NULL);
    csv_number_or_empty(output, profile != NULL ? profile->physical_address_bits : 0);
    csv_text(output, microcode);
    csv_number_or_empty(output, host->tsc_hz);
    csv_number_or_empty(output, host->memory_kib);
    csv_number_or_empty(output, host->n_cpus);
    csv_number(output, (guint64)host->first_run);
    csv_number(output, (guint64)host->last_change_run);
    csv_text(output, qemu);
    csv_text(output, fleet_host_told_version(host, SOFTWARE_LIBVIRT));
    csv_text(output, fleet_host_told_version(host, SOFTWARE_KERNEL));
    csv_end_row(output);
}

static void
write_hosts(const Plan *plan, Output *output)
{
    g_autofree HostMembership *memberships = summary_host_memberships(plan);

    for (guint i = 0; i < plan->fleet->hosts->len; i++)
        write_host(plan, &memberships[i], fleet_host(plan->fleet, i), output);
}

/* ---- classes -------------------------------------------------------------------------------- */

static void
write_template_features(const CpuDefinition *cpu, Output *output)
{
    g_autoptr(GPtrArray) flags = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; cpu != NULL && i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);
        g_ptr_array_add(flags, g_strdup_printf("%s=%s", feature->name,
                                               feature->policy == CPU_POLICY_NONE
                                                   ? "require"
                                                   : cpu_policy_name(feature->policy)));
    }
    csv_list(output, flags);
}

static void
write_class(const PlanPool *pool, const PlanClass *klass, Output *output)
{
    const Template *template = klass->template;

    csv_text(output, pool->settings->name);
    csv_text(output, klass->name);
    csv_text(output, klass->level);
    csv_text(output, cpu_arch_name(klass->arch));
    csv_text(output, klass->vendor);
    csv_number(output, klass->hosts->len);
    csv_number(output, klass->n_host_model);
    csv_decimal(output, klass->loss);
    csv_number(output, klass->n_cpus);
    csv_number(output, klass->memory_kib);
    csv_text(output, template->name);
    csv_text(output, template->cpu != NULL ? template->cpu->model : NULL);
    write_template_features(template->cpu, output);
    csv_number_or_empty(output, template->physical_address_bits);
    csv_number_or_empty(output, template->tsc_hz);
    csv_list(output, template->machines);
    csv_text(output, template->digest);
    csv_text(output, contract_state_name(klass->contract.state));
    csv_end_row(output);
}

/* Calls WRITE for each class of each pool. */
static void
for_each_class(const Plan *plan, Output *output,
               void (*write)(const PlanPool *pool, const PlanClass *klass, Output *output))
{
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint c = 0; c < pool->classes->len; c++)
            write(pool, pool->classes->pdata[c], output);
    }
}

static void
write_classes(const Plan *plan, Output *output)
{
    for_each_class(plan, output, write_class);
}

static void
write_class_limits(const PlanPool *pool, const PlanClass *klass, Output *output)
{
    for (guint i = 0; i < klass->limits->len; i++) {
        const ClassLimit *limit = &g_array_index(klass->limits, ClassLimit, i);

        csv_text(output, pool->settings->name);
        csv_text(output, klass->name);
        csv_decimal(output, limit->gain);
        csv_number(output, limit->hosts->len);
        csv_list(output, limit->features);
        csv_text(output, limit->text);
        csv_end_row(output);
    }
}

static void
write_limits(const Plan *plan, Output *output)
{
    for_each_class(plan, output, write_class_limits);
}

static void
write_tradeoff(const Plan *plan, Output *output)
{
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint i = 0; i < pool->tradeoff->len; i++) {
            const TradeoffPoint *point = &g_array_index(pool->tradeoff, TradeoffPoint, i);

            csv_text(output, pool->settings->name);
            csv_number(output, point->n_classes);
            csv_decimal(output, point->loss);
            csv_boolean(output, point->is_chosen);
            csv_boolean(output, point->is_exact);
            csv_end_row(output);
        }
    }
}

/* ---- guests --------------------------------------------------------------------------------- */

static const char *
host_name(const Plan *plan, guint32 index)
{
    return index != FLEET_NO_INDEX ? fleet_host(plan->fleet, index)->name : NULL;
}

static void
write_guest(const Plan *plan, const GuestPlan *guest, Output *output)
{
    const Guest *record = plan->fleet->guests->pdata[guest->guest];
    const PlanPool *pool = plan_pool_of_guest(plan, guest);
    g_autofree char *cpu = summary_guest_cpu(record);

    csv_text(output, record->name);
    csv_text(output, record->uuid);
    csv_text(output, record->host);
    csv_text(output, pool != NULL ? pool->settings->name : NULL);
    csv_text(output, cpu);
    csv_text(output, record->machine);
    csv_number_or_empty(output, record->memory_kib);
    csv_number_or_empty(output, record->n_vcpus);
    csv_boolean(output, record->is_running);
    csv_boolean(output, guest->freedom == GUEST_STUCK);
    csv_number(output, guest->n_start_hosts);
    csv_number(output, guest->n_migrate_hosts);
    csv_text(output, guest->held_by);
    csv_boolean(output, guest->is_freed_by_template);
    csv_text(output, guest_freedom_name(guest->freedom));
    csv_text(output, guest->known != NULL ? guest->known->why : NULL);
    csv_text(output, guest->known != NULL ? guest->known->until : NULL);
    csv_end_row(output);
}

static void
write_guests(const Plan *plan, Output *output)
{
    for (guint i = 0; i < plan->guests->len; i++)
        write_guest(plan, plan->guests->pdata[i], output);
}

static void
write_device(const Guest *guest, const DomainDevices *devices, const Device *device, Output *output)
{
    g_autofree char *key = device_key(devices, device);
    g_autofree char *address = device_address_format(&device->address);

    csv_text(output, guest->name);
    csv_text(output, guest->uuid);
    csv_text(output, guest->host);
    csv_text(output, key);
    csv_text(output, address);
    csv_boolean(output,
                address != NULL && !device_address_equal(&device->address, &device->written));
    csv_end_row(output);
}

static void
write_addresses(const Plan *plan, Output *output)
{
    for (guint i = 0; i < plan->addresses->len; i++) {
        const AddressPlan *addresses = plan->addresses->pdata[i];
        DeviceWalk walk;
        const Device *device;

        if (addresses->devices == NULL)
            continue;
        device_walk_init(&walk, addresses->devices);
        while ((device = device_walk_next(&walk)) != NULL)
            write_device(plan->fleet->guests->pdata[addresses->guest], addresses->devices, device,
                         output);
    }
}

static void
write_drains(const Plan *plan, Output *output)
{
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint i = 0; i < pool->drains->len; i++) {
            const Drain *drain = pool->drains->pdata[i];

            csv_text(output, pool->settings->name);
            csv_text(output, host_name(plan, drain->host));
            csv_text(output, verdict_name(drain->verdict));
            csv_number(output, drain->n_guests);
            csv_number(output, drain->stranded->len);
            csv_text(output, drain->text);
            csv_end_row(output);
        }
    }
}

/* ---- what happened -------------------------------------------------------------------------- */

static void
write_drift(const Plan *plan, Output *output)
{
    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = plan->drift->pdata[i];

        csv_text(output, item->id);
        csv_boolean(output, item->is_actionable);
        csv_text(output, item->host);
        csv_text(output, item->subject);
        csv_text(output, item->text);
        csv_text(output, item->cause);
        csv_list(output, item->features);
        csv_end_row(output);
    }
}

static void
write_finding(const Finding *finding, Output *output)
{
    csv_text(output, finding_severity_name(finding->severity));
    csv_text(output, finding->id);
    csv_text(output, finding->host);
    csv_text(output, finding->source);
    csv_number_or_empty(output, finding->line);
    csv_text(output, finding->text);
    csv_text(output, finding->remedy);
    csv_end_row(output);
}

static void
write_quarantine(const Plan *plan, Output *output)
{
    for (guint i = 0; i < plan->fleet->quarantine->len; i++)
        write_finding(plan->fleet->quarantine->pdata[i], output);
}

/* The plan's findings, and those about guests' devices. */
static void
write_findings(const Plan *plan, Output *output)
{
    for (guint i = 0; i < plan->findings->len; i++)
        write_finding(plan->findings->pdata[i], output);
    for (guint i = 0; i < plan->addresses->len; i++) {
        const AddressPlan *addresses = plan->addresses->pdata[i];
        const Guest *guest = plan->fleet->guests->pdata[addresses->guest];

        for (guint f = 0; f < addresses->findings->len; f++)
            write_finding(addresses->findings->pdata[f], output);
        if (addresses->refusal == NULL)
            continue;
        g_autofree char *text = g_strdup_printf("%s: %s", guest->name, addresses->refusal->text);
        Finding refusal = {
            .severity = FINDING_WARNING,
            .id = addresses->refusal->id,
            .host = guest->host,
            .line = addresses->refusal->line,
            .text = text,
            .remedy = addresses->refusal->remedy,
        };
        write_finding(&refusal, output);
    }
}

/* ---- capacity ------------------------------------------------------------------------------- */

static void
write_guests_with_room(guint64 n, Output *output)
{
    if (n == CAPACITY_UNKNOWN)
        csv_text(output, NULL);
    else
        csv_number(output, n);
}

/* KLASS is NULL for the pool as a whole. */
static void
write_capacity_row(const PlanPool *pool, const PlanClass *klass, Output *output)
{
    const Capacity *capacity = klass != NULL ? &klass->capacity : &pool->capacity;

    csv_text(output, pool->settings->name);
    csv_text(output, klass != NULL ? klass->name : NULL);
    csv_number(output, capacity->n_hosts);
    csv_number(output, capacity->n_untold_hosts);
    csv_number(output, capacity->n_guests);
    csv_number(output, capacity->memory_kib);
    csv_number(output, capacity->used_kib);
    csv_number(output, capacity->free_kib);
    csv_number(output, capacity->largest_kib);
    csv_number(output, capacity->n_cpus);
    csv_number(output, capacity->n_vcpus);
    csv_number_or_empty(output, pool->guest_kib);
    write_guests_with_room(capacity->n_more, output);
    write_guests_with_room(capacity->n_more_failover, output);
    csv_end_row(output);
}

static void
write_capacity(const Plan *plan, Output *output)
{
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint c = 0; c < pool->classes->len; c++)
            write_capacity_row(pool, pool->classes->pdata[c], output);
        write_capacity_row(pool, NULL, output);
    }
}

/* ---- the table ------------------------------------------------------------------------------ */

#define FINDING_HEADING "severity,id,host,source,line,text,remedy"

const PlanCsv plan_csv_tables[] = {
    {"hosts.csv",
     "host,uuid,pool,class,group,is_planned,vendor,model,physical_address_bits,microcode,tsc_hz,"
     "memory_kib,n_cpus,first_run,last_change_run,qemu,libvirt,kernel",
     write_hosts},
    {"classes.csv",
     "pool,class,level,arch,vendor,n_hosts,n_host_model,loss,n_cpus,memory_kib,template,model,"
     "features,physical_address_bits,tsc_hz,machines,digest,contract",
     write_classes},
    {"capacity.csv",
     "pool,class,n_hosts,n_untold_hosts,n_guests,memory_kib,used_kib,free_kib,largest_free_kib,"
     "n_cpus,n_vcpus,guest_kib,n_more_guests,n_more_guests_with_failover",
     write_capacity},
    {"limits.csv", "pool,class,gain,n_hosts,features,text", write_limits},
    {"tradeoff.csv", "pool,n_classes,loss,is_chosen,is_exact", write_tradeoff},
    {"matrix.csv",
     "pool,subject,from_class,to_class,verdict,n_pairs,checks,example_from,example_to,text,remedy",
     plan_csv_matrix},
    {"guests.csv",
     "guest,uuid,host,pool,cpu,machine,memory_kib,n_vcpus,is_running,is_stuck,n_start_hosts,"
     "n_migrate_hosts,held_by,is_freed_by_template,state,known_why,known_until",
     write_guests},
    {"drains.csv", "pool,host,verdict,n_guests,n_stranded,text", write_drains},
    {"addresses.csv", "guest,uuid,host,device,address,is_planned", write_addresses},
    {"drift.csv", "id,is_actionable,host,subject,text,cause,features", write_drift},
    {"quarantine.csv", FINDING_HEADING, write_quarantine},
    {"findings.csv", FINDING_HEADING, write_findings},
    {NULL, NULL, NULL},
};

void
plan_csv_write(const PlanCsv *table, const Plan *plan, Output *output)
{
    g_string_append_printf(output->text, "%s\n", table->heading);
    table->write(plan, output);
}
