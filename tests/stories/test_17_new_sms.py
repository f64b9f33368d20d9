"""A text that begins in Slack: by shortcut, by command, from the Home tab; its answer lands in the thread it opened."""

from pathlib import Path

from tests.stories.language import ADA, BOB, CHANNEL, DID, OTHER_DID, House, did, opened_house

DELIVERED = "white_check_mark"


async def test_a_new_text_goes_out_and_its_answer_lands_in_the_thread_that_it_opened(house: House) -> None:
    ben, bob = house.agent("U0BEN"), house.phone(BOB)
    await ben.uses("sms:new")

    wrong = await (await ben.form()).sends(BOB, text="Your car is ready")

    assert wrong == {}
    await bob.gets("Your car is ready")
    thread = await house.thread(BOB)
    await thread.shows("Your car is ready", "U0BEN")
    await ben.sees_mark(thread, thread.root, DELIVERED)
    assert not thread.is_green
    await bob.texts("Thanks, coming")
    await thread.shows("Thanks, coming")
    await thread.says("Waiting since")
    assert len(house.roots()) == 1


async def test_a_command_with_a_number_opens_the_form_filled_in_and_sends_nothing(house: House) -> None:
    ben = house.agent("U0BEN")

    await ben.types("/sms (212) 555-0142 Your car is ready")

    form = await ben.form()
    assert form.blocks["to"]["initial_options"][0]["value"] == ADA
    assert "Ada Moss" in form.blocks["to"]["initial_options"][0]["text"]["text"]
    assert form.blocks["text"]["initial_value"] == "Your car is ready"
    assert house.phone(ADA).got == []


async def test_the_form_stands_on_the_number_of_the_channel_or_on_the_one_that_was_used_last(house: House) -> None:
    ben = house.agent("U0BEN")
    await ben.types("/sms", CHANNEL)
    first = await ben.form()
    chosen = [first.blocks["did"]["initial_option"]["value"]]
    await first.sends(BOB, text="Hello", did=DID)

    await ben.uses("sms:new")
    chosen.append((await ben.form()).blocks["did"]["initial_option"]["value"])

    assert chosen == [DID, DID]
    assert [one["value"] for one in first_options(await ben.form())] == [OTHER_DID, DID]  # Ben's own comes first


def first_options(form: object) -> list[dict[str, str]]:
    found = form.blocks["did"]["options"]  # type: ignore[attr-defined]
    assert isinstance(found, list)
    return found


async def test_mistakes_are_shown_at_their_fields_and_the_form_stays_open(house: House) -> None:
    ben = house.agent("U0BEN")
    await ben.uses("sms:new")
    form = await ben.form()

    nobody = await form.sends("12", text="Hello")
    nothing = await form.sends(BOB, text="")
    right = await form.sends(BOB, text="Hello")

    assert "no phone number" in nobody["to"]
    assert "Write something" in nothing["text"]
    assert right == {}
    await house.phone(BOB).gets("Hello")


async def test_whoever_does_not_answer_for_a_number_cannot_text_from_it(house: House) -> None:
    house.slack.add_user("eve", id="U0EVE", is_restricted=True)
    eve = house.agent("U0EVE")

    await eve.uses("sms:new")

    form = await eve.form()
    body = house.slack.state.views[form.view].body
    assert "submit" not in body


async def test_a_form_whose_acknowledgement_was_lost_and_that_is_sent_off_again_sends_one_text(house: House) -> None:
    ben = house.agent("U0BEN")
    await ben.uses("sms:new")
    form = await ben.form()
    view = house.slack.state.views[form.view]
    await form.sends(BOB, text="Hello")
    house.slack.state.views[form.view] = view  # it never closed before Ben's eyes

    await form.sends(BOB, text="Hello!")

    await house.phone(BOB).gets("Hello")
    await house.forward(minutes=1)
    assert house.phone(BOB).got == ["Hello"]


async def test_the_home_tab_shows_what_waits_and_follows_within_seconds(house: House) -> None:
    ben, ada = house.agent("U0BEN"), house.phone(ADA, OTHER_DID)
    await ben.opens_home()
    await ben.sees_home("Waiting for me (0)", "Nothing is waiting")

    await ada.texts("Are you open?")
    await house.slack.wait_for(lambda: house.roots("C0SERVICE"))
    await house.forward(seconds=10)

    await ben.sees_home("Waiting for me (1)", "Ada Moss", "Are you open?", "1 text received")
    thread = await house.thread(ADA, "C0SERVICE")
    await ben.reacts(thread)
    await thread.says("Acknowledged by")
    await house.forward(seconds=10)
    await ben.sees_home("Waiting for me (0)")


async def test_the_home_tab_opens_the_form(house: House) -> None:
    ben = house.agent("U0BEN")
    await ben.opens_home()
    await ben.sees_home("New SMS")

    await ben.presses_at_home("sms:new")

    assert (await ben.form()).blocks["did"]


