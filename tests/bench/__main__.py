"""`python -m tests.bench [text|photo|conversation|start …]`: all of them without a name."""

from __future__ import annotations

import sys

from tests.bench import conversation, photo, start, text

SECTIONS = {"start": start.run, "conversation": conversation.run, "photo": photo.run, "text": text.run}


def main() -> int:
    """Run the named sections; the exit status is 1 if a bar was missed."""
    names = sys.argv[1:] or list(SECTIONS)
    if unknown := [name for name in names if name not in SECTIONS]:
        print(f"no section {', '.join(unknown)}; there are: {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    held = [SECTIONS[name]() for name in names]  # every section runs, even after a miss
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
