/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The `<cpu>` element as libvirt writes it, byte for byte.
 *
 * One rule is stricter than libvirt's: the names of features are escaped too. No name that a CPU
 * map knows needs it.
 */

#include <cpumodel/cpu_definition.h>

const char *const cpu_mode_names[] = {
    [CPU_MODE_CUSTOM] = "custom",
    [CPU_MODE_HOST_MODEL] = "host-model",
    [CPU_MODE_HOST_PASSTHROUGH] = "host-passthrough",
    [CPU_MODE_MAXIMUM] = "maximum",
    [CPU_MODE_COUNT] = NULL,
};

const char *const cpu_match_names[] = {
    [CPU_MATCH_EXACT] = "exact",
    [CPU_MATCH_MINIMUM] = "minimum",
    [CPU_MATCH_STRICT] = "strict",
    [CPU_MATCH_COUNT] = NULL,
};

const char *const cpu_check_names[] = {
    [CPU_CHECK_DEFAULT] = "default", [CPU_CHECK_NONE] = "none", [CPU_CHECK_PARTIAL] = "partial",
    [CPU_CHECK_FULL] = "full",       [CPU_CHECK_COUNT] = NULL,
};

const char *const cpu_policy_names[] = {
    [CPU_POLICY_FORCE] = "force",       [CPU_POLICY_REQUIRE] = "require",
    [CPU_POLICY_OPTIONAL] = "optional", [CPU_POLICY_DISABLE] = "disable",
    [CPU_POLICY_FORBID] = "forbid",     [CPU_POLICY_COUNT] = NULL,
};

const char *const cpu_fallback_names[] = {
    [CPU_FALLBACK_ALLOW] = "allow",
    [CPU_FALLBACK_FORBID] = "forbid",
    [CPU_FALLBACK_COUNT] = NULL,
};

const char *const cpu_cache_mode_names[] = {
    [CPU_CACHE_MODE_EMULATE] = "emulate",
    [CPU_CACHE_MODE_PASSTHROUGH] = "passthrough",
    [CPU_CACHE_MODE_DISABLE] = "disable",
    [CPU_CACHE_MODE_COUNT] = NULL,
};

const char *
cpu_mode_name(CpuMode mode)
{
    return cpu_mode_names[mode];
}

const char *
cpu_match_name(CpuMatch match)
{
    return cpu_match_names[match];
}

const char *
cpu_check_name(CpuCheck check)
{
    return cpu_check_names[check];
}

const char *
cpu_policy_name(CpuPolicy policy)
{
    return policy == CPU_POLICY_NONE ? "require" : cpu_policy_names[policy];
}

const char *
cpu_fallback_name(CpuFallback fallback)
{
    return cpu_fallback_names[fallback];
}

static void
append_escaped(GString *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '\'':
            g_string_append(out, "&apos;");
            break;
        case '"':
            g_string_append(out, "&quot;");
            break;
        default:
            /* XML 1.0 has no way to write the other control characters. */
            if ((guchar)*c >= 0x20 || *c == '\t' || *c == '\n' || *c == '\r')
                g_string_append_c(out, *c);
        }
    }
}

static void
append_indent(GString *out, guint indent)
{
    for (guint i = 0; i < indent; i++)
        g_string_append_c(out, ' ');
}

/* Modes other than these two never show a model or a vendor. */
static gboolean
shows_model(const CpuDefinition *cpu)
{
    return cpu->type == CPU_TYPE_HOST || cpu->mode == CPU_MODE_CUSTOM ||
           cpu->mode == CPU_MODE_HOST_MODEL;
}

static const char *
switch_word(CpuSwitch value)
{
    return value == CPU_SWITCH_ON ? "on" : "off";
}

static void
format_attributes(const CpuDefinition *cpu, GString *out)
{
    if (cpu->type == CPU_TYPE_HOST || (cpu->mode == CPU_MODE_CUSTOM && cpu->model == NULL))
        return;
    g_string_append_printf(out, " mode='%s'", cpu_mode_names[cpu->mode]);
    if (cpu->mode == CPU_MODE_CUSTOM)
        g_string_append_printf(out, " match='%s'", cpu_match_names[cpu->match]);
    if (cpu->check != CPU_CHECK_DEFAULT)
        g_string_append_printf(out, " check='%s'", cpu_check_names[cpu->check]);
    if (cpu->migratable != CPU_SWITCH_ABSENT &&
        (cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM))
        g_string_append_printf(out, " migratable='%s'", switch_word(cpu->migratable));
    if (cpu->deprecated_features != CPU_SWITCH_ABSENT)
        g_string_append_printf(out, " deprecated_features='%s'",
                               switch_word(cpu->deprecated_features));
}

static void
format_model(const CpuDefinition *cpu, guint indent, GString *out)
{
    if (!shows_model(cpu) || (cpu->model == NULL && cpu->vendor_id == NULL))
        return;
    append_indent(out, indent);
    g_string_append(out, "<model");
    if (cpu->type == CPU_TYPE_GUEST && cpu->model != NULL)
        g_string_append_printf(out, " fallback='%s'", cpu_fallback_names[cpu->fallback]);
    if (cpu->type == CPU_TYPE_GUEST && cpu->vendor_id != NULL) {
        g_string_append(out, " vendor_id='");
        append_escaped(out, cpu->vendor_id);
        g_string_append_c(out, '\'');
    }
    if (cpu->model == NULL) {
        g_string_append(out, "/>\n");
        return;
    }
    g_string_append_c(out, '>');
    append_escaped(out, cpu->model);
    g_string_append(out, "</model>\n");
}

