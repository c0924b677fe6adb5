/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The history of one host. Its states are read in their order, and each aspect of a state (its CPU,
 * its microcode, ...) becomes an interval that goes on as long as the aspect stays the same,
 * through states that differ in something else.
 */

#include "inventory_private.h"
#include "store.h"

#include <cpumodel/text_list.h>

/* A row of host_state with what its report says; ids are 0 where there is nothing. */
typedef struct {
    gint64 first_run, last_run; /* last_run 0: still so */
    gint64 first_at, last_at;
    gint64 before_at, after_at; /* when the runs next to these began; 0: there is none */
    gint64 cpu, machines, capabilities, domain_set, software_id;
    gint64 microcode, memory_kib, n_cpus, n_numa_cells, sockets, cores, threads;
    char *uuid; /* of the system; NULL: not told */
    HostSoftware *software;
} State;

static void
state_clear(gpointer data)
{
    State *state = data;

    g_free(state->uuid);
    host_software_free(state->software);
}

/* What is told about an aspect, and the features that it brings. */
typedef struct {
    char *text;
    GPtrArray *features; /* of char*, sorted; NULL when the aspect brings none */
    char *basis; /* what the features are beside of; lists of another basis cannot be compared */
} Description;

static void
description_clear(Description *description)
{
    g_clear_pointer(&description->text, g_free);
    g_clear_pointer(&description->features, g_ptr_array_unref);
    g_clear_pointer(&description->basis, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Description, description_clear)

typedef struct {
    const char *what;
    /* What stays the same while the aspect does; NULL when the state says nothing of it. */
    char *(*identity)(const State *state);
    gboolean (*describe)(Connection *connection, const State *state, Description *ret_description,
                         GError **error);
} Aspect;

/* ---- features -------------------------------------------------------------------------------- */

static void
add_features(const CpuDefinition *cpu, GPtrArray *names)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature =
            &g_array_index(cpu->features, CpuDefinitionFeature, i);

        if (feature->policy != CPU_POLICY_DISABLE && feature->policy != CPU_POLICY_FORBID &&
            !g_ptr_array_find_with_equal_func(names, feature->name, g_str_equal, NULL))
            g_ptr_array_add(names, g_strdup(feature->name));
    }
    text_list_sort(names);
}

/* Appends "; WORD a, b, c" with the names of A that B lacks. */
static void
append_difference(GString *text, const char *word, GPtrArray *a, GPtrArray *b)
{
    gboolean is_first = TRUE;

    for (guint i = 0; i < a->len; i++) {
        const char *name = g_ptr_array_index(a, i);

        if (g_ptr_array_find_with_equal_func(b, name, g_str_equal, NULL))
            continue;
        if (is_first)
            g_string_append_printf(text, "; %s %s", word, name);
        else
            g_string_append_printf(text, ", %s", name);
        is_first = FALSE;
    }
}

/* ---- aspects --------------------------------------------------------------------------------- */

static char *
identity_of(gint64 number)
{
    return number != 0 ? g_strdup_printf("%" G_GINT64_FORMAT, number) : NULL;
}

static char *
system_identity(const State *state)
{
    return g_strdup(state->uuid);
}

static gboolean
system_describe(Connection *connection, const State *state, Description *ret_description,
                GError **error)
{
    (void)connection;
    (void)error;
    ret_description->text = g_strdup_printf("system with UUID %s", state->uuid);
    return TRUE;
}

static char *
cpu_identity(const State *state)
{
    return identity_of(state->cpu);
}

static char *
cpu_text(const CpuDefinition *cpu, guint physical_address_bits, guint n_features)
{
    GString *text = g_string_new(cpu->vendor);

    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                           cpu->model != NULL ? cpu->model : "CPU without a model");
    if (n_features > 0)
        g_string_append_printf(text, ", %u feature%s", n_features, n_features == 1 ? "" : "s");
    else if (cpu->features->len > 0)
        g_string_append_printf(text, " with %u feature%s more", cpu->features->len,
                               cpu->features->len == 1 ? "" : "s");
    if (physical_address_bits > 0)
        g_string_append_printf(text, ", %u physical address bits", physical_address_bits);
    return g_string_free(text, FALSE);
}

