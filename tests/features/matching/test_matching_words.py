"""How words are read."""

import threading

import pytest

from bot.features.matching.words import read, stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Monitoring models", ["monitor", "model"]),
        ("feature_store feature-store", ["featur", "store", "featur", "store"]),
        ("FeatureStore", ["featurestor", "featur", "store"]),
        ("PyTorch and MLflow", ["pytorch", "mlflow"]),
        ("the team's plan isn't ready", ["team", "plan", "readi"]),
        ("p99 at 10 ms in 2024", ["p99", "ms"]),
        ("Café naïve", ["cafe", "naiv"]),
        ("C++ and C#", ["c++", "c#"]),
        ("特徴量ストア", ["特徴", "徴量", "量ス", "スト", "トア"]),
        ("x" * 60, []),
        ("and the of it", []),
    ],
)
def test_a_text_is_read_as_the_stems_of_its_telling_words(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


def test_each_stem_remembers_how_it_was_written() -> None:
    assert [(word.stem, word.surface) for word in read("Fresh Features")] == [
        ("fresh", "fresh"),
        ("featur", "features"),
    ]


def test_threads_read_at_the_same_time() -> None:
    text = "monitoring drifting distributions across serving platforms " * 50
    expected = stems(text)
    wrong: list[int] = []

    def work() -> None:
        wrong.extend(1 for _ in range(20) if stems(text) != expected)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_words_are_shown_as_they_are_written_and_compared_without_accents() -> None:
    (word,) = [each for each in read("für die nächsten Wochen und Prognosen") if each.surface == "nächsten"]
    assert word.stem == stems("nachsten")[0]
    assert [each.surface for each in read("Йога")] == ["йога"]
    assert "ガイ" in stems("ガイド")


def test_small_words_of_another_language_say_nothing_there_and_are_words_here() -> None:
    assert stems("Wir bauen ein Modell, das die Kündigungen der Kunden vorhersagt") == stems(
        "bauen Modell Kündigungen Kunden vorhersagt"
    )
    assert "os" in stems("metrics of the os for all machines")
