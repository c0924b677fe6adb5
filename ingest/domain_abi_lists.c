/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What of a guest's ABI is a list, or follows from several values: hypervisor features, timers, CPU
 * features, vCPUs that are online, NUMA cells, SMBIOS entries, filters of redirected USB devices.
 * Devices are in domain_abi_devices.c.
 *
 * libvirt compares timers and CPU features in the order in which they are written, so the order is
 * a property of its own. Lists are flat: each item is a property of its owner.
 */

#include "domain_abi_private.h"

#include <cpumodel/text_list.h>
#include <stdio.h>
#include <string.h>

void
abi_list_add(const AbiList *list, const AbiRule *rule, const char *item, const xmlNode *node,
             const char *value)
{
    abi_element_add(list->element, rule, item, value, domain_tree_place(list->tree, node).line);
}

const xmlNode *
abi_next_element(const xmlNode *node, const char *name)
{
    while (node != NULL && (node->type != XML_ELEMENT_NODE ||
                            (name != NULL && strcmp((const char *)node->name, name) != 0)))
        node = node->next;
    return node;
}

const xmlNode *
abi_first_element(const xmlNode *parent, const char *name)
{
    return parent == NULL ? NULL : abi_next_element(parent->children, name);
}

/* All attributes of NODE, sorted by name; what is switched on and says no more is "on". */
static char *
all_attributes(const xmlNode *node)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        const char *value =
            attribute->children == NULL ? "" : (const char *)attribute->children->content;

        if (strcmp(name, "state") == 0)
            g_ptr_array_add(words, g_strdup(value));
        else
            g_ptr_array_add(words, g_strdup_printf("%s=%s", name, value));
    }
    if (words->len == 0)
        return g_strdup("on");
    text_list_sort(words);
    g_ptr_array_add(words, NULL);
    return g_strjoinv(" ", (char **)words->pdata);
}

/* ---- features ------------------------------------------------------------------------------- */

static const AbiRule feature_rule = {"feature", "the guest has found it switched so", FALSE};
static const AbiRule hyperv_rule = {"Hyper-V", "a Windows guest works by it", FALSE};
static const AbiRule kvm_rule = {"KVM", "the guest has found it switched so", FALSE};
static const AbiRule tseg_rule = {"SMM memory", "the guest's memory layout depends on it", FALSE};
static const AbiRule hpt_rule = {"HPT page size", "the guest's page tables are of this size",
                                 FALSE};

/* Of the host or of QEMU's own working; libvirt compares none of these. */
static const char *const free_features[] = {"msrs", "tcg", "async-teardown", NULL};

static void
read_hyperv(const AbiList *list, const xmlNode *hyperv)
{
    const char *mode = xml_attr(hyperv, "mode");

    abi_list_add(list, &feature_rule, "hyperv", hyperv, mode != NULL ? mode : "custom");
    for (const xmlNode *node = abi_first_element(hyperv, NULL); node != NULL;
         node = abi_next_element(node->next, NULL)) {
        const char *name = (const char *)node->name;
        const char *wanted = strcmp(name, "spinlocks") == 0   ? "retries"
                             : strcmp(name, "vendor_id") == 0 ? "value"
                                                              : "state";
        const char *value = xml_attr(node, wanted);
        const xmlNode *direct = xml_child(node, "direct");

        if (value != NULL)
            abi_list_add(list, &hyperv_rule, name, node, value);
        if (direct != NULL && strcmp(name, "stimer") == 0)
            abi_list_add(list, &hyperv_rule, "stimer direct", direct,
                         xml_attr(direct, "state") != NULL ? xml_attr(direct, "state") : "on");
    }
}

static void
read_kvm(const AbiList *list, const xmlNode *kvm)
{
    abi_list_add(list, &feature_rule, "kvm", kvm, "on");
    for (const xmlNode *node = abi_first_element(kvm, NULL); node != NULL;
         node = abi_next_element(node->next, NULL)) {
        g_autofree char *value = all_attributes(node);
        abi_list_add(list, &kvm_rule, (const char *)node->name, node, value);
    }
}

/* A child of a feature that is a size: <smm><tseg>, <hpt><maxpagesize>. */
static void
read_feature_size(const AbiList *list, const xmlNode *feature, const char *child, const char *usual,
                  const AbiRule *rule)
{
    const xmlNode *node = xml_child(feature, child);
    g_autofree char *text = node == NULL ? NULL : abi_element_text(node);

    if (text == NULL)
        return;
    g_autofree char *size = abi_size_text(text, xml_attr(node, "unit"), usual);
    abi_list_add(list, rule, NULL, node, size);
}

