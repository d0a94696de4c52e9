//! Names as they are compared: Latin letters, lower case, words, without titles.

/// Honorifics and functions that lists and forms put around names.
const TITLES: [&str; 20] = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "haji", "hajji", "hadji", "alhaji", "sheikh", "shaykh", "sheik", "mullah", "maulavi", "maulana", "qari",
    "sayyid", "gen",
];

/// A name ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct NameKey {
    /// The words in alphabetical order.
    pub(super) words: Vec<String>,
}

impl NameKey {
    /// Prepares a name. Letters of other scripts are written in Latin ones; hyphens and apostrophes inside a word vanish, so that
    /// `Al-Zawahiri`, `Al Zawahiri` and `Alzawahiri` come close; order does not matter, so `LAST, First` is `First Last`.
    ///
    /// `None` when no letter is left.
    pub(super) fn of(name: &str) -> Option<Self> {
        let latin = any_ascii::any_ascii(name).to_lowercase();
        let joined: String = latin.chars().filter(|letter| !matches!(letter, '\'' | '`' | '"')).collect();
        let all: Vec<&str> = joined.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let without_titles: Vec<&str> = all.iter().copied().filter(|word| !TITLES.contains(word)).collect();
        // A name of titles only is still a name.
        let mut words: Vec<String> = if without_titles.is_empty() { all } else { without_titles }.into_iter().map(str::to_owned).collect();
        words.sort_unstable();
        words.iter().any(|word| word.bytes().any(|byte| byte.is_ascii_alphabetic())).then_some(Self { words })
    }

    /// The words with a space between them.
    pub(super) fn joined(&self) -> String {
        self.words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> String {
        NameKey::of(name).unwrap().joined()
    }

    #[test]
    fn spelling_order_script_and_titles_do_not_matter() {
        assert_eq!(key("AL ZAWAHIRI, Dr. Ayman"), key("Ayman al-Zawahiri"));
        assert_eq!(key("Müller, José"), key("jose muller"));
        assert_eq!(key("Владимир Путин"), key("PUTIN Vladimir"));
        assert_eq!(key("Sa'id Ahmad"), key("AHMAD, Said"));
    }

    #[test]
    fn what_has_no_letters_is_no_name() {
        for nothing in ["", " ", "-0-", "12 34", "'\"", "!?"] {
            assert_eq!(NameKey::of(nothing), None, "{nothing:?}");
        }
        assert_eq!(key("Sheikh"), "sheikh");
    }
}
