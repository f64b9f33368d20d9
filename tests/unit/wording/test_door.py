"""Our HTTP answers are constant, short, and tell nothing about the house."""

from bridge.wording import door


def test_every_answer_is_one_line_that_names_nothing_of_ours() -> None:
    answers = (
        door.not_found(), door.method_not_allowed(), door.malformed(), door.too_slow(), door.too_large(),
        door.encoded(), door.refused(), door.busy(), door.broken(),
    )  # fmt: skip

    assert len(set(answers)) == len(answers)
    assert all(one.endswith(".\n") and one.count("\n") == 1 for one in answers)
    assert all(word not in one.lower() for one in answers for word in ("bridge", "python", "twilio", "sqlite"))
