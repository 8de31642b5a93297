"""Reference solutions: plain NumPy functions, one module per topic.

- `univariate`: linear regression with one feature, its objective, gradient and descent (hw1).
- `derivatives`: derivatives by hand, numerically, and of vectors and matrices (hw2).
- `multivariate`: linear regression with n features, by loops and by matrices (hw3).

Beside each topic stands a module of known mistakes (`univariate_mistakes`, ...): the same
signatures, wrong in one named way, called `function_mistake`. What a student's code returned can be
compared with what each mistake would have given. `arrays` has the one conversion that all share.

NumPy is all that is needed. Inputs may be integers, lists or float32; results are float64. No input
is mutated, and no result shares memory with one. Nothing here reads a file or draws a number.
"""
