"""How the stores of a wave differ from those of the test, and whether another head has tried it."""

from __future__ import annotations

from hadi.domain.store_likeness import (
    Likened,
    differences,
    head_replication,
    is_like,
    lacks_replication,
)


def store(name: str, **traits: str) -> Likened:
    known = {"sales_model": "passive", "technology": "consulting", "format": "mall",
             "region": "north", "head": "Ilze"}  # fmt: skip
    return Likened(name, known | traits)


TESTED = [store("Riga 1"), store("Riga 2", format="high street")]


def test_what_any_store_of_the_test_had_is_no_difference() -> None:
    assert differences(store("Riga 3", format="HIGH  street"), TESTED) == ()
    found = differences(store("Ufa", format="retail park", region="Ural"), TESTED)
    assert [(each.trait, each.here) for each in found] == [
        ("format", "retail park"), ("region", "Ural"),
    ]  # fmt: skip
    assert found[0].tested == ("mall", "high street")


def test_what_is_not_known_here_differs_and_what_was_not_known_there_does_not() -> None:
    assert [d.trait for d in differences(store("Riga 3", technology=""), TESTED)] == ["technology"]
    blank = [store("Riga 1", region="")]
    assert differences(store("Ufa", region="Ural"), blank) == ()


def test_another_head_alone_leaves_a_store_like_those_of_the_test() -> None:
    found = differences(store("Riga 3", head="Jonas"), TESTED)
    assert [d.trait for d in found] == ["head"]
    assert is_like(found) and is_like(())
    assert not is_like(differences(store("Ufa", region="Ural"), TESTED))


def test_what_ran_under_one_head_needs_another_one() -> None:
    alone = head_replication([], TESTED)
    same = head_replication([store("Riga 3")], TESTED)
    other = head_replication([store("Riga 3"), store("Ufa", head="Jonas")], TESTED)
    unknown = head_replication([store("Riga 3", head="")], TESTED)
    held = head_replication([store("Riga 3")], TESTED, [store("Ufa", head="Jonas")])
    codes = [each and each.code for each in (alone, same, other, unknown, held)]
    assert codes == [
        "wave_head_needed", "wave_head_same", "wave_head_other", "wave_head_unknown",
        "wave_head_held",
    ]  # fmt: skip
    assert [lacks_replication(each) for each in (alone, same, other, unknown, held)] == [
        True, True, False, True, False,
    ]  # fmt: skip


def test_a_test_under_several_heads_hangs_on_none_and_one_without_any_says_nothing() -> None:
    both = head_replication([], [*TESTED, store("Ufa", head="Jonas")])
    assert both is not None and both.code == "wave_heads_tested"
    assert not lacks_replication(both)
    assert head_replication([], [store("Riga 1", head="")]) is None
