"""Which passwords are good enough. Length counts; rules about digits and signs do not."""

from __future__ import annotations

from haveri_web.domain.refusals import PasswordTooWeak

SHORTEST = 10
LONGEST = 200


def check_new_password(password: str, email: str) -> None:
    """Raise PasswordTooWeak, saying what to change."""
    if len(password) < SHORTEST:
        raise PasswordTooWeak(f"Use at least {SHORTEST} characters; a few unrelated words work well.")
    if len(password) > LONGEST:
        raise PasswordTooWeak(f"Use at most {LONGEST} characters.")
    if len(set(password)) < 4:
        raise PasswordTooWeak("Use more than three different characters.")
    name = email.partition("@")[0].lower()
    if password.lower() in (email.lower(), name) or (len(name) >= SHORTEST - 2 and name in password.lower()):
        raise PasswordTooWeak("Leave your own e-mail address out of it.")
