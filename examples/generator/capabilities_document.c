/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "documents.h"

#include <string.h>

/* The release of libvirt that began to write each of these. */
enum {
    SINCE_CLUSTERS = VERSION_NUMBER(10, 1),
    SINCE_EXTERNAL_SNAPSHOT = VERSION_NUMBER(10, 1),
};

void
documents_format_uuid(guint64 *state, char ret_uuid[37])
{
    guint64 a = roster_random(state), b = roster_random(state);

    g_snprintf(ret_uuid, 37, "%08x-%04x-4%03x-%04x-%012" G_GINT64_MODIFIER "x", (guint)(a >> 32),
               (guint)(a >> 16) & 0xffff, (guint)a & 0xfff, (guint)(0x8000 | ((b >> 48) & 0x3fff)),
               b & G_GUINT64_CONSTANT(0xffffffffffff));
}

GPtrArray *
machine_versions(const Description *description, const HostIdentity *host, const char *oldest)
{
    GPtrArray *versions = g_ptr_array_new();
    guint first = description_version(oldest), last = description_version(host->software->qemu);

    for (guint i = 0; i < description->machine_versions->len; i++) {
        char *text = g_ptr_array_index(description->machine_versions, i);
        guint version = description_version(text);

        if (version >= first && version <= last)
            g_ptr_array_add(versions, text);
    }
    g_ptr_array_remove_range(versions, 0, MIN(host->machine_variant, versions->len - 1));
    return versions;
}

/* The number, in Linux's order, of one thread of the host's core CORE. */
static guint
cpu_number(const Processor *processor, guint core, guint thread)
{
    return thread * processor->sockets * processor->cores + core;
}

static void
append_siblings(const Processor *processor, guint first_core, guint n_cores, GString *out)
{
    for (guint thread = 0; thread < processor->threads; thread++) {
        guint first = cpu_number(processor, first_core, thread);

        if (n_cores == 1)
            g_string_append_printf(out, "%s%u", thread > 0 ? "," : "", first);
        else
            g_string_append_printf(out, "%s%u-%u", thread > 0 ? "," : "", first,
                                   first + n_cores - 1);
    }
}

static void
append_cpu(const HostIdentity *host, const Silicon *silicon, guint64 *random, GString *out)
{
    g_autoptr(CpuDefinition) cpu = cpu_definition_copy(silicon->host);
    const Processor *processor = host->processor;
    gboolean has_clusters = description_version(host->software->libvirt) >= SINCE_CLUSTERS;

    cpu->microcode = host->microcode->version;
    /* What the kernel measured: a few parts in a million beside the nominal frequency. */
    cpu->tsc_hz = (processor->tsc_khz - 20 + roster_random(random) % 41) * G_GUINT64_CONSTANT(1000);
    cpu->tsc_scaling = processor->has_tsc_scaling ? CPU_SWITCH_ON : CPU_SWITCH_OFF;
    cpu->sockets = 1;
    cpu->dies = 1;
    cpu->clusters = has_clusters ? 1 : 0;
    cpu->cores = processor->cores;
    cpu->threads = processor->threads;
    if (processor->nodes <= 1)
        cpu->sockets = processor->sockets;
    cpu->has_maxphysaddr = TRUE;
    cpu->is_maxphysaddr_emulated = TRUE;
    cpu->maxphysaddr_bits = (gint)processor->address_bits;
    cpu_definition_format(cpu, 4, out);

    /* Page sizes are not part of the definition, but of the element. */
    const char *end = "    </cpu>\n";
    if (g_str_has_suffix(out->str, end))
        g_string_truncate(out, out->len - strlen(end));
    for (guint size = 4; size <= 1048576; size *= 512)
        g_string_append_printf(out, "      <pages unit='KiB' size='%u'/>\n", size);
    g_string_append(out, end);
}

static void
append_cell_cpus(const HostIdentity *host, guint cell, guint cores_per_cell, GString *out)
{
    const Processor *processor = host->processor;
    gboolean has_clusters = description_version(host->software->libvirt) >= SINCE_CLUSTERS;

    g_string_append_printf(out, "          <cpus num='%u'>\n", cores_per_cell * processor->threads);
    for (guint thread = 0; thread < processor->threads; thread++) {
        for (guint core = cell * cores_per_cell; core < (cell + 1) * cores_per_cell; core++) {
            g_string_append_printf(
                out,
                "            <cpu id='%u' socket_id='%u' die_id='0' %score_id='%u' "
                "siblings='",
                cpu_number(processor, core, thread), core / processor->cores,
                has_clusters ? "cluster_id='0' " : "", core % processor->cores);
            append_siblings(processor, core, 1, out);
            g_string_append(out, "'/>\n");
        }
    }
    g_string_append(out, "          </cpus>\n");
}

