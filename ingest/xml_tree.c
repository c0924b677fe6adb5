/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml_tree.h"

static void
keep_quiet(void *user_data, xmlErrorPtr error)
{
    (void)user_data, (void)error;
}

XmlQuiet
xml_quiet_begin(void)
{
    XmlQuiet before = {.handler = xmlStructuredError, .context = xmlStructuredErrorContext};

    xmlSetStructuredErrorFunc(NULL, keep_quiet);
    return before;
}

void
xml_quiet_end(XmlQuiet before)
{
    xmlSetStructuredErrorFunc(before.context, before.handler);
}

xmlDoc *
xml_tree_parse(xmlParserCtxt *parser, const char *bytes, gsize length, const char *name,
               int options)
{
    XmlQuiet before = xml_quiet_begin();
    xmlDoc *document =
        xmlCtxtReadMemory(parser, bytes, (int)length, name, NULL,
                          options | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    xml_quiet_end(before);
    return document;
}
