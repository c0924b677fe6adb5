/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/*
 * A command of the program: one file cli/cmd_NAME.c, one row in the table of cli/commands.c.
 *
 * A command describes itself with tables; parsing, --help, completion and the test that compares
 * the man pages all walk the same ones. To add a command: write cmd_NAME.c with a `const Command
 * command_NAME`, name it in commands.h and commands.c, add docs/man/virt-plan-NAME.rst.
 */

#include <glib.h>
#include <reports/reports.h>

/* Exit status of the program. */
typedef enum {
    EXIT_WELL = 0,      /* done, and all is well */
    EXIT_ANSWER_NO = 1, /* done, and the answer is no: incompatible, drift, quarantine */
    EXIT_USAGE = 2,     /* the command line or the configuration is wrong */
    EXIT_FAILED = 3,    /* could not do it */
} ExitStatus;

/* Usage errors that commands raise themselves end with EXIT_USAGE. */
#define COMMAND_ERROR (command_error_quark())
GQuark command_error_quark(void);
typedef enum { COMMAND_ERROR_USAGE } CommandError;

/* An option; its value is stored at OFFSET of the command's own options struct. */
typedef struct {
    const char *name; /* long name, without dashes; NULL ends the table */
    char short_name;  /* 0 for none */
    GOptionArg arg;   /* NONE: gboolean, STRING/FILENAME: char*, INT: gint, STRING_ARRAY: char** */
    gsize offset;
    const char *help;  /* lower case, no full stop */
    const char *value; /* "FILE"; NULL for GOPTION_ARG_NONE */
} CommandOption;

/* What every command is given beside its own options. */
typedef struct {
    GString *out;        /* spooled; written to standard output when the command succeeded */
    ReportFormat format; /* --format */
    gboolean is_quiet;   /* --quiet */
    ReportStyle style;   /* of standard output, after --color and NO_COLOR */
    gboolean is_progress_wanted; /* standard error is a terminal, and not --quiet */
    char **args;                 /* what is left after the options, NULL-terminated */
    guint n_args;
    gboolean has_stragglers; /* set by the command: as collect_hosts() has it */
} CommandContext;

typedef enum {
    COMMAND_TAKES_FORMAT = 1 << 0,      /* has --format, with text and json at least */
    COMMAND_LOOKS_BACK = 1 << 1,        /* its hosts may be gone by now */
    COMMAND_HAS_CSV = 1 << 2,           /* --format csv */
    COMMAND_HAS_XML = 1 << 3,           /* --format xml, which is its text */
    COMMAND_TAKES_NO_ARGUMENT = 1 << 4, /* options alone; others are refused before it runs */
} CommandFlags;

typedef struct Command Command;
struct Command {
    const char *name;
    const char *summary;  /* one line, for the list of commands */
    const char *synopsis; /* "[OPTION...] FILE...", after the command's name */
    CommandFlags flags;
    const CommandOption *options;      /* ends with a zero row; NULL for none */
    gsize options_size;                /* of the struct that the offsets are in */
    const Command *const *subcommands; /* NULL-terminated; NULL for none; excludes run */
    /*
     * OPTIONS is zeroed memory of options_size with the values filled in. Returns the exit status,
     * or sets ERROR: those of the command line, the plan file and CPU maps end with EXIT_USAGE, all
     * others with EXIT_FAILED.
     */
    ExitStatus (*run)(CommandContext *context, const void *options, GError **error);
};

/* The values of the options that every command has. */
typedef struct {
    gboolean is_quiet;
    char *format;
    char *color;
} CommandCommonOptions;

/* How many options COMMAND has of its own. */
guint command_n_own_options(const Command *command);

/*
 * Walks all options of COMMAND, its own first, then those that every command has. Start with INDEX
 * 0; NULL after the last one. The offsets of its own are in its options struct, those of the others
 * in CommandCommonOptions.
 */
const CommandOption *command_option(const Command *command, guint index);

/* The plan file that $VIRT_PLAN_CONFIG names, for commands that are given none; NULL: none. */
const char *command_plan_file_of_environment(void);

/* Prints "virt-plan: MESSAGE" on standard error, terminal codes escaped. */
void command_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
