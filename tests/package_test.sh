#!/usr/bin/env bash
# Makes the Debian package of a commit twice, in two folders with another umask, time zone and
# locale, without a compiler cache, and compares every file that is made; then lintian looks at it.
# Too slow for ./check. usage: package_test.sh TARGET_FOLDER [argument of make_deb.sh...]
# ends with: 0 the same bytes and nothing found, 1 not so, 2 wrong usage, 77 no lintian (compared all
# the same)
set -euo pipefail

if [ $# -lt 1 ]; then
    sed -n 's/^# .*usage: /usage: /p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
target=$1
shift
root=$(dirname "$(dirname "$(realpath "${BASH_SOURCE[0]}")")")
make=$root/tools/make_deb.sh
# The same one twice, whatever is committed meanwhile. A --commit that is given counts more.
commit=$(git -C "$root" rev-parse HEAD)
set -- --commit "$commit" "$@"
mkdir -p "$target/first" "$target/second"
export CCACHE_DISABLE=1
(umask 022 && TZ=UTC LC_ALL=C.UTF-8 "$make" "$@" "$target/first" >"$target/first.log" 2>&1) ||
    { tail -n 40 "$target/first.log"; exit 1; }
work=$(mktemp -d)/another/and/a/deeper/folder
mkdir -p "$work"
(umask 027 && TZ=Asia/Tokyo LC_ALL=C "$make" "$@" --work "$work" "$target/second" \
    >"$target/second.log" 2>&1) || { tail -n 40 "$target/second.log"; exit 1; }
rm -rf "${work%/another/*}"

cd "$target"
code=0
for first in first/*.deb; do
    if cmp "$first" "second/${first#*/}"; then
        sha256sum "$first"
    else
        code=1
    fi
done
if ! command -v lintian >/dev/null; then
    echo "lintian is not installed: the package is not looked at"
    [ "$code" -ne 0 ] || code=77
elif ! lintian --fail-on error,warning --display-info --tag-display-limit 0 first/*.changes; then
    code=1
fi
exit "$code"
