/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Guests, where they can go, and their device maps.
 *
 * Guests that are alike share their targets in the plan, and so they do here: an OUTLOOK is written
 * once for all of them. Its targets are runs of neighbouring groups with the same answers.
 */

#include "plan_json.h"

typedef struct {
    GHashTable *indexes; /* GArray* of targets -> position + 1 */
    GArray *firsts;      /* of guint: the first guest with each outlook, by position */
} Outlooks;

static guint
find_outlook(Outlooks *outlooks, const Plan *plan, guint index)
{
    const GuestPlan *guest = plan->guests->pdata[index];
    guint position = GPOINTER_TO_UINT(g_hash_table_lookup(outlooks->indexes, guest->targets));

    if (position == 0) {
        g_array_append_val(outlooks->firsts, index);
        position = outlooks->firsts->len;
        g_hash_table_insert(outlooks->indexes, guest->targets, GUINT_TO_POINTER(position));
    }
    return position - 1;
}

typedef struct {
    guint32 blocker; /* in the document's list */
    Verdict severity;
    guint32 n_hosts;
} Reason;

static gint
compare_reasons(gconstpointer a, gconstpointer b)
{
    const Reason *left = a, *right = b;

    if (left->severity != right->severity)
        return left->severity < right->severity ? 1 : -1;
    if (left->n_hosts != right->n_hosts)
        return left->n_hosts < right->n_hosts ? 1 : -1;
    return (left->blocker > right->blocker) - (left->blocker < right->blocker);
}

/* Adds N_HOSTS to the reason of BLOCKER. */
static void
add_reason(GArray *reasons, Blocker *blocker, guint32 n_hosts, BlockerTable *table)
{
    Reason reason = {blocker_table_index(table, blocker), blocker->severity, n_hosts};

    for (guint i = 0; i < reasons->len; i++) {
        Reason *known = &g_array_index(reasons, Reason, i);

        if (known->blocker == reason.blocker) {
            known->n_hosts += n_hosts;
            return;
        }
    }
    g_array_append_val(reasons, reason);
}

/* What is against migrating, with the number of other hosts that it holds for; the worst first. */
static GArray *
collect_reasons(const Plan *plan, const GuestPlan *guest, BlockerTable *table)
{
    g_autofree guint32 *n_hosts = g_new0(guint32, guest->outcomes->len);
    GArray *reasons = g_array_new(FALSE, FALSE, sizeof(Reason));
    const guint32 own = guest->host != FLEET_NO_INDEX
                            ? g_array_index(plan->group_of, guint32, guest->host)
                            : FLEET_NO_INDEX;

    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);
        const HostGroup *group = plan->groups->pdata[target->group];

        n_hosts[target->can_migrate] += group->hosts->len - (target->group == own ? 1 : 0);
    }
    for (guint i = 0; i < guest->outcomes->len; i++) {
        const Outcome *outcome = guest->outcomes->pdata[i];

        for (guint b = 0; b < outcome->blockers->len && n_hosts[i] > 0; b++)
            add_reason(reasons, outcome->blockers->pdata[b], n_hosts[i], table);
    }
    g_array_sort(reasons, compare_reasons);
    return reasons;
}

static void
write_reasons(JsonWriter *json, const Plan *plan, const GuestPlan *guest, BlockerTable *table)
{
    g_autoptr(GArray) reasons = collect_reasons(plan, guest, table);

    json_begin_line(json, "reasons");
    for (guint i = 0; i < reasons->len; i++) {
        const Reason *reason = &g_array_index(reasons, Reason, i);
        guint32 numbers[2] = {reason->blocker, reason->n_hosts};

        json_numbers(json, NULL, numbers, G_N_ELEMENTS(numbers));
    }
    json_end_line(json);
}

static gboolean
continues(const GuestTarget *run, guint n, const GuestTarget *next)
{
    return next->group == run->group + n && next->can_start == run->can_start &&
           next->can_migrate == run->can_migrate;
}

static void
write_targets(JsonWriter *json, const GArray *targets)
{
    json_begin_line(json, "targets");
    for (guint i = 0, n; i < targets->len; i += n) {
        const GuestTarget *run = &g_array_index(targets, GuestTarget, i);

        n = 1;
        while (i + n < targets->len &&
               continues(run, n, &g_array_index(targets, GuestTarget, i + n)))
            n++;
        guint32 numbers[4] = {run->group, n, run->can_start, run->can_migrate};
        json_numbers(json, NULL, numbers, G_N_ELEMENTS(numbers));
    }
    json_end_line(json);
}

/* Could it start again where it is? NULL: it is not known where, or what that host can do. */
static const char *
starts_here(const GuestPlan *guest)
{
    if (guest->can_start_here == FLEET_NO_INDEX)
        return NULL;
    return verdict_name(((const Outcome *)guest->outcomes->pdata[guest->can_start_here])->verdict);
}

