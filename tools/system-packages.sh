#!/bin/sh
# Installs what the tests need beside Python, where this user may. What is missing afterwards is named, and the tests
# that need it are skipped loudly (in CI they fail).
set -u
PATH="$PATH:/usr/sbin"

missing() {
    php -r 'exit(extension_loaded("mysqli") && extension_loaded("mbstring") ? 0 : 1);' >/dev/null 2>&1 || echo php
    command -v mariadbd >/dev/null 2>&1 || echo mariadb
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
        command -v google-chrome >/dev/null 2>&1 || echo chromium
}

[ -n "$(missing)" ] || exit 0
if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
log=$(mktemp)
if [ "$as_root" != no ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing PHP, MariaDB and Chromium with apt-get (once; this takes a minute)"
    $as_root env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -q && apt-get install -q -y --no-install-recommends \
        php-cli php-mysql php-mbstring php-xml php-curl mariadb-server mariadb-client chromium' >"$log" 2>&1 ||
        tail -n 5 "$log" >&2
elif [ "$as_root" != no ] && command -v dnf >/dev/null 2>&1; then
    echo "installing PHP, MariaDB and Chromium with dnf (once)"
    $as_root dnf install -q -y php-cli php-mysqlnd php-mbstring mariadb-server chromium >"$log" 2>&1 || tail -n 5 "$log" >&2
fi
rm -f "$log"
for name in $(missing); do
    echo "NOT INSTALLED: $name. Tests that need it cannot run here." >&2
done
exit 0
