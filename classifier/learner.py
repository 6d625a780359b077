"""Training: from read messages to vectorizers and one matrix of weights. The only place that fits anything.

Two linear learners look at the same columns, and what they say is added up: a support vector machine, and complement
naive Bayes, which is steadier on topics with few messages and on words that occur in few. A sum of linear scores is one
linear score, so predicting costs as much as with one of them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from classifier.columns import GRAMS, Columns, Floats, table
from classifier.learned import Learned
from classifier.reading import Reading

SVM_COST = 0.5
KIND_COST = 0.2
SIGN_WEIGHT = 0.2
"""Value of a sign that is there, beside word and character rows of unit length."""

BAYES_SMOOTHING = 0.3
BAYES_WEIGHT = 0.5
"""Weight of naive Bayes beside the support vector machine, in units of its margins."""


def vectorizers() -> tuple[TfidfVectorizer, TfidfVectorizer]:
    """Fresh word and character vectorizers; both take space-joined words."""
    word = TfidfVectorizer(
        token_pattern=r"\S+",  # noqa: S106 - a pattern, no password
        lowercase=False,
        ngram_range=(1, 2),
        min_df=1,
        sublinear_tf=True,
        dtype=np.float32,
    )
    char = TfidfVectorizer(
        analyzer="char_wb",
        lowercase=False,
        ngram_range=(GRAMS[0], GRAMS[-1]),
        min_df=2,
        sublinear_tf=True,
        dtype=np.float32,
    )
    return word, char


def fit(
    readings: Sequence[Reading], signs: Floats, topics: Sequence[str], kinds: Sequence[str], urgent: Sequence[bool]
) -> Learned:
    """Fit everything on messages of one topic each; all arguments are parallel, one row a message."""
    word, char = vectorizers()
    text = sparse.hstack(
        [word.fit_transform(r.words for r in readings), char.fit_transform(r.letters for r in readings)], format="csr"
    )
    topic_weights, topic_bias, names = fit_topics(text, topics)
    plain = sparse.hstack([text, sparse.csr_matrix(signs * SIGN_WEIGHT)], format="csr")
    kind = LinearSVC(C=KIND_COST).fit(plain, kinds)
    alarm = LogisticRegression(C=10.0, solver="liblinear").fit(plain, urgent)
    other = np.vstack([kind.coef_, alarm.coef_]).T.astype(np.float32)
    other[text.shape[1] :] *= SIGN_WEIGHT
    blind = np.zeros((signs.shape[1], len(names)), dtype=np.float32)  # topics do not look at the signs of kind
    weights = np.hstack([np.vstack([topic_weights, blind]), other])
    bias = np.concatenate([topic_bias, kind.intercept_, alarm.intercept_]).astype(np.float32)
    weights = np.ascontiguousarray(weights, dtype=np.float16)
    return Learned(
        columns(word, letters=False), columns(char, letters=True), weights, bias, names, tuple(map(str, kind.classes_))
    )


def fit_topics(text: Any, topics: Sequence[str]) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Weights over the columns of `text`, biases, and the names of the topics, in their order."""
    svm = LinearSVC(C=SVM_COST).fit(text, topics)
    bayes = ComplementNB(alpha=BAYES_SMOOTHING).fit(text, topics)
    likelihood = bayes.feature_log_prob_ - bayes.feature_log_prob_.mean(axis=0)
    weights = (svm.coef_ + BAYES_WEIGHT * likelihood).T.astype(np.float32)
    return weights, svm.intercept_, tuple(str(name) for name in svm.classes_)


def columns(vectorizer: TfidfVectorizer, *, letters: bool) -> Columns:
    """A fitted vectorizer without scikit-learn."""
    terms = table(vectorizer.get_feature_names_out().tolist())  # sorted by both, so each keeps its column
    return Columns(terms, vectorizer.idf_.astype(np.float32), letters=letters)