static gboolean
cpu_describe(Connection *connection, const State *state, Description *ret_description,
             GError **error)
{
    g_autoptr(GPtrArray) features = g_ptr_array_new_with_free_func(g_free);
    CpuProfile *profile = cpu_store_load_profile(connection, state->cpu, error);

    if (profile == NULL)
        return FALSE;
    gboolean is_well = cpu_store_load_expansion(connection, state->cpu, features, error);
    ret_description->text = cpu_text(profile->cpu, profile->physical_address_bits, features->len);
    if (features->len == 0) {
        add_features(profile->cpu, features);
        ret_description->basis = g_strdup(profile->cpu->model);
    }
    ret_description->features = g_steal_pointer(&features);
    cpu_definition_free(profile->cpu);
    g_free(profile);
    return is_well;
}

static char *
microcode_identity(const State *state)
{
    return identity_of(state->microcode);
}

static gboolean
microcode_describe(Connection *connection, const State *state, Description *ret_description,
                   GError **error)
{
    (void)connection;
    (void)error;
    ret_description->text =
        g_strdup_printf("microcode version 0x%" G_GINT64_MODIFIER "x", state->microcode);
    return TRUE;
}

static char *
machines_identity(const State *state)
{
    return identity_of(state->machines);
}

static gboolean
machines_describe(Connection *connection, const State *state, Description *ret_description,
                  GError **error)
{
    g_autoptr(MachineProfile) profile =
        profile_store_load_machines(connection, state->machines, error);
    guint n_machines = 0, version = 0;

    if (profile == NULL)
        return FALSE;
    for (guint i = 0; i < profile->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(profile->guests, i);

        n_machines += guest->machines->len;
        version = MAX(version, machine_profile_qemu_version(profile, guest->arch));
    }
    ret_description->text = version == 0
                                ? g_strdup_printf("%u machine types", n_machines)
                                : g_strdup_printf("%u machine types, as of QEMU %u.%u", n_machines,
                                                  version / 1000, version % 1000);
    return TRUE;
}

static char *
capabilities_identity(const State *state)
{
    return identity_of(state->capabilities);
}

static gboolean
capabilities_describe(Connection *connection, const State *state, Description *ret_description,
                      GError **error)
{
    g_autoptr(CapabilityProfile) profile =
        profile_store_load_capabilities(connection, state->capabilities, error);

    if (profile == NULL)
        return FALSE;
    GString *text =
        g_string_new(profile->can_live_migrate ? "live migration" : "no live migration");
    for (guint i = 0; i < profile->transports->len; i++)
        g_string_append_printf(text, "%s %s", i == 0 ? " over" : ",",
                               (const char *)g_ptr_array_index(profile->transports, i));
    for (guint i = 0; i < profile->security_models->len; i++) {
        const SecurityModel *model = g_ptr_array_index(profile->security_models, i);

        g_string_append_printf(text, "%s %s", i == 0 ? "; security models" : ",",
                               model->model != NULL ? model->model : "without a name");
    }
    ret_description->text = g_string_free(text, FALSE);
    return TRUE;
}

static char *
domains_identity(const State *state)
{
    return identity_of(state->domain_set);
}

static void
describe_domain(const DomainCapabilities *domain, GString *text, GString *basis,
                GPtrArray *features)
{
    const CpuDefinition *cpu = domain->host_model_cpu;

    g_string_append_printf(text, "%s%s %s %s", text->len > 0 ? ", " : "",
                           cpu_arch_name(domain->arch), domain_type_name(domain->domain_type),
                           domain->machine != NULL ? domain->machine : "any machine");
    if (cpu == NULL)
        return;
    const char *model = cpu->model != NULL ? cpu->model : "unnamed";
    g_string_append_printf(text, " (host-model %s)", model);
    g_string_append_printf(basis, "%s ", model);
    add_features(cpu, features);
}

