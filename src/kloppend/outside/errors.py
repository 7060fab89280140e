"""What can go wrong on the way to somebody else's server, as one small tree of exceptions.

Callers turn these into problems of their own (a shop's, a bookkeeping package's); no message holds a secret.
"""


class OutsideError(Exception):
    """The conversation with a server outside failed."""


class AddressInvalid(OutsideError):  # noqa: N818 - they name what is the case
    """This is not an address we can call: only http and https, a host name, no user name or password."""


class AddressRefused(OutsideError):  # noqa: N818
    """The name leads to an address inside a private network, and the operator did not allow that network."""


class NameUnknown(OutsideError):  # noqa: N818
    """The internet's address book (DNS) does not know this name."""


class ConnectionFailed(OutsideError):  # noqa: N818
    """No connection could be made, or it broke before the answer was complete."""


class TlsFailed(OutsideError):  # noqa: N818
    """The secure connection could not be made: an expired, self-made or wrong certificate, usually."""


class TimedOut(OutsideError):  # noqa: N818
    """The server did not answer, or not completely, within the time allowed."""


class AnswerTooLarge(OutsideError):  # noqa: N818
    """The answer is larger than the cap, packed or unpacked; reading stopped there."""


class AnswerGarbled(OutsideError):  # noqa: N818
    """What came back is not HTTP, or is packed in a way that cannot be unpacked."""
