"""What goes wrong in this process, shown by whoever meets it and taken back when it goes well again."""


class Signs:
    """Kinds of trouble with a detail each, such as `job:forget`. Codes only: they are told in chat and in the log."""

    def __init__(self) -> None:
        self.present: dict[str, str] = {}

    def show(self, kind: str, detail: str = "") -> None:
        self.present[kind] = detail

    def clear(self, kind: str) -> None:
        self.present.pop(kind, None)
