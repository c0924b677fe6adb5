/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt_client.h"

#include <dlfcn.h>

/* libvirt has kept this ABI, and thus this name, since its first release. */
#define LIBRARY "libvirt.so.0"

#define CALL_ROW(name) {"vir" #name, G_STRUCT_OFFSET(LibvirtClient, name)},
static const struct {
    const char *symbol;
    glong offset;
} calls[] = {LIBVIRT_CLIENT_CALLS(CALL_ROW)};
#undef CALL_ROW
G_STATIC_ASSERT(sizeof(LibvirtClient) == G_N_ELEMENTS(calls) * sizeof(gpointer));

static gboolean
fail(GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                "live hosts cannot be asked: libvirt's client library cannot be loaded: %s: "
                "install it (libvirt0 or libvirt-libs), or collect documents and ingest them",
                dlerror());
    return FALSE;
}

gboolean
libvirt_client_load(LibvirtClient *ret_client, GError **error)
{
    LibvirtClient client;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

    if (library == NULL)
        return fail(error);
    for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
        gpointer *call = G_STRUCT_MEMBER_P(&client, calls[i].offset);

        *call = dlsym(library, calls[i].symbol);
        if (*call == NULL)
            return fail(error);
    }
    *ret_client = client;
    return TRUE;
}
