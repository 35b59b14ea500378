"""The rules themselves, on small trees: each finds what it is for and leaves good code alone."""

import pathlib
import tempfile
import unittest

import rules


class RulesTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)

    def tree(self):
        return rules.Tree(self.root)

    def put(self, path, text="", mode=0o644):
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text)
        full.chmod(mode)

    def assert_finds(self, rule, *wanted):
        found = rule(self.tree())
        self.assertEqual(len(found), len(wanted), found)
        for line, part in zip(found, wanted):
            self.assertIn(part, line)

    def test_each_rule_has_its_reason_beneath(self):
        for rule in rules.ALL:
            stated, _, reason = rule.__doc__.partition("\n\n")
            self.assertTrue(stated.strip() and reason.strip(), rule.__name__)

    # include_levels

    def test_lower_levels_and_the_own_folder_may_be_included(self):
        self.put("daemon/dispatch/a.cpp", '#include "daemon/dispatch/b.h"\n#include "daemon/http/c.h"\n#include "common/d.h"\n'
                 "#include <vector>\n")
        self.put("daemon/observe/a.h", '#include "daemon/platform/loop.h"\n')
        self.put("cli/a.cpp", '#include "cli/b.h"\n#include "common/c.h"\n')
        self.assert_finds(rules.include_levels)

    def test_higher_levels_may_not_be_included(self):
        self.put("daemon/policy/a.cpp", '\n#include "daemon/gateway/b.h"\n')
        self.put("common/a.h", "#include <daemon/policy/x.h>\n")
        self.assert_finds(rules.include_levels, "common/a.h:1", "daemon/policy/a.cpp:2: may not include daemon/gateway/b.h")

    def test_siblings_may_not_be_included(self):
        self.put("daemon/http/a.cpp", '#  include "daemon/config/b.h"\n')
        self.put("daemon/control/a.cpp", '#include "daemon/gateway/b.h"\n')
        self.assert_finds(rules.include_levels, "daemon/control/a.cpp:1", "daemon/http/a.cpp:1")

    def test_the_cli_includes_nothing_of_the_daemon_and_nobody_includes_tests(self):
        self.put("cli/a.cpp", '#include "daemon/policy/b.h"\n')
        self.put("daemon/app/a.cpp", '#include "tests/support/b.h"\n')
        self.assert_finds(rules.include_levels, "cli/a.cpp:1", "daemon/app/a.cpp:1")

    def test_a_folder_without_a_level_is_named(self):
        self.put("daemon/misc/a.cpp")
        self.assert_finds(rules.include_levels, "daemon/misc/a.cpp: its folder is in no level")

    def test_includes_are_written_from_the_root(self):
        self.put("daemon/http/a.cpp", '#include "b.h"\n#include "../c.h"\n#include "daemon/http/d.h"\n')
        self.assert_finds(rules.includes_from_the_root, ":1:", ":2:")

    # file_sizes

    def test_four_hundred_lines_are_the_bound(self):
        for n in range(20):
            self.put(f"common/s{n}.cpp", "x\n")
        self.put("common/a.cpp", "x\n" * 400)
        self.assert_finds(rules.file_sizes)
        self.put("common/a.cpp", "x\n" * 401)
        self.assert_finds(rules.file_sizes, "common/a.cpp: 401 lines")

    def test_one_in_twenty_may_have_over_three_hundred(self):
        for n in range(18):
            self.put(f"common/s{n}.h", "x\n")
        self.put("common/a.h", "x\n" * 301)
        self.assert_finds(rules.file_sizes, "1 of 19 files")
        self.put("common/s18.h", "x\n" * 300)
        self.assert_finds(rules.file_sizes)

    def test_half_of_the_units_may_have_over_120(self):
        self.put("common/a.cpp", "x\n" * 121)
        self.put("common/b.cpp", "x\n" * 120)
        self.assert_finds(rules.file_sizes)
        self.put("common/b.cpp", "x\n" * 121)
        self.assert_finds(rules.file_sizes, "2 of 2 .cpp files")

    # The rules about text

    def test_pragma_once_comes_first(self):
        self.put("common/good.h", "// What it is.\n\n#pragma once\nint x;\n")
        self.put("common/late.h", "int x;\n#pragma once\n")
        self.put("common/none.h", "#ifndef A\n")
        self.assert_finds(rules.pragma_once, "common/late.h", "common/none.h")

    def test_postponed_work_is_found(self):
        self.put("a.txt", "x TO" + "DO: y\nfix" + "me\nHA" + "CKED\n")
        self.put("b.py", "# FIX" + "ME\n# XX" + "X\n")
        self.assert_finds(rules.no_postponed_work, "a.txt:1", "b.py:1", "b.py:2")

    def test_machine_paths_are_found(self):
        self.put("a.md", "/wo" + "rk/main\nsee /ro" + "ot/x.txt\n/ho" + "me/jane/x\n")
        self.put("b.md", "/root/.openclaw/config.yaml\nnet/wo" + "rk/x\nhttps://x.com/ro" + "ot/\n/ho" + "me/me/x\n")
        self.assert_finds(rules.no_machine_paths, "a.md:1", "a.md:2", "a.md:3")

    def test_secrets_are_found_and_not_repeated_whole(self):
        self.put("a.yaml", "key: sk" + "-" + "abcdefghijklmnopqrstuvwxyz\nkey: your-proxy-api-key\nkey: sk-short\n")
        self.put("k.pem", "-----BEGIN RSA PRI" + "VATE KEY-----\n")
        self.assert_finds(rules.no_secrets, "a.yaml:1", "k.pem:1")
        self.assertNotIn("klmnop", "".join(rules.no_secrets(self.tree())))

    def test_sleeping_unit_tests_are_found(self):
        self.put("tests/unit/x/a_test.cpp", "std::this_thread::sleep_for(1s);\nint asleep(int);\n")
        self.put("tests/support/a.cpp", "usleep(1);\n")
        self.assert_finds(rules.unit_tests_do_not_sleep, "tests/unit/x/a_test.cpp:1")

    def test_threads_start_in_platform_only(self):
        self.put("daemon/platform/a.cpp", "std::thread t;\n")
        self.put("daemon/http/a.cpp", "// not std::thread\nstd::thread::id id;\nco_spawn(x, asio::detached);\nstd::thread t;\n")
        self.assert_finds(rules.nothing_detached, "daemon/http/a.cpp:3", "daemon/http/a.cpp:4")

    def test_platforms_are_told_apart_in_platform_only(self):
        self.put("daemon/platform/a.cpp", "#ifdef __APPLE__\n")
        self.put("daemon/http/a.cpp", "#if defined(__linux__)\n#if X\n")
        self.assert_finds(rules.platform_code_is_apart, "daemon/http/a.cpp:1")

    # tests_mirror_sources

    def test_each_unit_has_its_test(self):
        self.put("common/a.cpp")
        self.put("daemon/http/b.cpp")
        self.put("daemon/http/b_part.cpp")
        self.put("cli/c.cpp")
        self.assert_finds(rules.tests_mirror_sources, "cli/c.cpp", "common/a.cpp", "daemon/http/b.cpp", "daemon/http/b_part.cpp")
        for test in ("common/a", "http/b", "cli/c"):
            self.put(f"tests/unit/{test}_test.cpp")
        self.assert_finds(rules.tests_mirror_sources)

    def test_the_list_of_exceptions_can_only_shrink(self):
        self.put("common/a.cpp")
        self.put("common/b.cpp")
        self.put("tests/unit/common/b_test.cpp")
        self.put("tests/lint/untested.txt", "# why\ncommon/a.cpp covered by integration tests\n")
        self.assert_finds(rules.tests_mirror_sources)
        self.put("tests/lint/untested.txt", "common/a.cpp\ncommon/b.cpp reason\ncommon/gone.cpp reason\n")
        self.assert_finds(rules.tests_mirror_sources, ":1: say why", ":2: common/b.cpp has a test now", ":3: common/gone.cpp is gone")

    # shell_scripts and formatted

    def test_shell_scripts_are_checked(self):
        good = "#!/usr/bin/env bash\nset -euo pipefail\necho hi\n"
        self.put("good", good, 0o755)
        self.put("not_shell.py", "#!/usr/bin/env python3\nif (\n")
        self.assert_finds(rules.shell_scripts)
        self.put("good", good)
        self.assert_finds(rules.shell_scripts, "not executable")
        self.put("good", "#!/bin/sh\necho\n", 0o755)
        self.assert_finds(rules.shell_scripts, "set -euo pipefail")
        self.put("good", good + "if true; then\n", 0o755)
        self.assertIn("syntax error", "".join(rules.shell_scripts(self.tree())))

    def test_layout_is_checked(self):
        if rules.formatter() is None:
            self.skipTest("no clang-format of the right version")
        self.put(".clang-format", "BasedOnStyle: Google\n")
        self.put("common/a.cpp", "int x;\n")
        self.assert_finds(rules.formatted)
        self.put("common/a.cpp", "int   x ;\n")
        self.assert_finds(rules.formatted, "common/a.cpp:1")

    def test_built_files_are_not_part_of_the_tree(self):
        self.put("common/a.cpp")
        self.put("build/dev/b.cpp")
        self.assertEqual(self.tree().paths, ["common/a.cpp"])


if __name__ == "__main__":
    unittest.main()
