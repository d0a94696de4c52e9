//! Which listed names are worth comparing: an index that loses nothing a full scan would find.
//!
//! A name reaches [`THRESHOLD`](super::matching::THRESHOLD) only if every word of the shorter name has a partner, because words that
//! differ on both sides cost the factor 0.7; and a single word against several costs the factor 0.8, so where one side is a single word
//! both must be covered whole. A partner is a word that resembles the word; or, of neighbours written together, a word that resembles
//! them closely enough to be taken for them; or the whole name written together. An initial may stand for very many words, so it is
//! counted as the partner of whichever word needs one.
//!
//! Partners are found by length and by which letters occur at all, both read in a row, and then by their edit distance.

use std::collections::HashMap;

use rapidfuzz::distance::osa;

use super::name::{NameKey, SON_OF, letters};
use super::{allowed_edits, is_initial, joined_edits};

/// Neighbours written together at most.
const NEIGHBOURS: usize = 3;
/// Words of one length that are looked at together.
const ROW: usize = 64;

/// Where a word or several together occur: the name, and a bit for each of its words that they cover.
type Occurrence = (u32, u32);

/// The distinct words of one length; the letters stand apart, because they are read far more often than the rest.
#[derive(Debug, Default)]
struct SameLength {
    letters: Vec<u32>,
    texts: Vec<String>,
    occurrences: Vec<Vec<Occurrence>>,
}

/// Distinct words, or several written together, by their length.
#[derive(Debug, Default)]
struct Vocabulary(Vec<SameLength>);

/// How many words a name has, and how many of them are initials.
#[derive(Debug, Clone, Copy)]
struct Size {
    words: u32,
    initials: u32,
}

/// The index over a set of names.
#[derive(Debug, Default)]
pub(in crate::screening) struct NameIndex {
    words: Vocabulary,
    together: Vocabulary,
    /// Names by all their words written together.
    wholes: HashMap<String, Vec<u32>>,
    /// By position.
    sizes: Vec<Size>,
}

/// What of a listed name and of the name in question has partners: a bit for each word.
#[derive(Clone, Copy, Default)]
struct Covered {
    listed: u32,
    asked: u64,
}

impl NameIndex {
    /// Indexes `keys` by their positions.
    pub(in crate::screening) fn over<'a>(keys: impl Iterator<Item = &'a NameKey>) -> Self {
        let (mut words, mut together): (HashMap<String, Vec<Occurrence>>, HashMap<String, Vec<Occurrence>>) = (HashMap::new(), HashMap::new());
        let mut index = Self::default();
        for (position, key) in (0_u32..).zip(keys) {
            for unit in units(key.words()) {
                let place = if unit.count == 1 { &mut words } else { &mut together };
                // Thirty-two bits; what a longer name covers counts as everything.
                let covers = u32::try_from(unit.covers).unwrap_or(u32::MAX);
                place.entry(unit.text).or_default().push((position, covers));
            }
            index.wholes.entry(key.whole().to_owned()).or_default().push(position);
            let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            // A name too long for the bits counts as covered from the start.
            let counted = if key.words().len() > 32 { 0 } else { key.words().len() };
            index.sizes.push(Size { words: count(counted), initials: count(initials(key.words())) });
        }
        index.words = Vocabulary::of(words);
        index.together = Vocabulary::of(together);
        index
    }

    /// Positions of the names that may reach the threshold, ascending.
    pub(in crate::screening) fn candidates(&self, key: &NameKey) -> Vec<usize> {
        let words = key.words();
        // Nobody's name is longer than the bits; what is goes the long way, and so do initials alone.
        if words.len() > 64 || words.iter().all(|word| is_initial(word)) {
            return (0..self.sizes.len()).collect();
        }
        let mut covered = vec![Covered::default(); self.sizes.len()];
        let mut cover = |unit: &Unit, found: &[Occurrence]| {
            for (name, listed) in found {
                if let Some(covered) = usize::try_from(*name).ok().and_then(|name| covered.get_mut(name)) {
                    covered.listed |= listed;
                    covered.asked |= unit.covers;
                }
            }
        };
        for unit in units(words) {
            if unit.count > 1 {
                self.words.near(&unit.text, joined_edits, |found| cover(&unit, found));
            } else {
                self.words.near(&unit.text, allowed_edits, |found| cover(&unit, found));
                self.together.near(&unit.text, joined_edits, |found| cover(&unit, found));
            }
        }
        for name in self.wholes.get(key.whole()).into_iter().flatten() {
            if let Some(covered) = usize::try_from(*name).ok().and_then(|name| covered.get_mut(name)) {
                *covered = Covered { listed: u32::MAX, asked: u64::MAX };
            }
        }
        let asked = Size { words: u32::try_from(words.len()).unwrap_or(u32::MAX), initials: u32::try_from(initials(words)).unwrap_or(u32::MAX) };
        let worth = |(position, (covered, size)): (usize, (Covered, &Size))| covered.may_reach(asked, *size).then_some(position);
        covered.into_iter().zip(&self.sizes).enumerate().filter_map(worth).collect()
    }
}