static gint
compare_domains(gconstpointer a, gconstpointer b)
{
    const DomainCapabilities *left = *(const DomainCapabilities *const *)a;
    const DomainCapabilities *right = *(const DomainCapabilities *const *)b;
    gint order = (gint)left->arch - (gint)right->arch;

    if (order == 0)
        order = (gint)left->domain_type - (gint)right->domain_type;
    if (order == 0)
        order = g_strcmp0(left->machine, right->machine);
    return order != 0 ? order : g_strcmp0(left->emulator, right->emulator);
}

static gboolean
domains_describe(Connection *connection, const State *state, Description *ret_description,
                 GError **error)
{
    g_autoptr(GArray) members = domain_store_load_set(connection, state->domain_set, error);
    g_autoptr(GPtrArray) features = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) domains =
        g_ptr_array_new_with_free_func((GDestroyNotify)domain_capabilities_unref);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) basis = g_string_new(NULL);

    if (members == NULL)
        return FALSE;
    for (guint i = 0; i < members->len; i++) {
        DomainCapabilities *domain =
            domain_store_load(connection, g_array_index(members, gint64, i), error);

        if (domain == NULL)
            return FALSE;
        g_ptr_array_add(domains, domain);
    }
    g_ptr_array_sort(domains, compare_domains);
    for (guint i = 0; i < domains->len; i++)
        describe_domain(g_ptr_array_index(domains, i), text, basis, features);
    ret_description->text = g_strdup(text->str);
    ret_description->basis = g_strdup(basis->str);
    ret_description->features = g_steal_pointer(&features);
    return TRUE;
}

static char *
software_identity(const State *state)
{
    return identity_of(state->software_id);
}

static gboolean
software_describe(Connection *connection, const State *state, Description *ret_description,
                  GError **error)
{
    GString *text = g_string_new(NULL);

    (void)connection;
    (void)error;
    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        if (state->software->versions[i] != NULL)
            g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "",
                                   software_name((Software)i), state->software->versions[i]);
    }
    ret_description->text = g_string_free(text, FALSE);
    return TRUE;
}

static char *
size_identity(const State *state)
{
    if (state->n_cpus == 0 && state->memory_kib == 0)
        return NULL;
    return g_strdup_printf("%d %d %d %d %d %" G_GINT64_FORMAT, (int)state->n_cpus,
                           (int)state->n_numa_cells, (int)state->sockets, (int)state->cores,
                           (int)state->threads, state->memory_kib);
}

static gboolean
size_describe(Connection *connection, const State *state, Description *ret_description,
              GError **error)
{
    (void)connection;
    (void)error;
    ret_description->text =
        g_strdup_printf("%d CPUs in %d NUMA cell%s (%d sockets, %d cores, %d threads), %.1f GiB",
                        (int)state->n_cpus, (int)state->n_numa_cells,
                        state->n_numa_cells == 1 ? "" : "s", (int)state->sockets, (int)state->cores,
                        (int)state->threads, (double)state->memory_kib / (1024 * 1024));
    return TRUE;
}

/* In the order in which they are told when they begin together. */
static const Aspect aspects[] = {
    {"system", system_identity, system_describe},
    {"cpu", cpu_identity, cpu_describe},
    {"microcode", microcode_identity, microcode_describe},
    {"machines", machines_identity, machines_describe},
    {"capabilities", capabilities_identity, capabilities_describe},
    {"domain capabilities", domains_identity, domains_describe},
    {"software", software_identity, software_describe},
    {"size", size_identity, size_describe},
};

/* ---- intervals ------------------------------------------------------------------------------- */

static void
history_entry_free(gpointer data)
{
    HistoryEntry *entry = data;

    g_free(entry->what);
    g_free(entry->text);
    g_free(entry);
}

