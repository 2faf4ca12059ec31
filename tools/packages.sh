# Debian packages, for ./demo and ./check. To be sourced; not a program.
# shellcheck shell=bash

PACKAGES_EXIT_MISSING=3

# packages_listed LIST...: prints the lines of the lists, without comments.
packages_listed() {
    sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$@"
}

# packages_missing LIST...: prints the packages of the lists that are not installed. One that is
# listed as PACKAGE=COMMAND is not missed where the command comes from elsewhere.
packages_missing() {
    local line name command
    packages_listed "$@" | while read -r line; do
        name=${line%%=*}
        command=${line#"$name"}
        command=${command#=}
        if [ -n "$command" ] && command -v "$command" >/dev/null; then
            continue
        fi
        case $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) in
            installed) ;;
            *) echo "$name" ;;
        esac
    done
}

# packages_require yes|no LIST...: installs what is missing, after printing the commands; with "no"
# it prints them and ends with code 3.
packages_require() {
    local install=$1 missing update line
    shift
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "This is not a Debian system. What is needed, by Debian's names:" >&2
        packages_listed "$@" | sed -e 's/=.*//' | tr '\n' ' ' >&2
        echo >&2
        return 0
    fi
    missing=$(packages_missing "$@" | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0
    update="apt-get update"
    line="apt-get install --yes --no-install-recommends $missing"
    if [ "$(id -u)" -ne 0 ]; then
        update="sudo $update"
        line="sudo $line"
    fi
    if [ "$install" = no ]; then
        echo "Packages are missing. To install them:" >&2
        echo "  $update && $line" >&2
        exit "$PACKAGES_EXIT_MISSING"
    fi
    echo "+ $update"
    $update || echo "apt-get update failed; trying with the package lists that are here" >&2
    echo "+ $line"
    # No questions: nothing of this needs an answer.
    export DEBIAN_FRONTEND=noninteractive
    if ! $line; then
        echo "The packages could not be installed. After mending that, start again, or install:" >&2
        echo "  $missing" >&2
        exit "$PACKAGES_EXIT_MISSING"
    fi
}

# build_configure FOLDER WORD...: meson setup, unless the folder was set up in the same way.
build_configure() {
    local folder=$1 stamp
    shift
    stamp="$PWD|${CC:-}|${CC_LD:-}|$(meson --version)|$*"
    if [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/configured" 2>/dev/null)" = "$stamp" ]; then
        return 0
    fi
    rm -rf "$folder"
    mkdir -p "$folder"
    if ! meson setup "$folder" "$@" >"$folder.log" 2>&1; then
        tail -n 20 "$folder.log" >&2
        return 1
    fi
    rm -f "$folder.log"
    printf '%s' "$stamp" >"$folder/configured"
}
