/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan hosts: the hosts of the inventory, as they are or were at a run. */

#include "database.h"
#include "site_names.h"

#include <cpumodel/cpu_engine.h>
#include <fleet/words.h>
#include <reports/table.h>

typedef struct {
    char *database;
    char *config;
    char *run;
} HostsOptions;

static const CommandOption options[] = {
    DATABASE_OPTION(HostsOptions, database),
    DATABASE_CONFIG_OPTION(HostsOptions, config),
    DATABASE_RUN_OPTION(HostsOptions, run),
    {0},
};

static const TableColumn columns[] = {
    {"host", "HOST", TABLE_TEXT, TABLE_WHOLE},
    {"uuid", "UUID", TABLE_TEXT, TABLE_NO_TEXT},
    {"arch", "ARCH", TABLE_TEXT, TABLE_NO_TEXT},
    {"vendor", "VENDOR", TABLE_TEXT, 0},
    {"cpu_model", "CPU", TABLE_TEXT, 0},
    {"microcode", "MICROCODE", TABLE_TEXT, 0},
    {"physical_address_bits", "BITS", TABLE_NUMBER, 0},
    {"tsc_hz", "TSC", TABLE_NUMBER, TABLE_NO_TEXT},
    {"qemu", "QEMU", TABLE_TEXT, 0},
    {"n_cpus", "CPUS", TABLE_NUMBER, 0},
    {"memory_kib", "MEMORY", TABLE_NUMBER, TABLE_NO_TEXT},
    {"memory", "MEMORY", TABLE_TEXT, TABLE_TEXT_ONLY | TABLE_RIGHT},
    {"guests_can_use", "GUESTS CAN USE", TABLE_TEXT, 0},
    {"libvirt", "LIBVIRT", TABLE_TEXT, TABLE_NO_TEXT},
    {"kernel", "KERNEL", TABLE_TEXT, TABLE_NO_TEXT},
    {"changed_in_run", "CHANGED IN RUN", TABLE_NUMBER, TABLE_PLAIN},
};

static void
add_cpu(const Fleet *fleet, const Host *host, Table *table)
{
    const CpuProfile *profile =
        host->cpu != FLEET_NO_INDEX ? g_ptr_array_index(fleet->cpus, host->cpu) : NULL;
    const CpuArch arch = fleet_host_arch(fleet, host);

    table_add_text(table, arch != CPU_ARCH_NONE ? cpu_arch_name(arch) : NULL);
    table_add_text(table, fleet_host_vendor(fleet, host));
    table_add_text(table, profile != NULL ? profile->cpu->model : NULL);
    if (host->microcode != 0)
        table_add_format(table, "0x%x", host->microcode);
    else
        table_add_none(table);
    table_add_number_or_none(table, profile != NULL ? profile->physical_address_bits : 0, 0);
    table_add_number_or_none(table, host->tsc_hz, 0);
}

static void
add_host(const Fleet *fleet, const Host *host, Table *table)
{
    const CpuDefinition *host_model = fleet_host_model(fleet, host);

    table_add_text(table, host->name);
    table_tone(table, TABLE_TONE_STRONG);
    table_add_text(table, host->uuid);
    add_cpu(fleet, host, table);
    g_autofree char *qemu = fleet_host_qemu(fleet, host);
    table_add_text(table, qemu);
    table_add_number_or_none(table, host->n_cpus, 0);
    table_add_number_or_none(table, host->memory_kib, 0);
    g_autofree char *memory = host->memory_kib != 0 ? words_memory(host->memory_kib) : NULL;
    table_add_text(table, memory);
    table_add_text(table, host_model != NULL ? host_model->model : NULL);
    table_add_text(table, fleet_host_told_version(host, SOFTWARE_LIBVIRT));
    table_add_text(table, fleet_host_told_version(host, SOFTWARE_KERNEL));
    table_add_number(table, (guint64)host->last_change_run);
}

static ExitStatus
print_hosts(CommandContext *context, const Fleet *fleet)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const Host *host = fleet_host(fleet, i);

        if (site_names_match(context->args, context->n_args, host->name, NULL))
            add_host(fleet, host, table);
    }
    table_print(table, context->format, &context->style, context->out);
    return context->n_args > 0 && table_n_rows(table) == 0 ? EXIT_ANSWER_NO : EXIT_WELL;
}

static ExitStatus
run_hosts(CommandContext *context, const void *values, GError **error)
{
    const HostsOptions *wanted = values;
    g_autoptr(Inventory) inventory =
        database_open_by_options(wanted->database, wanted->config, error);
    gint64 run;

    if (inventory == NULL || !database_find_run(inventory, wanted->run, &run, error))
        return EXIT_FAILED;
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, run, NULL, error);
    if (fleet == NULL ||
        !site_names_check_hosts(inventory, fleet, context->args, context->n_args, error))
        return EXIT_FAILED;
    return print_hosts(context, fleet);
}

const Command command_hosts = {
    .name = "hosts",
    .summary = "List the hosts of the inventory",
    .synopsis = "[OPTION...] [HOST...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = options,
    .options_size = sizeof(HostsOptions),
    .run = run_hosts,
};