static HistoryEntry *
add_entry(GPtrArray *entries, const char *what, const State *state, char *text)
{
    HistoryEntry *entry = g_new0(HistoryEntry, 1);

    entry->what = g_strdup(what);
    entry->text = text;
    entry->first_run = state->first_run;
    entry->first_at = state->first_at;
    entry->last_run = state->last_run;
    entry->last_at = state->last_at;
    g_ptr_array_add(entries, entry);
    return entry;
}

static void
prolong(HistoryEntry *entry, const State *state)
{
    entry->last_run = state->last_run;
    entry->last_at = state->last_at;
}

/* The interval of one aspect that is going on, and what it was about. */
typedef struct {
    HistoryEntry *entry; /* NULL: none */
    char *identity;
    Description description; /* of the last one that was told */
} Going;

static void
going_clear(Going *going)
{
    g_free(going->identity);
    description_clear(&going->description);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Going, going_clear)

static gboolean
begin_entry(Connection *connection, const Aspect *aspect, const State *state, Going *going,
            GPtrArray *entries, GError **error)
{
    g_auto(Description) description = {0};

    if (!aspect->describe(connection, state, &description, error))
        return FALSE;
    GString *text = g_string_new(description.text);
    if (description.features != NULL && going->description.features != NULL &&
        g_strcmp0(description.basis, going->description.basis) == 0) {
        append_difference(text, "lost", going->description.features, description.features);
        append_difference(text, "gained", description.features, going->description.features);
    }
    going->entry = add_entry(entries, aspect->what, state, g_string_free(text, FALSE));
    description_clear(&going->description);
    going->description = description;
    description = (Description){0};
    return TRUE;
}

static gboolean
add_aspect(Connection *connection, const Aspect *aspect, const GArray *states, GPtrArray *entries,
           GError **error)
{
    g_auto(Going) going = {0};
    gint64 expected_run = 0;

    for (guint i = 0; i < states->len; i++) {
        const State *state = &g_array_index(states, State, i);
        g_autofree char *identity = aspect->identity(state);
        gboolean is_same = going.entry != NULL && state->first_run == expected_run &&
                           g_strcmp0(identity, going.identity) == 0;

        expected_run = state->last_run + 1;
        if (is_same) {
            prolong(going.entry, state);
            continue;
        }
        going.entry = NULL;
        g_free(going.identity);
        going.identity = g_steal_pointer(&identity);
        if (going.identity != NULL &&
            !begin_entry(connection, aspect, state, &going, entries, error))
            return FALSE;
    }
    return TRUE;
}

/* What lies between the states BEFORE and AFTER; NULL: the host is gone. */
static void
add_absence(const State *before, const State *after, GPtrArray *entries)
{
    State gap = {.first_run = before->last_run + 1, .first_at = before->after_at};

    if (after != NULL) {
        gap.last_run = after->first_run - 1;
        gap.last_at = after->before_at;
    }
    add_entry(entries, "presence", &gap, g_strdup("absent"));
}

/* "present" for each unbroken row of states, "absent" for each gap and for a host that is gone. */
static void
add_presence(const GArray *states, GPtrArray *entries)
{
    const State *last = NULL;
    HistoryEntry *present = NULL;

    for (guint i = 0; i < states->len; i++) {
        const State *state = &g_array_index(states, State, i);

        if (last != NULL && last->last_run + 1 == state->first_run) {
            prolong(present, state);
        } else {
            if (last != NULL)
                add_absence(last, state, entries);
            present = add_entry(entries, "presence", state, g_strdup("present"));
        }
        last = state;
    }
    if (last != NULL && last->last_run != 0)
        add_absence(last, NULL, entries);
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    const HistoryEntry *left = *(const HistoryEntry *const *)a;
    const HistoryEntry *right = *(const HistoryEntry *const *)b;

    return (left->first_run > right->first_run) - (left->first_run < right->first_run);
}

/* ---- reading --------------------------------------------------------------------------------- */