static void
append_cell(const HostIdentity *host, guint cell, guint n_cells, guint64 memory_kib,
            gboolean is_compact, GString *out)
{
    guint cores_per_cell = host->processor->sockets * host->processor->cores / n_cells;

    g_string_append_printf(out,
                           "        <cell id='%u'>\n"
                           "          <memory unit='KiB'>%" G_GUINT64_FORMAT "</memory>\n"
                           "          <pages unit='KiB' size='4'>%" G_GUINT64_FORMAT "</pages>\n"
                           "          <pages unit='KiB' size='2048'>0</pages>\n"
                           "          <pages unit='KiB' size='1048576'>0</pages>\n"
                           "          <distances>\n",
                           cell, memory_kib, memory_kib / 4);
    for (guint other = 0; other < n_cells; other++)
        g_string_append_printf(out, "            <sibling id='%u' value='%u'/>\n", other,
                               other == cell ? 10 : 21);
    g_string_append(out, "          </distances>\n");
    if (is_compact)
        g_string_append_printf(out, "          <cpus num='%u'/>\n",
                               cores_per_cell * host->processor->threads);
    else
        append_cell_cpus(host, cell, cores_per_cell, out);
    g_string_append(out, "        </cell>\n");
}

static void
append_topology(const HostIdentity *host, guint64 *random, gboolean is_compact, GString *out)
{
    guint n_cells = host->processor->sockets * MAX(host->processor->nodes, 1);
    guint64 cell_kib = (guint64)host->row->memory_gib * 1024 * 1024 / n_cells;

    g_string_append_printf(out, "    <topology>\n      <cells num='%u'>\n", n_cells);
    for (guint cell = 0; cell < n_cells; cell++) {
        /* The kernel keeps between 1 and 3 percent for itself, in whole pages. */
        guint64 kept_kib = cell_kib / 100 + roster_random(random) % (cell_kib / 50);

        append_cell(host, cell, n_cells, (cell_kib - kept_kib) & ~G_GUINT64_CONSTANT(3), is_compact,
                    out);
    }
    g_string_append(out, "      </cells>\n    </topology>\n");
}

static void
append_cache(const Processor *processor, GString *out)
{
    guint per_bank = processor->l3_cores != 0 ? processor->l3_cores : processor->cores;
    guint n_cores = processor->sockets * processor->cores;

    g_string_append(out, "    <cache>\n");
    for (guint core = 0, bank = 0; core < n_cores; core += per_bank, bank++) {
        g_string_append_printf(
            out, "      <bank id='%u' level='3' type='both' size='%u' unit='MiB' cpus='", bank,
            processor->l3_mib);
        append_siblings(processor, core, per_bank, out);
        g_string_append(out, "'/>\n");
    }
    g_string_append(out, "    </cache>\n");
}

static void
append_security(const char *model, GString *out)
{
    gboolean is_selinux = strcmp(model, "selinux") == 0;

    g_string_append_printf(out, "    <secmodel>\n      <model>%s</model>\n      <doi>0</doi>\n",
                           model);
    if (is_selinux)
        g_string_append(out,
                        "      <baselabel type='kvm'>system_u:system_r:svirt_t:s0</baselabel>\n"
                        "      <baselabel type='qemu'>system_u:system_r:svirt_tcg_t:s0"
                        "</baselabel>\n");
    g_string_append_printf(out,
                           "    </secmodel>\n"
                           "    <secmodel>\n      <model>dac</model>\n      <doi>0</doi>\n"
                           "      <baselabel type='kvm'>+%u:+%u</baselabel>\n"
                           "      <baselabel type='qemu'>+%u:+%u</baselabel>\n"
                           "    </secmodel>\n",
                           is_selinux ? 107 : 64055, is_selinux ? 107 : 64055,
                           is_selinux ? 107 : 64055, is_selinux ? 107 : 64055);
}

/* The machine types PREFIX-VERSION from OLDEST on, and the alias ALIAS for the newest (or NULL). */
static void
append_machines(const Description *description, const HostIdentity *host, const char *prefix,
                const char *oldest, const char *alias, guint max_vcpus, GString *out)
{
    const QemuRelease *release = description_find(description->qemu, host->software->qemu);
    guint deprecated = description_version(release->deprecated_through);
    g_autoptr(GPtrArray) versions = machine_versions(description, host, oldest);

    for (guint i = versions->len; i-- > 0;) {
        const char *version = g_ptr_array_index(versions, i);
        gboolean is_deprecated = description_version(version) <= deprecated;

        g_string_append_printf(out, "      <machine maxCpus='%u'%s>%s-%s</machine>\n", max_vcpus,
                               is_deprecated ? " deprecated='yes'" : "", prefix, version);
        if (alias != NULL && i + 1 == versions->len)
            g_string_append_printf(out,
                                   "      <machine canonical='%s-%s' maxCpus='%u'>%s</machine>\n",
                                   prefix, version, max_vcpus, alias);
    }
}

