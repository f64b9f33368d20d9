"""Our forms and the Home tab keep to Slack's limits, whatever people and numbers are called."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.sandbox.workspace.view_rules import check_view
from adapters.slack import views
from bridge.domain.ids import ChannelRef
from bridge.domain.length import Length
from bridge.domain.phone import PhoneNumber
from bridge.domain.query import HomeView, LengthView, Line, LinesView, Peer, Waiting
from tests.unit.flows.books import did, plan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NUMBER = PhoneNumber("+14155550100")
ODD = "<!channel> *x* &amp; 🎉 " * 40


def line(label: str = "Main line") -> Line:
    return Line(number=NUMBER, label=label, channel=ChannelRef("C1"), is_his=True)


def counted(text: str) -> LengthView:
    return LengthView(length=Length.of(text, did(), plan(), has_files=False))


def waiting(number: int, who: str = "Ada Moss · (212) 555-0142") -> Waiting:
    since = NOW - timedelta(minutes=number)
    return Waiting(who=who, label="Main line", excerpt="Are you open?", since=since, link="https://slack.example.com/1")


def home(mine: int, team: int, who: str = "Ada") -> HomeView:
    return HomeView(
        now=NOW,
        mine=tuple(waiting(number, who) for number in range(mine)),
        team=tuple(waiting(number, who) for number in range(team)),
        lines=(line(),),
        received_today=1,
        sent_today=2,
    )


@pytest.mark.parametrize("page", [0, 1, 4])
@pytest.mark.parametrize(("mine", "team"), [(0, 0), (1, 0), (25, 26), (120, 300)])
@pytest.mark.parametrize("who", ["Ada", ODD])
def test_a_home_tab_is_one_that_slack_takes(mine: int, team: int, who: str, page: int) -> None:
    view = views.home_view(home(mine, team, who), page, "UTC")

    assert check_view(view, ("home",))
    assert len(view["blocks"]) <= 100


def test_pages_of_the_home_tab_hold_everybody_once() -> None:
    seen: list[str] = []
    for page in range(3):
        view = views.home_view(home(60, 3), page, "UTC")
        seen += [block["text"]["text"] for block in view["blocks"] if block.get("accessory")]

    assert len(seen) == 63
    assert [f"waiting {number} min" in text for number, text in enumerate(seen[:25])] == [True] * 25


def test_each_conversation_says_who_what_where_and_how_long_and_opens_with_one_press() -> None:
    view = views.home_view(home(1, 0, "Ada Moss"), 0, "UTC")

    (section,) = [block for block in view["blocks"] if block.get("accessory")]
    assert section["text"]["text"] == "Ada Moss\nAre you open?\nMain line · waiting 0 min"
    assert section["accessory"]["url"] == "https://slack.example.com/1"
    assert section["text"]["type"] == "plain_text"


@pytest.mark.parametrize("label", ["Main line", ODD])
@pytest.mark.parametrize("to", [None, Peer(number="+12125550142", name=ODD), Peer(number="+12125550142", name="")])
@pytest.mark.parametrize("text", ["", "a" * 5_000])
def test_the_form_is_one_that_slack_takes(label: str, to: Peer | None, text: str) -> None:
    view = views.new_sms(LinesView(lines=(line(label),), groups=False, to=to, text=text), NUMBER, counted(text))

    assert check_view(view, ("modal",))


def test_several_people_can_be_chosen_only_where_a_carrier_can_text_groups() -> None:
    most = [
        views.new_sms(LinesView(lines=(line(),), groups=groups), NUMBER, counted(""))["blocks"][1]["element"][
            "max_selected_items"
        ]
        for groups in (False, True)
    ]

    assert most == [1, 10]
