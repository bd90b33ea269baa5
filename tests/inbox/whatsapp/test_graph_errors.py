"""Codes to decisions: the table's promises, whatever the HTTP status says."""

from itertools import chain

import pytest

from inbox.whatsapp.graph_codes import CODES, MEANINGS, RANGES, Handling
from inbox.whatsapp.graph_errors import Action, GraphError, can_retry, decide, meaning_key, reason, reasons


def decide_code(
    code: int, attempt: int = 1, *, subcode: int | None = None, http_status: int = 400
) -> tuple[Action, float | None]:
    error = GraphError(code, graph_subcode=subcode, http_status=http_status)
    decision = decide(error, attempt, random_unit=lambda: 0.0)
    return decision.action, decision.delay_seconds


@pytest.mark.parametrize(
    ("code", "pauses"),
    [
        (130429, [1, 2, 4, 8, 16, 30, 30, 30, 30]),
        (131056, [1, 4, 16, 64, 256]),
        (131057, [60, 60, 60, 60]),
        (4, [60, 120, 240, 480, 900, 900, 900]),
        (80007, [60, 120, 240, 480, 900, 900, 900]),
    ],
)
def test_rate_limits_are_retried_with_their_pauses_and_then_given_up(code: int, pauses: list[float]) -> None:
    decisions = [decide_code(code, attempt) for attempt in range(1, len(pauses) + 2)]
    assert decisions == [*((Action.RETRY, pause) for pause in pauses), (Action.GIVE_UP, None)]


def test_pauses_spread_by_at_most_a_quarter() -> None:
    error = GraphError(131056)
    assert decide(error, 3, random_unit=lambda: 1.0).delay_seconds == 20
    assert 16 <= (decide(error, 3).delay_seconds or 0) <= 20


@pytest.mark.parametrize("code", [1, 2, 131000, 131016])
def test_failures_inside_meta_are_ambiguous(code: int) -> None:
    assert decide_code(code) == (Action.AMBIGUOUS, None)


@pytest.mark.parametrize(
    "code", [0, 3, 10, 33, 100, 190, 200, 250, 368, 131026, 131047, 131048, 132001, 147001]
)
def test_the_same_request_is_not_repeated_when_it_would_fail_again(code: int) -> None:
    assert decide_code(code) == (Action.GIVE_UP, None)


def test_the_closed_window_needs_a_template() -> None:
    decision = decide(GraphError(131047), 1)
    assert decision.needs_template
    assert not can_retry(131047)


@pytest.mark.parametrize("code", [0, 190, 131042, 131031, 368])
def test_what_stops_a_whole_number_raises_the_alarm(code: int) -> None:
    assert decide(GraphError(code), 1).alarm


def test_the_code_decides_and_not_the_http_status() -> None:
    assert decide_code(130429, http_status=400) == decide_code(130429, http_status=500)
    assert decide_code(132001, http_status=404) == (Action.GIVE_UP, None)


def test_unknown_codes_are_given_up_unless_meta_itself_failed() -> None:
    assert decide_code(999_999) == (Action.GIVE_UP, None)
    assert decide_code(999_999, http_status=500) == (Action.AMBIGUOUS, None)


def test_a_subcode_that_says_more_wins() -> None:
    assert meaning_key(100, 2494100) == "maintenance"
    assert meaning_key(190, 33) == "token"
    assert meaning_key(100, 2388023) == "management"
    assert meaning_key(None) == "unknown"


def test_every_code_of_the_table_has_texts_in_both_languages() -> None:
    for key in chain(CODES.values(), (key for _, key in RANGES)):
        assert key in MEANINGS
    assert set(MEANINGS) == set(CODES.values()) | {key for _, key in RANGES} | {"unknown"}
    for meaning in MEANINGS.values():
        assert meaning.pt_br.endswith(".")
        assert meaning.en.endswith(".")
        assert meaning.pt_br != meaning.en


def test_reasons_come_in_the_operators_language() -> None:
    assert reason(131047, "pt-BR").startswith("Passaram mais de 24 horas")
    assert reason(131047, "en").startswith("More than 24 hours")
    assert reason(None, "en") == MEANINGS["unknown"].en
    assert reasons(131026) == {"pt-BR": reason(131026, "pt"), "en": reason(131026, "en-US")}


def test_codes_of_the_reference_are_all_known() -> None:
    single = [
        0, 190, 3, 10, 1, 2, 4, 80007, 130429, 131056, 131048, 131049, 131050, 130472, 131064, 33, 100, 131000, 131005,
        131008, 131009, 131016, 131021, 131026, 131030, 131031, 130497, 131037, 131042, 131045, 131047, 131051, 131052,
        131053, 131055, 131057, 131059, 131060, 131062, 131063, 130403, 132000, 132012, 132001, 132005, 132007, 132018,
        132015, 132016, 132068, 132069, 133000, 133004, 133005, 133006, 133008, 133009, 133010, 133015, 133016, 134011,
        134100, 134101, 134102, 135000, 136024, 137000, 131020, 131041, 368, 2388001, 2593107, 2593108, 2593109,
        2494100,
    ]  # fmt: skip
    spans = [
        range(200, 300), range(138000, 138022), range(139000, 139004), range(139100, 139104), range(131201, 131216),
        range(147001, 147006), range(200005, 200008),
    ]  # fmt: skip
    assert [code for code in chain(single, *spans) if meaning_key(code) == "unknown"] == []


def test_only_refusals_before_sending_are_repeated() -> None:
    """Nothing that may have gone out is ever sent again by itself."""
    for code in (1, 2, 131000, 131016):
        assert MEANINGS[CODES[code]].handling is Handling.AMBIGUOUS
