"""Parses the phones' sources and keeps them in step: usage: check.py DIRECTORY-OF-GENERATED-BINDINGS."""

import re
import sys
import unittest
from pathlib import Path

import tree_sitter_kotlin
import tree_sitter_swift
from tree_sitter import Language, Parser

HERE = Path(__file__).resolve().parent.parent
GENERATED = Path(sys.argv.pop(1))
ANDROID, IOS = HERE / "android", HERE / "ios"
BUILT = {"build", "target", "generated", ".build", ".gradle"}


def sources(root, suffix):
    return sorted(path for path in root.rglob(f"*{suffix}") if not BUILT & set(path.relative_to(root).parts[:-1]))


def text(path):
    return path.read_text(encoding="utf-8")


def all_of(root, suffix):
    return "\n".join(text(path) for path in sources(root, suffix))


def faults(language, path):
    """Where the parser could not follow."""
    # An attribute of the generator's that the grammar does not know.
    tree = Parser(Language(language)).parse(path.read_bytes().replace(b"@_documentation(visibility: private)", b"").replace(b"{ () }", b"{}"))
    found, left = [], [tree.root_node]
    while left:
        node = left.pop()
        if node.type == "ERROR" or node.is_missing:
            found.append(f"{path.name}:{node.start_point[0] + 1}: {node.text[:60]!r}")
        left.extend(node.children)
    return found


def block(source, head):
    """What stands between the braces after `head`."""
    start = source.index("{", re.search(head, source).end())
    depth = 0
    for at in range(start, len(source)):
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        if depth == 0:
            return source[start + 1:at]
    raise AssertionError(f"{head} does not end")


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


SWIFT_CORE = text(GENERATED / "PassidWalletCore.swift")
KOTLIN_CORE = all_of(GENERATED, ".kt")


class Parsing(unittest.TestCase):
    def test_every_swift_source_is_swift(self):
        paths = [*sources(IOS, ".swift"), GENERATED / "PassidWalletCore.swift"]
        self.assertGreater(len(paths), 8)
        self.assertEqual([fault for path in paths for fault in faults(tree_sitter_swift.language(), path)], [])

    def test_every_kotlin_source_is_kotlin(self):
        paths = [*sources(ANDROID, ".kt"), *sources(ANDROID, ".kts")]
        self.assertGreater(len(paths), 10)
        self.assertEqual([fault for path in paths for fault in faults(tree_sitter_kotlin.language(), path)], [])

    def test_a_fault_would_be_found(self):
        broken = GENERATED / "Broken.swift"
        broken.write_text("func open( -> { let = }", encoding="utf-8")
        self.assertNotEqual(faults(tree_sitter_swift.language(), broken), [])
        broken.unlink()


class InStepWithTheCore(unittest.TestCase):
    def test_swift_calls_what_the_core_has_with_its_labels(self):
        signatures = {name: re.findall(r"(?:^|, )(\w+):", given) for name, given in re.findall(r"\n(?:open|public) func `?(\w+)`?\(([^)]*)\)", SWIFT_CORE)}
        free = set(re.findall(r"\npublic func (\w+)\(", SWIFT_CORE))
        calls = re.findall(r"(\bcore\.|(?<![.\w]))(\w+)\(((?:[^()]|\([^()]*\))*)\)", re.sub(r"func \w+\(", "", all_of(IOS, ".swift")))
        calls = [(name, re.findall(r"(?:^|, )(\w+): ", given)) for holder, name, given in calls if holder or name in free]
        self.assertGreater(len(calls), 10)
        self.assertEqual([(name, labels, signatures.get(name)) for name, labels in calls if labels != signatures.get(name)], [])

    def test_kotlin_calls_what_the_core_has(self):
        known = set(re.findall(r"fun `(\w+)`\(", KOTLIN_CORE)) | {"destroy"}
        called = set(re.findall(r"\bcore\.(\w+)\(", all_of(ANDROID, ".kt")))
        self.assertGreater(len(called), 8)
        self.assertLessEqual(called, known)

    def test_every_failure_of_the_core_has_advice_on_both(self):
        kinds = set(re.findall(r"\n    case (\w+)\(", block(SWIFT_CORE, r"public enum WalletFailure\b|public\s+enum WalletFailure")))
        self.assertGreater(len(kinds), 8)
        advice = block(text(IOS / "Sources/PassidWallet/Advice.swift"), r"var advice: Advice")
        self.assertEqual({kind for kind in kinds if f".{kind}" not in advice}, set())
        kotlin = text(ANDROID / "library/src/main/kotlin/app/passid/wallet/ConsentState.kt")
        self.assertEqual({kind for kind in kinds if kotlin.count(f"is WalletFailure.{kind} ->") != 2}, set())

    def test_the_version_is_the_workspaces(self):
        version = re.search(r'^version = "([^"]+)"', text(HERE.parent / "Cargo.toml"), re.MULTILINE)[1]
        self.assertIn(f'CORE_VERSION: String = "{version}"', all_of(ANDROID, ".kt"))
        self.assertIn(f'coreVersion = "{version}"', all_of(IOS, ".swift"))


