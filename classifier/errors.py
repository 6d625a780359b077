"""What can go wrong in this package, as a tree.

ClassifierError
├── CorpusError          a line of the corpus, or a table beside it, cannot be read
├── ModelRefused         a model folder is absent, damaged, altered, or made by other libraries: nothing was loaded
└── PromotionRefused     a challenger is not better than the champion, or no such version exists
"""


class ClassifierError(Exception):
    """Root of all errors of this package. `code` names the text a person reads."""

    code = "classifier_error"


class CorpusError(ClassifierError):
    """A line of the corpus or of a table cannot be read; the message names file and line."""

    code = "corpus_error"


class ModelRefused(ClassifierError):
    """A model folder must not be used.

    `reason` says what is wrong with it, `remedy` what the operator can do. Raised before anything in the folder is
    unpacked, so a foreign file never runs.
    """

    code = "model_refused"

    def __init__(self, reason: str, remedy: str = "Train again with `aspirasi train`.") -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


class PromotionRefused(ClassifierError):
    """A model version cannot become the current one; the message says which comparison it lost."""

    code = "promotion_refused"
