"""What a reader sees: the same words in both forms, the new first, everything that a phone wrote made visible."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from bridge.domain.command import SendMail
from bridge.domain.dialplan import Did
from bridge.domain.message import MediaState
from tests.unit.adapters.mail.wishes import (
    LINK,
    MAIN_LINE,
    NOW,
    attachment,
    body,
    composed,
    conversation,
    digest,
    hello,
    picture,
    waiting,
)


class Reader(HTMLParser):
    """Reads what a person would: no head, no attributes; keeps the tags and addresses apart."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self._is_in_body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_in_body = self._is_in_body or tag == "body"
        self.tags.add(tag)
        self.addresses.extend(value for name, value in attrs if name in ("href", "src") and value)

    def handle_data(self, data: str) -> None:
        if self._is_in_body:
            self.words.append(data)


def read(mail: SendMail) -> Reader:
    reader = Reader()
    reader.feed(body(composed(mail), "html"))
    return reader


def html_words(mail: SendMail) -> list[str]:
    return " ".join(read(mail).words).split()


def text_words(mail: SendMail) -> list[str]:
    return list(_without_ornaments(body(composed(mail), "plain")))


def _without_ornaments(text: str) -> Iterator[str]:
    """The plain form rules lines, marks quotations, brackets files and writes addresses out."""
    for line in text.splitlines():
        if re.fullmatch(r"-{20,}", line) or line == LINK:
            continue
        bare = re.sub(r"^  \| ?|^\* |^  \[(?=.*\]$)", "", line)
        bare = bare.removesuffix("]") if line.startswith("  [") else bare
        yield from bare.removesuffix(":").split() if line == "Open in Slack:" else bare.split()


def rich() -> SendMail:
    """One of everything."""
    shown = picture()
    files = [
        attachment(shown),
        attachment(type="video/mp4", size=1_240_000, state=MediaState.KEPT, digest="0" * 64),
        attachment(state=MediaState.WANTED),
        attachment(state=MediaState.REFUSED),
        attachment(state=MediaState.FORGOTTEN),
    ]
    late = waiting("sent long ago")
    late = replace(late, message=replace(late.message, said_at=NOW - timedelta(days=1)))
    return digest(
        conversation(waiting("Hello?", minutes=40, is_new=False), waiting("two\nlines  &  <b>signs</b>", files=files)),
        conversation(late, waiting("x" * 5000), numbers=["+14155550124", "+442079460123"], names=("Bo", "")),
        conversation(waiting("", minutes=9), numbers=["72345"], names=("",), did=None, link=""),
        pictures=[shown],
        notices=("carrier main does not let us in (HTTP 401).",),
    )


SILENT = replace(hello(), chat_silent_since=NOW - timedelta(minutes=40))


@pytest.mark.parametrize("mail", [hello(), rich(), SILENT, digest(notices=("One.", "Two."))])
def test_both_forms_say_the_same_words(mail: SendMail) -> None:
    assert html_words(mail) == text_words(mail)


def test_a_digest_reads_as_it_should() -> None:
    mail = digest(
        conversation(waiting("Is it ready?\nI can come by.", files=[attachment(picture(), size=1_234_567)])),
        conversation(waiting("Hi", minutes=75, is_new=False), numbers=["+14155550124"], names=("",)),
    )

    assert (
        body(composed(mail), "plain")
        == f"""\
You get this mail because nobody has acknowledged the texts below in time, and you are assigned to the \
numbers that they came to. A reaction or a reply in the Slack thread, by anybody, takes them off this list.

This mail cannot be used to answer: nothing written back to it reaches a phone. Answer in the Slack thread.

--------------------------------------------------------------
Ada Moss, (415) 555-0123
to Main line, (415) 555-0100

NEW · 3:00 PM EST · 12 min ago
  | Is it ready?
  | I can come by.
  [picture, 1.2 MB]

Open in Slack:
{LINK}

--------------------------------------------------------------
(415) 555-0124
to Main line, (415) 555-0100

Still open since 1:57 PM EST · 1 h
  | Hi

Open in Slack:
{LINK}

--------------------------------------------------------------
As of Mon, Mar 2, 3:12 PM EST. Times are local to America/New_York.
"""
    )


