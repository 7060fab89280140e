"""What can go wrong with an SFTP server in particular: branches of the tree in outside/errors.py."""

from kloppend.outside.errors import OutsideError


class HostKeyDiffers(OutsideError):  # noqa: N818 - they name what is the case
    """The server shows another key than the one a person confirmed: a new server, or somebody in between."""


class LoginRefused(OutsideError):  # noqa: N818
    """The server does not take this user name with this password or key."""


class KeyUnreadable(OutsideError):  # noqa: N818
    """The private key that was filled in cannot be read: not a key, or protected by a passphrase."""


class CannotRename(OutsideError):  # noqa: N818
    """The server does not know how to rename."""


class ServerSaidNo(OutsideError):  # noqa: N818
    """The server answered that it will not: no rights, no such folder, a full disk. The message is a word of ours."""
