"""How sure a ranking is: one logistic curve over score, margin and coverage. Fitted by `kaoda calibrate`."""

import math
from collections.abc import Sequence

import numpy as np

from intents.match import Ranking

# Fitted on the development questions by `kaoda calibrate`, which prints new ones and the reliability by bins.
WEIGHTS = (-1.37, 9.17, 1.27, 1.83)
"""Constant, score, margin to the next topic as a share of the score, share of the text that is known."""

ANSWER = 0.77  # above: answer
OFFER = 0.68  # above: offer what is nearest; below: say that it is not known
STEPS = 50  # Newton steps at most; it converges in about ten


def features(ranking: Ranking) -> tuple[float, float, float, float]:
    """What the curve looks at."""
    score = ranking.candidates[0].score if ranking.candidates else 0.0
    return 1.0, score, ranking.margin / score if score > 0 else 0.0, ranking.known


def confidence(ranking: Ranking) -> float:
    """Calibrated probability, 0 to 1, that the first candidate is the topic that is asked for."""
    if not ranking.candidates:
        return 0.0
    total = sum(w * x for w, x in zip(WEIGHTS, features(ranking), strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def fit(rows: Sequence[Sequence[float]], outcomes: Sequence[bool]) -> tuple[float, ...]:
    """The weights of a logistic curve by Newton steps with a little ridge."""
    x, y = np.array(rows), np.array(outcomes, dtype=float)
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (p - y) + 0.01 * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 0.01 * np.eye(x.shape[1])
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return tuple(round(float(w), 3) for w in weights)