static void
format_vendor(const CpuDefinition *cpu, guint indent, GString *out)
{
    if (!shows_model(cpu) || cpu->vendor == NULL)
        return;
    append_indent(out, indent);
    g_string_append(out, "<vendor>");
    append_escaped(out, cpu->vendor);
    g_string_append(out, "</vendor>\n");
}

/* What only a host says about its processor. */
static void
format_identity(const CpuDefinition *cpu, guint indent, GString *out)
{
    if (cpu->type != CPU_TYPE_HOST)
        return;
    if (cpu->microcode != 0) {
        append_indent(out, indent);
        g_string_append_printf(out, "<microcode version='%u'/>\n", cpu->microcode);
    }
    if (cpu->family != 0) {
        append_indent(out, indent);
        g_string_append_printf(out, "<signature family='%u' model='%u' stepping='%u'/>\n",
                               cpu->family, cpu->model_number, cpu->stepping);
    }
    if (cpu->tsc_hz != 0) {
        append_indent(out, indent);
        g_string_append_printf(out, "<counter name='tsc' frequency='%" G_GUINT64_FORMAT "'",
                               cpu->tsc_hz);
        if (cpu->tsc_scaling != CPU_SWITCH_ABSENT)
            g_string_append_printf(out, " scaling='%s'",
                                   cpu->tsc_scaling == CPU_SWITCH_ON ? "yes" : "no");
        g_string_append(out, "/>\n");
    }
}

static void
format_topology(const CpuDefinition *cpu, guint indent, GString *out)
{
    if (cpu->sockets == 0 || cpu->dies == 0 || cpu->cores == 0 || cpu->threads == 0)
        return;
    append_indent(out, indent);
    g_string_append_printf(out, "<topology sockets='%u' dies='%u'", cpu->sockets, cpu->dies);
    if (cpu->clusters != 0)
        g_string_append_printf(out, " clusters='%u'", cpu->clusters);
    g_string_append_printf(out, " cores='%u' threads='%u'/>\n", cpu->cores, cpu->threads);
}

static void
format_cache(const CpuDefinition *cpu, guint indent, GString *out)
{
    if (!cpu->has_cache)
        return;
    append_indent(out, indent);
    g_string_append(out, "<cache");
    if (cpu->cache_level >= 0)
        g_string_append_printf(out, " level='%d'", cpu->cache_level);
    g_string_append_printf(out, " mode='%s'/>\n", cpu_cache_mode_names[cpu->cache_mode]);
}

static void
format_maxphysaddr(const CpuDefinition *cpu, guint indent, GString *out)
{
    if (!cpu->has_maxphysaddr)
        return;
    append_indent(out, indent);
    g_string_append_printf(out, "<maxphysaddr mode='%s'",
                           cpu->is_maxphysaddr_emulated ? "emulate" : "passthrough");
    if (cpu->maxphysaddr_bits >= 0)
        g_string_append_printf(out, " bits='%d'", cpu->maxphysaddr_bits);
    if (cpu->maxphysaddr_limit != 0)
        g_string_append_printf(out, " limit='%u'", cpu->maxphysaddr_limit);
    g_string_append(out, "/>\n");
}

static void
format_features(const CpuDefinition *cpu, guint indent, GString *out)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        append_indent(out, indent);
        g_string_append(out, "<feature");
        if (cpu->type == CPU_TYPE_GUEST)
            g_string_append_printf(out, " policy='%s'", cpu_policy_name(feature->policy));
        g_string_append(out, " name='");
        append_escaped(out, feature->name);
        g_string_append(out, "'/>\n");
    }
}

static void
format_children(const CpuDefinition *cpu, guint indent, GString *out)
{
    if (cpu->type == CPU_TYPE_HOST && cpu->arch != CPU_ARCH_NONE) {
        append_indent(out, indent);
        g_string_append_printf(out, "<arch>%s</arch>\n", cpu_arch_name(cpu->arch));
    }
    format_model(cpu, indent, out);
    format_vendor(cpu, indent, out);
    format_identity(cpu, indent, out);
    format_topology(cpu, indent, out);
    format_cache(cpu, indent, out);
    format_maxphysaddr(cpu, indent, out);
    format_features(cpu, indent, out);
}

void
cpu_definition_format(const CpuDefinition *cpu, guint indent, GString *out)
{
    gsize start = out->len;

    append_indent(out, indent);
    g_string_append(out, "<cpu");
    gsize after_name = out->len;
    format_attributes(cpu, out);
    gboolean has_attributes = out->len > after_name;
    g_string_append(out, ">\n");
    gsize after_tag = out->len;
    format_children(cpu, indent + 2, out);
    if (out->len > after_tag) {
        append_indent(out, indent);
        g_string_append(out, "</cpu>\n");
    } else if (has_attributes) {
        g_string_truncate(out, after_tag - 2);
        g_string_append(out, "/>\n");
    } else {
        g_string_truncate(out, start);
    }
}
