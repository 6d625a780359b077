"""Text in, `Prediction` out: which office answers a citizen's message, how sure that is, and what else was said.

Importing this package costs nothing: scikit-learn and Sastrawi are imported when a model is loaded or trained.

    model = classifier.ensure(folder)                  # loads, or trains on first start
    model.predict("lampu jalan mati sudah seminggu")   # Prediction(topic="pju-mati", agency="dishub", ...)
"""

from typing import TYPE_CHECKING, Any

from classifier.errors import ClassifierError, CorpusError, ModelRefused, PromotionRefused
from classifier.prediction import Alternative, Place, Prediction, Reason

if TYPE_CHECKING:
    from classifier.model import Classifier, load
    from classifier.training import ensure, train

__all__ = [
    "Alternative",
    "Classifier",
    "ClassifierError",
    "CorpusError",
    "ModelRefused",
    "Place",
    "Prediction",
    "PromotionRefused",
    "Reason",
    "ensure",
    "load",
    "train",
]

_LAZY = {"Classifier": "model", "load": "model", "train": "training", "ensure": "training"}


def __getattr__(name: str) -> Any:
    """Import what needs scikit-learn only when somebody asks for it."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