static void
read_features(const AbiList *list, const xmlNode *domain)
{
    const xmlNode *features = xml_child(domain, "features");

    for (const xmlNode *node = abi_first_element(features, NULL); node != NULL;
         node = abi_next_element(node->next, NULL)) {
        const char *name = (const char *)node->name;

        if (strcmp(name, "hyperv") == 0) {
            read_hyperv(list, node);
        } else if (strcmp(name, "kvm") == 0) {
            read_kvm(list, node);
        } else if (!g_strv_contains(free_features, name)) {
            g_autofree char *value = all_attributes(node);
            abi_list_add(list, &feature_rule, name, node, value);
        }
        if (strcmp(name, "smm") == 0)
            read_feature_size(list, node, "tseg", "MiB", &tseg_rule);
        if (strcmp(name, "hpt") == 0)
            read_feature_size(list, node, "maxpagesize", "KiB", &hpt_rule);
    }
}

/* ---- clock ---------------------------------------------------------------------------------- */

static const AbiRule timer_rule = {"timer", "the guest keeps its time by it", FALSE};
static const AbiRule timer_order_rule = {"timers", "libvirt wants the same ones in the same order",
                                         FALSE};

static void
read_timers(const AbiList *list, const xmlNode *domain)
{
    const xmlNode *clock = xml_child(domain, "clock");
    g_autoptr(GString) order = g_string_new(NULL);

    for (const xmlNode *node = abi_first_element(clock, "timer"); node != NULL;
         node = abi_next_element(node->next, "timer")) {
        const char *name = xml_attr(node, "name");
        const char *present = xml_attr(node, "present");

        if (name == NULL)
            continue;
        g_string_append_printf(order, "%s%s", order->len > 0 ? " " : "", name);
        g_autofree char *presence = g_strdup_printf("%s present", name);
        if (present != NULL)
            abi_list_add(list, &timer_rule, presence, node, present);
        if (strcmp(name, "tsc") != 0)
            continue;
        g_autofree char *frequency = abi_number_text(
            xml_attr(node, "frequency") != NULL ? xml_attr(node, "frequency") : "0");
        if (strcmp(frequency, "0") != 0)
            abi_list_add(list, &timer_rule, "tsc frequency", node, frequency);
        if (xml_attr(node, "mode") != NULL)
            abi_list_add(list, &timer_rule, "tsc mode", node, xml_attr(node, "mode"));
    }
    if (order->len > 0)
        abi_list_add(list, &timer_order_rule, NULL, clock, order->str);
}

/* ---- CPU ------------------------------------------------------------------------------------ */

static const AbiRule cpu_mode_rule = {"CPU mode", "libvirt makes another CPU of it", FALSE};
static const AbiRule cpu_model_rule = {"CPU model", "the guest runs with this CPU's instructions",
                                       FALSE};
static const AbiRule cpu_check_rule = {"CPU check", "libvirt wants it the same", FALSE};
static const AbiRule cpu_feature_rule = {"CPU feature", "the guest has seen its CPU so", FALSE};
static const AbiRule cpu_order_rule = {"CPU features",
                                       "libvirt wants the same ones in the same order", FALSE};
static const AbiRule online_rule = {"online vCPUs", "these processors are plugged in", FALSE};
static const AbiRule order_rule = {"order of vCPU", "the guest has them plugged in this order",
                                   FALSE};

/* What libvirt checks of a CPU where the definition does not say. */
static const char *
default_check(const xmlNode *domain, const char *mode)
{
    if (strcmp(mode, "host-model") == 0)
        return "partial";
    return strcmp(mode, "custom") == 0 && xml_attr_is(domain, "type", "kvm") ? "partial" : "none";
}

/* QEMU's own default, which libvirt writes into a definition that names none. */
static void
add_default_cpu(const AbiList *list, const xmlNode *domain)
{
    const char *arch = xml_child_attr(xml_child(domain, "os"), "type", "arch");
    const char *model = g_strcmp0(arch, "x86_64") == 0 ? "qemu64"
                        : g_strcmp0(arch, "i686") == 0 ? "qemu32"
                                                       : NULL;

    if (model == NULL)
        return;
    abi_list_add(list, &cpu_mode_rule, NULL, domain, "custom");
    abi_list_add(list, &cpu_check_rule, NULL, domain, "none");
    abi_list_add(list, &cpu_model_rule, NULL, domain, model);
}

