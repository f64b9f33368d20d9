"""A working morning, told so that every kind of wish goes out at least once, and what the worlds must look like after.

People act on what they see, so the story goes on by itself however often the daemon has died meanwhile.
"""

from tests.faults.mortal import MortalHouse
from tests.faults.truth import Said, Verdict, judge, judge_mails, mailed
from tests.stories.language import ADA, BOB, CHANNEL, CY, DID, OTHER_DID, Thread, shown

SERVICE = "C0SERVICE"
CHANNELS = {DID: CHANNEL, OTHER_DID: SERVICE}
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
_ADA, _BOB, _CY = (ADA, DID), (BOB, DID), (CY, OTHER_DID)


async def morning(house: MortalHouse, said: Said) -> None:
    """Tell the story to its end, and write down what was said in it."""
    await _first_texts(house, said)
    await _answers(house, said)
    await _picture(house, said)
    await house.forward(minutes=11)
    await house.until(lambda: all(set(_waiting(said, to)) <= set(mailed(house, to)) for to in ("desk", "ben")))
    await _afterwards(house, said)
    await house.finish()


async def _first_texts(house: MortalHouse, said: Said) -> None:
    await house.phone(ADA).texts(said.text(_ADA, "Are you open on Sunday?"))
    for words in ("Hello?", "Anybody there?"):
        said.at_once.add(words)
        await house.phone(BOB).texts(said.text(_BOB, words), wait=False)
    await house.phone(CY, OTHER_DID).texts(said.text(_CY, "My pump is leaking"))
    await house.until(lambda: not house.unfinished() and _shows_everything(house, said))


async def _answers(house: MortalHouse, said: Said) -> None:
    ben, bobs = house.agent("U0BEN"), _thread(house, _BOB)
    await ben.replies(_thread(house, _ADA), said.reply(_ADA, "Yes, from ten to four"))
    await ben.replies(_thread(house, _ADA), said.reply(_ADA, "and on Monday too"))
    await ben.reacts(bobs)
    await house.until(lambda: "Acknowledged by" in shown(bobs.card))
    await ben.unreacts(bobs)
    await house.until(lambda: "Waiting since" in shown(bobs.card))


async def _picture(house: MortalHouse, said: Said) -> None:
    await house.phone(BOB).texts(said.text(_BOB, "It looks like this"), media=[("image/gif", GIF)])
    said.pictures[_BOB] += 1
    await house.until(lambda: any(post.files for post in _thread(house, _BOB).messages))


async def _afterwards(house: MortalHouse, said: Said) -> None:
    await house.agent("U0DESK").replies(_thread(house, _BOB), said.reply(_BOB, "We are on our way"))
    await house.agent("U0DESK").reacts(_thread(house, _CY), emoji="+1")
    await house.until(lambda: not any(_is_waiting(house, pair) for pair in said.texts))


def verdict(house: MortalHouse, said: Said) -> Verdict:
    """Compare all the worlds with what was said."""
    found = judge(house, said, CHANNELS)
    for name in ("desk", "ben"):
        judge_mails(found, house, name, _waiting(said, name), may_repeat=house.repeated_mails())
        answered = set(said.texts[_ADA]) & set(mailed(house, name))
        found.strange += [f"mail to {name}, though answered: {words}" for words in answered]
    for pair in said.replies:
        _judge_marks(found, house, pair)
    found.strange += [f"still open: {entry}" for entry in house.unfinished()]
    return found


def _waiting(said: Said, name: str) -> list[str]:
    """Return which texts this person is told of."""
    return said.texts[_CY] + (said.texts[_BOB] if name == "desk" else [])


def _judge_marks(found: Verdict, house: MortalHouse, pair: tuple[str, str]) -> None:
    for reply in _thread(house, pair).messages:
        if reply.bot_id is None:
            ours = [name for name, users in reply.reactions.items() if house.slack.bot_user_id in users]
            found.compare(f"mark on {reply.text}", ["white_check_mark"], ours)


def _thread(house: MortalHouse, pair: tuple[str, str]) -> Thread:
    channel = CHANNELS[pair[1]]
    root = next(root for root in house.roots(channel) if pair[0][-4:] in shown(root))
    return Thread(house, channel, root.ts)


def _shows_everything(house: MortalHouse, said: Said) -> bool:
    return not judge(house, said, CHANNELS).lost


def _is_waiting(house: MortalHouse, pair: tuple[str, str]) -> bool:
    return "Waiting since" in shown(_thread(house, pair).card)