static void
write_guest(JsonWriter *json, const Plan *plan, guint index, Outlooks *outlooks)
{
    const GuestPlan *guest = plan->guests->pdata[index];
    const Guest *record = plan->fleet->guests->pdata[guest->guest];
    g_autofree char *cpu = summary_guest_cpu(record);

    json_begin_object(json, NULL);
    json_string(json, "name", record->name);
    json_string(json, "uuid", record->uuid);
    json_number_or_null(json, "host", guest->host, FLEET_NO_INDEX);
    json_number_or_null(json, "pool", guest->pool, FLEET_NO_INDEX);
    json_boolean(json, "is_running", record->is_running);
    json_string(json, "machine", record->machine);
    json_string(json, "cpu", cpu);
    json_number_or_null(json, "memory_kib", record->memory_kib, 0);
    json_number_or_null(json, "n_vcpus", record->n_vcpus, 0);
    json_string(json, "state", guest_freedom_name(guest->freedom));
    json_boolean(json, "is_stuck", guest->freedom == GUEST_STUCK);
    json_string(json, "starts_here", starts_here(guest));
    json_number(json, "n_start_hosts", guest->n_start_hosts);
    json_number(json, "n_migrate_hosts", guest->n_migrate_hosts);
    json_string(json, "held_by", guest->held_by);
    json_boolean(json, "is_freed_by_template", guest->is_freed_by_template);
    json_string(json, "known_why", guest->known != NULL ? guest->known->why : NULL);
    json_string(json, "known_until", guest->known != NULL ? guest->known->until : NULL);
    json_number(json, "outlook", find_outlook(outlooks, plan, index));
    json_end_object(json);
}

static void
write_outlook(JsonWriter *json, const Plan *plan, const GuestPlan *guest, gboolean has_room,
              BlockerTable *table)
{
    json_begin_object(json, NULL);
    write_reasons(json, plan, guest, table);
    json_indexes(json, "cured_groups", guest->cured_groups);
    if (has_room) {
        write_targets(json, guest->targets);
        plan_json_outcomes(json, guest->outcomes, table);
    } else {
        json_null(json, "targets");
        json_begin_array(json, "outcomes");
        json_end_array(json);
    }
    json_end_object(json);
}

static void
write_outlooks(JsonWriter *json, const Plan *plan, const GArray *firsts,
               const PlanJsonOptions *options, BlockerTable *table)
{
    gsize begin = json->output->text->len;

    json_begin_array(json, "outlooks");
    for (guint i = 0; i < firsts->len; i++) {
        const GuestPlan *guest = plan->guests->pdata[g_array_index(firsts, guint, i)];
        gboolean has_room =
            plan_json_has_room(json->output->text->len - begin, options->max_target_bytes);

        write_outlook(json, plan, guest, has_room, table);
    }
    json_end_array(json);
}

void
plan_json_guests(JsonWriter *json, const Plan *plan, const PlanJsonOptions *options,
                 BlockerTable *table)
{
    g_autoptr(GHashTable) indexes = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) firsts = g_array_new(FALSE, FALSE, sizeof(guint));
    Outlooks outlooks = {indexes, firsts};
    guint n_listed = plan_json_n_listed(options, plan->guests->len);

    json_begin_array(json, "guests");
    for (guint i = 0; i < n_listed; i++)
        write_guest(json, plan, i, &outlooks);
    json_end_array(json);
    json_number(json, "n_guests_left_out", plan->guests->len - n_listed);
    write_outlooks(json, plan, firsts, options, table);
}

/* ---- device maps ---------------------------------------------------------------------------- */

static const char *
device_detail(const Device *device)
{
    if (device->kind == DEVICE_CONTROLLER)
        return controller_model_name(device->controller.model);
    if (device->kind == DEVICE_DISK)
        return disk_bus_words.words[device->disk.bus];
    if (device->kind == DEVICE_INTERFACE)
        return device->interface.model_name;
    return NULL;
}

static void
write_devices(JsonWriter *json, const DomainDevices *devices)
{
    DeviceWalk walk;
    Device *device;

    json_begin_array(json, "devices");
    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        g_autofree char *key = device_key(devices, device);
        g_autofree char *address = device_address_format(&device->address);
        gboolean is_planned = !device_address_equal(&device->address, &device->written);

        json_begin_line(json, NULL);
        json_string(json, NULL, key);
        json_string(json, NULL, address);
        json_string(json, NULL, device_detail(device));
        json_boolean(json, NULL, address != NULL && is_planned);
        json_end_line(json);
    }
    json_end_array(json);
}

static void
write_address_plan(JsonWriter *json, const AddressPlan *plan, gboolean has_room)
{
    json_begin_object(json, NULL);
    json_number(json, "guest", plan->guest);
    json_string(json, "machine", plan->machine);
    json_string(json, "refusal", plan->refusal != NULL ? plan->refusal->text : NULL);
    json_number_or_null(json, "refusal_line", plan->refusal != NULL ? plan->refusal->line : 0, 0);
    json_string(json, "refusal_remedy", plan->refusal != NULL ? plan->refusal->remedy : NULL);
    if (plan->devices == NULL || !has_room)
        json_null(json, "devices");
    else
        write_devices(json, plan->devices);
    json_begin_array(json, "findings");
    for (guint i = 0; i < plan->findings->len; i++)
        plan_json_finding(json, plan->findings->pdata[i]);
    json_end_array(json);
    json_end_object(json);
}

void
plan_json_addresses(JsonWriter *json, const Plan *plan, const PlanJsonOptions *options)
{
    guint64 used = 0;
    guint n_listed = plan_json_n_listed(options, plan->addresses->len);
    guint n_left_out = plan->addresses->len - n_listed;

    json_begin_array(json, "addresses");
    for (guint i = 0; i < n_listed; i++) {
        const AddressPlan *addresses = plan->addresses->pdata[i];
        gboolean has_room = plan_json_has_room(used, options->max_device_bytes);
        gsize before = json->output->text->len;

        write_address_plan(json, addresses, has_room);
        if (json->output->text->len > before)
            used += json->output->text->len - before;
        n_left_out += !has_room && addresses->devices != NULL;
    }
    json_end_array(json);
    json_number(json, "n_device_maps_left_out", n_left_out);
}
