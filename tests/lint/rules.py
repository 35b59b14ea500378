"""The rules of the house that a program can check. Each is a function (tree) -> list of findings; its docstring is the
rule and, beneath it, the reason, and both are printed with the findings."""

import os
import pathlib
import re
import shutil
import subprocess

SOURCE = (".cpp", ".h")
CODE_FOLDERS = ("common/", "daemon/", "cli/", "tests/")

# Folders of the daemon from the lowest level to the highest; those on one line are siblings.
LEVELS = (
    ("common",),
    ("policy", "platform"),
    ("observe",),
    ("http", "config", "upstream", "storage"),
    ("dispatch",),
    ("jobs",),
    ("gateway", "control"),
    ("app",),
)


class Tree:
    """The files of a project: paths with forward slashes, relative to `root`, and their texts."""

    def __init__(self, root, paths=None):
        self.root = pathlib.Path(root)
        self.paths = sorted(paths if paths is not None else _project_files(self.root))
        self._texts = {}

    def text(self, path):
        """The file's text; empty for what is no UTF-8 (images, samples of broken bytes)."""
        if path not in self._texts:
            try:
                self._texts[path] = (self.root / path).read_text("utf-8")
            except UnicodeDecodeError:
                self._texts[path] = ""
        return self._texts[path]

    def lines(self, path):
        return self.text(path).splitlines()

    def sources(self, *suffixes, below=CODE_FOLDERS):
        return [p for p in self.paths if p.endswith(suffixes or SOURCE) and p.startswith(tuple(below))]

    def grep(self, paths, pattern, message):
        """One finding for each line of `paths` in which `pattern` is; {0} in the message is what matched."""
        found = []
        for path in paths:
            if not re.search(pattern, self.text(path), re.M):
                continue
            for number, line in enumerate(self.lines(path), 1):
                match = re.search(pattern, line)
                if match:
                    found.append(f"{path}:{number}: {message.format(match.group(0))}")
        return found


def _project_files(root):
    """What git knows or would add; without git (a release's tarball), everything but what is built."""
    if (root / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], capture_output=True, check=True).stdout.decode()
        return [p for p in listed.split("\0") if p and (root / p).is_file()]
    skipped = {".git", "build", "node_modules", "__pycache__"}
    out = []
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in skipped]
        out += [(pathlib.Path(folder) / f).relative_to(root).as_posix() for f in files]
    return out


def _level(path):
    """(folder's name, its level) of a source of ours, or None."""
    parts = path.split("/")
    name = parts[1] if parts[0] == "daemon" and len(parts) > 2 else parts[0]
    for number, names in enumerate(LEVELS):
        if name in names and (parts[0] == "daemon" or name == "common"):
            return name, number
    return None


def include_levels(tree):
    """A folder includes only folders of lower levels, never its siblings; the CLI includes common only.

    So each folder can be read, tested and replaced knowing only what is beneath it, and no cycle can grow."""
    found = []
    for path in tree.sources(below=("common/", "daemon/", "cli/")):
        own = _level(path)
        if own is None and not path.startswith("cli/"):
            found.append(f"{path}: its folder is in no level; name it in LEVELS of tests/lint/rules.py")
            continue
        for number, line in enumerate(tree.lines(path), 1):
            match = re.match(r'\s*#\s*include\s+["<]((?:common|daemon|cli|tests)/[^">]+)', line)
            if not match:
                continue
            other = match.group(1)
            if path.startswith("cli/"):
                allowed = other.startswith(("common/", "cli/"))
            else:
                target = _level(other)
                allowed = target is not None and (target[0] == own[0] or target[1] < own[1])
            if not allowed:
                found.append(f"{path}:{number}: may not include {other}")
    return found


def includes_from_the_root(tree):
    """Our own headers are included by their path from the project's root, without "..".

    So an include says which folder it crosses into, and the levels can be checked by reading."""
    return tree.grep(tree.sources(below=("common/", "daemon/", "cli/")), r'#\s*include\s+"(?!common/|daemon/|cli/)[^"]*"',
                     "{0}: write the path from the root")


