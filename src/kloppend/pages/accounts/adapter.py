"""Where we differ from allauth: nobody signs up, and the secrets of second factors are encrypted at rest."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from kloppend.records.secrets import decrypt, encrypt


class GivenOutAccounts(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """The operator makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class EncryptedFactors(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """What the authenticator app and the recovery codes are made of is as secret as a password."""

    def encrypt(self, text: str) -> str:
        """On the way into the database."""
        return encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """On the way out."""
        return decrypt(encrypted_text.encode()).decode()
