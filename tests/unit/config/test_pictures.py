"""How large pictures may be, and whether they are made fit: by network and kind of number, or by the number itself."""

from pathlib import Path

import pytest

from bridge.domain.dialplan import Did
from config.read import read
from config.settings import dial_plan
from tests.unit.config.settings_file import ENVIRON, RIGHT
from tests.unit.config.test_read import mistakes, put_down


def numbers(folder: Path, written: str) -> tuple[Did, ...]:
    """Return an ordinary and a toll-free number."""
    return dial_plan(read(put_down(folder, written), ENVIRON), {}).dids


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        ("", (500_000, 525_000)),
        ("us_cellular = { long_code = 1000000, short_code = 1000000, toll_free = 600000 }", (1_000_000, 525_000)),
        ("verizon = { long_code = 300000, short_code = 1000000, toll_free = 310000 }", (300_000, 310_000)),
    ],
)
def test_the_smallest_of_the_column_counts_while_nobody_tells_the_network(
    limits: str, sizes: tuple[int, int], tmp_path: Path
) -> None:
    found = numbers(tmp_path, f"{RIGHT}\n[mms_limits]\n{limits}\n")

    assert tuple(did.max_mms_bytes for did in found) == sizes


def test_what_a_number_says_of_itself_counts_before_the_table(tmp_path: Path) -> None:
    main, _ = numbers(tmp_path, RIGHT.replace('label = "Main line"', 'label = "Main line"\nmax_mms_bytes = 900000'))

    assert main.max_mms_bytes == 900_000


@pytest.mark.parametrize(
    ("everywhere", "here", "converted"),
    [("", "", (True, True)), ("false", "", (False, False)), ("false", "true", (True, False))],
)
def test_converting_can_be_turned_off_and_on_again_for_one_number(
    everywhere: str, here: str, converted: tuple[bool, bool], tmp_path: Path
) -> None:
    written = RIGHT.replace("[bridge]", f"[bridge]\nconvert_pictures = {everywhere}", 1) if everywhere else RIGHT
    if here:
        written = written.replace('label = "Main line"', f'label = "Main line"\nconvert_pictures = {here}')

    assert tuple(did.converts for did in numbers(tmp_path, written)) == converted


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ("att = { long_code = 1000000 }", "short_code"),
        ("att = { long_code = 1, short_code = 1000000, toll_free = 525000 }", "long_code"),
        ("sprint = { long_code = 1000000, short_code = 1000000, toll_free = 525000 }", "sprint"),
        ("att = 1000000", "att"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_its_place(limits: str, told: str, tmp_path: Path) -> None:
    found = mistakes(put_down(tmp_path, f"{RIGHT}\n[mms_limits]\n{limits}\n"))

    assert any(told in f"{one.place} {one.what}" for one in found)
