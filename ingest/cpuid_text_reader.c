/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two forms of line carry a leaf; everything else in a dump is for people and is passed over:
 *
 *     CPUID 00000007: 00000000-000037AB-00000000-9C000400 [SL 00]       published
 *        0x00000007 0x00: eax=0x00000000 ebx=0x000037ab ecx=... edx=...   cpuid -r
 *
 * A heading ("Logical CPU #3", "CPU 3:") begins the next logical CPU. Published dumps also list
 * MSRs
 * ("MSR 0000010A: 0000-0000-0000-0C08"), most of which change while one looks at them; those that
 * tell features are taken. Old published dumps repeat a leaf without saying which subleaf it is:
 * they are counted.
 */

#include <ingest/cpuid_text_reader.h>

#include <string.h>

G_DEFINE_QUARK(virt_plan_cpuid_text_reader_error_quark, cpuid_text_reader_error)

/* A machine with more logical CPUs than any dump lists. */
#define MAX_CPUS 65536

typedef struct {
    CpuData *data;
    guint line;   /* where it begins */
    guint number; /* in its heading */
} LogicalCpu;

typedef struct {
    GArray *cpus;  /* of LogicalCpu */
    CpuData *msrs; /* of no CPU in particular */
    guint line;
    guint32 last_leaf; /* of the current CPU, for lines that do not tell the subleaf */
    guint32 last_subleaf;
    gboolean has_last;
    gboolean is_msr_section;
    guint section; /* index of the CPU whose section is open, cpus->len when none */
} Dump;

/*
 * Registers that hold feature bits: what differs in others (APIC ids, topology) is no difference.
 */
static const struct {
    guint32 leaf, subleaf;
    gboolean is_feature[CPU_REGISTER_COUNT];
} feature_registers[] = {
    {0x00000001, 0, {FALSE, FALSE, TRUE, TRUE}},  {0x00000006, 0, {TRUE, FALSE, TRUE, FALSE}},
    {0x00000007, 0, {FALSE, TRUE, TRUE, TRUE}},   {0x00000007, 1, {TRUE, TRUE, TRUE, TRUE}},
    {0x00000007, 2, {FALSE, FALSE, FALSE, TRUE}}, {0x0000000d, 1, {TRUE, FALSE, FALSE, FALSE}},
    {0x00000014, 0, {FALSE, TRUE, TRUE, FALSE}},  {0x80000001, 0, {FALSE, FALSE, TRUE, TRUE}},
    {0x80000007, 0, {FALSE, TRUE, FALSE, TRUE}},  {0x80000008, 0, {FALSE, TRUE, FALSE, FALSE}},
    {0x8000000a, 0, {FALSE, FALSE, FALSE, TRUE}}, {0x8000001f, 0, {TRUE, FALSE, FALSE, FALSE}},
    {0x80000021, 0, {TRUE, FALSE, FALSE, FALSE}},
};

/* MSRs that tell features: core capabilities, architectural capabilities, the VMX ones. */
static gboolean
is_feature_msr(guint32 index)
{
    return index == 0xcf || index == 0x10a || (index >= 0x480 && index <= 0x491);
}

void
cpuid_text_free(CpuidText *text)
{
    if (text == NULL)
        return;
    cpu_data_free(text->data);
    g_free(text);
}

/* ---- words of a line ------------------------------------------------------------------------ */

/* Exactly N_DIGITS hexadecimal digits; moves CURSOR behind them. */
static gboolean
take_hex(const char **cursor, const char *end, guint n_digits, guint32 *ret_number)
{
    guint32 number = 0;

    if ((gsize)(end - *cursor) < n_digits)
        return FALSE;
    for (guint i = 0; i < n_digits; i++) {
        gint digit = g_ascii_xdigit_value((*cursor)[i]);

        if (digit < 0)
            return FALSE;
        number = number << 4 | (guint32)digit;
    }
    *cursor += n_digits;
    *ret_number = number;
    return TRUE;
}

static gboolean
take_word(const char **cursor, const char *end, const char *word)
{
    gsize length = strlen(word);

    if ((gsize)(end - *cursor) < length || memcmp(*cursor, word, length) != 0)
        return FALSE;
    *cursor += length;
    return TRUE;
}