QUERY(select_states,
      "SELECT state.first_run, state.last_run, first.started_at AS first_at,"
      " last.started_at AS last_at, earlier.started_at AS before_at, later.started_at AS after_at,"
      " cpu_profile_id, machine_profile_id, capability_profile_id,"
      " domain_set_id, uuid, microcode, memory_kib, n_cpus, n_numa_cells, sockets, cores, threads,"
      " software_id, qemu, libvirt, kernel"
      " FROM host JOIN host_state AS state ON state.host_id = host.id"
      " JOIN run AS first ON first.id = state.first_run"
      " LEFT JOIN run AS last ON last.id = state.last_run"
      " LEFT JOIN run AS earlier ON earlier.id = state.first_run - 1"
      " LEFT JOIN run AS later ON later.id = state.last_run + 1"
      " LEFT JOIN host_report ON host_report.id = state.host_report_id"
      " LEFT JOIN software ON software.id = state.software_id"
      " WHERE host.name = :name ORDER BY state.first_run");

static GArray *
read_states(Inventory *inventory, const char *host, GError **error)
{
    g_autoptr(GArray) states = g_array_new(FALSE, FALSE, sizeof(State));
    Statement *statement = connection_statement(inventory->connection, &select_states);

    g_array_set_clear_func(states, state_clear);
    statement_bind_text(statement, ":name", host);
    while (statement_next(statement)) {
        const State state = {
            .first_run = statement_int(statement, "first_run"),
            .last_run = statement_int(statement, "last_run"),
            .first_at = statement_int(statement, "first_at"),
            .last_at = statement_int(statement, "last_at"),
            .before_at = statement_int(statement, "before_at"),
            .after_at = statement_int(statement, "after_at"),
            .cpu = statement_int(statement, "cpu_profile_id"),
            .machines = statement_int(statement, "machine_profile_id"),
            .capabilities = statement_int(statement, "capability_profile_id"),
            .domain_set = statement_int(statement, "domain_set_id"),
            .uuid = g_strdup(statement_text(statement, "uuid")),
            .microcode = statement_int(statement, "microcode"),
            .memory_kib = statement_int(statement, "memory_kib"),
            .n_cpus = statement_int(statement, "n_cpus"),
            .n_numa_cells = statement_int(statement, "n_numa_cells"),
            .sockets = statement_int(statement, "sockets"),
            .cores = statement_int(statement, "cores"),
            .threads = statement_int(statement, "threads"),
            .software_id = statement_int(statement, "software_id"),
            .software = software_store_read(statement),
        };

        g_array_append_val(states, state);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&states) : NULL;
}

GPtrArray *
inventory_host_history(Inventory *inventory, const char *host, GError **error)
{
    g_autoptr(GArray) states = read_states(inventory, host, error);
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(history_entry_free);

    if (states == NULL)
        return NULL;
    if (states->len == 0) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND,
                    "%s: no document ever described a host '%s': 'virt-plan hosts' lists them",
                    connection_path(inventory->connection), host);
        return NULL;
    }
    add_presence(states, entries);
    for (guint i = 0; i < G_N_ELEMENTS(aspects); i++) {
        if (!add_aspect(inventory->connection, &aspects[i], states, entries, error))
            return NULL;
    }
    /* Stable: what begins together stays in the order of the aspects. */
    g_ptr_array_sort(entries, compare_entries);
    return g_steal_pointer(&entries);
}

/* ---- which hosts there are ------------------------------------------------------------------- */

QUERY(select_names, "SELECT name FROM host WHERE EXISTS (SELECT 1 FROM host_state"
                    " WHERE host_state.host_id = host.id) ORDER BY name");

GPtrArray *
inventory_host_names(Inventory *inventory, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Statement *statement = connection_statement(inventory->connection, &select_names);

    while (statement_next(statement))
        g_ptr_array_add(names, g_strdup(statement_string(statement, "name")));
    return statement_finish(statement, error) ? g_steal_pointer(&names) : NULL;
}
