/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "live_libvirt.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define EMBEDDED_URI "qemu:///embed?root="

static void
ignore_error(void *user_data, virErrorPtr error)
{
    (void)user_data, (void)error;
}

static void
remove_folder(const char *path)
{
    const char *arguments[] = {"rm", "-rf", "--", path, NULL};

    g_spawn_sync(NULL, (char **)(gpointer)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                 NULL, NULL, NULL);
}

static virConnectPtr
open_own(void)
{
    static const char settings[] =
        "user = \"root\"\ngroup = \"root\"\nstdio_handler = \"file\"\nremember_owner = 0\n"
        "security_driver = \"none\"\nnamespaces = []\ncgroup_controllers = []\n";
    g_autofree char *folder = NULL;

    if (geteuid() != 0)
        return NULL;
    folder = g_dir_make_tmp("virt-plan-libvirt-XXXXXX", NULL);
    g_return_val_if_fail(folder != NULL, NULL);
    g_autofree char *etc = g_build_filename(folder, "etc", NULL);
    g_autofree char *file = g_build_filename(etc, "qemu.conf", NULL);
    g_autofree char *uri = g_strconcat(EMBEDDED_URI, folder, NULL);
    virConnectPtr connection = NULL;

    if (g_mkdir(etc, 0700) == 0 && g_file_set_contents(file, settings, -1, NULL))
        connection = virConnectOpen(uri);
    if (connection == NULL)
        remove_folder(folder);
    return connection;
}

virConnectPtr
live_libvirt_open_qemu(void)
{
    const char *uri = g_getenv("LIVE_LIBVIRT_URI");

    virSetErrorFunc(NULL, ignore_error);
    virEventRegisterDefaultImpl(); /* drivers that run in this process want it */
    if (uri != NULL)
        return virConnectOpen(uri);
    virConnectPtr own = open_own();
    return own != NULL ? own : virConnectOpen("qemu:///system");
}

void
live_libvirt_close(virConnectPtr connection)
{
    char *uri = virConnectGetURI(connection);
    g_autofree char *folder = uri != NULL && g_str_has_prefix(uri, EMBEDDED_URI)
                                  ? g_strdup(uri + strlen(EMBEDDED_URI))
                                  : NULL;

    g_free(uri);
    virConnectClose(connection);
    if (folder != NULL && g_getenv("LIVE_LIBVIRT_URI") == NULL)
        remove_folder(folder);
}

/* What libvirt says then. */
static const char *const lacking[] = {
    "QEMU binary",
    "No emulator found for arch", /* of a guest of another architecture */
    "Unknown architecture",
    "does not support machine type",
    "QEMU executable",
    "this version of QEMU",
    "this QEMU",
    "This QEMU",
    "by QEMU binary",
    "does not support video model",
    "parallel ports are not supported",
    "greater than specified machine type limit",
};

gboolean
live_libvirt_is_lacking(void)
{
    const virError *error = virGetLastError();

    for (guint i = 0; error != NULL && i < G_N_ELEMENTS(lacking); i++) {
        if (strstr(error->message, lacking[i]) != NULL)
            return TRUE;
    }
    return FALSE;
}

gboolean
live_libvirt_detach(virDomainPtr domain, const char *element)
{
#ifdef __SANITIZE_ADDRESS__
    __lsan_disable();
#endif
    gboolean is_detached =
        virDomainDetachDeviceFlags(domain, element, VIR_DOMAIN_AFFECT_CONFIG) == 0;
#ifdef __SANITIZE_ADDRESS__
    __lsan_enable();
#endif
    return is_detached;
}

guint
live_libvirt_setting(const char *name, guint otherwise)
{
    const char *text = g_getenv(name);

    return text == NULL ? otherwise : (guint)g_ascii_strtoull(text, NULL, 10);
}
