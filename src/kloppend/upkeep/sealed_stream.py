"""A file that only this installation's keys open, written and read piece by piece: a backup may not fit in memory.

After a first line that tells what it is, each piece is its length (4 bytes) and a Fernet token. In a token stand the
piece's number and whether it is the last, so that pieces cannot be left out, swapped or cut off unnoticed.
"""

import io
import struct
from typing import BinaryIO

from cryptography.fernet import InvalidToken

from kloppend.records.secrets import decrypt, encrypt

FIRST_LINE = b"KLOPPEND BACKUP 1\n"
PIECE = 1024 * 1024
_HEAD = struct.Struct(">Q?")
_LENGTH = struct.Struct(">I")


class SealedFileError(Exception):
    """The file is no backup of ours, is damaged, or was made with other keys; the message says which."""


class SealedWriter(io.RawIOBase):
    """Encrypts what is written. The file is complete only after `finish`."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file, self._waiting, self._number = file, bytearray(), 0
        file.write(FIRST_LINE)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; whole pieces go to the file at once."""
        taken = bytes(data)  # type: ignore[call-overload]
        self._waiting += taken
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(taken)

    def finish(self) -> None:
        """Write what is left, marked as the last piece."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, content: bytes, *, last: bool) -> None:
        token = encrypt(_HEAD.pack(self._number, last) + content)
        self._file.write(_LENGTH.pack(len(token)) + token)
        self._number += 1


class SealedReader(io.RawIOBase):
    """Decrypts as it is read. Raises SealedFileError for anything that is not exactly what was written."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file, self._ready, self._number, self._ended = file, b"", 0, False
        if file.read(len(FIRST_LINE)) != FIRST_LINE:
            raise SealedFileError("This is not a backup of Kloppend.")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill as much of the buffer as one piece can."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._ready and not self._ended:
            self._ready = self._next()
        size = min(len(view), len(self._ready))
        view[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _next(self) -> bytes:
        length = self._file.read(_LENGTH.size)
        if len(length) != _LENGTH.size:
            raise SealedFileError("The backup is cut off.")
        try:
            content = decrypt(self._file.read(_LENGTH.unpack(length)[0]))
        except InvalidToken:
            raise SealedFileError("The backup is damaged, or was made with other keys than these.") from None
        number, self._ended = _HEAD.unpack_from(content)
        if number != self._number:
            raise SealedFileError("The backup is damaged: a piece is missing.")
        self._number += 1
        return content[_HEAD.size :]
