//! A code for reading aloud: the international spelling alphabet (ICAO Annex 10, volume II, 5.2.1.3), group by group.

use passid_api::codes::ShareCode;

const WORDS: [(char, &str); 32] = [
    ('2', "two"),
    ('3', "three"),
    ('4', "four"),
    ('5', "five"),
    ('6', "six"),
    ('7', "seven"),
    ('8', "eight"),
    ('9', "nine"),
    ('A', "Alfa"),
    ('B', "Bravo"),
    ('C', "Charlie"),
    ('D', "Delta"),
    ('E', "Echo"),
    ('F', "Foxtrot"),
    ('G', "Golf"),
    ('H', "Hotel"),
    ('J', "Juliett"),
    ('K', "Kilo"),
    ('L', "Lima"),
    ('M', "Mike"),
    ('N', "November"),
    ('P', "Papa"),
    ('Q', "Quebec"),
    ('R', "Romeo"),
    ('S', "Sierra"),
    ('T', "Tango"),
    ('U', "Uniform"),
    ('V', "Victor"),
    ('W', "Whiskey"),
    ('X', "X-ray"),
    ('Y', "Yankee"),
    ('Z', "Zulu"),
];

/// One line per group of four symbols: `Kilo Echo eight Victor`.
pub(super) fn spelled(code: &ShareCode) -> Vec<String> {
    let word = |symbol: char| WORDS.iter().find(|(known, _)| *known == symbol).map_or("", |(_, word)| word);
    code.to_string().split('-').map(|group| group.chars().map(word).collect::<Vec<_>>().join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_of_the_alphabet_has_a_word() {
        let known: Vec<u8> = WORDS.iter().map(|(symbol, _)| u8::try_from(u32::from(*symbol)).unwrap()).collect();
        assert_eq!(known, passid_api::codes::ALPHABET);
    }

    #[test]
    fn groups_are_lines() {
        let code = "KE8V-3TXY-Z72L".parse().unwrap();
        assert_eq!(spelled(&code), ["Kilo Echo eight Victor", "three Tango X-ray Yankee", "Zulu seven two Lima"]);
    }
}
