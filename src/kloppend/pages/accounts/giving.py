"""Giving out a login: nobody signs up, so the operator makes one on the command line."""

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from kloppend.records.models import Connection, Membership


def give_login(email: str, password: str, *, role: str, connection: str = "") -> User:
    """Make a login that is its e-mail address, or give the one there is another password and this role.

    `role` is owner or accountant of the merchant whose connection bears the name `connection`, or operator, who sees
    every connection. Raises ValueError that says what is wrong.
    """
    email, of = email.strip().lower(), None
    of = None
    if role != "operator":
        if role not in Membership.Role.values:
            raise ValueError("a role is owner, accountant or operator")
        of = Connection.objects.filter(name=connection).first()
        if of is None:
            raise ValueError(f"there is no connection called {connection!r}")
    with transaction.atomic():
        user = User.objects.filter(Q(username=email) | Q(email__iexact=email)).first() or User(
            username=email, email=email
        )
        try:
            validate_email(email)
            validate_password(password, user)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from None
        user.set_password(password)
        user.is_staff = user.is_staff or role == "operator"
        user.save()
        if of:
            Membership.objects.update_or_create(user=user, merchant=of.merchant, defaults={"role": role})
    return user
