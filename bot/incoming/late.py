"""aiogram's types, built when they are first used.

aiogram's modules name each other's types by text. On import it resolves the texts, and so builds pydantic's validator
of each of its 450 types with all others inside: most of the service's start and 100 MB, for the few dozen types that
this bot ever meets. pydantic builds a model by itself when it is first used, if it finds the names in the model's
module. So while aiogram is imported, its calls to build leave the names they know, and these are put into the modules.

Where an aiogram makes no such calls, nothing is changed. tests/incoming/test_late.py builds every type this way.
"""

import re
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
    build: Any = BaseModel.__dict__["model_rebuild"]

    def later(cls: Any, /, *, _types_namespace: dict[str, Any] | None = None, **_: Any) -> None:
        names.update(_types_namespace or {})

    BaseModel.model_rebuild = classmethod(later)  # type: ignore[method-assign, assignment]  # for this import
    try:
        import aiogram  # noqa: F401  # for what it does on the way
    finally:
        BaseModel.model_rebuild = build  # type: ignore[method-assign]  # back again
    for model in names.values():
        if hasattr(model, "model_rebuild"):
            introduce(model, names)


def introduce(model: type[BaseModel], names: dict[str, Any]) -> None:
    """Put those of `names` into a model's module that its annotations, and those it inherits, speak of."""
    module = vars(sys.modules[model.__module__])
    for kind in model.__mro__:
        for annotation in vars(kind).get("__annotations__", {}).values():
            for name in re.findall(r"\w+", str(annotation)):
                if name in names:
                    module.setdefault(name, names[name])
