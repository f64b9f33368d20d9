"""The carrier's signatures, against vectors made with the vendor's own library (twilio 9.13.0, secret "12345")."""

import pytest

from adapters.sandbox.carrier.signature import digest, sign

CALL = (
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
)
TEXT = (
    ("MessageSid", "SM00000000000000000000000000000001"),
    ("AccountSid", "AC00000000000000000000000000000001"),
    ("From", "+15005550006"),
    ("To", "+15017122661"),
    ("Body", "Hi & bye = ok é"),
    ("NumMedia", "0"),
    ("NumSegments", "1"),
    ("ApiVersion", "2010-04-01"),
)
BODY = b'{"property": "value", "boolean": true}'
SHOP = "https://mycompany.com/myapp.php?foo=1&bar=2"
HOOK = "https://bridge.example.com/hooks/twilio?line=main"


@pytest.mark.parametrize(
    ("url", "form", "algorithm", "expected"),
    [
        pytest.param(SHOP, CALL, "sha1", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", id="T1: a form and a query"),
        pytest.param(HOOK, TEXT, "sha1", "MRMMQWNtG2ro1D2LuTDeQNqLIGU=", id="T2: a text beyond ASCII"),
        pytest.param(
            HOOK.replace(".com/", ".com:443/"),
            TEXT,
            "sha1",
            "w9TtAlEyQkwBUDNecAyyLy2F5AI=",
            id="T3: the port spelt out",
        ),
        pytest.param(HOOK, TEXT, "sha256", "TuBkPgiTZTLL5YgjtoGuJul6aCveuVG6zAn3r5XJATo=", id="T4: SHA-256"),
        pytest.param(
            f"{SHOP}&bodySHA256={digest(BODY)}",
            (),
            "sha1",
            "a9nBmqA0ju/hNViExpshrM61xv4=",
            id="T5: a JSON body",
        ),
    ],
)
def test_a_signature_is_the_vendors(url: str, form: tuple[tuple[str, str], ...], algorithm: str, expected: str) -> None:
    assert sign("12345", url, form, algorithm=algorithm) == expected


def test_the_order_of_fields_does_not_matter() -> None:
    assert sign("12345", HOOK, TEXT[::-1]) == sign("12345", HOOK, TEXT)


def test_the_fragment_is_not_signed() -> None:
    assert sign("12345", f"{HOOK}#rc=3&rp=all", TEXT) == sign("12345", HOOK, TEXT)


def test_an_empty_value_and_a_repeated_name_count() -> None:
    plain = sign("12345", HOOK, [("A", "1")])

    assert sign("12345", HOOK, [("A", "1"), ("B", "")]) != plain
    assert sign("12345", HOOK, [("A", "1"), ("A", "1")]) == plain
    assert sign("12345", HOOK, [("A", "2"), ("A", "1")]) == sign("12345", HOOK, [("A", "1"), ("A", "2")]) != plain
