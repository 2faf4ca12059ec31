#include "app/completion.h"

#include "app/cli.h"

#include <ctype.h>
#include <string.h>

/* What may stand where a value or an argument is named so. */
static const char *kind_of(const char *name)
{
    if (strncmp(name, "DIR", 3) == 0) {
        return "_cambist_folders";
    }
    if (strncmp(name, "FILE", 4) == 0 || strncmp(name, "PATH", 4) == 0) {
        return "_cambist_files";
    }
    if (strncmp(name, "COMMAND", 7) == 0) {
        return "_cambist_words \"$_cambist_commands\"";
    }
    return NULL;
}

/* The words of "a|b|c", with spaces between. */
static void put_choices(FILE *target, const char *words)
{
    for (const char *c = words; *c != 0; c += 1) {
        (void)fputc(*c == '|' ? ' ' : *c, target);
    }
}

/* One branch for each option that takes a value: what is not a file or a choice is left to whoever
 * types. */
static void put_values(FILE *target, const struct subcommand *subcommand)
{
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        const struct option *option = &subcommand->options[i];
        if (option->kind == OPTION_FLAG) {
            continue;
        }
        (void)fprintf(target, "        %s:--%s) ", subcommand->name, option->name);
        if (option->kind == OPTION_CHOICE) {
            (void)fputs("_cambist_words \"", target);
            put_choices(target, option->value);
            (void)fputs("\"; ", target);
        } else if (kind_of(option->value) != NULL) {
            (void)fprintf(target, "%s; ", kind_of(option->value));
        }
        (void)fputs("return ;;\n", target);
    }
}

static void put_options(FILE *target, const struct subcommand *subcommand)
{
    (void)fprintf(target, "        %s:-*) _cambist_words \"", subcommand->name);
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        (void)fprintf(target, "--%s ", subcommand->options[i].name);
    }
    (void)fputs("--help\" ;;\n", target);
}

static void put_operands(FILE *target, const struct subcommand *subcommand)
{
    if (subcommand->operands == NULL) {
        return;
    }
    const char *name = subcommand->operands + strspn(subcommand->operands, "[");
    const char *kind = kind_of(name);
    if (kind != NULL) {
        (void)fprintf(target, "        %s:*) %s ;;\n", subcommand->name, kind);
    } else if (islower((unsigned char)name[0])) {
        /* The word itself. */
        (void)fprintf(target, "        %s:*) _cambist_words \"%.*s\" ;;\n", subcommand->name,
                      (int)strcspn(name, " ]."), name);
    }
}

static const char head[] =
    "# bash completion for cambist. \"cambist completion bash\" writes it from the tables that read\n"
    "# the command line.\n"
    "# shellcheck shell=bash\n";

static const char functions[] =
    "_cambist_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$_cambist_word\")\n"
    "}\n\n"
    "_cambist_files() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$_cambist_word\")\n"
    "}\n\n"
    "_cambist_folders() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$_cambist_word\")\n"
    "}\n\n"
    "_cambist() {\n"
    "    local _cambist_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    COMPREPLY=()\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        _cambist_words \"$_cambist_commands --help --version\"\n"
    "        return\n"
    "    fi\n"
    "    # bash takes --name=VALUE for three words.\n"
    "    if [[ $_cambist_word == \"=\" ]]; then\n"
    "        _cambist_word=\n"
    "    elif [[ $before == \"=\" ]]; then\n"
    "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n";

void completion_print_bash(FILE *target)
{
    (void)fprintf(target, "%s\n_cambist_commands=\"", head);
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        (void)fprintf(target, "%s%s", i > 0 ? " " : "", cli_subcommands[i]->name);
    }
    (void)fprintf(target, "\"\n\n%s    case ${COMP_WORDS[1]}:$before in\n", functions);
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        put_values(target, cli_subcommands[i]);
    }
    (void)fputs("    esac\n    case ${COMP_WORDS[1]}:$_cambist_word in\n", target);
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        put_options(target, cli_subcommands[i]);
        put_operands(target, cli_subcommands[i]);
    }
    (void)fputs("    esac\n}\n\ncomplete -F _cambist cambist\n", target);
}
