"""How often the assistant would ask what a photo shows, and how often asking helps, for each threshold.

    python -m tests.actions.asking FOLDER [--limit N]

FOLDER is of the form of the customers' photos (photos.csv with image, label, split; images/); its validation split
is looked at by the shipped eyes. Of the photos asked about, `wrong` is the share whose first reading is not what
the label says (asking makes good what would have gone wrong), `helped` the share whose second reading is, and
`in time` the share of all wrong first readings that a question catches.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from actions.replies.interpretations import ASK_BELOW, WORTH_SAYING, Interpretation, interpretations
from vision import photo
from vision.inference.loading import load_eyes
from vision.taxonomy import load as load_taxonomy

THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)


def seen(folder: Path, limit: int | None) -> list[tuple[tuple[str, ...], list[Interpretation]]]:
    """The kinds that the label of each photo means, with what the eyes read."""
    with (folder / "photos.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "validation"]
    eyes, found = load_eyes(), []
    for row in rows[:limit]:
        kinds = load_taxonomy().kinds_of_label("photos", row["label"])
        if kinds:
            pixels = photo.decode((folder / "images" / row["image"]).read_bytes()).pixels
            found.append((kinds, interpretations(eyes.predict(pixels, caption=False))))
    return found


def table(found: list[tuple[tuple[str, ...], list[Interpretation]]]) -> str:
    lines = [
        f"{len(found)} photos; a second reading counts from {WORTH_SAYING} on; in service: {ASK_BELOW}",
        "threshold  asked  wrong  helped  in time",
    ]
    all_wrong = sum(read[0].kind not in kinds for kinds, read in found)
    for threshold in THRESHOLDS:
        asked = [
            (kinds, read)
            for kinds, read in found
            if read[0].probability < threshold and len(read) > 1 and read[1].probability >= WORTH_SAYING
        ]
        wrong = [(kinds, read) for kinds, read in asked if read[0].kind not in kinds]
        helped = sum(read[1].kind in kinds for kinds, read in wrong)
        share = [
            len(asked) / len(found),
            len(wrong) / max(len(asked), 1),
            helped / max(len(asked), 1),
            len(wrong) / max(all_wrong, 1),
        ]
        lines.append("{:9.2f} {:6.3f} {:6.2f} {:7.2f} {:8.2f}".format(threshold, *share))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.actions.asking", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    if not (options.folder / "photos.csv").is_file():
        sys.exit(f"{options.folder} has no photos.csv")
    found = seen(options.folder, options.limit)
    if not found:
        sys.exit(f"{options.folder} has no photos of the validation split")
    print(table(found))


if __name__ == "__main__":
    main()
