/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a word stands for is read from the tables that also print --help: an option's value and a
 * synopsis name it in capitals (HOST, GUEST, POOL, FILE). So a new command completes by itself.
 */

#include "complete.h"

#include "commands.h"

#include <fleet/settings.h>
#include <reports/forms.h>
#include <stdio.h>
#include <string.h>

static const char *
form_word(guint index)
{
    return index < REPORT_FORM_COUNT ? report_form_name((ReportForm)index) : NULL;
}

static const char *
strategy_word(guint index)
{
    return index < STRATEGY_COUNT ? strategy_name((Strategy)index) : NULL;
}

static const char *
subject_word(guint index)
{
    return index < SUBJECT_COUNT ? matrix_subject_name((MatrixSubject)index) : NULL;
}

typedef enum { KIND_WORDS, KIND_NAMES, KIND_FILES } KindSource;

/* Words with a fixed meaning in synopses and option tables, and what may stand for each. */
static const struct {
    const char *kind;
    KindSource source;                /* words, names of the site's own, or files */
    const char *words;                /* space-separated; NULL: WORD gives them */
    const char *(*word)(guint index); /* NULL behind the last one */
} kinds[] = {
    {"WHEN", KIND_WORDS, "auto always never", NULL},
    {"FOR", KIND_WORDS, NULL, form_word},
    {"STRATEGY", KIND_WORDS, NULL, strategy_word},
    {"SUBJECT", KIND_WORDS, NULL, subject_word},
    {"DRAW", KIND_WORDS, "text dot svg", NULL},
    {"models|features|vendors|levels", KIND_WORDS, "models features vendors levels", NULL},
    {"HOST", KIND_NAMES, NULL, NULL},
    {"GUEST", KIND_NAMES, NULL, NULL},
    {"POOL", KIND_NAMES, NULL, NULL},
    {"CLASS", KIND_NAMES, NULL, NULL},
    {"MODEL", KIND_NAMES, NULL, NULL},
    {"FEATURE", KIND_NAMES, NULL, NULL},
    {"FILE", KIND_FILES, NULL, NULL},
    {"PATH", KIND_FILES, NULL, NULL},
    {"DIR", KIND_FILES, NULL, NULL},
    {"FOLDER", KIND_FILES, NULL, NULL},
    {".xml", KIND_FILES, NULL, NULL},
};

typedef struct {
    const char *prefix; /* what is typed of the word, or of the value in it, already */
    const char *before; /* what stands before the value in the same word: "--format="; else "" */
    CompleteNames names;
    const char *database, *config; /* of -d and -c, where they were given */
    GString *out;
} Completion;

static void
offer(const Completion *completion, const char *word, const char *description)
{
    if (!g_str_has_prefix(word, completion->prefix))
        return;
    g_string_append_printf(completion->out, "%s%s", completion->before, word);
    if (description != NULL)
        g_string_append_printf(completion->out, "\t%s", description);
    g_string_append_c(completion->out, '\n');
}

static void
offer_names(const Completion *completion, const char *kind)
{
    GPtrArray *names = completion->names(kind, completion->database, completion->config);

    if (names == NULL)
        return;
    for (guint i = 0; i < names->len; i++)
        offer(completion, g_ptr_array_index(names, i), NULL);
    g_ptr_array_unref(names);
}

static gboolean
is_kind(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].kind, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/*
 * TRUE when PLACEHOLDER has KIND as a whole word: "PLAN-FILE" has FILE, and FORMAT does not have
 * FOR.
 */
static gboolean
has_kind(const char *placeholder, const char *kind)
{
    for (const char *at = placeholder; (at = strstr(at, kind)) != NULL; at++) {
        gboolean is_inside =
            (at > placeholder && g_ascii_isalpha(at[-1]) && g_ascii_isalpha(*at)) ||
            g_ascii_isalpha(at[strlen(kind)]);

        if (!is_inside)
            return TRUE;
    }
    return FALSE;
}

static void
offer_words(const Completion *completion, guint kind)
{
    if (kinds[kind].word != NULL) {
        const char *word;

        for (guint i = 0; (word = kinds[kind].word(i)) != NULL; i++)
            offer(completion, word, NULL);
        return;
    }
    g_auto(GStrv) words = g_strsplit(kinds[kind].words, " ", -1);
    for (guint i = 0; words[i] != NULL; i++)
        offer(completion, words[i], NULL);
}

/* Offers what PLACEHOLDER ("HOST", "POOL:CLASS", "GUEST | DOMAIN.xml") may be replaced with. */
static void
offer_kind(const Completion *completion, const char *placeholder)
{
    gboolean takes_files = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!has_kind(placeholder, kinds[i].kind))
            continue;
        if (kinds[i].source == KIND_WORDS)
            offer_words(completion, i);
        else if (kinds[i].source == KIND_NAMES)
            offer_names(completion, kinds[i].kind);
        else
            takes_files = TRUE;
    }
    if (takes_files)
        g_string_append(completion->out, ":files\n");
}

static void
offer_formats(const Completion *completion, const Command *command)
{
    offer(completion, "text", NULL);
    offer(completion, "json", NULL);
    if ((command->flags & COMMAND_HAS_CSV) != 0)
        offer(completion, "csv", NULL);
    if ((command->flags & COMMAND_HAS_XML) != 0)
        offer(completion, "xml", NULL);
}

