//! The consent screen, drawn for the terminal.

use passid_wallet_core::consent::ConsentReview;

const WIDTH: usize = 66;

/// What the person sees before they decide.
pub(super) fn draw(review: &ConsentReview) -> String {
    let mut lines = vec![format!("{} asks to verify you", review.verifier.display_name.as_ref().unwrap_or(&review.verifier.name)), String::new()];
    for claim in &review.claims {
        lines.extend(marked("✓ ", &claim.text.english));
        let shown: Vec<String> = claim.values.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect();
        lines.extend(wrap(&shown.join(", "), WIDTH - 4).into_iter().map(|line| format!("    {line}")));
    }
    for predicate in &review.predicates {
        lines.extend(marked("✓ ", &predicate.text.english));
    }
    lines.push(String::new());
    for warning in &review.warnings {
        lines.extend(marked("! ", &warning.text().english));
    }
    let once = if review.one_time { "One-time use" } else { "Repeated use" };
    lines.push(format!("{once} · Expires in {}:{:02}", review.seconds_left / 60, review.seconds_left % 60));
    lines.push(String::new());
    lines.push("[ Decline ]   [ Share & verify ]".to_owned());
    framed(&lines)
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text behind a mark; lines that follow stand under the text, not under the mark.
fn marked(mark: &str, text: &str) -> Vec<String> {
    let lines = wrap(text, WIDTH - mark.chars().count());
    lines.iter().enumerate().map(|(number, line)| if number == 0 { format!("{mark}{line}") } else { format!("  {line}") }).collect()
}

/// Breaks a text at spaces.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn framed(lines: &[String]) -> String {
    let edge = "─".repeat(WIDTH + 2);
    let body: Vec<String> = lines.iter().flat_map(|line| if line.is_empty() { vec![String::new()] } else { hard_wrap(line) }).map(|line| pad(&line)).collect();
    format!("┌{edge}┐\n{}\n└{edge}┘", body.join("\n"))
}

fn hard_wrap(line: &str) -> Vec<String> {
    if line.chars().count() <= WIDTH { vec![line.to_owned()] } else { wrap(line, WIDTH) }
}

fn pad(line: &str) -> String {
    let missing = WIDTH.saturating_sub(line.chars().count());
    format!("│ {line}{} │", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_mark_stands_under_its_text() {
        let lines = marked("✓ ", &"word ".repeat(20));
        assert!(lines.len() > 1 && lines[0].starts_with("✓ word") && lines[1].starts_with("  word"), "{lines:?}");
    }

    #[test]
    fn long_lines_are_broken_inside_the_frame() {
        let drawn = framed(&["word ".repeat(40), "short".to_owned()]);
        let widths: Vec<usize> = drawn.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == WIDTH + 4), "{drawn}");
    }
}
