"""Much at once is done bit by bit, in the order in which it was asked for."""

import asyncio

from custom_components.oauth2_client.wire.turns import Turns


async def test_few_have_their_turn_in_a_pass_of_the_event_loop() -> None:
    turns, done = Turns(), list[int]()

    async def ask(number: int) -> None:
        await turns.turn()
        done.append(number)

    asking = [asyncio.create_task(ask(number)) for number in range(100)]
    passes = 0
    while len(done) < len(asking):
        before = len(done)
        await asyncio.sleep(0)
        passes += 1
        assert len(done) - before <= 16

    assert done == [*range(100)]
    assert passes < 20
    await asyncio.gather(*asking)


async def test_who_comes_later_takes_no_turn_of_those_who_wait() -> None:
    turns, done = Turns(), list[str]()

    async def ask(name: str) -> None:
        await turns.turn()
        done.append(name)

    first = [asyncio.create_task(ask("first")) for _ in range(40)]
    for _ in range(2):
        await asyncio.sleep(0)
    last = asyncio.create_task(ask("last"))
    await asyncio.gather(*first, last)

    # Of the 40, those of the last pass have been given their turns as well.
    assert done.index("last") >= 32


async def test_who_gives_up_takes_no_turn() -> None:
    turns, done = Turns(), list[int]()

    async def ask(number: int) -> None:
        await turns.turn()
        done.append(number)

    asking = [asyncio.create_task(ask(number)) for number in range(60)]
    await asyncio.sleep(0)
    for task in asking[16:50]:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)

    assert done == [*range(16), *range(50, 60)]
    await asyncio.wait_for(turns.turn(), 1)
