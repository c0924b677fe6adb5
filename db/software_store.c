/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Versions of software, each combination of them once. What is not told is an empty text. */

#include "store.h"

const char *const software_columns[SOFTWARE_COUNT] = {
    [SOFTWARE_QEMU] = "qemu",
    [SOFTWARE_LIBVIRT] = "libvirt",
    [SOFTWARE_KERNEL] = "kernel",
};

QUERY(find_software, "SELECT id FROM software"
                     " WHERE qemu = :qemu AND libvirt = :libvirt AND kernel = :kernel");
QUERY(insert_software, "INSERT INTO software (qemu, libvirt, kernel)"
                       " VALUES (:qemu, :libvirt, :kernel)");

static Statement *
software_statement(Connection *connection, const Query *query, const HostSoftware *software)
{
    static const char *const parameters[SOFTWARE_COUNT] = {":qemu", ":libvirt", ":kernel"};
    Statement *statement = connection_statement(connection, query);

    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        statement_bind_text(statement, parameters[i],
                            software->versions[i] != NULL ? software->versions[i] : "");
    return statement;
}

gboolean
software_store_save(Connection *connection, const HostSoftware *software, gint64 *ret_id,
                    GError **error)
{
    Statement *statement = software_statement(connection, &find_software, software);

    *ret_id = statement_next(statement) ? statement_int(statement, "id") : 0;
    if (!statement_finish(statement, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    if (!statement_run(software_statement(connection, &insert_software, software), error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    return TRUE;
}

HostSoftware *
software_store_read(Statement *statement)
{
    HostSoftware *software = host_software_new();

    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        const char *version = statement_text(statement, software_columns[i]);

        software->versions[i] = version != NULL && *version != '\0' ? g_strdup(version) : NULL;
    }
    return software;
}
