#!/usr/bin/env bash
# run_fuzzer.sh PROGRAM CORPUS SECONDS: searches for SECONDS, starting from the inputs in CORPUS.
# New inputs go to a folder of the build, never into the tree. An input that breaks the decoder is
# kept beside the program and named; copy it into CORPUS together with the fix.
set -uo pipefail
program=$(realpath "$1") corpus=$2 seconds=$3
found=$program.found
mkdir -p "$found"
# libFuzzer's own code for "found something" is 77, which meson takes for skipped.
"$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -error_exitcode=1 \
    -seed="${CAMBIST_SEED_BASE:-1}" -artifact_prefix="$program.broken-" \
    "$found" "$corpus" 2>&1 | tail -n 60 && exit 0
echo "again: $program FILE, with the file named above"
exit 1
