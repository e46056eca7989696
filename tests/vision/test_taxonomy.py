"""The taxonomy file agrees with itself and with the labels of the data sets."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from vision import taxonomy

SHARED = Path(__file__).resolve().parents[2].parent / "shared/data"


@pytest.fixture(scope="module")
def words() -> taxonomy.Taxonomy:
    return taxonomy.load()


def test_every_name_has_both_languages(words: taxonomy.Taxonomy) -> None:
    for table in (words.departments, words.kinds, words.groups, words.colours):
        for id, entry in table.items():
            assert entry.names["en"].strip() and entry.names["zh"].strip(), id


def test_names_of_kinds_are_distinct(words: taxonomy.Taxonomy) -> None:
    for language in ("en", "zh"):
        names = [kind.name(language).lower() for kind in words.kinds.values()]
        assert len(set(names)) == len(names)


def test_ids_are_distinct_enough(words: taxonomy.Taxonomy) -> None:
    assert not set(words.kinds) & set(words.groups)
    assert len(words.kinds) >= 45 and len(words.colours) >= 43


def test_expand(words: taxonomy.Taxonomy) -> None:
    assert words.expand("dress") == ("dress",)
    assert "heels" in words.expand("shoes") and "handbag" in words.expand("bags")
    assert set(words.expand("underwear")) == {"underpants", "bra", "socks", "stockings"}
    with pytest.raises(taxonomy.TaxonomyError, match="spaceship"):
        words.expand("spaceship")


def test_colours(words: taxonomy.Taxonomy) -> None:
    assert words.family("Navy Blue") == "blue" and words.name("Navy Blue", "zh") == "藏青色"
    assert "Charcoal" in words.family_colours("grey")
    assert set(words.families()) == {colour.family for colour in words.colours.values()}
    assert all(len(colour.rgb) == 3 and max(colour.rgb) < 256 for colour in words.colours.values())
    with pytest.raises(taxonomy.TaxonomyError, match="Octarine"):
        words.family("Octarine")


def test_labels(words: taxonomy.Taxonomy) -> None:
    assert words.kinds_of_label("photos", "T-Shirt") == ("t_shirt",)
    assert set(words.kinds_of_label("photos", "Pants")) == {"jeans", "trousers", "track_pants", "leggings"}
    assert words.kinds_of_label("products", "Footballs") == ()
    with pytest.raises(taxonomy.TaxonomyError, match="data set"):
        words.kinds_of_label("paintings", "Pants")


@pytest.mark.parametrize(
    ("dataset", "file", "column"),
    [("products", "products/products.csv", "articleType"), ("photos", "customer-photos/photos.csv", "label")],
)
def test_no_label_is_forgotten(words: taxonomy.Taxonomy, dataset: str, file: str, column: str) -> None:
    path = SHARED / file
    if not path.exists():
        pytest.skip("the data sets are not beside this checkout")
    with path.open(encoding="utf-8", newline="") as lines:
        labels = {row[column] for row in csv.DictReader(lines)}
    known = {label for label in labels if words.kinds_of_label(dataset, label)}
    assert labels - known <= words.unmapped_products


def test_broken_files_say_what_is_wrong(tmp_path: Path) -> None:
    for number, text in enumerate(["", "kinds: [", "departments: {}\nkinds: {}\n"]):
        path = tmp_path / f"{number}.yml"
        path.write_text(text)
        with pytest.raises(taxonomy.TaxonomyError, match="cannot read"):
            taxonomy.load(path)
    lost = tmp_path / "lost.yml"
    lost.write_text(
        "departments: {a: {en: A, zh: A}}\nkinds: {k: {department: a, en: K, zh: K}}\n"
        "groups: {g: {en: G, zh: G, kinds: [nothing]}}\ncolours: {}\n"
    )
    with pytest.raises(taxonomy.TaxonomyError, match="nothing"):
        taxonomy.load(lost)


def test_light_imports_stay_light() -> None:
    """The channel and the shop import these: they must not pay for TensorFlow."""
    code = "import sys, vision.photo, vision.taxonomy, vision.inference.loading; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
