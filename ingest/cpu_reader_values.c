/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The rules that a `<cpu>` element has to keep, of host and of guest type, as libvirt has them.
 *
 * Attributes are addressed by their position in cpu_child_rules.
 */

#include "cpu_reader_private.h"

#include <string.h>

/* Bytes that CPUID leaf 0 has for a vendor. */
#define VENDOR_ID_LENGTH 12

/* One element under judgement. */
typedef struct {
    const CpuChildValues *children;
    CpuDefinition *cpu;
    GError **error;
} Judge;

G_GNUC_PRINTF(3, 4)
static gboolean
fail(const Judge *judge, CpuChild child, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(judge->error, CPU_READER_ERROR, CPU_READER_ERROR_INVALID, "line %u: %s",
                judge->children[child].line, message);
    return FALSE;
}

/* Decimal digits, with blanks or a plus sign before them and nothing behind. */
static gboolean
parse_number(const char *text, guint64 max, guint64 *ret_number)
{
    guint64 number = 0;

    while (g_ascii_isspace(*text))
        text++;
    if (*text == '+')
        text++;
    if (*text == '\0')
        return FALSE;
    for (; *text != '\0'; text++) {
        guint digit = (guint)(*text - '0');

        if (!g_ascii_isdigit(*text) || digit > max || number > (max - digit) / 10)
            return FALSE;
        number = number * 10 + digit;
    }
    *ret_number = number;
    return TRUE;
}

typedef enum { NUMBER_OPTIONAL = 0, NUMBER_REQUIRED = 1 << 0, NUMBER_POSITIVE = 1 << 1 } NumberRule;

/* Leaves *RET_NUMBER alone when the attribute is absent. */
static gboolean
judge_number(const Judge *judge, CpuChild child, guint attribute, NumberRule rule, guint64 max,
             guint64 *ret_number)
{
    const char *element = cpu_child_rules[child].name;
    const char *name = cpu_child_rules[child].attributes[attribute];
    const char *text = judge->children[child].values[attribute];

    if (text == NULL)
        return !(rule & NUMBER_REQUIRED) ||
               fail(judge, child, "<%s> without '%s': it is required", element, name);
    if (!parse_number(text, max, ret_number))
        return fail(judge, child, "'%s' is no number for '%s' of <%s>: write decimal digits", text,
                    name, element);
    if ((rule & NUMBER_POSITIVE) && *ret_number == 0)
        return fail(judge, child, "'%s' of <%s> is 0: it must be at least 1", name, element);
    return TRUE;
}

/* The index of the attribute's value among WORDS (NULL-terminated), -1 when absent. */
static gboolean
judge_word(const Judge *judge, CpuChild child, guint attribute, const char *const *words,
           gint *ret_index)
{
    const char *text = judge->children[child].values[attribute];

    *ret_index = -1;
    if (text == NULL)
        return TRUE;
    for (gint i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_index = i;
            return TRUE;
        }
    }
    g_autoptr(GString) choice = g_string_new(words[0]);
    for (gint i = 1; words[i] != NULL; i++)
        g_string_append_printf(choice, ", %s", words[i]);
    return fail(judge, child, "'%s' is no value for '%s' of <%s>: use one of %s", text,
                cpu_child_rules[child].attributes[attribute], cpu_child_rules[child].name,
                choice->str);
}

static gboolean
judge_switch(const Judge *judge, CpuChild child, guint attribute, const char *const words[3],
             CpuSwitch *ret_switch)
{
    gint index;

    if (!judge_word(judge, child, attribute, words, &index))
        return FALSE;
    *ret_switch = index < 0 ? CPU_SWITCH_ABSENT : index == 0 ? CPU_SWITCH_ON : CPU_SWITCH_OFF;
    return TRUE;
}

static const char *const on_off[] = {"on", "off", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};

/* ---- host type ------------------------------------------------------------------------------ */

static gboolean
judge_host_attributes(const Judge *judge, CpuElement element)
{
    const char *const *values = judge->children[CPU_CHILD_ROOT].values;

    if (values[0] != NULL)
        return fail(judge, CPU_CHILD_ROOT, "a host CPU (one with <arch>) has no 'mode': remove it");
    if (values[1] != NULL && element == CPU_ELEMENT_BARE)
        return fail(judge, CPU_CHILD_ROOT,
                    "a host CPU (one with <arch>) has no 'match': remove it or the <arch>");
    if (values[3] != NULL)
        return fail(judge, CPU_CHILD_ROOT,
                    "a host CPU (one with <arch>) has no 'migratable': remove it");
    return TRUE;
}

static gboolean
judge_arch(const Judge *judge)
{
    const char *text = judge->children[CPU_CHILD_ARCH].text;

    if (text == NULL)
        return fail(judge, CPU_CHILD_ROOT, "a host CPU without <arch>: name its architecture");
    judge->cpu->arch = cpu_arch_from_name(text);
    return judge->cpu->arch != CPU_ARCH_NONE ||
           fail(judge, CPU_CHILD_ARCH,
                "unknown architecture '%s': use libvirt's name, such as x86_64", text);
}

