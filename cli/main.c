/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "complete.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static void
print_help(void)
{
    printf("Usage:\n  virt-plan COMMAND [OPTION...] [ARGUMENT...]\n\n"
           "Plans live migration for clusters of libvirt/KVM hosts.\n\nCommands:\n");
    for (guint i = 0; commands[i] != NULL; i++)
        printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
    printf(
        "\n'virt-plan COMMAND --help' tells more about one. Exit status: 0 all well, 1 the answer\n"
        "is no, 2 wrong usage or configuration, 3 could not do it.\n");
}

static ExitStatus
complain_unknown(const char *name)
{
    const char *names[64];
    guint n = 0;

    for (; commands[n] != NULL && n < G_N_ELEMENTS(names); n++)
        names[n] = commands[n]->name;
    const char *near = command_suggest(name, names, n);
    if (near != NULL)
        command_complain("no command '%s': did you mean '%s'?", name, near);
    else
        command_complain("no command '%s': see 'virt-plan --help'", name);
    return EXIT_USAGE;
}

/* "virt-plan help COMMAND..." is "virt-plan COMMAND... --help". */
static ExitStatus
help_on(int n_words, char **words)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    char option[] = "--help";
    const Command *command = commands_find(words[0]);

    if (command == NULL)
        return complain_unknown(words[0]);
    for (int i = 0; i < n_words; i++)
        g_ptr_array_add(arguments, words[i]);
    g_ptr_array_add(arguments, option);
    g_ptr_array_add(arguments, NULL);
    return command_execute(command, "virt-plan", n_words + 1, (char **)arguments->pdata);
}

static gboolean
is_one_of(const char *word, const char *first, const char *second)
{
    return strcmp(word, first) == 0 || strcmp(word, second) == 0;
}

int
main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    if (argc < 2) {
        print_help();
        return EXIT_USAGE;
    }
    if (is_one_of(argv[1], "--help", "-h") || (strcmp(argv[1], "help") == 0 && argc == 2)) {
        print_help();
        return fflush(stdout) == 0 ? EXIT_WELL : EXIT_FAILED;
    }
    if (strcmp(argv[1], "help") == 0)
        return help_on(argc - 2, argv + 2);
    if (is_one_of(argv[1], "--version", "-V")) {
        printf("virt-plan %s\n", VIRT_PLAN_VERSION);
        return fflush(stdout) == 0 ? EXIT_WELL : EXIT_FAILED;
    }
    if (strcmp(argv[1], COMPLETE_COMMAND) == 0)
        return complete_print(argc - 2, argv + 2);
    const Command *command = commands_find(argv[1]);
    if (command == NULL)
        return complain_unknown(argv[1]);
    return command_execute(command, "virt-plan", argc - 1, argv + 1);
}
