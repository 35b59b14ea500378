"""Every rule of rules.py, over this tree."""

import inspect
import os
import pathlib
import unittest

import rules

ROOT = pathlib.Path(os.environ.get("TIDEGATE_SOURCE") or pathlib.Path(__file__).resolve().parents[2])
TREE = rules.Tree(ROOT)


class TreeTest(unittest.TestCase):
    """One test for each rule; they are added below."""

    def test_the_tree_was_found(self):
        self.assertIn("CMakeLists.txt", TREE.paths)
        self.assertTrue(TREE.sources(".cpp", below=("common/",)))


def _test_of(rule):
    def test(self):
        if rule is rules.formatted and rules.formatter() is None:
            self.skipTest(f"no clang-format {rules.FORMATTER_VERSION}")
        found = rule(TREE)
        if found:
            self.fail("\n" + "\n".join(found) + "\n\n" + inspect.getdoc(rule))

    return test


for _rule in rules.ALL:
    setattr(TreeTest, f"test_{_rule.__name__}", _test_of(_rule))


if __name__ == "__main__":
    unittest.main()