static void
append_x86_guest(const Description *description, const HostIdentity *host, gboolean is_64_bit,
                 GString *out)
{
    const QemuRelease *release = description_find(description->qemu, host->software->qemu);

    g_string_append_printf(out,
                           "  <guest>\n"
                           "    <os_type>hvm</os_type>\n"
                           "    <arch name='%s'>\n"
                           "      <wordsize>%u</wordsize>\n"
                           "      <emulator>/usr/bin/qemu-system-%s</emulator>\n",
                           is_64_bit ? "x86_64" : "i686", is_64_bit ? 64 : 32,
                           is_64_bit ? "x86_64" : "i386");
    append_machines(description, host, "pc-i440fx", release->oldest_pc, "pc", 255, out);
    append_machines(description, host, "pc-q35", release->oldest_q35, "q35", release->max_vcpus,
                    out);
    g_string_append_printf(out,
                           "      <machine maxCpus='288'>microvm</machine>\n"
                           "      <machine maxCpus='1'>isapc</machine>\n"
                           "      <domain type='qemu'/>\n"
                           "      <domain type='kvm'/>\n"
                           "    </arch>\n"
                           "    <features>\n%s"
                           "      <acpi default='on' toggle='yes'/>\n"
                           "      <apic default='on' toggle='no'/>\n"
                           "      <cpuselection/>\n"
                           "      <deviceboot/>\n"
                           "      <disksnapshot default='on' toggle='no'/>\n%s"
                           "    </features>\n"
                           "  </guest>\n\n",
                           is_64_bit ? "" : "      <pae/>\n      <nonpae/>\n",
                           description_version(host->software->libvirt) >= SINCE_EXTERNAL_SNAPSHOT
                               ? "      <externalSnapshot/>\n"
                               : "");
}

static void
append_foreign_guest(const Description *description, const HostIdentity *host, const char *name,
                     GString *out)
{
    const ForeignArch *arch = description_find(description->foreign_arches, name);

    if (arch == NULL)
        return;
    g_string_append_printf(out,
                           "  <guest>\n"
                           "    <os_type>hvm</os_type>\n"
                           "    <arch name='%s'>\n"
                           "      <wordsize>%u</wordsize>\n"
                           "      <emulator>%s</emulator>\n",
                           arch->name, arch->wordsize, arch->emulator);
    if (arch->versioned != NULL)
        append_machines(description, host, arch->versioned, arch->oldest, arch->versioned, 512,
                        out);
    for (guint i = 0; i < arch->boards->len; i++)
        g_string_append_printf(out, "      <machine maxCpus='8'>%s</machine>\n",
                               (const char *)g_ptr_array_index(arch->boards, i));
    g_string_append(out, "      <domain type='qemu'/>\n"
                         "    </arch>\n"
                         "    <features>\n"
                         "      <cpuselection/>\n"
                         "      <deviceboot/>\n"
                         "      <disksnapshot default='on' toggle='no'/>\n"
                         "    </features>\n"
                         "  </guest>\n\n");
}

void
capabilities_write(const Description *description, const HostIdentity *host, const Silicon *silicon,
                   gboolean is_compact, GString *out)
{
    guint64 random = host->random;
    char uuid[37];

    documents_format_uuid(&random, uuid);
    g_string_append_printf(out, "<capabilities>\n\n  <host>\n    <uuid>%s</uuid>\n", uuid);
    append_cpu(host, silicon, &random, out);
    g_string_append_printf(out,
                           "    <power_management>\n      <suspend_mem/>\n    </power_management>\n"
                           "    <iommu support='%s'/>\n"
                           "    <migration_features>\n"
                           "      <live/>\n"
                           "      <uri_transports>\n"
                           "        <uri_transport>tcp</uri_transport>\n"
                           "        <uri_transport>rdma</uri_transport>\n"
                           "      </uri_transports>\n"
                           "    </migration_features>\n",
                           host->processor->sockets > 1 ? "yes" : "no");
    append_topology(host, &random, is_compact, out);
    append_cache(host->processor, out);
    append_security(host->software->security, out);
    g_string_append(out, "  </host>\n\n");
    if (!is_compact)
        append_x86_guest(description, host, FALSE, out);
    append_x86_guest(description, host, TRUE, out);
    for (guint i = 0; !is_compact && i < host->software->arches->len; i++)
        append_foreign_guest(description, host, g_ptr_array_index(host->software->arches, i), out);
    g_string_append(out, "</capabilities>\n");
}
