//! Which listed names are worth comparing: an index that loses nothing a full scan would find.
//!
//! A name reaches [`THRESHOLD`](super::matching::THRESHOLD) only if every word of the shorter name has a partner, because words that
//! differ on both sides cost the factor 0.7 and a single word against several the factor 0.8. So at least two words of a name of two
//! or more must have a partner; words written together or apart count as what they make up. The index maps every word of the lists,
//! every two and three neighbours written together, and every whole name written together, to the names they occur in. A word's
//! possible partners are found by length and by which letters occur at all: one edit changes at most two of those.

use std::collections::HashMap;

use super::matching::{allowed_edits, is_initial, word_similarity};
use super::name::{NameKey, SON_OF};

/// Neighbours written together at most.
const NEIGHBOURS: usize = 3;

/// The distinct words of one length; the letters stand apart, because they are read far more often than the rest.
#[derive(Debug, Default)]
struct SameLength {
    letters: Vec<u32>,
    texts: Vec<String>,
    /// Positions of the names each word occurs in, ascending.
    names: Vec<Vec<u32>>,
}

/// The index over a set of names.
#[derive(Debug, Default)]
pub(super) struct NameIndex {
    /// Words by their length.
    by_length: Vec<SameLength>,
    names: usize,
}

impl NameIndex {
    /// Indexes `keys` by their positions.
    pub(super) fn over<'a>(keys: impl Iterator<Item = &'a NameKey>) -> Self {
        let mut occurrences: HashMap<String, Vec<u32>> = HashMap::new();
        let mut names = 0;
        for (position, key) in (0_u32..).zip(keys) {
            names += 1;
            for (text, _) in units(key.words()) {
                let positions = occurrences.entry(text).or_default();
                if positions.last() != Some(&position) {
                    positions.push(position);
                }
            }
        }
        let mut by_length: Vec<SameLength> = Vec::new();
        for (text, names) in occurrences {
            if by_length.len() <= text.len() {
                by_length.resize_with(text.len() + 1, SameLength::default);
            }
            let words = &mut by_length[text.len()];
            words.letters.push(letters(&text));
            words.texts.push(text);
            words.names.push(names);
        }
        Self { by_length, names }
    }

    /// Positions of the names that may reach the threshold, ascending.
    pub(super) fn candidates(&self, key: &NameKey) -> Vec<usize> {
        let words = key.words();
        // Sixty-four bits mark which words have partners; nobody's name is longer, and what is goes the long way.
        if words.len() > 64 || words.iter().all(|word| is_initial(word)) {
            return (0..self.names).collect();
        }
        // An initial may stand for very many words: it counts as partnered.
        let initials = words.iter().enumerate().filter(|(_, word)| is_initial(word)).fold(0_u64, |mask, (position, _)| mask | (1 << position));
        let mut partnered: HashMap<u32, u64> = HashMap::new();
        for (text, covered) in units(words).into_iter().filter(|(text, _)| !is_initial(text)) {
            for names in self.partners(&text, covered.count_ones() > 1) {
                for name in names {
                    *partnered.entry(*name).or_default() |= covered;
                }
            }
        }
        let needed = u32::try_from(words.len().min(2)).unwrap_or(2);
        let mut found: Vec<usize> =
            partnered.into_iter().filter(|(_, covered)| (covered | initials).count_ones() >= needed).map(|(name, _)| name as usize).collect();
        found.sort_unstable();
        found
    }

    /// The names of every word that may be a partner of `text`. Words written together are never what an initial stands for.
    fn partners<'a>(&'a self, text: &'a str, together: bool) -> impl Iterator<Item = &'a Vec<u32>> {
        let wanted = letters(text);
        self.by_length.iter().enumerate().flat_map(move |(length, words)| {
            let edits = allowed_edits(length.max(text.len()));
            let initials = length == 1 && !together;
            let near = initials || length.abs_diff(text.len()) <= edits;
            let letters = if near { words.letters.as_slice() } else { &[] };
            letters.iter().enumerate().filter_map(move |(position, letters)| {
                let plausible = initials || (letters ^ wanted).count_ones() as usize <= 2 * edits;
                (plausible && word_similarity(text, words.texts.get(position)?) > 0.0).then(|| words.names.get(position)).flatten()
            })
        })
    }
}

