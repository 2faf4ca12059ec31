#!/bin/sh
# Installs what the installed program says about itself: the manual pages and the completion for
# bash. meson install calls it. usage: install_pages.sh CAMBIST MAN_FOLDER COMPLETION_FOLDER
set -eu

cambist=$1
pages=$MESON_INSTALL_DESTDIR_PREFIX/$2/man1
completions=$MESON_INSTALL_DESTDIR_PREFIX/$3
mkdir -p "$pages" "$completions"
"$cambist" man --write "$pages"
"$cambist" completion bash > "$completions/cambist"
chmod 0644 "$pages"/cambist*.1 "$completions/cambist"