static void
take_blanks(const char **cursor, const char *end)
{
    while (*cursor < end && (**cursor == ' ' || **cursor == '\t'))
        (*cursor)++;
}

/* ---- lines ---------------------------------------------------------------------------------- */

typedef enum { LINE_OTHER, LINE_ITEM, LINE_BROKEN } LineKind;

/* "CPUID 00000007: " is before CURSOR. The subleaf is -1 when the line does not tell. */
static LineKind
parse_published(const char *cursor, const char *end, CpuDataItem *ret_item, gint64 *ret_subleaf)
{
    CpuDataItem item = {0};
    guint32 subleaf;

    if (!take_hex(&cursor, end, 8, &item.leaf))
        return LINE_OTHER;
    if (!take_word(&cursor, end, ":"))
        return LINE_BROKEN;
    take_blanks(&cursor, end);
    for (guint i = 0; i < CPU_REGISTER_COUNT; i++) {
        if ((i > 0 && !take_word(&cursor, end, "-")) || !take_hex(&cursor, end, 8, &item.regs[i]))
            return LINE_BROKEN;
    }
    take_blanks(&cursor, end);
    *ret_subleaf = -1;
    if (take_word(&cursor, end, "[SL ") && take_hex(&cursor, end, 2, &subleaf))
        *ret_subleaf = subleaf;
    *ret_item = item;
    return LINE_ITEM;
}

/* "0x" of the leaf is before CURSOR. */
static LineKind
parse_raw(const char *cursor, const char *end, CpuDataItem *ret_item)
{
    static const char *const names[CPU_REGISTER_COUNT] = {"eax=0x", "ebx=0x", "ecx=0x", "edx=0x"};
    CpuDataItem item = {0};

    if (!take_hex(&cursor, end, 8, &item.leaf) || !take_word(&cursor, end, " 0x"))
        return LINE_OTHER;
    if (!take_hex(&cursor, end, 2, &item.subleaf) || !take_word(&cursor, end, ":"))
        return LINE_BROKEN;
    for (guint i = 0; i < CPU_REGISTER_COUNT; i++) {
        take_blanks(&cursor, end);
        if (!take_word(&cursor, end, names[i]) || !take_hex(&cursor, end, 8, &item.regs[i]))
            return LINE_BROKEN;
    }
    *ret_item = item;
    return LINE_ITEM;
}

/* "MSR " is before CURSOR: "0000010A: 0000-0000-0000-0C08". */
static LineKind
parse_msr(const char *cursor, const char *end, CpuDataItem *ret_item)
{
    CpuDataItem item = {.is_msr = TRUE};
    guint32 words[4];

    if (!take_hex(&cursor, end, 8, &item.leaf) || !take_word(&cursor, end, ": "))
        return LINE_OTHER;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if ((i > 0 && !take_word(&cursor, end, "-")) || !take_hex(&cursor, end, 4, &words[i]))
            return LINE_OTHER; /* registers that could not be read are shown in words */
    }
    item.regs[CPU_REGISTER_EAX] = words[2] << 16 | words[3];
    item.regs[CPU_REGISTER_EDX] = words[0] << 16 | words[1];
    *ret_item = item;
    return LINE_ITEM;
}

static LineKind
parse_line(const char *line, const char *end, CpuDataItem *ret_item, gint64 *ret_subleaf)
{
    LineKind kind = LINE_OTHER;

    take_blanks(&line, end);
    if (take_word(&line, end, "CPUID "))
        return parse_published(line, end, ret_item, ret_subleaf);
    if (take_word(&line, end, "MSR "))
        return parse_msr(line, end, ret_item);
    if (take_word(&line, end, "0x")) {
        kind = parse_raw(line, end, ret_item);
        *ret_subleaf = kind == LINE_ITEM ? (gint64)ret_item->subleaf : -1;
    }
    return kind;
}

static const char *
line_end(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (gsize)(end - line));

    return newline == NULL ? end : newline;
}

