//! Names that came from outside, made safe to show.

/// Longest name shown.
const MAX_CHARACTERS: usize = 120;

/// `name` without characters that change how the text around it looks (controls, direction overrides, invisible ones), cut to a length
/// a screen can show. A name with nothing left becomes a dash.
pub(crate) fn displayable(name: &str) -> String {
    let visible = name.chars().filter(|character| {
        !character.is_control()
            && !matches!(u32::from(*character), 0x00ad | 0x034f | 0x061c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
                | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffc | 0xe0000..=0xe0fff)
    });
    let text: String = visible.take(MAX_CHARACTERS).collect();
    let text = text.trim();
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_deceive_is_taken_out() {
        assert_eq!(displayable("Acme Bank"), "Acme Bank");
        assert_eq!(displayable("Zażółć Bank 銀行"), "Zażółć Bank 銀行");
        assert_eq!(displayable("Acme\u{202e}knaB\u{200b}\n\x1b[31m"), "AcmeknaB[31m");
        assert_eq!(displayable("\u{200b}\u{2066} \n"), "–");
        assert_eq!(displayable(&"x".repeat(5_000)).chars().count(), MAX_CHARACTERS);
    }
}