/* Options that are named after what they take need no telling value: "--pool NAME". */
static void
offer_value(const Completion *completion, const Command *command, const CommandOption *option)
{
    g_autofree char *name = g_ascii_strup(option->name, -1);

    if (strcmp(option->value, "FORMAT") == 0)
        offer_formats(completion, command);
    else
        offer_kind(completion, is_kind(name) ? name : option->value);
}

/* The option that WORD names, long or short; NULL when it names none. */
static const CommandOption *
find_option(const Command *command, const char *word)
{
    const CommandOption *option;

    for (guint i = 0; (option = command_option(command, i)) != NULL; i++) {
        if (g_str_has_prefix(word, "--") && strcmp(word + 2, option->name) == 0)
            return option;
        if (option->short_name != 0 && word[0] == '-' && word[1] == option->short_name &&
            word[2] == '\0')
            return option;
    }
    return NULL;
}

static void
offer_options(const Completion *completion, const Command *command)
{
    const CommandOption *option;

    for (guint i = 0; (option = command_option(command, i)) != NULL; i++) {
        g_autofree char *word = g_strdup_printf("--%s", option->name);

        offer(completion, word, option->help);
    }
    offer(completion, "--help", "say what the command takes");
}

static void
offer_commands(const Completion *completion, const Command *const *list)
{
    for (guint i = 0; list[i] != NULL; i++)
        offer(completion, list[i]->name, list[i]->summary);
}

/* The synopsis without its options: a word that begins with '-' and the one after it. */
static char *
arguments_of(const char *synopsis)
{
    g_auto(GStrv) words = g_strsplit(synopsis, " ", -1);
    g_autoptr(GString) arguments = g_string_new(NULL);

    for (guint i = 0; words[i] != NULL; i++) {
        gboolean is_option = strstr(words[i], "-") == words[i] || g_str_has_prefix(words[i], "[-");

        if (is_option && words[i + 1] != NULL && g_ascii_isupper(words[i + 1][0]))
            i++;
        else if (!is_option && strstr(words[i], "OPTION") == NULL)
            g_string_append_printf(arguments, "%s ", words[i]);
    }
    return g_string_free(g_steal_pointer(&arguments), FALSE);
}

static const Command *
find_command(const Command *const *list, const char *name)
{
    for (guint i = 0; list[i] != NULL; i++) {
        if (strcmp(list[i]->name, name) == 0)
            return list[i];
    }
    return NULL;
}

/* The value among WORDS of the option with these names; NULL when it is not there. */
static const char *
find_value(const char *const *words, guint n_words, const char *short_name, const char *long_name)
{
    for (guint i = 0; i + 2 < n_words; i++) {
        if (strcmp(words[i], short_name) == 0 || strcmp(words[i], long_name) == 0)
            return words[i + 1];
    }
    return NULL;
}

/* With "--format=j" under the cursor: the option, and COMPLETION set to its value; else NULL. */
static const CommandOption *
find_joined_option(const Command *command, const char *word, Completion *completion,
                   char **ret_name)
{
    const char *equals = g_str_has_prefix(word, "--") ? strchr(word, '=') : NULL;

    if (command == NULL || equals == NULL)
        return NULL;
    g_autofree char *name = g_strndup(word, (gsize)(equals - word));
    const CommandOption *option = find_option(command, name);
    if (option == NULL)
        return NULL;
    *ret_name = g_strconcat(name, "=", NULL);
    completion->before = *ret_name;
    completion->prefix = equals + 1;
    return option;
}

char *
complete_text(const char *const *words, guint n_words, CompleteNames names)
{
    Completion completion = {.prefix = n_words > 0 ? words[n_words - 1] : "",
                             .before = "",
                             .names = names,
                             .database = find_value(words, n_words, "-d", "--database"),
                             .config = find_value(words, n_words, "-c", "--config"),
                             .out = g_string_new(NULL)};
    const Command *const *list = commands;
    const Command *command = NULL;
    guint at = 0;

    while (list != NULL && at + 1 < n_words && (command = find_command(list, words[at])) != NULL) {
        list = command->subcommands;
        at++;
    }
    g_autofree char *joined = NULL;
    const CommandOption *waiting =
        find_joined_option(command, completion.prefix, &completion, &joined);
    if (waiting == NULL && command != NULL && at + 1 < n_words)
        waiting = find_option(command, words[n_words - 2]);
    if (list != NULL) {
        offer_commands(&completion, list);
    } else if (waiting != NULL && waiting->value != NULL) {
        offer_value(&completion, command, waiting);
    } else if (completion.prefix[0] == '-') {
        offer_options(&completion, command);
    } else {
        g_autofree char *arguments = arguments_of(command->synopsis);

        if ((command->flags & COMMAND_LOOKS_BACK) != 0)
            offer_names(&completion, COMPLETE_EVERY_HOST);
        else
            offer_kind(&completion, arguments);
    }
    return g_string_free(completion.out, FALSE);
}

ExitStatus
complete_print(int n_words, char **words)
{
    g_autofree char *text =
        complete_text((const char *const *)words, (guint)n_words, complete_site_names);

    return fputs(text, stdout) != EOF && fflush(stdout) == 0 ? EXIT_WELL : EXIT_FAILED;
}
