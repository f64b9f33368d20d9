"""The name of a step is made of its cause and nothing else."""

from bridge.domain.ids import step


def test_the_same_cause_and_step_always_give_the_same_name() -> None:
    assert step("main:SM1", "send", 0) == step("main:SM1", "send", 0) == "main:SM1/send/0"
    assert step("main:SM1", "send", 1) != step("main:SM1", "send", 0)
