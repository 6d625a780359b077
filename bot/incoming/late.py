"""aiogram's types, built when they are first used.

On import aiogram names its 450 types to each other and builds pydantic's validator of each, with all others inside:
most of the service's start and 100 MB, for the few dozen types that this bot ever meets. pydantic builds a model by
itself when it is first used, by its `model_rebuild`; it only has to be told the names. So while aiogram is imported,
its calls of `model_rebuild` leave their names here, and afterwards every build of a type of aiogram is given them.

Where an aiogram makes no such calls, nothing is changed. tests/incoming/test_late.py builds every type this way.
"""

import sys
from typing import Any

from pydantic import BaseModel


def import_aiogram() -> None:
    """Import aiogram so that its types are built when they are first used; nothing where it is imported already.

    For the start of a process, while it has one thread. Types are used, so built, in the thread of the event loop.
    """
    if "aiogram" in sys.modules:
        return
    names: dict[str, Any] = {}
    pydantics: Any = BaseModel.__dict__["model_rebuild"]

    def later(cls: Any, /, *, _types_namespace: dict[str, Any] | None = None, **_: Any) -> None:
        names.update(_types_namespace or {})

    def build(cls: Any, /, *, _types_namespace: dict[str, Any] | None = None, **how: Any) -> Any:
        how["_parent_namespace_depth"] = 0  # what calls this is pydantic, whose variables are no types
        return pydantics.__func__(cls, _types_namespace=names | (_types_namespace or {}), **how)

    BaseModel.model_rebuild = classmethod(later)  # type: ignore[method-assign, assignment]
    try:
        import aiogram  # noqa: F401
        from aiogram.client.context_controller import BotContextController  # what types and methods are made from
        from aiogram.methods.base import Request, Response
    finally:
        BaseModel.model_rebuild = pydantics  # type: ignore[method-assign]
    for model in (BotContextController, Request, Response) if names else ():
        model.model_rebuild = classmethod(build)  # type: ignore[method-assign, assignment]