static void
read_cpu(const AbiList *list, const xmlNode *domain)
{
    const xmlNode *cpu = xml_child(domain, "cpu");
    g_autoptr(GString) order = g_string_new(NULL);

    if (cpu == NULL) {
        add_default_cpu(list, domain);
        return;
    }
    const char *mode = xml_attr(cpu, "mode") != NULL ? xml_attr(cpu, "mode") : "custom";
    const char *check = xml_attr(cpu, "check");
    gboolean is_named = strcmp(mode, "custom") != 0 || xml_child(cpu, "model") != NULL;
    if (is_named) {
        abi_list_add(list, &cpu_mode_rule, NULL, cpu, mode);
        abi_list_add(list, &cpu_check_rule, NULL, cpu,
                     check != NULL ? check : default_check(domain, mode));
    } else {
        add_default_cpu(list, domain);
    }
    for (const xmlNode *node = abi_first_element(cpu, "feature"); node != NULL;
         node = abi_next_element(node->next, "feature")) {
        const char *name = xml_attr(node, "name"), *policy = xml_attr(node, "policy");

        if (name == NULL)
            continue;
        abi_list_add(list, &cpu_feature_rule, name, node, policy != NULL ? policy : "require");
        g_string_append_printf(order, "%s%s", order->len > 0 ? " " : "", name);
    }
    if (order->len > 0)
        abi_list_add(list, &cpu_order_rule, NULL, cpu, order->str);
}

/* One mark for each vCPU: 1 where it is online. */
static void
read_vcpus(const AbiList *list, const xmlNode *domain)
{
    const xmlNode *vcpu = xml_child(domain, "vcpu"), *vcpus = xml_child(domain, "vcpus");
    const char *current = vcpu == NULL ? NULL : xml_attr(vcpu, "current");

    if (vcpus == NULL) {
        g_autofree char *text = vcpu == NULL ? NULL : abi_element_text(vcpu);
        if (current != NULL && g_strcmp0(current, text) != 0)
            abi_list_add(list, &online_rule, NULL, vcpu, current);
        return;
    }
    g_autoptr(GString) off = g_string_new(NULL);
    for (const xmlNode *node = abi_first_element(vcpus, "vcpu"); node != NULL;
         node = abi_next_element(node->next, "vcpu")) {
        const char *id = xml_attr(node, "id"), *order = xml_attr(node, "order");

        if (id == NULL)
            continue;
        if (xml_attr_is(node, "enabled", "no"))
            g_string_append_printf(off, " %s", id);
        if (order != NULL)
            abi_list_add(list, &order_rule, id, node, order);
    }
    if (off->len == 0)
        return;
    g_autofree char *value = current != NULL ? g_strdup_printf("%s, all but%s", current, off->str)
                                             : g_strdup_printf("all but%s", off->str);
    abi_list_add(list, &online_rule, NULL, vcpus, value);
}

static const AbiRule cell_rule = {"NUMA cell", "the guest places its memory by its cells", FALSE};

#define MAX_CPUS 16384 /* more than QEMU gives any guest */
#define LOCAL_DISTANCE "10"
#define REMOTE_DISTANCE "20"

/* A set of CPUs ("0-3,8,^2") as the ranges that it is; as it is written when it is none. */
static char *
cpus_text(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", 0);
    g_autofree guint8 *is_in = g_new0(guint8, MAX_CPUS + 1);
    GString *ranges = g_string_new(NULL);

    for (guint i = 0; parts[i] != NULL; i++) {
        const char *part = g_strstrip(parts[i]);
        gboolean is_out = *part == '^';
        guint first = 0, last = 0;
        int end = 0;

        if (sscanf(part + is_out, "%u-%u%n", &first, &last, &end) < 2) {
            end = 0;
            if (sscanf(part + is_out, "%u%n", &first, &end) == 1)
                last = first;
        }
        if (end == 0 || part[is_out + end] != '\0' || last >= MAX_CPUS || first > last) {
            g_string_assign(ranges, text);
            return g_string_free(ranges, FALSE);
        }
        memset(is_in + first, !is_out, last - first + 1);
    }
    for (guint first = 0, last; first < MAX_CPUS; first = last + 1) {
        for (last = first; is_in[last] && is_in[last + 1]; last++)
            continue;
        if (!is_in[first])
            continue;
        g_string_append_printf(ranges, ranges->len > 0 ? ",%u" : "%u", first);
        if (last > first)
            g_string_append_printf(ranges, "-%u", last);
    }
    return g_string_free(ranges, FALSE);
}

/* Distances that are not the usual ones. */
static void
read_distances(const AbiList *list, const xmlNode *cell, const char *id)
{
    const xmlNode *distances = xml_child(cell, "distances");

    for (const xmlNode *node = abi_first_element(distances, "sibling"); node != NULL;
         node = abi_next_element(node->next, "sibling")) {
        const char *other = xml_attr(node, "id"), *value = xml_attr(node, "value");

        if (other == NULL || value == NULL ||
            strcmp(value, strcmp(other, id) == 0 ? LOCAL_DISTANCE : REMOTE_DISTANCE) == 0)
            continue;
        g_autofree char *item = g_strdup_printf("%s distance to %s", id, other);
        abi_list_add(list, &cell_rule, item, node, value);
    }
}

