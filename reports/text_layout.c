/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Headings, paragraphs and lists, which the text reports are made of. */

#include "text_layout.h"

#include <reports/escape.h>

#include <stdarg.h>

void
text_heading(GString *out, const ReportStyle *style, const char *title)
{
    g_autoptr(GString) printable = g_string_new(NULL);

    escape_terminal(printable, title);
    if (out->len > 0)
        g_string_append_c(out, '\n');
    g_string_append_printf(out, style->is_coloured ? "\033[1m%s\033[0m\n" : "%s\n", printable->str);
    for (guint i = escape_width(printable->str); i > 0; i--)
        g_string_append_c(out, '-');
    g_string_append_c(out, '\n');
}

static void
append_blanks(GString *out, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append_c(out, ' ');
}

void
report_text_paragraph(GString *out, const ReportStyle *style, guint indent, guint hang,
                      const char *text)
{
    g_autoptr(GString) printable = g_string_new(NULL);
    guint used = indent;

    escape_terminal(printable, text);
    g_auto(GStrv) words = g_strsplit(printable->str, " ", -1);
    append_blanks(out, indent);
    for (guint i = 0; words[i] != NULL; i++) {
        guint width = escape_width(words[i]);

        if (i > 0 && style->width > 0 && used + 1 + width > style->width) {
            g_string_append_c(out, '\n');
            append_blanks(out, hang);
            used = hang;
        } else if (i > 0) {
            g_string_append_c(out, ' ');
            used++;
        }
        g_string_append(out, words[i]);
        used += width;
    }
    g_string_append_c(out, '\n');
}

void
text_list_item(TextList *list, const char *format, ...)
{
    va_list args;

    if (++list->n > list->most) {
        list->n_left_out++;
        return;
    }
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    report_text_paragraph(list->out, list->style, 2, 2, text);
}

void
text_list_end(const TextList *list, const char *file)
{
    if (list->n_left_out > 0)
        g_string_append_printf(list->out, "  ... and %u more in %s\n", list->n_left_out, file);
}
