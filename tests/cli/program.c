/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gio/gio.h>
#include <remove_tree.h>
#include <sys/wait.h>

void
program_result_clear(ProgramResult *result)
{
    g_free(result->out);
    g_free(result->err);
}

ProgramResult
program_run(const char *const *argv)
{
    ProgramResult result = {0};
    GError *error = NULL;
    int status = 0;
    g_auto(GStrv) copy = g_strdupv((char **)(uintptr_t)argv);

    if (!g_spawn_sync(NULL, copy, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err,
                      &status, &error))
        fail_msg("%s: %s", argv[0], error->message);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return result;
}

char *
program_make_folder(void)
{
    GError *error = NULL;
    char *folder = g_dir_make_tmp("virt-plan-test-XXXXXX", &error);

    if (folder == NULL)
        fail_msg("%s", error->message);
    return folder;
}

void
program_remove_folder(const char *folder)
{
    remove_tree(folder);
}
