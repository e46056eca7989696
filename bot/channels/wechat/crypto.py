"""WeChat's proof of a call, and the encryption of its "safe mode".

A signature is the SHA-1 of the sorted parts, the token of the account among them. An encrypted message is, in
base64, AES-256-CBC (its IV the first 16 bytes of the key) of

    16 random bytes, the message's length (4 bytes, the highest first), the message, the account's AppID

padded as in PKCS #7, to blocks of 32 bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher as Aes
from cryptography.hazmat.primitives.ciphers import algorithms, modes

BLOCK = 32  # bytes; of the padding, not of AES
_RANDOM, _LENGTH = 16, 4


def signature(*parts: str) -> str:
    """The signature of some parts, the token of the account among them, in hexadecimal digits."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def signed(given: str, *parts: str) -> bool:
    """Whether a signature is that of the parts; takes the same time for every wrong one."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


class Cipher:
    """Encrypts and decrypts for one account. `aes_key` is its EncodingAESKey, 43 characters; raises
    `ValueError` for any other.
    """

    def __init__(self, aes_key: str, app_id: str) -> None:
        key = base64.b64decode(f"{aes_key}=", validate=True)
        if len(key) != 32:
            raise ValueError("an EncodingAESKey has 43 characters")
        self._app_id = app_id.encode()
        self._aes = Aes(algorithms.AES(key), modes.CBC(key[:16]))

    def encrypt(self, message: bytes) -> str:
        """A message as the platform takes it, in base64."""
        plain = secrets.token_bytes(_RANDOM) + struct.pack(">I", len(message)) + message + self._app_id
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self._aes.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding)).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """A message that was encrypted for this account; raises `ValueError` for anything else."""
        try:
            decryptor = self._aes.decryptor()
            plain = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
        except (binascii.Error, ValueError) as error:
            raise ValueError("not an encrypted message") from error
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise ValueError("an encrypted message with a wrong padding")
        content = plain[_RANDOM:-padding]
        if len(content) < _LENGTH:
            raise ValueError("an encrypted message that is too short")
        end = _LENGTH + struct.unpack(">I", content[:_LENGTH])[0]
        if end > len(content) or not hmac.compare_digest(content[end:], self._app_id):
            raise ValueError("a message for another account")
        return content[_LENGTH:end]