async def test_what_was_said_is_found_by_whoever_can_see_its_channel_and_by_nobody_else(house: House) -> None:
    ben, ada = house.agent("U0BEN"), house.phone(ADA)
    house.slack.state.channels[CHANNEL].is_private = True
    house.slack.add_user("eve", id="U0EVE")
    house.slack.state.channels[CHANNEL].members.discard("U0EVE")
    eve = house.agent("U0EVE")
    await ada.texts("The red bicycle, please")
    await house.thread(ADA)

    await ben.types("/sms find bicycle RED", "#service")
    await eve.types("/sms find bicycle", "#service")

    assert "The red bicycle" in await ben.hears("1 found for", "Ada Moss")
    await eve.hears("Nothing was found for “bicycle”")
    await eve.opens_home()
    await eve.sees_home("New SMS")
    assert "bicycle" not in str(await eve.sees_home())


async def test_a_number_is_named_from_its_threads_menu_and_the_name_shows_in_it(house: House) -> None:
    ben, bob = house.agent("U0BEN"), house.phone(BOB)
    await bob.texts("Are you open?")
    thread = await house.thread(BOB)

    await ben.picks(thread.channel, thread.root, "Name this number…")
    form = await ben.form()
    assert form.blocks["who"]["initial_option"]["value"] == BOB
    wrong = await form.sends_off({"who": {"who": BOB}, "name": {"name": "Bob Anders"}})

    assert wrong == {}
    await thread.says("Bob Anders · (212) 555-0143")


async def test_a_number_that_was_named_in_slack_bears_its_name_where_it_is_typed(house: House) -> None:
    ben, bob = house.agent("U0BEN"), house.phone(BOB)
    await bob.texts("Are you open?")
    thread = await house.thread(BOB)
    await ben.picks(thread.channel, thread.root, "Name this number…")
    await (await ben.form()).sends_off({"who": {"who": BOB}, "name": {"name": "Bob Anders"}})
    await thread.says("Bob Anders · (212) 555-0143")

    await ben.types("/sms 212-555-0143 Yes, we are")

    chosen = (await ben.form()).blocks["to"]["initial_options"]
    assert [one["text"]["text"] for one in chosen] == ["Bob Anders · (212) 555-0143"]


async def test_while_a_text_is_typed_the_form_says_how_many_texts_it_comes_to(house: House) -> None:
    ben = house.agent("U0BEN")
    await ben.uses("sms:new")
    form = await ben.form()
    assert "Up to 160 plain characters" in form.count

    await form.types("a" * 120)
    await form.says("Fits into one text · 120 of 160 characters")
    await form.types("a" * 160 + "é🎉")
    await house.forward_until(lambda: "3 texts · emoji or unusual characters" in form.count)
    await form.types("a" * 460)
    await house.forward_until(lambda: form.count == "4 texts; you will be asked before it goes out")
    wrong = await form.sends(BOB, text="a" * 460)

    assert wrong == {}
    thread = await house.thread(BOB)
    await thread.shows("4 segments")
    assert house.phone(BOB).got == []


async def test_a_command_with_words_opens_the_form_with_their_count(house: House) -> None:
    ben = house.agent("U0BEN")

    await ben.types("/sms (212) 555-0142 Your car is ready")

    assert (await ben.form()).count == "Fits into one text · 17 of 160 characters"


async def test_the_count_is_that_of_the_number_that_is_chosen_and_of_its_way_with_long_texts(tmp_path: Path) -> None:
    refusing = {"number": OTHER_DID, "label": "Service", "carrier": "main", "channel": "#service"}
    dids = [*did(long_text="split"), refusing | {"assigned": ["Front desk"], "long_text": "refuse"}]
    async with opened_house(tmp_path, dids=dids) as house:
        ben = house.agent("U0BEN")
        await ben.uses("sms:new")
        form, text = await ben.form(), " ".join(["word"] * 60)

        await form.types(text)
        await form.says("2 texts, numbered")
        await form.chooses_number(OTHER_DID, text={"text": text})
        await house.forward_until(lambda: "2 texts, and this number sends only single ones" in form.count)
        wrong = await form.sends(BOB, text=text, did=OTHER_DID)

        assert "This needs 2 texts" in wrong["text"]
        assert await form.sends(BOB, text=text) == {}
        await house.phone(BOB).gets(*[f"({n}/2) {' '.join(['word'] * count)}" for n, count in ((1, 31), (2, 29))])


async def test_a_picture_goes_along_however_often_the_count_below_the_words_has_changed(house: House) -> None:
    ben = house.agent("U0BEN")
    await ben.uses("sms:new")
    form = await ben.form()
    (file,) = await house.slack.people.bring("U0BEN", [("wheel.jpg", "image/jpeg", b"\xff\xd8\xff wheel")])

    await form.types("Your wheel", files={"files": [file]})
    await form.says("Goes out as one picture message")
    wrong = await form.sends_off({"text": {"text": "Your wheel"}, "files": {"files": [file]}, "to": {"sms:to": []}})

    assert "Please complete" in wrong["to"]
    assert form.blocks["files"]["action_id"] == "files"
