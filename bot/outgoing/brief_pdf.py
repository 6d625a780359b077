"""The brief as a PDF on A4 and as a workbook. reportlab is imported when it is written."""

import html
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.outgoing import charts_statistics, maps, sheets
from bot.outgoing.brief import PROPOSED, Brief, Matter
from bot.outgoing.canvas import BLUE, FAINT, INK, PALE, field, page, png
from bot.texts import dates, decimal, duration, label, percent, shorten, thousands

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

SHOWN = 15
"""Matters told with their words; the workbook has all."""


def pdf(brief: Brief, tiles: dict[str, list[int]], boundaries: str | None) -> bytes:
    """A4: cover, summary, what people ask for, where, trend, promises, what was done, proposals. Not for the event
    loop."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import PageBreak, SimpleDocTemplate, Spacer

    _fonts()
    out = io.BytesIO()
    paper = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=20 * mm, bottomMargin=20 * mm,
        title=label("brief.title", agency=brief.agency), author=brief.government,
    )  # fmt: skip
    span = dates(brief.first, brief.last)
    story: list[Flowable] = [
        Spacer(1, 70 * mm),
        _p(label("brief.kind"), "small"),
        _p(brief.agency, "cover"),
        _p(label("brief.period", dates=span), "text"),
        Spacer(1, 60 * mm),
        _p(label("brief.made", government=brief.government, day=dates(brief.made_on, brief.made_on)), "small"),
        _p(label("brief.no_identity"), "small"),
        PageBreak(),
        *_summary(brief),
        PageBreak(),
        *_matters(brief),
        PageBreak(),
        *_places(brief, tiles, boundaries),
        PageBreak(),
        *_promises(brief),
        PageBreak(),
        *_proposals(brief),
    ]

    def foot(canvas: Any, document: Any) -> None:
        canvas.setFont("Brief", 8)
        canvas.setFillColor(FAINT)
        canvas.drawString(20 * mm, 11 * mm, f"{shorten(brief.agency, 70)} · {span}")
        canvas.drawRightString(190 * mm, 11 * mm, str(document.page))

    paper.build(story, onLaterPages=foot)
    return out.getvalue()


def workbook(brief: Brief) -> bytes:
    """Matters, places, promises and proposals as sheets."""
    matters = (
        [m.key, m.name, m.topic, m.words, m.count, m.aspirations, m.supporters, m.open, _where(m, 11), *_two(m.quotes)]
        for m in brief.matters
    )
    return sheets.as_xlsx(
        {
            label("brief.sheet_matters"): (
                _titles("key name topic words count aspirations supporters open where quote quote"),
                matters,
            ),
            label("brief.sheet_places"): (_titles("kecamatan count"), brief.figures.kecamatan.items()),
            label("brief.sheet_promises"): (
                _titles("number topic place due late"),
                [[p.number, p.topic, p.place, p.due, p.days_late or ""] for p in brief.promises],
            ),
            label("brief.sheet_proposals"): (_titles("proposal where ground volume cost"), _proposed(brief)),
        }
    )


def _summary(brief: Brief) -> "list[Flowable]":
    total, figures = brief.figures.total, brief.figures
    due = total.in_time + total.late
    lines = [
        (label("stat.received"), thousands(total.received)),
        (label("stat.in_time"), percent(total.in_time / due) if due else "–"),
        (label("stat.median"), duration(figures.median_hours) if figures.median_hours is not None else "–"),
        (label("stat.done"), thousands(total.done)),
        (label("stat.verified"), thousands(total.verified)),
        (label("stat.rating"), decimal(total.stars / total.rated) if total.rated else "–"),
        (label("brief.open_now"), thousands(brief.promised)),
    ]
    story = [_p(label("brief.summary"), "head"), _table([[name, number] for name, number in lines], (110, 60))]
    if brief.matters:
        story.append(_p(label("brief.most"), "sub"))
        story += [_p(f"{at}. {m.name} ({thousands(m.count)})", "text") for at, m in enumerate(_real(brief)[:5], 1)]
    story.append(_p(label("brief.trend"), "sub"))
    with page(1400, 420) as figure:
        axes = field(figure, (0.03, 0.14, 0.94, 0.6))
        charts_statistics.trend(axes, figures.days, brief.first)
        story.append(_picture(png(figure), 170))
    return story


def _matters(brief: Brief) -> "list[Flowable]":
    from reportlab.platypus import KeepTogether

    story = [_p(label("brief.asked"), "head"), _p(label("brief.asked_how"), "small")]
    if not brief.matters:
        return [*story, _p(label("stat.nothing_came"), "text")]
    for at, m in enumerate(_real(brief)[:SHOWN], 1):
        facts = label(
            "brief.matter_facts",
            count=thousands(m.count),
            aspirations=m.aspirations,
            supporters=m.supporters,
            open=m.open,
        )
        story.append(
            KeepTogether(
                [
                    _p(f"{at}. {m.name}", "sub"),
                    _p(facts, "text"),
                    _p(label("brief.matter_where", places=_where(m) or "–"), "text"),
                    *[_p(f"“{shorten(quote, 220)}”", "quote") for quote in m.quotes],
                ]
            )
        )
    return story


def _places(brief: Brief, tiles: dict[str, list[int]], boundaries: str | None) -> "list[Flowable]":
    facts = {
        "tiles": tiles,
        "boundaries": boundaries,
        "figures": {"kecamatan": brief.figures.kecamatan, "kelurahan": brief.figures.kelurahan},
    }
    story = [_p(label("brief.where"), "head")]
    with page(1080, 700) as figure:
        maps.draw(field(figure, (0.03, 0.03, 0.94, 0.94)), facts)
        story.append(_picture(png(figure), 165))
    story.append(_p(label("stat.map_real" if maps.known(facts) else "stat.map_tiles"), "small"))
    counted = [[name, thousands(many)] for name, many in brief.figures.kecamatan.items()]
    return [*story, _table([_titles("kecamatan count"), *counted], (110, 60), head=True)]


def _promises(brief: Brief) -> "list[Flowable]":
    story = [
        _p(label("brief.promises"), "head"),
        _p(label("brief.promises_how", count=thousands(brief.promised)), "small"),
    ]
    rows = [
        [p.number, p.topic, p.place, dates(p.due, p.due) if p.due else "–", f"{p.days_late}" if p.days_late else ""]
        for p in brief.promises
    ]
    if rows:
        story.append(_table([_titles("number topic place due late"), *rows], (33, 58, 30, 34, 15), head=True))
    story.append(_p(label("brief.done"), "head"))
    done = [[topic, thousands(many)] for topic, many in brief.done]
    return [*story, _table([_titles("topic count"), *done], (120, 50), head=True)] if done else [
        *story, _p(label("brief.nothing_done"), "text")
    ]  # fmt: skip


def _proposals(brief: Brief) -> "list[Flowable]":
    rows = [_titles("proposal where ground volume cost"), *_proposed(brief)]
    return [
        _p(label("brief.proposals"), "head"),
        _p(label("brief.proposals_how"), "small"),
        _table(rows, (60, 38, 32, 20, 20), head=True),
    ]


def _proposed(brief: Brief) -> list[list[str]]:
    return [
        [
            label("brief.proposal", name=m.name),
            _where(m),
            label("brief.ground", count=m.count, supporters=m.supporters),
            "",
            "",
        ]
        for m in _real(brief)[:PROPOSED]
    ]


def _real(brief: Brief) -> list[Matter]:
    """The matters without the rest of each topic."""
    return [m for m in brief.matters if m.words]


def _where(m: Matter, most: int = 3) -> str:
    return ", ".join(f"{name} ({many})" for name, many in m.places[:most])


def _two(quotes: Sequence[str]) -> list[str]:
    return [*quotes, "", ""][:2]


def _titles(names: str) -> list[str]:
    return [label(f"brief.column_{name}") for name in names.split()]


@cache
def _fonts() -> dict[str, Any]:
    """Registers the letters once; returns the paragraph styles."""
    import matplotlib
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name, file in (
        ("Brief", "DejaVuSans.ttf"),
        ("Brief-Bold", "DejaVuSans-Bold.ttf"),
        ("Brief-Italic", "DejaVuSans-Oblique.ttf"),
    ):
        pdfmetrics.registerFont(TTFont(name, folder / file))

    def style(name: str, font: str, size: float, colour: str = INK, before: float = 0, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(
            name,
            fontName=font,
            fontSize=size,
            leading=size * 1.4,
            textColor=colour,
            spaceBefore=before,
            spaceAfter=4,
            **more,
        )

    return {
        "cover": style("cover", "Brief-Bold", 26, BLUE, 6),
        "head": style("head", "Brief-Bold", 17, BLUE, 10),
        "sub": style("sub", "Brief-Bold", 11.5, INK, 9),
        "text": style("text", "Brief", 10),
        "small": style("small", "Brief", 9, FAINT),
        "cell": style("cell", "Brief", 8.5),
        "quote": style("quote", "Brief-Italic", 9.5, FAINT, leftIndent=14),
    }


def _p(text: str, style: str) -> "Flowable":
    from reportlab.pdfbase import pdfmetrics
    from reportlab.platypus import Paragraph

    glyphs = pdfmetrics.getFont("Brief").face.charToGlyph  # a sign that the letters lack would be a black box
    plain = "".join(sign for sign in text if ord(sign) in glyphs)
    return Paragraph(html.escape(plain, quote=False), _fonts()[style])


def _table(rows: Sequence[Sequence[str]], widths: Sequence[int], *, head: bool = False) -> "Flowable":
    from reportlab.lib.units import mm
    from reportlab.platypus import Table

    cells = [[_p(str(cell), "cell") for cell in row] for row in rows]
    look: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, FAINT)]
    if head:
        look.append(("BACKGROUND", (0, 0), (-1, 0), PALE))
    return Table(cells, [width * mm for width in widths], repeatRows=int(head), style=look, spaceBefore=6, spaceAfter=8)


def _picture(content: bytes, width: int) -> "Flowable":
    from reportlab.lib.units import mm
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image

    across, down = ImageReader(io.BytesIO(content)).getSize()
    return Image(io.BytesIO(content), width * mm, width * mm * down / across)
