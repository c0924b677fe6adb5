/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "documents.h"

#include <string.h>

/* The release of libvirt that began to write each of these. */
enum {
    SINCE_ADDRESS_LIMIT = VERSION_NUMBER(9, 3),
    SINCE_BLOCKERS = VERSION_NUMBER(10, 6),
    SINCE_SORTED_MODELS = VERSION_NUMBER(10, 0),
    SINCE_CANONICAL = VERSION_NUMBER(10, 10),
    SINCE_LAUNCH_SECURITY = VERSION_NUMBER(10, 6),
};

static guint
libvirt_version(const HostIdentity *host)
{
    return description_version(host->software->libvirt);
}

static void
append_enum(const char *name, const GPtrArray *values, const char *except, guint indent,
            GString *out)
{
    if (values->len == 0) {
        g_string_append_printf(out, "%*s<enum name='%s'/>\n", (int)indent, "", name);
        return;
    }
    g_string_append_printf(out, "%*s<enum name='%s'>\n", (int)indent, "", name);
    for (guint i = 0; i < values->len; i++) {
        const char *value = g_ptr_array_index(values, i);

        if (g_strcmp0(value, except) != 0)
            g_string_append_printf(out, "%*s<value>%s</value>\n", (int)indent + 2, "", value);
    }
    g_string_append_printf(out, "%*s</enum>\n", (int)indent, "");
}

static void
append_os(GString *out)
{
    g_string_append(out, "  <iothreads supported='yes'/>\n"
                         "  <os supported='yes'>\n"
                         "    <enum name='firmware'>\n"
                         "      <value>efi</value>\n"
                         "    </enum>\n"
                         "    <loader supported='yes'>\n"
                         "      <value>/usr/share/OVMF/OVMF_CODE_4M.fd</value>\n"
                         "      <value>/usr/share/OVMF/OVMF_CODE_4M.secboot.fd</value>\n"
                         "      <enum name='type'>\n"
                         "        <value>rom</value>\n"
                         "        <value>pflash</value>\n"
                         "      </enum>\n"
                         "      <enum name='readonly'>\n"
                         "        <value>yes</value>\n"
                         "        <value>no</value>\n"
                         "      </enum>\n"
                         "      <enum name='secure'>\n"
                         "        <value>yes</value>\n"
                         "        <value>no</value>\n"
                         "      </enum>\n"
                         "    </loader>\n"
                         "  </os>\n");
}

static void
append_switch_mode(const char *mode, const char *name, GString *out)
{
    g_string_append_printf(out,
                           "    <mode name='%s' supported='yes'>\n"
                           "      <enum name='%s'>\n"
                           "        <value>on</value>\n"
                           "        <value>off</value>\n"
                           "      </enum>\n"
                           "    </mode>\n",
                           mode, name);
}

/* The lines between <cpu> and </cpu>: the element itself is the <mode>. */
static void
append_host_model(const HostIdentity *host, const Silicon *silicon, GString *out)
{
    g_autoptr(CpuDefinition) cpu = cpu_definition_copy(silicon->host_model);
    g_autoptr(GString) text = g_string_new(NULL);

    if (libvirt_version(host) >= SINCE_ADDRESS_LIMIT) {
        cpu->has_maxphysaddr = TRUE;
        cpu->maxphysaddr_bits = -1;
        cpu->maxphysaddr_limit = host->processor->address_bits;
    }
    cpu_definition_format(cpu, 4, text);
    const char *first = strchr(text->str, '\n');
    const char *last = g_strrstr(text->str, "    </cpu>");
    g_string_append(out, "    <mode name='host-model' supported='yes'>\n");
    if (first != NULL && last != NULL && last > first)
        g_string_append_len(out, first + 1, last - first - 1);
    g_string_append(out, "    </mode>\n");
}

static gint
compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
append_blockers(const CpuMap *map, const CpuModel *model, const CpuSet *lacking, GString *out)
{
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(const char *));

    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);

        if (cpu_set_intersects(lacking, &feature->bits))
            g_array_append_val(names, feature->name);
    }
    g_array_sort(names, compare_text);
    g_string_append_printf(out, "      <blockers model='%s'>\n", model->name);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(out, "        <feature name='%s'/>\n",
                               g_array_index(names, const char *, i));
    g_string_append(out, "      </blockers>\n");
}

/* QEMU does not count the finer VMX controls among what blocks a model. */
static void
drop_vmx_controls(const CpuMap *map, CpuSet *set)
{
    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);

        if (g_str_has_prefix(feature->name, "vmx-"))
            cpu_set_subtract(set, &feature->bits);
    }
}

