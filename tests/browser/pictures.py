"""Pictures of pages held against those that are kept: small ones, with a tolerance, and a picture of what differs."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).parent / "snapshots"
DIFFERENCES = ROOT / ".cache" / "test" / "snapshots"
# Half as wide and high: four pixels become one, which also evens out how a machine draws the edges of letters.
SMALLER = 2
# A kept picture has 16 shades of each colour, so few colours that a palette holds all of them: no colour is off by more than 8.
SHADE = 17
# A pixel differs when one of its colours is so far off (of 255); kept pictures have few colours and are a little off themselves.
OFF = 28
# So many pixels of a small picture may differ.
FEW = 24


@dataclass(frozen=True)
class Difference:
    """How many pixels differ, and where on the page: left, top, right, bottom in CSS pixels."""

    pixels: int
    where: tuple[int, int, int, int]


def small(shot: bytes) -> Image.Image:
    """A screenshot as it is compared."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    return picture.resize((picture.width // SMALLER, picture.height // SMALLER), Image.Resampling.BOX)


def difference(seen: Image.Image, kept: Image.Image) -> Difference | None:
    """None when they are alike, up to the tolerance."""
    if seen.size != kept.size:
        return Difference(seen.width * seen.height, (0, 0, seen.width * SMALLER, seen.height * SMALLER))
    off = _off(seen, kept)
    pixels = off.histogram()[255]
    box = off.getbbox()
    if pixels <= FEW or box is None:
        return None
    left, top, right, bottom = (edge * SMALLER for edge in box)
    return Difference(pixels, (left, top, right, bottom))


def _off(seen: Image.Image, kept: Image.Image) -> Image.Image:
    """White where they differ."""
    bands = ImageChops.difference(seen, kept).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return worst.point([0 if value <= OFF else 255 for value in range(256)])


def held_against_kept(name: str, shot: bytes) -> str | None:
    """What differs, as a sentence that names the picture of it; with ``UPDATE_SNAPSHOTS=1`` the shot is kept instead."""
    file, seen = KEPT / f"{name}.png", small(shot)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        even = seen.point([round(value / SHADE) * SHADE for value in range(256)] * 3)
        even.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, optimize=True)
        return None
    if not file.exists():
        return f"{name}: no picture is kept; UPDATE_SNAPSHOTS=1 keeps one"
    kept = Image.open(file).convert("RGB")
    found = difference(seen, kept)
    if found is None:
        return None
    return f"{name}: {found.pixels} pixels differ within {found.where}; see {_beside(name, kept, seen)}"


def _beside(name: str, kept: Image.Image, seen: Image.Image) -> Path:
    """Kept, seen and what differs, from left to right, as one picture."""
    DIFFERENCES.mkdir(parents=True, exist_ok=True)
    pictures = [kept, seen] + ([_off(seen, kept).convert("RGB")] if seen.size == kept.size else [])
    sheet = Image.new("RGB", (sum(each.width for each in pictures), max(each.height for each in pictures)))
    left = 0
    for each in pictures:
        sheet.paste(each, (left, 0))
        left += each.width
    path = DIFFERENCES / f"{name}.png"
    sheet.save(path)
    return path
