/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml_value.h"

#include <libxml/chvalid.h>
#include <string.h>

/* TRUE and the number when TEXT is one of at most MAX. */
static gboolean
number_parse(const char *text, gsize length, guint64 max, guint64 *ret_number)
{
    guint64 number = 0;
    gsize i = 0;

    while (length > 0 && xmlIsBlank_ch(text[length - 1]))
        length--;
    while (i < length && xmlIsBlank_ch(text[i]))
        i++;
    if (i < length && text[i] == '+')
        i++;
    if (i == length)
        return FALSE;
    for (; i < length; i++) {
        guint digit = (guint)(text[i] - '0');

        if (digit > 9 || number > (max - digit) / 10)
            return FALSE;
        number = number * 10 + digit;
    }
    *ret_number = number;
    return TRUE;
}

/*
 * libvirt's units: a prefix alone or with "iB" counts in 1024s, with "B" in 1000s; case does not
 * matter but for that.
 */
guint64
unit_bytes(const char *unit)
{
    static const char prefixes[] = "kmgtpe";
    guint64 bytes = 1;

    if (unit == NULL || *unit == '\0')
        return 1024;
    if (g_ascii_strcasecmp(unit, "b") == 0 || g_ascii_strcasecmp(unit, "bytes") == 0 ||
        g_ascii_strcasecmp(unit, "byte") == 0)
        return 1;
    const char *prefix = strchr(prefixes, g_ascii_tolower(*unit));
    gboolean is_decimal = g_ascii_strcasecmp(unit + 1, "b") == 0;

    if (prefix == NULL ||
        (unit[1] != '\0' && !is_decimal && g_ascii_strcasecmp(unit + 1, "ib") != 0))
        return 0;
    for (const char *p = prefixes; p <= prefix; p++)
        bytes *= is_decimal ? 1000 : 1024;
    return bytes;
}

gboolean
quantity_to_kib(guint64 number, const char *unit, guint64 *ret_kib)
{
    guint64 factor = unit_bytes(unit);

    if (factor == 0 || number > (G_MAXUINT64 - 1023) / factor)
        return FALSE;
    *ret_kib = (number * factor + 1023) / 1024;
    return TRUE;
}

gboolean
xml_event_number(const XmlEvent *event, const char *what, guint64 max, guint64 *ret_number)
{
    if (number_parse(event->text, strlen(event->text), max, ret_number))
        return TRUE;
    xml_event_fail(event, "invalid-number", "correct the value, or fetch the document again",
                   "the %s is '%.40s', not a whole number up to %" G_GUINT64_FORMAT, what,
                   event->text, max);
    return FALSE;
}

gboolean
xml_event_attribute_number(const XmlEvent *event, const char *name, guint64 max,
                           guint64 *ret_number)
{
    const CpuReaderAttribute *attribute = xml_attribute(&event->attributes, name);

    if (attribute == NULL)
        return FALSE;
    if (number_parse(attribute->value, attribute->length, max, ret_number))
        return TRUE;
    xml_event_fail(event, "invalid-number", "correct the value, or fetch the document again",
                   "attribute '%s' of <%s> is '%.*s', not a whole number up to %" G_GUINT64_FORMAT,
                   name, event->name, (int)MIN(attribute->length, 40), attribute->value, max);
    return FALSE;
}

char *
uuid_canonical(const char *text)
{
    static const gssize hyphens[] = {8, 13, 18, 23};
    g_autoptr(GString) digits = g_string_new(NULL);

    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isxdigit(*c))
            g_string_append_c(digits, g_ascii_tolower(*c));
        else if (*c != '-' && !g_ascii_isspace(*c))
            return g_strdup(text);
    }
    if (digits->len != 32)
        return g_strdup(text);
    for (guint i = 0; i < G_N_ELEMENTS(hyphens); i++)
        g_string_insert_c(digits, hyphens[i], '-');
    return g_strdup(digits->str);
}