impl Covered {
    /// Whether enough words have partners. Initials of either side may be the partners of as many words of the other, and have ones.
    const fn may_reach(self, asked: Size, listed: Size) -> bool {
        if self.asked == 0 && asked.initials == 0 && listed.initials == 0 {
            return false;
        }
        let spare = asked.initials + listed.initials;
        let asked_whole = self.asked.count_ones() + spare >= asked.words;
        let listed_whole = self.listed.count_ones() + spare >= listed.words;
        if asked.words == 1 || listed.words == 1 { asked_whole && listed_whole } else { asked_whole || listed_whole }
    }
}

impl Vocabulary {
    fn of(occurrences: HashMap<String, Vec<Occurrence>>) -> Self {
        let mut by_length: Vec<SameLength> = Vec::new();
        for (text, occurrences) in occurrences {
            if by_length.len() <= text.len() {
                by_length.resize_with(text.len() + 1, SameLength::default);
            }
            let words = &mut by_length[text.len()];
            words.letters.push(letters(&text));
            words.texts.push(text);
            words.occurrences.push(occurrences);
        }
        Self(by_length)
    }

    /// Calls `found` with the occurrences of every word within as many edits of `text` as `edits` allows for the longer of the two.
    fn near(&self, text: &str, edits: fn(usize) -> usize, mut found: impl FnMut(&[Occurrence])) {
        let wanted = letters(text);
        let comparator = osa::BatchComparator::new(text.bytes());
        for (length, words) in self.0.iter().enumerate() {
            let allowed = edits(length.max(text.len()));
            if length.abs_diff(text.len()) > allowed {
                continue;
            }
            // What a longer word has more was added, which takes no letter away; and the other way round.
            let most = |of: usize| u32::try_from(allowed - of).unwrap_or(u32::MAX);
            let (lacking, more) = (most(length.saturating_sub(text.len())), most(text.len().saturating_sub(length)));
            for (row, masks) in words.letters.chunks(ROW).enumerate() {
                for place in few_differ(masks, wanted, lacking, more) {
                    let position = row * ROW + place;
                    let (Some(candidate), Some(occurrences)) = (words.texts.get(position), words.occurrences.get(position)) else { continue };
                    let args = osa::Args::default().score_cutoff(allowed);
                    if comparator.distance_with_args(candidate.bytes(), &args).is_some() {
                        found(occurrences);
                    }
                }
            }
        }
    }
}

/// The places of a row's words that lack at most `lacking` of the letters wanted, and have at most `more` others.
fn few_differ(row: &[u32], wanted: u32, lacking: u32, more: u32) -> impl Iterator<Item = usize> {
    // Without branches, so that several are counted at once.
    let mut fits = [false; ROW];
    for (fits, letters) in fits.iter_mut().zip(row) {
        *fits = ((letters & !wanted).count_ones() <= more) & ((wanted & !letters).count_ones() <= lacking);
    }
    fits.into_iter().enumerate().filter_map(|(place, fits)| fits.then_some(place))
}

/// A word or several neighbours written together.
struct Unit {
    text: String,
    /// How many words.
    count: usize,
    /// A bit for each word.
    covers: u64,
}

/// Every word but initials, and every few neighbours together. A word bound by `bin` stands without it: it may be the partner of either.
fn units(words: &[String]) -> Vec<Unit> {
    let mut units = Vec::with_capacity(NEIGHBOURS * words.len());
    for first in 0..words.len() {
        for count in 1..=NEIGHBOURS.min(words.len() - first) {
            let text = words[first..first + count].concat();
            if is_initial(&text) {
                continue;
            }
            let text = text.strip_prefix(SON_OF).map(str::to_owned).unwrap_or(text);
            let bit = |position: usize| u32::try_from(position).ok().and_then(|position| 1_u64.checked_shl(position)).unwrap_or(0);
            units.push(Unit { text, count, covers: (first..first + count).fold(0, |mask, position| mask | bit(position)) });
        }
    }
    units
}

fn initials(words: &[String]) -> usize {
    words.iter().filter(|word| is_initial(word)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{THRESHOLD, similarity};
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
