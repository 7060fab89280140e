"""What a person fills in about an SFTP server."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.records.models import Route
from kloppend.sync.files.choosing import SftpDraft


class SftpForm(forms.Form):
    """Fields by the names of `SftpDraft`. Secrets are never shown again."""

    host = forms.CharField(label=_("Server"), max_length=255, help_text=_("Such as sftp.example.com"))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=22)
    folder = forms.CharField(
        label=_("Folder on the server"), max_length=400, required=False, help_text=_("Empty: where the login arrives.")
    )
    username = forms.CharField(
        label=_("User name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    private_key = forms.CharField(
        label=_("Or a private key"),
        max_length=20000,
        required=False,
        help_text=_("The whole text, from BEGIN to END, without a passphrase. Fill in one of the two."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, present: Route | None = None) -> None:
        names = ("host", "port", "folder", "username")
        known = {name: getattr(present, name) for name in names} if present and present.host else {}
        super().__init__(data, initial=known)

    def clean(self) -> dict[str, Any]:
        """One secret, not both and not neither."""
        data = super().clean() or {}
        if bool(data.get("password")) == bool(data.get("private_key")):
            self.add_error("password", _("Fill in a password or a private key: one of the two."))
        return data

    def draft(self) -> SftpDraft:
        """The same for the steps."""
        return SftpDraft(**self.cleaned_data)
