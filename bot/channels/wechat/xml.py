"""WeChat's messages, which are small flat XML documents. Nothing but elements and text is taken: a document
type, and with it every entity, is refused before it is looked at.
"""

from __future__ import annotations

from typing import NoReturn
from xml.parsers import expat


def read(document: bytes) -> dict[str, str]:
    """The texts of the elements right below the root, by name; raises `ValueError` for a broken document or
    one with a document type.
    """
    found: dict[str, str] = {}
    path: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name)
        if len(path) == 2:
            found.setdefault(name, "")

    def text(data: str) -> None:
        if len(path) == 2:
            found[path[1]] += data

    def refuse(*_: object) -> NoReturn:
        raise ValueError("a document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: path.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError) as error:  # broken; in an encoding that nobody knows
        raise ValueError("not XML") from error
    return found
