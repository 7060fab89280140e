"""What a shop's customers type is not always what XML may hold: here every text becomes one that it can."""

import re

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEWLINE = re.compile("\r\n?")


def clean(text: str) -> str:
    """The text as it stands in a file.

    Characters that XML 1.0 forbids are left out (control characters, lone surrogates, U+FFFE and U+FFFF), every kind
    of line end becomes a line feed, and white space at both ends goes. All else stays as it is.
    """
    return _NEWLINE.sub("\n", _FORBIDDEN.sub("", text)).strip()