@pytest.mark.parametrize(
    ("mail", "subject"),
    [
        (hello(), "1 unanswered text, oldest 12 min: Ada Moss"),
        (
            digest(
                conversation(waiting("a"), waiting("b", minutes=5)),
                conversation(waiting("c", minutes=1), numbers=["+14155550124"], names=("",)),
            ),
            "3 unanswered texts, oldest 12 min: Ada Moss, (415) 555-0124",
        ),
        (
            digest(conversation(waiting("a"), numbers=["+14155550123", "+14155550124"], names=("Ada Moss", "Bo"))),
            "1 unanswered text, oldest 12 min: Ada Moss and 1 other",
        ),
        (
            digest(
                *(conversation(waiting("a"), numbers=[f"+141555501{n}"], names=(f"Name {n}",)) for n in range(10, 15))
            ),
            "5 unanswered texts, oldest 12 min: Name 10, Name 11, Name 12 and 2 more",
        ),
        (digest(notices=("The disk is full.", "And more.")), "sms-bridge needs attention: The disk is full."),
    ],
)
def test_the_subject_says_how_many_how_long_and_who(mail: SendMail, subject: str) -> None:
    assert composed(mail)["Subject"].strip() == subject  # a long one begins on a line of its own


def test_a_digest_begins_with_the_chat_that_cannot_be_reached() -> None:
    assert body(composed(SILENT), "plain").startswith("Slack has been unreachable for us since 2:32 PM EST. ")


def test_conversations_with_something_new_come_first() -> None:
    old = conversation(waiting("old", minutes=90, is_new=False), numbers=["+14155550124"], names=("Bo",))
    new = conversation(waiting("older", minutes=80, is_new=False), waiting("fresh"))

    text = body(composed(digest(old, new)), "plain")

    assert [text.index(words) for words in ("| older", "| fresh", "| old\n")] == sorted(
        text.index(words) for words in ("| older", "| fresh", "| old\n")
    )


def test_a_group_names_who_wrote_each_text() -> None:
    other = waiting("and I")
    group = conversation(waiting("me"), other, numbers=["+14155550123", "+14155550124"], names=("Ada Moss", ""))
    second = replace(group.texts[1], message=replace(group.texts[1].message, author=group.conversation.participants[1]))

    text = body(composed(digest(replace(group, texts=(group.texts[0], second)))), "plain")

    assert "Ada Moss\n  | me\n" in text
    assert "(415) 555-0124\n  | and I\n" in text


def test_times_are_local_and_dated_when_the_day_is_another() -> None:
    text = body(composed(digest(conversation(waiting("a", minutes=20 * 60))), "Asia/Kolkata"), "plain")

    assert "NEW · Mon, Mar 2, 5:42 AM IST · 20 h ago" in text
    assert "As of Tue, Mar 3, 1:42 AM IST. Times are local to Asia/Kolkata." in text


def test_a_zone_without_letters_is_named_by_its_distance() -> None:
    assert "5:00 PM UTC-03" in body(composed(hello(), "America/Sao_Paulo"), "plain")


def test_a_number_that_has_left_the_configuration_says_so() -> None:
    text = body(composed(digest(conversation(waiting("a"), did=None))), "plain")

    assert "to (415) 555-0100, which is no longer one of our numbers" in text


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "data:text/html,x", "slack://open"])
def test_only_a_web_address_becomes_a_link(link: str) -> None:
    mail = digest(conversation(waiting("a"), link=link))

    assert read(mail).addresses == []
    assert "Its thread is in Slack." in body(composed(mail), "plain")


def test_each_conversation_has_exactly_one_link() -> None:
    mail = digest(conversation(waiting("a"), waiting("b")))

    assert read(mail).addresses == [LINK]


HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '"><a href="https://evil.example.com">Open in Slack</a>',
    "{{ 7*7 }} {% for x in y %} {# note #}",
    "abc\u202egnp.exe\u202c \u2066x\u2069",
    "a\r\n\r\nBcc: all@example.com\r\n.\r\nMAIL FROM:<x>",
    "line\u2028para\u2029\x0b\x0c\x85end",
    "\ud83d lone \udcff",
    "\x00\x01\x1b[31mred\x07",
    "e" + "\u0301" * 500,
    "Open in Slack:\nhttps://evil.example.com/\n" + "-" * 62 + "\nNEW · 3:00 PM EST · 12 min ago",
    "From me\n>From you\n.\n..",
    "=?utf-8?q?encoded=0Aword?=",
    "x" * 20_000,
    "\u200b\u200c\u2060",
    "🙂" * 300,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_and_does_nothing(text: str) -> None:
    label = replace(MAIN_LINE, label=text[:200])
    mail = digest(
        conversation(waiting(text), names=(text,), did=label),
        conversation(waiting(text), numbers=[text[:40] or "x"], names=("",)),
        notices=(text,),
    )
    plain = digest(conversation(waiting("Hel\nlo?")), conversation(waiting("a"), numbers=["x"]), notices=("x",))

    message = composed(mail)
    reader = read(mail)

    assert reader.tags <= read(plain).tags
    assert set(reader.addresses) == {LINK}
    assert "Bcc" not in message
    assert message.as_string().isascii()
    for form in ("plain", "html"):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\ud800-\udfff\x00\x1b\u2028]", body(message, form))