static gboolean
judge_identity(const Judge *judge)
{
    const CpuChildValues *children = judge->children;
    guint64 microcode = 0, family = 0, model = 0, stepping = 0;

    if (children[CPU_CHILD_MICROCODE].n_seen > 0 &&
        !judge_number(judge, CPU_CHILD_MICROCODE, 0, NUMBER_OPTIONAL, G_MAXUINT32, &microcode))
        return FALSE;
    if (children[CPU_CHILD_SIGNATURE].n_seen > 0 &&
        (!judge_number(judge, CPU_CHILD_SIGNATURE, 0, NUMBER_REQUIRED | NUMBER_POSITIVE,
                       G_MAXUINT32, &family) ||
         !judge_number(judge, CPU_CHILD_SIGNATURE, 1, NUMBER_REQUIRED, G_MAXUINT32, &model) ||
         !judge_number(judge, CPU_CHILD_SIGNATURE, 2, NUMBER_REQUIRED, G_MAXUINT32, &stepping)))
        return FALSE;
    if (children[CPU_CHILD_COUNTER].n_seen > 0 &&
        (!judge_number(judge, CPU_CHILD_COUNTER, 1, NUMBER_REQUIRED, G_MAXUINT64,
                       &judge->cpu->tsc_hz) ||
         !judge_switch(judge, CPU_CHILD_COUNTER, 2, yes_no, &judge->cpu->tsc_scaling)))
        return FALSE;
    judge->cpu->microcode = (guint32)microcode;
    judge->cpu->family = (guint)family;
    judge->cpu->model_number = (guint)model;
    judge->cpu->stepping = (guint)stepping;
    return TRUE;
}

static gboolean
judge_host(const Judge *judge, CpuElement element)
{
    CpuDefinition *cpu = judge->cpu;

    cpu->type = CPU_TYPE_HOST;
    for (guint i = 0; i < cpu->features->len; i++)
        cpu_definition_feature(cpu, i)->policy = CPU_POLICY_NONE;
    if (!judge_host_attributes(judge, element) || !judge_arch(judge) || !judge_identity(judge))
        return FALSE;
    if (element != CPU_ELEMENT_HOST && cpu->model == NULL)
        return fail(judge, CPU_CHILD_ROOT, "a host CPU without <model>: it must name one");
    return TRUE;
}

/* ---- guest type ----------------------------------------------------------------------------- */

static gboolean
judge_guest_attributes(const Judge *judge)
{
    CpuDefinition *cpu = judge->cpu;
    gint mode, match, check;

    if (!judge_word(judge, CPU_CHILD_ROOT, 0, cpu_mode_names, &mode) ||
        !judge_word(judge, CPU_CHILD_ROOT, 1, cpu_match_names, &match) ||
        !judge_word(judge, CPU_CHILD_ROOT, 2, cpu_check_names, &check) ||
        !judge_switch(judge, CPU_CHILD_ROOT, 3, on_off, &cpu->migratable) ||
        !judge_switch(judge, CPU_CHILD_ROOT, 4, on_off, &cpu->deprecated_features))
        return FALSE;
    cpu->mode = mode < 0 ? CPU_MODE_CUSTOM : (CpuMode)mode;
    cpu->match = match < 0 ? CPU_MATCH_EXACT : (CpuMatch)match;
    cpu->check = check < 0 ? CPU_CHECK_DEFAULT : (CpuCheck)check;
    if (cpu->migratable != CPU_SWITCH_ABSENT && cpu->mode != CPU_MODE_HOST_PASSTHROUGH &&
        cpu->mode != CPU_MODE_MAXIMUM)
        return fail(judge, CPU_CHILD_ROOT,
                    "'migratable' is only for mode host-passthrough and maximum: remove it");
    return TRUE;
}

static gboolean
judge_guest_model(const Judge *judge)
{
    const char *fallback = judge->children[CPU_CHILD_MODEL].values[0];
    const char *vendor_id = judge->children[CPU_CHILD_MODEL].values[1];
    CpuDefinition *cpu = judge->cpu;

    if (cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM)
        return TRUE;
    if (fallback != NULL && *fallback != '\0') {
        if (strcmp(fallback, "forbid") == 0)
            cpu->fallback = CPU_FALLBACK_FORBID;
        else if (strcmp(fallback, "allow") != 0)
            return fail(judge, CPU_CHILD_MODEL,
                        "'%s' is no value for 'fallback': use allow or forbid", fallback);
    }
    if (vendor_id == NULL || *vendor_id == '\0')
        return TRUE;
    if (strlen(vendor_id) != VENDOR_ID_LENGTH)
        return fail(judge, CPU_CHILD_MODEL,
                    "vendor_id '%s' is not %d bytes long: give one as CPUID has it", vendor_id,
                    VENDOR_ID_LENGTH);
    if (strchr(vendor_id, ',') != NULL)
        return fail(judge, CPU_CHILD_MODEL, "vendor_id '%s' has a comma: give one as CPUID has it",
                    vendor_id);
    cpu->vendor_id = g_strdup(vendor_id);
    return TRUE;
}

