"""The two key rings: the Bot Framework's, which signs pushes, and Entra's, which signs access tokens."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from haveri_teams_tenant.clock import Ids
from haveri_teams_tenant.state.records import SigningKey
from haveri_teams_tenant.state.store import Store

BOT_FRAMEWORK = "bot-framework"
ENTRA = "entra"
ENDORSEMENTS = ["msteams", "skype"]


def new_private_key() -> rsa.RSAPrivateKey:
    """A fresh RSA key of 2048 bits."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _to_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _from_pem(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the stored signing key is no RSA key")
    return key


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class LiveKey:
    """A key ready to sign and to verify."""

    kid: str
    private: rsa.RSAPrivateKey

    def as_jwk(self) -> dict[str, Any]:
        """The public half as the key documents publish it."""
        public = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _number(public.n),
            "e": _number(public.e),
        }


class KeyRing:
    """The keys of one issuer, kept in the store; the newest signs, all published ones verify."""

    def __init__(self, name: str, store: Store, ids: Ids) -> None:
        self.name = name
        self._store = store
        self._ids = ids
        self._records = [record for record in store.load(SigningKey) if record.ring == name]
        self._live = {record.kid: LiveKey(record.kid, _from_pem(record.pem)) for record in self._records}
        if not self._records:
            self.rotate(keep_old=True)

    @property
    def current(self) -> LiveKey:
        """The key that signs now."""
        return self._live[self._records[-1].kid]

    def find(self, kid: str) -> LiveKey | None:
        """A published key."""
        return self._live.get(kid)

    def rotate(self, *, keep_old: bool) -> str:
        """Sign with a new key from now on; the old ones stay published if asked. Returns the new kid."""
        position = self._records[-1].position + 1 if self._records else 1
        private = new_private_key()
        record = SigningKey(ring=self.name, kid=self._ids.hex()[:27], pem=_to_pem(private), position=position)
        with self._store.transaction():
            if not keep_old:
                for old in self._records:
                    self._store.delete(old)
            self._store.save([record])
        if not keep_old:
            self._records.clear()
            self._live.clear()
        self._records.append(record)
        self._live[record.kid] = LiveKey(record.kid, private)
        return record.kid

    def document(self, *, endorsed: bool) -> dict[str, Any]:
        """The key document; the Bot Framework's names the channels that each key may speak for."""
        keys = [key.as_jwk() for key in self._live.values()]
        if endorsed:
            keys = [{**key, "endorsements": ENDORSEMENTS} for key in keys]
        return {"keys": keys}
