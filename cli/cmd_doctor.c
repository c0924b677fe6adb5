/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a site's set-up lacks, before the night shows it: one row for each check, in the order in
 * which the nightly job would stumble. A check looks and changes nothing.
 */

#include "commands.h"
#include "database.h"
#include "planning.h"
#include "stale_entries.h"

#include <fleet/words.h>
#include <glib/gstdio.h>
#include <ingest/collect.h>
#include <ingest/plan_file.h>
#include <reports/table.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef struct {
    char *config;
    char *database;
} DoctorOptions;

typedef enum { LEVEL_FINE, LEVEL_HINT, LEVEL_PROBLEM, LEVEL_COUNT } Level;

typedef struct {
    const DoctorOptions *options;
    PlanSettings *settings; /* NULL: none given, or not readable */
    CpuMap *map;
    Inventory *inventory; /* NULL: none yet, or not readable */
    Table *table;
    gboolean has_problem;
} Doctor;

static const CommandOption doctor_options[] = {
    {"config", 'c', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(DoctorOptions, config),
     "the plan file that the nightly job uses", "FILE"},
    DATABASE_OPTION(DoctorOptions, database),
    {0},
};

static const TableColumn columns[] = {
    {"level", "", TABLE_TEXT, 0},
    {"what", "WHAT", TABLE_TEXT, 0},
    {"detail", "DETAIL", TABLE_TEXT, TABLE_WRAP},
    {"remedy", "REMEDY", TABLE_TEXT, TABLE_WRAP},
};

static const struct {
    const char *name;
    TableTone tone;
} levels[] = {
    [LEVEL_FINE] = {"ok", TABLE_TONE_GOOD},
    [LEVEL_HINT] = {"hint", TABLE_TONE_CAUTION},
    [LEVEL_PROBLEM] = {"problem", TABLE_TONE_BAD},
};
G_STATIC_ASSERT(G_N_ELEMENTS(levels) == LEVEL_COUNT);

/* A night is late when the last one is older than this. */
#define LATE_AFTER_S ((gint64)36 * 3600)
#define MAX_NAMED 5 /* hosts in a row */
#define LITTLE_ROOM_BYTES (G_GUINT64_CONSTANT(512) << 20)

/* One row; takes DETAIL. */
static void
report(Doctor *doctor, Level level, const char *what, char *detail, const char *remedy)
{
    table_add_text(doctor->table, levels[level].name);
    table_tone(doctor->table, levels[level].tone);
    table_add_text(doctor->table, what);
    table_add_text(doctor->table, detail);
    table_add_text(doctor->table, remedy != NULL ? remedy : "");
    if (level == LEVEL_PROBLEM)
        doctor->has_problem = TRUE;
    g_free(detail);
}

static void
check_plan_file(Doctor *doctor)
{
    const char *path = doctor->options->config;
    g_autoptr(GError) error = NULL;

    if (path == NULL)
        report(doctor, LEVEL_HINT, "plan file", g_strdup("none given"),
               "name the nightly job's with -c FILE");
    else if (planning_read_settings(path, &doctor->settings, &doctor->map, &error))
        report(doctor, LEVEL_FINE, "plan file",
               g_strdup_printf("%s: pools: %u, sources: %u, live hosts: %u", path,
                               doctor->settings->pools->len, doctor->settings->sources->len,
                               doctor->settings->collect->len),
               NULL);
    else
        report(doctor, LEVEL_PROBLEM, "plan file", g_strdup(error->message),
               g_error_matches(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_READ)
                   ? "name the plan file with -c FILE; virt-plan-plan-file(5) has an example"
                   : "mend that line; virt-plan-plan-file(5) explains every key");
}

static void
check_cpu_map(Doctor *doctor)
{
    if (doctor->map == NULL)
        doctor->map = cpu_map_new_builtin();
    report(doctor, LEVEL_FINE, "CPU map",
           g_strdup_printf("%s: %u x86 models, %u features", cpu_map_origin(doctor->map),
                           cpu_map_n_models(doctor->map, CPU_FAMILY_X86),
                           cpu_map_n_features(doctor->map, CPU_FAMILY_X86)),
           NULL);
}