static gboolean
judge_guest(const Judge *judge)
{
    CpuDefinition *cpu = judge->cpu;

    cpu->type = CPU_TYPE_GUEST;
    if (!judge_guest_attributes(judge) || !judge_guest_model(judge))
        return FALSE;
    if (cpu->vendor != NULL && cpu->model == NULL)
        return fail(judge, CPU_CHILD_VENDOR, "a <vendor> without a <model>: name the model");
    if (cpu->mode == CPU_MODE_CUSTOM && cpu->model == NULL && cpu->features->len > 0)
        return fail(judge, CPU_CHILD_ROOT,
                    "features without a <model>: name the model that they are added to");
    return TRUE;
}

/* ---- both types ----------------------------------------------------------------------------- */

static gboolean
judge_topology(const Judge *judge)
{
    guint64 numbers[] = {0, 1, 1, 0, 0}; /* sockets, dies, clusters, cores, threads */
    CpuDefinition *cpu = judge->cpu;

    if (judge->children[CPU_CHILD_TOPOLOGY].n_seen == 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        NumberRule rule = NUMBER_POSITIVE | (numbers[i] == 0 ? NUMBER_REQUIRED : NUMBER_OPTIONAL);

        if (!judge_number(judge, CPU_CHILD_TOPOLOGY, i, rule, G_MAXUINT32, &numbers[i]))
            return FALSE;
    }
    cpu->sockets = (guint)numbers[0];
    cpu->dies = (guint)numbers[1];
    cpu->clusters = (guint)numbers[2];
    cpu->cores = (guint)numbers[3];
    cpu->threads = (guint)numbers[4];
    return TRUE;
}

static gboolean
judge_cache(const Judge *judge)
{
    CpuDefinition *cpu = judge->cpu;
    guint64 level = G_MAXUINT64;
    gint mode;

    if (judge->children[CPU_CHILD_CACHE].n_seen == 0)
        return TRUE;
    if (judge->children[CPU_CHILD_CACHE].n_seen > 1)
        return fail(judge, CPU_CHILD_CACHE, "more than one <cache>: keep one");
    if (!judge_number(judge, CPU_CHILD_CACHE, 0, NUMBER_POSITIVE, 3, &level) ||
        !judge_word(judge, CPU_CHILD_CACHE, 1, cpu_cache_mode_names, &mode))
        return FALSE;
    if (mode < 0)
        return fail(judge, CPU_CHILD_CACHE, "<cache> without 'mode': it is required");
    cpu->has_cache = TRUE;
    cpu->cache_mode = (CpuCacheMode)mode;
    cpu->cache_level = level == G_MAXUINT64 ? -1 : (gint)level;
    return TRUE;
}

static gboolean
judge_maxphysaddr(const Judge *judge)
{
    static const char *const modes[] = {"emulate", "passthrough", NULL};
    CpuDefinition *cpu = judge->cpu;
    guint64 bits = G_MAXUINT64, limit = 0;
    gint mode;

    if (judge->children[CPU_CHILD_MAXPHYSADDR].n_seen == 0)
        return TRUE;
    if (!judge_word(judge, CPU_CHILD_MAXPHYSADDR, 0, modes, &mode) ||
        !judge_number(judge, CPU_CHILD_MAXPHYSADDR, 1, NUMBER_OPTIONAL, G_MAXINT, &bits) ||
        !judge_number(judge, CPU_CHILD_MAXPHYSADDR, 2, NUMBER_POSITIVE, G_MAXUINT32, &limit))
        return FALSE;
    if (mode < 0)
        return fail(judge, CPU_CHILD_MAXPHYSADDR, "<maxphysaddr> without 'mode': it is required");
    if (limit != 0 && mode == 0)
        return fail(judge, CPU_CHILD_MAXPHYSADDR,
                    "'limit' of <maxphysaddr> is only for mode passthrough: remove it");
    cpu->has_maxphysaddr = TRUE;
    cpu->is_maxphysaddr_emulated = mode == 0;
    cpu->maxphysaddr_bits = bits == G_MAXUINT64 ? -1 : (gint)bits;
    cpu->maxphysaddr_limit = (guint)limit;
    return TRUE;
}

gboolean
cpu_reader_judge(const CpuChildValues children[CPU_CHILD_COUNT], CpuElement element,
                 CpuDefinition *cpu, GError **error)
{
    Judge judge = {children, cpu, error};
    gboolean is_bare = element == CPU_ELEMENT_BARE || element == CPU_ELEMENT_BASELINE;
    gboolean is_host =
        element == CPU_ELEMENT_HOST || (is_bare && children[CPU_CHILD_ARCH].n_seen > 0);

    cpu->model = g_strdup(children[CPU_CHILD_MODEL].text);
    cpu->vendor = g_strdup(children[CPU_CHILD_VENDOR].text);
    if (is_host ? !judge_host(&judge, element) : !judge_guest(&judge))
        return FALSE;
    return judge_topology(&judge) && judge_cache(&judge) && judge_maxphysaddr(&judge);
}
