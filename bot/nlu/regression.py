"""Multinomial logistic regression over a dense and a sparse block of features.

The same optimum as scikit-learn's (L2 pull of strength 1/C, none on the bias, L-BFGS), but the blocks stay
apart and in single precision: 512 dense columns in a sparse matrix make each step far more expensive.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix


def fit(
    dense: np.ndarray, sparse: csr_matrix, labels: np.ndarray, *, C: float, max_iter: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of the dense block [m, k], of the sparse block [n, k] and the bias [k], float32.

    `dense` is float32 [rows, m], `sparse` float32 [rows, n], either may have no columns; `labels` 0 … k-1.
    """
    rows, m, n, k = len(labels), dense.shape[1], sparse.shape[1], int(labels.max()) + 1
    turned = sparse.T.tocsr()
    truth = np.zeros((rows, k), dtype=np.float32)
    truth[np.arange(rows), labels] = 1
    weights = (m + n) * k

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        w = vector.astype(np.float32)
        scores = dense @ w[: m * k].reshape(m, k) + sparse @ w[m * k : weights].reshape(n, k) + w[weights:]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        value = float(np.log(sums).sum() - scores[np.arange(rows), labels].sum()) + float(
            w[:weights] @ w[:weights]
        ) / (2 * C)
        error = powers / sums - truth
        gradient = np.concatenate([(dense.T @ error).ravel(), (turned @ error).ravel(), error.sum(axis=0)])
        gradient[:weights] += w[:weights] / C
        return value, gradient.astype(np.float64)

    found = minimize(
        loss, np.zeros(weights + k), jac=True, method="L-BFGS-B", options={"maxiter": max_iter, "maxcor": 10}
    )
    w = found.x.astype(np.float32)
    return w[: m * k].reshape(m, k), w[m * k : weights].reshape(n, k), w[weights:]
