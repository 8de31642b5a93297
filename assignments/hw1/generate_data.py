"""Makes `data/weight-height.csv`, the data of Homework 1. Needs NumPy only.

The table is synthetic: nobody was measured. 10,000 rows are drawn independently, so already in
random order, from one bivariate normal distribution with the moments of the public weight-height
data: heights in inches, weights in pounds, two decimals each.

The file in the repository is the one that counts; running this again writes the same bytes:

    python assignments/hw1/generate_data.py
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA_FILE = Path(__file__).parent / "data" / "weight-height.csv"

SEED = 5242
ROWS = 10_000
HEIGHT_MEAN, HEIGHT_SD = 66.37, 3.85  # inches
WEIGHT_MEAN, WEIGHT_SD = 161.44, 32.11  # pounds
CORRELATION = 0.92


def heights_and_weights(rows: int = ROWS, seed: int = SEED) -> NDArray[np.float64]:
    """Heights in inches and weights in pounds, shape (rows, 2), not yet rounded.

    The correlation is made by hand, z_weight = r z_height + sqrt(1 - r^2) noise, because
    `Generator.multivariate_normal` goes through LAPACK, whose last digits depend on the machine.
    """
    z_height, noise = np.random.default_rng(seed).standard_normal((2, rows))
    z_weight = CORRELATION * z_height + np.sqrt(1 - CORRELATION**2) * noise
    height = HEIGHT_MEAN + HEIGHT_SD * z_height
    weight = WEIGHT_MEAN + WEIGHT_SD * z_weight
    return np.column_stack([height, weight])


def csv_text() -> str:
    """The whole file: a header, then one row a person, every line ended by a single LF."""
    lines = [f"{height:.2f},{weight:.2f}" for height, weight in heights_and_weights()]
    return "\n".join(["Height,Weight", *lines, ""])


def main() -> None:
    DATA_FILE.parent.mkdir(exist_ok=True)
    DATA_FILE.write_bytes(csv_text().encode("ascii"))


if __name__ == "__main__":
    main()
