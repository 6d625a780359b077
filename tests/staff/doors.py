"""The permission table's doors: what is done at each, and what it takes; and the list of them, read from the code."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args

from aiogram.filters import Command, StateFilter
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.fsm.state import State

from bot.incoming import dispatcher
from bot.staff.access import OFFICE, Action
from bot.staff.templates import Compose
from bot.staff.words import LETTERS
from storage import periods
from storage.lifecycle import Status
from storage.tables import Report, Role
from tests.crowds.crowd import Json


@dataclass(frozen=True)
class Try:
    """What is done at a door, and what it takes. `{r}` is the report, `{n}` its number."""

    action: Action | Callable[[Report], Action] | None
    """None: nothing of anybody else's is shown or changed there; the last step of the same story asks."""
    does: str = ""
    data: Json = field(default_factory=dict)
    about: bool = False
    """Whether it concerns a report; then every kind of report is tried."""
    office: str | None = None
    never: frozenset[Role] = frozenset()
    """Roles that have nothing to choose there."""
    group: bool = False


def k(action: Action, arg: str = "", **more: Any) -> Try:
    return Try(action, f"k:{{r}}:{{verb}}:{arg}", about=True, **more)


def where_it_goes(report: Report) -> Action:
    return Action.CHOOSE if report.status is Status.TRIAGE else Action.TRANSFER


LETTER = {"report": "{r}", "verb": "progress", "words": "Sudah"}
DECIDED = {"report": "{r}", "again": False, "words": "Sudah"}
MOVED = {"report": "{r}", "agency": "dlhk"}
WALKED = {"draft": "x", "text": "Lampu mati", "place": "", "name": "", "source": "phone"}
WRITTEN = {"entry": "", "questions": ["a", "b"], "topics": [], "channel": "DLHK", "answer": "Pukul 6."}
TOLD = {"text": "Besok libur", "audience": "staff"}