static gboolean
is_empty_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);

    return folder != NULL && g_dir_read_name(folder) == NULL;
}

/* The night tells it of archives alone: a file that did not change may not be brought anew. */
static void
check_ages(Doctor *doctor, const char *source)
{
    g_autoptr(GPtrArray) stale = stale_entries_find(source);
    g_autofree char *names = words_list(stale, MAX_NAMED);

    if (stale->len > 0)
        report(doctor, LEVEL_HINT, "source",
               g_strdup_printf("%s: more than %d days older than the newest: %s", source,
                               STALE_DAYS, names),
               "see whether the collector still reaches these hosts");
}

static void
check_sources(Doctor *doctor)
{
    const PlanSettings *settings = doctor->settings;

    for (guint i = 0; settings != NULL && i < settings->sources->len; i++) {
        const char *path = g_ptr_array_index(settings->sources, i);

        if (is_empty_folder(path))
            report(doctor, LEVEL_HINT, "source", g_strdup_printf("%s: the folder is empty", path),
                   "mount it, or let the collector put the hosts' documents there");
        else if (g_access(path, R_OK) == 0)
            report(doctor, LEVEL_FINE, "source", g_strdup(path), NULL);
        else
            report(doctor, LEVEL_PROBLEM, "source",
                   g_strdup_printf("%s: %s", path, g_strerror(errno)),
                   "let the collector put the hosts' documents there, or mend the path");
        check_ages(doctor, path);
    }
    if (settings != NULL && settings->collect->len > 0 && !collect_is_available())
        report(doctor, LEVEL_PROBLEM, "live hosts",
               g_strdup("libvirt's client library is not here, or was not when this was built"),
               "install libvirt0 (to build: libvirt-dev), or ship files instead");
}

/* The nearest folder above PATH that is there. */
static char *
existing_folder(const char *path)
{
    char *folder = g_path_get_dirname(path);

    while (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        char *parent = g_path_get_dirname(folder);

        g_free(folder);
        folder = parent;
    }
    return folder;
}

static void
check_room(Doctor *doctor, const char *what, const char *path)
{
    g_autofree char *folder = existing_folder(path);
    struct statvfs room;

    if (g_access(folder, W_OK) != 0) {
        report(doctor, LEVEL_PROBLEM, what, g_strdup_printf("%s: %s", folder, g_strerror(errno)),
               "let the user that runs the job write there");
        return;
    }
    guint64 n_free = statvfs(folder, &room) == 0 ? (guint64)room.f_bavail * room.f_frsize : 0;
    g_autofree char *size = g_format_size_full(n_free, G_FORMAT_SIZE_IEC_UNITS);
    gboolean is_little = n_free < LITTLE_ROOM_BYTES;
    report(doctor, is_little ? LEVEL_PROBLEM : LEVEL_FINE, what,
           g_strdup_printf("%s: %s free", path, size), is_little ? "make room" : NULL);
}

static void
check_inventory(Doctor *doctor)
{
    g_autofree char *path = database_path(doctor->options->database, doctor->settings);
    g_autoptr(GError) error = NULL;

    check_room(doctor, "inventory", path);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        report(doctor, LEVEL_HINT, "inventory", g_strdup("there is none yet"),
               "the first 'virt-plan run' makes it");
        return;
    }
    doctor->inventory = database_open_to_read(doctor->options->database, doctor->settings, &error);
    if (doctor->inventory != NULL && inventory_check(doctor->inventory, &error))
        return;
    /* The message tells what to do. */
    report(doctor, LEVEL_PROBLEM, "inventory", g_strdup(error->message), NULL);
    g_clear_pointer(&doctor->inventory, inventory_close);
}

/*
 * "5 hours ago", in the greatest unit that there are two of. Owned by the caller. Clocks that are
 * less than an hour apart are the same.
 */
