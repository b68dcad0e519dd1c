"""Keys, made once at the first start: token keys with their public set, the nodes' key, the root key."""

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mesh.stack.home import Home, write_private


def make_keys(home: Home) -> None:
    """Make what is missing; what is there stays."""
    folder = home.keys
    tokens = folder / "token"
    tokens.mkdir(mode=0o700, exist_ok=True)
    if not any(tokens.glob("*.pem")):
        key = Ed25519PrivateKey.generate()
        write_private(tokens / f"{_jwk(key.public_key())['kid']}.pem", _private_text(key))
    if not (folder / "node.pem").exists():
        key = Ed25519PrivateKey.generate()
        write_private(folder / "node.pub.pem", _public_text(key.public_key()))
        write_private(folder / "node.pem", _private_text(key))
    if not (folder / "root.key").exists():
        write_private(folder / "root.key", os.urandom(32).hex() + "\n")
    write_private(folder / "jwks.json", json.dumps(_key_set(home), indent=2) + "\n")


def _key_set(home: Home) -> dict[str, Any]:
    keys = []
    for path in sorted((home.keys / "token").glob("*.pem")):
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(key, Ed25519PrivateKey):
            keys.append(_jwk(key.public_key()))
    return {"keys": keys}


def _jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The public key as RFC 8037 writes it; its id is the thumbprint of RFC 7638."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    members = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
    thumbprint = hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest()
    return {**members, "kid": _base64url(thumbprint), "alg": "EdDSA", "use": "sig"}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _private_text(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public_text(key: Ed25519PublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