DOORS: dict[str, tuple[Try, ...]] = {
    # commands
    "/antrian": (Try(Action.QUEUE),),
    "/kasus": (Try(Action.SEE, "/kasus {n}", about=True), Try(Action.SEE)),
    "/cari": (Try(Action.SEARCH, "/cari gelap"),),
    "/catat": (Try(Action.WALK_IN),),
    "/sp4n": (Try(Action.SP4N, "/sp4n {n} 123456", about=True), Try(Action.SP4N)),
    "/statistik": (Try(Action.STATISTICS),),
    "/forum": (Try(Action.FORUM),),
    "/undang": (Try(Action.INVITE),),
    "/staf": (Try(Action.PEOPLE),),
    "/grup": (Try(Action.GROUP),),
    "/templat": (Try(Action.TEMPLATES),),
    "/kelola": (Try(Action.ADMINISTER),),
    "/siaran": (Try(Action.BROADCAST),),
    "/kesehatan": (Try(Action.ADMINISTER),),
    "/ringkasan": (Try(Action.ADMINISTER),),
    "/blokir": (Try(Action.BLOCK, "/blokir {n} Kata kasar", about=True), Try(Action.BLOCK)),
    "/bukablokir": (Try(Action.BLOCK, "/bukablokir {n}", about=True), Try(Action.BLOCK)),
    "/riwayat": (Try(Action.TRAIL, "/riwayat {n}", about=True), Try(Action.TRAIL)),
    "/sambung": (Try(Action.GROUP), Try(Action.GROUP, group=True)),
    "/putuskan": (Try(Action.GROUP), Try(Action.GROUP, group=True, office="dishub")),
    "/batal": (Try(None),),
    "/start": (Try(None),),
    # a report
    **{f"k:{verb}": (k(Action.SEE),) for verb in ("see", "more", "less", "history", "files", "pin", "similar")},
    "k:accept": (k(Action.ACCEPT),),
    "k:unmask": (k(Action.UNMASK),),
    "k:unseal": (k(Action.UNSEAL), k(Action.UNSEAL, "yes")),
    "k:ask": (k(Action.ASK),),
    "k:progress": (k(Action.PROGRESS),),
    "k:resolve": (k(Action.RESOLVE),),
    "k:amend": (k(Action.AMEND, "1"),),
    "k:reject": (k(Action.REJECT),),
    "k:because": (k(Action.REJECT, "other"),),
    "k:extend": (k(Action.EXTEND),),
    "k:days": (k(Action.EXTEND, "3"),),
    "k:release": (k(Action.RELEASE),),
    "k:hand": (k(Action.HAND),),
    "k:give": (k(Action.HAND, "2"),),
    "k:note": (k(Action.NOTE),),
    "k:raise": (k(Action.PRIORITY),),
    "k:lower": (k(Action.PRIORITY),),
    "k:split": (k(Action.SPLIT),),
    "k:part": (k(Action.SPLIT, "dlhk"),),
    "k:part_yes": (k(Action.SPLIT, "dlhk"),),
    "k:merge": (k(Action.MERGE),),
    "k:into": (k(Action.MERGE, "4"),),
    "k:into_yes": (k(Action.MERGE, "4"),),
    **{f"k:{verb}": (k(Action.TRANSFER),) for verb in ("transfer", "offices", "outside", "desk")},
    "k:to": (k(Action.TRANSFER, "dlhk"),),
    "k:since@Write:WHY": (k(where_it_goes, "owner", data=MOVED),),  # type: ignore[arg-type]
    "k:appeal_answer": (k(Action.DECIDE),),
    "k:appeal_again": (k(Action.DECIDE),),
    # what is written about it
    **{
        door: tuple(
            Try(action, does, data=data, about=True)
            for action, data in (
                (Action.PROGRESS, LETTER),
                (Action.AMEND, LETTER | {"amends": 1}),
                *((one.action, LETTER | {"verb": verb, "days": 3}) for verb, one in LETTERS.items() if door[0] == "w"),
            )
        )
        for door, does in {
            "Write:WORDS": "Sudah dikerjakan",
            "Write:CONFIRM": "Sudah dikerjakan",
            "w:send@Write:CONFIRM": "w:{r}:send",
            "tp:use@Write:WORDS": "tp:use:1",
            "tp:use@Write:CONFIRM": "tp:use:1",
        }.items()
    },
    "w:again@Write:CONFIRM": (Try(None, "w:{r}:again", data=LETTER, about=True),),
    "Write:NOTE": (Try(Action.NOTE, "Sudah ditelepon", data={"report": "{r}"}, about=True),),
    "Write:NUMBER": (Try(Action.MERGE, "DPK-26-900004", data={"report": "{r}"}, about=True),),
    "Write:WHY": (Try(where_it_goes, "Bukan jalan kami", data=MOVED, about=True),),
    "Decide:WORDS": (Try(Action.DECIDE, "Sudah kami periksa", data=DECIDED, about=True),),
    "w:send@Decide:CONFIRM": (Try(Action.DECIDE, "w:{r}:send", data=DECIDED, about=True),),
    "Decide:CONFIRM": (Try(Action.DECIDE, "Sudah kami periksa", data=DECIDED, about=True),),
    "w:again@Decide:CONFIRM": (Try(None, "w:{r}:again", data=DECIDED, about=True),),
    "bl": (Try(Action.BLOCK, "bl:{r}", data={"block": "{r}", "reason": "Kasar"}, about=True),),
    "g:take": (Try(Action.ACCEPT, "g:{r}:take", about=True, group=True),),
    "g:open": (Try(Action.SEE, "g:{r}:open", about=True, group=True),),
    # lists and figures
    "q": (Try(Action.QUEUE, "q:all::0"), Try(Action.QUEUE, "q:places::0"), Try(Action.QUEUE, "q:topics::0")),
    "c": (Try(Action.SEARCH, "c:gelap:0"),),
    **{f"stat:{period}": (Try(Action.STATISTICS, f"stat:{period}:"),) for period in
       (*periods.QUICK, "own")},
    "stat:offices": (Try(Action.STATISTICS, "stat:offices:", never=OFFICE),),
    "Ask:RANGE": (Try(Action.STATISTICS, "1-15 nov 2026", data={"agency": ""}),),
    **{f"export:{kind}": (Try(Action.EXPORT, f"export:{kind}:2026-11-01:2026-11-24:"),) for kind in ("xlsx", "csv")},
    **{f"forum:{verb}": (Try(Action.FORUM, f"forum:{verb}:2026:dishub"),) for verb in
       ("pdf", "xlsx", "names", "name", "office")},
    "Name:WORDS": (Try(Action.FORUM, "Jalan", data={"key": "x"}),),
    # people, groups, templates
    "i": (Try(Action.INVITE, "i:officer:dishub"), Try(Action.INVITE, "i:admin:")),
    "sl": (Try(Action.APPOINT, "sl:*:0"), Try(Action.PEOPLE, "sl:dishub:0", office="dishub")),
    **{f"st:{verb}": (Try(Action.PEOPLE, f"st:1:{verb}:", office="dishub"),) for verb in
       ("card", "suspend", "suspend_yes", "restore")},
    "st:role": (Try(Action.APPOINT, "st:1:role:", office="dishub"),),
    "st:role_to": (Try(Action.APPOINT, "st:1:role_to:head", office="dishub"),),
    "st:move": (Try(Action.APPOINT, "st:1:move:admin-", office="dishub"),),
    "gr:office": (Try(Action.GROUP, "gr:office:dishub", office="dishub"),),
    "gr:code": (Try(Action.GROUP, "gr:code:dishub", office="dishub"),),
    "gr:unbind": (Try(Action.GROUP, "gr:unbind:1", office="dishub"),),
    "gr:unbind_yes": (Try(Action.GROUP, "gr:unbind_yes:1", office="dishub"),),
    **{f"tp:{verb}": (Try(Action.TEMPLATES, f"tp:{verb}:1"),) for verb in
       ("see", "new", "edit", "topic", "drop", "drop_yes")},
    **{f"tp:save@{state.state}": (Try(Action.TEMPLATES, "tp:save:", data={"title": "x", "text": "y"}),)
       for state in Compose.__states__},
    "Compose:TEXT": (Try(None, "Judul\nIsi jawaban"),),
    "Compose:TOPIC": (Try(None, "lampu"),),
    # administration and messages to many
    **{f"ad:{verb}": (Try(Action.ADMINISTER, f"ad:{verb}:{arg}"),) for verb, arg in {
        "start": "", "offices": "0", "office": "dishub", "create": "", "rename": "dishub", "end": "dishub",
        "heir": "dlhk", "topics": "", "topic": "pju-mati", "answers": "dishub", "days": "", "day": "",
        "drop": "2026-12-24", "deadlines": "", "level": "", "level_to": "debug", "faqs": "0", "faq": "ktp-baru",
        "faq_new": "", "faq_change": "ktp-baru", "faq_end": "ktp-baru", "rules": "", "rule": "lampu-taman",
        "rule_stop": "lampu-taman", "rule_own": "lampu-taman", "rule_move": "lampu-taman"}.items()},
    "ad:faq_same": (Try(Action.ADMINISTER, "ad:faq_same:", data=WRITTEN),),
    "ad:rule_to": (Try(Action.ADMINISTER, "ad:rule_to:dlhk", data={"rule": "lampu-taman"}),),
    **{f"dg:{verb}": (Try(Action.ADMINISTER, f"dg:{verb}:{name}:"),) for verb, name in {
        "see": "leader_digest", "office": "office_digest", "again": "leader_digest", "yes": "leader_digest"}.items()},
    "ad:yes@Admin:SURE": (Try(Action.ADMINISTER, "ad:yes:", data={"what": "level", "level": "debug"}),),
    "ad:no": (Try(None, "ad:no:"),),
    "Admin:CREATE": (Try(None, "Dinas Baru\nDinba\n1-1-2027"),),
    "Admin:RENAME": (Try(None, "Dinas Baru\nDinba\n1-1-2027", data={"agency": "dishub"}),),
    "Admin:END": (Try(None, "1-1-2027", data={"agency": "dishub", "heir": None}),),
    "Admin:TOPIC": (Try(None, "lampu"),),
    "Admin:TOPIC_DAY": (Try(None, "1-1-2027", data={"topic": "pju-mati", "agency": "dishub"}),),
    "Admin:DAY": (Try(None, "24-12-2026\nCuti bersama"),),
    "Admin:FAQ_WORD": (Try(None, "ktp"),),
    "Admin:FAQ_QUESTIONS": (Try(None, "Kapan taman buka?\ntaman buka jam berapa"),),
    "Admin:FAQ_ANSWER": (Try(None, "Pukul 6 sampai 18.", data=WRITTEN),),
    "Admin:FAQ_CHANNEL": (Try(None, "DLHK", data=WRITTEN),),
    "Admin:RULE": (Try(None, "lampu"),),
    "bc:to@Tell:SURE": (Try(Action.BROADCAST, "bc:to:staff", data=TOLD),),
    "bc:yes@Tell:SURE": (Try(Action.BROADCAST, "bc:yes:", data=TOLD),),
    "bc:really@Tell:SURE": (Try(Action.BROADCAST, "bc:really:", data=TOLD),),
    "bc:drop": (Try(None, "bc:drop:"),),
    "Tell:TEXT": (Try(None, "Besok libur"),),
    # for somebody without Telegram
    **{f"WalkIn:{step}": (Try(None, "Lampu mati", data=WALKED),) for step in ("TEXT", "PLACE", "NAME")},
    **{f"wi:skip@WalkIn:{step}": (Try(None, "wi:skip:", data=WALKED),) for step in ("PLACE", "NAME")},
    "wi:source@WalkIn:SOURCE": (Try(None, "wi:source:phone", data=WALKED),),
    "wi:send@WalkIn:SURE": (Try(Action.WALK_IN, "wi:send:", data=WALKED),),
    "wi:drop": (Try(None, "wi:drop:"),),
}  # fmt: skip