static char *
describe_age(gint64 seconds)
{
    static const struct {
        gint64 seconds;
        const char *name;
    } units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}};

    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (seconds >= 2 * units[i].seconds)
            return g_strdup_printf("%" G_GINT64_FORMAT " %s ago", seconds / units[i].seconds,
                                   units[i].name);
    return g_strdup(seconds > -units[1].seconds ? "just now" : "in the future");
}

static void
check_last_run(Doctor *doctor)
{
    if (doctor->inventory == NULL)
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) runs = inventory_runs(doctor->inventory, 1, &error);
    if (runs == NULL) {
        report(doctor, LEVEL_PROBLEM, "last run", g_strdup(error->message), NULL);
        return;
    }
    if (runs->len == 0) {
        report(doctor, LEVEL_HINT, "last run", g_strdup("none has finished yet"),
               "start one with 'virt-plan run'");
        return;
    }
    const InventoryRun *run = &g_array_index(runs, InventoryRun, 0);
    gint64 age_s = database_now_s() - run->finished_at;
    gboolean is_late = age_s > LATE_AFTER_S, is_early = age_s <= -3600;
    g_autofree char *age = describe_age(age_s);
    const char *remedy = is_late    ? "see 'systemctl status virt-plan.timer'"
                         : is_early ? "compare this system's clock with another one"
                                    : NULL;
    report(doctor, remedy != NULL ? LEVEL_PROBLEM : LEVEL_FINE, "last run",
           g_strdup_printf("%s: %u host%s, %u document%s in quarantine", age, run->n_hosts,
                           words_plural(run->n_hosts), run->n_quarantined,
                           words_plural(run->n_quarantined)),
           remedy);
}

/* ---- hosts ---------------------------------------------------------------------------------- */

/* WHAT the SILENT ones (names, of char*) do not tell, and all others do. */
static void
report_silent(Doctor *doctor, const char *row, const Fleet *fleet, const GPtrArray *silent,
              const char *what, const char *remedy)
{
    if (silent->len == 0) {
        report(doctor, LEVEL_FINE, row, g_strdup_printf("all tell %s", what), NULL);
        return;
    }
    g_autofree char *names = words_list(silent, MAX_NAMED);
    report(
        doctor, LEVEL_HINT, row,
        g_strdup_printf("%u of %u do not tell %s: %s", silent->len, fleet->hosts->len, what, names),
        remedy);
}

/* Without domain capabilities a host is planned with, but by what its CPU has. */
static void
check_what_kvm_gives(Doctor *doctor, const Fleet *fleet)
{
    g_autoptr(GPtrArray) silent = g_ptr_array_new();

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const Host *host = fleet_host(fleet, i);

        if (fleet_host_domain_capabilities(fleet, host, fleet_host_arch(fleet, host),
                                           DOMAIN_TYPE_KVM, NULL) == FLEET_NO_INDEX)
            g_ptr_array_add(silent, host->name);
    }
    report_silent(doctor, "hosts", fleet, silent, "what KVM gives their guests",
                  "collect their domain capabilities (virsh domcapabilities); until then they are "
                  "planned with what their CPUs have");
}

/* WRITTEN: what the plan file says of HOST; NULL: nothing. */
static gboolean
has_version(const Host *host, const VersionSettings *written, Software software)
{
    return (written != NULL && written->versions[software] != NULL) ||
           fleet_host_told_version(host, software) != NULL;
}

/* "their QEMU and kernel": those that IS_MISSING says. */
static char *
name_software(const gboolean is_missing[SOFTWARE_COUNT])
{
    GString *names = g_string_new("their ");
    guint n = 0, n_missing = 0;

    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        n_missing += is_missing[i] ? 1 : 0;
    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        if (is_missing[i])
            g_string_append_printf(names, "%s%s",
                                   n++ == 0         ? ""
                                   : n == n_missing ? " and "
                                                    : ", ",
                                   software_name(i));
    return g_string_free(names, FALSE);
}

