#!/bin/sh
# Checks the syntax of every PHP file. Without PHP it says so; in CI that is a failure.
set -eu
if ! command -v php >/dev/null 2>&1; then
    [ -z "${CI:-}" ] || "$(dirname "$0")/system-packages.sh"
fi
if ! command -v php >/dev/null 2>&1; then
    echo "NOT CHECKED: PHP syntax (php is not installed)" >&2
    [ -z "${CI:-}" ] || exit 1
    exit 0
fi
find src -name '*.php' -print | sort | while read -r file; do
    php -l "$file" >/dev/null || exit 1
done
echo "PHP syntax: fine"