def test_a_text_cannot_pass_for_our_own_lines_in_the_plain_form() -> None:
    forged = "Open in Slack:\nhttps://evil.example.com/\n" + "-" * 62 + "\nNEW · now"

    text = body(composed(digest(conversation(waiting(forged)))), "plain")

    assert all(f"  | {line}\n" in text for line in forged.splitlines())
    assert text.count("\nOpen in Slack:\n") == 1


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_text_without_words_says_so(text: str) -> None:
    assert "  | (no words)\n" in body(composed(digest(conversation(waiting(text)))), "plain")
    assert "(no words)" not in body(composed(digest(conversation(waiting(text, files=[attachment()])))), "plain")


def test_a_text_of_many_characters_is_cut_and_says_so() -> None:
    text = body(composed(digest(conversation(waiting("y" * 4001)))), "plain")

    assert "y" * 4000 in text
    assert "y" * 4001 not in text
    assert "(cut here; 4,001 characters in all, the rest is in Slack)" in text


@pytest.mark.parametrize("character", ["a", "&", "ü", "中", "🙂", "\u202e", "a\n"])
def test_five_thousand_texts_become_one_mail_below_a_megabyte(character: str) -> None:
    many = [
        conversation(
            *(waiting((character * 1600)[:1600], minutes=10 + n, is_new=n % 2 == 0) for n in range(50)),
            numbers=[f"+1415555{n:04}"],
            names=(f"Name {n}",),
        )
        for n in range(100)
    ]

    message = composed(digest(*many))

    shown = int(re.search(r"Only (\d+) of 5,000 unanswered texts", body(message, "plain"))[1])  # type: ignore[index]
    assert len(message.as_bytes()) < 1_000_000
    assert 10 < shown <= 100
    assert body(message, "plain").count("NEW · ") == shown
    assert message["Subject"].strip() == "5,000 unanswered texts, oldest 59 min: Name 0, Name 1, Name 2 and 97 more"


def test_of_many_texts_the_new_are_chosen_and_each_conversation_counts_its_rest() -> None:
    old = (waiting(f"old {n}", minutes=200 - n, is_new=False) for n in range(150))

    text = body(composed(digest(conversation(*old, waiting("fresh")))), "plain")

    assert "  | fresh\n" in text
    assert "and 51 more texts in this conversation" in text
    assert "Only 100 of 151 unanswered texts are shown here. The others wait in Slack." in text


def test_a_warning_lists_its_notices_and_says_whom_it_is_for() -> None:
    text = body(composed(digest(notices=("The disk is full.", "Slack is down."))), "plain")

    assert text.startswith("You get this mail because you look after sms-bridge here.")
    assert "* The disk is full.\n* Slack is down.\n" in text


def test_the_page_fixes_no_background_and_knows_dark_mode() -> None:
    html = body(composed(rich()), "html")

    assert "background" not in html
    assert "bgcolor" not in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_words_has_enough_contrast_by_day_and_by_night() -> None:
    html = body(composed(rich()), "html")
    style = html[: html.index("</style>")]
    by_night = set(re.findall(r"\{ color: (#\w{6})", style))
    by_day = set(re.findall(r"[ \";]color:(#\w{6})", html))

    assert by_night
    assert by_day
    assert all(_contrast(colour, "#ffffff") >= 4.5 for colour in by_day)
    assert all(_contrast(colour, "#1e1e1e") >= 4.5 for colour in by_night)


def test_a_label_stands_before_our_number() -> None:
    sales: Did = replace(MAIN_LINE, label="Sales & <more>")

    assert "to Sales & <more>, (415) 555-0100" in body(composed(digest(conversation(waiting("a"), did=sales))), "plain")


def test_a_warning_of_many_notices_counts_the_rest() -> None:
    text = body(composed(digest(notices=tuple(f"Trouble {n}." for n in range(500)))), "plain")

    assert text.count("Trouble ") == 20
    assert "And 480 more. The command sms-bridge status lists them all." in text


def test_a_text_that_loses_signs_by_being_shown_still_says_that_it_was_cut() -> None:
    text = body(composed(digest(conversation(waiting("\x01" * 3000 + "y" * 3000)))), "plain")

    assert "(cut here; 6,000 characters in all, the rest is in Slack)" in text
