#!/bin/sh
# Makes .venv and keeps it at the locked requirements: `tools/python-env.sh run` or `... dev`.
#
# Each finished step leaves a stamp in .venv; a step without its stamp, or with one older than its requirements, is
# done again. So an interrupted set-up repairs itself and a finished one costs nothing.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)
wanted=$1
stamps=.venv/.stamps
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONUTF8=1
unset PYTHONHOME PYTHONPATH || true

say() { printf '%s\n' "$*" >&2; }

# Python 3.11 or newer that can make a working environment; what is wrong with the others goes into $reasons.
reasons=
suitable() {
    command -v "$1" >/dev/null 2>&1 || return 1
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    if ! "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        reasons="$reasons
  $1 is Python $version"
        return 1
    fi
    if ! "$1" -c 'import ensurepip, venv' 2>/dev/null; then
        reasons="$reasons
  $1 is Python $version without venv or ensurepip (on Debian and Ubuntu: apt-get install python$version-venv)"
        return 1
    fi
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        if suitable "$PYTHON"; then python=$PYTHON; return; fi
        [ -n "$reasons" ] || reasons="
  $PYTHON (the variable PYTHON) does not run"
    else
        for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
            if suitable "$python"; then return; fi
        done
    fi
    say "Kloppend needs Python 3.11 or newer, with venv and ensurepip. Found:${reasons:-
  no Python at all}"
    say "Install one, or name one: make PYTHON=/path/to/python3"
    exit 1
}

fresh() { # stamp, what it depends on...
    [ -e "$1" ] || return 1
    stamp=$1
    shift
    for source in "$@"; do
        [ -z "$(find "$source" -newer "$stamp")" ] || return 1
    done
}

# An environment that was moved or copied, or whose Python is gone, points somewhere else: made anew.
sound() { [ "$(cat $stamps/made 2>/dev/null)" = "$here" ] && .venv/bin/python -c 'import pip' 2>/dev/null; }

make_environment() {
    find_python
    say "Making .venv with $python ($version) ..."
    rm -rf .venv
    "$python" -m venv .venv
    mkdir -p $stamps
    printf '%s\n' "$here" >$stamps/made
}

install() { # run | dev
    say "Installing the locked requirements ($1) ..."
    rm -f "$stamps/$1"
    touch "$stamps/$1.begun" # a file changed meanwhile is newer than this
    .venv/bin/python -m pip install --quiet --require-hashes -r requirements/build.txt -r "requirements/$1.txt"
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
    [ "$1" != dev ] || cp -p $stamps/dev.begun $stamps/run # all of run is in dev
    mv "$stamps/$1.begun" "$stamps/$1"
}

up_to_date() { sound && fresh "$stamps/$wanted" requirements/build.txt "requirements/$wanted.txt" pyproject.toml; }

up_to_date && exit 0
if command -v flock >/dev/null 2>&1 && [ -z "${KLOPPEND_ENV_LOCKED:-}" ]; then
    # Two at once take turns; the second then finds the work done.
    KLOPPEND_ENV_LOCKED=1 exec flock requirements/build.txt sh tools/python-env.sh "$wanted"
fi
sound || make_environment
install "$wanted"
