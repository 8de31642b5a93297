"""What is right is accepted, and what is wrong is not: counted over thousands of solutions.

Right solutions are drawn from a grammar of styles (`styles`): other operation orders, loops and
matrices, precisions, containers. Wrong ones are the references with one thing changed by a machine
(`mutants`), as far as they give something else in 50 digits (`exact`) on inputs of their own
(`inputs`). The same solutions go before the judge and before what most graders do, `np.allclose` on
one public case (`judges`).
"""
