"""The signature of webhooks: the vendor's own results, and what must never pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.twilio.form import Form
from adapters.twilio.signature import Seal, body_digest, is_body, spellings

SECRET = "12345"

# T1 to T5 were computed with the vendor's own library for Python, release 9.13.0.
CALL_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
TEXT_URL = "https://bridge.example.com/hooks/twilio?line=main"
TEXT = (
    b"MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001&From=%2B15005550006"
    b"&To=%2B15017122661&Body=Hi+%26+bye+%3D+ok+%C3%A9&NumMedia=0&NumSegments=1&ApiVersion=2010-04-01"
)
WITH_PORT = TEXT_URL.replace("bridge.example.com", "bridge.example.com:443")
T1, T2, T3 = "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "MRMMQWNtG2ro1D2LuTDeQNqLIGU=", "w9TtAlEyQkwBUDNecAyyLy2F5AI="
T4 = "TuBkPgiTZTLL5YgjtoGuJul6aCveuVG6zAn3r5XJATo="
T5 = "a9nBmqA0ju/hNViExpshrM61xv4="
JSON = b'{"property": "value", "boolean": true}'
JSON_QUERY = "foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
SHA256 = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"


def signed(body: bytes) -> bytes:
    form = Form.parse(body)
    assert form is not None
    return form.signed()


def fits(url: str, body: bytes, given: str, *, seal: Seal | None = None, settings: str | None = None) -> bool:
    addresses = [spelling.encode() for spelling in spellings(url)]
    return (seal or Seal([SECRET])).fits(addresses, signed(body), given, settings)


@pytest.mark.parametrize(
    ("url", "body", "given"),
    [(CALL_URL, CALL, T1), (TEXT_URL, TEXT, T2), (TEXT_URL, TEXT, T3), (WITH_PORT, TEXT, T2), (WITH_PORT, TEXT, T3)],
    ids=["T1", "T2", "T3 for the address without the port", "T2 for the address with the port", "T3"],
)
def test_the_vendors_own_signatures_fit(url: str, body: bytes, given: str) -> None:
    assert fits(url, body, given)


def test_a_signature_under_the_shared_key_fits_where_one_is_configured() -> None:
    seal = Seal(["another"], shared_key=SECRET)

    assert fits(TEXT_URL, TEXT, T4, seal=seal, settings=SHA256)
    assert not fits(TEXT_URL, TEXT, T4, seal=Seal([SECRET]), settings=SHA256)
    assert not fits(TEXT_URL, TEXT, T4, seal=seal)


def test_a_body_that_is_no_form_is_signed_by_its_digest_in_the_address() -> None:
    digest = body_digest(JSON_QUERY)

    assert digest is not None
    assert is_body(JSON, digest)
    assert not is_body(JSON + b" ", digest)
    assert Seal([SECRET]).fits([f"https://mycompany.com/myapp.php?{JSON_QUERY}".encode()], b"", T5)


@pytest.mark.parametrize(
    "query", ["", "bodySHA256=", "bodySHA256=abc", "xbodySHA256=" + "a" * 64, "bodySHA256=" + "a" * 65]
)
def test_an_address_without_a_digest_claims_none(query: str) -> None:
    assert body_digest(query) is None


@pytest.mark.parametrize(
    "given",
    [
        *("", " ", "é", "\x00", "\ud83d", "a" * 8192, T2 + "=", T2[:-1], T2.lower(), f"{T2}, {T2}", f" {T2}", T1),
        "=" * 28,
    ],
)
def test_whatever_is_not_the_signature_is_false_and_never_an_error(given: str) -> None:
    assert fits(TEXT_URL, TEXT, given) is False


@pytest.mark.parametrize(
    ("address", "others"),
    [
        ("https://a.test/x", ["https://a.test/x", "https://a.test:443/x"]),
        ("https://a.test:443/x", ["https://a.test/x", "https://a.test:443/x"]),
        ("http://a.test:80/x", ["http://a.test/x", "http://a.test:80/x"]),
        ("http://a.test:443/x", ["http://a.test:443/x"]),
        ("https://a.test:8443/x", ["https://a.test:8443/x"]),
    ],
)
def test_only_the_port_of_the_scheme_may_be_written_or_left_out(address: str, others: list[str]) -> None:
    assert list(spellings(address)) == others


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "algorithm=HMAC_SHA1",
        "algorithm=",
        "algorithm=NONE",
        "key=x",
        "algorithm=HMAC_SHA256,algorithm=HMAC_SHA1",
        "é\ud83d",
    ],
)
def test_an_unknown_algorithm_fails_whatever_the_signature_is(settings: str) -> None:
    seal = Seal([SECRET], shared_key=SECRET)

    assert not fits(TEXT_URL, TEXT, T2, seal=seal, settings=settings)
    assert not fits(TEXT_URL, TEXT, T4, seal=seal, settings=settings)


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (TEXT_URL.replace("https", "http"), TEXT),
        (TEXT_URL.replace("twilio?", "twilio/?"), TEXT),
        (TEXT_URL + "&x=1", TEXT),
        (TEXT_URL.replace(".com", ".com:8443"), TEXT),
        (TEXT_URL, TEXT.replace(b"Hi", b"Ho")),
        (TEXT_URL, TEXT + b"&Extra=1"),
        (TEXT_URL, TEXT.replace(b"&NumMedia=0", b"")),
    ],
    ids=["scheme", "slash", "query", "port", "text", "one field more", "one field less"],
)
def test_any_change_to_address_or_form_breaks_it(url: str, body: bytes) -> None:
    assert not fits(url, body, T2)


def test_both_tokens_hold_while_one_replaces_the_other() -> None:
    assert fits(TEXT_URL, TEXT, T2, seal=Seal(["the new one", SECRET]))
    assert not fits(TEXT_URL, TEXT, T2, seal=Seal(["the new one"]))


def test_a_repeated_name_is_signed_with_its_distinct_values_in_order() -> None:
    assert signed(b"b=2&a=y&a=x&a=y&b=2") == b"axayb2"


def test_empty_values_are_signed() -> None:
    assert signed(b"b=&a&c=1") == b"abc1"


def test_fields_are_signed_in_the_order_of_octets() -> None:
    assert signed(b"a=1&B=2&%C3%A9=3&A=4") == b"A4B2a1\xc3\xa93"


@given(st.text(), st.binary(max_size=300), st.one_of(st.none(), st.text()))
def test_nothing_that_strangers_send_fits_or_raises(given: str, body: bytes, settings: str | None) -> None:
    assert not Seal([SECRET], SECRET).fits([b"https://a.test/x"], body, given, settings)
