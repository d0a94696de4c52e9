//! Comparing two spellings of a person's name, in the way of the United Kingdom's confirmation of payee.
//!
//! Titles, case, accents, punctuation and order do not matter. **Match**: the same words, or one name has middle names the other
//! leaves out. **Close**: initials for names, or a word misspelt. **None**: anything else.

use rapidfuzz::distance::jaro_winkler;

/// Words that precede or follow a name and are not part of it.
const TITLES: [&str; 16] = ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "chief", "alhaji", "alhaja", "eng", "rev", "jr", "sr"];
/// Jaro-Winkler similarity from which two words are one word misspelt: `Mensa` and `Mensah` have 0.97, `Osei` and `Oseni` 0.95,
/// `Eze` and `Ezekiel` 0.87.
const MISSPELT: f64 = 0.9;

/// How well two names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameMatch {
    /// Different names.
    None,
    /// Perhaps the same person.
    Close,
    /// The same name.
    Match,
}

/// Compares two names.
pub(super) fn compare(one: &str, other: &str) -> NameMatch {
    let (one, other) = (words(one), words(other));
    let (shorter, longer) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if shorter.is_empty() {
        return NameMatch::None;
    }
    let equal = pairs(&shorter, &longer, |word, candidate| word == candidate);
    let ends_agree = shorter.iter().any(|word| Some(word) == longer.first()) && shorter.iter().any(|word| Some(word) == longer.last());
    if equal == shorter.len() && (shorter.len() == longer.len() || (shorter.len() >= 2 && ends_agree)) {
        return NameMatch::Match;
    }
    let similar = pairs(&shorter, &longer, |word, candidate| is_initial(word, candidate) || misspelt(word, candidate));
    // A single word in common is a family name or a first name: many people have it.
    let long_words = shorter.iter().filter(|word| word.chars().count() > 1).count();
    if similar == shorter.len() && shorter.len() >= 2 && long_words >= 1 { NameMatch::Close } else { NameMatch::None }
}

/// Words in Latin letters, lower case, without titles; hyphens and apostrophes join (`O'Brien` is `obrien`), the rest separates.
fn words(name: &str) -> Vec<String> {
    let ascii = any_ascii::any_ascii(name).to_lowercase();
    let joined: String = ascii.chars().filter(|letter| !matches!(letter, '\'' | '`')).collect();
    let parts = joined.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    parts.filter(|word| !TITLES.contains(word)).map(str::to_owned).collect()
}

/// How many of `words` find a partner of their own in `candidates`.
fn pairs(words: &[String], candidates: &[String], agree: impl Fn(&str, &str) -> bool) -> usize {
    let mut free: Vec<&String> = candidates.iter().collect();
    // Whole words choose first, so that an initial does not take another word's partner.
    let mut order: Vec<&String> = words.iter().collect();
    order.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut found = 0;
    for word in order {
        let exact = free.iter().position(|candidate| *candidate == word);
        let partner = exact.or_else(|| free.iter().position(|candidate| agree(word, candidate)));
        if let Some(position) = partner {
            free.remove(position);
            found += 1;
        }
    }
    found
}

fn is_initial(one: &str, other: &str) -> bool {
    (one.len() == 1 || other.len() == 1) && one.chars().next() == other.chars().next()
}

fn misspelt(one: &str, other: &str) -> bool {
    one == other || (one.len() >= 3 && other.len() >= 3 && jaro_winkler::similarity(one.chars(), other.chars()) >= MISSPELT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_in_other_spellings_matches() {
        for (one, other) in [
            ("Amara Osei", "OSEI, Amara"),
            ("Amara Osei", "Mrs. Amara OSEI"),
            ("Tobenna Eze", "Tobenna Chukwuemeka Eze"),
            ("Renée Müller", "Renee Muller"),
            ("Anne-Marie O'Brien", "ANNE MARIE OBRIEN"),
            ("Владимир Иванов", "Vladimir Ivanov"),
        ] {
            assert_eq!(compare(one, other), NameMatch::Match, "{one} / {other}");
            assert_eq!(compare(other, one), NameMatch::Match, "{other} / {one}");
        }
    }

    #[test]
    fn initials_and_misspellings_are_close() {
        for (one, other) in [("Efua Mensah", "Efua Mensa"), ("A Osei", "Amara Osei"), ("Tobena Eze", "Tobenna Eze"), ("Amara K Osei", "Amara Kwame Osei")] {
            assert_eq!(compare(one, other), NameMatch::Close, "{one} / {other}");
            assert_eq!(compare(other, one), NameMatch::Close, "{other} / {one}");
        }
    }

    #[test]
    fn other_people_do_not_match() {
        for (one, other) in [
            ("Amara Osei", "Kofi Osei"),
            ("Amara Osei", "Amara Boateng"),
            ("Amara Osei", "Osei"),
            ("Osei", "Amara Osei"),
            ("A O", "Amara Osei"),
            ("Amara Osei", ""),
            ("Mr", "Mrs"),
            ("Amara Amara", "Amara Osei"),
            ("Tobenna Eze", "Tobenna Ezekiel"),
        ] {
            assert_eq!(compare(one, other), NameMatch::None, "{one} / {other}");
        }
    }
}
