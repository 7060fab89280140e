"""`kloppend licence`: for who runs Kloppend for others. Nobody needs one on a server of his own."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kloppend.cli.explain import ShownLanguage
from kloppend.cli.upkeep_home import upkeep_home

if TYPE_CHECKING:
    from kloppend.records.models import Licence

app = typer.Typer(no_args_is_help=True, help="Licences for the merchants whom you serve.")
Number = Annotated[int, typer.Argument(help="As `kloppend licence list` shows it.")]
Day = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day.")]
OpenCart = Annotated[str, typer.Option(help="Send only the package for this OpenCart version, such as 3.0.")]


@app.command()
def new(
    merchant: Annotated[str, typer.Option(help="The merchant's name; made when there is none of that name.")],
    email: Annotated[str, typer.Option(help="The merchant's e-mail address.")] = "",
    trial: Annotated[int | None, typer.Option(help="A trial of so many days from today.", min=1, max=3650)] = None,
    until: Day = None,
    send: Annotated[bool, typer.Option("--send", help="Mail the extension with this licence to the merchant.")] = False,
    opencart: OpenCart = "",
    language: ShownLanguage = ShownLanguage.NL,
) -> None:
    """Give out a licence, and show its key."""
    if trial and until:
        raise typer.BadParameter("give --trial or --until, not both")
    at = datetime.now(UTC)
    with upkeep_home("licence new"):
        from kloppend.records.licences import ZONE, give_out

        last_day = at.astimezone(ZONE).date() + timedelta(days=trial) if trial else _day(until)
        licence = give_out(_merchant(merchant, email), at, last_day=last_day, trial=bool(trial))
        typer.echo(f"Licence {licence.pk}: {licence.key}  ({_until(licence)})")
        if send:
            _send(licence, language, opencart)


@app.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show all licences; of a key the last letters only."""
    with upkeep_home("licence list"):
        from kloppend.records.models import Licence

        rows = [_row(licence) for licence in Licence.objects.select_related("merchant").order_by("pk")]
        if as_json:
            typer.echo(json.dumps({"licences": rows}, indent=1, ensure_ascii=False))
            return
        for row in rows:
            ends = row["last_day"] or "no last day"
            typer.echo(f"{row['number']:>5}  ...{row['key_ends_in']}  {row['state']:<7}  {ends:<11}  {row['merchant']}")


@app.command()
def extend(number: Number, until: Day = None) -> None:
    """Let a licence hold until another last day, or, without one, until it is ended. A trial becomes a full licence."""
    with upkeep_home("licence extend"):
        licence = _licence(number)
        licence.last_day, licence.ended_at, licence.trial = _day(until), None, False
        licence.save(update_fields=["last_day", "ended_at", "trial"])
        typer.echo(f"Licence {number} holds ({_until(licence)}).")


@app.command()
def end(number: Number) -> None:
    """End a licence now."""
    with upkeep_home("licence end"):
        licence = _licence(number)
        licence.ended_at = licence.ended_at or datetime.now(UTC)
        licence.save(update_fields=["ended_at"])
        typer.echo(f"Licence {number} has ended.")


@app.command()
def send(number: Number, opencart: OpenCart = "", language: ShownLanguage = ShownLanguage.NL) -> None:
    """Mail the extension with this licence to the merchant."""
    with upkeep_home("licence send"):
        _send(_licence(number), language, opencart)


def _merchant(name: str, email: str) -> Any:
    from kloppend.records.models import Merchant

    found = Merchant.objects.filter(name=name[:200]).order_by("pk").first() or Merchant(name=name[:200])
    found.email = email or found.email
    found.save()
    return found


def _licence(number: int) -> "Licence":
    from kloppend.records.models import Licence

    found = Licence.objects.select_related("merchant").filter(pk=number).first()
    if found is None:
        typer.echo(f"There is no licence {number}.", err=True)
        raise typer.Exit(2)
    return found


def _send(licence: "Licence", language: ShownLanguage, opencart: str) -> None:
    from kloppend.outside.mail import MailNotSent
    from kloppend.outside.mail import send as send_mail
    from kloppend.reports.licence_mail import licence_mail

    try:
        mail = licence_mail(licence, language.value, opencart)
        send_mail(mail)
    except (ValueError, MailNotSent) as error:
        again = f"`kloppend licence send {licence.pk}` tries it again"
        typer.echo(f"The mail was not sent ({error}); {again}.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Sent to {mail.to}: {', '.join(mail.files)}")


def _row(licence: "Licence") -> dict[str, Any]:
    from kloppend.records.licences import state_of

    return {
        "number": licence.pk,
        "merchant": licence.merchant.name,
        "state": state_of(licence, datetime.now(UTC)),
        "last_day": licence.last_day.isoformat() if licence.last_day else None,
        "key_ends_in": licence.key[-5:],
    }


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _until(licence: "Licence") -> str:
    kind = "trial" if licence.trial else "licence"
    return f"{kind}, last day {licence.last_day}" if licence.last_day else f"{kind} without a last day"