def file_sizes(tree):
    """No .cpp or .h has over 400 lines, 95 % have at most 300, and half of the .cpp files have at most 120.

    A file with one purpose fits in a reader's head; the shares keep "just this one" from becoming the habit."""
    sizes = {p: len(tree.lines(p)) for p in tree.sources()}
    found = [f"{p}: {n} lines, over 400" for p, n in sizes.items() if n > 400]
    long = sorted((n, p) for p, n in sizes.items() if n > 300)
    if len(long) > len(sizes) * 0.05:
        found.append(f"{len(long)} of {len(sizes)} files have over 300 lines (5 % may): {', '.join(p for _, p in long)}")
    units = [n for p, n in sizes.items() if p.endswith(".cpp")]
    over = sum(n > 120 for n in units)
    if over > len(units) / 2:
        found.append(f"{over} of {len(units)} .cpp files have over 120 lines (half may)")
    return found


def pragma_once(tree):
    """Every header has `#pragma once`, before its first line of code.

    Hand-written guards get copied with the file and then silence the second one."""
    found = []
    for path in (p for p in tree.paths if p.endswith((".h", ".h.in"))):
        code = [line for line in tree.lines(path) if line.strip() and not line.lstrip().startswith("//")]
        if not code or code[0].strip() != "#pragma once":
            found.append(f"{path}: does not begin with #pragma once")
    return found


def no_postponed_work(tree):
    """No note that something is yet to be done stands in the tree.

    What is owed is an issue, where it is seen and can be closed; in the source it is only ever read by accident."""
    words = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
    return tree.grep(tree.paths, rf"\b(?:{words})\b", "{0}: finish it, or open an issue")


# Where the guide's path of the configuration on a VPS may be named.
ROOT_PATH = "/root/.openclaw"


def no_machine_paths(tree):
    """No path of the machine that the work was done on.

    The next one does not have it. /root/.openclaw is the guide's own place for the configuration on a VPS."""
    folders = "|".join(("work", "root", "home/" + "[a-z]+"))
    found = tree.grep(tree.paths, rf"(?<![\w.$}}~-])/(?:{folders})/[\w.]*", "{0}: a path of one machine")
    return [line for line in found if ROOT_PATH not in line and "/home/" + "me/" not in line]


