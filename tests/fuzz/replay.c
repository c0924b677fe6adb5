/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Without libFuzzer: each seed as it is, cut at several places, and with single bytes changed,
 * always the same ones. In a block of its own size, so that reading too far is seen.
 */

#include "fuzz.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define N_CUTS 16
#define N_CHANGES 64

static void
run(const char *bytes, gsize length)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);

    LLVMFuzzerTestOneInput(copy, length);
}

static void
run_variants(const char *bytes, gsize length)
{
    static const guint8 changes[] = {0x00, 0x20, '<', '>', '&', '"', '-', '9', 0x80, 0xff};
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)length);

    run(bytes, length);
    for (gsize i = 0; i < N_CUTS; i++)
        run(bytes, length * i / N_CUTS);
    for (guint i = 0; i < N_CHANGES && length > 0; i++) {
        g_autofree char *changed = g_memdup2(bytes, length);
        gsize at = (gsize)g_rand_double_range(random, 0, (gdouble)length);

        changed[MIN(at, length - 1)] = (char)changes[i % G_N_ELEMENTS(changes)];
        run(changed, length);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) folder = argc == 2 ? g_dir_open(argv[1], 0, &error) : NULL;
    guint n = 0;

    LLVMFuzzerInitialize(&argc, &argv);
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER: %s\n", argv[0], error == NULL ? "" : error->message);
        return 2;
    }
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL);
        g_autofree char *bytes = NULL;
        gsize length;

        if (!g_file_get_contents(path, &bytes, &length, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return 2;
        }
        run_variants(bytes, length);
        n++;
    }
    printf("%u seeds replayed\n", n);
    return n == 0;
}
