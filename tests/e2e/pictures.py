"""Takes README's pictures from those of the last walk through every form.

python -m tests.e2e.pictures, from scripts/screenshots.
"""

from pathlib import Path
from typing import Final

from PIL import Image

_ROOT: Final = Path(__file__).parents[2]
_FROM: Final = _ROOT / "output/e2e/every-form"
_TO: Final = _ROOT / "docs/images"
# README's pictures, by what they show in the walk.
_PICTURES: Final = {
    "config.credential": "credential",
    "resource.user": "what-do-you-want",
    "resource.pick": "pick",
    "device": "device",
}
_SCHEMES: Final = ("light", "dark")
# Forms have few colours; the files are a third as large.
_COLOURS: Final = 128


def main() -> None:
    """Write each picture, light and dark."""
    _TO.mkdir(exist_ok=True)
    for shown, name in _PICTURES.items():
        for scheme in _SCHEMES:
            [source] = _FROM.glob(f"*-{shown}-desktop-{scheme}.png")
            with Image.open(source) as picture:
                small = picture.convert("RGB").quantize(_COLOURS)
                small.save(_TO / f"{name}-{scheme}.png", optimize=True)
            print(f"docs/images/{name}-{scheme}.png")


if __name__ == "__main__":
    main()