/// Every word, every few neighbours together, and the whole together, with a mark for each word they cover. A word bound by `bin`
/// stands without it: it may be the partner of either.
fn units(words: &[String]) -> Vec<(String, u64)> {
    let mut units = Vec::new();
    for first in 0..words.len() {
        for count in 1..=NEIGHBOURS.min(words.len() - first) {
            let text = words[first..first + count].concat();
            let text = text.strip_prefix(SON_OF).map_or_else(|| text.clone(), str::to_owned);
            let covered =
                (first..first + count).fold(0_u64, |mask, position| mask | 1_u64.checked_shl(u32::try_from(position).unwrap_or(u32::MAX)).unwrap_or(0));
            units.push((text, covered));
        }
    }
    if words.len() > NEIGHBOURS {
        units.push((words.concat(), u64::MAX));
    }
    units
}

/// A bit for each letter and digit that occurs.
fn letters(text: &str) -> u32 {
    text.bytes().fold(0, |mask, byte| match byte {
        b'a'..=b'z' => mask | 1 << (byte - b'a'),
        b'0'..=b'9' => mask | 1 << 26,
        _ => mask,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::matching::{THRESHOLD, similarity};
    use super::*;

    const NAMES: [&str; 12] = [
        "AL ZAWAHIRI, Dr. Ayman",
        "ABDULHAI SALEK",
        "Osama bin Laden",
        "KO Tae Hun",
        "Nikolai Platonovich PATRUSHEV",
        "RamiMakhlouf",
        "A. Khan",
        "Muhammad bin Salman",
        "Jean-Pierre van der Berg",
        "Hambali",
        "Abu Bakar Ba'asyir",
        "Владимир Путин",
    ];

    /// Everything a full scan finds is a candidate.
    fn check(index: &NameIndex, keys: &[NameKey], query: &str) -> Result<(), String> {
        let Some(key) = NameKey::of(query) else { return Ok(()) };
        let candidates = index.candidates(&key);
        let lost = keys.iter().enumerate().find(|(position, listed)| similarity(&key, listed) >= THRESHOLD && !candidates.contains(position));
        lost.map_or(Ok(()), |(_, listed)| Err(format!("{query}: lost {listed:?}")))
    }

    fn indexed() -> (NameIndex, Vec<NameKey>) {
        let keys: Vec<NameKey> = NAMES.iter().map(|name| NameKey::of(name).unwrap()).collect();
        (NameIndex::over(keys.iter()), keys)
    }

    #[test]
    fn spellings_that_move_spaces_are_not_lost() {
        let (index, keys) = indexed();
        for query in [
            "Ayman alzawahiri",
            "Abdul Hai Salek",
            "Ra mi Makh louf",
            "Nikolai Plat Ono Vich Patrushev",
            "Amir Khan",
            "KoTaeHun",
            "Hambaly",
            "jeanpierrevanderberg",
        ] {
            check(&index, &keys, query).unwrap();
        }
        assert_eq!(index.candidates(&NameKey::of("Amara Osei").unwrap()), [] as [usize; 0]);
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_a_name_nothing_is_lost(
            name in prop::sample::select(NAMES.to_vec()),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, "[a-z ]"), 0..5),
            reversed in any::<bool>(),
        ) {
            let (index, keys) = indexed();
            let mut letters: Vec<char> = name.to_lowercase().chars().collect();
            for (position, kind, letter) in edits {
                let at = position.index(letters.len().max(1)).min(letters.len().saturating_sub(1));
                let letter = letter.chars().next().unwrap_or('x');
                match kind {
                    0 if letters.len() > 1 => { letters.remove(at); }
                    1 => letters.insert(at, letter),
                    2 if at + 1 < letters.len() => letters.swap(at, at + 1),
                    _ => if let Some(place) = letters.get_mut(at) { *place = letter; },
                }
            }
            let text: String = letters.into_iter().collect();
            let query = if reversed { text.split(' ').rev().collect::<Vec<_>>().join(" ") } else { text };
            prop_assert_eq!(check(&index, &keys, &query), Ok(()));
        }
    }
}
