"""The words that the fuzzer puts together: those of the corpus, and odd ones that parsers stumble over.

Written as libFuzzer wants a dictionary: one quoted word a line, everything beyond plain characters escaped.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(rb'"[^"\n]{1,40}"|[A-Za-z_][A-Za-z0-9_-]{2,40}|%[0-9A-Fa-f]{2}')
_MOST_WORDS = 400
_ODD = (
    b'"\\ud83d"', b"\\udc00", b"null", b"true", b"-1", b"1e999", b"NaN", b"18446744073709551616", b"[]", b"{}", b'""',
    b'[[[[[[[[', b'{"a":{"a":{"a":', b"a.a.a.a.a.a.a.a.", b"%00", b"%ED%A0%BD", b"%26", b"%3D", b"\\u0000",
    b"Fri, 31 Dec 9999 23:59:59 -2359", b"Mon, 01 Jan 0100 00:00:00 +2359", b"999999999999.999999", b"99999999d",
    b"9999-12-31T23:59:59-23:59", b"+14155550100", b"..", b"/", b"'''", b'"""', b"\xed\xa0\xbd", b"\xe2\x80\xae",
    b"\xe2\x80\x8d", b"\xcc\x81", b"\xf0\x9f\x87\xba", b"\xf0\x9f\x8f\xbd", b"\xc2\x85",
)  # fmt: skip


def dictionary(inputs: Iterable[bytes]) -> str:
    """Write the dictionary for targets that start from these inputs."""
    words = dict.fromkeys(word for content in inputs for word in _WORD.findall(content))
    return "".join(f'"{_escaped(word)}"\n' for word in (*_ODD, *list(words)[:_MOST_WORDS]))


def _escaped(word: bytes) -> str:
    return "".join(chr(octet) if chr(octet).isalnum() and octet < 128 else f"\\x{octet:02X}" for octet in word)
