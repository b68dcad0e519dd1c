"""Pictures of the seeded goods, drawn here as small SVG files: a still life of shape, light and ground."""

import hashlib
import random

_SIZE = 480

# Outlines on a 200 by 200 field, by a word of the form's name; the first word that the name holds decides.
_SHAPES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("teapot", "pitcher", "carafe"), "M70 60h60c14 24 22 46 22 66 0 30-20 50-52 50s-52-20-52-50c0-20 8-42 22-66zM152 84c30-4 36 44-2 56"),
    (("mug", "tumbler", "cup"), "M60 60h80l-6 108q-2 12-34 12t-34-12zM140 84c34-6 34 52-4 52"),
    (("bowl", "dish", "basket", "cradle", "tray"), "M30 90h140c0 52-30 84-70 84s-70-32-70-84z"),
    (("plate", "trivet", "board"), "M100 50c44 0 78 24 78 54s-34 54-78 54-78-24-78-54 34-54 78-54zM100 70c30 0 52 15 52 34s-22 34-52 34-52-15-52-34 22-34 52-34z"),
    (("vase", "bottle", "ornament", "lamp"), "M88 24h24v34c0 18 38 34 38 78 0 30-22 44-50 44s-50-14-50-44c0-44 38-60 38-78z"),
    (("scarf", "throw", "towel", "runner", "hanging", "shawl", "blanket", "cover", "paper"), "M52 24h96v132l-12 20-12-20-12 20-12-20-12 20-12-20-12 20-12-20z"),
    (("ring", "hoop", "cuff", "bracelet", "belt"), "M100 40a62 62 0 1 0 .1 0zM100 62a40 40 0 1 1-.1 0z"),
    (("earrings", "pendant", "brooch", "fob"), "M98 24h4v40h-4zM100 64l36 50-36 62-36-62z"),
    (("satchel", "tote", "holder", "case", "roll", "cover"), "M40 74h120v92q0 12-12 12H52q-12 0-12-12zM70 74c0-52 60-52 60 0h-12c0-34-36-34-36 0z"),
    (("knife", "spoon", "poker", "trowel", "opener", "hook", "pin"), "M94 20c22 30 22 70 12 92v70H92v-70c-8-24-8-62 2-92z"),
    (("candle", "taper", "votive", "light", "candlestick", "mill"), "M78 70h44v110H78zM100 26c16 20 12 38 0 40-12-2-16-20 0-40z"),
    (("stool", "box", "blocks", "tower"), "M40 70h120v22h-14v88h-18V92H72v88H54V92H40z"),
    (("duck", "top", "puppet", "doll", "rattle", "kite"), "M100 24a34 34 0 0 1 22 60c28 10 42 40 42 70 0 16-26 24-64 24s-64-8-64-24c0-30 14-60 42-70a34 34 0 0 1 22-60z"),
)  # fmt: skip
_BLOCK = "M48 60h104v104H48z"


def shape(form: str) -> str:
    """The outline that stands for a form."""
    words = set(form.split())
    for names, outline in _SHAPES:
        if words.intersection(names):
            return outline
    return _BLOCK


def draw(title: str, form: str, colours: tuple[str, ...]) -> str:
    """Draw one product as SVG text of about 1 KB, the same for the same title."""
    chance = random.Random(hashlib.sha256(title.encode()).digest())
    body, accent = chance.sample(colours, 2)
    ground = chance.choice(("#f4efe6", "#ece7df", "#e7ecea", "#f1e9e4", "#e9e6ef"))
    tilt = chance.randint(-4, 4)
    stripes = "".join(
        f'<path d="M0 {y}h200" stroke="{accent}" stroke-width="{chance.choice((3, 5, 8))}" opacity=".55"/>'
        for y in chance.sample(range(64, 176, 8), chance.randint(1, 4))
    )
    outline = shape(form)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIZE}" height="{_SIZE}" viewBox="0 0 200 200">'
        f'<rect width="200" height="200" fill="{ground}"/>'
        f'<rect y="150" width="200" height="50" fill="{accent}" opacity=".18"/>'
        f'<ellipse cx="100" cy="180" rx="66" ry="9" opacity=".16"/>'
        f'<clipPath id="c"><path d="{outline}"/></clipPath>'
        f'<g transform="rotate({tilt} 100 100)"><path d="{outline}" fill="{body}" fill-rule="evenodd"/>'
        f'<g clip-path="url(#c)">{stripes}<rect x="40" width="26" height="200" fill="#fff" opacity=".16"/></g></g>'
        "</svg>\n"
    )
