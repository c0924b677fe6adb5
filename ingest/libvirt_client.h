/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_LIBVIRT_CLIENT_H
#define INGEST_LIBVIRT_CLIENT_H

/*
 * libvirt's client library, loaded only when hosts are asked: it brings over thirty libraries with
 * it, which would cost every other command more time to start than most need for their work.
 */

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

G_BEGIN_DECLS

/* The calls that are used, each with the type of libvirt's header and its name without "vir". */
#define LIBVIRT_CLIENT_CALLS(CALL)                                                                 \
    CALL(ConnectClose)                                                                             \
    CALL(ConnectGetCapabilities)                                                                   \
    CALL(ConnectGetDomainCapabilities)                                                             \
    CALL(ConnectGetHostname)                                                                       \
    CALL(ConnectGetLibVersion)                                                                     \
    CALL(ConnectGetType)                                                                           \
    CALL(ConnectGetVersion)                                                                        \
    CALL(ConnectListAllDomains)                                                                    \
    CALL(ConnectOpen)                                                                              \
    CALL(ConnectOpenReadOnly)                                                                      \
    CALL(DomainFree)                                                                               \
    CALL(DomainGetName)                                                                            \
    CALL(DomainGetXMLDesc)                                                                         \
    CALL(DomainIsActive)                                                                           \
    CALL(GetLastErrorCode)                                                                         \
    CALL(GetLastErrorMessage)                                                                      \
    CALL(Initialize)                                                                               \
    CALL(SetErrorFunc)

#define LIBVIRT_CLIENT_FIELD(name) __typeof__(vir##name) *name;
typedef struct {
    LIBVIRT_CLIENT_CALLS(LIBVIRT_CLIENT_FIELD)
} LibvirtClient;
#undef LIBVIRT_CLIENT_FIELD

/*
 * Loads the library, once for the process, and fills RET_CLIENT. It stays loaded, since it keeps
 * threads of its own. FALSE (G_FILE_ERROR_NOENT) when it is not installed, or lacks one of the
 * calls.
 */
gboolean libvirt_client_load(LibvirtClient *ret_client, GError **error);

G_END_DECLS

#endif
