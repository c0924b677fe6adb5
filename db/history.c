/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory_private.h"

GPtrArray *
inventory_host_history(Inventory *inventory, const char *host, GError **error)
{
    (void)inventory; (void)host; (void)error;
    return NULL;
}
