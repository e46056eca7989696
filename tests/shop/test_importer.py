from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest
from PIL import Image

from shop.catalogue import embeddings, pictures, products, vocabulary
from shop.errors import ImportFailed
from shop.importing.importer import import_catalogue
from shop.search import queries
from shop.search.criteria import Criteria
from storage import settings
from tests.shop.conftest import ColourEyes, write_catalogue


def record(number: int = 1, **changes):
    return {
        "id": f"n{number}",
        "category": "scarf",
        "title_en": f"Scarf {number}",
        "brand": "Newbrand",
        "colour": "Gold",
        "gender": "unisex",
        "price": 12.5,
        "sizes": [{"name": "one size", "stock": 3}],
        "picture": f"n{number}.png",
        **changes,
    }


@pytest.fixture
def folder(shop, tmp_path):
    return tmp_path / "new"


def test_import_is_idempotent_and_follows_changes(folder):
    eyes = ColourEyes()
    write_catalogue(folder, [record(1), record(2)])
    first = import_catalogue(folder, eyes=eyes)
    assert (first.added, first.embedded, first.refused) == (2, 2, [])
    version = products.version()
    again = import_catalogue(folder, eyes=eyes)
    assert (again.unchanged, again.embedded) == (2, 0) and products.version() == version
    write_catalogue(folder, [record(1, price=9), record(2)])
    changed = import_catalogue(folder, eyes=eyes)
    assert (changed.updated, changed.unchanged, changed.embedded) == (1, 1, 0)
    assert products.get("n1").price == 9
    assert queries.similar_to("n1").products[0].id == "n2"  # its embedding was kept
    Image.new("RGB", (64, 64), (0, 0, 255)).save(folder / "pictures" / "n2.png")
    repainted = import_catalogue(folder, eyes=eyes)
    assert (repainted.updated, repainted.embedded) == (1, 1)
    assert pictures.find("n2.png").read_bytes() == (folder / "pictures" / "n2.png").read_bytes()
    eyes.version = "histogram-2"
    assert import_catalogue(folder, eyes=eyes).embedded == 2


def test_removals(folder, filled):
    write_catalogue(folder, [record(1), record(2)])
    import_catalogue(folder, eyes=ColourEyes())
    write_catalogue(folder, [{"id": "n1", "removed": True}, record(2, category="nonsense")])
    report = import_catalogue(folder, eyes=ColourEyes(), remove_missing=True)
    assert len(report.refused) == 1
    # Everything in the file was refused or removed: the rest of the catalogue is not thrown away for that.
    assert products.get("n1") is None and products.get("n2") is not None and products.get("t001") is not None
    write_catalogue(folder, [record(3)])
    report = import_catalogue(folder, eyes=ColourEyes(), remove_missing=True)
    assert report.removed == len(filled.records) + 1 and products.count() == 1
    assert vocabulary.load().brands == ("Newbrand",) and vocabulary.load().categories == ("scarf",)


def test_refused_rows_tell_line_and_reason_and_the_others_are_taken(folder):
    rows = [
        record(1),
        record(2, colour="Octarine"),
        record(3, price=None),
        record(1),
        record(5, picture="../../n1.png"),
    ]
    write_catalogue(folder, rows)
    with (folder / "products.jsonl").open("a") as file:
        file.write("{broken\n[1]\n")
    report = import_catalogue(folder, eyes=ColourEyes())
    assert report.added == 1
    assert [refused.line for refused in report.refused] == [2, 3, 4, 5, 6, 7]
    texts = [str(refused) for refused in report.refused]
    assert "line 2 (n2): colour 'Octarine' is unknown" in texts[0]
    assert "same as in line 1" in texts[2] and "not beside the file" in texts[3] and "no JSON" in texts[4]


def test_a_broken_picture_refuses_its_row(folder):
    write_catalogue(folder, [record(1), record(2)])
    (folder / "pictures" / "n1.png").write_bytes(b"no picture")
    report = import_catalogue(folder, eyes=ColourEyes())
    assert report.added == 1 and "n1.png" in report.refused[0].reason and products.get("n1") is None


def test_a_product_without_picture(folder):
    write_catalogue(folder, [record(1, picture=None)])
    assert import_catalogue(folder, eyes=ColourEyes()).embedded == 0
    assert queries.similar_to("n1").hits


def test_csv(folder):
    folder.mkdir()
    (folder / "goods.csv").write_text(
        "id,category,title_en,brand,colour,gender,occasions,price,sizes\n"
        "c1,scarf,Long scarf,Newbrand,Gold,unisex,party|date,12.50,S:2|M:0\n"
        "c2,scarf,One,column,too,many,,1,S,x,y\n",
        encoding="utf-8-sig",
    )
    report = import_catalogue(folder / "goods.csv", eyes=None)
    assert report.added == 1 and report.refused[0].line == 3
    product = products.get("c1")
    assert product.occasions == ("party", "date") and product.sizes_in_stock() == ("S",)


