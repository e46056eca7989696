"""What an agent wrote in Chatwoot's editor, which is Markdown, as the plain text that customers see."""

from __future__ import annotations

import re

_HARD_BREAK = re.compile(r"\\\n")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:<([^<>\n]*)>|([^()\s]+))\)")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+|mailto:[^<>\s]+)>")
_STRONG = re.compile(r"(?<![\\*])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*(?!\*)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Links as "words (address)", no stars around what is bold, no backslashes before signs."""
    text = text.replace("\r\n", "\n")
    text = _HARD_BREAK.sub("\n", text)
    text = _LINK.sub(_link, text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _STRONG.sub(r"\1", text)
    return _ESCAPE.sub(r"\1", text).strip()


def _link(found: re.Match[str]) -> str:
    words, address = found[1].strip(), found[2] or found[3] or ""
    return address if not words or words == address else f"{words} ({address})"
