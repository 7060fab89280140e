"""All that runs in old shops stays within the syntax of PHP 5.3, and the check for that finds what is newer."""

import subprocess
from pathlib import Path

import pytest

from kloppend.shops.opencart.extension import build as building
from tests.extension.shop import version_of

HERE = Path(__file__).parent
EXTENSION = Path(building.__file__).parent
NEWER = {
    "$a = [1];": "short array",
    "f([1]);": "short array",
    "f()[0];": "index of a call",
    "$a = $b ?? 1;": "??",
    "$a = B::class;": "::class",
    "function f(int $a) {}": "scalar type",
    "function f(): string {}": "return type",
    "$f = fn($x) => $x;": "fn",
    "try { f(); } catch (E $e) { } finally { }": "finally",
    "function f() { yield 1; }": "yield",
    "use function a\\b;": "use function",
    "function f(...$a) {}": "...",
    "$a = 2 ** 3;": "**",
    "$a = 1 <=> 2;": "<=>",
    "trait T {}": "trait",
    "if (empty(f())) {}": "empty of a call",
    "class A { private const B = 1; }": "visibility of a constant",
    "class A { private string $b; }": "typed property",
    "$a?->b();": "?->",
}
FINE = "$a = array($b['x']); $c = $a[0][1]; foreach ($a as $k => $v) { f($v ?: 1); } function g(array $x, A $y) {}"


def complaints(php: str, *files: Path) -> list[str]:
    command = [php, "-d", "error_reporting=-1", str(HERE / "check_syntax.php"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return done.stdout.splitlines()


def test_nothing_is_newer_than_php_5_3(php: str) -> None:
    old = [path for path in EXTENSION.rglob("*.*") if path.suffix in (".php", ".tpl") and "oc4" not in path.parts]
    assert len(old) > 30
    assert complaints(php, *old) == []


@pytest.mark.parametrize("code", NEWER)
def test_the_check_finds(php: str, tmp_path: Path, code: str) -> None:
    if version_of(php) < 80000:
        pytest.skip("an old PHP does not tell new syntax apart")
    file = tmp_path / "new.php"
    file.write_text(f"<?php\n{code}\n")
    assert f"new.php:2 {NEWER[code]}" in complaints(php, file)


def test_the_check_does_not_complain_without_reason(php: str, tmp_path: Path) -> None:
    file = tmp_path / "old.php"
    file.write_text(f"<?php\n{FINE}\n")
    assert complaints(php, file) == []
