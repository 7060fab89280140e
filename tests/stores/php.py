"""How PHP is started for a store: with the limits a shop's host would give, with a stand-in for what PHP dropped."""

from pathlib import Path

from tests.stores.release import Release
from tests.stores.servers import Database

_STAND_INS = sorted(Path(__file__).parent.glob("*_stand_in.php"))


def php_command(binary: str, release: Release, database: Database, folder: Path) -> list[str]:
    """The command to which a script, or `-S`, is added. Releases before 1.5.6.5 and 2.0.3 know no port: PHP does."""
    sessions = folder / "sessions"
    sessions.mkdir(exist_ok=True)
    settings = {
        "mysqli.default_port": database.port,
        "memory_limit": "256M",
        "max_execution_time": 120,
        "upload_max_filesize": "16M",
        "post_max_size": "32M",
        "session.save_path": sessions,
        "sendmail_path": "/bin/true",  # mails go nowhere
        "opcache.revalidate_freq": 0,  # an update is seen at once, and not after two seconds
        "display_errors": 1,
        "error_reporting": 22527 if release.numbers < (3,) else 32767,  # old code is full of deprecations
    }
    if release.numbers < (3,):
        prepended = folder / "stand_ins.php"
        prepended.write_text("".join(one.read_text() + "?>" for one in _STAND_INS))
        settings["auto_prepend_file"] = prepended
    return [binary, *(part for name, value in settings.items() for part in ("-d", f"{name}={value}"))]
