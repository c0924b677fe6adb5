/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command_line.h"
#include "commands.h"
#include "complete.h"
#include "help.h"
#include "suggest.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* Without a command, help is what is wrong and what to do. */
static ExitStatus
print_help(ExitStatus status)
{
    g_autofree char *text = help_of_program(commands);
    FILE *stream = status == EXIT_WELL ? stdout : stderr;

    return fputs(text, stream) != EOF && fflush(stream) == 0 ? status : EXIT_FAILED;
}

static ExitStatus
complain_unknown(const char *name)
{
    static const char *const own_options[] = {"--help", "--version"};
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    if (*name == '-') {
        suggest_set_error(&error, "no option", name, own_options, G_N_ELEMENTS(own_options),
                          "all but --help and --version stand behind the command, see 'virt-plan "
                          "--help'");
        command_complain("%s", error->message);
        return EXIT_USAGE;
    }
    g_ptr_array_add(names, g_strdup("help"));
    for (guint i = 0; commands[i] != NULL; i++)
        g_ptr_array_add(names, g_strdup(commands[i]->name));
    /* virsh has them as one word, such as cpu-baseline */
    for (guint i = 0; commands[i] != NULL; i++)
        for (guint j = 0; commands[i]->subcommands != NULL && commands[i]->subcommands[j] != NULL;
             j++)
            g_ptr_array_add(names, g_strdup_printf("%s %s", commands[i]->name,
                                                   commands[i]->subcommands[j]->name));
    suggest_set_error(&error, "no command", name, (const char *const *)names->pdata, names->len,
                      "see 'virt-plan --help'");
    command_complain("%s", error->message);
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
    return command_line_execute(command, "virt-plan", n_words + 1, (char **)arguments->pdata);
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
    if (argc < 2)
        return print_help(EXIT_USAGE);
    if (is_one_of(argv[1], "--help", "-h") || (strcmp(argv[1], "help") == 0 && argc == 2))
        return print_help(EXIT_WELL);
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
    return command_line_execute(command, "virt-plan", argc - 1, argv + 1);
}