gboolean
cpuid_text_reader_recognizes(const char *bytes, gsize length)
{
    const char *end = bytes + length;

    for (const char *line = bytes; line < end;) {
        const char *stop = line_end(line, end);
        CpuDataItem item;
        gint64 subleaf;

        if (parse_line(line, stop, &item, &subleaf) == LINE_ITEM && !item.is_msr)
            return TRUE;
        line = stop + 1;
    }
    return FALSE;
}

/* ---- logical CPUs --------------------------------------------------------------------------- */

static void
clear_cpu(gpointer data)
{
    cpu_data_free(((LogicalCpu *)data)->data);
}

/* Decimal digits at CURSOR; 0 when there are none. */
static guint
take_number(const char *cursor, const char *end)
{
    guint number = 0;

    for (; cursor < end && g_ascii_isdigit(*cursor) && number < MAX_CPUS; cursor++)
        number = number * 10 + (guint)(*cursor - '0');
    return number;
}

/* TRUE when the line is the heading of a logical CPU; its MSRs may have a second one. */
static gboolean
parse_heading(const char *line, const char *end, guint *ret_number, gboolean *ret_is_msrs)
{
    const char *mark = g_strstr_len(line, end - line, "Logical CPU #");

    take_blanks(&line, end);
    *ret_is_msrs = FALSE;
    if (mark != NULL && take_word(&line, end, "---")) {
        *ret_number = take_number(mark + strlen("Logical CPU #"), end);
        *ret_is_msrs = g_strstr_len(line, mark - line, "MSR") != NULL;
        return TRUE;
    }
    if (take_word(&line, end, "CPU ") && line < end && g_ascii_isdigit(*line)) {
        *ret_number = take_number(line, end);
        return end[-1] == ':' || (end[-1] == '\r' && end[-2] == ':');
    }
    *ret_number = 0;
    return take_word(&line, end, "CPU:");
}

static void
open_cpu(Dump *dump, guint number)
{
    LogicalCpu cpu = {.data = cpu_data_new(), .line = dump->line, .number = number};

    g_array_append_val(dump->cpus, cpu);
    dump->section = dump->cpus->len - 1;
    dump->has_last = FALSE;
}

static void
open_section(Dump *dump, guint number, gboolean is_msrs)
{
    if (!is_msrs) {
        open_cpu(dump, number);
        return;
    }
    for (dump->section = 0; dump->section < dump->cpus->len; dump->section++) {
        if (g_array_index(dump->cpus, LogicalCpu, dump->section).number == number)
            break;
    }
}

static void
add_item(Dump *dump, CpuDataItem *item, gint64 subleaf)
{
    if (item->is_msr && !is_feature_msr(item->leaf))
        return;
    if (item->is_msr) {
        gboolean has_cpu = dump->is_msr_section && dump->section < dump->cpus->len;

        cpu_data_add(
            has_cpu ? g_array_index(dump->cpus, LogicalCpu, dump->section).data : dump->msrs, item);
        return;
    }
    if (dump->section >= dump->cpus->len)
        open_cpu(dump, 0);
    if (subleaf >= 0)
        item->subleaf = (guint32)subleaf;
    else if (dump->has_last && dump->last_leaf == item->leaf)
        item->subleaf = dump->last_subleaf + 1;
    dump->last_leaf = item->leaf;
    dump->last_subleaf = item->subleaf;
    dump->has_last = TRUE;
    cpu_data_add(g_array_index(dump->cpus, LogicalCpu, dump->section).data, item);
}

static gboolean
read_line(Dump *dump, const char *line, const char *end, GError **error)
{
    CpuDataItem item;
    gint64 subleaf = -1;
    guint number;
    gboolean is_msrs;

    switch (parse_line(line, end, &item, &subleaf)) {
    case LINE_ITEM:
        add_item(dump, &item, subleaf);
        return TRUE;
    case LINE_BROKEN:
        g_set_error(error, CPUID_TEXT_READER_ERROR, CPUID_TEXT_READER_ERROR_INVALID,
                    "line %u: CPUID leaf without four registers of eight digits", dump->line);
        return FALSE;
    case LINE_OTHER:
    default:
        break;
    }
    if (parse_heading(line, end, &number, &is_msrs)) {
        if (dump->cpus->len >= MAX_CPUS) {
            g_set_error(error, CPUID_TEXT_READER_ERROR, CPUID_TEXT_READER_ERROR_INVALID,
                        "line %u: more than %u logical CPUs", dump->line, MAX_CPUS);
            return FALSE;
        }
        dump->is_msr_section = is_msrs;
        open_section(dump, number, is_msrs);
    } else if (g_strstr_len(line, end - line, "[ MSR Registers") != NULL) {
        dump->is_msr_section = FALSE;
        dump->section = dump->cpus->len;
    }
    return TRUE;
}

