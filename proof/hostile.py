"""What strangers write: sixty texts that would like to be more than text, and forty addresses that lead inside."""

import json
from pathlib import Path

_ODD = [
    "<!channel> <!here> <!everyone>",
    "<@U0BEN> <@U0BEN|ben> <#C0TEXTS> <#C0TEXTS|texts> <!subteam^S1>",
    "@channel @here @everyone @ben #texts",
    "&lt;!channel&gt; &amp;lt;!channel&amp;gt; &<!here>",
    "<https://evil.test|https://bank.test>",
    "https://evil.test www.evil.test mailto:a@evil.test tel:+12125550142",
    "invoice\u202efdp.exe \u2066isolated\u2069 \u200bwide",
    "https://\u0430pple.com http://xn--pple-43d.com",
    "✅ acknowledged by Ben\nWaiting since 10:04",
    "``` ``` >>> *a* _b_ ~c~ `d`",
    ">>> quoted\n> again\n• list\n1. one",
    ":fire:" * 500,
    "<!date^1392734382^{date}^https://evil.test|now>",
    "<slack://channel?team=T1&id=C1|open>",
    "&" * 3000,
    "<" * 3000,
    "a" * 2990 + "<!channel>",
    "x" * 3890 + "<!channel>" * 20,
    "😀" * 3000,
    "e" + "\u0301" * 3000,
    "\x00\x01\x1b[31mred\x1b[0m\x07",
    "\u2028\u2029\x85 lines",
    '{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}',
    '"}],"blocks":[{"type":"section"}],"x":[{"',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "%3C%21channel%3E \\u003c!channel\\u003e",
    "＜!channel＞ ‹!here›",
    "/invite @ben",
    "<!channel",
    "!channel> <",
    "\n\n\n<!here>",
    "  ",
]


def texts() -> list[str]:
    """Return sixty: the odd ones, and real ones that people once sent."""
    corpus = (Path(__file__).parent.parent / "tests/payloads/sms-corpus.jsonl").read_text().splitlines()
    return [*_ODD, *(json.loads(line)["text"] for line in corpus[: 60 - len(_ODD)])]


LISTED = "media.test"  # the one host that files may come from
_NAMES = {  # what the names lead to, where they lead anywhere
    "inside": ("127.0.0.1",),
    "metadata": ("169.254.169.254",),
    "ten": ("10.1.2.3",),
    "sixteen": ("172.16.0.1",),
    "home": ("192.168.1.1",),
    "shared": ("100.64.0.1",),
    "zero": ("0.0.0.0",),  # noqa: S104 - to be refused
    "six": ("::1",),
    "mapped": ("::ffff:127.0.0.1",),
    "nat64": ("64:ff9b::7f00:1",),
    "nat64-metadata": ("64:ff9b::a9fe:a9fe",),
    "6to4": ("2002:7f00:1::",),
    "teredo": ("2001:0:7f00:1::",),
    "compatible": ("::127.0.0.1",),
    "unique-local": ("fd00::1",),
    "link-local": ("fe80::1",),
    "multicast": ("224.0.0.1",),
    "first-public": ("8.8.8.8", "127.0.0.1"),
    "last-public": ("127.0.0.1", "8.8.8.8"),
}
LEADS = {**{f"https://{LISTED}/{name}": addresses for name, addresses in _NAMES.items()}}
ADDRESSES = [
    *LEADS,
    "https://127.0.0.1/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://0177.0.0.1/x",
    "https://127.1/x",
    "https://１２７.０.０.１/x",
    "https://ⓛocalhost/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/x",
    f"http://{LISTED}/x",
    f"https://{LISTED}:22/x",
    f"https://user:pw@{LISTED}/x",
    f"https://{LISTED}@127.0.0.1/x",
    f"https://127.0.0.1\\@{LISTED}/x",
    f"https://{LISTED}.evil.test/x",
    "https://evil.test/x",
    "//127.0.0.1/x",
    "https://127.0.0.1:443#@media.test/",
    "https://media。test@127.0.0.1/x",
    "http://127.0.0.1/x",
]
REDIRECTS = [
    "https://127.0.0.1/x",
    "http://127.0.0.1/x",
    "https://169.254.169.254/",
    "//10.0.0.1/x",
    "https://evil.test/x",
    "https://2130706433/x",
]