def no_secrets(tree):
    """Nothing that looks like a real key or private key is in the tree.

    A key that was pushed once is known for ever; samples say that they are samples (your-proxy-api-key, test-key-...)."""
    patterns = "|".join((
        r"\bsk-(?:ant-|or-v1-|proj-)?[A-Za-z0-9_-]{24,}", r"\bgh[pousr]_[A-Za-z0-9]{36}", r"\bAKIA[0-9A-Z]{16}\b",
        r"\bxox[abpr]-[A-Za-z0-9-]{20,}", r"\bAIza[A-Za-z0-9_-]{35}", "-----BEGIN " + r"(?:[A-Z]+ )?PRIVATE KEY-----$",
        r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}"))
    found = tree.grep(tree.paths, patterns, "looks like a key ({0:.8}…)")
    return found


def tests_mirror_sources(tree):
    """Every .cpp of common, daemon and cli has a test file that mirrors its path in tests/unit.

    So whoever changes a file knows where its test is. daemon/x/y.cpp has tests/unit/x/y_test.cpp; y_part.cpp may share
    y_test.cpp. What is tested otherwise stands in untested.txt with the reason; that list can only shrink: a line whose
    file is gone or has a test by now is an error too."""
    tests = {p for p in tree.paths if p.startswith("tests/unit/") and p.endswith("_test.cpp")}
    excused = {}
    listed = "tests/lint/untested.txt"
    found = []
    for number, line in enumerate(tree.lines(listed) if listed in tree.paths else [], 1):
        if not line.strip() or line.startswith("#"):
            continue
        path, _, reason = line.partition(" ")
        excused[path] = number
        if not reason.strip():
            found.append(f"{listed}:{number}: say why {path} needs no test of its own")
    for path in tree.sources(".cpp", below=("common/", "daemon/", "cli/")):
        mirrored = path.removeprefix("daemon/").removesuffix(".cpp")
        folder, _, words = mirrored.rpartition("/")
        parts = words.split("_")
        has = any(f"tests/unit/{folder}/{'_'.join(parts[:n])}_test.cpp" in tests for n in range(len(parts), 0, -1))
        if path in excused:
            if has:
                found.append(f"{listed}:{excused[path]}: {path} has a test now; take the line out")
        elif not has:
            found.append(f"{path}: has no tests/unit/{mirrored}_test.cpp")
    sources = set(tree.sources(".cpp", below=("common/", "daemon/", "cli/")))
    found += [f"{listed}:{n}: {p} is gone; take the line out" for p, n in excused.items() if p not in sources]
    return found


def unit_tests_do_not_sleep(tree):
    """No unit test sleeps.

    A sleep is either too long for those who wait or too short for a slow machine; the manual clock and the loop's own
    events are exact."""
    return tree.grep(tree.sources(below=("tests/unit/",)), r"\b(?:sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(",
                     "{0}: wait for the event itself")


def nothing_detached(tree):
    """Threads and detached coroutines are started in daemon/platform only.

    Shutdown waits for what platform started; what it does not know of runs on while the rest is taken down."""
    paths = [p for p in tree.sources(below=("daemon/", "cli/", "common/")) if not p.startswith("daemon/platform/")]
    return tree.grep(paths, r"^(?!\s*//).*(?:\bstd::j?thread\b(?!::)|\basio::detached\b|\.detach\(\))", "start it through platform")


def platform_code_is_apart(tree):
    """Only daemon/platform and common/paths.cpp ask which system this is.

    One file per platform, chosen by CMake, can be read and built apart; an #if in the middle of logic is only ever tested
    on one of them."""
    paths = [p for p in tree.sources(below=("common/", "daemon/", "cli/"))
             if not p.startswith("daemon/platform/") and p != "common/paths.cpp"]
    return tree.grep(paths, r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b.*\b(?:__APPLE__|__linux__|__FreeBSD__)\b", "{0}")


def _is_script(tree, path):
    """Whether it is a shell script to be run; what only gets sourced ends in .sh and has no #! line."""
    return bool(re.match(r"#!.*\b(?:ba)?sh\b", tree.text(path).split("\n", 1)[0]))


def shell_scripts(tree):
    """Shell scripts parse, are executable, and stop at an unset variable or a failed command (set -euo pipefail).

    They run on other people's machines with rights to install things. Where shellcheck is installed it has its say."""
    found = []
    checker = shutil.which("shellcheck")
    for path in (p for p in tree.paths if p.endswith(".sh") or _is_script(tree, p)):
        full = str(tree.root / path)
        checked = subprocess.run(["bash", "-n", full], capture_output=True, text=True, check=False)
        if checked.returncode != 0:
            found.append(f"{path}: {checked.stderr.strip()}")
        if _is_script(tree, path) and not os.access(full, os.X_OK):
            found.append(f"{path}: has a #! line and is not executable")
        if _is_script(tree, path) and not re.search(r"^set -euo pipefail$", tree.text(path), re.M):
            found.append(f"{path}: lacks set -euo pipefail")
        if checker:
            checked = subprocess.run([checker, "--severity=warning", "--format=gcc", "--external-sources",
                                      f"--source-path={tree.root}", full], capture_output=True, text=True, check=False)
            found += checked.stdout.splitlines()
    return found


FORMATTER_VERSION = "19"


def formatter():
    """The one clang-format whose word counts, or None: versions differ in what they make of the same style."""
    for name in (f"clang-format-{FORMATTER_VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
            if re.search(rf"\bversion {FORMATTER_VERSION}\.", said):
                return path
    return None


def formatted(tree):
    """C++ is as clang-format 19 writes it with the project's .clang-format.

    Nobody spends a thought on layout, and changes show only what changed."""
    program = formatter()
    paths = tree.sources()
    if program is None or not paths:
        return []
    checked = subprocess.run([program, "--dry-run", "--Werror", *paths], cwd=tree.root, capture_output=True, text=True,
                             check=False)
    bad = {}
    for line in checked.stderr.splitlines():
        match = re.match(r"(.+?):(\d+):\d+: error:", line)
        if match:
            bad.setdefault(match.group(1), match.group(2))
    found = [f"{path}:{line}: {os.path.basename(program)} -i {path}" for path, line in bad.items()]
    return found or ([checked.stderr.strip()] if checked.returncode else [])


ALL = (include_levels, includes_from_the_root, file_sizes, pragma_once, no_postponed_work, no_machine_paths, no_secrets,
       tests_mirror_sources, unit_tests_do_not_sleep, nothing_detached, platform_code_is_apart, shell_scripts, formatted)
