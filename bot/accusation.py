"""Whether a message accuses an official."""

from classifier import conduct


def conduct_of(text: str, decision: str, topic: str | None, likely: list[str]) -> str:
    """Whether a message accuses an official: `accused`, `ask` or empty. The citizen is asked, not the desk."""
    accused = set(likely) & set(conduct.accusing())
    if decision == "none":
        return ""
    if decision == "auto" and topic in conduct.accusing():
        return "accused"
    if topic in conduct.doubtful() or (accused and (decision != "auto" or conduct.sounds_accusing(text))):
        return "ask"
    return ""