def doors() -> set[str]:
    """Everything the staff's rooms listen to: /command, prefix:verb, and @state or state where a question is open."""
    found: set[str] = set()
    for router in dispatcher.build().sub_routers:
        for handler in [*router.message.handlers, *router.callback_query.handlers]:
            if handler.callback.__module__.startswith("bot.staff"):
                found |= _names(handler.filters or [])
    return found


def _names(filters: list[Any]) -> set[str]:
    words, states = set[str](), [""]
    for one in filters:
        match one.callback:
            case Command() as command:
                return {f"/{name}" for name in command.commands}
            case StateFilter() as asked:
                states = [
                    str(s.state)
                    for given in asked.states
                    for s in ([given] if isinstance(given, State) else given.__states__)
                ]  # type: ignore[union-attr]
            case CallbackQueryFilter() as pressed:
                words |= _buttons(pressed)
    if not words:
        return set(states) - {""}
    return {f"{word}@{state}" if state else word for word in words for state in states}


def _buttons(pressed: CallbackQueryFilter) -> set[str]:
    prefix = pressed.callback_data.__prefix__
    if pressed.rule is not None:  # F.verb == "x", or F.verb.in_({...})
        *_, told = pressed.rule._operations
        verbs = told.args[0] if hasattr(told, "args") else [told.right]
    else:  # no verb, or one out of a fixed list
        first = next(iter(pressed.callback_data.model_fields.values()))
        verbs = get_args(first.annotation)
    return {f"{prefix}:{verb}" for verb in verbs} or {prefix}