class InStepWithEachOther(unittest.TestCase):
    kotlin = text(ANDROID / "library/src/main/kotlin/app/passid/wallet/ConsentState.kt")
    swift = text(IOS / "Sources/PassidWallet/ConsentState.swift")
    states = set(re.findall(r"data (?:object|class) (\w+)", kotlin))

    def test_the_same_states(self):
        self.assertEqual({snake(state) for state in self.states}, set(re.findall(r"\n    case (\w+)", block(self.swift, "enum ConsentState"))))

    def test_the_same_advice_for_the_same_codes(self):
        swift = text(IOS / "Sources/PassidWallet/Advice.swift")
        kotlin_names = set(re.findall(r"^    ([A-Z_]+),$", block(self.kotlin, "enum class Advice"), re.MULTILINE))
        swift_names = {snake(name).upper() for name in re.findall(r"\n    case (\w+)", block(swift, "enum Advice"))}
        self.assertEqual(kotlin_names, swift_names)

        def table(source, pattern):
            return {code: snake(advice).upper() for codes, advice in re.findall(pattern, source) for code in re.findall(r'"(\w+)"', codes)}

        one = table(block(self.kotlin, r"WalletFailure\.advice: Advice\s+get\(\)"), r'((?:"\w+",? ?)+) -> Advice\.(\w+)')
        other = table(block(swift, r"var advice: Advice"), r'case ((?:"\w+",? ?)+): return \.(\w+)')
        self.assertGreater(len(one), 10)
        self.assertEqual(one, other)

    def test_both_samples_show_every_state(self):
        compose = text(ANDROID / "sample/src/main/kotlin/app/passid/sample/ConsentScreen.kt")
        self.assertEqual({state for state in self.states if not re.search(rf"ConsentState\.{state} ->", compose)}, set())
        swiftui = block(text(IOS / "Sample/ConsentScreen.swift"), r"var body: some View")
        self.assertEqual({state for state in self.states if f"case .{state[0].lower()}{state[1:]}" not in swiftui}, set())

    def test_the_same_words_on_the_same_buttons(self):
        kotlin, swift = all_of(ANDROID / "sample/src/main", ".kt"), all_of(IOS / "Sample", ".swift")
        said = re.findall(r'(?:Text|Title|Head|News|Waiting|MainButton|OtherButton)\("([^"$]+)"', kotlin)
        self.assertGreater(len(said), 15)
        self.assertEqual([words for words in said if words not in swift], [])


class InStepWithinAndroid(unittest.TestCase):
    def test_gradle_and_maven_take_the_same_versions(self):
        gradle, maven = text(ANDROID / "gradle/libs.versions.toml"), text(ANDROID / "pom.xml")
        for name, pattern in [("kotlin", r"<kotlin.version>([^<]+)"), ("jna", r"<artifactId>jna</artifactId>\s*<version>([^<]+)"),
                              ("coroutines", r"<artifactId>kotlinx-coroutines-core-jvm</artifactId>\s*<version>([^<]+)")]:
            self.assertEqual(re.search(rf'^{name} = "([^"]+)"', gradle, re.MULTILINE)[1], re.search(pattern, maven)[1], name)

    def test_what_runs_on_a_jvm_names_nothing_of_android(self):
        for part in ("library", "sample"):
            self.assertNotRegex(all_of(ANDROID / part / "src/main", ".kt"), r"import (android\.|androidx\.(activity|biometric|core|lifecycle))")


if __name__ == "__main__":
    unittest.main(verbosity=2)
