"""What the web's own doors refuse, by name; `http/problems.py` gives each its HTTP status."""

from __future__ import annotations

from haveri_contracts.plain import Refusal


class NotSignedIn(Refusal):
    """Nobody is known to be calling."""

    type = "not-signed-in"
    title = "Sign in first."


class CredentialsWrong(Refusal):
    """E-mail and password do not belong together; which of the two was wrong stays unsaid."""

    type = "credentials-wrong"
    title = "E-mail address and password do not match."


class TooManyAttempts(Refusal):
    """Something was tried too often; `retry_after` are whole seconds until the next may be."""

    type = "too-many-attempts"
    title = "Too many attempts."

    def __init__(self, what: str, retry_after: int) -> None:
        super().__init__(f"{what} Try again in {retry_after} s.")
        self.retry_after = retry_after


class Busy(Refusal):
    """The web has all hands full; a moment later it works."""

    type = "busy"
    title = "Too much at once."
    retry_after = 2


class TokenUnknown(Refusal):
    """No such API token: forged, mistyped, or of a removed organisation."""

    type = "token-unknown"
    title = "This API token is not known."


class TokenExpired(Refusal):
    """The API token's time is over."""

    type = "token-expired"
    title = "This API token has expired."


class TokenRevoked(Refusal):
    """The API token was revoked."""

    type = "token-revoked"
    title = "This API token was revoked."


class MemberRemoved(Refusal):
    """The member behind the session or token is no longer in the directory."""

    type = "member-removed"
    title = "Your membership has ended."


class ScopeNotSufficient(Refusal):
    """The token may not do this, whatever its member may."""

    type = "scope-not-sufficient"
    title = "The token's scopes do not allow this."


class ForeignOrigin(Refusal):
    """The request comes from a page of another site, or carries no form token of ours."""

    type = "foreign-origin"
    title = "The request did not come from one of Haveri's own pages."


class InvalidRequest(Refusal):
    """Fields of the request are not right; `errors` names each."""

    type = "invalid-data"
    title = "Some fields are not right."

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{error['field']}: {error['problem']}" for error in errors[:5]))
        self.errors = errors

    @classmethod
    def field(cls, name: str, problem: str) -> InvalidRequest:
        """The refusal for one field."""
        return cls([{"field": name, "problem": problem}])


class IdempotencyKeyReused(Refusal):
    """The same Idempotency-Key came with another request."""

    type = "idempotency-key-reused"
    title = "This Idempotency-Key was already used for a different request."


class NotFound(Refusal):
    """There is no such thing here, or it belongs to somebody else."""

    type = "not-found"
    title = "There is no such thing here."


class FileUnknown(NotFound):
    """No such file at this incident."""

    type = "file-unknown"
    title = "There is no such file at this incident."


class PolicyExists(Refusal):
    """A new policy came with the id of another one that is there."""

    type = "policy-exists"
    title = "There is another policy with this id."


class CommandUnknown(NotFound):
    """Nobody sent a command with this id."""

    type = "command-unknown"
    title = "No command with this id is known."


class PasswordTooWeak(Refusal):
    """The new password does not fit the rules."""

    type = "password-too-weak"
    title = "This password is too easy to guess."


class FilesNotSetUp(Refusal):
    """This house runs without an object store."""

    type = "files-not-set-up"
    title = "Files are not kept here."
