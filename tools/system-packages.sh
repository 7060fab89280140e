#!/bin/sh
# Installs what the tests need from the system: `tools/system-packages.sh [php] [mariadb] [chromium] [apache]`; all by default.
#
# Uses the system's package manager where it may without asking anything, and says loudly what stays missing. The exit
# status is 0 all the same: tests that need a missing tool are skipped and counted, and in CI they fail.
set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/usr/local/sbin:/sbin:/usr/libexec"

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

present() {
    case $1 in
    php) have php && php -r 'foreach (["mysqli", "mbstring", "dom", "curl"] as $m) extension_loaded($m) || exit(1);' ;;
    apache) have apache2 && have php-cgi ;;
    mariadb) have mariadbd && have mariadb-install-db && have mariadb ;;
    chromium)
        for name in chromium chromium-browser google-chrome-stable google-chrome \
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
            # On some systems the command is only a signpost to another way of installing.
            have "$name" && "$name" --version && return 0
        done
        return 1
        ;;
    *) say "unknown tool: $1"; exit 2 ;;
    esac >/dev/null 2>&1
}

missing() {
    for tool in "$@"; do present "$tool" || printf '%s ' "$tool"; done
}

# The packages for a tool, one attempt a line; the first attempt that succeeds ends it.
packages() {
    case $manager-$1 in
    apt-get-php) echo "php-cli php-mysql php-mbstring php-xml php-curl" ;;
    apt-get-mariadb) # the programs without the service, where they are packaged apart
        echo "mariadb-server-core mariadb-client-core"
        echo "mariadb-server mariadb-client"
        ;;
    apt-get-apache) echo "apache2-bin media-types php-cgi" ;; # the program without the service
    apt-get-chromium) echo "chromium"; echo "chromium-browser" ;;
    dnf-php) echo "php-cli php-mysqlnd php-mbstring php-xml" ;;
    dnf-mariadb) echo "mariadb-server mariadb" ;;
    dnf-chromium) echo "chromium" ;;
    brew-php) echo "php" ;;
    brew-mariadb) echo "mariadb" ;;
    brew-chromium) echo "--cask google-chrome" ;;
    esac
}

# Never a question: not from sudo, not from the package manager.
may_install() {
    case $manager in
    brew) [ "$(id -u)" != 0 ] ;; # it refuses root, and needs no rights
    *) [ "$(id -u)" = 0 ] || { have sudo && as="sudo -n" && sudo -n true 2>/dev/null; } ;;
    esac
}

try() { # packages...
    case $manager in
    apt-get) $as env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" ;;
    dnf) $as dnf install -y --setopt=install_weak_deps=False "$@" ;;
    brew) HOMEBREW_NO_AUTO_UPDATE=1 brew install "$@" ;;
    esac </dev/null
}

install() { # tool
    packages "$1" | while read -r attempt; do
        say "Installing $attempt ..."
        # shellcheck disable=SC2086 # several words on purpose
        if try $attempt >>"$log" 2>&1 && present "$1"; then break; fi
    done
}

[ $# -gt 0 ] || set -- php mariadb chromium apache
wanted=$(missing "$@")
[ -n "$wanted" ] || exit 0
manager=none as=
for name in apt-get dnf brew; do
    if have $name; then manager=$name; break; fi
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ $manager = none ]; then
    why="there is no apt-get, dnf or brew here"
elif ! may_install; then
    why="$manager needs rights this user does not have without a password"
else
    why="$manager could not install it"
    [ $manager != apt-get ] || $as apt-get -o DPkg::Lock::Timeout=300 update </dev/null >>"$log" 2>&1 || true
    for tool in $wanted; do install "$tool"; done
fi
wanted=$(missing "$@")
[ -n "$wanted" ] || exit 0
say "=================================================================================================="
for tool in $wanted; do
    say "MISSING: $tool ($why). What needs it is not tried."
    [ $manager = none ] || say "  By hand: $manager install $(packages "$tool" | head -n 1)"
done
[ ! -s "$log" ] || { say "The end of what $manager said:"; tail -n 15 "$log" >&2; }
say "=================================================================================================="