static void
append_model(const CpuMap *map, const HostIdentity *host, const Silicon *silicon,
             const CpuModel *model, GString *out)
{
    CpuSet lacking = model->set;

    cpu_set_subtract(&lacking, &silicon->guest_set);
    drop_vmx_controls(map, &lacking);
    gboolean is_usable = cpu_set_is_empty(&lacking);
    g_string_append_printf(out, "      <model usable='%s' vendor='%s'", is_usable ? "yes" : "no",
                           model->vendor != NULL ? model->vendor->name : "unknown");
    if (model->canonical != NULL && libvirt_version(host) >= SINCE_CANONICAL)
        g_string_append_printf(out, " canonical='%s'", model->canonical->name);
    g_string_append_printf(out, ">%s</model>\n", model->name);
    if (!is_usable && libvirt_version(host) >= SINCE_BLOCKERS)
        append_blockers(map, model, &lacking, out);
}

static gint
compare_models(gconstpointer a, gconstpointer b)
{
    const CpuModel *const *first = a, *const *second = b;

    return strcmp((*first)->name, (*second)->name);
}

static void
append_custom(const Description *description, const CpuMap *map, const HostIdentity *host,
              const Silicon *silicon, GString *out)
{
    g_autoptr(GArray) models = g_array_new(FALSE, FALSE, sizeof(const CpuModel *));

    for (guint i = 0; i < cpu_map_n_models(map, CPU_FAMILY_X86); i++) {
        const CpuModel *model = cpu_map_model(map, CPU_FAMILY_X86, i);

        if (silicon_libvirt_knows_model(host->software, model) &&
            silicon_qemu_knows_model(description, host->software, model))
            g_array_append_val(models, model);
    }
    g_array_sort(models, compare_models);
    gboolean is_ascending = libvirt_version(host) >= SINCE_SORTED_MODELS;
    g_string_append(out, "    <mode name='custom' supported='yes'>\n");
    for (guint i = 0; i < models->len; i++) {
        guint index = is_ascending ? i : models->len - 1 - i;

        append_model(map, host, silicon, g_array_index(models, const CpuModel *, index), out);
    }
    g_string_append(out, "    </mode>\n");
}

static void
append_devices(const DeviceSet *set, gboolean is_q35, GString *out)
{
    g_string_append(out, "  <devices>\n");
    for (guint i = 0; i < set->devices->len; i++) {
        const DeviceKind *device = &g_array_index(set->devices, DeviceKind, i);

        g_string_append_printf(out, "    <%s supported='yes'>\n", device->element);
        for (guint k = 0; k < device->enums->len; k++) {
            const DeviceEnum *values = &g_array_index(device->enums, DeviceEnum, k);

            append_enum(values->name, values->values, is_q35 ? "ide" : NULL, 6, out);
        }
        g_string_append_printf(out, "    </%s>\n", device->element);
    }
    g_string_append(out, "  </devices>\n");
}

static void
append_features(const HostIdentity *host, const DeviceSet *set, GString *out)
{
    static const char *const supported[] = {"vmcoreinfo", "genid", "backingStoreInput", "backup"};

    g_string_append(out, "  <features>\n    <gic supported='no'/>\n");
    for (guint i = 0; i < G_N_ELEMENTS(supported); i++)
        g_string_append_printf(out, "    <%s supported='yes'/>\n", supported[i]);
    g_string_append(out, "    <sev supported='no'/>\n    <sgx supported='no'/>\n"
                         "    <hyperv supported='yes'>\n");
    append_enum("features", set->hyperv, NULL, 6, out);
    g_string_append(out, "    </hyperv>\n");
    if (libvirt_version(host) >= SINCE_LAUNCH_SECURITY)
        g_string_append(out, "    <launchSecurity supported='no'/>\n");
    g_string_append(out, "  </features>\n");
}

void
domain_capabilities_write(const Description *description, const CpuMap *map,
                          const HostIdentity *host, const Silicon *silicon, const char *family,
                          GString *out)
{
    gboolean is_q35 = strcmp(family, "q35") == 0;
    const QemuRelease *release = description_find(description->qemu, host->software->qemu);
    const DeviceSet *set = description_find(description->device_sets, host->software->device_set);

    g_string_append_printf(out,
                           "<domainCapabilities>\n"
                           "  <path>/usr/bin/qemu-system-x86_64</path>\n"
                           "  <domain>kvm</domain>\n"
                           "  <machine>%s-%s</machine>\n"
                           "  <arch>x86_64</arch>\n"
                           "  <vcpu max='%u'/>\n",
                           is_q35 ? "pc-q35" : "pc-i440fx", release->version,
                           is_q35 ? release->max_vcpus : 255);
    append_os(out);
    g_string_append(out, "  <cpu>\n");
    append_switch_mode("host-passthrough", "hostPassthroughMigratable", out);
    append_switch_mode("maximum", "maximumMigratable", out);
    append_host_model(host, silicon, out);
    append_custom(description, map, host, silicon, out);
    g_string_append(out, "  </cpu>\n"
                         "  <memoryBacking supported='yes'>\n"
                         "    <enum name='sourceType'>\n"
                         "      <value>file</value>\n"
                         "      <value>anonymous</value>\n"
                         "      <value>memfd</value>\n"
                         "    </enum>\n"
                         "  </memoryBacking>\n");
    append_devices(set, is_q35, out);
    append_features(host, set, out);
    g_string_append(out, "</domainCapabilities>\n");
}
