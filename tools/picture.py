"""Draw docs/images/rows_to_split.svg: how rows, windows, people and the split belong together.

python tools/picture.py
"""

import math
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "rows_to_split.svg"
WIDTH, LEFT, RIGHT = 640, 92, 620
WINDOW, STEP = 88, 44
COLORS = {"walking": "#cfe3f5", "sitting": "#fde3c8", "stairs": "#d9efd3"}
PEOPLE = [  # name, activities as (name, pixels), pixels at which a gap begins and ends
    ("ann", [("walking", 200), ("sitting", 160), ("stairs", 168)], None),
    ("ben", [("sitting", 150), ("walking", 110), ("stairs", 268)], (220, 308)),
    ("cleo", [("stairs", 180), ("walking", 220), ("sitting", 128)], None),
    ("dara", [("walking", 190), ("stairs", 150), ("sitting", 188)], None),
]


def text(x, y, words, size=17, **attributes):
    """A line of text; attributes are those of SVG, with _ for -."""
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x}" y="{y}" font-size="{size}"{more}>{words}</text>'


def box(x, y, width, height, fill, more=""):
    """A rectangle."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"{more}/>'


def wave(x, y, activity, phase):
    """Height of the signal at a pixel: people walk each at their own pace."""
    swing = {"walking": 15, "sitting": 1.5, "stairs": 10}[activity]
    pace = {"walking": 0.42, "sitting": 0.9, "stairs": 0.27}[activity] * (1 + 0.1 * phase)
    return y - swing * (math.sin(pace * x + phase) + 0.35 * math.sin(2.1 * pace * x)) / 1.35


def runs_of(gap):
    """Begin and end of each stretch without a gap."""
    whole = RIGHT - LEFT
    return [(0, whole)] if gap is None else [(0, gap[0]), (gap[1], whole)]


def track(y, number):
    """One person: activities as bands, the signal, windows as brackets below."""
    name, activities, gap = PEOPLE[number]
    parts = [text(16, y + 6, name, 20, font_weight="bold")]
    start, labels = 0, []
    for activity, length in activities:
        for low, high in runs_of(gap):
            low, high = max(low, start), min(high, start + length)
            if low < high:
                parts.append(box(LEFT + low, y - 24, high - low, 48, COLORS[activity]))
        labels += [activity] * length
        start += length
    for low, high in runs_of(gap):
        points = " ".join(f"{LEFT + x},{wave(x, y, labels[x], number):.1f}" for x in range(low, high, 2))
        parts.append(f'<polyline points="{points}" fill="none" stroke="#1f3b57" stroke-width="1.6"/>')
        firsts = [*range(low, high - WINDOW, STEP), high - WINDOW]
        for i, first in enumerate(dict.fromkeys(firsts)):
            below = y + 34 + 9 * (i % 2)
            parts.append(
                f'<path d="M{LEFT + first + 2} {below - 5}v5h{WINDOW - 4}v-5" fill="none" '
                f'stroke="#6b4fa0" stroke-width="2"/>'
            )
    if gap:
        middle = LEFT + sum(gap) / 2
        parts.append(text(middle, y + 5, "gap", 17, text_anchor="middle", fill="#8a1c1c"))
    return parts


def picture():
    """The whole drawing."""
    tops = [112, 204, 296, 436]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 590" role="img" '
        'font-family="system-ui, Helvetica, Arial, sans-serif" fill="#1b1b1b">',
        "<title>Rows, windows, people and the split</title>",
        box(0, 0, WIDTH, 590, "#ffffff", ' rx="10"'),
    ]
    x = LEFT
    for activity, color in COLORS.items():
        parts.append(box(x, 18, 18, 18, color, ' stroke="#888888"'))
        parts.append(text(x + 25, 33, activity))
        x += 45 + 10 * len(activity)
    parts.append(text(LEFT, 70, "Training: whole people", 19, font_weight="bold"))
    for number, top in enumerate(tops):
        parts += track(top, number)
    parts += [
        f'<path d="M16 362H{RIGHT}" stroke="#1b1b1b" stroke-width="2" stroke-dasharray="9 6"/>',
        text(LEFT, 394, "Test: people it has never seen", 19, font_weight="bold"),
        f'<line x1="{LEFT + 120}" y1="{tops[0] - 28}" x2="{LEFT + 120}" y2="{tops[0] + 28}" stroke="#c0392b" '
        'stroke-width="3"/>',
        f'<line x1="{LEFT}" y1="509" x2="{LEFT}" y2="531" stroke="#c0392b" stroke-width="3"/>',
        text(LEFT + 14, 526, "row: all channels at one instant, with a label"),
        f'<path d="M{LEFT - 46} 545v7h44v-7" fill="none" stroke="#6b4fa0" stroke-width="2"/>',
        text(LEFT + 14, 554, "window: cut after the split, never across a gap"),
    ]
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
