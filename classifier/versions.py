"""Choosing among the versions of a model: promote one, or go back to the one before."""

from pathlib import Path

from classifier import folder
from classifier.errors import PromotionRefused


def promote(root: Path, name: str) -> str:
    """Make `name` the current version after checking that it is sound; returns it.

    Raises: PromotionRefused when there is no such version; ModelRefused when it is damaged.
    """
    if name not in folder.versions(root):
        known = ", ".join(folder.versions(root)[:5]) or "none"
        raise PromotionRefused(f"There is no version {name!r} in {root}; there are: {known}.")
    folder.check(root / folder.VERSIONS / name)
    folder.use(root, name)
    return name


def rollback(root: Path) -> str:
    """Make the newest version older than the current one current; returns it.

    Raises: PromotionRefused when there is none; ModelRefused when it is damaged.
    """
    now = folder.current(root) or ""
    older = [name for name in folder.versions(root) if name < now]
    if not older:
        raise PromotionRefused(f"There is no version older than {now or 'the current one'} in {root}.")
    return promote(root, older[0])
