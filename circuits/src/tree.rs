//! The credential tree as the circuit walks it: 4-ary, fifteen levels, Poseidon nodes, zero for an empty or revoked leaf.

use core::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::FieldElement;
use crate::poseidon::{Domain, hash};

/// Children of a node.
pub const ARITY: usize = 4;

/// Levels of nodes above the leaves.
pub const DEPTH: usize = 15;

/// Leaves a tree can hold, 4^15 = 2^30.
pub const CAPACITY: u64 = 1 << (2 * DEPTH);

/// A leaf that was never filled, or was zeroed by a revocation.
pub const EMPTY_LEAF: FieldElement = FieldElement::ZERO;

/// The hash of four children, in order.
pub fn node_hash(children: [FieldElement; ARITY]) -> FieldElement {
    hash(Domain::TreeNode, &children.map(|child| *child.as_fr())).into()
}

/// The root of a subtree of empty leaves with `level` levels of nodes; level 0 is an empty leaf, level [`DEPTH`] the empty tree.
///
/// Levels above [`DEPTH`] do not exist and answer the empty tree.
pub fn empty_subtree_root(level: usize) -> FieldElement {
    static ROOTS: OnceLock<[FieldElement; DEPTH + 1]> = OnceLock::new();
    let roots = ROOTS.get_or_init(|| {
        let mut current = EMPTY_LEAF;
        core::array::from_fn(|level| {
            if level > 0 {
                current = node_hash([current; ARITY]);
            }
            current
        })
    });
    roots.get(level).unwrap_or(&roots[DEPTH]).to_owned()
}

/// From a leaf to the root: at each level the three siblings in order, the node's own place left out.
///
/// The place at level `l` (0 next to the leaves) is the `l`-th base-4 digit of `leaf_index`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct MerklePath {
    /// Position of the leaf, below [`CAPACITY`].
    pub leaf_index: u64,
    /// Siblings per level, leaves first.
    pub siblings: [[FieldElement; ARITY - 1]; DEPTH],
}

impl MerklePath {
    /// The root this path leads to from `leaf`. An index of [`CAPACITY`] or more is taken modulo the capacity.
    pub fn root(&self, leaf: FieldElement) -> FieldElement {
        self.walk(leaf).1
    }

    /// The four children at every level, leaves first, and the root.
    pub(crate) fn walk(&self, leaf: FieldElement) -> ([[FieldElement; ARITY]; DEPTH], FieldElement) {
        let mut current = leaf;
        let mut index = self.leaf_index;
        let levels = self.siblings.map(|siblings| {
            let place = usize::try_from(index % 4).unwrap_or_default();
            index /= 4;
            let mut others = siblings.into_iter();
            let children = core::array::from_fn(|child| if child == place { current } else { others.next().unwrap_or_default() });
            current = node_hash(children);
            children
        });
        (levels, current)
    }
}

/// A path says which credential it belongs to, so it does not print.
impl fmt::Debug for MerklePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MerklePath(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: u64) -> FieldElement {
        FieldElement::from_u64(value)
    }

    #[test]
    fn the_index_decides_the_place_at_every_level() {
        let siblings: [[FieldElement; 3]; DEPTH] = core::array::from_fn(|level| core::array::from_fn(|place| number((10 * level + place) as u64)));
        let leaf_index = (0..DEPTH as u64).fold(0, |index, level| index | ((level % 4) << (2 * level)));
        let mut current = number(7);
        for (level, [a, b, c]) in siblings.into_iter().enumerate() {
            current = node_hash(match level % 4 {
                0 => [current, a, b, c],
                1 => [a, current, b, c],
                2 => [a, b, current, c],
                _ => [a, b, c, current],
            });
        }
        let path = MerklePath { leaf_index, siblings };
        assert_eq!(path.root(number(7)), current);
        assert_ne!(MerklePath { leaf_index: leaf_index ^ 1, ..path }.root(number(7)), current);
    }

    #[test]
    fn an_empty_tree_is_the_path_of_empty_siblings() {
        let path = MerklePath { leaf_index: 0, siblings: core::array::from_fn(|level| [empty_subtree_root(level); ARITY - 1]) };
        assert_eq!(path.root(EMPTY_LEAF), empty_subtree_root(DEPTH));
        assert_eq!(empty_subtree_root(0), EMPTY_LEAF);
    }
}
