//! Names as they are compared: Latin letters, lower case, words, without titles and company forms.

/// Honorifics that lists and forms put around names.
const TITLES: [&str; 20] = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "haji", "hajji", "hadji", "alhaji", "sheikh", "shaykh", "sheik", "mullah", "maulavi", "maulana", "qari",
    "sayyid", "sayyed",
];
/// Words for what kind of company something is; one company is written with several of them or none.
const COMPANY_FORMS: [&str; 38] = [
    "limited",
    "ltd",
    "incorporated",
    "inc",
    "corporation",
    "corp",
    "company",
    "co",
    "aktiengesellschaft",
    "ag",
    "gesellschaft",
    "pty",
    "llc",
    "plc",
    "gmbh",
    "ojsc",
    "jsc",
    "pjsc",
    "cjsc",
    "oao",
    "ooo",
    "zao",
    "pao",
    "srl",
    "spa",
    "llp",
    "bv",
    "nv",
    "oy",
    "oyj",
    "sarl",
    "sas",
    "kg",
    "kft",
    "doo",
    "sro",
    "pte",
    "the",
];
/// The same in several words.
const COMPANY_PHRASES: [&[&str]; 5] = [
    // The longer ones first: a part of them is a phrase too.
    &["open", "joint", "stock"],
    &["public", "joint", "stock"],
    &["joint", "stock"],
    &["limited", "liability"],
    &["obshchestvo", "s", "ogranichennoy", "otvetstvennostyu"],
];
/// Initials of company forms; only at the end of a name, for in front they are somebody's initials.
const TRAILING_INITIALS: [&[&str]; 8] =
    [&["s", "a", "de", "c", "v"], &["sp", "z", "o", "o"], &["s", "a", "r", "l"], &["s", "a", "s"], &["s", "p", "a"], &["a", "s"], &["b", "v"], &["l", "p"]];
/// Begins a word that `bin`, `ben` or `ibn` bound to itself.
pub(in crate::screening) const SON_OF: &str = "bin+";
/// Words that bind the next one: the son of Hasan is not Hasan.
const PATRONYMS: [&str; 4] = ["bin", "ben", "ibn", "bint"];

/// A name ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::screening) struct NameKey {
    /// The words in the order in which they are written.
    words: Vec<String>,
    /// Which letters occur in each word, see [`letters`].
    letters: Vec<u32>,
    /// The words written together.
    whole: String,
}

impl NameKey {
    /// Prepares a name: letters of other scripts are written in Latin ones, case, accents, apostrophes and hyphens vanish.
    ///
    /// `None` when no letter is left.
    pub(in crate::screening) fn of(name: &str) -> Option<Self> {
        let latin = any_ascii::any_ascii(name).to_lowercase();
        let plain: String = latin.chars().filter(|letter| !matches!(letter, '\'' | '`' | '"')).collect();
        let written: Vec<String> = plain.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.').flat_map(split_dots).collect();
        let mut words = without_phrases(&written);
        words.retain(|word| !TITLES.contains(&word.as_str()) && !COMPANY_FORMS.contains(&word.as_str()));
        // A name of nothing but titles and forms is still a name.
        let words = bind_patronyms(if words.is_empty() { written } else { words });
        let has_letters = words.iter().any(|word| word.bytes().any(|byte| byte.is_ascii_alphabetic()));
        has_letters.then(|| Self { letters: words.iter().map(|word| letters(word)).collect(), whole: words.concat(), words })
    }

    /// The words in the order in which they are written.
    pub(in crate::screening) fn words(&self) -> &[String] {
        &self.words
    }

    /// Which letters occur in each word, in the order of the words.
    pub(in crate::screening) fn letters(&self) -> &[u32] {
        &self.letters
    }

    /// The words written together.
    pub(in crate::screening) fn whole(&self) -> &str {
        &self.whole
    }
}

/// A bit for each letter that occurs, and one for digits. One edit takes away at most one letter and brings at most one.
pub(in crate::screening) fn letters(text: &str) -> u32 {
    text.bytes().fold(0, |mask, byte| match byte {
        b'a'..=b'z' => mask | 1 << (byte - b'a'),
        b'0'..=b'9' => mask | 1 << 26,
        _ => mask,
    })
}

/// `a.b.c.` is one word, `w.` an initial, `st.john` two words.
fn split_dots(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('.').filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && parts.iter().all(|part| part.len() == 1) { vec![parts.concat()] } else { parts.into_iter().map(str::to_owned).collect() }
}

fn without_phrases(written: &[String]) -> Vec<String> {
    let mut words = written.to_vec();
    for phrase in COMPANY_PHRASES {
        if let Some(position) = words.windows(phrase.len()).position(|window| window == phrase) {
            words.drain(position..position + phrase.len());
        }
    }
    for initials in TRAILING_INITIALS {
        if words.len() > initials.len() && words.ends_with(&initials.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()) {
            words.truncate(words.len() - initials.len());
        }
    }
    words
}

fn bind_patronyms(words: Vec<String>) -> Vec<String> {
    let mut bound: Vec<String> = Vec::with_capacity(words.len());
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let binds = !bound.is_empty() && PATRONYMS.contains(&word.as_str());
        match words.next_if(|_| binds) {
            Some(next) => bound.push(format!("{SON_OF}{next}")),
            None => bound.push(word),
        }
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> String {
        NameKey::of(name).unwrap().words().join(" ")
    }

    #[test]
    fn spelling_script_and_titles_do_not_matter() {
        assert_eq!(key("Dr. Ayman al-Zawahiri"), "ayman al zawahiri");
        assert_eq!(key("José MÜLLER"), key("jose muller"));
        assert_eq!(key("Владимир Путин"), key("Vladimir Putin"));
        assert_eq!(key("Sa'id Ahmad"), key("Said Ahmad"));
        assert_eq!(key("Osama ibn Laden"), key("OSAMA BIN LADEN"));
    }

    #[test]
    fn company_forms_do_not_matter_and_initials_in_front_do() {
        for other in ["Gazprom JSC", "Open Joint Stock Company Gazprom", "OAO «Gazprom»", "GAZPROM, Limited Liability Company", "Gazprom S.p.A."] {
            assert_eq!(key(other), "gazprom", "{other}");
        }
        assert_eq!(key("A.B.C. Company"), "abc");
        assert_eq!(key("S A Khan"), "s a khan");
    }

    #[test]
    fn what_has_no_letters_is_no_name() {
        for nothing in ["", " ", "-0-", "12 34", "'\"", "!?", "..."] {
            assert_eq!(NameKey::of(nothing), None, "{nothing:?}");
        }
        assert_eq!(key("Sheikh"), "sheikh");
    }
}
