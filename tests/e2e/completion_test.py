#!/usr/bin/env -S python3 -B
"""The completion that cambist writes for bash: sound as a script, and what bash makes of a command
line that is begun is what the tables say. usage: completion_test.py BINARY"""

import os
import shutil
import subprocess

import program as p

# Asks the completion as bash does: the words so far, the last one being completed.
ASK = r"""
source "$1"; shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_cambist
printf '%s\n' "${COMPREPLY[@]}"
"""


def run(cli):
    code, script, error = cli.run("completion", "bash")
    cli.equal((code, error), (0, ""), "completion bash")
    path = cli.write("completion", script)
    sound = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    cli.equal((sound.returncode, sound.stderr), (0, ""), "bash -n")
    if shutil.which("shellcheck") is not None:
        found = subprocess.run(["shellcheck", "-x", path], capture_output=True, text=True,
                               check=False)
        cli.equal((found.returncode, found.stdout), (0, ""), "shellcheck")
    os.makedirs(cli.path("here/folder"))
    cli.write("here/file.yaml", "")

    def complete(*words):
        outcome = subprocess.run(["bash", "--norc", "-c", ASK, "bash", path, "cambist", *words],
                                 capture_output=True, text=True, check=False, cwd=cli.path("here"))
        cli.equal(outcome.stderr, "", f"completing {words}")
        return sorted(outcome.stdout.split())

    cli.equal(complete("ver"), ["verify", "version"], "commands")
    cli.check(len(complete("")) > 12, "all commands")
    cli.equal(complete("serve", "--co"), ["--config"], "an option")
    cli.equal(complete("serve", "--placement", ""), ["one", "small", "wide"], "a choice")
    cli.equal(complete("serve", "--placement", "=", "w"), ["wide"], "a choice behind =")
    cli.equal(complete("serve", "--placement", "="), ["one", "small", "wide"], "= alone")
    cli.equal(complete("serve", "--port", ""), [], "a number is nobody's to guess")
    cli.equal(complete("serve", "--data", "f"), ["folder"], "a folder")
    cli.equal(complete("serve", "--config", "f"), ["file.yaml", "folder"], "a file")
    cli.equal(complete("verify", ""), ["folder"], "an argument that is a folder")
    cli.equal(complete("verify", "--json", "f"), ["folder"], "an argument behind a flag")
    cli.equal(complete("man", "repl"), ["replay"], "an argument that is a command")
    cli.equal(complete("history", ""), ["rebuild"], "an argument that is a word")
    cli.equal(complete("nonsense", ""), [], "an unknown command")
    cli.refuses(["completion", "fish"], 2, 'cambist completion: "fish" is not bash')


p.main(run)
