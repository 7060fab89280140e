"""Choosing how a connection's files travel. A way counts only after it was tried; files under way keep to theirs."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from kloppend.domain.problems import Problem, Refused
from kloppend.outside.errors import OutsideError
from kloppend.records.models import Connection, Route
from kloppend.records.secrets import keyed_hash
from kloppend.sync.files.allowed_folders import allowed_folder, cannot_write, offered_folders
from kloppend.sync.files.trouble import PlaceTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpDraft:
    """An SFTP server as a person fills it in; it may be wrong in every way. The secrets are not shown."""

    host: str
    port: int
    folder: str
    username: str
    password: str = ""
    private_key: str = ""

    def __repr__(self) -> str:
        return f"SftpDraft({self.host!r}, {self.port})"


def choose_download(connection: Connection) -> None:
    """From now on files only wait to be downloaded."""
    with transaction.atomic():
        _clear(connection)


def choose_folder(connection: Connection, folder: str) -> Route:
    """One of the folders on offer. Raises Refused with FOLDER_NOT_ALLOWED or FOLDER_NOT_WRITABLE."""
    if folder not in map(str, offered_folders()):
        raise Refused(Problem.of("FOLDER_NOT_ALLOWED", folder=folder))
    try:
        allowed_folder(folder)
    except PlaceTrouble as trouble:
        raise Refused(trouble.problem) from trouble
    if wrong := cannot_write(folder):
        raise Refused(wrong)
    with transaction.atomic():
        _clear(connection)
        same = connection.routes.filter(kind=Route.Kind.FOLDER, folder=folder).first()
        return _make_current(same or Route(connection=connection, kind=Route.Kind.FOLDER, folder=folder))


def choose_feed(connection: Connection) -> str:
    """A new secret for the feed, to be shown once; the former one stops working at this moment."""
    token = f"kf_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        _clear(connection)
        same = connection.routes.filter(kind=Route.Kind.FEED).first()
        route = same or Route(connection=connection, kind=Route.Kind.FEED)
        route.token_hash = token_hash(token)
        _make_current(route)
    return token


def token_hash(token: str) -> str:
    """What a feed's secret is stored as and found by: nobody without our key can make it."""
    return keyed_hash(f"feed {token}")


def look_at_server(connection: Connection, draft: SftpDraft) -> Route:
    """Ask the server for its key and keep all of it, not in use: a person has to confirm the key's fingerprint first.

    Nothing secret is sent. Raises Refused with SFTP_SETTINGS_INVALID, SFTP_UNREACHABLE, SFTP_ADDRESS_REFUSED.
    """
    from kloppend.outside.sftp.session import show_key
    from kloppend.sync.files.sftp_place import sftp_trouble

    if wrong := _wrong_with(draft):
        raise Refused(Problem.of("SFTP_SETTINGS_INVALID", what=wrong))
    where = {"kind": Route.Kind.SFTP, "host": draft.host, "port": draft.port, "folder": draft.folder}
    route = Route(connection=connection, username=draft.username, password=draft.password, **where)
    route.private_key = draft.private_key
    try:
        key = show_key(draft.host, draft.port, allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS)
    except OutsideError as error:
        raise Refused(sftp_trouble(route, error).problem) from error
    route.host_key = key.export_public_key().decode().strip()
    with transaction.atomic():
        connection.routes.filter(kind=Route.Kind.SFTP, current=False, batches=None).delete()
        route.save()
    return route


def fingerprint(route: Route) -> str:
    """As SSH programs show it: `SHA256:...`."""
    import asyncssh

    return str(asyncssh.import_public_key(route.host_key).get_fingerprint())


def choose_sftp(route: Route, confirmed: str) -> Route:
    """A person confirmed this fingerprint: log in, try to write and rename, and use the server from now on.

    Files on their way to the same folder of the same server follow the new user name, secrets and key. Raises Refused.
    """
    from kloppend.outside.sftp.session import SftpSession
    from kloppend.sync.files.sftp_place import SftpPlace, server_of, sftp_trouble

    if confirmed != fingerprint(route):
        raise Refused(Problem.of("SFTP_HOST_KEY_CHANGED", where=route.where))
    try:
        with SftpSession(server_of(route), allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS) as session:
            route.renames = SftpPlace(route, session).try_out()
    except OutsideError as error:
        raise Refused(sftp_trouble(route, error).problem) from error
    except PlaceTrouble as trouble:
        raise Refused(trouble.problem) from trouble
    with transaction.atomic():
        _clear(route.connection)
        where = {"kind": Route.Kind.SFTP, "host": route.host, "port": route.port, "folder": route.folder}
        same = route.connection.routes.filter(renames=route.renames, **where).exclude(pk=route.pk)
        same.update(
            username=route.username, password=route.password, private_key=route.private_key, host_key=route.host_key
        )
        return _make_current(route)


def _clear(connection: Connection) -> None:
    """The lock makes two who choose at once wait for each other."""
    Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    connection.routes.filter(current=True).update(current=False)


def _make_current(route: Route) -> Route:
    route.current = True
    route.save()
    return route


def _wrong_with(draft: SftpDraft) -> str:
    for name, text, most in (("host", draft.host, 255), ("user name", draft.username, 100)):
        if not text or len(text) > most or not text.isprintable() or " " in text:
            return name
    if not 1 <= draft.port <= 65535:
        return "port"
    if not draft.folder.isprintable() or len(draft.folder) > 500 or ".." in draft.folder.split("/"):
        return "folder"
    return "" if bool(draft.password) != bool(draft.private_key) else "password or private key"
