"""The verifier's tree is the one of RFC 6962, and its proofs prove nothing else."""

import ast
import hashlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain import merkle
from crossbearing.verification import tree

# Published with Certificate Transparency's reference implementation.
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def split(count: int) -> int:
    half = 1
    while half * 2 < count:
        half *= 2
    return half


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = split(len(leaves))
    return node(root_by_definition(leaves[:half]), root_by_definition(leaves[half:]))


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return [*path(index, leaves[:half]), root_by_definition(leaves[half:])]
    return [*path(index - half, leaves[half:]), root_by_definition(leaves[:half])]


def subproof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """The proof of RFC 6962, 2.1.2; ``whole`` is the RFC's b."""
    if old == len(leaves):
        return [] if whole else [root_by_definition(leaves)]
    half = split(len(leaves))
    if old <= half:
        return [*subproof(old, leaves[:half], whole), root_by_definition(leaves[half:])]
    return [*subproof(old - half, leaves[half:], False), root_by_definition(leaves[:half])]


def some(count: int, seed: str = "") -> list[bytes]:
    return [tree.leaf_hash(f"{seed}{number}".encode()) for number in range(count)]


@pytest.mark.parametrize("size", CT_ROOTS)
def test_the_published_roots_of_certificate_transparency_are_reproduced(size: int) -> None:
    leaves = [tree.leaf_hash(leaf) for leaf in CT_LEAVES]
    assert tree.root_of(leaves[:size]).hex() == CT_ROOTS[size]
    assert tree.Roots(leaves).at(size).hex() == CT_ROOTS[size]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert tree.root_of([]) == hashlib.sha256(b"").digest() == tree.Roots(some(3)).at(0)


@given(st.integers(1, 300))
def test_a_root_is_the_one_the_definition_gives_and_the_one_the_log_writes(size: int) -> None:
    leaves = some(size)
    assert tree.root_of(leaves) == root_by_definition(leaves) == merkle.root(leaves)


@given(st.lists(st.integers(0, 400), min_size=2, max_size=12))
def test_roots_asked_for_one_after_the_other_do_not_disturb_each_other(sizes: list[int]) -> None:
    leaves = some(400)
    roots = tree.Roots(leaves)
    assert [roots.at(size) for size in sizes] == [root_by_definition(leaves[:size]) for size in sizes]


def test_a_million_leaves_need_no_deep_recursion() -> None:
    depth = 0
    frame = sys._getframe()
    while frame.f_back:
        depth, frame = depth + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 60)
    try:
        assert len(tree.root_of([bytes(32)] * 1_000_000)) == 32
    finally:
        sys.setrecursionlimit(limit)


@given(st.data())
def test_an_inclusion_proof_proves_its_leaf_at_its_place_and_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    leaves = some(size)
    root, proof = tree.root_of(leaves), path(index, leaves)
    assert tree.is_included(leaves[index], index, size, root, proof)
    for other in range(-1, size + 2):
        if other != index:
            assert not tree.is_included(leaves[index], other, size, root, proof)
    assert not tree.is_included(tree.leaf_hash(b"other"), index, size, root, proof)
    assert not tree.is_included(leaves[index], index, size, tree.leaf_hash(b"other"), proof)
    assert not tree.is_included(leaves[index], index, size, root, [*proof, root])
    for step in range(len(proof)):
        assert not tree.is_included(leaves[index], index, size, root, proof[:step] + proof[step + 1 :])
        assert not tree.is_included(leaves[index], index, size, root, [*proof[:step], root, *proof[step + 1 :]])


@given(st.data())
def test_a_consistency_proof_proves_its_two_trees_and_no_others(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 70))
    old = data.draw(st.integers(1, new - 1))
    leaves = some(new)
    before, after, proof = tree.root_of(leaves[:old]), tree.root_of(leaves), subproof(old, leaves)
    wrong = tree.leaf_hash(b"other")
    assert tree.is_consistent(old, before, new, after, proof)
    assert not tree.is_consistent(old, wrong, new, after, proof)
    assert not tree.is_consistent(old, before, new, wrong, proof)
    assert not tree.is_consistent(new, after, old, before, proof)
    assert not tree.is_consistent(old, before, new, after, [*proof, wrong])
    assert not tree.is_consistent(old, before, new, after, [])
    for step in range(len(proof)):
        assert not tree.is_consistent(old, before, new, after, proof[:step] + proof[step + 1 :])
        assert not tree.is_consistent(old, before, new, after, [*proof[:step], wrong, *proof[step + 1 :]])


def test_a_proof_that_ends_too_early_for_the_sizes_is_refused() -> None:
    leaves = some(9)
    before, after = tree.root_of(leaves[:2]), tree.root_of(leaves[:3])
    assert tree.is_consistent(2, before, 3, after, subproof(2, leaves[:3]))
    assert not tree.is_consistent(2, before, 5, after, subproof(2, leaves[:3]))
    assert tree.is_included(leaves[0], 0, 3, after, path(0, leaves[:3]))
    assert not tree.is_included(leaves[0], 0, 5, after, path(0, leaves[:3]))


@pytest.mark.parametrize("new", range(1, 34))
def test_no_proof_of_a_rewritten_tree_is_accepted(new: int) -> None:
    """The most honest proof the rewriter can make: the right one for its own tree."""
    first, second = some(new), [tree.leaf_hash(b"rewritten"), *some(new)[1:]]
    for old in range(1, new):
        before = tree.root_of(first[:old])
        assert tree.is_consistent(old, before, new, tree.root_of(first), subproof(old, first))
        assert not tree.is_consistent(old, before, new, tree.root_of(second), subproof(old, second))
        assert not tree.is_consistent(old, before, new, tree.root_of(second), subproof(old, first))


def test_a_tree_continues_itself_and_the_empty_tree_without_a_proof() -> None:
    root = tree.root_of(some(5))
    assert tree.is_consistent(5, root, 5, root, [])
    assert not tree.is_consistent(5, root, 5, tree.leaf_hash(b"other"), [])
    assert not tree.is_consistent(5, root, 5, root, [root])
    assert tree.is_consistent(0, tree.EMPTY_ROOT, 5, root, [])
    assert not tree.is_consistent(0, root, 5, root, [])
    assert not tree.is_consistent(0, tree.EMPTY_ROOT, 5, root, [root])
    assert not tree.is_consistent(-1, root, 5, root, [root])


def test_a_proof_of_pieces_that_are_no_hashes_proves_nothing() -> None:
    """Without this a hash and a half could be moved from one step into the next."""
    leaves = some(2)
    root = tree.root_of(leaves)
    assert not tree.is_included(leaves[0] + leaves[1][:8], 0, 2, root, [leaves[1][8:]])
    assert not tree.is_included(leaves[0][:8], 0, 2, root, [leaves[0][8:] + leaves[1]])
    assert not tree.is_consistent(1, leaves[0][:8], 2, root, [leaves[0][8:] + leaves[1]])


def test_the_verifier_shares_no_code_with_what_it_verifies() -> None:
    for module in Path(tree.__file__).parent.glob("*.py"):
        for found in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in found.names] if isinstance(found, ast.Import) else []
            names += [str(found.module)] if isinstance(found, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                allowed = (
                    top in sys.stdlib_module_names
                    or top == "cryptography"
                    or (top == "rfc3161_client" and module.stem == "stamps")
                    or (top == "pyrage" and module.stem in {"bundle", "reply"})
                    or name in {"crossbearing.domain.errors", "crossbearing.domain.answers"}
                    or name.startswith("crossbearing.verification")
                )
                assert allowed, f"{module.name}: {name}"