/* ---- what all have -------------------------------------------------------------------------- */

static gboolean
lacks_features(const CpuData *data, const CpuData *all)
{
    for (guint i = 0; i < G_N_ELEMENTS(feature_registers); i++) {
        const CpuDataItem *own =
            cpu_data_find(data, FALSE, feature_registers[i].leaf, feature_registers[i].subleaf);
        const CpuDataItem *any =
            cpu_data_find(all, FALSE, feature_registers[i].leaf, feature_registers[i].subleaf);

        for (guint reg = 0; any != NULL && reg < CPU_REGISTER_COUNT; reg++) {
            guint32 bits = own == NULL ? 0 : own->regs[reg];

            if (feature_registers[i].is_feature[reg] && (any->regs[reg] & ~bits) != 0)
                return TRUE;
        }
    }
    return FALSE;
}

static void
add_all(CpuData *to, const CpuData *from)
{
    for (guint i = 0; i < cpu_data_n_items(from); i++)
        cpu_data_add(to, cpu_data_item(from, i));
}

static CpuidText *
intersect(const Dump *dump)
{
    CpuidText *text = g_new0(CpuidText, 1);
    g_autoptr(CpuData) all = cpu_data_new();
    const CpuData *first = NULL;
    guint family, model, stepping;

    for (guint i = 0; i < dump->cpus->len; i++) {
        const LogicalCpu *cpu = &g_array_index(dump->cpus, LogicalCpu, i);

        if (cpu_data_n_items(cpu->data) == 0)
            continue; /* a heading alone */
        add_all(all, cpu->data);
        text->n_cpus++;
        if (first == NULL) {
            first = cpu->data;
            text->data = cpu_data_copy(first);
        } else {
            cpu_data_intersect(text->data, cpu->data);
        }
    }
    for (guint i = 0; i < dump->cpus->len; i++) {
        const LogicalCpu *cpu = &g_array_index(dump->cpus, LogicalCpu, i);

        if (cpu_data_n_items(cpu->data) == 0 || !lacks_features(cpu->data, all))
            continue;
        if (text->n_differing++ == 0)
            text->first_differing_line = cpu->line;
    }
    if (first == NULL)
        return text;
    /* An AND of different signatures would be that of no CPU: the first one's stands. */
    cpu_data_signature(first, &family, &model, &stepping);
    cpu_data_set_signature(text->data, family, model, stepping);
    add_all(text->data, dump->msrs);
    return text;
}

CpuidText *
cpuid_text_reader_parse(const char *bytes, gsize length, GError **error)
{
    const char *end = bytes + length;
    Dump dump = {.cpus = g_array_new(FALSE, FALSE, sizeof(LogicalCpu)), .msrs = cpu_data_new()};
    CpuidText *text = NULL;
    gboolean is_well = TRUE;

    g_array_set_clear_func(dump.cpus, clear_cpu);
    for (const char *line = bytes; is_well && line < end;) {
        const char *stop = line_end(line, end);

        dump.line++;
        is_well = read_line(&dump, line, stop, error);
        line = stop + 1;
    }
    if (is_well)
        text = intersect(&dump);
    if (text != NULL && text->data == NULL) {
        g_set_error(error, CPUID_TEXT_READER_ERROR, CPUID_TEXT_READER_ERROR_EMPTY,
                    "there is no CPUID leaf in it");
        g_clear_pointer(&text, cpuid_text_free);
    }
    g_array_unref(dump.cpus);
    cpu_data_free(dump.msrs);
    return text;
}
