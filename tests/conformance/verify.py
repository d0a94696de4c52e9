"""PyJWT verifies the issuer's tokens and heads against its published keys, and refuses them altered."""

import json
import sys
import urllib.request

import jwt

url, workspace = sys.argv[1], json.load(open(sys.argv[2]))
keys = jwt.PyJWKClient(url + "/.well-known/jwks.json")
environments = ("sandbox", "live")
heads = [json.load(urllib.request.urlopen(f"{url}/v1/tree/head?environment={name}"))["head"] for name in environments]


def refused(token, **options):
    try:
        jwt.decode(token, keys.get_signing_key_from_jwt(token), algorithms=["EdDSA"], **options)
    except jwt.InvalidTokenError:
        return True
    return False


def altered(token):
    header, payload, signature = token.split(".")
    return ".".join((header, payload, ("A" if signature[0] != "A" else "B") + signature[1:]))


token = workspace["access_token"]
claims = jwt.decode(token, keys.get_signing_key_from_jwt(token), algorithms=["EdDSA"], issuer=url, audience="institution")
assert claims["sub"] == workspace["institution"]["id"], claims
assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
assert claims["exp"] - claims["iat"] == 600
assert refused(altered(token), issuer=url, audience="institution")
assert refused(token, issuer=url, audience="wallet"), "a token for institutions is none for wallets"
for name, head in zip(environments, heads):
    key = keys.get_signing_key_from_jwt(head)
    signed = jwt.decode(head, key, algorithms=["EdDSA"], issuer=url)
    assert signed["environment"] == name and signed["tree_size"] >= 0, signed
    assert jwt.get_unverified_header(head)["typ"] == "passid-head+jwt"
    assert refused(altered(head), issuer=url)
print(f"PyJWT {jwt.__version__}: the access token and {len(heads)} heads verify; altered ones do not")
