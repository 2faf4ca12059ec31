#!/usr/bin/env bash
# Makes the Debian package of a commit, from a clean copy of it. The same commit gives the same
# bytes, wherever and whenever it is made.
# usage: make_deb.sh [--commit COMMIT] [--pages enabled|disabled] [--work FOLDER] TARGET_FOLDER
#   --commit  which commit (HEAD); what is not committed is not in the package
#   --pages   disabled: without the trading page, where there is no npm
#   --work    an empty folder to build in (a temporary one, removed afterwards)
# ends with: 0 made, its path is the last line; 1 it failed; 2 wrong usage
set -euo pipefail

commit=HEAD pages=enabled work='' keep=no
while [ $# -gt 1 ]; do
    case $1 in
        --commit) commit=$2; shift 2 ;;
        --pages) pages=$2; shift 2 ;;
        --work) work=$2; keep=yes; shift 2 ;;
        *) break ;;
    esac
done
if [ $# -ne 1 ] || [[ $1 == -* ]]; then
    sed -n 's/^# usage: /usage: /p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi

root=$(dirname "$(dirname "$(realpath "${BASH_SOURCE[0]}")")")
mkdir -p "$1"
target=$(realpath "$1")
work=${work:-$(mktemp -d)}
mkdir -p "$work"
work=$(realpath "$work")
finish() {
    if [ "$keep" = no ]; then
        rm -rf "$work"
    fi
}
trap finish EXIT

if [ "$pages" = enabled ] && ! command -v npm >/dev/null; then
    echo "make_deb.sh: the page is built with npm, which is not there; --pages disabled leaves it out" >&2
    exit 1
fi

cd "$root"
hash=$(git rev-parse --short=12 "$commit^{commit}")
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct "$hash")
release=$(sed -n "s/^  version: '\(.*\)',$/\1/p" meson.build)
version=$release+git$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S).$hash
source=$work/cambist-$release
mkdir "$source"
git archive "$hash" | tar -x -C "$source"
mv "$source/packaging/debian" "$source/debian"
cat > "$source/debian/changelog" <<TEXT
cambist ($version) unstable; urgency=medium

  * Made from commit $hash; CHANGELOG.md says what has changed.

 -- Cambist maintainers <maintainers@example.com>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
TEXT

cd "$source"
# The build has a home of its own, and npm no settings there.
if [ -f "${HOME:-/nonexistent}/.npmrc" ]; then
    export npm_config_userconfig=$HOME/.npmrc
fi
export SOURCE_DATE_EPOCH CAMBIST_COMMIT=$hash CAMBIST_PAGES=$pages LC_ALL=C.UTF-8 TZ=UTC
umask 022
dpkg-buildpackage --build=binary --no-sign >&2
mv "$work"/*.deb "$work"/*.buildinfo "$work"/*.changes "$target"
echo "$target/cambist_${version}_$(dpkg --print-architecture).deb"
