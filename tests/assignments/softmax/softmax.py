"""Softmax regression: P = softmax of each row of X W, J = -mean_i log P[i, y_i]."""

import numpy as np


def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def loss(X, y, W):
    return -np.mean(np.log(softmax(X @ W)[np.arange(len(y)), y]))


def gradient(X, y, W):
    P = softmax(X @ W)
    P[np.arange(len(y)), y] -= 1
    return X.T @ P / len(y)


def accuracy(X, y, W):
    return np.mean(np.argmax(X @ W, axis=1) == y)


def loss_summed(X, y, W):
    return len(y) * loss(X, y, W)


def gradient_without_y(X, y, W):
    return X.T @ softmax(X @ W) / len(y)


def error_rate(X, y, W):
    return 1 - accuracy(X, y, W)


def softmax_of_columns(Z):
    return softmax(Z.T).T