static void
read_cells(const AbiList *list, const xmlNode *domain)
{
    const xmlNode *numa = abi_follow(domain, "cpu/numa", strlen("cpu/numa"));
    guint position = 0;

    for (const xmlNode *node = abi_first_element(numa, "cell"); node != NULL;
         node = abi_next_element(node->next, "cell"), position++) {
        g_autofree char *counted = g_strdup_printf("%u", position);
        const char *id = xml_attr(node, "id") != NULL ? xml_attr(node, "id") : counted;
        const char *memory = xml_attr(node, "memory");
        g_autofree char *size =
            memory == NULL ? NULL : abi_size_text(memory, xml_attr(node, "unit"), "KiB");
        g_autofree char *memory_item = g_strdup_printf("%s memory", id);
        g_autofree char *cpus_item = g_strdup_printf("%s CPUs", id);

        abi_list_add(list, &cell_rule, id, node, "present");
        if (size != NULL)
            abi_list_add(list, &cell_rule, memory_item, node, size);
        g_autofree char *cpus =
            xml_attr(node, "cpus") == NULL ? NULL : cpus_text(xml_attr(node, "cpus"));
        if (cpus != NULL)
            abi_list_add(list, &cell_rule, cpus_item, node, cpus);
        read_distances(list, node, id);
    }
}

/* ---- SMBIOS --------------------------------------------------------------------------------- */

static const AbiRule smbios_rule = {"SMBIOS", "the guest reads it from its firmware's tables",
                                    FALSE};

/* Strings for OEMs and firmware configuration are not compared. */
static const char *const smbios_tables[] = {"bios", "system", "baseBoard", "chassis", NULL};

static void
read_smbios_table(const AbiList *list, const xmlNode *table, guint position)
{
    g_autofree char *name = position == 0
                                ? g_strdup((const char *)table->name)
                                : g_strdup_printf("%s %u", (const char *)table->name, position);

    abi_list_add(list, &smbios_rule, name, table, "present");
    for (const xmlNode *node = abi_first_element(table, "entry"); node != NULL;
         node = abi_next_element(node->next, "entry")) {
        g_autofree char *item = g_strdup_printf("%s %s", name, xml_attr(node, "name"));
        g_autofree char *value = abi_element_text(node);

        if (value != NULL)
            abi_list_add(list, &smbios_rule, item, node, value);
    }
}

static void
read_sysinfo(const AbiList *list, const xmlNode *domain)
{
    for (const xmlNode *node = abi_first_element(domain, "sysinfo"); node != NULL;
         node = abi_next_element(node->next, "sysinfo")) {
        const char *type = xml_attr(node, "type");

        abi_list_add(list, &smbios_rule, type != NULL ? type : "smbios", node, "present");
        for (guint i = 0; smbios_tables[i] != NULL; i++) {
            guint position = 0;

            for (const xmlNode *table = abi_first_element(node, smbios_tables[i]); table != NULL;
                 table = abi_next_element(table->next, smbios_tables[i]))
                read_smbios_table(list, table, position++);
        }
    }
}

/* ---- USB redirection ------------------------------------------------------------------------ */

static const AbiRule filter_rule = {"USB filter rule", "libvirt wants the same filter", FALSE};

/* "class 8 vendor 1133 allow yes"; -1 stands for any, as what is not written does. */
static char *
filter_text(const xmlNode *node)
{
    static const char *const names[] = {"class", "vendor", "product", "version", "allow"};
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = xml_attr(node, names[i]);
        g_autofree char *number = value == NULL ? NULL : abi_number_text(value);

        if (number != NULL && strcmp(number, "-1") != 0)
            g_string_append_printf(text, "%s%s %s", text->len > 0 ? " " : "", names[i],
                                   strcmp(names[i], "version") == 0 ? value : number);
    }
    return g_string_free(text, FALSE);
}

static void
read_redirection_filter(const AbiList *list, const xmlNode *domain)
{
    const xmlNode *filter =
        abi_follow(domain, "devices/redirfilter", strlen("devices/redirfilter"));
    guint position = 0;

    for (const xmlNode *node = abi_first_element(filter, "usbdev"); node != NULL;
         node = abi_next_element(node->next, "usbdev")) {
        g_autofree char *item = g_strdup_printf("%u", ++position);
        g_autofree char *value = filter_text(node);
        abi_list_add(list, &filter_rule, item, node, value);
    }
}

void
abi_read_guest_lists(const DomainTree *tree, const xmlNode *domain, AbiElement *guest)
{
    const AbiList list = {tree, guest};

    read_features(&list, domain);
    read_timers(&list, domain);
    read_cpu(&list, domain);
    read_vcpus(&list, domain);
    read_cells(&list, domain);
    read_sysinfo(&list, domain);
    read_redirection_filter(&list, domain);
}
