/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A CPU that is told by its registers is decoded into the definition that libvirt would write of
 * it. Such a host has machine types and capabilities of its own, which are empty: what they would
 * say is not known. What libvirt wrote itself is taken as it is; of dumps by others it is known
 * what they hide.
 */

#include "raw_cpu.h"

#include <cpumodel/text_list.h>
#include <ingest/cpudata_reader.h>
#include <ingest/cpuid_text_reader.h>
#include <ingest/qemu_cpu_reader.h>

#define CPUID_EXTENDED_FEATURES 0x80000001
#define CPUID_LONG_MODE (1u << 29) /* in EDX */
#define CPUID_SYSCALL (1u << 11)   /* in EDX */

static CpuArch
data_arch(const CpuData *data)
{
    const CpuDataItem *item = cpu_data_find(data, FALSE, CPUID_EXTENDED_FEATURES, 0);

    return item != NULL && (item->regs[CPU_REGISTER_EDX] & CPUID_LONG_MODE) != 0 ? CPU_ARCH_X86_64
                                                                                 : CPU_ARCH_I686;
}

static gboolean
set_host(const CpuMap *map, const CpuData *data, Document *document, GError **error)
{
    CpuDecodeOptions options = {.type = CPU_TYPE_HOST};
    CpuDefinition *cpu = cpu_engine_decode(map, data, &options, error);

    if (cpu == NULL)
        return FALSE;
    HostCapabilities *host = host_capabilities_new();
    cpu->arch = data_arch(data);
    cpu_data_signature(data, &cpu->family, &cpu->model_number, &cpu->stepping);
    cpu_definition_free(host->cpu);
    host->cpu = cpu;
    host->physical_address_bits = cpu_data_physical_address_bits(data);
    host->is_raw_cpuid = TRUE;
    machine_profile_seal(host->machines);
    capability_profile_seal(host->capabilities);
    document->kind = DOCUMENT_HOST_CAPABILITIES;
    document->host = host;
    return TRUE;
}

/*
 * Intel's CPUs show syscall to 64-bit programs alone (Intel SDM volume 2, CPUID leaf 80000001H),
 * and many published dumps were made by others. All that have long mode have it. What libvirt
 * writes itself is taken as it is.
 */
static void
add_hidden_syscall(CpuData *data)
{
    const CpuDataItem *extended = cpu_data_find(data, FALSE, CPUID_EXTENDED_FEATURES, 0);
    const CpuDataItem *vendor = cpu_data_find(data, FALSE, 0, 0);
    static const guint32 intel[] = {
        [CPU_REGISTER_EBX] = 0x756e6547, /* "Genu" */
        [CPU_REGISTER_EDX] = 0x49656e69, /* "ineI" */
        [CPU_REGISTER_ECX] = 0x6c65746e, /* "ntel" */
    };

    if (extended == NULL || vendor == NULL ||
        (extended->regs[CPU_REGISTER_EDX] & CPUID_LONG_MODE) == 0)
        return;
    for (guint i = CPU_REGISTER_EBX; i < G_N_ELEMENTS(intel); i++) {
        if (vendor->regs[i] != intel[i])
            return;
    }
    CpuDataItem shown = *extended;
    shown.regs[CPU_REGISTER_EDX] |= CPUID_SYSCALL;
    cpu_data_add(data, &shown);
}

gboolean
raw_cpu_read_cpudata(const CpuMap *map, const char *bytes, gsize length, Document *document,
                     GError **error)
{
    g_autoptr(CpuData) data = cpudata_reader_parse(bytes, length, error);

    return data != NULL && set_host(map, data, document, error);
}

gboolean
raw_cpu_read_text(const CpuMap *map, const char *bytes, gsize length, Document *document,
                  char **ret_warning, guint *ret_warning_line, GError **error)
{
    g_autoptr(CpuidText) text = cpuid_text_reader_parse(bytes, length, error);

    *ret_warning = NULL;
    if (text != NULL)
        add_hidden_syscall(text->data);
    if (text == NULL || !set_host(map, text->data, document, error))
        return FALSE;
    if (text->n_differing > 0) {
        *ret_warning = g_strdup_printf(
            "%u of %u logical CPUs lack features that others have; what all have is used",
            text->n_differing, text->n_cpus);
        *ret_warning_line = text->first_differing_line;
    }
    return TRUE;
}

/*
 * QEMU's replies do not tell the architecture. All of its x86 CPUs have the property "fpu", and its
 * lists of x86 models have names that the map knows.
 */
static gboolean
is_of_x86(const CpuMap *map, const QemuCpuReply *reply)
{
    if (reply->data != NULL)
        return text_list_has(reply->features, "fpu");
    for (guint i = 0; i < reply->models->len; i++) {
        const CpuHypervisorModel *model = g_ptr_array_index(reply->models, i);

        if (cpu_map_find_model(map, CPU_FAMILY_X86, model->name) != NULL)
            return TRUE;
    }
    return FALSE;
}

gboolean
raw_cpu_read_qemu(const CpuMap *map, const char *bytes, gsize length, Document *document,
                  GError **error)
{
    g_autoptr(QemuCpuReply) reply = qemu_cpu_reader_parse(bytes, length, map, error);

    if (reply == NULL)
        return FALSE;
    if (!is_of_x86(map, reply)) {
        g_set_error_literal(error, QEMU_CPU_READER_ERROR, QEMU_CPU_READER_ERROR_OTHER_ARCH,
                            "the reply is about no x86 CPU, and does not tell the architecture");
        return FALSE;
    }
    g_autoptr(DomainCapabilities) domain = domain_capabilities_new();
    domain->is_qemu_reply = TRUE;
    domain->domain_type = DOMAIN_TYPE_KVM;
    domain->arch = CPU_ARCH_X86_64;
    if (reply->data != NULL) {
        CpuDecodeOptions options = {
            .type = CPU_TYPE_GUEST, .fallback = CPU_FALLBACK_FORBID, .models = reply->models};

        domain->arch = data_arch(reply->data);
        domain->host_model_cpu = cpu_engine_decode(map, reply->data, &options, error);
        if (domain->host_model_cpu == NULL)
            return FALSE;
        domain->host_model = SUPPORT_YES;
    }
    if (reply->models != NULL) {
        g_ptr_array_unref(domain->models);
        domain->models = g_steal_pointer(&reply->models);
    }
    domain_capabilities_seal(domain);
    document->kind = DOCUMENT_DOMAIN_CAPABILITIES;
    document->domain = g_steal_pointer(&domain);
    return TRUE;
}