/* Without versions a host is planned with, but for trouble between two of them. */
static void
check_versions(Doctor *doctor, const Fleet *fleet)
{
    g_autofree const VersionSettings **written =
        doctor->settings != NULL ? plan_settings_host_versions(doctor->settings, fleet) : NULL;
    static const gboolean is_any[SOFTWARE_COUNT] = {TRUE, TRUE, TRUE};
    gboolean is_missing[SOFTWARE_COUNT] = {FALSE};
    g_autoptr(GPtrArray) silent = g_ptr_array_new();

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const Host *host = fleet_host(fleet, i);
        gboolean is_silent = FALSE;

        for (guint k = 0; k < SOFTWARE_COUNT; k++)
            if (!has_version(host, written != NULL ? written[i] : NULL, k))
                is_missing[k] = is_silent = TRUE;
        if (is_silent)
            g_ptr_array_add(silent, host->name);
    }
    g_autofree char *what = name_software(silent->len > 0 ? is_missing : is_any);
    report_silent(
        doctor, "versions", fleet, silent, what,
        "collect them ('virsh version --daemon' and 'uname -sr'), or write 'versions' into "
        "the plan file; until then trouble between two versions is not always ruled out");
}

static void
check_hosts(Doctor *doctor)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Fleet) fleet =
        doctor->inventory != NULL ? inventory_load_fleet(doctor->inventory, 0, NULL, &error) : NULL;

    if (error != NULL)
        report(doctor, LEVEL_PROBLEM, "hosts", g_strdup(error->message), NULL);
    if (fleet == NULL || fleet->hosts->len == 0)
        return;
    check_what_kvm_gives(doctor, fleet);
    check_versions(doctor, fleet);
}

/* ---- around the job ------------------------------------------------------------------------- */

static void
check_output(Doctor *doctor)
{
    if (doctor->settings == NULL)
        return;
    check_room(doctor, "reports", doctor->settings->output);
    if (doctor->settings->metrics == NULL)
        return;
    g_autofree char *folder = g_path_get_dirname(doctor->settings->metrics);
    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        check_room(doctor, "metrics", doctor->settings->metrics);
    else
        report(doctor, LEVEL_PROBLEM, "metrics",
               g_strdup_printf("%s: there is no such folder", folder),
               "make it, or name a file elsewhere under 'metrics'");
}

static void
check_timer(Doctor *doctor)
{
    static const char wanted[] = "/etc/systemd/system/timers.target.wants/virt-plan.timer";

    if (!g_file_test("/run/systemd/system", G_FILE_TEST_IS_DIR))
        report(doctor, LEVEL_HINT, "timer", g_strdup("this system does not run systemd"),
               "let cron start 'virt-plan run' every night");
    else if (g_file_test(wanted, G_FILE_TEST_IS_SYMLINK))
        report(doctor, LEVEL_FINE, "timer", g_strdup("virt-plan.timer is enabled"), NULL);
    else
        report(doctor, LEVEL_HINT, "timer", g_strdup("virt-plan.timer is not enabled"),
               "systemctl enable --now virt-plan.timer");
}

static void (*const checks[])(Doctor *doctor) = {
    check_plan_file, check_cpu_map, check_sources, check_inventory,
    check_last_run,  check_hosts,   check_output,  check_timer,
};

static ExitStatus
run_doctor(CommandContext *context, const void *options, GError **error)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    Doctor doctor = {.options = options, .table = table};

    (void)error;
    for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
        checks[i](&doctor);
    table_print(table, context->format, &context->style, context->out);
    g_clear_pointer(&doctor.inventory, inventory_close);
    g_clear_pointer(&doctor.settings, plan_settings_free);
    g_clear_pointer(&doctor.map, cpu_map_unref);
    return doctor.has_problem ? EXIT_ANSWER_NO : EXIT_WELL;
}

const Command command_doctor = {
    .name = "doctor",
    .summary = "Check this site's set-up and say what is missing",
    .synopsis = "[-c PLAN-FILE]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_TAKES_NO_ARGUMENT,
    .options = doctor_options,
    .options_size = sizeof(DoctorOptions),
    .run = run_doctor,
};
