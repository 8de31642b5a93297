"""Runs in copydetect's own environment: FOLDER/work against itself, without FOLDER/given.

Prints [first, second, similarity] of each pair that has any, as JSON.
"""

import contextlib
import json
import sys

import copydetect


def main(folder):
    with contextlib.redirect_stdout(sys.stderr):
        detector = copydetect.CopyDetector(
            test_dirs=[f"{folder}/work"],
            boilerplate_dirs=[f"{folder}/given"],
            extensions=["py"],
            display_t=0,
            silent=True,
        )
        detector.run()
    files = [int(name.rpartition("/")[2].removesuffix(".py")) for name in detector.test_files]
    found = {}
    for i, row in enumerate(detector.similarity_matrix):
        for j, scores in enumerate(row):
            score = float(max(scores))
            pair = tuple(sorted((files[i], files[j])))
            if i != j and score > 0:
                found[pair] = max(score, found.get(pair, 0))
    print(json.dumps([[*pair, score] for pair, score in found.items()]))


main(sys.argv[1])
