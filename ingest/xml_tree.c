/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml_tree.h"

static void
keep_quiet(void *user_data, xmlErrorPtr error)
{
    (void)user_data, (void)error;
}

xmlDoc *
xml_tree_parse(xmlParserCtxt *parser, const char *bytes, gsize length, const char *name,
               int options)
{
    /* What libxml2 says of a wrong encoding goes past the parser, to the thread's own handler. */
    xmlStructuredErrorFunc handler = xmlStructuredError;
    void *context = xmlStructuredErrorContext;

    xmlSetStructuredErrorFunc(NULL, keep_quiet);
    xmlDoc *document =
        xmlCtxtReadMemory(parser, bytes, (int)length, name, NULL,
                          options | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlSetStructuredErrorFunc(context, handler);
    return document;
}
