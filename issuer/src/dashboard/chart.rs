//! Charts as SVG: drawn by classes of the style sheet, named for screen readers, each beside a table with the same figures.

use std::fmt::Write;

/// Width and height of a chart's own coordinates; the page scales it.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 220;
/// Room for the numbers at the left and the names below.
const LEFT: u32 = 44;
const BELOW: u32 = 28;
const ABOVE: u32 = 10;

/// A column of two parts, one upon the other.
pub(super) struct Column {
    /// What stands below it.
    pub(super) name: String,
    /// The lower part.
    pub(super) first: u32,
    /// The upper part.
    pub(super) second: u32,
}

/// A round number no smaller than `largest`: 1, 2 or 5 times a power of ten, so that half of it is readable too.
fn ceiling(largest: u32) -> u32 {
    let mut power = 1_u32;
    loop {
        for step in [1, 2, 5] {
            let round = power.saturating_mul(step);
            if round >= largest.max(2) {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// Stacked columns with a scale. `title` says what is shown; figures belong into a table beside it.
pub(super) fn columns(id: &str, title: &str, columns: &[Column]) -> String {
    let largest = columns.iter().map(|column| column.first.saturating_add(column.second)).max().unwrap_or_default();
    let top = ceiling(largest);
    let (plot_height, plot_width) = (HEIGHT - ABOVE - BELOW, WIDTH - LEFT);
    // Coordinates in tenths of a unit, whole numbers: the same picture on every machine.
    let height = |value: u32| u64::from(value) * u64::from(plot_height) * 10 / u64::from(top);
    let tenths = |value: u64| format!("{}.{}", value / 10, value % 10);
    let mut svg =
        format!("<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{}</title>", escape(title));
    for mark in [0, top / 2, top] {
        let y = u64::from(ABOVE + plot_height) * 10 - height(mark);
        let _ = write!(
            svg,
            "<path class=\"axis\" d=\"M{LEFT} {0}H{WIDTH}\"/><text x=\"{1}\" y=\"{0}\" dy=\"4\" text-anchor=\"end\">{mark}</text>",
            tenths(y),
            LEFT - 6
        );
    }
    let count = u32::try_from(columns.len()).unwrap_or(u32::MAX).max(1);
    let every = count.div_ceil(8);
    for (index, column) in (0_u32..).zip(columns) {
        let (x, width) = (LEFT + plot_width * index / count, (plot_width / count).saturating_sub(3).max(1));
        let base = u64::from(ABOVE + plot_height) * 10;
        let (first, second) = (height(column.first), height(column.second));
        for (class, y, size) in [("first", base - first, first), ("second", base - first - second, second)] {
            if size > 0 {
                let _ = write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\"/>", tenths(y), tenths(size));
            }
        }
        if index % every == 0 {
            let _ = write!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x + width / 2, HEIGHT - 8, escape(&column.name));
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A share of a whole with its interval.
pub(super) struct Interval {
    /// Left of it.
    pub(super) name: String,
    /// The share, 0 to 1.
    pub(super) value: f64,
    /// Lower end of the interval.
    pub(super) low: f64,
    /// Upper end of the interval.
    pub(super) high: f64,
}

/// Thousandths of a share: coordinates are whole numbers, the same picture on every machine.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000 before")]
fn thousandths(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1_000.0).round() as u32
}

/// One line for each share: a dot on its interval, on a scale from 0 to 100 %.
pub(super) fn intervals(id: &str, title: &str, lines: &[Interval]) -> String {
    const NAMES: u32 = 150;
    const LINE: u32 = 28;
    let (plot, height) = (WIDTH - NAMES - 20, LINE * u32::try_from(lines.len()).unwrap_or(0) + BELOW + ABOVE);
    let x = |share: f64| NAMES + plot * thousandths(share) / 1_000;
    let mut svg =
        format!("<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{}</title>", escape(title));
    for mark in [0, 25, 50, 75, 100] {
        let at = NAMES + plot * mark / 100;
        let _ = write!(
            svg,
            "<path class=\"axis\" d=\"M{at} {ABOVE}V{0}\"/><text x=\"{at}\" y=\"{1}\" text-anchor=\"middle\">{mark} %</text>",
            height - BELOW,
            height - 8
        );
    }
    for (index, line) in (0_u32..).zip(lines) {
        let y = ABOVE + LINE * index + LINE / 2;
        let _ = write!(
            svg,
            "<text x=\"{0}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\">{1}</text><path class=\"interval\" d=\"M{2} {y}H{3}\"/><circle class=\"first\" cx=\"{4}\" cy=\"{y}\" r=\"5\"/>",
            NAMES - 10,
            escape(&line.name),
            x(line.low),
            x(line.high),
            x(line.value)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A prediction beside what was observed.
pub(super) struct Prediction {
    /// Mean of the predictions, 0 to 1.
    pub(super) predicted: f64,
    /// What was observed.
    pub(super) observed: Interval,
}

/// Predicted against observed: dots with intervals, and the diagonal on which they would lie if every prediction held.
pub(super) fn calibration(id: &str, title: &str, predictions: &[Prediction]) -> String {
    const SIDE: u32 = 300;
    const FOOT: u32 = 46;
    let (right, bottom) = (LEFT + SIDE, ABOVE + SIDE);
    let (x, y) = (|share: f64| LEFT + SIDE * thousandths(share) / 1_000, |share: f64| bottom - SIDE * thousandths(share) / 1_000);
    let mut svg = format!(
        "<svg class=\"chart square\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{}</title>",
        right + 20,
        bottom + FOOT,
        escape(title)
    );
    for mark in [0, 50, 100] {
        let (across, down) = (LEFT + SIDE * mark / 100, bottom - SIDE * mark / 100);
        let _ = write!(
            svg,
            "<path class=\"axis\" d=\"M{LEFT} {down}H{right}M{across} {ABOVE}V{bottom}\"/><text x=\"{0}\" y=\"{down}\" dy=\"4\" text-anchor=\"end\">{mark} %</text><text x=\"{across}\" y=\"{1}\" text-anchor=\"middle\">{mark} %</text>",
            LEFT - 6,
            bottom + 18
        );
    }
    let _ = write!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">Predicted (across), observed (up)</text>", LEFT + SIDE / 2, bottom + 38);
    let _ = write!(svg, "<path class=\"ideal\" d=\"M{LEFT} {bottom}L{right} {ABOVE}\"/>");
    for Prediction { predicted, observed } in predictions {
        let (at, low, high, dot) = (x(*predicted), y(observed.low), y(observed.high), y(observed.value));
        let _ = write!(svg, "<path class=\"interval\" d=\"M{at} {low}V{high}\"/><circle class=\"first\" cx=\"{at}\" cy=\"{dot}\" r=\"5\"/>");
    }
    svg.push_str("</svg>");
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number() {
        for (largest, top) in [(0, 2), (1, 2), (3, 5), (5, 5), (6, 10), (11, 20), (499, 500), (501, 1_000)] {
            assert_eq!(ceiling(largest), top, "{largest}");
        }
        assert_eq!(ceiling(u32::MAX), u32::MAX);
    }

    #[test]
    fn columns_stand_on_the_axis_and_upon_each_other() {
        let svg = columns("volume", "Verifications <by day>", &[Column { name: "1 Mar".to_owned(), first: 5, second: 5 }]);
        // The plot is 182 high, from 10 to 192: half of it each.
        assert!(svg.contains("class=\"first\" x=\"44\" y=\"101.0\" width=\"673\" height=\"91.0\""), "{svg}");
        assert!(svg.contains("class=\"second\" x=\"44\" y=\"10.0\" width=\"673\" height=\"91.0\""), "{svg}");
        assert!(svg.contains("role=\"img\" aria-labelledby=\"volume\"") && svg.contains("Verifications &lt;by day&gt;"));
        assert!(!svg.contains("style") && !svg.contains("NaN"));
        assert!(columns("none", "Nothing", &[]).contains("</svg>"));
    }

    #[test]
    fn a_share_stands_on_its_interval_and_a_sure_prediction_in_the_corner() {
        let half = |name: &str| Interval { name: name.to_owned(), value: 0.5, low: 0.0, high: 1.0 };
        let svg = intervals("rates", "Rates", &[half("A <&>")]);
        // The plot is 550 wide, from 150 to 700.
        assert!(svg.contains("d=\"M150 24H700\"") && svg.contains("cx=\"425\" cy=\"24\"") && svg.contains("A &lt;&amp;&gt;"), "{svg}");
        let sure = Prediction { predicted: 1.0, observed: Interval { value: 1.0, low: 2.0, high: f64::NAN, ..half("") } };
        let svg = calibration("calibration", "Calibration", &[sure]);
        assert!(svg.contains("cx=\"344\" cy=\"10\"") && !svg.contains("NaN"), "{svg}");
    }
}