def test_the_studio_form(folder):
    folder.mkdir()
    (folder / "images").mkdir()
    Image.new("RGB", (80, 80), (200, 0, 0)).save(folder / "images" / "77.jpg")
    (folder / "products.csv").write_text(
        "id,title,brand,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage\n"
        "77,Acme Men Red Polo Shirt,Acme,Men,Apparel,Topwear,Tshirts,Red,Fall,2011,Casual\n"
        "78,Acme Football,Acme,Men,Sport,Balls,Footballs,White,Fall,2011,Sports\n"
    )
    refused = import_catalogue(folder, eyes=ColourEyes())
    assert refused.added == 0 and "--default-price" in refused.refused[0].reason
    report = import_catalogue(folder, eyes=ColourEyes(), default_price=20)
    assert report.added == 1 and "category 'Footballs' is unknown" in report.refused[0].reason
    product = products.get("77")
    assert (product.category, product.season, product.price, product.picture) == (
        "polo",
        "autumn",
        20,
        "77.jpg",
    )


@pytest.mark.parametrize(
    "name", ["nothing.csv", "a.txt", "empty.csv", "latin.csv", "noid.csv", "empty.jsonl"]
)
def test_a_file_that_is_none_is_said_clearly(folder, name):
    folder.mkdir()
    contents = {
        "a.txt": b"x",
        "empty.csv": b"",
        "latin.csv": b"id,title\n1,\xff\xfe\n",
        "noid.csv": b"a,b\n1,2\n",
        "empty.jsonl": b"",
    }
    if name in contents:
        (folder / name).write_bytes(contents[name])
    with pytest.raises(ImportFailed) as error:
        import_catalogue(folder / name, eyes=None)
    assert name in str(error.value)


def test_a_crash_in_mid_import_leaves_whole_products_and_the_next_run_does_the_rest(folder):
    write_catalogue(folder, [record(number) for number in range(80)])
    script = f"""
        import os
        from shop.importing.importer import import_catalogue
        from tests.shop.conftest import ColourEyes
        class Crash(ColourEyes):
            def predict(self, pixels, *, caption=True):
                if self.looked == 70:
                    os._exit(9)
                return super().predict(pixels)
        import_catalogue({str(folder)!r}, eyes=Crash())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=settings.ROOT, check=False)
    assert done.returncode == 9
    there = products.get_many([f"n{number}" for number in range(80)])
    assert 0 < len(there) < 80
    assert all(queries.similar_to(product.id).hits[0].reasons.count("similar_look") for product in there[:3])
    report = import_catalogue(folder, eyes=ColourEyes())
    assert report.added == 80 - len(there) and report.unchanged == len(there)


def test_progress(folder):
    told = []
    write_catalogue(folder, [record(number) for number in range(40)])
    import_catalogue(folder, eyes=ColourEyes(), progress=lambda done, total: told.append((done, total)))
    assert told == [(32, 40), (40, 40)]


def test_the_vocabulary_is_replaced_in_one_step_and_read_again(folder):
    before = vocabulary.load()
    assert "Newbrand" not in before.brands and "dress" in before.categories and "42" in before.sizes
    write_catalogue(folder, [record(1)])
    import_catalogue(folder, eyes=ColourEyes())
    assert "Newbrand" in vocabulary.load().brands and vocabulary.load().version > before.version
    assert json.loads(vocabulary.path().read_text())["brands"] == list(vocabulary.load().brands)
    assert not list(settings.var_dir().glob(".vocabulary-*"))


def test_without_a_vocabulary_file_the_demo_or_the_taxonomy_answers(monkeypatch, tmp_path):
    monkeypatch.setenv("SHOP_VAR", str(tmp_path))
    assert "dress" in vocabulary.load().categories


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/../b.png", "x.svg", ".hidden.png", "t001.png\0", "t001"]
)
def test_pictures_are_found_by_plain_names_only(filled, name):
    assert pictures.find(name) is None
    assert pictures.find("t001.png") is not None


def test_search_sees_an_import_at_once(folder):
    assert not queries.by_criteria(Criteria(colours="Gold")).total
    write_catalogue(folder, [record(1)])
    import_catalogue(folder, eyes=ColourEyes())
    assert queries.by_criteria(Criteria(colours="Gold")).products[0].id == "n1"


def test_pictures_are_looked_at_anew_when_the_eyes_have_changed(folder):
    write_catalogue(folder, [record(1), record(2, picture=None)])
    import_catalogue(folder, eyes=ColourEyes())
    assert "n1" not in embeddings.stale(ColourEyes.version) and "n1" in embeddings.stale("histogram-2")
    eyes = ColourEyes()
    assert embeddings.refresh(eyes=eyes, model="histogram-2") == eyes.looked == products.count() - 1
    assert embeddings.stale("histogram-2") == [] and embeddings.refresh(eyes=eyes, model="histogram-2") == 0
