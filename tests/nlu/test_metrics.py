"""The figures of an evaluation on a handful of made-up results; files of rows that cannot be used."""

from pathlib import Path

import pytest

from bot.nlu import benchmark, metrics
from bot.nlu.__main__ import main
from bot.nlu.examples import Entity, Example, ExamplesError, read
from bot.nlu.metrics import Result


def result(
    truth: str, intent: str | None, accepted: bool = True, want: tuple = (), got: tuple = (), ms: float = 1
) -> Result:
    return Result(Example("text", truth, tuple(want)), intent, accepted, tuple(got), ms)


RESULTS = [
    result("greet", "greet", ms=1),
    result("greet", "greet", accepted=False, ms=2),
    result("thank", "greet", ms=3),
    result("thank", "out_of_scope", ms=4),
    result("out_of_scope", "out_of_scope", ms=5),
    result("out_of_scope", "greet", accepted=False, ms=6),
    result("out_of_scope", "greet", ms=7),
]


def test_summary() -> None:
    figures = metrics.summary(RESULTS)
    assert list(figures) == [
        "n", "accuracy", "accuracy_at_threshold", "oos_recall", "oos_false_alarm", "macro_f1", "entity_f1", "ms_p50", "ms_p95",
    ]  # fmt: skip
    assert figures["n"] == 7
    assert figures["accuracy"] == 0.5
    assert figures["accuracy_at_threshold"] == 0.25
    assert figures["oos_recall"] == pytest.approx(2 / 3, abs=1e-3)
    assert figures["oos_false_alarm"] == 0.5
    # greet: 2 right of 5 found, 2 wanted; thank: none; out_of_scope: 1 of 2 found, 3 wanted
    assert figures["macro_f1"] == pytest.approx((4 / 7 + 0 + 2 / 5) / 3, abs=1e-3)
    assert figures["entity_f1"] is None
    assert (figures["ms_p50"], figures["ms_p95"]) == (4, 7)


def test_confusion_of_a_group() -> None:
    counts = metrics.confusion(RESULTS, ("greet", "thank"))
    assert counts["thank"] == {"greet": 1, "other": 1}


def test_entity_f1_counts_values_exclusions_and_tolerance() -> None:
    want = (
        Entity("colour", "Red"),
        Entity("height", 170),
        Entity("colour", "Black", True),
        Entity("price_max", 50),
    )
    got = (
        Entity("colour", "red"),
        Entity("height", 171),
        Entity("colour", "Black"),
        Entity("price_max", 50.0),
    )
    rows = [result("search_product", "search_product", want=want, got=got)]
    assert metrics.entity_f1(rows) == 0.75
    assert metrics.entity_f1(rows, entities=["height", "price_max"]) == 1.0
    assert metrics.entity_f1(rows, intents=["greet"]) is None


def test_one_found_entity_serves_one_wanted() -> None:
    assert metrics.matches([Entity("ordinal", 1), Entity("ordinal", 1)], [Entity("ordinal", 1)]) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "list of rows"),
        ("a: 1", "list of rows"),
        ("- {intent: greet}", "row 1: has no text"),
        ("- {text: hi, intent: greet}\n- {text: hi}", "row 2: has no intent"),
        ("- {text: hi, intent: greet, entities: [{entity: colour}]}", "value of colour"),
        ("- [", "no valid YAML"),
    ],
)
def test_unusable_rows_are_named(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "rows.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ExamplesError, match=message):
        read(file)


def test_rows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.yml"
    file.write_text(
        "- {text: 红的, intent: refine_search, entities: [{entity: colour, value: Red, excluded: true}]}",
        "utf-8",
    )
    assert read(file) == [Example("红的", "refine_search", (Entity("colour", "Red", True),))]


def test_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "no-such-file.yml"]) == 2
    assert "there is no file no-such-file.yml" in capsys.readouterr().err


def test_benchmark_reads_other_sets(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text('sentence,label\n"where, is it",ORDER/STATUS\n,EMPTY\nhi,GREET\n', encoding="utf-8")
    assert benchmark.examples(file) == [("where, is it", "ORDER/STATUS"), ("hi", "GREET")]
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ExamplesError, match="column for the text"):
        benchmark.examples(file)


def test_development_and_test_rows_do_not_overlap() -> None:
    folder = Path(__file__).resolve().parents[2] / "data" / "evaluation"
    for language in ("en", "zh"):
        dev, test = (
            {row.text for row in read(folder / f"{part}_{language}.yml")} for part in ("dev", "test")
        )
        assert not dev & test
